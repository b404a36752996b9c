use serde_json::json;
use souk_domain::account::{CallerKind, Email};
use souk_domain::audit::AuditPhase;
use souk_domain::effects::Clock;
use souk_domain::ids::InvitationId;
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;
use souk_fixtures::identity::PASSWORD;
use souk_testkit::user;

use super::*;
use crate::fixture::{email, outcome, request};
use crate::staff_fixture::Staff;

const EXPIRED: (u16, &str) = (410, "link_expired");

fn endpoint(shop: &Staff) -> AcceptInvitation {
    AcceptInvitation {
        tokens: shop.stores.one_time_tokens.clone(),
        invitations: shop.stores.invitations.clone(),
        pending: shop.pending_accounts(),
        staff: shop.context(),
        audit: shop.audit(),
        attempts: shop.attempts(),
        rules: shop.password_rules(),
        random: shop.random.clone(),
    }
}

/// A shop whose administrator is account 1 (`root@example.com`).
async fn shop() -> Staff {
    let shop = Staff::start().await;
    shop.member(1, "root@example.com", &[Role::Administrator], None).await;
    shop
}

fn accept(token: &str, password: &str) -> Request {
    request("POST", &json!({"token": token, "password": password}))
}

impl Staff {
    /// Invites `ann@example.com`, whose account is as it is now, in the name of account 1.
    async fn invite(&self, roles: &[Role]) -> String {
        self.invite_until(roles, None).await
    }

    async fn invite_until(&self, roles: &[Role], grant_expires_at: Option<Timestamp>) -> String {
        let credential = self.stores.credentials.get(&email()).await.expect("read");
        let expires_at = self.clock.now().plus_seconds(3_600);
        let invitation = Invitation {
            invitation_id: InvitationId::new(self.clock.now(), &*self.random),
            email: email(),
            user_id: credential.as_ref().map(|known| known.user_id.clone()),
            credentials_version: credential.as_ref().map(|known| known.version),
            roles: roles.to_vec(),
            grant_expires_at,
            invited_by: user(1),
            expires_at: expires_at.as_seconds(),
        };
        self.stores.invitations.create(&invitation).await.expect("stored");
        self.token_of(Some(&invitation.invitation_id), email()).await
    }

    /// A token that names an invitation, as `send-mail` stores it.
    async fn token_of(&self, invitation_id: Option<&InvitationId>, email: Email) -> String {
        let token = one_time::new_token(&*self.random);
        let expires_at = self.clock.now().plus_seconds(3_600);
        let stored = OneTimeToken {
            invitation_id: invitation_id.cloned(),
            ..OneTimeToken::new(token.hash, TokenPurpose::Invitation, email, expires_at)
        };
        self.stores.one_time_tokens.create(&stored).await.expect("stored");
        token.token
    }

    async fn account_of_ann(&self) -> Account {
        let user_id = self.credential().await.user_id;
        self.stores.accounts.get(&user_id).await.expect("read").expect("an account")
    }

    async fn roles_of_ann(&self) -> Option<Vec<Role>> {
        let user_id = self.credential().await.user_id;
        self.stores.staff_grants.get(&user_id).await.expect("read").map(|grant| grant.roles)
    }
}

#[tokio::test]
async fn an_invited_address_without_an_account_gets_one_and_pending_ones_end() {
    let shop = shop().await;
    let pending = shop.pending(&email(), "the password of a stranger").await;
    let (current, _) = shop.start_two_sessions(&pending, CallerKind::Guest).await;
    let end = shop.clock.now().plus_seconds(60);
    let token = shop.invite_until(&[Role::Stock, Role::Orders], Some(end)).await;
    assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), (204, ""));

    let credential = shop.credential().await;
    assert!(shop.has_password(PASSWORD).await && credential.user_id != pending);
    let grant = shop.stores.staff_grants.get(&credential.user_id).await.expect("read").expect("granted");
    let expected = (vec![Role::Stock, Role::Orders], Some(end), Some(user(1)), email());
    assert_eq!((grant.roles, grant.expires_at, grant.granted_by, grant.email), expected);
    assert!(shop.stores.accounts.get(&credential.user_id).await.expect("read").is_some());
    assert!(shop.stores.registrations.list(&email()).await.expect("read").is_empty());
    assert!(!shop.session_ids(&pending).await.contains(&current), "the stranger's session has ended");
    assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), EXPIRED, "used up");

    let entries = shop.audit_entries_of(&credential.user_id).await;
    let said: Vec<_> = entries.iter().map(|entry| (entry.actor.as_str(), entry.phase)).collect();
    let actor = credential.user_id.as_str();
    assert_eq!(said, [(actor, AuditPhase::Requested), (actor, AuditPhase::Succeeded)]);
    let after = entries[1].after.as_ref().expect("after").json();
    assert!(after.contains(user(1).as_str()) && !after.contains('@'), "{after}");
}

#[tokio::test]
async fn an_account_keeps_its_password_which_is_needed() {
    let shop = shop().await;
    let user_id = shop.claim(&email(), PASSWORD).await;
    shop.start_two_sessions(&user_id, CallerKind::Shopper).await;
    let token = shop.invite(&[Role::Support]).await;
    let wrong = endpoint(&shop).handle(&accept(&token, "the password of a stranger")).await;
    assert_eq!(outcome(&wrong), (401, "invalid_credentials"));
    assert_eq!((shop.roles_of_ann().await, shop.session_ids(&user_id).await.len()), (None, 2));
    assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), (204, ""));
    assert_eq!((shop.roles_of_ann().await, shop.session_ids(&user_id).await.len()), (Some(vec![Role::Support]), 0));
    assert!(shop.has_password(PASSWORD).await);
    assert_eq!(shop.credential().await.user_id, user_id);
}

#[tokio::test]
async fn wrong_passwords_are_limited() {
    let shop = shop().await;
    shop.claim(&email(), PASSWORD).await;
    let token = shop.invite(&[Role::Support]).await;
    for _ in 0..souk_identity::PER_EMAIL.max_attempts {
        let _ = endpoint(&shop).handle(&accept(&token, "a wrong password")).await;
    }
    assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), (429, "too_many_attempts"));
}

#[tokio::test]
async fn hashes_take_their_turn() {
    let shop = shop().await;
    let of_a_new_account = shop.invite(&[Role::Support]).await;
    let busy = AcceptInvitation { attempts: shop.attempts_with_full_hash_queue(), ..endpoint(&shop) };
    assert_eq!(outcome(&busy.handle(&accept(&of_a_new_account, PASSWORD)).await), (503, "busy"));
    shop.claim(&email(), PASSWORD).await;
    let of_an_account = shop.invite(&[Role::Support]).await;
    assert_eq!(outcome(&busy.handle(&accept(&of_an_account, PASSWORD)).await), (503, "busy"));
    assert_eq!(shop.roles_of_ann().await, None);
}

#[tokio::test]
async fn the_password_of_a_new_account_follows_the_rules() {
    let shop = shop().await;
    let token = shop.invite(&[Role::Support]).await;
    for weak in ["short", "passwordpassword", "ann@example.com"] {
        assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, weak)).await), (422, "invalid_fields"), "{weak}");
    }
    assert!(shop.stores.credentials.get(&email()).await.expect("read").is_none());
}

#[tokio::test]
async fn an_inviter_who_is_no_administrator_any_more_grants_nothing() {
    let shop = shop().await;
    let token = shop.invite(&[Role::Administrator]).await;
    let root = shop.stores.accounts.get(&user(1)).await.expect("read").expect("an account");
    for (roles, ends_in) in [(&[Role::Catalogue][..], None), (&[Role::Administrator], Some(0))] {
        shop.grant(&root, roles, ends_in).await;
        assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), EXPIRED);
    }
    assert!(shop.stores.credentials.get(&email()).await.expect("read").is_none(), "and makes no account");
}

#[tokio::test]
async fn a_second_link_does_not_bring_roles_back() {
    let shop = shop().await;
    let (first, second) = (shop.invite(&[Role::Stock]).await, shop.invite(&[Role::Stock]).await);
    let endpoint = endpoint(&shop);
    assert_eq!(outcome(&endpoint.handle(&accept(&first, PASSWORD)).await), (204, ""));
    let account = shop.account_of_ann().await;
    endpoint.staff.change(&account, None, Some(&user(1))).await.expect("taken away");
    assert_eq!(outcome(&endpoint.handle(&accept(&second, PASSWORD)).await), EXPIRED);
    assert_eq!(shop.roles_of_ann().await, None);
}

/// The mail may have waited among the dead letters, and been sent after the roles were taken away.
#[tokio::test]
async fn a_link_that_was_sent_after_the_account_changed_brings_nothing_back() {
    let shop = shop().await;
    shop.claim(&email(), PASSWORD).await;
    let (account, endpoint) = (shop.account_of_ann().await, endpoint(&shop));
    let invitation = shop.invite(&[Role::Stock]).await;
    let hash = one_time::hash(&invitation).expect("well-formed");
    let token = shop.stores.one_time_tokens.get(&hash, TokenPurpose::Invitation, shop.clock.now()).await;
    let id = token.expect("read").expect("a token").invitation_id;
    shop.grant(&account, &[Role::Stock], None).await;
    endpoint.staff.change(&account, None, Some(&user(1))).await.expect("taken away");
    let late = shop.token_of(id.as_ref(), email()).await;
    assert_eq!(outcome(&endpoint.handle(&accept(&late, PASSWORD)).await), EXPIRED);
    assert_eq!(shop.roles_of_ann().await, None);
}

/// Other functions may store one-time tokens, and no invitations.
#[tokio::test]
async fn a_token_without_a_stored_invitation_of_its_address_grants_nothing() {
    let shop = shop().await;
    let invitation = shop.invite(&[Role::Stock]).await;
    let hash = one_time::hash(&invitation).expect("well-formed");
    let token = shop.stores.one_time_tokens.get(&hash, TokenPurpose::Invitation, shop.clock.now()).await;
    let id = token.expect("read").expect("a token").invitation_id;
    let unknown = InvitationId::new(shop.clock.now(), &*shop.random);
    let eve: Email = "eve@example.com".parse().expect("an address");
    for token in [
        shop.token_of(None, email()).await,
        shop.token_of(Some(&unknown), email()).await,
        shop.token_of(id.as_ref(), eve).await,
    ] {
        assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), EXPIRED);
    }
    assert!(shop.stores.credentials.get(&email()).await.expect("read").is_none(), "and makes no account");
    let late = shop.token_of(id.as_ref(), email()).await;
    shop.clock.advance_seconds(3_599);
    assert_eq!(outcome(&endpoint(&shop).handle(&accept(&late, PASSWORD)).await), (204, ""));
}

#[tokio::test]
async fn the_roles_end_with_those_of_the_inviting_account() {
    let shop = shop().await;
    let token = shop.invite(&[Role::Administrator]).await;
    let root = shop.stores.accounts.get(&user(1)).await.expect("read").expect("an account");
    let end = shop.clock.now().plus_seconds(60);
    shop.grant(&root, &[Role::Administrator], Some(60)).await;
    assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), (204, ""));
    let user_id = shop.credential().await.user_id;
    let grant = shop.stores.staff_grants.get(&user_id).await.expect("read").expect("granted");
    assert_eq!((grant.roles, grant.expires_at), (vec![Role::Administrator], Some(end)));
}

#[tokio::test]
async fn a_link_of_a_deleted_account_makes_no_other_one() {
    let shop = shop().await;
    shop.claim(&email(), PASSWORD).await;
    let token = shop.invite(&[Role::Stock]).await;
    let (stores, account) = (&shop.stores, shop.account_of_ann().await);
    let deleted = stores.accounts.delete(&stores.credentials, &stores.staff_grants, &account, None).await;
    assert_eq!(deleted.expect("answered"), souk_store::AccountDeletionOutcome::Deleted);
    assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), EXPIRED);
    shop.claim(&email(), PASSWORD).await;
    assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), EXPIRED, "nor is it for another one");
}

#[tokio::test]
async fn an_account_that_was_made_after_the_invitation_accepts_it() {
    let shop = shop().await;
    let token = shop.invite(&[Role::Stock]).await;
    shop.claim(&email(), PASSWORD).await;
    assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), (204, ""));
    assert_eq!(shop.roles_of_ann().await, Some(vec![Role::Stock]));
}

#[tokio::test]
async fn the_roles_are_replaced_but_the_last_administrator_stays() {
    let shop = shop().await;
    let ann = shop.claim(&email(), PASSWORD).await;
    let (account, endpoint) = (shop.account_of_ann().await, endpoint(&shop));
    shop.grant(&account, &[Role::Administrator], None).await;
    let token = shop.invite(&[Role::Stock]).await;
    assert_eq!(outcome(&endpoint.handle(&accept(&token, PASSWORD)).await), (204, ""), "another one stays");
    assert_eq!(shop.roles_of_ann().await, Some(vec![Role::Stock]));

    shop.grant(&account, &[Role::Administrator], None).await;
    let token = shop.invite(&[Role::Stock]).await;
    let root = shop.stores.accounts.get(&user(1)).await.expect("read").expect("an account");
    shop.grant(&root, &[Role::Administrator], Some(60)).await;
    shop.clock.advance_seconds(1);
    assert_eq!(outcome(&endpoint.handle(&accept(&token, PASSWORD)).await), (409, "last_administrator"));
    assert_eq!(shop.roles_of_ann().await, Some(vec![Role::Administrator]));
    let entries = shop.audit_entries_of(&ann).await;
    let last = entries.last().expect("an entry");
    assert_eq!((last.phase, last.code.as_deref()), (AuditPhase::Refused, Some("last_administrator")));
}

#[tokio::test]
async fn made_up_links_and_those_of_other_mails_are_refused() {
    let shop = shop().await;
    let other = shop.link(TokenPurpose::ResetPassword, None, None).await;
    let made_up = "A".repeat(43);
    for token in [other.as_str(), &made_up, "x"] {
        assert_eq!(outcome(&endpoint(&shop).handle(&accept(token, PASSWORD)).await), EXPIRED, "{token}");
    }
    let missing = endpoint(&shop).handle(&request("POST", &json!({}))).await.expect_err("refused");
    assert_eq!((missing.status(), missing.errors().len()), (422, 2));
    let token = shop.invite(&[Role::Stock]).await;
    shop.clock.advance_seconds(3_600);
    assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), EXPIRED);
}

/// After a crash at any call, the same request completes it.
#[tokio::test]
async fn a_retry_completes_a_request_that_crashed() {
    for has_account in [false, true] {
        let mut crashes = 0;
        loop {
            let shop = shop().await;
            if has_account {
                shop.claim(&email(), PASSWORD).await;
            }
            let pending = shop.pending(&email(), "the password of a stranger").await;
            shop.start_two_sessions(&pending, CallerKind::Guest).await;
            let token = shop.invite(&[Role::Stock]).await;
            shop.aws.crash_after(crashes);
            let first = endpoint(&shop).handle(&accept(&token, PASSWORD)).await;
            if !shop.aws.recover() {
                assert_eq!(outcome(&first), (204, ""));
                break;
            }
            let retried = endpoint(&shop).handle(&accept(&token, PASSWORD)).await;
            // The audit log may be the only thing that failed; then the first request succeeded.
            let is_done = outcome(&retried) == (204, "") || (first.is_ok() && outcome(&retried) == EXPIRED);
            assert!(is_done, "after {crashes} calls: {:?} {:?}", outcome(&first), outcome(&retried));
            assert_eq!(shop.roles_of_ann().await, Some(vec![Role::Stock]), "after {crashes} calls");
            assert!(shop.session_ids(&pending).await.is_empty(), "after {crashes} calls");
            assert_eq!(outcome(&endpoint(&shop).handle(&accept(&token, PASSWORD)).await), EXPIRED);
            crashes += 1;
        }
        assert!(crashes > 10, "{crashes}");
    }
}
