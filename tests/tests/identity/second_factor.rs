//! Second factors: a code and a recovery code work once, also at the same time, and guesses are limited.

use serde_json::{Value, json};
use souk_e2e::{PASSWORD, Response, SOON_SECONDS, SecondFactor, Session, Shop, concurrently, credentials, eventually};

use crate::people::{OTHER_PASSWORD, is_empty, log_in, refresh};

/// Attempts for an account in 15 minutes (`souk_identity::PER_EMAIL`).
const ATTEMPTS: usize = 20;
/// Wrong codes for an account in a day (`souk_identity::CODES_PER_ACCOUNT`).
const CODES_IN_A_DAY: usize = 50;

fn with_second_factor(shop: &'static Shop) -> (Session, SecondFactor) {
    let account = shop.verified();
    let factor = account.enrol();
    (account, factor)
}

fn with_code(shop: &'static Shop, email: &str, code: &str) -> Response {
    let mut body = credentials(email);
    body["code"] = json!(code);
    shop.anyone().post("/auth/login", body)
}

#[test]
fn one_of_several_concurrent_log_ins_with_a_code_succeeds() {
    let shop = Shop::open();
    let (account, mut factor) = with_second_factor(shop);
    for code in [factor.code(), factor.recovery_codes[0].clone()] {
        let mut statuses = concurrently(4, |_| with_code(shop, &account.email, &code).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401]);
    }
    // Separators and upper case do not matter, and do not make another code of it.
    let spelled = |code: &str| code.to_uppercase().replace('-', " ");
    with_code(shop, &account.email, &spelled(&factor.recovery_codes[0])).is_problem(401, "invalid_code");
    with_code(shop, &account.email, &spelled(&factor.recovery_codes[1])).is(200);
    assert_eq!(account.caller.get("/account").is(200).whole("recovery_codes_left"), 8);
}

#[test]
fn guesses_of_a_code_are_limited_also_with_a_challenge() {
    let shop = Shop::open();
    let (account, mut factor) = with_second_factor(shop);
    let challenge = log_in(shop, &account.email, PASSWORD).is_problem(401, "second_factor_required").text("challenge");
    let thief = shop.anyone();
    let guess = |code: &str| thief.post("/auth/login", json!({"challenge": challenge, "code": code}));
    for number in 0..ATTEMPTS {
        guess(&format!("{number:06}")).is_problem(401, "invalid_code");
    }
    let code = factor.code();
    guess(&code).is_problem(429, "too_many_attempts");
    // The owner is in another network.
    with_code(shop, &account.email, &code).is(200);
}

#[test]
fn a_challenge_is_not_renewed() {
    let shop = Shop::open();
    let (account, mut factor) = with_second_factor(shop);
    let challenge = log_in(shop, &account.email, PASSWORD).is_problem(401, "second_factor_required").text("challenge");
    assert_eq!(shop.anyone().post("/auth/login", json!({"challenge": challenge})).bad_fields(), ["code"]);
    shop.anyone().post("/auth/login", json!({"challenge": challenge, "code": factor.code()})).is(200);
}

/// What a thief with the password and a session tries: right passwords begin the count of passwords again, not of
/// codes.
#[test]
fn guesses_of_a_code_are_limited_also_with_the_password() {
    let shop = Shop::open();
    let (account, mut factor) = with_second_factor(shop);
    let remove = |code: &str| {
        let body = json!({"password": PASSWORD, "code": code});
        account.caller.call("DELETE", "/account/second-factor").json(body).send()
    };
    let start = || account.caller.post("/account/second-factor", json!({"password": PASSWORD}));
    for number in 1..=CODES_IN_A_DAY {
        remove(&format!("{number:06}")).is_problem(401, "invalid_code");
        if number % (ATTEMPTS - 1) == 0 {
            start().is_problem(409, "second_factor_exists");
        }
    }
    start().is_problem(409, "second_factor_exists");
    let code = factor.code();
    remove(&code).is_problem(429, "too_many_attempts");
    with_code(shop, &account.email, &code).is_problem(429, "too_many_attempts");
    // Nobody guesses a recovery code.
    with_code(shop, &account.email, &factor.recovery_codes[0]).is(200);
}

#[test]
fn a_challenge_ends_with_a_change_of_the_password_and_with_its_use() {
    let shop = Shop::open();
    let (account, mut factor) = with_second_factor(shop);
    let challenge = || log_in(shop, &account.email, PASSWORD).is_problem(401, "second_factor_required");
    let (first, second) = (challenge(), challenge());
    let answer =
        |challenge: &str, code: &str| shop.anyone().post("/auth/login", json!({"challenge": challenge, "code": code}));
    let used = first.text("challenge");
    answer(&used, &factor.code()).is(200);
    answer(&used, &factor.recovery_codes[0]).is_problem(401, "challenge_expired");
    let change = json!({"current_password": PASSWORD, "password": OTHER_PASSWORD});
    is_empty(&account.caller.put("/account/password", change), 204);
    answer(&second.text("challenge"), &factor.recovery_codes[1]).is_problem(401, "challenge_expired");
}

#[test]
fn a_stolen_session_neither_sets_a_second_factor_up_nor_removes_it() {
    let shop = Shop::open();
    let account = shop.verified();
    let start = |password: &str| account.caller.post("/account/second-factor", json!({"password": password}));
    start(OTHER_PASSWORD).is_problem(401, "invalid_credentials");
    account
        .caller
        .post("/account/second-factor/confirm", json!({"code": "000000"}))
        .is_problem(409, "second_factor_not_started");
    // One that is not confirmed has no effect.
    start(PASSWORD).is(201);
    account.caller.post("/account/second-factor/confirm", json!({"code": "000000"})).is_problem(401, "invalid_code");
    log_in(shop, &account.email, PASSWORD).is(200);

    let other = shop.log_in(&account.email, None);
    let mut factor = account.enrol();
    other.caller.get("/account").is_problem(401, "session_ended");
    start(PASSWORD).is_problem(409, "second_factor_exists");
    let remove = |body: Value| account.caller.call("DELETE", "/account/second-factor").json(body).send();
    remove(json!({"password": OTHER_PASSWORD, "code": factor.recovery_codes[0]}))
        .is_problem(401, "invalid_credentials");
    remove(json!({"password": PASSWORD, "code": "000000"})).is_problem(401, "invalid_code");
    log_in(shop, &account.email, PASSWORD).is_problem(401, "second_factor_required");
    is_empty(&remove(json!({"password": PASSWORD, "code": factor.code()})), 204);
    log_in(shop, &account.email, PASSWORD).is(200);
}

#[test]
fn an_administrator_lets_staff_back_in_who_lost_the_second_factor() {
    let shop = Shop::open();
    let (account, mut lost) = with_second_factor(shop);
    shop.grant(&account.user_id, &["support"]);
    let member = shop.log_in(&account.email, Some(&mut lost));
    member.caller.get("/admin/orders?status=paid").is(200);

    let path = |user_id: &str| format!("/admin/accounts/{user_id}/second-factor");
    member.caller.delete(&path(&account.user_id)).is_problem(403, "forbidden");
    let administrator = shop.new_member(&["administrator"]);
    administrator.caller.delete(&path(&administrator.user_id)).is_problem(409, "own_account");
    member.caller.get("/account").is(200);
    is_empty(&administrator.caller.delete(&path(&account.user_id)), 204);

    member.caller.get("/admin/orders?status=paid").is_problem(401, "session_ended");
    refresh(shop, &member.refresh_token).is_problem(401, "refresh_token_invalid");
    // The password alone opens the account, and none of its roles.
    let session = shop.log_in(&account.email, None);
    let shown = session.caller.get("/account").is(200);
    assert_eq!((shown.text("second_factor").as_str(), shown.text("roles.0").as_str()), ("false", "support"));
    session.caller.get("/admin/orders?status=paid").is_problem(403, "second_factor_missing");
    let mut factor = session.enrol();
    session.caller.get("/admin/orders?status=paid").is_problem(403, "second_factor_missing");
    let again = shop.log_in(&account.email, Some(&mut factor));
    again.caller.get("/admin/orders?status=paid").is(200);
    with_code(shop, &account.email, &lost.recovery_codes[0]).is_problem(401, "invalid_code");
    eventually(SOON_SECONDS, "each change is reported", || {
        let mails = shop.mails_to(&account.email);
        let reports = mails.iter().filter(|mail| mail.subject.starts_with("The second factor of your account"));
        (reports.count() >= 3).then_some(())
    });
}

#[test]
fn a_second_factor_does_not_make_staff_and_a_reset_does_not_remove_it() {
    let shop = Shop::open();
    let (account, mut factor) = with_second_factor(shop);
    is_empty(&shop.anyone().post("/auth/password-reset", json!({"email": account.email})), 202);
    // The first token was that of the verification.
    let body = json!({"token": shop.mailed_token(&account.email, 1), "password": OTHER_PASSWORD});
    shop.anyone().post("/auth/password-reset/confirm", body).is(200);
    log_in(shop, &account.email, OTHER_PASSWORD).is_problem(401, "second_factor_required");
    let body = json!({"email": account.email, "password": OTHER_PASSWORD, "code": factor.code()});
    let session = shop.session(&account.email, &shop.anyone().post("/auth/login", body).is(200));
    session.caller.get("/admin/orders?status=paid").is_problem(403, "forbidden");
}
