//! Registrations and log-ins with other passwords than the one of the other tests.

use serde_json::{Value, json};
use souk_e2e::{Call, Response, Session, Shop, unique_word};

/// A password that is not [`souk_e2e::PASSWORD`].
pub(crate) const OTHER_PASSWORD: &str = "another horse battery staple";

/// The id of no account, order or product.
pub(crate) const UNKNOWN_ID: &str = "01a20c57-f260-7c55-a1b2-0f1e2d3c4b5a";

/// The body of a registration or a log-in.
pub(crate) fn with_password(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

/// Registers with this password.
pub(crate) fn register(shop: &'static Shop, email: &str, password: &str) -> Session {
    let call = shop.anyone().call("POST", "/auth/register").header("idempotency-key", &unique_word());
    shop.session(email, &with_any_spelling(call.json(with_password(email, password)), email).is(201))
}

/// Tries to log in with this password.
pub(crate) fn log_in(shop: &'static Shop, email: &str, password: &str) -> Response {
    let call = shop.anyone().call("POST", "/auth/login").json(with_password(email, password));
    with_any_spelling(call, email)
}

/// Sends a request with an address. The format `email` of JSON Schema has ASCII only; the shop reads any spelling.
fn with_any_spelling(call: Call, email: &str) -> Response {
    if email.is_ascii() { call.send() } else { call.undeclared().send() }
}

/// Tries to verify an address with a token and a password.
pub(crate) fn confirm(shop: &'static Shop, token: &str, password: &str) -> Response {
    shop.anyone().post("/auth/verification/confirm", json!({"token": token, "password": password}))
}

/// Tries to refresh a session.
pub(crate) fn refresh(shop: &'static Shop, token: &str) -> Response {
    shop.anyone().post("/auth/refresh", json!({"refresh_token": token}))
}

/// Asserts the status of a response that has no body.
pub(crate) fn is_empty(answer: &Response, status: u16) {
    assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{answer}");
}
