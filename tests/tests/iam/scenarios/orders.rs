//! Orders: cancellations, returns, refunds, links, expiry and erasure.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use souk_e2e::{Caller, Json, SOON_SECONDS, eventually, shipment};

use crate::world::World;

fn cancelled(owner: &Caller, order_id: &str) -> Json {
    owner.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200)
}

pub(super) fn cancel(world: &World) {
    let (guest, order_id) = world.order();
    cancelled(&guest.caller, &order_id);
}

pub(super) fn cancel_linked(world: &World) {
    let (account, order_id) = world.account_with_order_of_a_guest();
    cancelled(&account.caller, &order_id);
}

pub(super) fn read(world: &World) {
    let (_, order_id) = world.paid_order(1);
    let path = format!("/admin/orders/{order_id}");
    eventually(SOON_SECONDS, "staff can read the order", || {
        let answer = world.shop.staff().get(&path);
        (answer.status != 404).then(|| answer.is(200))
    });
    let page = world.shop.staff().get("/admin/orders?status=paid&sort=newest").is(200);
    assert!(page.texts("orders", "order_id").contains(&order_id), "{page}");
}

pub(super) fn staff_cancel(world: &World) {
    let (_, order_id) = world.paid_order(1);
    world.shop.order_action(&order_id, "cancel", "").is(200);
}

/// A free order is restocked at once, because no refund restocks it.
pub(super) fn staff_cancel_free(world: &World) {
    let (guest, product) = (world.shop.guest(), world.shop.product("0.00", 3));
    let order_id = guest.order(&product, 1);
    guest.post_with_key(&format!("/orders/{order_id}/pay"), r#"{"payment_method": "store_credit"}"#).is(200);
    world.shop.order_action(&order_id, "cancel", "").is(200);
    assert_eq!(world.shop.available(&product), 3);
}

pub(super) fn deliver(world: &World) {
    let (_, order_id) = world.paid_order(1);
    world.shop.order_action(&order_id, "ship", shipment()).is(200);
    world.shop.order_action(&order_id, "deliver", "").is(200);
}

pub(super) fn returns(world: &World) {
    let (account, order_id) = (world.account(), world.delivered_order_of(world.account(), 2));
    let request = || account.caller.request_return(&order_id, world.product(), 1).is(201).text("return_id");
    let first = request();
    let listed = world.shop.staff().get("/admin/returns?limit=100").is(200);
    assert!(listed.texts("returns", "order_id").contains(&order_id), "{listed}");
    let decide = |id: &str, how: &str, body: serde_json::Value| {
        world.shop.order_action(&order_id, &format!("returns/{id}/{how}"), body).is(200);
    };
    decide(&first, "reject", json!({"reason": "it was worn"}));
    decide(&request(), "accept", json!({"refund_to": "store_credit"}));
}

/// With nothing left to refund, the units are restocked at once.
pub(super) fn return_refunded(world: &World) {
    let (guest, order_id) = world.delivered_order(1);
    guest.caller.request_return(&order_id, world.product(), 1).is(201);
    let body = json!({"amount": 12.5, "refund_to": "original", "reason": "late"});
    world.shop.order_action(&order_id, "refunds", body).is(201);
    guest.caller.wait_for_status(&order_id, "refunded");
    world.shop.order_action(&order_id, "returns/1/accept", json!({"refund_to": "original"})).is(200);
}

pub(super) fn return_linked(world: &World) {
    let (account, order_id) = world.account_with_order_of_a_guest();
    account.caller.pay(&order_id, &world.shop.success).is(200);
    world.shop.order_action(&order_id, "ship", shipment()).is(200);
    world.shop.order_action(&order_id, "deliver", "").is(200);
    account.caller.request_return(&order_id, world.product(), 1).is(201);
}

pub(super) fn refund(world: &World) {
    let (_, order_id) = world.delivered_order(1);
    let body = json!({"amount": 1.5, "refund_to": "original", "reason": "late"});
    world.shop.order_action(&order_id, "refunds", body).is(201);
}

pub(super) fn approve_refund(world: &World) {
    let order_id = world.delivered_order_of(world.account(), 10);
    let body = json!({"amount": 75, "refund_to": "store_credit", "reason": "lost"});
    let path = format!("/admin/orders/{order_id}/refunds");
    let asked = world.shop.staff().call("POST", &path).header("idempotency-key", &order_id).json(&body);
    let first = asked.send().is(202).text("refund_request_id");
    assert_eq!(asked.send().is(202).text("refund_request_id"), first);
    let other = world.shop.staff_with(&["refunds"]);
    assert_eq!(other.get(&format!("/admin/refund-requests/{first}")).is(200).text("amount"), "75.00");
    other.post(&format!("/admin/refund-requests/{first}/approval"), json!({"amount": 75})).is(201);
}

pub(super) fn retry_refund(world: &World) {
    let account = &world.account().caller;
    let order_id = account.order(world.product(), 1);
    account.pay(&order_id, "pm_card_refundFail").is(200);
    cancelled(account, &order_id);
    eventually(SOON_SECONDS, "the refund fails", || {
        (account.order_detail(&order_id).text("refunds.0.status") == "failed").then_some(())
    });
    world.shop.order_action(&order_id, "refunds/1/retry", json!({"refund_to": "store_credit"})).is(200);
}

pub(super) fn link(world: &World) {
    let (guest, order_id) = world.order();
    let token = guest.caller.post(&format!("/orders/{order_id}/link"), "{}").is(201).text("token");
    assert_eq!(world.shop.anyone().get(&format!("/order-links/{token}")).is(200).text("order_id"), order_id);
}

pub(super) fn link_linked(world: &World) {
    let (account, order_id) = world.account_with_order_of_a_guest();
    account.caller.post(&format!("/orders/{order_id}/link"), "{}").is(201);
}

pub(super) fn expire(world: &World) {
    let (guest, order_id) = world.order();
    expire_now(world, &guest.user_id, &order_id);
    assert_eq!(guest.caller.order_detail(&order_id).text("status"), "expired");
}

/// Ends the hold of an order and delivers the message about it.
pub(super) fn expire_now(world: &World, user_id: &str, order_id: &str) {
    world.end_hold(user_id, order_id);
    world.deliver("expire-order", &json!({"type": "expire_order", "user_id": user_id, "order_id": order_id}));
}

pub(super) fn erase(world: &World) {
    let (guest, order_id) = world.order();
    guest.caller.add(world.product(), 1);
    // Just requested: it is repeated when no token works any more.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() * 1_000;
    let message = json!({"type": "erase_orders", "user_id": guest.user_id, "guest_ids": [], "requested_at": now});
    world.deliver("erase-orders", &message);
    let (_, item) = world.order_item(&guest.user_id, &order_id);
    assert_eq!(item["status"]["S"], "cancelled", "{item}");
    assert!(guest.caller.get("/cart").is(200).list("items").is_empty());
}
