use souk_domain::ids::{OrderId, UserId};
use souk_testkit::user;

use super::*;
use crate::fixture::{Fixture, outcome};

fn endpoint(shop: &Fixture) -> RequestReturn {
    RequestReturn {
        orders: shop.shopper_orders(),
        steps: shop.steps(),
        clock: shop.clock.clone(),
        random: shop.random.clone(),
    }
}

fn send_back(user_id: &UserId, order_id: &OrderId, body: &str) -> Request {
    let request = Request::new("POST", &format!("/orders/{order_id}/returns")).with_path("order_id", order_id.as_str());
    request.with_json(body).from_user(user_id.clone())
}

fn of(quantity: u32) -> String {
    format!(r#"{{"items": [{{"product_id": "a", "quantity": {quantity}, "reason": "too small"}}]}}"#)
}

async fn shop() -> (Fixture, OrderId) {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[9]).await;
    let order_id = shop.delivered_order(&user(1), "a", 3).await;
    (shop, order_id)
}

#[tokio::test]
async fn units_of_a_delivered_order_can_be_returned() {
    let (shop, order_id) = shop().await;
    let reply = endpoint(&shop).handle(&send_back(&user(1), &order_id, &of(2))).await.expect("requested");
    let item = r#"{"product_id":"a","quantity":2,"reason":"too small"}"#;
    let rest = format!(
        r#""return_id":"1","status":"requested","requested_at":"2026-11-24T06:57:00.000Z","amount":2.00,"items":[{item}]"#
    );
    assert_eq!(reply.status(), 201);
    assert_eq!(reply.body(), format!(r#"{{"order_id":"{order_id}","currency":"USD",{rest}}}"#));
    assert_eq!(shop.available("a").await, 6, "units come back with the money, not before");

    let too_many = endpoint(&shop).handle(&send_back(&user(1), &order_id, &of(2))).await.expect_err("one is left");
    assert_eq!((too_many.status(), too_many.code()), (409, "not_returnable"));
    assert_eq!(too_many.member("items"), Some(r#"[{"asked":2,"product_id":"a","returnable":1}]"#));
    assert_eq!(outcome(&endpoint(&shop).handle(&send_back(&user(1), &order_id, &of(1))).await), (201, ""));
}

#[tokio::test]
async fn a_retry_with_its_key_gets_the_first_response_after_the_return_was_accepted() {
    let (shop, order_id) = shop().await;
    let keyed = |body: &str| send_back(&user(1), &order_id, body).with_header("idempotency-key", "k");
    let first = endpoint(&shop).handle(&keyed(&of(1))).await.expect("requested");
    shop.clock.advance_seconds(60);
    shop.apply(&user(1), &order_id, Event::ReturnRejected { index: 0, reason: Some("worn".to_owned()) }).await;
    let again = endpoint(&shop).handle(&keyed(&of(1))).await.expect("found");
    assert_eq!((again.status(), again.body()), (201, first.body()));
    assert_eq!(outcome(&endpoint(&shop).handle(&keyed(&of(2))).await), (422, "idempotency_key_reused"));
    assert_eq!(shop.order(&user(1), &order_id).await.returns.len(), 1);
}

#[tokio::test]
async fn concurrent_requests_with_one_key_make_one_return() {
    let (shop, order_id) = shop().await;
    let (endpoint, request) =
        (endpoint(&shop), send_back(&user(1), &order_id, &of(1)).with_header("idempotency-key", "k"));
    let outcomes = futures_util::future::join_all((0..5).map(|_| endpoint.handle(&request))).await;
    let bodies: Vec<_> = outcomes.iter().flatten().map(Reply::body).collect();
    assert!(bodies.len() == 5 && bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    assert_eq!(shop.order(&user(1), &order_id).await.returns.len(), 1);
}

#[tokio::test]
async fn units_of_undelivered_orders_or_of_other_shoppers_cannot_be_returned() {
    let (shop, order_id) = shop().await;
    assert_eq!(outcome(&endpoint(&shop).handle(&send_back(&user(2), &order_id, &of(1))).await), (404, "not_found"));
    let paid = shop.paid_order(&user(1), "a", 1).await;
    assert_eq!(outcome(&endpoint(&shop).handle(&send_back(&user(1), &paid, &of(1))).await), (409, "not_returnable"));
    let anonymous = Request::new("POST", "/").with_path("order_id", order_id.as_str()).with_json(&of(1));
    assert_eq!(outcome(&endpoint(&shop).handle(&anonymous).await), (401, "token_required"));
    let never_bought = r#"{"items": [{"product_id": "b", "quantity": 1, "reason": "x"}]}"#;
    let problem = endpoint(&shop).handle(&send_back(&user(1), &order_id, never_bought)).await.expect_err("refused");
    assert_eq!(problem.member("items"), Some(r#"[{"asked":1,"product_id":"b","returnable":0}]"#));
}

#[tokio::test]
async fn an_account_returns_units_of_an_order_of_its_guest() {
    let (shop, order_id) = shop().await;
    shop.account(&user(2), "ann@example.com", &[user(1)]).await;
    assert_eq!(outcome(&endpoint(&shop).handle(&send_back(&user(2), &order_id, &of(1))).await), (201, ""));
    assert_eq!(shop.order(&user(1), &order_id).await.returns.len(), 1);
}

#[tokio::test]
async fn all_bad_items_are_named() {
    let (shop, order_id) = shop().await;
    let fields = async |body: &str| {
        let problem = endpoint(&shop).handle(&send_back(&user(1), &order_id, body)).await.expect_err("refused");
        assert_eq!((problem.status(), problem.code()), (422, "invalid_fields"), "{body}");
        problem.errors().iter().map(|error| (error.field.clone(), error.code)).collect::<Vec<_>>()
    };
    let body = r#"{"items": [{"product_id": "a b", "quantity": 0, "reason": "ok"}, 7, {"product_id": "a", "quantity": 1,
        "reason": "4242 4242 4242 4242"}]}"#;
    let expected = [
        ("items.0.product_id".to_owned(), "invalid_format"),
        ("items.0.quantity".to_owned(), "out_of_range"),
        ("items.1".to_owned(), "wrong_type"),
        ("items.2.reason".to_owned(), "card_number"),
    ];
    assert_eq!(fields(body).await, expected);
    assert_eq!(fields(r#"{"items": []}"#).await, [("items".to_owned(), "out_of_range")]);
    assert_eq!(fields(r#"{"items": {}}"#).await, [("items".to_owned(), "wrong_type")]);
    assert_eq!(fields("{}").await, [("items".to_owned(), "required")]);
    let many = vec![r#"{"product_id": "a", "quantity": 1, "reason": "x"}"#; MAX_ITEMS + 1].join(",");
    assert_eq!(fields(&format!(r#"{{"items": [{many}]}}"#)).await, [("items".to_owned(), "out_of_range")]);
}
