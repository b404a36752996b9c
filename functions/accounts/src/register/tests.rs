use std::time::Duration;

use serde_json::{Value, json};
use souk_auth::password;
use souk_domain::effects::Clock as _;
use souk_fixtures::identity::PASSWORD;
use souk_fixtures::{LoggedEvents, count_stock, put_in_cart, save_product, unavailable_limits};
use souk_identity::{Attempts, PER_EMAIL};
use souk_testkit::{product, sku, user};

use super::*;
use crate::fixture::{Fixture, email, outcome, request, shape};

const OTHER: &str = "another horse battery staple";
const REUSED: (u16, &str) = (422, "idempotency_key_reused");

async fn endpoint(shop: &Fixture) -> Register {
    Register {
        registrations: shop.stores.registrations.clone(),
        rules: shop.password_rules(),
        attempts: shop.attempts(),
        guests: shop.guests(),
        mails: shop.mail_queue(),
        sessions: shop.sessions().await,
    }
}

fn body(address: &str, password: &str) -> Value {
    json!({"email": address, "password": password})
}

fn keyed(body: &Value, key: &str) -> Request {
    request("POST", body).with_header("idempotency-key", key)
}

fn ann(password: &str) -> Request {
    request("POST", &body("ann@example.com", password))
}

fn user_id(session: &Value) -> UserId {
    session["user_id"].as_str().expect("an id").parse().expect("an id")
}

/// A guest with two units of a product in the cart, and the guest's refresh token.
async fn guest_with_cart(shop: &Fixture) -> (UserId, String) {
    save_product(&shop.stores.products, product("a")).await;
    count_stock(&shop.stores.inventory, &sku("a"), 50, &*shop.clock, &*shop.random).await;
    let guest = UserId::new(shop.clock.now(), &*shop.random);
    let reply = shop.sessions().await.open_for_guest(201, guest.clone(), &Request::new("POST", "/")).await;
    let token = reply.expect("opened").body_json()["refresh_token"].as_str().expect("a token").to_owned();
    put_in_cart(&shop.stores.carts, &guest, &sku("a"), 2).await;
    (guest, token)
}

#[tokio::test]
async fn a_registration_is_a_pending_account_with_a_session_and_a_mail() {
    let shop = Fixture::start().await;
    let session = endpoint(&shop).await.handle(&ann(PASSWORD)).await.expect("registered").body_json();
    assert_eq!(session["kind"], "guest");
    let user_id = user_id(&session);
    assert_eq!(shop.session_ids(&user_id).await.len(), 1);
    let stored = shop.stores.registrations.newest(&email(), shop.clock.now()).await.expect("read").expect("pending");
    assert_eq!(stored.user_id, user_id);
    assert!(password::verify(PASSWORD, Some(&stored.password_hash)).expect("verified"));
    assert_eq!(shop.mails(), [MailRequest::Registration { email: email(), user_id: Some(user_id) }]);
    assert!(shop.stores.credentials.get(&email()).await.expect("read").is_none());
}

#[tokio::test]
async fn the_answer_and_the_calls_are_the_same_for_known_and_unknown_addresses() {
    let mut seen = Vec::new();
    for address in ["ann@example.com", "nobody@example.com"] {
        for key in [None, Some("a key")] {
            let shop = Fixture::with_account().await;
            shop.aws.take_calls();
            let post = request("POST", &body(address, "a password of a stranger"));
            let post = key.into_iter().fold(post, |post, key| post.with_header("idempotency-key", key));
            let answer = endpoint(&shop).await.handle(&post).await;
            seen.push((shape(answer), shop.aws.take_calls()));
        }
    }
    assert_eq!(seen[0].0.0, 201);
    assert_eq!((&seen[0], &seen[1]), (&seen[2], &seen[3]));
    let reads_accounts = |call: &String| call.contains("credentials") || call.contains("accounts");
    assert!(!seen.iter().flat_map(|(_, calls)| calls).any(reads_accounts), "{seen:?}");
}

#[tokio::test]
async fn a_registration_does_not_change_the_account_of_the_address() {
    let shop = Fixture::with_account().await;
    let before = shop.credential().await;
    let session = endpoint(&shop).await.handle(&ann("a password of a stranger")).await.expect("registered").body_json();
    assert_ne!(user_id(&session), before.user_id);
    assert!(shop.credential().await == before);
}

#[tokio::test]
async fn a_retry_with_the_key_is_the_same_account_for_ten_minutes() {
    let shop = Fixture::start().await;
    let register = endpoint(&shop).await;
    let post = keyed(&body("ann@example.com", PASSWORD), "k");
    let session = async || register.handle(&post).await.expect("registered").body_json();
    let (first, second) = (session().await, session().await);
    assert_eq!(first["user_id"], second["user_id"]);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let other = keyed(&body("ann@example.com", "another horse battery staple"), "k");
    assert_eq!(outcome(&register.handle(&other).await), REUSED);
    let other_address = register.handle(&keyed(&body("bob@example.com", PASSWORD), "k")).await.expect("registered");
    assert_ne!(other_address.body_json()["user_id"], first["user_id"]);

    shop.clock.advance_seconds(KEY_SECONDS - 1);
    assert_eq!(session().await["user_id"], first["user_id"]);
    shop.clock.advance_seconds(1);
    let later = register.handle(&other).await.expect("registered").body_json();
    assert_ne!(later["user_id"], first["user_id"], "the key has lapsed");
    let without_key = register.handle(&ann(PASSWORD)).await.expect("registered").body_json();
    assert_ne!(without_key["user_id"], first["user_id"]);
}

#[tokio::test]
async fn a_key_is_no_way_around_the_limits() {
    let shop = Fixture::start().await;
    let register = endpoint(&shop).await;
    assert_eq!(outcome(&register.handle(&keyed(&body("ann@example.com", PASSWORD), "k")).await), (201, ""));
    let guess = keyed(&body("ann@example.com", "another horse battery staple"), "k");
    for _ in 1..PER_EMAIL.max_attempts {
        assert_eq!(outcome(&register.handle(&guess).await), REUSED);
    }
    assert_eq!(outcome(&register.handle(&guess).await), (429, "too_many_attempts"));
}

#[tokio::test]
async fn weak_passwords_are_refused() {
    let shop = Fixture::start().await;
    let register = endpoint(&shop).await;
    for weak in ["", "password", "12345678", "        ", "passwordpassword", "ann@example.com", "Souk Souk Souk Souk"] {
        let problem = register.handle(&ann(weak)).await.expect_err(weak);
        assert_eq!((problem.status(), problem.errors()[0].field.as_str()), (422, "password"), "{weak}");
    }
    assert!(shop.stores.registrations.list(&email()).await.expect("read").is_empty());
    assert!(shop.mails().is_empty());
}

#[tokio::test]
async fn a_guests_cart_is_merged_once_and_the_guest_is_remembered() {
    let shop = Fixture::start().await;
    let (guest, token) = guest_with_cart(&shop).await;
    let mut body = body("ann@example.com", PASSWORD);
    body["guest_refresh_token"] = token.into();
    let register = endpoint(&shop).await;
    for _ in 0..2 {
        let session = register.handle(&keyed(&body, "k")).await.expect("registered").body_json();
        let cart = shop.stores.carts.get(&user_id(&session)).await.expect("read");
        assert_eq!(cart.lines.iter().map(|line| line.quantity.get()).collect::<Vec<_>>(), [2]);
    }
    let stored = shop.stores.registrations.list(&email()).await.expect("read");
    assert_eq!(stored.iter().map(|stored| &stored.guest_ids).collect::<Vec<_>>(), [&vec![guest.clone()]]);
    assert!(shop.session_ids(&guest).await.is_empty());

    let (_, token) = guest_with_cart(&shop).await;
    body["guest_refresh_token"] = token.into();
    assert_eq!(outcome(&register.handle(&keyed(&body, "k")).await), REUSED, "another guest");
}

#[tokio::test]
async fn a_retry_continues_after_a_silent_mail_queue() {
    let shop = Fixture::start().await;
    let register = endpoint(&shop).await;
    let post = keyed(&body("ann@example.com", PASSWORD), "k");
    shop.aws.stop_queues();
    assert_eq!(outcome(&register.handle(&post).await), (503, "temporarily_unavailable"));
    shop.aws.recover();
    let session = register.handle(&post).await.expect("registered").body_json();
    assert_eq!(shop.stores.registrations.list(&email()).await.expect("read").len(), 1);
    assert_eq!(shop.mails(), [MailRequest::Registration { email: email(), user_id: Some(user_id(&session)) }]);
}

#[tokio::test]
async fn a_retry_continues_after_a_crash_at_any_call() {
    for calls in 0.. {
        let shop = Fixture::start().await;
        let (guest, token) = guest_with_cart(&shop).await;
        let mut body = body("ann@example.com", PASSWORD);
        body["guest_refresh_token"] = token.into();
        let register = endpoint(&shop).await;
        shop.aws.crash_after(calls);
        let first = register.handle(&keyed(&body, "k")).await;
        let crashed = shop.aws.recover();
        assert!(crashed || first.is_ok());
        let session = register.handle(&keyed(&body, "k")).await.expect("registered").body_json();
        let user_id = user_id(&session);
        let stored = shop.stores.registrations.list(&email()).await.expect("read");
        assert_eq!(stored.iter().map(|stored| &stored.user_id).collect::<Vec<_>>(), [&user_id], "after {calls} calls");
        assert_eq!(stored[0].guest_ids, std::slice::from_ref(&guest));
        let cart = shop.stores.carts.get(&user_id).await.expect("read");
        assert_eq!(cart.lines.iter().map(|line| line.quantity.get()).collect::<Vec<_>>(), [2]);
        assert!(shop.session_ids(&guest).await.is_empty());
        assert!(!shop.mails().is_empty());
        if !crashed {
            assert!(calls > 5, "{calls}");
            return;
        }
    }
}

#[tokio::test]
async fn two_requests_at_once_with_a_key_register_one_account() {
    let shop = Fixture::start().await;
    let register = endpoint(&shop).await;
    let (post, other) = (keyed(&body("ann@example.com", PASSWORD), "k"), keyed(&body("ann@example.com", OTHER), "k"));
    let (first, second, third) = tokio::join!(register.handle(&post), register.handle(&post), register.handle(&post));
    let ids = [first, second, third].map(|answer| user_id(&answer.expect("registered").body_json()));
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let stored = shop.stores.registrations.list(&email()).await.expect("read");
    assert_eq!(stored.iter().map(|stored| &stored.user_id).collect::<Vec<_>>(), [&ids[0]]);
    assert_eq!(outcome(&register.handle(&other).await), REUSED);
}

#[tokio::test]
async fn a_key_whose_registration_has_ended_registers_anew() {
    let shop = Fixture::start().await;
    let register = endpoint(&shop).await;
    let post = keyed(&body("ann@example.com", PASSWORD), "k");
    let first = user_id(&register.handle(&post).await.expect("registered").body_json());
    shop.stores.registrations.delete(&email(), &first).await.expect("deleted");
    let second = user_id(&register.handle(&post).await.expect("registered").body_json());
    assert_ne!(second, first, "an account that may exist is never registered again");
    assert_eq!(user_id(&register.handle(&post).await.expect("registered").body_json()), second);
}

#[tokio::test]
async fn a_guest_that_another_account_merges_is_left_to_it() {
    let shop = Fixture::start().await;
    let (guest, token) = guest_with_cart(&shop).await;
    let session_id = shop.session_ids(&guest).await.remove(0);
    let session = GuestSession { user_id: guest.clone(), session_id };
    assert!(shop.stores.sessions.begin_merge(&session, &user(9)).await.expect("answered"));
    let mut body = body("ann@example.com", PASSWORD);
    body["guest_refresh_token"] = token.into();
    let session = endpoint(&shop).await.handle(&keyed(&body, "k")).await.expect("registered").body_json();
    let stored = shop.stores.registrations.list(&email()).await.expect("read");
    assert!(stored[0].guest_ids.is_empty());
    assert!(shop.stores.carts.get(&user_id(&session)).await.expect("read").lines.is_empty());
    assert_eq!(
        (shop.stores.carts.get(&guest).await.expect("read").lines.len(), shop.session_ids(&guest).await.len()),
        (1, 1)
    );
}

/// It has three counts, and is delayed once.
#[tokio::test(start_paused = true)]
async fn while_registrations_cannot_be_counted_each_is_delayed_once_and_passes() {
    let shop = Fixture::start().await;
    let delay = Duration::from_secs(30);
    let limits = unavailable_limits(shop.random.clone());
    let attempts = Attempts { limits, outage_delay: delay, ..shop.attempts() };
    let register = Register { attempts, ..endpoint(&shop).await };
    let (logged, started) = (LoggedEvents::start(), tokio::time::Instant::now());
    let post = keyed(&body("ann@example.com", PASSWORD), "k");
    assert_eq!(outcome(&register.handle(&post).await), (201, ""));
    let waited = started.elapsed();
    // The jitter is up to as much again, and the calls that fail take a moment.
    assert!(delay <= waited && waited < delay * 2 + Duration::from_secs(2), "{waited:?}");
    assert!(logged.count("rate_limits_unavailable") >= 3);
}
