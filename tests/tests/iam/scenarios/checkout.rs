//! Carts, and orders as shoppers see them.

use serde_json::json;
use souk_e2e::{checkout, unique_word};

use crate::world::World;

pub(super) fn cart(world: &World) {
    let (guest, product) = (world.shop.guest(), world.product());
    guest.add(&world.shop.product("1.00", 5), 1);
    guest.add(product, 1);
    let path = format!("/cart/items/{}", product.id);
    guest.patch(&path, json!({"quantity": 2})).is(200);
    assert_eq!(guest.get("/cart").is(200).text("total_amount"), "26.00");
    guest.delete(&path).is(200);
    guest.add(product, 1);
    guest.delete("/cart").is(200);
}

pub(super) fn guest_order(world: &World) {
    let guest = world.guest_with_cart().caller;
    let key = unique_word();
    let place = || guest.call("POST", "/orders").header("idempotency-key", &key).json(checkout()).send().is(201);
    let order_id = place().text("order_id");
    assert_eq!(place().text("order_id"), order_id);
    assert_eq!(guest.get("/orders").is(200).texts("orders", "order_id"), [order_id.as_str()]);
    guest.order_detail(&order_id);
}

/// While staff move units between shards, a transaction reads all of them before an order is refused.
pub(super) fn order_during_spread(world: &World) {
    let (guest, product) = (world.shop.guest(), world.shop.product("1.00", 1));
    let update = json!({
        "TableName": world.table("place-order", "INVENTORY_TABLE"),
        "Key": {"product_id": {"S": product.id}, "shard": {"S": "us-east-1#0"}},
        "UpdateExpression": "SET moved_by = :mover, shards = :shards",
        "ExpressionAttributeValues": {":mover": {"S": "nobody"}, ":shards": {"N": "2"}},
    });
    world.shop.action("dynamodb", "DynamoDB_20120810.UpdateItem", &update);
    guest.add(&product, 1);
    world.shop.shopper().order(&product, 1);
    guest.try_place().is_problem(409, "insufficient_stock");
}

/// The contact of an account whose address is pending is that address.
pub(super) fn pending_order(world: &World) {
    let pending = world.shop.register();
    pending.caller.add(world.product(), 1);
    let body = json!({"payment_method": "paypal", "shipping_address": "1 Main St"});
    let order_id = pending.caller.post_with_key("/orders", body).is(201).text("order_id");
    assert_eq!(pending.caller.order_detail(&order_id).text("contact.email"), pending.email);
}

pub(super) fn account_order(world: &World) {
    let account = &world.account().caller;
    account.add(world.product(), 1);
    let body = json!({"payment_method": "paypal", "shipping_address": "1 Main St"});
    let order_id = account.post_with_key("/orders", body).is(201).text("order_id");
    account.get("/orders").is(200);
    account.order_detail(&order_id);
}

pub(super) fn linked_order(world: &World) {
    let (account, order_id) = world.account_with_order_of_a_guest();
    account.caller.order_detail(&order_id);
    assert_eq!(account.caller.get("/orders").is(200).texts("orders", "order_id"), [order_id]);
}
