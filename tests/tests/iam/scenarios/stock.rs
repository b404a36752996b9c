//! Stock.

use serde_json::json;
use souk_e2e::{Product, SOON_SECONDS, eventually, unique_word};

use crate::world::World;

pub(super) fn levels(World { shop, .. }: &World) {
    let word = unique_word();
    let product = Product { id: format!("test-{word}"), word };
    shop.put_product(&product, "1.00");
    let path = format!("/admin/inventory/{}", product.id);
    let adjust = |delta: i64| {
        let body = json!({"delta": delta, "reason": "test"});
        shop.staff()
            .call("POST", &format!("{path}/adjustments"))
            .header("idempotency-key", &unique_word())
            .json(body)
            .send()
    };
    adjust(3).is(200);
    let count = shop.staff().call("PUT", &path).header("idempotency-key", &unique_word());
    count.json(json!({"available": 12})).send().is(200);
    for shards in [7, 2, 5, 1] {
        shop.staff().put(&format!("{path}/shards"), json!({"shards": shards})).is(200);
    }
    adjust(-2).is(200);
    assert_eq!(shop.available(&product), 10);
    eventually(SOON_SECONDS, "the history is complete", || {
        let history = shop.staff().get(&format!("{path}/history?limit=100")).is(200);
        let sum: i64 = history.list("changes").iter().map(|change| change.whole("delta")).sum();
        (sum == 10).then_some(())
    });
}

pub(super) fn watch(world: &World) {
    let table = world.table("watch-stock", "INVENTORY_TABLE");
    let product = world.shop.product("1.00", 3);
    let keys = json!({"product_id": {"S": product.id}, "shard": {"S": "us-east-1#0"}});
    let image = |available: &str| {
        let mut image = keys.clone();
        image["available"] = json!({"N": available});
        image
    };
    world.change("watch-stock", &table, &keys, [Some(&image("20")), Some(&image("3"))]);
}

pub(super) fn watch_poison(world: &World) {
    let table = world.table("watch-stock", "INVENTORY_TABLE");
    world.change("watch-stock", &table, &json!({"other": {"S": unique_word()}}), [None, None]);
}
