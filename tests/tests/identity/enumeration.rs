//! No response reveals whether an address has an account: known and unknown addresses get the same status, headers and
//! body, except for random values. Response times are tested in `timing.rs`.

use serde_json::{Value, json};
use souk_e2e::{Response, Shop, fresh_email};

use crate::people::{OTHER_PASSWORD, confirm, with_password};

/// Members whose values are random or tokens.
const RANDOM: [&str; 4] = ["token", "refresh_token", "user_id", "request_id"];
/// Headers that name a request or a time.
const OF_REQUEST: [&str; 4] = ["date", "apigw-requestid", "x-amzn-requestid", "x-amz-request-id"];

/// The parts of a response that could reveal an account, with the length of random values.
fn shape(answer: &Response) -> (u16, Vec<(String, String)>, String) {
    let shown = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = answer.headers.iter().filter(|(name, _)| !OF_REQUEST.contains(&name.as_str()));
    let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_string(), shown(value.as_bytes()))).collect();
    headers.sort();
    let mut body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    for (name, value) in body.as_object_mut().into_iter().flatten() {
        if RANDOM.contains(&name.as_str()) {
            *value = json!(format!("{} characters", value.as_str().map_or(0, str::len)));
        }
    }
    (answer.status, headers, body.to_string())
}

/// An address of each kind: of an account, of one with a second factor, of one of staff, pending, unknown.
fn addresses(shop: &'static Shop) -> [(&'static str, String); 5] {
    let with_factor = shop.verified();
    let _ = with_factor.enrol();
    let staff = shop.verified();
    shop.grant(&staff.user_id, &["support"]);
    [
        ("an account", shop.verified().email),
        ("an account with a second factor", with_factor.email),
        ("an account of staff", staff.email),
        ("a pending account", shop.register().email),
        ("nobody", fresh_email()),
    ]
}

/// Asserts that a call shows the same for each address.
fn shows_the_same(what: &str, call: impl Fn(&str) -> Response, status: u16) {
    let shop = Shop::open();
    let shown = addresses(shop).map(|(owner, email)| (owner, shape(&call(&email))));
    let (_, of_nobody) = shown[4].clone();
    assert_eq!(of_nobody.0, status, "{what}: {of_nobody:?}");
    for (owner, shape) in &shown {
        assert_eq!(*shape, of_nobody, "{what}: {owner}");
    }
}

#[test]
fn a_registration_shows_the_same_for_each_address() {
    let shop = Shop::open();
    shows_the_same(
        "a registration",
        |email| shop.anyone().post_with_key("/auth/register", with_password(email, OTHER_PASSWORD)),
        201,
    );
}

/// Whoever registers an address logs in with that password, whether or not an account has the address.
#[test]
fn a_log_in_after_a_registration_shows_the_same_for_each_address() {
    let shop = Shop::open();
    let register_and_log_in = |email: &str| {
        let body = with_password(email, OTHER_PASSWORD);
        shop.anyone().post_with_key("/auth/register", &body).is(201);
        shop.anyone().post("/auth/login", body)
    };
    shows_the_same("a log-in after a registration", register_and_log_in, 200);
}

#[test]
fn a_refused_log_in_shows_the_same_for_each_address() {
    let shop = Shop::open();
    shows_the_same("a log-in", |email| shop.anyone().post("/auth/login", with_password(email, OTHER_PASSWORD)), 401);
    // Also with a code: a wrong password is refused first.
    let with_code = |email: &str| {
        let body = json!({"email": email, "password": OTHER_PASSWORD, "code": "123456"});
        shop.anyone().post("/auth/login", body)
    };
    shows_the_same("a log-in with a code", with_code, 401);
}

#[test]
fn requests_for_mails_show_the_same_for_each_address() {
    let shop = Shop::open();
    for path in ["/auth/verification", "/auth/password-reset"] {
        shows_the_same(path, |email| shop.anyone().post(path, json!({"email": email})), 202);
    }
}

#[test]
fn limits_show_the_same_for_each_address() {
    let shop = Shop::open();
    let exhausted = |email: &str| {
        let attacker = shop.anyone();
        let attempt = attacker.call("POST", "/auth/login").json(with_password(email, OTHER_PASSWORD));
        // The limit is 20. What is sent again after a 503 counts as well, and on a slow machine some attempts come back.
        let mut sent = 0;
        let mut answer = loop {
            let (answer, times) = attempt.send_counted();
            sent += times;
            if answer.status != 401 {
                break answer;
            }
            assert!(sent < 60, "no limit after {sent} attempts");
        };
        assert!(sent > 20, "limited after {sent} attempts");
        // The seconds that are left depend on when the first attempt was.
        answer.headers.remove("retry-after").expect("a time");
        answer
    };
    shows_the_same("an exhausted limit", exhausted, 429);
}

#[test]
fn made_up_tokens_show_the_same() {
    let shop = Shop::open();
    let account = shop.register();
    let used = shop.mailed_token(&account.email, 0);
    confirm(shop, &used, souk_e2e::PASSWORD).is(200);
    let made_up = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA";
    let shown = [used.as_str(), made_up, "x"].map(|token| shape(&confirm(shop, token, souk_e2e::PASSWORD)));
    assert_eq!(shown[0].0, 410);
    assert!(shown.iter().all(|shape| *shape == shown[0]), "{shown:?}");
}
