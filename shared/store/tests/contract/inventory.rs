use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::ProductId;
use souk_domain::stock::{Cause, MAX_SHARDS, total};
use souk_domain::time::Timestamp;
use souk_store::{
    AllocationOutcome, HistoryEntry, LedgerEntry, MAX_AVAILABLE, SaveOutcome, SpreadOutcome, StockChangeOutcome,
    StockSpread,
};
use souk_testkit::{Database, user};

use crate::{Stores, sku};

fn entry(id: &str) -> LedgerEntry {
    let at = Timestamp::from_millis(1_795_503_420_000);
    LedgerEntry {
        reason: "received".to_owned(),
        changed_by: Some(user(9)),
        at,
        entry_id: id.to_owned(),
        idempotency_key: None,
    }
}

fn keyed(key: &str, fingerprint: &str) -> LedgerEntry {
    let request = IdempotencyKey { key: key.to_owned(), fingerprint: fingerprint.to_owned() };
    LedgerEntry { idempotency_key: Some(request), ..entry(key) }
}

#[tokio::test]
async fn counts_go_up_and_down_but_never_below_zero() {
    for database in Database::each().await {
        let inventory = Stores::on(&database).inventory;
        let product = sku("1399");
        assert!(inventory.counts(&product).await.expect("read").is_empty());
        let change = |delta, id: &'static str| {
            let (inventory, product) = (inventory.clone(), product.clone());
            async move { inventory.adjust(&product, delta, &entry(id)).await.expect("answered") }
        };
        assert_eq!(change(-1, "e0").await, StockChangeOutcome::InsufficientStock { available: 0 });
        assert_eq!(change(5, "e1").await, StockChangeOutcome::Changed { before: 0, available: 5 });
        assert_eq!(change(-2, "e2").await, StockChangeOutcome::Changed { before: 5, available: 3 });
        assert_eq!(change(-4, "e3").await, StockChangeOutcome::InsufficientStock { available: 3 });
        let most = i64::from(MAX_AVAILABLE);
        assert_eq!(change(most - 2, "e3").await, StockChangeOutcome::AboveMaximum { available: 3 });
        let counted = inventory.count(&product, 20, &entry("e4")).await.expect("counted");
        assert_eq!(counted, StockChangeOutcome::Changed { before: 3, available: 20 });
        let emptied = inventory.count(&product, 0, &entry("e5")).await.expect("counted");
        assert_eq!(emptied, StockChangeOutcome::Changed { before: 20, available: 0 });
        assert_eq!(total(&inventory.counts(&product).await.expect("read")), 0, "{}", database.implementation);
    }
}

#[tokio::test]
async fn a_retried_adjustment_counts_once() {
    for database in Database::each().await {
        let inventory = Stores::on(&database).inventory;
        let product = sku("1399");
        for _ in 0..2 {
            let change = inventory.adjust(&product, 5, &keyed("k1", "f1")).await.expect("adjusted");
            assert_eq!(change, StockChangeOutcome::Changed { before: 0, available: 5 });
        }
        let change = inventory.adjust(&product, 6, &keyed("k1", "f2")).await.expect("answered");
        assert_eq!(change, StockChangeOutcome::KeyReused, "{}", database.implementation);
    }
}

#[tokio::test]
async fn an_import_does_not_overwrite_live_stock() {
    for database in Database::each().await {
        let inventory = Stores::on(&database).inventory;
        let product = sku("1399");
        inventory.count_if_new(&product, 7, &entry("e1")).await.expect("counted");
        inventory.count_if_new(&product, 100, &entry("e2")).await.expect("kept");
        assert_eq!(total(&inventory.counts(&product).await.expect("read")), 7);
        let many = inventory.available_many([(&product, 1), (&sku("none"), 1)], true).await.expect("read");
        assert_eq!(many, [(product, 7)].into(), "{}", database.implementation);
    }
}

#[tokio::test]
async fn concurrent_adjustments_all_count() {
    for database in Database::each().await {
        let inventory = Arc::new(Stores::on(&database).inventory);
        let tasks: Vec<_> = (0..5)
            .map(|n| {
                let inventory = Arc::clone(&inventory);
                tokio::spawn(async move { inventory.adjust(&sku("1"), 3, &entry(&format!("e{n}"))).await })
            })
            .collect();
        for task in tasks {
            assert!(matches!(task.await.expect("ran").expect("adjusted"), StockChangeOutcome::Changed { .. }));
        }
        assert_eq!(total(&inventory.counts(&sku("1")).await.expect("read")), 15, "{}", database.implementation);
    }
}

impl Stores {
    /// A product with this stock in this number of shards.
    async fn spread_product(&self, name: &str, available: u32, shards: u32) -> (StockSpread, ProductId) {
        let product = crate::catalogue::product(name, 1);
        assert_eq!(self.products.put(&product, None).await.expect("written"), SaveOutcome::Saved);
        self.inventory.count(&product.product_id, available, &entry("first")).await.expect("counted");
        let spread = StockSpread { inventory: self.inventory.clone(), products: self.products.clone() };
        let done = spread.spread(&product.product_id, shards, &entry("spread")).await.expect("spread");
        assert_eq!(done, SpreadOutcome::Spread { available });
        (spread, product.product_id)
    }

    async fn levels(&self, product_id: &ProductId) -> Vec<u32> {
        self.inventory.counts(product_id).await.expect("read").iter().map(|count| count.available).collect()
    }
}

#[tokio::test]
async fn stock_is_spread_over_shards_and_gathered_again() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (spread, product) = stores.spread_product("hot", 10, 4).await;
        assert_eq!(stores.levels(&product).await, [3, 3, 2, 2], "{}", database.implementation);
        for (shards, step) in [(MAX_SHARDS, "e1"), (2, "e2"), (1, "e3")] {
            let done = spread.spread(&product, shards, &entry(step)).await.expect("spread");
            assert_eq!(done, SpreadOutcome::Spread { available: 10 }, "{shards} on {}", database.implementation);
            assert_eq!(stores.levels(&product).await.len(), shards as usize);
            let document = stores.products.get(&product).await.expect("read").expect("there");
            assert_eq!(document.stock_shards, shards);
        }
        assert_eq!(stores.levels(&product).await, [10], "{}", database.implementation);
        let unknown = spread.spread(&sku("unknown"), 2, &entry("e4")).await.expect("answered");
        assert_eq!(unknown, SpreadOutcome::ProductNotFound);
    }
}

#[tokio::test]
async fn units_go_where_there_are_fewest_and_come_from_where_there_are_most() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (_, product) = stores.spread_product("hot", 9, 3).await;
        let adjusted = stores.inventory.adjust(&product, 5, &entry("a1")).await.expect("adjusted");
        assert_eq!(
            (adjusted, stores.levels(&product).await),
            (StockChangeOutcome::Changed { before: 9, available: 14 }, vec![5, 5, 4])
        );
        let adjusted = stores.inventory.adjust(&product, -4, &entry("a2")).await.expect("adjusted");
        assert_eq!(
            (adjusted, stores.levels(&product).await),
            (StockChangeOutcome::Changed { before: 14, available: 10 }, vec![3, 3, 4])
        );
        let counted = stores.inventory.count(&product, 30, &entry("c1")).await.expect("counted");
        assert_eq!(
            (counted, stores.levels(&product).await),
            (StockChangeOutcome::Changed { before: 10, available: 30 }, vec![10, 10, 10])
        );
        let counted = stores.inventory.count(&product, 0, &entry("c2")).await.expect("counted");
        let levels = stores.levels(&product).await;
        assert_eq!(
            (counted, levels),
            (StockChangeOutcome::Changed { before: 30, available: 0 }, vec![0; 3]),
            "{}",
            database.implementation
        );
    }
}

#[tokio::test]
async fn all_shards_are_counted_whatever_the_hint_says() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (_, product) = stores.spread_product("hot", 10, 4).await;
        for hint in [0, 1, 3, 4, 9] {
            let many = stores.inventory.available_many([(&product, hint)], true).await.expect("read");
            assert_eq!(many, [(product.clone(), 10)].into(), "{hint} on {}", database.implementation);
        }
    }
}

#[tokio::test]
async fn units_are_allocated_from_one_shard_or_several_or_stock_is_certainly_insufficient() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (_, product) = stores.spread_product("hot", 10, 4).await;
        for (requested, parts) in [(1, 1), (3, 1), (4, 2), (10, 4)] {
            let AllocationOutcome::Allocated(found) =
                stores.inventory.allocate_consistent(&product, requested, 6).await.expect("read")
            else {
                panic!("{requested} units are available: {}", database.implementation);
            };
            let units: u32 = found.iter().map(|part| part.quantity).sum();
            assert_eq!((found.len(), units), (parts, requested), "{}", database.implementation);
        }
        let short = async |id: &ProductId, requested| {
            stores.inventory.allocate_consistent(id, requested, 6).await.expect("read")
        };
        assert_eq!(
            short(&product, 11).await,
            AllocationOutcome::InsufficientStock { available: 10 },
            "{}",
            database.implementation
        );
        assert_eq!(short(&sku("never"), 1).await, AllocationOutcome::InsufficientStock { available: 0 });
    }
}

/// A call that crashed is still the mover. Until another call continues, one transaction reads all shards.
#[tokio::test]
async fn an_interrupted_change_of_shards_is_finished_by_the_next_call() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (spread, product) = stores.spread_product("hot", 10, 4).await;
        let first = stores.inventory.shard(0);
        let key = |request: GetItemFluentBuilder| {
            request.key("product_id", AttributeValue::S(product.to_string())).consistent_read(true)
        };
        let mover = async || {
            let request = key(database.client.get_item().table_name(database.table("inventory")));
            let item =
                request.key("shard", AttributeValue::S(first.as_str().to_owned())).send().await.expect("read").item;
            item.expect("a shard").remove("moved_by")
        };
        assert_eq!(mover().await, None, "{}", database.implementation);
        let request = database.client.update_item().table_name(database.table("inventory"));
        let request = request
            .key("product_id", AttributeValue::S(product.to_string()))
            .key("shard", AttributeValue::S(first.as_str().to_owned()))
            .update_expression("SET moved_by = :crashed, available = :few")
            .expression_attribute_values(":crashed", AttributeValue::S("crashed".to_owned()))
            .expression_attribute_values(":few", AttributeValue::N("0".to_owned()));
        request.send().await.expect("written");
        let short = stores.inventory.allocate_consistent(&product, 8, 0).await.expect("read");
        assert_eq!(short, AllocationOutcome::InsufficientStock { available: 7 }, "{}", database.implementation);

        for id in ["e1", "e2"] {
            let done = spread.spread(&product, 4, &entry(id)).await.expect("spread");
            assert_eq!((done, mover().await), (SpreadOutcome::Spread { available: 7 }, None));
        }
        assert_eq!(stores.levels(&product).await, [2, 2, 2, 1], "{}", database.implementation);
    }
}

/// While all units keep moving, reads of one shard after the other would often miss some of them.
#[tokio::test]
async fn units_that_move_between_shards_are_allocated() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (spread, product) = stores.spread_product("hot", 6, 1).await;
        let looked = AtomicBool::new(false);
        let moving = async {
            let mut rounds = 0;
            while !looked.load(Ordering::SeqCst) {
                let entry = entry(&format!("round-{rounds}"));
                spread.spread(&product, 1 + rounds % 6, &entry).await.expect("spread");
                rounds += 1;
            }
            rounds
        };
        let looking = async {
            for look in 0..100 {
                let found = stores.inventory.allocate_consistent(&product, 6, look).await.expect("read");
                assert!(matches!(found, AllocationOutcome::Allocated(_)), "{found:?} on {}", database.implementation);
            }
            looked.store(true, Ordering::SeqCst);
        };
        let (rounds, ()) = tokio::join!(moving, looking);
        assert!(rounds > 2, "nothing moved");
    }
}

#[tokio::test]
async fn each_write_of_a_count_has_its_cause() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (_, product) = stores.spread_product("hot", 4, 2).await;
        let cause = async |shard: u32| {
            let request = database.client.get_item().table_name(database.table("inventory")).consistent_read(true);
            let request = request.key("product_id", AttributeValue::S(product.to_string()));
            let shard = stores.inventory.shard(shard).as_str().to_owned();
            let item = request.key("shard", AttributeValue::S(shard)).send().await.expect("read").item;
            let cause = item.expect("a shard").remove("cause").expect("a cause");
            serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value::<Cause>(cause).expect("a cause")
        };
        let by = |entry_id: &str| Cause::Entry { entry_id: entry_id.to_owned(), step: 0 };
        assert_eq!((cause(0).await, cause(1).await), (by("spread"), by("spread")));
        stores.inventory.count(&product, 5, &entry("counted")).await.expect("counted");
        assert_eq!(cause(0).await, by("counted"), "{}", database.implementation);
        stores.inventory.adjust(&product, 1, &entry("adjusted")).await.expect("adjusted");
        assert_eq!(cause(1).await, by("adjusted"), "{}", database.implementation);
    }
}

#[tokio::test]
async fn the_history_is_read_newest_first_and_holds_each_change_once() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let (_, product) = stores.spread_product("hot", 4, 2).await;
        let change = |sequence: u32, before, after| HistoryEntry {
            product_id: product.clone(),
            at: Timestamp::from_millis(1_795_503_420_000),
            sequence_number: sequence.to_string(),
            of_shard: stores.inventory.shard(0),
            before,
            after,
            cause: Some(Cause::Entry { entry_id: "counted".to_owned(), step: 0 }),
        };
        let changes: Vec<_> = (0..60).map(|n| change(n + 95, n, n + 1)).collect();
        for _ in 0..2 {
            stores.inventory.record(&changes).await.expect("recorded");
        }
        stores.inventory.record(&[changes[3].clone(), changes[3].clone()]).await.expect("recorded");
        let (mut read, mut cursor) = (Vec::new(), None);
        loop {
            let page = stores.inventory.history(&product, cursor.as_ref(), 25).await.expect("read");
            read.extend(page.changes);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert!(read.iter().eq(changes.iter().rev()), "{}", database.implementation);
        assert_eq!(stores.levels(&product).await, [2, 2], "the history is no shard");
        let entries = stores.inventory.ledger_entries(&product, ["first", "first", "none"]).await.expect("read");
        assert_eq!(entries, [("first".to_owned(), entry("first"))].into());
    }
}
