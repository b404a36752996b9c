use serde_json::{Value, json};
use souk_domain::account::CallerKind;
use souk_domain::effects::Clock as _;
use souk_domain::ids::{SessionId, UserId};
use souk_fixtures::identity::PASSWORD;
use souk_fixtures::put_in_cart;
use souk_identity::PER_EMAIL;
use souk_store::{AccountDeletionOutcome, CredentialOutcome, GuestLinkOutcome, SaveOutcome};
use souk_testkit::{sku, user};

use super::*;
use crate::fixture::{Fixture, email, outcome, request};

const EXPIRED: (u16, &str) = (410, "link_expired");
const WRONG: (u16, &str) = (401, "invalid_credentials");
const OF_A_STRANGER: &str = "the password of a stranger";

async fn endpoint(shop: &Fixture) -> ConfirmVerification {
    ConfirmVerification {
        tokens: shop.stores.one_time_tokens.clone(),
        pending: shop.pending_accounts(),
        accounts: shop.stores.accounts.clone(),
        carts: shop.stores.carts.clone(),
        credentials: shop.stores.credentials.clone(),
        attempts: shop.attempts(),
        sessions: shop.sessions().await,
    }
}

async fn confirm(shop: &Fixture, token: &str, password: &str) -> Result<Value, (u16, &'static str)> {
    let post = request("POST", &json!({"token": token, "password": password}));
    match endpoint(shop).await.handle(&post).await {
        Ok(reply) => Ok(reply.body_json()),
        Err(problem) => Err((problem.status(), problem.code())),
    }
}

async fn start_session(shop: &Fixture, user_id: &UserId) {
    let session_id = SessionId::new(shop.clock.now(), &*shop.random);
    shop.start_session(user_id, CallerKind::Guest, session_id).await;
}

/// Ann's pending account with a guest and a session, a stranger's of the same address with a session, and Ann's link.
async fn two_pending(shop: &Fixture) -> (UserId, UserId, String) {
    let ann = shop.pending(&email(), PASSWORD).await;
    shop.clock.advance_seconds(1);
    let stranger = shop.pending(&email(), OF_A_STRANGER).await;
    let linked = shop.stores.registrations.add_guest(&email(), &ann, &user(5)).await.expect("written");
    assert_eq!(linked, GuestLinkOutcome::Linked);
    start_session(shop, &ann).await;
    start_session(shop, &stranger).await;
    put_in_cart(&shop.stores.carts, &ann, &sku("a"), 2).await;
    let mut cart = shop.stores.carts.get(&ann).await.expect("read");
    cart.set_expiry(CallerKind::Guest, shop.clock.now());
    assert_eq!(shop.stores.carts.save(&mut cart).await.expect("saved"), SaveOutcome::Saved);
    let link = shop.link(TokenPurpose::VerifyAddress, Some(&ann), None).await;
    (ann, stranger, link)
}

async fn assert_claimed(shop: &Fixture, ann: &UserId, stranger: &UserId) {
    let account = shop.account().await;
    assert_eq!((&account.user_id, &account.guest_ids), (ann, &vec![user(5)]));
    let cart = shop.stores.carts.get(ann).await.expect("read");
    assert_eq!((cart.lines.len(), cart.expires_at), (1, None), "the cart of an account does not expire");
    assert!(shop.has_password(PASSWORD).await);
    assert!(shop.stores.registrations.list(&email()).await.expect("read").is_empty());
    assert!(shop.session_ids(stranger).await.is_empty());
    let sessions = shop.stores.sessions.list(ann, shop.clock.now()).await.expect("read");
    assert!(!sessions.is_empty() && sessions.iter().all(|session| session.kind == CallerKind::Shopper));
}

#[tokio::test]
async fn the_link_and_the_password_claim_the_address() {
    let shop = Fixture::start().await;
    let (ann, stranger, link) = two_pending(&shop).await;
    let session = confirm(&shop, &link, PASSWORD).await.expect("confirmed");
    assert_eq!((session["kind"].as_str(), session["user_id"].as_str()), (Some("shopper"), Some(ann.as_str())));
    assert_claimed(&shop, &ann, &stranger).await;
    assert_eq!(confirm(&shop, &link, PASSWORD).await, Err(EXPIRED), "it works once");
}

#[tokio::test]
async fn a_retry_continues_after_a_crash_at_any_call() {
    for calls in 0.. {
        let shop = Fixture::start().await;
        let (ann, stranger, link) = two_pending(&shop).await;
        shop.aws.crash_after(calls);
        let first = confirm(&shop, &link, PASSWORD).await;
        let crashed = shop.aws.recover();
        if !crashed {
            assert!(first.is_ok() && calls > 10, "{calls}");
            return;
        }
        // Only the last call comes after the token was used up.
        match confirm(&shop, &link, PASSWORD).await {
            Ok(session) => assert_eq!(session["kind"], "shopper"),
            Err(problem) => assert_eq!((problem, calls > 10), (EXPIRED, true), "after {calls} calls"),
        }
        assert_claimed(&shop, &ann, &stranger).await;
    }
}

#[tokio::test]
async fn a_deleted_account_does_not_come_back_with_its_link() {
    for calls in 0.. {
        let shop = Fixture::start().await;
        let (ann, _, link) = two_pending(&shop).await;
        shop.aws.crash_after(calls);
        let _ = confirm(&shop, &link, PASSWORD).await;
        let crashed = shop.aws.recover();
        let stores = &shop.stores;
        if let Some(account) = stores.accounts.get(&ann).await.expect("read") {
            let deleted = stores.accounts.delete(&stores.credentials, &stores.staff_grants, &account, None).await;
            assert_eq!(deleted.expect("answered"), AccountDeletionOutcome::Deleted);
            assert_eq!(confirm(&shop, &link, PASSWORD).await, Err(EXPIRED), "after {calls} calls");
            assert!(stores.credentials.get(&email()).await.expect("read").is_none());
        }
        if !crashed {
            return;
        }
    }
}

#[tokio::test]
async fn a_guest_that_is_added_during_the_claim_is_not_lost() {
    let shop = Fixture::start().await;
    let (ann, _, link) = two_pending(&shop).await;
    let add = async || shop.stores.registrations.add_guest(&email(), &ann, &user(6)).await.expect("answered");
    let (session, linked) = tokio::join!(confirm(&shop, &link, PASSWORD), add());
    assert_eq!(session.expect("confirmed")["kind"], "shopper");
    let guests = shop.account().await.guest_ids;
    assert_eq!(guests.contains(&user(6)), linked == GuestLinkOutcome::Linked, "{linked:?} {guests:?}");
}

#[tokio::test]
async fn the_link_of_a_strangers_registration_claims_nothing() {
    let shop = Fixture::start().await;
    let stranger = shop.pending(&email(), OF_A_STRANGER).await;
    let link = shop.link(TokenPurpose::VerifyAddress, Some(&stranger), None).await;
    assert_eq!(confirm(&shop, &link, PASSWORD).await, Err(WRONG));
    assert!(shop.stores.credentials.get(&email()).await.expect("read").is_none());
    assert!(confirm(&shop, &link, OF_A_STRANGER).await.is_ok(), "a wrong password does not use the token up");
}

#[tokio::test]
async fn passwords_are_limited() {
    let shop = Fixture::start().await;
    let (_, _, link) = two_pending(&shop).await;
    for _ in 0..PER_EMAIL.max_attempts {
        assert_eq!(confirm(&shop, &link, "wrong").await, Err(WRONG));
    }
    assert_eq!(confirm(&shop, &link, PASSWORD).await, Err((429, "too_many_attempts")));
}

#[tokio::test]
async fn hashes_take_their_turn() {
    let shop = Fixture::start().await;
    let (_, _, link) = two_pending(&shop).await;
    let busy = ConfirmVerification { attempts: shop.attempts_with_full_hash_queue(), ..endpoint(&shop).await };
    let post = request("POST", &json!({"token": link, "password": PASSWORD}));
    assert_eq!(outcome(&busy.handle(&post).await), (503, "busy"));
    assert!(confirm(&shop, &link, PASSWORD).await.is_ok(), "the link still works");
}

#[tokio::test]
async fn a_claimed_address_stays_with_its_account() {
    let shop = Fixture::with_account().await;
    let owner = shop.credential().await;
    let stranger = shop.pending(&email(), OF_A_STRANGER).await;
    let link = shop.link(TokenPurpose::VerifyAddress, Some(&stranger), None).await;
    assert_eq!(confirm(&shop, &link, OF_A_STRANGER).await, Err((409, "address_taken")));
    assert!(shop.credential().await == owner);
    assert_eq!(confirm(&shop, &link, PASSWORD).await, Err(WRONG), "the password of the owner");
}

#[tokio::test]
async fn a_retry_needs_the_password_of_today_and_a_second_factor_needs_a_login() {
    let shop = Fixture::with_account().await;
    let owner = shop.credential().await;
    let link = async || shop.link(TokenPurpose::VerifyAddress, Some(&owner.user_id), None).await;
    let changed =
        shop.stores.credentials.change_password(&owner.reference(), &shop.hash("a new password of Ann")).await;
    assert_eq!(changed.expect("written"), CredentialOutcome::Changed);
    let first = link().await;
    assert_eq!(confirm(&shop, &first, PASSWORD).await, Err(WRONG));
    assert!(confirm(&shop, &first, "a new password of Ann").await.is_ok());
    shop.enrol_second_factor().await;
    let before = shop.session_ids(&owner.user_id).await;
    assert_eq!(confirm(&shop, &link().await, "a new password of Ann").await, Err(EXPIRED));
    assert_eq!(shop.session_ids(&owner.user_id).await, before, "no new session, and none has ended");
}

#[tokio::test]
async fn other_tokens_and_expired_registrations_are_refused() {
    let shop = Fixture::start().await;
    let (ann, _, link) = two_pending(&shop).await;
    let other_purpose = shop.link(TokenPurpose::ResetPassword, Some(&ann), None).await;
    let nobodys = shop.link(TokenPurpose::VerifyAddress, Some(&user(9)), None).await;
    let unbound = shop.link(TokenPurpose::VerifyAddress, None, None).await;
    for bad in [&other_purpose, &nobodys, &unbound, "x", &"A".repeat(43)] {
        assert_eq!(confirm(&shop, bad, PASSWORD).await, Err(EXPIRED), "{bad}");
    }
    shop.clock.advance_seconds(3_600);
    assert_eq!(confirm(&shop, &link, PASSWORD).await, Err(EXPIRED));
    let post = request("POST", &json!({"token": ""}));
    assert_eq!(outcome(&endpoint(&shop).await.handle(&post).await), (422, "invalid_fields"));
}
