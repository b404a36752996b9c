//! Large refunds need two people, and the second one knows what it is. The stacks of the tests allow one person 1,000.00 of an
//! order (`RefundApprovalAmount`).

use serde_json::json;
use souk_e2e::{Caller, Response, Shop, unique_word};

fn refund(staff: &Caller, order_id: &str, amount: &str, key: &str) -> Response {
    let body = format!(r#"{{"amount": {amount}, "refund_to": "original", "reason": "late"}}"#);
    staff.call("POST", &format!("/admin/orders/{order_id}/refunds")).header("idempotency-key", key).json(body).send()
}

fn approve(staff: &Caller, request_id: &str, amount: &str) -> Response {
    let body = format!(r#"{{"amount": {amount}}}"#);
    staff.post(&format!("/admin/refund-requests/{request_id}/approval"), body)
}

fn look(staff: &Caller, request_id: &str) -> Response {
    staff.get(&format!("/admin/refund-requests/{request_id}"))
}

#[test]
fn a_large_refund_needs_a_second_person() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("2500.00", 4), shop.shopper());
    let order_id = shop.delivered_order(&shopper, &product, 1);
    let [one, two, other_role] = [["refunds"], ["refunds"], ["orders"]].map(|roles| shop.new_member(&roles).caller);
    let key = unique_word();
    let waiting = refund(&one, &order_id, "1500.00", &key).is(202);
    assert_eq!(waiting.text("status"), "approval_required");
    let id = waiting.text("refund_request_id");
    // The repeated request waits, too. Its key cannot be used for another refund.
    assert_eq!(refund(&one, &order_id, "1500.00", &key).is(202).text("refund_request_id"), id);
    refund(&one, &order_id, "1.00", &key).is_problem(422, "idempotency_key_reused");
    assert_eq!(shopper.order_detail(&order_id).text("refunded_amount"), "0.00");

    let seen = look(&two, &id).is(200);
    let what = ["order_id", "amount", "currency", "refund_to", "reason"].map(|member| seen.text(member));
    assert_eq!(what, [order_id.as_str(), "1500.00", "USD", "original", "late"]);
    for stranger in [&other_role, &shopper] {
        look(stranger, &id).is_problem(403, "forbidden");
        approve(stranger, &id, "1500.00").is_problem(403, "forbidden");
    }
    approve(&one, &id, "1500.00").is_problem(403, "second_person_required");
    // "It is only 15."
    approve(&two, &id, "15.00").is_problem(409, "amount_mismatch");
    assert_eq!(two.post(&format!("/admin/refund-requests/{id}/approval"), "{}").bad_fields(), ["amount"]);
    assert!(shopper.order_detail(&order_id).list("refunds").is_empty());
    for _ in 0..2 {
        assert_eq!(approve(&two, &id, "1500.00").is(201).text("amount"), "1500.00");
    }
    let order = shopper.wait_for_status(&order_id, "partially_refunded");
    assert_eq!((order.list("refunds").len(), order.text("refunded_amount").as_str()), (1, "1500.00"));
}

#[test]
fn a_large_refund_cannot_be_split() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("2500.00", 4), shop.shopper());
    let order_id = shop.delivered_order(&shopper, &product, 1);
    let [one, two] = [["refunds"], ["refunds"]].map(|roles| shop.new_member(&roles).caller);
    refund(&one, &order_id, "600.00", &unique_word()).is(201);
    refund(&one, &order_id, "400.01", &unique_word()).is(202);
    refund(&one, &order_id, "400.00", &unique_word()).is(201);
    // The second person has a separate amount.
    refund(&two, &order_id, "1000.00", &unique_word()).is(201);
    let refused = refund(&two, &order_id, "500.01", &unique_word());
    refused.is_problem(409, "not_refundable");
}

#[test]
fn an_approval_grants_what_was_asked_for_and_never_more_than_the_payment() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1500.00", 4), shop.shopper());
    let order_id = shop.delivered_order(&shopper, &product, 1);
    let [one, two] = [["refunds"], ["refunds"]].map(|roles| shop.new_member(&roles).caller);
    let ids = ["1400.00", "1300.00"]
        .map(|amount| refund(&one, &order_id, amount, &unique_word()).is(202).text("refund_request_id"));
    approve(&two, &ids[0], "1400.00").is(201);
    approve(&two, &ids[1], "1300.00").is_problem(409, "not_refundable");
    let unknown = format!("{}.{}", order_id, "x".repeat(22));
    for id in [unknown.as_str(), "x"] {
        approve(&two, id, "1400.00").is_problem(404, "not_found");
        look(&two, id).is_problem(404, "not_found");
    }
    assert_eq!(
        json!(shopper.wait_for_status(&order_id, "partially_refunded").text("refunded_amount")),
        json!("1400.00")
    );
}

#[test]
fn who_asked_for_a_refund_must_still_be_allowed_to_refund() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("2500.00", 4), shop.shopper());
    let order_id = shop.delivered_order(&shopper, &product, 1);
    let [one, two] = [["refunds"], ["refunds"]].map(|roles| shop.new_member(&roles));
    let id = refund(&one.caller, &order_id, "1500.00", &unique_word()).is(202).text("refund_request_id");
    shop.grant(&one.user_id, &["stock"]);
    approve(&two.caller, &id, "1500.00").is_problem(409, "requester_not_permitted");
    assert!(shopper.order_detail(&order_id).list("refunds").is_empty());
}
