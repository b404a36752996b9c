//! Inputs that are stored: returns that would fill an order, and card numbers in other spellings.

use serde_json::{Value, json};
use souk_e2e::{Shop, shipment, unique_word};

use crate::honest::Honest;

/// Returns that the attacker tries to request.
const RETURNS: usize = 12;
/// Items of one product in each return.
const ITEMS: usize = 50;
/// Spellings of a card number that was never issued.
const CARDS: [&str; 9] = [
    "4242424242424242",
    "4242_4242_4242_4242",
    "4242/4242/4242/4242",
    "4242,4242,4242,4242",
    "4242  4242  4242  4242",
    "4242\u{2009}4242\u{2009}4242\u{2009}4242",
    "\u{ff14}\u{ff12}\u{ff14}\u{ff12}424242424242",
    "42424242 42424242",
    "42424242+42424242",
];

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn huge_returns_leave_room_for_staff() {
    let shop = Shop::open();
    let (product, other) = (shop.product("10.00", 9), shop.product("10.00", 500));
    let shopper = shop.shopper();
    let order_id = shopper.order(&product, 5);
    shopper.pay(&order_id, &shop.success).is(200);
    shop.order_action(&order_id, "ship", shipment()).is(200);
    shop.order_action(&order_id, "deliver", "").is(200);

    let path = format!("/orders/{order_id}/returns");
    let (accepted, honest) = Honest::beside(shop, &other, || {
        let item = |chars| json!({"product_id": product.id, "quantity": 1, "reason": "\u{1f4a5}".repeat(chars)});
        let attack = json!({"items": vec![item(200); ITEMS]});
        let refused = shopper.post(&path, &attack);
        assert_eq!(refused.status, 422, "{refused}");
        let mut accepted = 0;
        for number in 1..=RETURNS {
            let answer = shopper.post(&path, json!({"items": [item(100)]}));
            if answer.status != 201 {
                answer.is_problem(409, "too_many_returns");
                break;
            }
            accepted = number;
            if number < 10 {
                shop.order_action(&order_id, &format!("returns/{number}/reject"), r#"{"reason": "worn"}"#).is(200);
            }
        }
        accepted
    });
    assert_eq!(accepted, 10, "an order has ten returns");
    let accept = format!("returns/{accepted}/accept");
    shop.order_action(&order_id, &accept, r#"{"refund_to": "original"}"#).is(200);
    let refund = json!({"amount": 1.00, "refund_to": "original", "reason": "late"});
    shop.staff().post_with_key(&format!("/admin/orders/{order_id}/refunds"), refund).is(201);
    shop.staff().get("/admin/returns?limit=100").is(200);
    honest.report("huge returns", &format!("{accepted} returns; refund and acceptance work"));
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn card_numbers_are_refused_in_every_spelling() {
    let shop = Shop::open();
    let (product, other) = (shop.product("10.00", 9), shop.product("10.00", 500));
    let shopper = shop.shopper();
    let order_id = shopper.order(&product, 1);
    let (requests, honest) = Honest::beside(shop, &other, || {
        let mut requests = 0;
        for card in CARDS {
            for (path, body) in bodies(&order_id, card) {
                let answer = shopper.post(&path, &body);
                assert_eq!(answer.status, 422, "{path} {body}: {answer}");
                requests += 1;
            }
        }
        requests
    });
    assert!(!shopper.order_detail(&order_id).to_string().contains("4242"));
    honest.report("card numbers in texts", &format!("0 of {requests} stored"));
}

/// Requests with a card number in each text that a shopper can store.
fn bodies(order_id: &str, card: &str) -> Vec<(String, Value)> {
    let contact = json!({"email": "ann@souk.example"});
    let order = |address: Value, contact: &Value| {
        let body = json!({"payment_method": "credit_card", "shipping_address": address, "contact": contact});
        ("/orders".to_owned(), body)
    };
    let mut all = vec![
        order(json!(format!("1 Main St {card}")), &contact),
        order(json!("1 Main St"), &json!({"email": "ann@souk.example", "phone": card})),
        (format!("/orders/{order_id}/pay"), json!({"payment_token": card})),
        (format!("/orders/{order_id}/returns"), json!({"items": [{"product_id": "x", "quantity": 1, "reason": card}]})),
        ("/cart/items".to_owned(), json!({"product_id": unique_word(), "quantity": 1, "note": card})),
    ];
    for part in ["name", "line1", "line2", "city", "region", "postal_code", "phone"] {
        let mut address = json!({"name": "Ann", "line1": "1 Main St", "city": "x", "country": "US"});
        address[part] = json!(card);
        all.push(order(address, &contact));
    }
    all
}
