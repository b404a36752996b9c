//! Fixture for the tests of this service: its stores on one in-process DynamoDB, and the inventory's stream.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use souk_domain::effects::Clock;
use souk_domain::stock::Cause;
use souk_fixtures::{Stores, available, count_stock, save_product, stream_change};
use souk_runtime::bus::EventBus;
use souk_runtime::stream::{Change, ChangeHandler};
use souk_store::{Inventory, Products};
use souk_testkit::{Database, FakeAws, FixedClock, SeededRandom, product, sku};

pub(crate) use souk_fixtures::outcome;

use crate::InventoryContext;
use crate::watch_stock::WatchStock;

pub(crate) struct Fixture {
    database: Database,
    /// The items of the last stream records, by sort key.
    streamed: Mutex<HashMap<String, Value>>,
    records: AtomicU32,
    clock: Arc<FixedClock>,
    random: Arc<SeededRandom>,
    products: Products,
    pub(crate) inventory: Inventory,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let Stores { products, inventory, .. } = Stores::on(&database, random.clone());
        Self {
            products,
            inventory,
            clock: Arc::new(FixedClock::new()),
            random,
            streamed: Mutex::default(),
            records: AtomicU32::new(0),
            database,
        }
    }

    pub(crate) fn context(&self) -> InventoryContext {
        InventoryContext {
            inventory: self.inventory.clone(),
            products: self.products.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
        }
    }

    /// A product without stock.
    pub(crate) async fn product(&self, name: &str) {
        save_product(&self.products, product(name)).await;
    }

    pub(crate) async fn count(&self, name: &str, counted: u32) {
        count_stock(&self.inventory, &sku(name), counted, &*self.clock, &*self.random).await;
    }

    /// How many shards checkouts allocate from.
    pub(crate) async fn stock_shards(&self, name: &str) -> u32 {
        self.products.get(&sku(name)).await.expect("read").expect("a product").stock_shards
    }

    pub(crate) async fn available(&self, name: &str) -> u32 {
        available(&self.inventory, &sku(name)).await
    }
}

/// The inventory stream, for one product.
impl Fixture {
    /// Writes a count with this cause, or without one.
    pub(crate) async fn set_available(&self, name: &str, available: u32, cause: Option<Cause>) {
        let request = self.database.client.update_item().table_name(self.database.table("inventory"));
        let request = request
            .key("product_id", AttributeValue::S(name.to_owned()))
            .key("shard", AttributeValue::S(self.inventory.shard(0).as_str().to_owned()))
            .expression_attribute_values(":n", AttributeValue::N(available.to_string()));
        let request = match cause {
            None => request.update_expression("SET available = :n"),
            Some(cause) => {
                let cause = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(cause).expect("a value");
                let request = request.expression_attribute_values(":cause", cause);
                request.update_expression("SET available = :n, cause = :cause")
            }
        };
        request.send().await.expect("written");
    }

    /// The stream records of a product's items since the last call.
    pub(crate) async fn stream_changes(&self, name: &str) -> Vec<Change> {
        let request = self.database.client.query().table_name(self.database.table("inventory"));
        let request = request
            .key_condition_expression("product_id = :product")
            .expression_attribute_values(":product", AttributeValue::S(name.to_owned()));
        let items = request.send().await.expect("read").items.expect("items");
        let items = items.into_iter().map(|item| {
            let sort_key = item["shard"].as_s().expect("a text").clone();
            let item: HashMap<String, serde_dynamo::AttributeValue> =
                item.into_iter().map(|(name, value)| (name, value.into())).collect();
            (sort_key, json!(serde_dynamo::Item::from(item)))
        });
        let now: HashMap<String, Value> = items.collect();
        let before = std::mem::replace(&mut *self.streamed.lock().expect("a lock"), now.clone());
        let mut sort_keys: Vec<&String> = before.keys().chain(now.keys()).collect();
        sort_keys.sort();
        sort_keys.dedup();
        let image = |items: &HashMap<String, Value>, key: &String| items.get(key).cloned().unwrap_or_else(|| json!({}));
        let changed = sort_keys.into_iter().filter(|key| before.get(*key) != now.get(*key));
        changed.map(|key| self.record(name, key, &image(&before, key), &image(&now, key))).collect()
    }

    /// A stream record with these images.
    pub(crate) fn record(&self, name: &str, sort_key: &str, before: &Value, after: &Value) -> Change {
        stream_change(&json!({
            "ApproximateCreationDateTime": self.clock.now().as_seconds(),
            "Keys": {"product_id": {"S": name}, "shard": {"S": sort_key}},
            "OldImage": before,
            "NewImage": after,
            "SequenceNumber": (self.records.fetch_add(1, Ordering::SeqCst) + 1).to_string(),
            "SizeBytes": 1,
        }))
    }

    /// `watch-stock` with a fake event bus.
    pub(crate) fn watch_stock(&self, bus: &FakeAws) -> WatchStock {
        let client = aws_sdk_eventbridge::Client::new(&bus.sdk_config());
        let bus = EventBus::new(client, "souk", self.random.clone());
        WatchStock { inventory: self.inventory.clone(), bus, low_at: 5 }
    }

    /// Runs `watch-stock` for the changes.
    pub(crate) async fn run_watch_stock(&self, name: &str) {
        let bus = FakeAws::start(|_, _| (200, json!({"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]})));
        let failures = self.watch_stock(&bus).handle(&self.stream_changes(name).await).await;
        assert!(failures.is_empty(), "{failures:?}");
    }
}
