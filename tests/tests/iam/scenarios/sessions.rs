//! Guests, log-ins, tokens and signing keys.

use serde_json::json;
use souk_e2e::{Json, Session, credentials, fresh_email};

use crate::custom_resource;
use crate::world::World;

fn refreshed(world: &World, token: &str) -> Json {
    world.shop.anyone().post("/auth/refresh", json!({"refresh_token": token})).is(200)
}

pub(super) fn guest(world: &World) {
    world.shop.guest();
}

pub(super) fn refresh(world: &World) {
    let guest = world.shop.guest_session();
    refreshed(world, &guest.refresh_token);
    refreshed(world, &guest.refresh_token); // within the grace period
}

pub(super) fn reuse(world: &World) {
    let first = world.shop.guest_session().refresh_token;
    let second = refreshed(world, &first).text("refresh_token");
    let third = refreshed(world, &second).text("refresh_token");
    let try_again = |token: &str| world.shop.anyone().post("/auth/refresh", json!({"refresh_token": token}));
    try_again(&first).is_problem(401, "refresh_token_reused");
    try_again(&third).is_problem(401, "refresh_token_invalid");
}

pub(super) fn logout(world: &World) {
    let guest = world.shop.guest_session();
    let body = json!({"refresh_token": guest.refresh_token});
    let answer = world.shop.anyone().post("/auth/logout", &body);
    assert_eq!(answer.status, 204, "{answer}");
    world.shop.anyone().post("/auth/refresh", body).is_problem(401, "refresh_token_invalid");
}

pub(super) fn keys(world: &World) {
    assert!(!world.shop.anyone().get("/.well-known/jwks.json").is(200).list("keys").is_empty());
}

pub(super) fn token(world: &World) {
    world.shop.guest().get("/cart").is(200);
}

pub(super) fn session(world: &World) {
    world.shop.guest().get("/account/sessions").is(200);
}

/// Logs in with the cart of a guest, and asserts that the cart was merged.
fn log_in_with_cart(world: &World, email: &str) {
    let guest = world.guest_with_cart();
    let mut body = credentials(email);
    body["guest_refresh_token"] = guest.refresh_token.into();
    let session = world.shop.session(email, &world.shop.anyone().post("/auth/login", body).is(200));
    let cart = session.caller.get("/cart").is(200);
    assert_eq!(cart.texts("items", "product_id"), [world.product().id.as_str()]);
    guest.caller.get("/account/sessions").is_problem(401, "session_ended");
}

pub(super) fn login(world: &World) {
    let account = world.shop.verified();
    log_in_with_cart(world, &account.email);
}

pub(super) fn pending_login(world: &World) {
    let email = fresh_email();
    world.shop.register_with(&email);
    log_in_with_cart(world, &email);
}

pub(super) fn staff_login(world: &World) {
    let shop = world.shop;
    let account = shop.verified();
    let mut factor = account.enrol();
    shop.grant(&account.user_id, &["support"]);
    let refused = shop.anyone().post("/auth/login", credentials(&account.email));
    let challenge = refused.is_problem(401, "second_factor_required").text("challenge");
    let body = json!({"challenge": challenge, "code": factor.code()});
    let by_challenge = shop.session(&account.email, &shop.anyone().post("/auth/login", body).is(200));
    shop.grant(&account.user_id, &["catalogue"]);
    let mut body = credentials(&account.email);
    body["code"] = factor.recovery_codes[0].clone().into();
    let by_recovery_code: Session = shop.session(&account.email, &shop.anyone().post("/auth/login", body).is(200));
    by_challenge.caller.get("/admin/synonyms").is_problem(401, "session_ended");
    by_recovery_code.caller.get("/admin/synonyms").is(200);
}

pub(super) fn prepare_key(world: &World) {
    custom_resource::make(world, "prepare-signing-key", &json!({}));
}

pub(super) fn rotate_key(world: &World) {
    let keys = world.shop.invoke("rotate-signing-key", &json!({"action": "rotate"}));
    assert!(keys.list("keys").len() >= 2, "{keys}");
}
