//! Sessions: refresh tokens rotate, and a session that has ended works nowhere.

use std::thread;
use std::time::Duration;

use serde_json::json;
use souk_e2e::{Response, Shop, concurrently, routes};

/// How long a used refresh token returns the tokens of its first use, with a margin.
const GRACE: Duration = Duration::from_secs(22);

fn refresh(shop: &'static Shop, token: &str) -> Response {
    shop.anyone().post("/auth/refresh", json!({"refresh_token": token}))
}

fn log_out(shop: &'static Shop, token: &str) {
    let answer = shop.anyone().post("/auth/logout", json!({"refresh_token": token}));
    assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{answer}");
}

#[test]
fn reuse_of_a_refresh_token_ends_the_session() {
    let shop = Shop::open();
    let session = shop.register();
    let second = refresh(shop, &session.refresh_token).is(200);
    assert_eq!(second.text("user_id"), session.user_id);
    shop.anyone().with_token(second.text("token")).get("/cart").is(200);
    thread::sleep(GRACE);
    // The first token was copied. Either holder may be the attacker, so the whole session ends.
    refresh(shop, &session.refresh_token).is_problem(401, "refresh_token_reused");
    refresh(shop, &second.text("refresh_token")).is_problem(401, "refresh_token_invalid");
}

#[test]
fn tabs_that_refresh_at_once_get_the_same_tokens() {
    let shop = Shop::open();
    for _ in 0..12 {
        let session = shop.guest_session();
        let answers = concurrently(2, |_| refresh(shop, &session.refresh_token).is(200).text("refresh_token"));
        assert_eq!(answers[0], answers[1]);
        refresh(shop, &answers[0]).is(200);
    }
}

#[test]
fn a_client_that_lost_the_answer_refreshes_again() {
    let shop = Shop::open();
    let session = shop.register();
    let lost = refresh(shop, &session.refresh_token).is(200);
    let again = refresh(shop, &session.refresh_token).is(200);
    assert_eq!(again.text("refresh_token"), lost.text("refresh_token"));
    for token in [lost.text("token"), again.text("token")] {
        shop.anyone().with_token(token).get("/account/sessions").is(200);
    }
    // Reuse of the token before the previous one is detected at once.
    let next = refresh(shop, &again.text("refresh_token")).is(200);
    refresh(shop, &session.refresh_token).is_problem(401, "refresh_token_reused");
    refresh(shop, &next.text("refresh_token")).is_problem(401, "refresh_token_invalid");
    shop.anyone().with_token(next.text("token")).get("/account/sessions").is_problem(401, "session_ended");
}

#[test]
fn a_made_up_refresh_token_ends_nothing() {
    let shop = Shop::open();
    let session = shop.register();
    let token = &session.refresh_token;
    for at in [3, token.len() / 2, token.len() - 2] {
        let letter = if &token[at..=at] == "A" { "B" } else { "A" };
        let mut made_up = token.clone();
        made_up.replace_range(at..=at, letter);
        refresh(shop, &made_up).is_problem(401, "refresh_token_invalid");
    }
    refresh(shop, token).is(200);
}

#[test]
fn a_logout_ends_the_session() {
    let shop = Shop::open();
    let session = shop.register();
    for _ in 0..2 {
        log_out(shop, &session.refresh_token);
    }
    refresh(shop, &session.refresh_token).is_problem(401, "refresh_token_invalid");
}

#[test]
fn a_token_of_an_ended_session_neither_pays_nor_reads_the_account() {
    let shop = Shop::open();
    let (product, session) = (shop.product("1.00", 5), shop.verified());
    let order_id = session.caller.order(&product, 1);
    log_out(shop, &session.refresh_token);
    session.caller.pay(&order_id, &shop.success).is_problem(401, "session_ended");
    session.caller.get("/account").is_problem(401, "session_ended");
    // No session is read for a cart, so there the token works until it expires, 15 minutes after it was issued.
    session.caller.get("/cart").is(200);
}

#[test]
fn a_token_of_staff_ends_at_once_with_its_session_and_its_roles() {
    let shop = Shop::open();
    let body = json!({"name": "A product of a former member of staff", "price": 1.00});
    let path = "/admin/products/test-former-staff";

    let member = shop.new_member(&["catalogue"]);
    member.caller.put("/admin/synonyms", "{}").bad_fields();
    log_out(shop, &member.refresh_token);
    member.caller.put(path, &body).is_problem(401, "session_ended");

    let member = shop.new_member(&["catalogue"]);
    shop.grant(&member.user_id, &["support"]);
    member.caller.put(path, &body).is_problem(401, "session_ended");
    shop.anyone().get("/products/test-former-staff").is_problem(404, "not_found");
}

#[test]
fn a_demoted_administrator_is_refused_by_the_next_request_of_every_staff_route() {
    let shop = Shop::open();
    for roles in [&["support"][..], &[]] {
        let member = shop.new_member(&["administrator"]);
        member.caller.get("/admin/staff").is(200);
        match roles {
            [] => assert_eq!(shop.staff().delete(&format!("/admin/staff/{}", member.user_id)).status, 204),
            roles => shop.grant(&member.user_id, roles),
        }
        for route in routes().iter().filter(|route| route.is_for_staff()) {
            let call = member.caller.call(&route.method, &route.example_path());
            let call = if route.method == "GET" { call } else { call.json("{}") };
            call.send().is_problem(401, "session_ended");
        }
    }
}
