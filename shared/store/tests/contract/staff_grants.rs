use souk_domain::permission::{Permission, Permissions, Role};
use souk_domain::time::Timestamp;
use souk_store::{ClaimOutcome, GrantOutcome, OtherAdministrator, StaffGrant};
use souk_testkit::{Database, user};

use crate::Stores;
use crate::accounts::account;
use crate::orders::NOW;

fn grant(number: u32, address: &str, roles: &[Role], expires_at: Option<Timestamp>) -> StaffGrant {
    let account = account(number, address);
    StaffGrant {
        user_id: account.user_id,
        email: account.email,
        roles: roles.to_vec(),
        expires_at,
        granted_by: Some(user(9)),
        granted_at: NOW,
    }
}

impl Stores {
    async fn grant(&self, grant: &StaffGrant, other: Option<u32>) -> GrantOutcome {
        let id = other.map(user);
        let other = id.as_ref().map(|user_id| OtherAdministrator { user_id, now: NOW, is_permanent: false });
        self.staff_grants.put(&self.credentials, grant, other).await.expect("answered")
    }

    async fn revoke(&self, grant: &StaffGrant, other: Option<u32>) -> GrantOutcome {
        let id = other.map(user);
        let other = id.as_ref().map(|user_id| OtherAdministrator { user_id, now: NOW, is_permanent: false });
        let (user_id, email) = (&grant.user_id, &grant.email);
        self.staff_grants.delete(&self.credentials, user_id, email, other).await.expect("answered")
    }

    /// Ann and Bob, who are administrators.
    async fn administrators(&self) -> [StaffGrant; 2] {
        assert_eq!(self.claim(&account(1, "ann@example.com")).await, ClaimOutcome::Claimed);
        assert_eq!(self.claim(&account(2, "bob@example.com")).await, ClaimOutcome::Claimed);
        let grants = [(1, "ann@example.com"), (2, "bob@example.com")]
            .map(|(number, address)| grant(number, address, &[Role::Stock, Role::Administrator], None));
        for one in &grants {
            assert_eq!(self.grant(one, None).await, GrantOutcome::Changed);
        }
        grants
    }
}

#[test]
fn an_expired_grant_gives_nothing() {
    let grant = grant(1, "ann@example.com", &[Role::Administrator], Some(NOW));
    let before = NOW.plus_seconds(-1);
    assert!(grant.is_active(before) && grant.is_administrator(before));
    assert!(grant.permissions(before).contains(Permission::StaffManage));
    assert!(!grant.is_active(NOW) && !grant.is_administrator(NOW));
    assert_eq!(grant.permissions(NOW), Permissions::NONE);
}

#[tokio::test]
async fn each_change_of_a_grant_changes_the_version_of_the_credentials() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.ann().await;
        let version = async || stores.credential("ann@example.com").await.version;
        let (first, get) = (version().await, async || stores.staff_grants.get(&user(1)).await.expect("read"));
        assert_eq!(get().await, None);
        let until = NOW.plus_seconds(3_600);
        let support = grant(1, "ann@example.com", &[Role::Support, Role::Stock], Some(until));
        assert_eq!(stores.grant(&support, None).await, GrantOutcome::Changed);
        assert_eq!((get().await, version().await), (Some(support.clone()), first + 1), "{}", database.implementation);
        let orders = StaffGrant { roles: vec![Role::Orders], expires_at: None, granted_by: None, ..support };
        assert_eq!(stores.grant(&orders, None).await, GrantOutcome::Changed);
        assert_eq!((get().await, version().await), (Some(orders.clone()), first + 2));
        assert_eq!(stores.staff_grants.list().await.expect("listed"), vec![orders.clone()]);

        assert_eq!(stores.revoke(&orders, None).await, GrantOutcome::Changed);
        assert_eq!((get().await, version().await), (None, first + 3), "{}", database.implementation);
        assert_eq!(stores.revoke(&orders, None).await, GrantOutcome::NotGranted);
        assert_eq!(version().await, first + 3);
    }
}

#[tokio::test]
async fn only_an_account_with_this_address_is_granted_anything() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.ann().await;
        for (number, address) in [(2, "ann@example.com"), (1, "bob@example.com"), (3, "eve@example.com")] {
            let refused = stores.grant(&grant(number, address, &[Role::Support], None), None).await;
            assert_eq!(refused, GrantOutcome::AccountNotFound, "{number} {address} on {}", database.implementation);
        }
        assert!(stores.staff_grants.list().await.expect("listed").is_empty(), "{}", database.implementation);
    }
}

#[tokio::test]
async fn the_last_administrator_stays() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let [ann, bob] = stores.administrators().await;
        assert_eq!(stores.revoke(&ann, Some(3)).await, GrantOutcome::NoOtherAdministrator, "not granted anything");
        let demoted = StaffGrant { roles: vec![Role::Stock], ..ann.clone() };
        assert_eq!(stores.grant(&demoted, Some(2)).await, GrantOutcome::Changed, "{}", database.implementation);
        assert_eq!(stores.revoke(&bob, Some(1)).await, GrantOutcome::NoOtherAdministrator, "has another role");
        let demoted = StaffGrant { roles: vec![Role::Stock], ..bob.clone() };
        assert_eq!(stores.grant(&demoted, Some(1)).await, GrantOutcome::NoOtherAdministrator);
        assert_eq!(stores.staff_grants.get(&bob.user_id).await.expect("read"), Some(bob.clone()));

        let expired = StaffGrant { expires_at: Some(NOW), ..ann.clone() };
        assert_eq!(stores.grant(&expired, None).await, GrantOutcome::Changed);
        assert_eq!(stores.revoke(&bob, Some(1)).await, GrantOutcome::NoOtherAdministrator, "has expired");
        let lasting = StaffGrant { expires_at: Some(NOW.plus_seconds(60)), ..ann };
        assert_eq!(stores.grant(&lasting, None).await, GrantOutcome::Changed);
        let permanent = OtherAdministrator { user_id: &user(1), now: NOW, is_permanent: true };
        let refused = stores.staff_grants.delete(&stores.credentials, &bob.user_id, &bob.email, Some(permanent)).await;
        assert_eq!(refused.expect("answered"), GrantOutcome::NoOtherAdministrator, "will expire");
        assert_eq!(stores.revoke(&bob, Some(1)).await, GrantOutcome::Changed, "{}", database.implementation);
    }
}

#[tokio::test]
async fn concurrent_removals_of_two_administrators_keep_one() {
    for database in Database::each().await {
        let stores = std::sync::Arc::new(Stores::on(&database));
        let [ann, bob] = stores.administrators().await;
        let outcomes = crate::at_once(2, |number| {
            let (stores, removed) = (stores.clone(), if number == 0 { ann.clone() } else { bob.clone() });
            Box::pin(async move { stores.revoke(&removed, Some(if number == 0 { 2 } else { 1 })).await })
        })
        .await;
        let removed = outcomes.iter().filter(|outcome| **outcome == GrantOutcome::Changed).count();
        assert_eq!(removed, 1, "{outcomes:?} on {}", database.implementation);
        assert_eq!(stores.staff_grants.list().await.expect("listed").len(), 1);
    }
}
