//! The whole life of an order: paid after a decline, sent, arrived, sent back, refunded in parts and as store credit.

use serde_json::json;
use souk_e2e::{SOON_SECONDS, Shop, eventually, parcel};

#[test]
fn an_order_lives_from_a_decline_to_store_credit_that_pays_the_next_one() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("10.00", 9), shop.shopper());
    let order_id = shopper.order(&product, 3);
    shopper.pay(&order_id, &shop.decline).is_problem(402, "payment_declined");
    let pay = format!("/orders/{order_id}/pay");
    let by_credit = || shopper.post(&pay, r#"{"payment_method": "store_credit"}"#);
    assert_eq!(by_credit().is_problem(402, "payment_declined").text("decline_code"), "insufficient_store_credit");
    let paypal = json!({"payment_method": "paypal", "payment_token": shop.success});
    assert_eq!(shopper.post(&pay, paypal).is(200).text("status"), "completed");

    eventually(SOON_SECONDS, "the order is to be sent", || {
        shop.lists("/admin/orders?status=paid", &order_id).then_some(())
    });
    let shown = shop.staff().get(&format!("/admin/orders/{order_id}")).is(200);
    assert_eq!((shown.text("payment.method").as_str(), shown.minor("total_amount")), ("paypal", 3_000));
    shop.about(&order_id, "ship", parcel()).is(200);
    assert_eq!(shopper.order_detail(&order_id).text("shipment.tracking_number"), "00340434161094042557");
    shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is_problem(409, "not_cancellable");
    shopper.send_back(&order_id, &product, 1).is_problem(409, "not_returnable");
    assert_eq!(shop.about(&order_id, "deliver", "").is(200).text("status"), "delivered");
    eventually(SOON_SECONDS, "it left the list", || {
        (!shop.lists("/admin/orders?status=paid", &order_id)).then_some(())
    });

    // One of three comes back.
    let asked = shopper.send_back(&order_id, &product, 1).is(201);
    assert_eq!((asked.text("return_id").as_str(), asked.minor("amount")), ("1", 1_000));
    eventually(SOON_SECONDS, "the staff is asked", || {
        shop.lists("/admin/returns?status=requested", &order_id).then_some(())
    });
    assert_eq!(shop.available(&product), 6);
    shop.about(&order_id, "returns/1/accept", r#"{"refund_to": "original"}"#).is(200);
    let order = shopper.order_becomes(&order_id, "partially_refunded");
    assert_eq!((order.minor("refunded_amount"), shop.available(&product)), (1_000, 7));

    // And something for the trouble, which pays the next order.
    let credit = r#"{"amount": 10.00, "target": "store_credit", "reason": "it came late"}"#;
    assert_eq!(shop.about(&order_id, "refunds", credit).is(201).text("target"), "store_credit");
    eventually(SOON_SECONDS, "the credit is there", || {
        (shopper.order_detail(&order_id).minor("refunded_amount") == 2_000).then_some(())
    });
    let next = shopper.order(&product, 1);
    let paid = shopper.post(&format!("/orders/{next}/pay"), r#"{"payment_method": "store_credit"}"#).is(200);
    assert_eq!(paid.text("status"), "completed");

    let told = shopper.order_detail(&order_id).texts("timeline", "event");
    let life = [
        "placed",
        "payment_started",
        "payment_failed",
        "payment_started",
        "paid",
        "shipped",
        "delivered",
        "return_requested",
        "return_accepted",
        "refund_due",
        "refunded",
        "refund_due",
        "refunded",
    ];
    assert_eq!(told, life);
}

#[test]
fn what_the_staff_calls_off_is_refunded_and_never_sent() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("5.00", 4), shop.shopper());
    let order_id = shop.paid_order(&shopper, &product, 2);
    shop.about(&order_id, "cancel", "").is(200);
    shop.about(&order_id, "ship", parcel()).is_problem(409, "not_shippable");
    let order = shopper.order_becomes(&order_id, "refunded");
    assert_eq!((order.minor("refunded_amount"), shop.available(&product)), (1_000, 4));
    shop.about(&order_id, "ship", parcel()).is_problem(409, "not_shippable");
    shop.about(&order_id, "refunds", r#"{"amount": 0.01, "target": "original", "reason": "x"}"#)
        .is_problem(409, "not_refundable");
}

#[test]
fn what_was_paid_with_store_credit_comes_back_as_store_credit() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("5.00", 9), shop.shopper());
    let first = shop.delivered_order(&shopper, &product, 2);
    let credit = r#"{"amount": 5.00, "target": "store_credit", "reason": "scratched"}"#;
    shop.about(&first, "refunds", credit).is(201);
    shopper.order_becomes(&first, "partially_refunded");
    for _ in 0..2 {
        // The same five, again and again: spent, called off, back.
        let order_id = shopper.order(&product, 1);
        let paid = shopper.post(&format!("/orders/{order_id}/pay"), r#"{"payment_method": "store_credit"}"#);
        paid.is(200);
        shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
        let back = shopper.order_becomes(&order_id, "refunded");
        assert_eq!(back.text("refunds.0.target"), "store_credit");
    }
    assert_eq!(shop.available(&product), 7);
}

#[test]
fn refunds_add_up_to_what_was_paid_and_never_more() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("5.00", 4), shop.shopper());
    let order_id = shop.delivered_order(&shopper, &product, 2);
    let refund = |amount: &str| {
        let body = format!(r#"{{"amount": {amount}, "target": "original", "reason": "late"}}"#);
        shop.about(&order_id, "refunds", body)
    };
    refund("4.00").is(201);
    assert_eq!(refund("6.01").is_problem(409, "not_refundable").text("refundable_amount"), "6.00");
    refund("6.00").is(201);
    refund("0.01").is_problem(409, "not_refundable");
    let order = shopper.order_becomes(&order_id, "refunded");
    assert_eq!((order.minor("refunded_amount"), shop.available(&product)), (1_000, 2));
    assert_eq!(refund("\"1\"").bad_fields(), ["amount"]);
    assert_eq!(shop.about(&order_id, "refunds", "{}").bad_fields(), ["amount", "target", "reason"]);
}

#[test]
fn a_rejected_return_may_be_asked_for_again() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("5.00", 4), shop.shopper());
    let order_id = shop.delivered_order(&shopper, &product, 2);
    shopper.send_back(&order_id, &product, 2).is(201);
    let problem = shopper.send_back(&order_id, &product, 1).is_problem(409, "not_returnable");
    assert_eq!((problem.whole("items.0.asked"), problem.whole("items.0.returnable")), (1, 0));
    shop.about(&order_id, "returns/1/reject", r#"{"reason": "it was worn"}"#).is(200);
    let accept = |id: &str| shop.about(&order_id, &format!("returns/{id}/accept"), r#"{"refund_to": "store_credit"}"#);
    accept("1").is_problem(409, "return_already_decided");
    assert_eq!(shopper.order_detail(&order_id).text("returns.0.rejection_reason"), "it was worn");
    assert_eq!(shopper.send_back(&order_id, &product, 2).is(201).text("return_id"), "2");
    accept("2").is(200);
    assert_eq!(shopper.order_becomes(&order_id, "refunded").minor("refunded_amount"), 1_000);
    assert_eq!(shop.available(&product), 4);
    accept("3").is_problem(404, "not_found");
}

#[test]
fn staff_lists_say_what_is_wrong_with_a_question() {
    let shop = Shop::open();
    let staff = shop.staff();
    assert_eq!(staff.get("/admin/orders").bad_fields(), ["status"]);
    let mut fields = staff.get("/admin/orders?status=sent&sort=up&cursor=x&limit=0").bad_fields();
    fields.sort();
    assert_eq!(fields, ["cursor", "limit", "sort", "status"]);
    assert_eq!(staff.get("/admin/returns?status=accepted").bad_fields(), ["status"]);
    staff.get("/admin/orders/01a20c57-f260-7c55-a1b2-0f1e2d3c4b5a").is_problem(404, "not_found");
    let newest = staff.get("/admin/orders?status=paid&sort=newest&limit=5").is(200).texts("orders", "placed_at");
    assert!(newest.is_sorted_by(|a, b| a >= b), "{newest:?}");
    let oldest = staff.get("/admin/orders?status=paid&limit=5").is(200).texts("orders", "placed_at");
    assert!(oldest.is_sorted(), "{oldest:?}");
}
