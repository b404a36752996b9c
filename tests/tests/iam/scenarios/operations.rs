//! The outbox, dead letters, reconciliation, the search index.

use serde_json::json;
use souk_e2e::{Json, unique_word};

use crate::custom_resource;
use crate::world::World;

/// The change by which an order was placed, for a consumer of the orders stream.
fn placed(world: &World, function: &str) {
    let (guest, order_id) = world.order();
    let (keys, item) = world.order_item(&guest.user_id, &order_id);
    world.change(function, &world.table("reconcile", "ORDERS_TABLE"), &keys, [None, Some(&item)]);
}

fn poison(world: &World, function: &str) {
    let id = unique_word();
    let keys = json!({"user_id": {"S": id}, "order_id": {"S": id}});
    world.change(function, &world.table("reconcile", "ORDERS_TABLE"), &keys, [None, Some(&keys)]);
}

pub(super) fn dispatch(world: &World) {
    placed(world, "dispatch");
}

pub(super) fn dispatch_poison(world: &World) {
    poison(world, "dispatch");
}

pub(super) fn publish(world: &World) {
    placed(world, "publish-events");
}

pub(super) fn publish_poison(world: &World) {
    poison(world, "publish-events");
}

fn queue(report: &Json, name: &str) -> Json {
    let mut queues = report.list("queues").into_iter();
    queues.find(|queue| queue.text("queue") == name).unwrap_or_else(|| panic!("no queue {name} in {report}"))
}

pub(super) fn redrive(world: &World) {
    let (guest, order_id) = world.paid_order(1);
    guest.caller.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
    let of_order = |kind: &str| json!({"type": kind, "user_id": guest.user_id, "order_id": order_id});
    let (mut payment, mut refund) = (of_order("check_payment"), of_order("refund_order"));
    (payment["attempt"], refund["refund"]) = (0.into(), 0.into());
    let letters = [
        ("order", of_order("expire_order")),
        ("payment", payment),
        ("refund", refund),
        ("import", world.object_created("uploads/missing.jsonl")),
        ("mail", json!({"template": "password_changed", "email": world.account().email})),
        ("erasure", json!({"type": "erase_orders", "user_id": world.shop.guest_session().user_id, "guest_ids": []})),
    ];
    for (name, letter) in &letters {
        let url = world.shop.queue_url(&format!("{name}-dead-letters"));
        let sent = json!({"QueueUrl": url, "MessageBody": letter.to_string()});
        world.shop.action("sqs", "AmazonSQS.SendMessage", &sent);
    }
    world.shop.invoke("redrive", &json!({"action": "list"}));
    let report = world.shop.invoke("redrive", &json!({"action": "redrive"}));
    for (name, _) in letters {
        assert!(queue(&report, name).whole("moved") >= 1, "{name}: {report}");
    }
}

/// Sends a dead letter of a consumer of a stream, and has it processed again.
fn redrive_stream(world: &World, function: &str, table: &str, key: &serde_json::Value) {
    let letter = json!({"type": "set_aside", "function": function, "table": table, "key": key, "sequence_number": "1", "reason": "test"});
    let sent = json!({"QueueUrl": world.shop.queue_url("stream-dead-letters"), "MessageBody": letter.to_string()});
    world.shop.action("sqs", "AmazonSQS.SendMessage", &sent);
    let report = world.shop.invoke("redrive", &json!({"action": "redrive", "queue": "stream"}));
    assert!(queue(&report, "stream").whole("moved") >= 1, "{report}");
}

pub(super) fn redrive_streams(world: &World) {
    let (guest, order_id) = world.order();
    let key = json!({"user_id": guest.user_id, "order_id": order_id});
    let orders = world.table("redrive", "ORDERS_TABLE");
    for function in ["dispatch", "publish-events"] {
        redrive_stream(world, function, &orders, &key);
    }
    let products = world.table("redrive", "PRODUCTS_TABLE");
    redrive_stream(world, "index-products", &products, &json!({"product_id": world.product().id}));
}

/// Products that differ are read again.
pub(super) fn reconcile(world: &World) {
    let product = world.shop.product("1.00", 5);
    world.shop.corrupt_stock(&product, 1);
    let table = world.table("reconcile", "STORE_CREDIT_TABLE");
    let owner = json!({"user_id": {"S": world.shop.guest_session().user_id}});
    let mut credit = owner.clone();
    credit["store_credit_minor"] = json!({"N": "500"});
    world.shop.action("dynamodb", "DynamoDB_20120810.PutItem", &json!({"TableName": table, "Item": credit}));
    let report = world.shop.try_invoke("reconcile", &json!({}));
    world.shop.corrupt_stock(&product, -1);
    world.shop.action("dynamodb", "DynamoDB_20120810.DeleteItem", &json!({"TableName": table, "Key": owner}));
    let report = report.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.text("truncated"), "false", "{report}");
    assert!(report.list("differences").len() >= 2, "{report}");
}

pub(super) fn resend(world: &World) {
    let (guest, order_id) = world.order();
    world.end_hold(&guest.user_id, &order_id);
    let report = world.shop.invoke("reconcile", &json!({"resend": true}));
    assert!(report.whole("resent") >= 1 && report.whole("resend_failures") == 0, "{report}");
}

pub(super) fn prepare_search(world: &World) {
    let stack =
        [("Action", "DescribeStacks"), ("Version", "2010-05-15"), ("StackName", world.shop.stack_name.as_str())];
    let xml = world.shop.query("cloudformation", &stack);
    let (_, rest) = xml.split_once("<OutputKey>SearchDomain</OutputKey>").expect("the stack has a search domain");
    let domain = rest.split("OutputValue>").nth(1).and_then(|rest| rest.strip_suffix("</")).expect("a value");
    custom_resource::make(world, "prepare-search", &json!({"DomainName": domain}));
}

pub(super) fn reindex(world: &World) {
    store_decomposed_product(world);
    let mut composed = 0;
    loop {
        let report = world.shop.invoke("reindex", &json!({"seconds": 20, "ignore_storage": true}));
        assert!(report.at("refused").is_none_or(|reason| reason.raw() == "null"), "{report}");
        composed += report.whole("composed");
        if report.text("done") == "true" {
            break;
        }
    }
    assert!(composed >= 1, "the decomposed product is composed");
}

/// A product in a category, both with a decomposed name, as earlier releases stored them.
fn store_decomposed_product(world: &World) {
    let unique = unique_word();
    let (name, category_id) = (format!("Cafe\u{301} {unique}"), format!("cafe-{unique}"));
    let category = json!({"category_id": {"S": category_id}, "name": {"S": name}});
    let mut of_tree = category.clone();
    of_tree["tree_id"] = json!({"S": "catalogue"});
    let product = json!({
        "product_id": {"S": format!("cafe-{unique}")}, "name": {"S": name}, "price_minor": {"N": "100"},
        "currency": {"S": "USD"}, "version": {"N": "1"}, "attributes": {"M": {}}, "category_id": {"S": category_id},
        "category": {"L": [{"M": category}]},
    });
    for (variable, item) in [("CATEGORIES_TABLE", of_tree), ("PRODUCTS_TABLE", product)] {
        let put = json!({"TableName": world.table("reindex", variable), "Item": item});
        world.shop.action("dynamodb", "DynamoDB_20120810.PutItem", &put);
    }
}

pub(super) fn compare_index(world: &World) {
    world.shop.invoke("compare-index", &json!({"seconds": 20, "next": null}));
}
