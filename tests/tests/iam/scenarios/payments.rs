//! Payments and refunds.

use serde_json::json;
use souk_e2e::{SOON_SECONDS, Session, eventually};

use super::orders::expire_now;
use crate::world::World;

/// Needs an action of the shopper.
const SECURE: &str = "pm_card_threeDSecure2Required";

pub(super) fn pay(world: &World) {
    world.paid_order(1);
}

pub(super) fn pay_linked(world: &World) {
    let (account, order_id) = world.account_with_order_of_a_guest();
    account.caller.pay(&order_id, &world.shop.success).is(200);
}

pub(super) fn store_credit(world: &World) {
    let account = world.shop.verified();
    let order_id = world.delivered_order_of(&account, 1);
    let body = json!({"amount": 12.5, "refund_to": "store_credit", "reason": "late"});
    world.shop.order_action(&order_id, "refunds", body).is(201);
    eventually(SOON_SECONDS, "the store credit is granted", || {
        (account.caller.order_detail(&order_id).text("refunds.0.status") == "completed").then_some(())
    });
    let next = account.caller.order(world.product(), 1);
    let paid = account.caller.post_with_key(&format!("/orders/{next}/pay"), r#"{"payment_method": "store_credit"}"#);
    assert_eq!(paid.is(200).text("status"), "completed");
}

fn check_payment(world: &World, owner: &Session, order_id: &str) {
    let message = json!({"type": "check_payment", "user_id": owner.user_id, "order_id": order_id, "attempt": 0});
    world.deliver("check-payment", &message);
}

pub(super) fn check(world: &World) {
    let (guest, order_id) = world.unanswered_payment();
    check_payment(world, &guest, &order_id);
    assert_eq!(guest.caller.order_detail(&order_id).text("status"), "paid");
}

pub(super) fn late(world: &World) {
    let (guest, order_id) = world.order();
    expire_now(world, &guest.user_id, &order_id);
    let answer = guest.caller.pay(&order_id, &world.shop.success);
    assert!(answer.status < 500, "{answer}");
}

/// An order whose payment waits for an action of the shopper, and where the shopper acts.
fn secure_order(world: &World) -> (Session, String, String) {
    let (guest, order_id) = world.order();
    let url = guest.caller.pay(&order_id, SECURE).is(202).text("action_url");
    (guest, order_id, url)
}

pub(super) fn webhook(world: &World) {
    let _stopped = world.without("check-payment"); // it settles the payment as well
    let (guest, order_id, url) = secure_order(world);
    world.provider.authenticate(&url, "succeed");
    guest.caller.wait_for_status(&order_id, "paid");
}

pub(super) fn late_webhook(world: &World) {
    let _stopped = world.without("check-payment"); // it settles the payment as well
    let (guest, order_id, url) = secure_order(world);
    expire_now(world, &guest.user_id, &order_id);
    world.provider.authenticate(&url, "succeed");
    guest.caller.wait_for_status(&order_id, "paid");
}

pub(super) fn late_check(world: &World) {
    let (guest, order_id, url) = secure_order(world);
    expire_now(world, &guest.user_id, &order_id);
    let _stopped = world.without("stripe-webhook"); // it settles the payment as well
    world.provider.authenticate(&url, "succeed");
    check_payment(world, &guest, &order_id);
    assert_eq!(guest.caller.order_detail(&order_id).text("status"), "paid");
}

pub(super) fn refund(world: &World) {
    let (guest, order_id) = world.paid_order(1);
    guest.caller.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
    let message = json!({"type": "refund_order", "user_id": guest.user_id, "order_id": order_id, "refund": 0});
    world.deliver("refund-order", &message);
    guest.caller.wait_for_status(&order_id, "refunded");
}
