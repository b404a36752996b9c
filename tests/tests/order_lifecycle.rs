//! The lifecycle of an order: paid after a decline, shipped, delivered, returned, refunded in parts and as store
//! credit.

use serde_json::json;
use souk_e2e::{SOON_SECONDS, Shop, eventually, shipment};

#[test]
fn an_order_from_a_decline_to_store_credit_that_pays_the_next_one() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("10.00", 9), shop.account());
    let order_id = shopper.order(&product, 3);
    shopper.pay(&order_id, &shop.decline).is_problem(402, "payment_declined");
    let pay = format!("/orders/{order_id}/pay");
    let by_credit = || shopper.post(&pay, r#"{"payment_method": "store_credit"}"#);
    assert_eq!(by_credit().is_problem(402, "payment_declined").text("decline_code"), "insufficient_store_credit");
    let paypal = json!({"payment_method": "paypal", "payment_token": shop.success});
    assert_eq!(shopper.post(&pay, paypal).is(200).text("status"), "completed");

    eventually(SOON_SECONDS, "staff see the paid order", || {
        shop.staff_list_contains("/admin/orders?status=paid", &order_id).then_some(())
    });
    let shown = shop.staff().get(&format!("/admin/orders/{order_id}")).is(200);
    assert_eq!((shown.text("payment.method").as_str(), shown.minor("total_amount")), ("paypal", 3_000));
    shop.order_action(&order_id, "ship", shipment()).is(200);
    assert_eq!(shopper.order_detail(&order_id).text("shipment.tracking_number"), "00340434161094042557");
    shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is_problem(409, "not_cancellable");
    shopper.request_return(&order_id, &product, 1).is_problem(409, "not_returnable");
    assert_eq!(shop.order_action(&order_id, "deliver", "").is(200).text("status"), "delivered");
    eventually(SOON_SECONDS, "the list has no longer the order", || {
        (!shop.staff_list_contains("/admin/orders?status=paid", &order_id)).then_some(())
    });

    // One of three units is returned.
    let requested = shopper.request_return(&order_id, &product, 1).is(201);
    assert_eq!((requested.text("return_id").as_str(), requested.minor("amount")), ("1", 1_000));
    eventually(SOON_SECONDS, "staff see the return", || {
        shop.staff_list_contains("/admin/returns?status=requested", &order_id).then_some(())
    });
    assert_eq!(shop.available(&product), 6);
    shop.order_action(&order_id, "returns/1/accept", r#"{"refund_to": "original"}"#).is(200);
    let order = shopper.wait_for_status(&order_id, "partially_refunded");
    assert_eq!((order.minor("refunded_amount"), shop.available(&product)), (1_000, 7));

    // Store credit for the delay, which pays the next order.
    let credit = r#"{"amount": 10.00, "refund_to": "store_credit", "reason": "it came late"}"#;
    assert_eq!(shop.order_action(&order_id, "refunds", credit).is(201).text("refund_to"), "store_credit");
    eventually(SOON_SECONDS, "the store credit is granted", || {
        (shopper.order_detail(&order_id).minor("refunded_amount") == 2_000).then_some(())
    });
    let next = shopper.order(&product, 1);
    let paid = shopper.post(&format!("/orders/{next}/pay"), r#"{"payment_method": "store_credit"}"#).is(200);
    assert_eq!(paid.text("status"), "completed");

    let timeline = shopper.order_detail(&order_id).texts("timeline", "event");
    let expected = [
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
    assert_eq!(timeline, expected);
}

#[test]
fn an_order_that_staff_cancel_is_refunded_and_not_shippable() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("5.00", 4), shop.shopper());
    let order_id = shop.paid_order(&shopper, &product, 2);
    shop.order_action(&order_id, "cancel", "").is(200);
    shop.order_action(&order_id, "ship", shipment()).is_problem(409, "not_shippable");
    let order = shopper.wait_for_status(&order_id, "refunded");
    assert_eq!((order.minor("refunded_amount"), shop.available(&product)), (1_000, 4));
    shop.order_action(&order_id, "ship", shipment()).is_problem(409, "not_shippable");
    shop.order_action(&order_id, "refunds", r#"{"amount": 0.01, "refund_to": "original", "reason": "x"}"#)
        .is_problem(409, "not_refundable");
}

#[test]
fn orders_paid_with_store_credit_are_refunded_as_store_credit() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("5.00", 9), shop.account());
    let first = shop.delivered_order(&shopper, &product, 2);
    let credit = r#"{"amount": 5.00, "refund_to": "store_credit", "reason": "scratched"}"#;
    shop.order_action(&first, "refunds", credit).is(201);
    shopper.wait_for_status(&first, "partially_refunded");
    for _ in 0..2 {
        // The same store credit twice: spent, cancelled, refunded.
        let order_id = shopper.order(&product, 1);
        let paid = shopper.post(&format!("/orders/{order_id}/pay"), r#"{"payment_method": "store_credit"}"#);
        paid.is(200);
        shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
        let refunded = shopper.wait_for_status(&order_id, "refunded");
        assert_eq!(refunded.text("refunds.0.refund_to"), "store_credit");
    }
    assert_eq!(shop.available(&product), 7);
}

#[test]
fn refunds_never_exceed_the_payment() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("5.00", 4), shop.shopper());
    let order_id = shop.delivered_order(&shopper, &product, 2);
    let refund = |amount: &str| {
        let body = format!(r#"{{"amount": {amount}, "refund_to": "original", "reason": "late"}}"#);
        shop.order_action(&order_id, "refunds", body)
    };
    refund("4.00").is(201);
    assert_eq!(refund("6.01").is_problem(409, "not_refundable").text("refundable_amount"), "6.00");
    refund("6.00").is(201);
    refund("0.01").is_problem(409, "not_refundable");
    let order = shopper.wait_for_status(&order_id, "refunded");
    assert_eq!((order.minor("refunded_amount"), shop.available(&product)), (1_000, 2));
    assert_eq!(refund("\"1\"").bad_fields(), ["amount"]);
    assert_eq!(refund("0.00").bad_fields(), ["amount"]);
    assert_eq!(shop.order_action(&order_id, "refunds", "{}").bad_fields(), ["amount", "refund_to", "reason"]);
}

#[test]
fn a_rejected_return_can_be_requested_again() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("5.00", 4), shop.account());
    let order_id = shop.delivered_order(&shopper, &product, 2);
    shopper.request_return(&order_id, &product, 2).is(201);
    let problem = shopper.request_return(&order_id, &product, 1).is_problem(409, "not_returnable");
    assert_eq!((problem.whole("items.0.asked"), problem.whole("items.0.returnable")), (1, 0));
    shop.order_action(&order_id, "returns/1/reject", r#"{"reason": "it was worn"}"#).is(200);
    let accept =
        |id: &str| shop.order_action(&order_id, &format!("returns/{id}/accept"), r#"{"refund_to": "store_credit"}"#);
    accept("1").is_problem(409, "return_already_decided");
    assert_eq!(shopper.order_detail(&order_id).text("returns.0.rejection_reason"), "it was worn");
    assert_eq!(shopper.request_return(&order_id, &product, 2).is(201).text("return_id"), "2");
    accept("2").is(200);
    assert_eq!(shopper.wait_for_status(&order_id, "refunded").minor("refunded_amount"), 1_000);
    assert_eq!(shop.available(&product), 4);
    accept("3").is_problem(404, "not_found");
}

#[test]
fn staff_lists_name_every_invalid_parameter() {
    let shop = Shop::open();
    let staff = shop.staff();
    assert_eq!(staff.get("/admin/orders").bad_fields(), ["status"]);
    let mut fields = staff.get("/admin/orders?status=sent&sort=up&cursor=x&limit=0").bad_fields();
    fields.sort();
    assert_eq!(fields, ["cursor", "limit", "sort", "status"]);
    assert_eq!(staff.get("/admin/returns?status=accepted").bad_fields(), ["status"]);
    assert!(staff.get("/admin/returns?limit=1").is(200).list("returns").len() <= 10); // the returns of one order
    staff.get("/admin/orders/01a20c57-f260-7c55-a1b2-0f1e2d3c4b5a").is_problem(404, "not_found");
    let newest = staff.get("/admin/orders?status=paid&sort=newest&limit=5").is(200).texts("orders", "placed_at");
    assert!(newest.is_sorted_by(|a, b| a >= b), "{newest:?}");
    let oldest = staff.get("/admin/orders?status=paid&limit=5").is(200).texts("orders", "placed_at");
    assert!(oldest.is_sorted(), "{oldest:?}");
}
