//! How rows begin, and what they ask for.

use souk_domain::account::Role;
use souk_domain::effects::Clock;
use souk_domain::order::OrderStatus::Expired;
use souk_faults::bank::token;
use souk_faults::gate::Fault;
use souk_faults::shop::{HOLD_SECONDS, WEBHOOK_SECRET, by_staff, request};
use souk_orders_functions::accept_return::AcceptReturn;
use souk_orders_functions::admin_cancel_order::AdminCancelOrder;
use souk_orders_functions::deliver_order::DeliverOrder;
use souk_orders_functions::reject_return::RejectReturn;
use souk_orders_functions::retry_refund::RetryRefund;
use souk_orders_functions::ship_order::ShipOrder;
use souk_payment::stripe::sign;
use souk_runtime::http::Request;

use crate::scene::{Scene, UNITS};

// Where steps begin.

pub(crate) async fn a_full_cart(scene: &mut Scene) {
    scene.shop.put_in_cart(&scene.user_id, &scene.product_id, 2).await;
}

pub(crate) async fn an_order(scene: &mut Scene) {
    a_full_cart(scene).await;
    scene.must(scene.shop.place_order(), placing(scene)).await;
}

pub(crate) async fn an_order_past_its_hold(scene: &mut Scene) {
    an_order(scene).await;
    scene.platform.dispatch(&scene.shop).await;
    scene.shop.clock.advance_seconds(HOLD_SECONDS);
}

pub(crate) async fn a_paid_order(scene: &mut Scene) {
    an_order(scene).await;
    scene.must(scene.shop.pay_order(), paying(scene, token::PAYS).await).await;
}

pub(crate) async fn a_cancelled_order(scene: &mut Scene) {
    a_paid_order(scene).await;
    scene.must(scene.shop.cancel_order(), cancelling(scene).await).await;
}

pub(crate) async fn a_refund_that_is_due(scene: &mut Scene) {
    a_cancelled_order(scene).await;
    scene.platform.dispatch(&scene.shop).await;
}

/// The money is taken, the answer got lost, and it is time to ask again.
pub(crate) async fn a_payment_nobody_heard_of(scene: &mut Scene) {
    an_order(scene).await;
    scene.shop.gate.arm(1, Fault::AnswerLost);
    scene.must(scene.shop.pay_order(), paying(scene, token::PAYS).await).await;
    assert_eq!(scene.shop.gate.open(), ["PutItem", "charge"]);
    scene.platform.dispatch(&scene.shop).await;
    scene.shop.clock.advance_seconds(souk_domain::message::PAYMENT_CHECK_SECONDS);
}

pub(crate) async fn a_refund_that_will_fail(scene: &mut Scene) {
    an_order(scene).await;
    scene.must(scene.shop.pay_order(), paying(scene, token::KEEPS).await).await;
    scene.must(scene.shop.cancel_order(), cancelling(scene).await).await;
    scene.platform.dispatch(&scene.shop).await;
}

/// The shopper was asked to do something and did not come back; the provider is to be told that it is too late.
pub(crate) async fn an_expired_order_with_an_open_payment(scene: &mut Scene) {
    an_order(scene).await;
    scene.must(scene.shop.pay_order(), paying(scene, token::ASKS).await).await;
    scene.platform.dispatch(&scene.shop).await;
    scene.shop.clock.advance_seconds(HOLD_SECONDS);
    scene.platform.deliver_due_in("order", &scene.shop).await;
    assert_eq!(scene.newest().await.map(|order| order.status), Some(Expired));
    scene.platform.dispatch(&scene.shop).await;
}

/// The shopper came back after the end of the hold, but before the provider was told.
pub(crate) async fn an_expired_order_that_gets_paid(scene: &mut Scene) {
    an_expired_order_with_an_open_payment(scene).await;
    finish(scene).await;
}

/// The shopper was asked to do something, and did it.
pub(crate) async fn a_payment_that_the_shopper_finished(scene: &mut Scene) {
    an_order(scene).await;
    scene.must(scene.shop.pay_order(), paying(scene, token::ASKS).await).await;
    finish(scene).await;
}

async fn finish(scene: &mut Scene) {
    let order = scene.newest().await.expect("an order");
    scene.shop.bank.finish_action(&order.payment_key(0));
}

pub(crate) async fn an_expired_order_whose_units_are_gone(scene: &mut Scene) {
    an_expired_order_that_gets_paid(scene).await;
    let other = scene.shop.shopper(2).await;
    scene.shop.put_in_cart(&other, &scene.product_id, UNITS).await;
    let body = r#"{"payment_method": "credit_card", "shipping_address": "2 Main St"}"#;
    scene.must(scene.shop.place_order(), request(&other, None, "", body, "other")).await;
    let order_id = scene.shop.orders(&other).await[0].order_id.clone();
    let body = format!(r#"{{"payment_token": "{}"}}"#, token::PAYS);
    scene.must(scene.shop.pay_order(), request(&other, Some(&order_id), "pay", &body, "other")).await;
}

pub(crate) async fn a_shipped_order(scene: &mut Scene) {
    a_paid_order(scene).await;
    scene.must(ShipOrder(scene.shop.desk()), shipping(scene).await).await;
}

pub(crate) async fn a_delivered_order(scene: &mut Scene) {
    a_shipped_order(scene).await;
    scene.must(DeliverOrder(scene.shop.desk()), staff(scene, "deliver", "").await).await;
}

/// One of two units is to come back.
pub(crate) async fn a_requested_return(scene: &mut Scene) {
    a_delivered_order(scene).await;
    scene.must(scene.shop.request_return(), returning(scene).await).await;
}

pub(crate) async fn a_requested_return_of_a_refunded_order(scene: &mut Scene) {
    a_requested_return(scene).await;
    let all = r#"{"amount": 25.00, "target": "original", "reason": "late"}"#;
    scene.must(scene.shop.grant_refund(), staff(scene, "refunds", all).await).await;
    scene.settle_down().await;
}

pub(crate) async fn an_accepted_return(scene: &mut Scene) {
    a_requested_return(scene).await;
    scene.must(AcceptReturn(scene.shop.desk()), accepting(scene, "original").await).await;
    scene.platform.dispatch(&scene.shop).await;
}

pub(crate) async fn a_return_accepted_for_credit(scene: &mut Scene) {
    a_requested_return(scene).await;
    scene.must(AcceptReturn(scene.shop.desk()), accepting(scene, "store_credit").await).await;
    scene.platform.dispatch(&scene.shop).await;
}

pub(crate) async fn a_refund_that_failed(scene: &mut Scene) {
    a_refund_that_will_fail(scene).await;
    scene.platform.deliver_due(&scene.shop).await;
    scene.platform.dispatch(&scene.shop).await;
}

/// Credit that covers an order of one unit, from an earlier order; and that order.
pub(crate) async fn an_order_and_store_credit(scene: &mut Scene) {
    a_delivered_order(scene).await;
    let credit = r#"{"amount": 12.50, "target": "store_credit", "reason": "late"}"#;
    scene.must(scene.shop.grant_refund(), staff(scene, "refunds", credit).await).await;
    scene.settle_down().await;
    scene.shop.clock.advance_seconds(1); // the newest order is the one that sorts last
    scene.shop.put_in_cart(&scene.user_id, &scene.product_id, 1).await;
    let body = r#"{"payment_method": "store_credit", "shipping_address": "1 Main St"}"#;
    scene.must(scene.shop.place_order(), request(&scene.user_id, None, "", body, "place again")).await;
}

// The steps.

pub(crate) async fn place(scene: &mut Scene) {
    scene.ask(scene.shop.place_order(), placing(scene)).await;
}

pub(crate) async fn pay(scene: &mut Scene) {
    scene.ask(scene.shop.pay_order(), paying(scene, token::PAYS).await).await;
}

pub(crate) async fn pay_and_be_declined(scene: &mut Scene) {
    scene.ask(scene.shop.pay_order(), paying(scene, token::DECLINES).await).await;
}

pub(crate) async fn pay_and_be_asked(scene: &mut Scene) {
    scene.ask(scene.shop.pay_order(), paying(scene, token::ASKS).await).await;
}

pub(crate) async fn cancel(scene: &mut Scene) {
    scene.ask(scene.shop.cancel_order(), cancelling(scene).await).await;
}

pub(crate) async fn pay_by_store_credit(scene: &mut Scene) {
    let paying = request(&scene.user_id, Some(&scene.order_id().await), "pay", "{}", "pay");
    scene.ask(scene.shop.pay_order(), paying).await;
}

pub(crate) async fn cancel_by_staff(scene: &mut Scene) {
    scene.ask(AdminCancelOrder(scene.shop.desk()), staff(scene, "cancel", "").await).await;
}

pub(crate) async fn ship(scene: &mut Scene) {
    scene.ask(ShipOrder(scene.shop.desk()), shipping(scene).await).await;
}

pub(crate) async fn deliver_parcel(scene: &mut Scene) {
    scene.ask(DeliverOrder(scene.shop.desk()), staff(scene, "deliver", "").await).await;
}

pub(crate) async fn request_return(scene: &mut Scene) {
    scene.ask(scene.shop.request_return(), returning(scene).await).await;
}

pub(crate) async fn accept_return(scene: &mut Scene) {
    scene.ask(AcceptReturn(scene.shop.desk()), accepting(scene, "original").await).await;
}

pub(crate) async fn reject_return(scene: &mut Scene) {
    let request = staff(scene, "returns/1/reject", r#"{"reason": "worn"}"#).await;
    scene.ask(RejectReturn(scene.shop.desk()), request).await;
}

pub(crate) async fn grant_refund(scene: &mut Scene) {
    let some = r#"{"amount": 1.25, "target": "original", "reason": "late"}"#;
    scene.ask(scene.shop.grant_refund(), staff(scene, "refunds", some).await).await;
}

pub(crate) async fn retry_refund(scene: &mut Scene) {
    let request = staff(scene, "refunds/1/retry", r#"{"target": "original"}"#).await;
    scene.ask(RetryRefund(scene.shop.desk()), request).await;
}

pub(crate) async fn dispatch(scene: &mut Scene) {
    scene.platform.dispatch(&scene.shop).await;
}

pub(crate) async fn publish(scene: &mut Scene) {
    scene.platform.publish(&scene.shop).await;
}

/// The provider tells that the money is taken.
pub(crate) async fn webhook(scene: &mut Scene) {
    tell(scene, "succeeded").await;
}

/// The provider tells, late, what is no longer so: it is asked, and knows better.
pub(crate) async fn old_webhook(scene: &mut Scene) {
    tell(scene, "requires_action").await;
}

async fn tell(scene: &Scene, status: &str) {
    let order = scene.newest().await.expect("an order");
    let intent = serde_json::json!({
        "id": order.attempts[0].payment_id,
        "status": status,
        "amount_received": order.total_minor,
        "currency": "usd",
        "metadata": {"user_id": order.user_id, "order_id": order.order_id, "attempt": "0"},
    });
    let body = serde_json::json!({"type": format!("payment_intent.{status}"), "data": {"object": intent}}).to_string();
    let signature = sign(body.as_bytes(), WEBHOOK_SECRET, scene.shop.clock.now());
    let request = Request::new("POST", "/webhooks/stripe").with_json(&body).with_header("stripe-signature", &signature);
    scene.ask(scene.shop.stripe_webhook(), request).await;
}

pub(crate) async fn watch(scene: &mut Scene) {
    scene.platform.watch(&scene.shop).await;
}

/// From the scene's two shards to five.
pub(crate) async fn spread(scene: &mut Scene) {
    let request = Request::new("PUT", "/admin/inventory/a/shards").with_path("product_id", scene.product_id.as_str());
    let request = request.with_json(r#"{"shards": 5}"#).from_user(souk_testkit::user(0), Role::Staff);
    scene.ask(scene.shop.spread_inventory(), request).await;
}

pub(crate) async fn deliver(scene: &mut Scene) {
    scene.platform.deliver_due(&scene.shop).await;
}

fn placing(scene: &Scene) -> Request {
    let body = r#"{"payment_method": "credit_card", "shipping_address": "1 Main St"}"#;
    request(&scene.user_id, None, "", body, "place")
}

async fn paying(scene: &Scene, token: &str) -> Request {
    let body = format!(r#"{{"payment_token": "{token}"}}"#);
    request(&scene.user_id, Some(&scene.order_id().await), "pay", &body, token)
}

async fn cancelling(scene: &Scene) -> Request {
    request(&scene.user_id, Some(&scene.order_id().await), "cancel", "", "cancel")
}

async fn returning(scene: &Scene) -> Request {
    let body =
        format!(r#"{{"items": [{{"product_id": "{}", "quantity": 1, "reason": "too small"}}]}}"#, scene.product_id);
    request(&scene.user_id, Some(&scene.order_id().await), "returns", &body, "return")
}

async fn shipping(scene: &Scene) -> Request {
    staff(scene, "ship", r#"{"carrier": "DHL", "tracking_number": "1Z"}"#).await
}

async fn accepting(scene: &Scene, refund_to: &str) -> Request {
    staff(scene, "returns/1/accept", &format!(r#"{{"refund_to": "{refund_to}"}}"#)).await
}

async fn staff(scene: &Scene, action: &str, body: &str) -> Request {
    by_staff(&scene.order_id().await, action, body, action)
}
