use serde_json::json;
use souk_domain::account::CallerKind;
use souk_domain::ids::UserId;
use souk_fixtures::identity::PASSWORD;
use souk_testkit::user;

use super::*;
use crate::fixture::{Fixture, email, outcome, request};

const EXPIRED: (u16, &str) = (410, "link_expired");
const NEW: &str = "battery staple correct horse";

fn endpoint(shop: &Fixture) -> ConfirmPasswordReset {
    ConfirmPasswordReset {
        tokens: shop.stores.one_time_tokens.clone(),
        credentials: shop.stores.credentials.clone(),
        sessions: shop.stores.sessions.clone(),
        rules: shop.password_rules(),
        attempts: shop.attempts(),
        mails: shop.mail_queue(),
        clock: shop.clock.clone(),
        random: shop.random.clone(),
    }
}

async fn confirm(shop: &Fixture, token: &str, password: &str) -> (u16, &'static str) {
    let post = request("POST", &json!({"token": token, "password": password}));
    match endpoint(shop).handle(&post).await {
        Ok(reply) => (reply.status(), ""),
        Err(problem) => (problem.status(), problem.code()),
    }
}

/// A link for the account as it is now, and the account.
async fn link(shop: &Fixture) -> (String, UserId) {
    let Credential { user_id, version, .. } = shop.credential().await;
    (shop.link(TokenPurpose::ResetPassword, Some(&user_id), Some(version)).await, user_id)
}

#[tokio::test]
async fn the_link_sets_a_password_and_ends_all_sessions() {
    let shop = Fixture::with_account().await;
    shop.enrol_second_factor().await;
    let (first, user_id) = link(&shop).await;
    let (second, _) = link(&shop).await;
    shop.start_two_sessions(&user_id, CallerKind::Shopper).await;
    assert_eq!(confirm(&shop, &first, NEW).await, (200, ""));
    assert!(shop.has_password(NEW).await && shop.credential().await.second_factor().is_some());
    assert!(shop.session_ids(&user_id).await.is_empty());
    assert_eq!(shop.mails(), [MailRequest::PasswordChanged { email: email() }]);
    assert_eq!(confirm(&shop, &first, NEW).await, EXPIRED, "it works once");
    assert_eq!(confirm(&shop, &second, "another horse battery staple").await, EXPIRED, "the other link is void");
    assert!(shop.has_password(NEW).await);
}

#[tokio::test]
async fn a_retry_continues_after_a_crash_at_any_call() {
    for calls in 0.. {
        let shop = Fixture::with_account().await;
        let (token, user_id) = link(&shop).await;
        shop.start_two_sessions(&user_id, CallerKind::Shopper).await;
        shop.aws.crash_after(calls);
        let first = confirm(&shop, &token, NEW).await;
        let crashed = shop.aws.recover();
        let is_changed = shop.has_password(NEW).await;
        assert!(!is_changed || shop.session_ids(&user_id).await.is_empty(), "after {calls} calls");
        if !crashed {
            assert_eq!((first, calls > 8), ((200, ""), true), "{calls}");
            return;
        }
        let second = confirm(&shop, &token, NEW).await;
        // Only the last calls come after the token was used up.
        assert!(second == (200, "") || (second == EXPIRED && calls > 8), "{second:?} after {calls} calls");
        assert!(shop.has_password(NEW).await && shop.session_ids(&user_id).await.is_empty());
        assert!(!shop.mails().is_empty());
    }
}

#[tokio::test]
async fn a_change_since_the_mail_makes_the_link_void() {
    let shop = Fixture::with_account().await;
    let (token, user_id) = link(&shop).await;
    shop.enrol_second_factor().await;
    assert_eq!(confirm(&shop, &token, NEW).await, EXPIRED);
    assert!(shop.has_password(PASSWORD).await);
    let of_another = shop.link(TokenPurpose::ResetPassword, Some(&user(9)), Some(2)).await;
    let unbound = shop.link(TokenPurpose::ResetPassword, Some(&user_id), None).await;
    let other_purpose = shop.link(TokenPurpose::VerifyAddress, Some(&user_id), Some(2)).await;
    for bad in [&of_another, &unbound, &other_purpose, "x"] {
        assert_eq!(confirm(&shop, bad, NEW).await, EXPIRED);
    }
}

#[tokio::test]
async fn the_rules_for_passwords_hold_and_do_not_use_the_link_up() {
    let shop = Fixture::with_account().await;
    let (token, _) = link(&shop).await;
    for weak in ["short", "passwordpassword", "ann@example.com ann"] {
        assert_eq!(confirm(&shop, &token, weak).await, (422, "invalid_fields"), "{weak}");
    }
    assert_eq!(confirm(&shop, &token, NEW).await, (200, ""));
}

#[tokio::test]
async fn tokens_that_were_never_sent_have_one_answer_and_cost_one_read() {
    let shop = Fixture::with_account().await;
    shop.aws.take_calls();
    let post = request("POST", &json!({"token": "A".repeat(43), "password": NEW}));
    assert_eq!(outcome(&endpoint(&shop).handle(&post).await), EXPIRED);
    assert_eq!(shop.aws.take_calls(), ["GetItem onetimetokens"]);
}
