//! Initial states and steps of the rows.

use souk_domain::effects::Clock;
use souk_domain::erasure::{ERASURE_DELAY_SECONDS, ErasureQueueMessage};
use souk_domain::order::OrderStatus::Expired;
use souk_faults::injector::Fault;
use souk_faults::provider::token;
use souk_faults::shop::{HOLD_SECONDS, WEBHOOK_SECRET, by_staff, request};
use souk_orders_functions::accept_return::AcceptReturn;
use souk_orders_functions::admin_cancel_order::AdminCancelOrder;
use souk_orders_functions::deliver_order::DeliverOrder;
use souk_orders_functions::reject_return::RejectReturn;
use souk_orders_functions::retry_refund::RetryRefund;
use souk_orders_functions::ship_order::ShipOrder;
use souk_payment::stripe::sign;
use souk_runtime::http::{Endpoint, Request};
use souk_store::AccountDeletionOutcome;

use crate::scenario::{Scenario, UNITS};

// Initial states.

pub(crate) async fn a_full_cart(scenario: &mut Scenario) {
    scenario.shop.put_in_cart(&scenario.user_id, &scenario.product_id, 2).await;
}

pub(crate) async fn an_order(scenario: &mut Scenario) {
    a_full_cart(scenario).await;
    scenario.call_ok(scenario.shop.place_order(), placing(scenario)).await;
}

pub(crate) async fn an_order_past_its_hold(scenario: &mut Scenario) {
    an_order(scenario).await;
    scenario.platform.dispatch(&scenario.shop).await;
    scenario.shop.clock.advance_seconds(HOLD_SECONDS);
}

pub(crate) async fn a_paid_order(scenario: &mut Scenario) {
    an_order(scenario).await;
    scenario.call_ok(scenario.shop.pay_order(), paying(scenario, token::SUCCEEDS).await).await;
}

pub(crate) async fn a_cancelled_order(scenario: &mut Scenario) {
    a_paid_order(scenario).await;
    scenario.call_ok(scenario.shop.cancel_order(), cancelling(scenario).await).await;
}

pub(crate) async fn a_due_refund(scenario: &mut Scenario) {
    a_cancelled_order(scenario).await;
    scenario.platform.dispatch(&scenario.shop).await;
}

/// The amount was captured, the response was lost, and the check of the payment is due.
pub(crate) async fn a_payment_without_an_answer(scenario: &mut Scenario) {
    an_order(scenario).await;
    scenario.shop.injector.inject(1, Fault::AnswerLost);
    scenario.call_ok(scenario.shop.pay_order(), paying(scenario, token::SUCCEEDS).await).await;
    assert_eq!(scenario.shop.injector.clear(), ["PutItem", "charge"]);
    scenario.platform.dispatch(&scenario.shop).await;
    scenario.shop.clock.advance_seconds(souk_domain::message::PAYMENT_CHECK_SECONDS);
}

pub(crate) async fn a_failing_refund(scenario: &mut Scenario) {
    an_order(scenario).await;
    scenario.call_ok(scenario.shop.pay_order(), paying(scenario, token::REFUND_FAILS_ONCE).await).await;
    scenario.call_ok(scenario.shop.cancel_order(), cancelling(scenario).await).await;
    scenario.platform.dispatch(&scenario.shop).await;
}

/// The payment requires an action, and the order has expired; the payment is to be cancelled at the provider.
pub(crate) async fn an_expired_order_with_an_open_payment(scenario: &mut Scenario) {
    an_order(scenario).await;
    scenario.call_ok(scenario.shop.pay_order(), paying(scenario, token::REQUIRES_ACTION).await).await;
    scenario.platform.dispatch(&scenario.shop).await;
    scenario.shop.clock.advance_seconds(HOLD_SECONDS);
    scenario.platform.deliver_due_in("order", &scenario.shop).await;
    assert_eq!(scenario.newest().await.map(|order| order.status), Some(Expired));
    scenario.platform.dispatch(&scenario.shop).await;
}

/// The shopper completed the action after the hold had ended, before the payment was cancelled.
pub(crate) async fn a_paid_expired_order(scenario: &mut Scenario) {
    an_expired_order_with_an_open_payment(scenario).await;
    complete_action(scenario).await;
}

/// The shopper completed the required action.
pub(crate) async fn a_payment_with_completed_action(scenario: &mut Scenario) {
    an_order(scenario).await;
    scenario.call_ok(scenario.shop.pay_order(), paying(scenario, token::REQUIRES_ACTION).await).await;
    complete_action(scenario).await;
}

async fn complete_action(scenario: &mut Scenario) {
    let order = scenario.newest().await.expect("an order");
    scenario.shop.provider.complete_action(&order.payment_key(0));
}

pub(crate) async fn a_paid_expired_order_without_stock(scenario: &mut Scenario) {
    a_paid_expired_order(scenario).await;
    let other = scenario.shop.shopper(2).await;
    scenario.shop.put_in_cart(&other, &scenario.product_id, UNITS).await;
    let body = r#"{"payment_method": "credit_card", "shipping_address": "2 Main St"}"#;
    scenario.call_ok(scenario.shop.place_order(), request(&other, None, "", body, "other")).await;
    let order_id = scenario.shop.orders(&other).await[0].order_id.clone();
    let body = format!(r#"{{"payment_token": "{}"}}"#, token::SUCCEEDS);
    scenario.call_ok(scenario.shop.pay_order(), request(&other, Some(&order_id), "pay", &body, "other")).await;
}

pub(crate) async fn a_shipped_order(scenario: &mut Scenario) {
    a_paid_order(scenario).await;
    scenario.call_ok(ShipOrder(scenario.shop.staff_order_context()), shipping(scenario).await).await;
}

pub(crate) async fn a_delivered_order(scenario: &mut Scenario) {
    a_shipped_order(scenario).await;
    scenario.call_ok(DeliverOrder(scenario.shop.staff_order_context()), staff(scenario, "deliver", "").await).await;
}

/// A refund waits for a second person.
pub(crate) async fn a_requested_refund(scenario: &mut Scenario) {
    a_delivered_order(scenario).await;
    scenario.shop.refunder().await;
    let requested = Box::pin(scenario.shop.request_refund().handle(&refunding(scenario).await)).await;
    let body = requested.expect("requested").body_json();
    scenario.refund_request_id = body["refund_request_id"].as_str().map(str::to_owned);
}

/// The return of one of two units is requested.
pub(crate) async fn a_requested_return(scenario: &mut Scenario) {
    a_delivered_order(scenario).await;
    scenario.call_ok(scenario.shop.request_return(), returning(scenario).await).await;
}

pub(crate) async fn a_requested_return_of_a_refunded_order(scenario: &mut Scenario) {
    a_requested_return(scenario).await;
    let all = r#"{"amount": 25.00, "refund_to": "original", "reason": "late"}"#;
    scenario.call_ok(scenario.shop.grant_refund(), staff(scenario, "refunds", all).await).await;
    scenario.run_until_idle().await;
}

pub(crate) async fn an_accepted_return(scenario: &mut Scenario) {
    a_requested_return(scenario).await;
    scenario.call_ok(AcceptReturn(scenario.shop.refund_context()), accepting(scenario, "original").await).await;
    scenario.platform.dispatch(&scenario.shop).await;
}

pub(crate) async fn a_return_accepted_for_store_credit(scenario: &mut Scenario) {
    a_requested_return(scenario).await;
    scenario.call_ok(AcceptReturn(scenario.shop.refund_context()), accepting(scenario, "store_credit").await).await;
    scenario.platform.dispatch(&scenario.shop).await;
}

pub(crate) async fn a_failed_refund(scenario: &mut Scenario) {
    a_failing_refund(scenario).await;
    scenario.platform.deliver_due(&scenario.shop).await;
    scenario.platform.dispatch(&scenario.shop).await;
}

/// An unpaid order, and store credit for it from an earlier order.
pub(crate) async fn an_order_and_store_credit(scenario: &mut Scenario) {
    a_delivered_order(scenario).await;
    let credit = r#"{"amount": 12.50, "refund_to": "store_credit", "reason": "late"}"#;
    scenario.call_ok(scenario.shop.grant_refund(), staff(scenario, "refunds", credit).await).await;
    scenario.run_until_idle().await;
    scenario.shop.clock.advance_seconds(1); // the newest order is the one that sorts last
    scenario.shop.put_in_cart(&scenario.user_id, &scenario.product_id, 1).await;
    let body = r#"{"payment_method": "store_credit", "shipping_address": "1 Main St"}"#;
    scenario.call_ok(scenario.shop.place_order(), request(&scenario.user_id, None, "", body, "place again")).await;
}

pub(crate) async fn an_unpaid_order_to_erase(scenario: &mut Scenario) {
    an_order(scenario).await;
    delete_account(scenario).await;
}

/// The shopper has to act at the provider; the payment is cancelled with the order.
pub(crate) async fn an_open_payment_to_erase(scenario: &mut Scenario) {
    an_order(scenario).await;
    scenario.call_ok(scenario.shop.pay_order(), paying(scenario, token::REQUIRES_ACTION).await).await;
    delete_account(scenario).await;
}

pub(crate) async fn a_paid_order_to_erase(scenario: &mut Scenario) {
    a_paid_order(scenario).await;
    delete_account(scenario).await;
}

pub(crate) async fn an_unknown_payment_to_erase(scenario: &mut Scenario) {
    a_payment_without_an_answer(scenario).await;
    delete_account(scenario).await;
}

/// Deletes the account, and waits until its erasure is due.
async fn delete_account(scenario: &mut Scenario) {
    let (stores, user_id) = (&scenario.shop.stores, scenario.user_id.clone());
    let account = stores.accounts.get(&user_id).await.expect("read").expect("an account");
    let deleted = stores.accounts.delete(&stores.credentials, &stores.staff_grants, &account, None).await;
    assert_eq!(deleted.expect("answered"), AccountDeletionOutcome::Deleted);
    let requested_at = Some(scenario.shop.clock.now());
    let message = ErasureQueueMessage::EraseOrders { user_id, guest_ids: vec![], requested_at };
    scenario.shop.erasure_queue().send(&message, ERASURE_DELAY_SECONDS).await.expect("sent");
    scenario.platform.enqueue_sent(&scenario.shop);
    scenario.shop.clock.advance_seconds(ERASURE_DELAY_SECONDS);
    scenario.erased = true;
}

// The steps.

pub(crate) async fn place(scenario: &mut Scenario) {
    scenario.call(scenario.shop.place_order(), placing(scenario)).await;
}

pub(crate) async fn pay(scenario: &mut Scenario) {
    scenario.call(scenario.shop.pay_order(), paying(scenario, token::SUCCEEDS).await).await;
}

pub(crate) async fn pay_and_be_declined(scenario: &mut Scenario) {
    scenario.call(scenario.shop.pay_order(), paying(scenario, token::DECLINES).await).await;
}

pub(crate) async fn pay_with_required_action(scenario: &mut Scenario) {
    scenario.call(scenario.shop.pay_order(), paying(scenario, token::REQUIRES_ACTION).await).await;
}

pub(crate) async fn cancel(scenario: &mut Scenario) {
    scenario.call(scenario.shop.cancel_order(), cancelling(scenario).await).await;
}

pub(crate) async fn pay_by_store_credit(scenario: &mut Scenario) {
    let paying = request(&scenario.user_id, Some(&scenario.order_id().await), "pay", "{}", "pay");
    scenario.call(scenario.shop.pay_order(), paying).await;
}

pub(crate) async fn cancel_as_staff(scenario: &mut Scenario) {
    scenario.call(AdminCancelOrder(scenario.shop.staff_order_context()), staff(scenario, "cancel", "").await).await;
}

pub(crate) async fn ship(scenario: &mut Scenario) {
    scenario.call(ShipOrder(scenario.shop.staff_order_context()), shipping(scenario).await).await;
}

pub(crate) async fn deliver_order(scenario: &mut Scenario) {
    scenario.call(DeliverOrder(scenario.shop.staff_order_context()), staff(scenario, "deliver", "").await).await;
}

pub(crate) async fn request_return(scenario: &mut Scenario) {
    scenario.call(scenario.shop.request_return(), returning(scenario).await).await;
}

pub(crate) async fn accept_return(scenario: &mut Scenario) {
    scenario.call(AcceptReturn(scenario.shop.refund_context()), accepting(scenario, "original").await).await;
}

pub(crate) async fn reject_return(scenario: &mut Scenario) {
    let request = staff(scenario, "returns/1/reject", r#"{"reason": "worn"}"#).await;
    scenario.call(RejectReturn(scenario.shop.staff_order_context()), request).await;
}

pub(crate) async fn grant_refund(scenario: &mut Scenario) {
    scenario.call(scenario.shop.grant_refund(), refunding(scenario).await).await;
}

pub(crate) async fn request_refund(scenario: &mut Scenario) {
    scenario.call(scenario.shop.request_refund(), refunding(scenario).await).await;
}

/// Another person approves it.
pub(crate) async fn approve_refund(scenario: &mut Scenario) {
    let id = scenario.refund_request_id.clone().expect("a request");
    let request = Request::new("POST", "/admin/refund-requests/x/approval").with_path("refund_request_id", &id);
    let request = request.with_json(r#"{"amount": 1.25}"#).from_staff(souk_testkit::user(5));
    scenario.call(scenario.shop.approve_refund(), request).await;
}

pub(crate) async fn retry_refund(scenario: &mut Scenario) {
    let request = staff(scenario, "refunds/1/retry", r#"{"refund_to": "original"}"#).await;
    scenario.call(RetryRefund(scenario.shop.refund_context()), request).await;
}

pub(crate) async fn dispatch(scenario: &mut Scenario) {
    scenario.platform.dispatch(&scenario.shop).await;
}

pub(crate) async fn publish(scenario: &mut Scenario) {
    scenario.platform.publish(&scenario.shop).await;
}

/// The webhook of the captured payment.
pub(crate) async fn webhook(scenario: &mut Scenario) {
    send_webhook(scenario, "succeeded").await;
}

/// A late webhook with an outdated status: the provider is asked for the current one.
pub(crate) async fn stale_webhook(scenario: &mut Scenario) {
    send_webhook(scenario, "requires_action").await;
}

async fn send_webhook(scenario: &Scenario, status: &str) {
    let order = scenario.newest().await.expect("an order");
    let intent = serde_json::json!({
        "id": order.attempts[0].payment_id,
        "status": status,
        "amount_received": order.total_minor,
        "currency": "usd",
        "metadata": {"user_id": order.user_id, "order_id": order.order_id, "attempt": "0"},
    });
    let body = serde_json::json!({"type": format!("payment_intent.{status}"), "data": {"object": intent}}).to_string();
    let signature = sign(body.as_bytes(), WEBHOOK_SECRET, scenario.shop.clock.now());
    let request = Request::new("POST", "/webhooks/stripe").with_json(&body).with_header("stripe-signature", &signature);
    scenario.call(scenario.shop.stripe_webhook(), request).await;
}

pub(crate) async fn watch(scenario: &mut Scenario) {
    scenario.platform.watch(&scenario.shop).await;
}

/// From two shards to five.
pub(crate) async fn spread(scenario: &mut Scenario) {
    let request =
        Request::new("PUT", "/admin/inventory/a/shards").with_path("product_id", scenario.product_id.as_str());
    let request = request.with_json(r#"{"shards": 5}"#).from_staff(souk_testkit::user(0));
    scenario.call(scenario.shop.spread_inventory(), request).await;
}

pub(crate) async fn deliver(scenario: &mut Scenario) {
    scenario.platform.deliver_due(&scenario.shop).await;
}

fn placing(scenario: &Scenario) -> Request {
    let body = r#"{"payment_method": "credit_card", "shipping_address": "1 Main St"}"#;
    request(&scenario.user_id, None, "", body, "place")
}

async fn paying(scenario: &Scenario, token: &str) -> Request {
    let body = format!(r#"{{"payment_token": "{token}"}}"#);
    request(&scenario.user_id, Some(&scenario.order_id().await), "pay", &body, token)
}

async fn cancelling(scenario: &Scenario) -> Request {
    request(&scenario.user_id, Some(&scenario.order_id().await), "cancel", "", "cancel")
}

async fn returning(scenario: &Scenario) -> Request {
    let body =
        format!(r#"{{"items": [{{"product_id": "{}", "quantity": 1, "reason": "too small"}}]}}"#, scenario.product_id);
    request(&scenario.user_id, Some(&scenario.order_id().await), "returns", &body, "return")
}

async fn shipping(scenario: &Scenario) -> Request {
    staff(scenario, "ship", r#"{"carrier": "DHL", "tracking_number": "1Z"}"#).await
}

async fn accepting(scenario: &Scenario, refund_to: &str) -> Request {
    staff(scenario, "returns/1/accept", &format!(r#"{{"refund_to": "{refund_to}"}}"#)).await
}

async fn refunding(scenario: &Scenario) -> Request {
    staff(scenario, "refunds", r#"{"amount": 1.25, "refund_to": "original", "reason": "late"}"#).await
}

async fn staff(scenario: &Scenario, action: &str, body: &str) -> Request {
    by_staff(&scenario.order_id().await, action, body, action)
}
