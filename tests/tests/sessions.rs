//! Sessions: refresh tokens rotate, and a logout ends the session.

use serde_json::json;
use souk_e2e::{Shop, credentials, fresh_email};

#[test]
fn a_refresh_token_is_exchanged_once_and_its_reuse_ends_the_session() {
    let shop = Shop::open();
    let first = shop.anyone().post_with_key("/auth/register", credentials(&fresh_email())).is(201);
    let refresh = |token: &str| shop.anyone().post("/auth/refresh", json!({"refresh_token": token}));
    let second = refresh(&first.text("refresh_token")).is(200);
    assert_eq!(second.text("user_id"), first.text("user_id"));
    shop.anyone().with_token(second.text("token")).get("/cart").is(200);
    // The first token was copied. Either holder may be the attacker, so the whole session ends.
    refresh(&first.text("refresh_token")).is_problem(401, "refresh_token_reused");
    refresh(&second.text("refresh_token")).is_problem(401, "refresh_token_invalid");
}

#[test]
fn a_logout_ends_the_session() {
    let shop = Shop::open();
    let session = shop.anyone().post_with_key("/auth/register", credentials(&fresh_email())).is(201);
    let body = json!({"refresh_token": session.text("refresh_token")});
    for _ in 0..2 {
        let answer = shop.anyone().post("/auth/logout", &body);
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{answer}");
    }
    shop.anyone().post("/auth/refresh", &body).is_problem(401, "refresh_token_invalid");
}
