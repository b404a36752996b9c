//! Strangers cannot lock an owner out: neither a shopper nor staff.

use serde_json::json;
use souk_e2e::{Json, PASSWORD, Response, Shop, concurrently};

use crate::honest::Honest;

/// Failed log-ins of all unknown devices to an address in a day (`souk_identity::UNKNOWN_DEVICES`), and some more.
const GUESSES: usize = 110;
const ATTACKERS: usize = 5;
const NEW_PASSWORD: &str = "battery staple correct horse";

/// A log-in from another network each time.
fn log_in(shop: &'static Shop, email: &str, password: &str, device: Option<&str>) -> Response {
    let body = json!({"email": email, "password": password, "device_token": device});
    shop.anyone().post("/auth/login", body)
}

/// Guesses from as many networks as guesses, and returns how many were checked.
fn guess(shop: &'static Shop, email: &str) -> usize {
    let guesses = concurrently(ATTACKERS, |attacker| {
        let guess = |n| log_in(shop, email, &format!("guess {n} of stranger {attacker}"), None).status;
        (0..GUESSES / ATTACKERS).map(guess).filter(|status| *status == 401).count()
    });
    log_in(shop, email, PASSWORD, None).is_problem(429, "too_many_attempts");
    guesses.into_iter().sum()
}

fn device_of(session: &Json) -> String {
    session.text("device_token")
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn guesses_from_many_networks_do_not_lock_the_owner_out() {
    let shop = Shop::open();
    let product = shop.product("9.99", 1_000);
    let account = shop.verified();
    let device = device_of(&log_in(shop, &account.email, PASSWORD, None).is(200));
    let (checked, honest) = Honest::beside(shop, &product, || guess(shop, &account.email));
    assert!(checked <= 100, "{checked}");
    log_in(shop, &account.email, PASSWORD, Some(&device)).is(200);
    // A new device gets in by the mail.
    let asked = shop.anyone().post("/auth/password-reset", json!({"email": account.email}));
    assert_eq!(asked.status, 202, "{asked}");
    let body = json!({"token": shop.mailed_token(&account.email, 1), "password": NEW_PASSWORD});
    let reset = shop.anyone().post("/auth/password-reset/confirm", body).is(200);
    log_in(shop, &account.email, NEW_PASSWORD, Some(&device_of(&reset))).is(200);
    honest.report("guessing one account from many networks", &format!("{checked} guesses, nobody locked out"));
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn guesses_from_many_networks_do_not_lock_staff_out() {
    let shop = Shop::open();
    let product = shop.product("9.99", 1_000);
    let account = shop.verified();
    let mut factor = account.enrol();
    shop.grant(&account.user_id, &["support"]);
    let with_code = |code: String, device: Option<&str>| {
        let body = json!({"email": account.email, "password": PASSWORD, "code": code, "device_token": device});
        shop.anyone().post("/auth/login", body)
    };
    let device = device_of(&with_code(factor.code(), None).is(200));
    let (checked, honest) = Honest::beside(shop, &product, || guess(shop, &account.email));
    assert!(checked <= 100, "{checked}");
    let session = shop.session(&account.email, &with_code(factor.code(), Some(&device)).is(200));
    session.caller.get("/admin/orders?status=paid").is(200);
    honest.report("guessing a staff account from many networks", &format!("{checked} guesses, nobody locked out"));
}
