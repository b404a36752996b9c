use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, SaltString};
use argon2::{Argon2, Params};
use serde_json::{Value, json};
use souk_domain::effects::Clock as _;
use souk_domain::ids::UserId;
use souk_fixtures::identity::PASSWORD;
use souk_fixtures::{LoggedEvents, unavailable_limits};
use souk_identity::{Attempts, CODES_PER_ACCOUNT, NEW_DEVICES, PER_ADDRESS, PER_EMAIL, UNKNOWN_DEVICES};
use souk_runtime::http::{Endpoint, Request};
use souk_store::{GuestSession, REGISTRATION_SECONDS, Registration};
use souk_testkit::user;

use super::*;
use crate::fixture::{Fixture, credentials, email, outcome, post, refresh_body};

const WRONG: (u16, &str) = (401, "invalid_credentials");
const OF_A_STRANGER: &str = "the password of a stranger";

async fn register(shop: &Fixture, password: &str) -> UserId {
    let now = shop.clock.now();
    let registration = Registration {
        email: email(),
        user_id: UserId::new(now, &*shop.random),
        password_hash: password::hash(password, &*shop.random).expect("hashed"),
        created_at: now,
        guest_ids: Vec::new(),
        expires_at: now.plus_seconds(REGISTRATION_SECONDS).as_seconds(),
    };
    shop.stores.registrations.put(&registration).await.expect("stored");
    registration.user_id
}

async fn answer(shop: &Fixture, body: &Value) -> Result<Value, (u16, &'static str)> {
    match shop.login().await.handle(&post(&body.to_string())).await {
        Ok(reply) => Ok(reply.body_json()),
        Err(problem) => Err((problem.status(), problem.code())),
    }
}

#[tokio::test]
async fn the_correct_password_logs_in_with_any_spelling_of_the_address() {
    let shop = Fixture::with_account().await;
    for spelling in ["ann@example.com", "ANN@Example.com", "ann@ex\u{ff41}mple.com"] {
        let session = answer(&shop, &json!({"email": spelling, "password": PASSWORD})).await.expect("logged in");
        assert_eq!(session["kind"], "shopper");
        assert_eq!(shop.caller(&session).await.user_id.as_str(), session["user_id"]);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_have_the_same_response() {
    let shop = Fixture::with_account().await;
    let login = shop.login().await;
    let body =
        async |body: &str| login.handle(&post(body)).await.expect_err("refused").into_reply("r").body().to_owned();
    let wrong = body(&credentials("another horse battery")).await;
    let unknown = body(r#"{"email": "nobody@example.com", "password": "another horse battery"}"#).await;
    assert_eq!(wrong, unknown);
}

#[tokio::test]
async fn attempts_are_limited_for_known_and_unknown_accounts() {
    for address in ["ann@example.com", "nobody@example.com"] {
        let shop = Fixture::with_account().await;
        let body = json!({"email": address, "password": "another horse battery"});
        for _ in 0..PER_EMAIL.max_attempts {
            assert_eq!(answer(&shop, &body).await, Err(WRONG));
        }
        assert_eq!(answer(&shop, &body).await, Err((429, "too_many_attempts")));
        shop.clock.advance_seconds(PER_EMAIL.window_seconds);
        assert_eq!(answer(&shop, &body).await, Err(WRONG));
    }
}

#[tokio::test]
async fn a_successful_login_resets_the_count() {
    let shop = Fixture::with_account().await;
    for _ in 0..3 {
        for _ in 1..PER_EMAIL.max_attempts {
            assert_eq!(outcome(&shop.login().await.handle(&post(&credentials("wrong"))).await), WRONG);
        }
        shop.logged_in().await;
    }
}

/// Uses up what is left of the log-ins of unknown devices to an address, as strangers in many networks do.
async fn guess_from_everywhere(shop: &Fixture, address: &str) {
    let attempts = shop.attempts();
    let key = format!("login-unknown#{}", attempts.pseudonyms.email(&address.parse().expect("an address")));
    for _ in 0..UNKNOWN_DEVICES.max_attempts {
        let _ = attempts.limits.count(&key, UNKNOWN_DEVICES, shop.clock.now()).await.expect("counted");
    }
}

#[tokio::test]
async fn strangers_cannot_lock_out_a_known_device() {
    let shop = Fixture::with_account().await;
    let first = shop.logged_in().await;
    guess_from_everywhere(&shop, "ann@example.com").await;
    let with = |token: &Value, password: &str| json!({"email": email(), "password": password, "device_token": token});
    let limited = Err((429, "too_many_attempts"));
    assert_eq!(answer(&shop, &json!({"email": email(), "password": PASSWORD})).await, limited, "an unknown device");
    // A stranger in the same network uses that up, too.
    for _ in 0..PER_ADDRESS.max_attempts {
        let _ = shop.attempts().count_address("login", &post("{}")).await;
    }
    let second = answer(&shop, &with(&first["device_token"], PASSWORD)).await.expect("a known device");
    assert!(answer(&shop, &with(&second["device_token"], PASSWORD)).await.is_ok(), "with the renewed token");
    let token = &second["device_token"];
    for _ in 0..PER_EMAIL.max_attempts {
        assert_eq!(answer(&shop, &with(token, "wrong")).await, Err(WRONG));
    }
    assert_eq!(answer(&shop, &with(token, PASSWORD)).await, limited, "a stolen token is limited as well");
}

#[tokio::test]
async fn a_device_token_of_another_address_is_ignored() {
    let shop = Fixture::with_account().await;
    let foreign = shop.attempts().new_device_token(&"bob@example.com".parse().expect("an address"), true);
    for (address, token) in [("ann@example.com", foreign.as_str()), ("nobody@example.com", "x")] {
        let body = json!({"email": address, "password": "wrong", "device_token": token});
        assert_eq!(answer(&shop, &body).await, Err(WRONG));
        guess_from_everywhere(&shop, address).await;
        assert_eq!(answer(&shop, &body).await, Err((429, "too_many_attempts")), "{address}");
    }
}

#[tokio::test]
async fn a_thief_of_the_password_collects_few_device_tokens() {
    let shop = Fixture::with_account().await;
    for _ in 0..NEW_DEVICES.max_attempts {
        assert!(shop.logged_in().await["device_token"].is_string());
    }
    let session = shop.logged_in().await;
    assert!(session["token"].is_string() && session.get("device_token").is_none(), "the log-in works without");
}

#[tokio::test]
async fn a_thief_of_the_password_does_not_use_up_the_codes_of_a_known_device() {
    let shop = Fixture::with_account().await;
    let by_password = shop.logged_in().await["device_token"].clone();
    shop.enrol_second_factor().await;
    let by_code = shop.logged_in_with_code().await["device_token"].clone();
    let attempt = shop.attempts().count_login(&email(), None, &post("{}")).await.expect("counted");
    for _ in 0..CODES_PER_ACCOUNT.max_attempts {
        shop.attempts().count_code(&attempt).await.expect("counted");
    }
    shop.clock.advance_seconds(30);
    let code = shop.code().await;
    let with = |token: &Value| json!({"email": email(), "password": PASSWORD, "code": code, "device_token": token});
    let limited = Err((429, "too_many_attempts"));
    assert_eq!(answer(&shop, &with(&by_password)).await, limited, "it was known before there was a second factor");
    assert!(answer(&shop, &with(&by_code)).await.is_ok());
}

#[tokio::test]
async fn the_newest_pending_account_is_opened_while_nobody_owns_the_address() {
    let shop = Fixture::start().await;
    register(&shop, "the first password").await;
    shop.clock.advance_seconds(1);
    let newest = register(&shop, "the second password").await;
    assert_eq!(outcome(&shop.login().await.handle(&post(&credentials("the first password"))).await), WRONG);
    let body = json!({"email": email(), "password": "the second password"});
    let session = answer(&shop, &body).await.expect("logged in");
    assert_eq!((session["user_id"].as_str(), &session["kind"]), (Some(newest.as_str()), &json!("guest")));
}

/// If it were refused while an account has the address, registering and logging in would tell.
#[tokio::test]
async fn a_pending_account_opens_with_its_password_whether_or_not_the_address_is_owned() {
    for (shop, is_owned) in [(Fixture::with_account().await, true), (Fixture::start().await, false)] {
        let stranger = register(&shop, OF_A_STRANGER).await;
        let session = answer(&shop, &json!({"email": email(), "password": OF_A_STRANGER})).await.expect("logged in");
        assert_eq!((session["user_id"].as_str(), &session["kind"]), (Some(stranger.as_str()), &json!("guest")));
        assert_eq!(outcome(&shop.login().await.handle(&post(&credentials("wrong"))).await), WRONG);
        if is_owned {
            assert_eq!(shop.logged_in().await["kind"], "shopper");
        }
    }
}

#[tokio::test]
async fn who_registered_an_address_does_not_reset_the_count_of_its_owner() {
    let shop = Fixture::with_account().await;
    register(&shop, OF_A_STRANGER).await;
    let attempt = async |password| answer(&shop, &json!({"email": email(), "password": password})).await.map(drop);
    for _ in 1..PER_EMAIL.max_attempts {
        assert_eq!(attempt("wrong").await, Err(WRONG));
    }
    for _ in 0..2 {
        assert_eq!(attempt(OF_A_STRANGER).await, Ok(()), "it does not count either");
    }
    assert_eq!(attempt("wrong").await, Err(WRONG));
    assert_eq!(attempt("wrong").await, Err((429, "too_many_attempts")));
}

#[tokio::test]
async fn a_session_of_a_pending_account_ends_with_the_registration() {
    let shop = Fixture::start().await;
    register(&shop, PASSWORD).await;
    shop.clock.advance_seconds(REGISTRATION_SECONDS - 60);
    let session = shop.logged_in().await;
    shop.clock.advance_seconds(30);
    let refresh = shop.refresh().await;
    let session = refresh.handle(&post(&refresh_body(&session))).await.expect("refreshed").body_json();
    shop.clock.advance_seconds(30);
    assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&session))).await), (401, "refresh_token_invalid"));
    assert_eq!(outcome(&shop.login().await.handle(&post(&credentials(PASSWORD))).await), WRONG);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_each_code_works_once() {
    let shop = Fixture::with_account().await;
    shop.enrol_second_factor().await;
    let (with, code) = (json!({"email": email(), "password": PASSWORD}), shop.code().await);
    let problem = shop.login().await.handle(&post(&with.to_string())).await.expect_err("refused");
    assert_eq!((problem.status(), problem.code()), (401, "second_factor_required"));
    let problem = problem.into_reply("r").body_json();
    assert!(problem.get("token").is_none());
    let challenge = problem["challenge"].as_str().expect("a challenge").to_owned();

    let with_code = |code: &str| json!({"challenge": challenge, "code": code});
    assert_eq!(answer(&shop, &with_code("000000")).await, Err((401, "invalid_code")));
    assert_eq!(answer(&shop, &with_code(&code)).await.expect("logged in")["kind"], "shopper");
    assert_eq!(answer(&shop, &with_code(&code)).await, Err((401, "challenge_expired")), "it works once");
    let repeated = json!({"email": email(), "password": PASSWORD, "code": code});
    assert_eq!(answer(&shop, &repeated).await, Err((401, "invalid_code")));
    shop.clock.advance_seconds(30);
    assert!(shop.logged_in_with_code().await["token"].is_string());
}

#[tokio::test]
async fn a_wrong_password_does_not_tell_that_there_is_a_second_factor() {
    let shop = Fixture::with_account().await;
    shop.enrol_second_factor().await;
    assert_eq!(outcome(&shop.login().await.handle(&post(&credentials("wrong"))).await), WRONG);
}

#[tokio::test]
async fn a_challenge_expires_and_ends_with_a_change_of_the_password() {
    let shop = Fixture::with_account().await;
    shop.enrol_second_factor().await;
    let challenge = async || {
        let problem = shop.login().await.handle(&post(&credentials(PASSWORD))).await.expect_err("refused");
        problem.into_reply("r").body_json()["challenge"].clone()
    };
    let expired = Err((401, "challenge_expired"));
    let late = challenge().await;
    shop.clock.advance_seconds(CHALLENGE_SECONDS);
    assert_eq!(answer(&shop, &json!({"challenge": late, "code": shop.code().await})).await, expired);
    let before = challenge().await;
    let hash = password::hash("a completely new password", &*shop.random).expect("hashed");
    let _ =
        shop.stores.credentials.change_password(&shop.credential().await.reference(), &hash).await.expect("changed");
    assert_eq!(answer(&shop, &json!({"challenge": before, "code": shop.code().await})).await, expired);
    assert_eq!(answer(&shop, &json!({"challenge": "A".repeat(43), "code": "000000"})).await, expired);
}

#[tokio::test]
async fn an_old_hash_is_replaced_at_login() {
    let shop = Fixture::with_account().await;
    shop.logged_in().await;
    let current = shop.credential().await.password_hash;
    shop.logged_in().await;
    assert_eq!(shop.credential().await.password_hash, current, "a current hash stays");

    let weak =
        Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, Params::new(8, 1, 1, None).expect("few"));
    let salt = SaltString::encode_b64(b"salt for the test").expect("a salt");
    let weak = weak.hash_password(PASSWORD.as_bytes(), &salt).expect("hashed").to_string();
    let seen = shop.credential().await.reference();
    let _ = shop.stores.credentials.change_password(&seen, &weak).await.expect("changed");
    shop.logged_in().await;
    let upgraded = shop.credential().await;
    assert!(!password::needs_upgrade(&upgraded.password_hash));
    assert_eq!(upgraded.version, seen.version + 1, "an upgrade is no change of the credentials");
    shop.logged_in().await;
}

#[tokio::test]
async fn a_guest_who_logs_in_is_merged_and_the_guest_session_ends() {
    let shop = Fixture::with_account().await;
    let guest =
        shop.create_guest().await.handle(&Request::new("POST", "/auth/guest")).await.expect("a guest").body_json();
    let body = json!({"email": email(), "password": PASSWORD, "guest_refresh_token": guest["refresh_token"]});
    let session = answer(&shop, &body).await.expect("logged in");
    let user_id: UserId = session["user_id"].as_str().expect("an id").parse().expect("an id");
    let account = shop.stores.accounts.get(&user_id).await.expect("read").expect("an account");
    assert_eq!(json!(account.guest_ids), json!([guest["user_id"]]));
    let refresh = shop.refresh().await;
    assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&guest))).await), (401, "refresh_token_invalid"));
    assert!(answer(&shop, &body).await.is_ok(), "a retry finds nothing to merge");
}

async fn new_guest(shop: &Fixture) -> Value {
    shop.create_guest().await.handle(&Request::new("POST", "/auth/guest")).await.expect("a guest").body_json()
}

/// Logs Ann in with a guest's token, and returns the ids of her guests.
async fn guests_of_ann_with(shop: &Fixture, guest: &Value) -> Vec<String> {
    let body = json!({"email": email(), "password": PASSWORD, "guest_refresh_token": guest["refresh_token"]});
    assert_eq!(answer(shop, &body).await.expect("logged in")["kind"], "shopper");
    let account = shop.stores.accounts.get(&shop.credential().await.user_id).await.expect("read").expect("an account");
    account.guest_ids.iter().map(ToString::to_string).collect()
}

/// It keeps its id when its address is verified, and Ann would see its orders for ever.
#[tokio::test]
async fn a_pending_account_is_not_merged_as_a_guest() {
    let shop = Fixture::with_account().await;
    register(&shop, OF_A_STRANGER).await;
    let pending = answer(&shop, &json!({"email": email(), "password": OF_A_STRANGER})).await.expect("logged in");
    assert!(guests_of_ann_with(&shop, &pending).await.is_empty());
    assert!(shop.refresh().await.handle(&post(&refresh_body(&pending))).await.is_ok(), "its session goes on");
}

#[tokio::test]
async fn a_used_token_of_a_guest_is_merged_within_the_grace_and_ends_the_session_later() {
    let shop = Fixture::with_account().await;
    let refresh = shop.refresh().await;
    let (early, late) = (new_guest(&shop).await, new_guest(&shop).await);
    refresh.handle(&post(&refresh_body(&early))).await.expect("refreshed");
    let newest = refresh.handle(&post(&refresh_body(&late))).await.expect("refreshed").body_json();
    shop.clock.advance_seconds(20);
    assert_eq!(json!(guests_of_ann_with(&shop, &early).await), json!([early["user_id"]]));
    shop.clock.advance_seconds(1);
    assert_eq!(json!(guests_of_ann_with(&shop, &late).await), json!([early["user_id"]]), "not the other one");
    assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&newest))).await), (401, "refresh_token_invalid"));
}

#[tokio::test]
async fn a_guest_that_another_account_merges_is_left_to_it() {
    let shop = Fixture::with_account().await;
    let ann = shop.credential().await.user_id;
    for (account, is_linked) in [(user(9), false), (ann, true)] {
        let guest = new_guest(&shop).await;
        let caller = shop.caller(&guest).await;
        let session = GuestSession { user_id: caller.user_id.clone(), session_id: caller.session_id };
        assert!(shop.stores.sessions.begin_merge(&session, &account).await.expect("answered"));
        let guests = guests_of_ann_with(&shop, &guest).await;
        assert_eq!(guests.contains(&caller.user_id.to_string()), is_linked, "a retry of the same account continues");
        let refreshed = shop.refresh().await.handle(&post(&refresh_body(&guest))).await;
        assert_eq!(refreshed.is_ok(), !is_linked);
    }
}

#[tokio::test]
async fn wrong_codes_are_limited_for_a_day() {
    let shop = Fixture::with_account().await;
    shop.enrol_second_factor().await;
    let with = async |code: &str| {
        let answer = answer(&shop, &json!({"email": email(), "password": PASSWORD, "code": code})).await;
        answer.map(drop).map_err(|(_, code)| code)
    };
    for number in 0..CODES_PER_ACCOUNT.max_attempts {
        assert_eq!(with("000000").await, Err("invalid_code"));
        if number == 10 {
            // Neither an accepted code nor another window of the log-ins begins the count again.
            assert_eq!(with(&shop.code().await).await, Ok(()));
        }
        if number % 10 == 0 {
            shop.clock.advance_seconds(PER_EMAIL.window_seconds);
        }
    }
    shop.clock.advance_seconds(PER_EMAIL.window_seconds);
    assert_eq!(with(&shop.code().await).await, Err("too_many_attempts"));
    shop.clock.advance_seconds(CODES_PER_ACCOUNT.window_seconds);
    assert_eq!(with(&shop.code().await).await, Ok(()));
}

#[tokio::test]
async fn invalid_input_is_rejected_before_hashing() {
    let shop = Fixture::start().await;
    let renewal = json!({"challenge": "A".repeat(43)}).to_string();
    for body in [
        "{}",
        r#"{"email": "x", "password": ""}"#,
        r#"{"email": "ann@example.com"}"#,
        r#"{"challenge": 5}"#,
        renewal.as_str(),
    ] {
        assert_eq!(outcome(&shop.login().await.handle(&post(body)).await), (422, "invalid_fields"), "{body}");
    }
}

/// A log-in whose attempts cannot be counted, and its delay.
async fn uncounted(shop: &Fixture) -> (Login, Duration) {
    let outage_delay = Duration::from_secs(30);
    let attempts = Attempts { limits: unavailable_limits(shop.random.clone()), outage_delay, ..shop.attempts() };
    (Login { attempts, ..shop.login().await }, outage_delay)
}

/// It has three counts, and is delayed once.
#[tokio::test(start_paused = true)]
async fn while_attempts_cannot_be_counted_each_is_delayed_once_and_passes() {
    let shop = Fixture::with_account().await;
    let (login, delay) = uncounted(&shop).await;
    for (password, expected) in [(PASSWORD, (200, "")), ("wrong", WRONG)] {
        let (logged, started) = (LoggedEvents::start(), tokio::time::Instant::now());
        assert_eq!(outcome(&login.handle(&post(&credentials(password))).await), expected);
        let waited = started.elapsed();
        // The jitter is up to as much again, and the calls that fail take a moment.
        let longest = delay * 2 + Duration::from_secs(2);
        assert!(delay <= waited && waited < longest, "{password}: {waited:?}");
        assert!(logged.count("rate_limits_unavailable") >= 3, "{password}");
    }
}

#[tokio::test(start_paused = true)]
async fn while_codes_cannot_be_counted_they_are_refused() {
    let shop = Fixture::with_account().await;
    shop.enrol_second_factor().await;
    let (login, _) = uncounted(&shop).await;
    let code = shop.code().await;
    let body = json!({"email": email(), "password": PASSWORD, "code": code});
    assert_eq!(outcome(&login.handle(&post(&body.to_string())).await), (503, "temporarily_unavailable"));
    // The code is not used up.
    assert!(answer(&shop, &body).await.expect("logged in")["token"].is_string());
}
