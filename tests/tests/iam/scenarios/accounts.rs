//! Accounts of shoppers.

use serde_json::{Value, json};
use souk_e2e::{PASSWORD, Session, credentials, eventually, fresh_email, unique_word};

use crate::world::World;

/// How long a mail may take.
const MAIL_SECONDS: u64 = 60;

/// Waits until this many mails have come to an address.
fn wait_for_mails(world: &World, email: &str, count: usize) {
    eventually(MAIL_SECONDS, "the mail comes", || (world.shop.mails_to(email).len() >= count).then_some(()));
}

pub(super) fn register(world: &World) {
    let (guest, email) = (world.guest_with_cart(), fresh_email());
    let mut body = credentials(&email);
    body["guest_refresh_token"] = guest.refresh_token.into();
    let key = unique_word();
    let send = || {
        let call = world.shop.anyone().call("POST", "/auth/register").header("idempotency-key", &key).json(&body);
        world.shop.session(&email, &call.send().is(201))
    };
    let (first, again) = (send(), send());
    assert_eq!(first.user_id, again.user_id);
    let cart = again.caller.get("/cart").is(200);
    assert_eq!(cart.texts("items", "product_id"), [world.product().id.as_str()]);
    wait_for_mails(world, &email, 1);
}

pub(super) fn request_verification(world: &World) {
    let pending = world.shop.register();
    wait_for_mails(world, &pending.email, 1);
    let answer = world.shop.anyone().post("/auth/verification", json!({"email": pending.email}));
    assert_eq!(answer.status, 202, "{answer}");
    wait_for_mails(world, &pending.email, 2);
}

pub(super) fn confirm_verification(world: &World) {
    let email = fresh_email();
    let own = world.shop.register_with(&email);
    let token = world.shop.mailed_token(&email, 0);
    let other = world.shop.register_with(&email);
    let body = json!({"token": token, "password": PASSWORD});
    let started = world.shop.anyone().post("/auth/verification/confirm", body).is(200);
    assert_eq!(started.text("user_id"), own.user_id);
    other.caller.get("/account/sessions").is_problem(401, "session_ended");
}

pub(super) fn reset_password(world: &World) {
    let account = world.shop.verified();
    let answer = world.shop.anyone().post("/auth/password-reset", json!({"email": account.email}));
    assert_eq!(answer.status, 202, "{answer}");
    let token = world.shop.mailed_token(&account.email, 1);
    let mails = world.shop.mails_to(&account.email).len();
    let body = json!({"token": token, "password": "another long pass phrase"});
    world.shop.anyone().post("/auth/password-reset/confirm", body).is(200);
    account.caller.get("/account").is_problem(401, "session_ended");
    wait_for_mails(world, &account.email, mails + 1);
}

pub(super) fn get(world: &World) {
    assert_eq!(world.account().caller.get("/account").is(200).text("email"), world.account().email);
}

pub(super) fn change_password(world: &World) {
    let account = world.shop.verified();
    let other = world.shop.log_in(&account.email, None);
    let mails = world.shop.mails_to(&account.email).len();
    let body = json!({"current_password": PASSWORD, "password": "another long pass phrase"});
    let answer = account.caller.put("/account/password", body);
    assert!((200..300).contains(&answer.status), "{answer}");
    other.caller.get("/account").is_problem(401, "session_ended");
    wait_for_mails(world, &account.email, mails + 1);
}

pub(super) fn sessions(world: &World) {
    let email = fresh_email();
    let here = world.shop.register_with(&email);
    let others: Vec<Session> = (0..2).map(|_| world.shop.log_in(&email, None)).collect();
    let listed = here.caller.get("/account/sessions").is(200).list("sessions");
    assert_eq!(listed.len(), 3);
    let first = listed.iter().map(|session| session.text("session_id")).next().expect("a session");
    let answer = here.caller.delete(&format!("/account/sessions/{first}"));
    assert_eq!(answer.status, 204, "{answer}");
    let still_there =
        others.iter().chain([&here]).find(|session| session.caller.get("/account/sessions").status == 200);
    let answer = still_there.expect("two are left").caller.delete("/account/sessions");
    assert!((200..300).contains(&answer.status), "{answer}");
    let left = others.iter().chain([&here]).filter(|session| session.caller.get("/account/sessions").status == 200);
    assert!(left.count() <= 1);
}

pub(super) fn second_factor(world: &World) {
    let account = world.shop.verified();
    let other = world.shop.log_in(&account.email, None);
    let mails = world.shop.mails_to(&account.email).len();
    let factor = account.enrol();
    wait_for_mails(world, &account.email, mails + 1);
    other.caller.get("/account").is_problem(401, "session_ended");
    let mut body = credentials(&account.email);
    body["code"] = factor.recovery_codes[0].clone().into();
    let session = world.shop.session(&account.email, &world.shop.anyone().post("/auth/login", body).is(200));
    let body = json!({"password": PASSWORD, "code": factor.recovery_codes[1]});
    let answer = session.caller.call("DELETE", "/account/second-factor").json(body).send();
    assert!((200..300).contains(&answer.status), "{answer}");
    wait_for_mails(world, &account.email, mails + 2);
}

pub(super) fn export(world: &World) {
    let export = world.account().caller.get("/account/export").is(200);
    assert!(export.raw().contains(&world.account().email), "{export}");
}

fn delete_with(session: &Session, body: &Value) {
    let answer = session.caller.call("DELETE", "/account").json(body).send();
    assert_eq!(answer.status, 204, "{answer}");
    session.caller.get("/account").is_problem(401, "session_ended");
}

pub(super) fn delete(world: &World) {
    delete_with(&world.shop.verified(), &json!({"password": PASSWORD}));
}

pub(super) fn delete_administrator(world: &World) {
    let account = world.shop.verified();
    let mut factor = account.enrol();
    world.shop.grant(&account.user_id, &["administrator"]);
    let session = world.shop.log_in(&account.email, Some(&mut factor));
    delete_with(&session, &json!({"password": PASSWORD, "code": factor.recovery_codes[0]}));
}

pub(super) fn mails(world: &World) {
    let pending = world.shop.register();
    let account = world.account();
    for body in [
        json!({"template": "registration", "email": pending.email, "user_id": pending.user_id}),
        json!({"template": "password_changed", "email": account.email}),
        json!({"template": "password_reset", "email": fresh_email()}),
    ] {
        let email = body["email"].as_str().unwrap_or_default().to_owned();
        let mails = world.shop.mails_to(&email).len();
        world.deliver("send-mail", &body);
        assert!(world.shop.mails_to(&email).len() > mails, "{body} is not sent");
    }
}
