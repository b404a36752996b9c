//! Rules for passwords. A registration with an `Idempotency-Key` cannot be used to try passwords.

use serde_json::{Value, json};
use souk_e2e::{PASSWORD, Response, Shop, fresh_email, unique_word};

use crate::people::{OTHER_PASSWORD, confirm, log_in, register, with_password};

/// Attempts for an account in 15 minutes (`souk_identity::PER_EMAIL`).
const ATTEMPTS: usize = 20;

#[test]
fn passwords_that_an_attacker_tries_first_are_refused() {
    let shop = Shop::open();
    let email = format!("margarethe.{}@souk.example", unique_word());
    let (local, _) = email.split_once('@').expect("an address");
    let weak = [
        "password",
        "12345678",
        "        ",
        "               ",
        "passwordpassword",
        "123456789012345",
        "aaaaaaaaaaaaaaaaaaaa",
        "qwertyuiopasdfgh",
        "password12345678",
        "Souk Souk Souk Souk",
        &email,
        local,
        &format!("{local}1"),
    ];
    for password in weak {
        let answer = shop.anyone().post("/auth/register", with_password(&email, password));
        assert_eq!(answer.bad_fields(), ["password"], "{password:?}");
    }
    // Nothing was registered.
    log_in(shop, &email, "passwordpassword").is_problem(401, "invalid_credentials");
}

#[test]
fn any_characters_will_do_and_128_are_read() {
    let shop = Shop::open();
    let word = unique_word();
    let longest: String = format!("{word} ").chars().cycle().take(127).chain(['!']).collect();
    for password in [format!("{word} yonder mauve"), format!("{word}\u{1f6d2}\u{1f9f6}\u{1f41d} ok"), longest.clone()] {
        let email = fresh_email();
        register(shop, &email, &password);
        log_in(shop, &email, &password).is(200);
    }
    // The last character counts, and one more is refused, not cut off.
    let email = fresh_email();
    register(shop, &email, &longest);
    log_in(shop, &email, &format!("{}?", &longest[..127])).is_problem(401, "invalid_credentials");
    let too_long = with_password(&fresh_email(), &format!("{longest}!"));
    assert_eq!(shop.anyone().post("/auth/register", too_long).bad_fields(), ["password"]);
}

#[test]
fn a_password_that_was_typed_decomposed_is_the_same_composed() {
    let shop = Shop::open();
    let (nfd, nfc) = ("cafe\u{301} au lait avec fenouil", "caf\u{e9} au lait avec fenouil");
    let email = fresh_email();
    register(shop, &email, nfd);
    confirm(shop, &shop.mailed_token(&email, 0), nfc).is(200);
    for password in [nfd, nfc] {
        log_in(shop, &email, password).is(200);
    }
    log_in(shop, &email, "cafe au lait avec fenouil").is_problem(401, "invalid_credentials");
}

/// Registers with a key that an attacker has learned.
fn with_key(shop: &'static Shop, key: &str, body: &Value) -> Response {
    shop.anyone().call("POST", "/auth/register").header("idempotency-key", key).json(body).send()
}

#[test]
fn a_known_key_of_a_registration_is_no_password_oracle_beyond_the_limit() {
    let shop = Shop::open();
    let (email, key) = (fresh_email(), unique_word());
    let registered = with_key(shop, &key, &with_password(&email, PASSWORD)).is(201);
    // Each guess counts, from any network address.
    for guess in 1..ATTEMPTS {
        let body = with_password(&email, &format!("guess number {guess} of the attacker"));
        with_key(shop, &key, &body).is_problem(422, "idempotency_key_reused");
    }
    let answer = with_key(shop, &key, &with_password(&email, PASSWORD));
    answer.is_problem(429, "too_many_attempts");
    assert!(!answer.header("retry-after").is_empty());
    // The owner still logs in: the counters are separate.
    assert_eq!(log_in(shop, &email, PASSWORD).is(200).text("user_id"), registered.text("user_id"));
}

#[test]
fn a_registration_never_opens_a_verified_account() {
    let shop = Shop::open();
    let (email, key) = (fresh_email(), unique_word());
    let registered = with_key(shop, &key, &with_password(&email, PASSWORD)).is(201);
    confirm(shop, &shop.mailed_token(&email, 0), PASSWORD).is(200);
    // With the key of the account, with another, with the right password and with a wrong one: a new pending account.
    for (key, password) in [(key.as_str(), PASSWORD), ("key-2", PASSWORD), ("key-3", OTHER_PASSWORD)] {
        let answer = with_key(shop, key, &with_password(&email, password)).is(201);
        assert_ne!(answer.text("user_id"), registered.text("user_id"));
        assert_eq!(answer.text("kind"), "guest");
        let caller = shop.anyone().with_token(answer.text("token"));
        caller.get("/account").is_problem(403, "verified_account_required");
    }
    assert_eq!(log_in(shop, &email, PASSWORD).is(200).text("kind"), "shopper");
    assert_eq!(log_in(shop, &email, OTHER_PASSWORD).is(200).text("kind"), "guest");
}

#[test]
fn log_ins_from_one_network_are_limited_and_lock_nobody_else_out() {
    let shop = Shop::open();
    let (account, attacker) = (shop.verified(), shop.anyone());
    for _ in 0..ATTEMPTS {
        let guess = attacker.post("/auth/login", with_password(&account.email, OTHER_PASSWORD));
        guess.is_problem(401, "invalid_credentials");
    }
    let answer = attacker.post("/auth/login", with_password(&account.email, PASSWORD));
    answer.is_problem(429, "too_many_attempts");
    assert!(!answer.header("retry-after").is_empty());
    // From anywhere else, the owner logs in.
    log_in(shop, &account.email, PASSWORD).is(200);
    // A logged-in user can still change the password.
    let change = json!({"current_password": PASSWORD, "password": OTHER_PASSWORD});
    assert_eq!(account.caller.put("/account/password", change).status, 204);
}
