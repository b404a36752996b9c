use argon2::password_hash::{PasswordHasher as _, SaltString};
use argon2::{Argon2, Params};
use serde_json::{Value, json};
use souk_domain::effects::Clock as _;
use souk_domain::ids::UserId;
use souk_fixtures::identity::PASSWORD;
use souk_identity::PER_EMAIL;
use souk_runtime::http::{Endpoint, Request};
use souk_store::{REGISTRATION_SECONDS, Registration};

use super::*;
use crate::fixture::{Fixture, credentials, email, outcome, post};

const WRONG: (u16, &str) = (401, "invalid_credentials");

async fn register(shop: &Fixture, password: &str) -> UserId {
    let now = shop.clock.now();
    let registration = Registration {
        email: email(),
        user_id: UserId::new(now, &*shop.random),
        password_hash: password::hash(password, &*shop.random).expect("hashed"),
        created_at: now,
        registration_key: None,
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

#[tokio::test]
async fn a_pending_account_of_an_owned_address_is_not_opened() {
    let shop = Fixture::with_account().await;
    register(&shop, "the password of a stranger").await;
    assert_eq!(outcome(&shop.login().await.handle(&post(&credentials("the password of a stranger"))).await), WRONG);
    assert_eq!(shop.logged_in().await["kind"], "shopper");
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
    assert_eq!(
        outcome(&refresh.handle(&post(&crate::fixture::refresh_body(&guest))).await),
        (401, "refresh_token_invalid")
    );
    assert!(answer(&shop, &body).await.is_ok(), "a retry finds nothing to merge");
}

#[tokio::test]
async fn invalid_input_is_rejected_before_hashing() {
    let shop = Fixture::start().await;
    for body in ["{}", r#"{"email": "x", "password": ""}"#, r#"{"email": "ann@example.com"}"#, r#"{"challenge": 5}"#] {
        assert_eq!(outcome(&shop.login().await.handle(&post(body)).await), (422, "invalid_fields"), "{body}");
    }
}
