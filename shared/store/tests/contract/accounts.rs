use souk_domain::account::{Account, Email, MAX_GUESTS};
use souk_domain::ids::UserId;
use souk_domain::permission::Role;
use souk_store::{
    AccountDeletionOutcome, ClaimOutcome, Credential, GrantOutcome, GuestLinkOutcome, OtherAdministrator, StaffGrant,
};
use souk_testkit::{Database, user};

use crate::orders::NOW;
use crate::{Stores, at_once};

pub(crate) fn email(address: &str) -> Email {
    address.parse().expect("an address")
}

pub(crate) fn account(number: u32, address: &str) -> Account {
    let (user_id, email) = (user(number), email(address));
    Account { user_id, email, verified_at: NOW.plus_seconds(60), created_at: NOW, guest_ids: Vec::new() }
}

impl Stores {
    pub(crate) async fn claim(&self, account: &Account) -> ClaimOutcome {
        let hash = format!("$argon2id${}", account.user_id);
        let credential = Credential::new(account.email.clone(), account.user_id.clone(), hash);
        self.accounts.claim(&self.credentials, account, &credential).await.expect("answered")
    }

    /// Ann, who is user 1.
    pub(crate) async fn ann(&self) -> Account {
        let ann = account(1, "ann@example.com");
        assert_eq!(self.claim(&ann).await, ClaimOutcome::Claimed);
        ann
    }

    pub(crate) async fn credential(&self, address: &str) -> Credential {
        self.credentials.get(&email(address)).await.expect("read").expect("credentials")
    }

    async fn delete(&self, account: &Account, other: Option<OtherAdministrator<'_>>) -> AccountDeletionOutcome {
        self.accounts.delete(&self.credentials, &self.staff_grants, account, other).await.expect("answered")
    }
}

#[tokio::test]
async fn an_address_is_claimed_once() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (ann, other) = (account(1, "ann@example.com"), account(2, "ann@example.com"));
        assert_eq!(stores.accounts.get(&ann.user_id).await.expect("read"), None);
        assert_eq!(stores.claim(&ann).await, ClaimOutcome::Claimed);
        assert_eq!(stores.claim(&ann).await, ClaimOutcome::AlreadyMine, "a retry");
        assert_eq!(stores.claim(&other).await, ClaimOutcome::AddressTaken, "{}", database.implementation);

        assert_eq!(stores.accounts.get(&ann.user_id).await.expect("read"), Some(ann.clone()));
        assert_eq!(stores.accounts.get(&other.user_id).await.expect("read"), None, "nothing of the other was written");
        let credential = stores.credential("ann@example.com").await;
        assert_eq!((&credential.user_id, credential.version), (&ann.user_id, 1));
        assert!(credential.totp.is_none() && credential.recovery_codes.is_empty());
    }
}

#[tokio::test]
async fn one_of_many_concurrent_claims_gets_the_address() {
    for database in Database::each().await {
        let stores = std::sync::Arc::new(Stores::on(&database));
        let outcomes = at_once(8, |number| {
            let stores = stores.clone();
            Box::pin(async move { stores.claim(&account(number, "ann@example.com")).await })
        })
        .await;
        let claimed = outcomes.iter().filter(|outcome| **outcome == ClaimOutcome::Claimed).count();
        let taken = outcomes.iter().filter(|outcome| **outcome == ClaimOutcome::AddressTaken).count();
        assert_eq!((claimed, taken), (1, 7), "{}", database.implementation);
    }
}

#[tokio::test]
async fn guests_are_added_once_and_the_oldest_is_dropped() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let ann = stores.ann().await;
        let add = async |guest: u32| stores.accounts.add_guest(&ann.user_id, &user(guest)).await.expect("answered");
        let known = async || stores.accounts.get(&ann.user_id).await.expect("read").expect("an account").guest_ids;
        assert_eq!((add(101).await, add(101).await), (GuestLinkOutcome::Linked, GuestLinkOutcome::Linked));
        assert_eq!(known().await, [user(101)], "{}", database.implementation);
        let last = 101 + u32::try_from(MAX_GUESTS).expect("small");
        for guest in 102..=last {
            assert_eq!(add(guest).await, GuestLinkOutcome::Linked);
        }
        assert_eq!(known().await, (102..=last).map(user).collect::<Vec<UserId>>(), "{}", database.implementation);
        let unknown = stores.accounts.add_guest(&user(2), &user(101)).await;
        assert_eq!(unknown.expect("answered"), GuestLinkOutcome::NotFound);
        assert_eq!(stores.accounts.get(&user(2)).await.expect("read"), None, "nothing is made");
    }
}

#[tokio::test]
async fn the_account_of_a_guest_is_found_until_it_is_deleted() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let of = async |number: u32| {
            stores.accounts.account_of(&user(number)).await.expect("read").map(|account| account.user_id)
        };
        // Guest 100 belonged to the registration that became the account of Bob, guest 101 comes later.
        let bob = Account { guest_ids: vec![user(100)], ..account(2, "bob@example.com") };
        assert_eq!(stores.claim(&bob).await, ClaimOutcome::Claimed);
        assert_eq!((of(100).await, of(101).await, of(2).await), (Some(user(2)), None, Some(user(2))));
        for _ in 0..2 {
            let linked = stores.accounts.add_guest(&user(2), &user(101)).await.expect("answered");
            assert_eq!(
                (linked, of(101).await),
                (GuestLinkOutcome::Linked, Some(user(2))),
                "{}",
                database.implementation
            );
        }
        assert_eq!(
            stores.accounts.add_guest(&user(3), &user(102)).await.expect("answered"),
            GuestLinkOutcome::NotFound
        );
        assert_eq!((of(102).await, of(3).await), (None, None), "no account, no link");

        let bob = stores.accounts.get(&user(2)).await.expect("read").expect("an account");
        assert_eq!(stores.delete(&bob, None).await, AccountDeletionOutcome::Deleted);
        assert_eq!((of(100).await, of(101).await, of(2).await), (None, None, None));
    }
}

#[tokio::test]
async fn a_guest_that_is_added_before_the_deletion_is_not_forgotten() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        for known in [vec![], vec![user(100)]] {
            let seen = Account { guest_ids: known, ..account(2, "bob@example.com") };
            assert_eq!(stores.claim(&seen).await, ClaimOutcome::Claimed);
            let linked = stores.accounts.add_guest(&user(2), &user(101)).await.expect("answered");
            assert_eq!(linked, GuestLinkOutcome::Linked);
            assert_eq!(stores.delete(&seen, None).await, AccountDeletionOutcome::GuestAdded);
            let current = stores.accounts.get(&user(2)).await.expect("read").expect("an account");
            for _ in 0..2 {
                assert_eq!(stores.delete(&current, None).await, AccountDeletionOutcome::Deleted);
            }
        }
    }
}

/// Of very many guests the oldest is forgotten, with its orders: then its refunds must not go to the account either.
#[tokio::test]
async fn a_forgotten_guest_belongs_to_no_account() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let ann = stores.ann().await;
        for guest in 0..=u32::try_from(MAX_GUESTS).expect("small") {
            let linked = stores.accounts.add_guest(&ann.user_id, &user(100 + guest)).await.expect("answered");
            assert_eq!(linked, GuestLinkOutcome::Linked);
        }
        assert_eq!(stores.accounts.account_of(&user(100)).await.expect("read"), None, "{}", database.implementation);
        let newer = stores.accounts.account_of(&user(101)).await.expect("read");
        assert_eq!(newer.map(|account| account.user_id), Some(ann.user_id));
    }
}

#[tokio::test]
async fn guests_that_are_added_at_once_are_all_kept() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.ann().await;
        let outcomes = at_once(6, |number| {
            let accounts = stores.accounts.clone();
            Box::pin(async move { accounts.add_guest(&user(1), &user(100 + number)).await.expect("answered") })
        })
        .await;
        assert!(outcomes.iter().all(|outcome| *outcome == GuestLinkOutcome::Linked));
        let mut known = stores.accounts.get(&user(1)).await.expect("read").expect("an account").guest_ids;
        known.sort();
        assert_eq!(known, (100..106).map(user).collect::<Vec<_>>(), "{}", database.implementation);
    }
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_and_frees_its_address() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let ann = stores.ann().await;
        let grant = StaffGrant {
            user_id: ann.user_id.clone(),
            email: ann.email.clone(),
            roles: vec![Role::Support],
            expires_at: None,
            granted_by: None,
            granted_at: NOW,
        };
        let granted = stores.staff_grants.put(&stores.credentials, &grant, None).await;
        assert_eq!(granted.expect("answered"), GrantOutcome::Changed);
        for _ in 0..2 {
            assert_eq!(stores.delete(&ann, None).await, AccountDeletionOutcome::Deleted, "idempotent");
            assert_eq!(stores.accounts.get(&ann.user_id).await.expect("read"), None, "{}", database.implementation);
            assert!(stores.credentials.get(&ann.email).await.expect("read").is_none());
            assert_eq!(stores.staff_grants.get(&ann.user_id).await.expect("read"), None);
        }
        let next = account(2, "ann@example.com");
        assert_eq!(stores.claim(&next).await, ClaimOutcome::Claimed);
        assert_eq!(stores.delete(&ann, None).await, AccountDeletionOutcome::Deleted);
        assert_eq!(stores.credential("ann@example.com").await.user_id, next.user_id, "another account keeps its own");
        assert_eq!(stores.accounts.get(&next.user_id).await.expect("read"), Some(next));
    }
}

#[tokio::test]
async fn the_last_administrator_cannot_be_deleted() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let ann = stores.ann().await;
        let nobody = OtherAdministrator { user_id: &user(2), now: NOW, is_permanent: false };
        assert_eq!(stores.delete(&ann, Some(nobody)).await, AccountDeletionOutcome::NoOtherAdministrator);
        assert!(stores.accounts.get(&ann.user_id).await.expect("read").is_some(), "{}", database.implementation);
        assert!(stores.credentials.get(&ann.email).await.expect("read").is_some());
    }
}
