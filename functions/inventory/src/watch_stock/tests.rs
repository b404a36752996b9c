use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use souk_domain::stock::Cause;
use souk_runtime::queues::DeadLetters;
use souk_runtime::stream::handle_batch;
use souk_store::{LedgerEntry, SpreadOutcome, StockSpread, Table};
use souk_testkit::{FakeAws, SeededRandom, user};

use super::*;
use crate::fixture::Fixture;

/// A bus that accepts all events while it is up.
fn bus() -> (FakeAws, Arc<AtomicBool>) {
    let up = Arc::new(AtomicBool::new(true));
    let is_up = Arc::clone(&up);
    let bus = FakeAws::start(move |_, _| {
        if is_up.load(Ordering::SeqCst) {
            (200, json!({"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}))
        } else {
            (400, json!({"__type": "AccessDeniedException"}))
        }
    });
    (bus, up)
}

/// Kind, count and id of all published events.
fn published(bus: &FakeAws) -> Vec<(String, u64, String)> {
    let calls = bus.calls();
    let entries = calls.iter().flat_map(|(_, request)| request["Entries"].as_array().expect("entries"));
    let read = |entry: &Value| {
        let detail: Value = serde_json::from_str(entry["Detail"].as_str().expect("a text")).expect("JSON");
        let id = detail["event_id"].as_str().expect("an id").to_owned();
        let kind = entry["DetailType"].as_str().expect("a type").to_owned();
        (kind, detail["available"].as_u64().expect("a number"), id)
    };
    entries.map(read).collect()
}

fn kinds(bus: &FakeAws) -> Vec<(String, u64)> {
    published(bus).into_iter().map(|(kind, available, _)| (kind, available)).collect()
}

impl Fixture {
    /// Shard, before, after of every change in the history, oldest first.
    async fn history(&self, name: &str) -> Vec<(String, u32, u32)> {
        let page = self.inventory.history(&name.parse().expect("an id"), None, 100).await.expect("read");
        let changes = page.changes.into_iter().rev();
        changes.map(|change| (change.of_shard.as_str().to_owned(), change.before, change.after)).collect()
    }

    fn by_an_order(version: u64) -> Cause {
        let id = "0190a5a0-0000-7000-8000-000000000007";
        Cause::Order { order_id: id.parse().expect("id"), user_id: id.parse().expect("id"), version }
    }
}

#[tokio::test]
async fn every_change_is_in_the_history_once_and_history_items_are_not() {
    let shop = Fixture::start().await;
    let (bus, _) = bus();
    let watcher = shop.watch_stock(&bus);
    shop.count("a", 20).await;
    let first = shop.stream_changes("a").await;
    shop.set_available("a", 18, Some(Fixture::by_an_order(1))).await;
    let second = shop.stream_changes("a").await;
    for changes in [&first, &second, &second] {
        assert!(watcher.handle(changes).await.is_empty());
    }
    let expected = [("local#0".to_owned(), 0, 20), ("local#0".to_owned(), 20, 18)];
    assert_eq!(shop.history("a").await, expected);
    let own = shop.stream_changes("a").await;
    assert!(own.len() >= 2, "the history is in the stream as well");
    assert!(watcher.handle(&own).await.is_empty());
    assert_eq!(shop.history("a").await, expected);
    assert!(bus.calls().is_empty(), "plenty all the time");
}

#[tokio::test]
async fn events_report_low_stock_sold_out_and_back_in_stock() {
    let shop = Fixture::start().await;
    let (bus, _) = bus();
    let watcher = shop.watch_stock(&bus);
    shop.count("a", 9).await;
    for (version, available) in (1..).zip([9, 6, 5, 2, 0, 3, 0, 50]) {
        shop.set_available("a", available, Some(Fixture::by_an_order(version))).await;
        let changes = shop.stream_changes("a").await;
        for _ in 0..2 {
            assert!(watcher.handle(&changes).await.is_empty());
        }
    }
    let expected = [("low", 5), ("out", 0), ("back", 3), ("out", 0), ("back", 50)];
    assert_eq!(kinds(&bus), expected.map(|(kind, available)| (format!("stock.{kind}.v1"), available)));
}

#[tokio::test]
async fn a_first_count_publishes_no_event_but_later_changes_do() {
    let shop = Fixture::start().await;
    let (bus, _) = bus();
    let watcher = shop.watch_stock(&bus);
    for available in [3, 20, 0] {
        shop.count("a", available).await;
        assert!(watcher.handle(&shop.stream_changes("a").await).await.is_empty());
    }
    assert_eq!(kinds(&bus), [("stock.out.v1".to_owned(), 0)]);
}

#[tokio::test]
async fn moves_between_shards_are_in_the_history_and_publish_no_event() {
    let shop = Fixture::start().await;
    let (bus, _) = bus();
    let watcher = shop.watch_stock(&bus);
    shop.product("a").await;
    shop.count("a", 9).await;
    assert!(watcher.handle(&shop.stream_changes("a").await).await.is_empty());
    let spread = StockSpread { inventory: shop.inventory.clone(), products: shop.context().products };
    for (shards, moved) in [(3, 3), (1, 3)] {
        let before = shop.history("a").await.len();
        let entry = LedgerEntry::new("spread", user(9), Timestamp::from_millis(0), None, &SeededRandom::new(shards));
        let done = spread.spread(&"a".parse().expect("id"), u32::try_from(shards).expect("few"), &entry).await;
        assert_eq!(done.expect("spread"), SpreadOutcome::Spread { available: 9 });
        assert!(watcher.handle(&shop.stream_changes("a").await).await.is_empty());
        assert_eq!(shop.history("a").await.len(), before + moved);
    }
    assert!(bus.calls().is_empty());
}

#[tokio::test]
async fn while_the_bus_is_down_the_history_is_written_and_the_event_follows_with_the_same_id() {
    let shop = Fixture::start().await;
    let (bus, up) = bus();
    let watcher = shop.watch_stock(&bus);
    shop.count("a", 9).await;
    assert!(watcher.handle(&shop.stream_changes("a").await).await.is_empty());
    shop.set_available("a", 4, Some(Fixture::by_an_order(1))).await;
    let changes = shop.stream_changes("a").await;
    up.store(false, Ordering::SeqCst);
    let failures = watcher.handle(&changes).await;
    assert_eq!(failures.iter().map(|failure| failure.permanent).collect::<Vec<_>>(), [false]);
    assert_eq!(shop.history("a").await.len(), 2);
    up.store(true, Ordering::SeqCst);
    assert!(watcher.handle(&changes).await.is_empty());
    let ids: Vec<_> = published(&bus).into_iter().map(|(kind, _, id)| (kind, id)).collect();
    assert!(ids.len() >= 2 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[tokio::test]
async fn a_poison_record_blocks_no_other() {
    let shop = Fixture::start().await;
    let (bus, _) = bus();
    shop.count("a", 20).await;
    let mut changes = vec![
        shop.record("a", "local#1", &json!({}), &json!({"available": {"S": "many"}})),
        shop.record("a b", "local#0", &json!({}), &json!({"available": {"N": "1"}})),
        shop.record("a", "~entry", &json!({}), &json!({"available": {"S": "no shard"}})),
    ];
    changes.extend(shop.stream_changes("a").await);
    let failures = shop.watch_stock(&bus).handle(&changes).await;
    let failed: Vec<_> = failures.iter().map(|f| (f.sequence_number.as_str(), f.permanent)).collect();
    assert_eq!(failed, [("1", true), ("2", true)]);
    assert_eq!(shop.history("a").await, [("local#0".to_owned(), 0, 20)]);
}

#[tokio::test]
async fn without_the_store_all_records_but_the_poison_record_are_retried() {
    let shop = Fixture::start().await;
    let (bus, _) = bus();
    shop.count("a", 20).await;
    let mut changes = vec![shop.record("a", "local#1", &json!({}), &json!({"available": {"S": "many"}}))];
    changes.extend(shop.stream_changes("a").await);
    let down = FakeAws::start(|_, _| (400, json!({"__type": "ThrottlingException", "message": "slow down"})));
    let client = aws_sdk_dynamodb::Client::new(&down.sdk_config());
    let table = Table::new(client, "inventory", Arc::new(SeededRandom::new(1)));
    let watcher = WatchStock { inventory: Inventory::new(table, "local"), ..shop.watch_stock(&bus) };
    let failures = watcher.handle(&changes).await;
    let permanent: Vec<_> = failures.iter().map(|failure| failure.permanent).collect();
    assert_eq!((permanent[0], permanent.len()), (true, changes.len()));
    assert!(permanent[1..].iter().all(|permanent| !permanent), "{failures:?}");
}

#[tokio::test]
async fn the_sample_event_is_understood() {
    let shop = Fixture::start().await;
    let (bus, _) = bus();
    let letters = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&letters);
    let queue = FakeAws::start(move |_, _| {
        *counted.lock().expect("a lock") += 1;
        (200, json!({"MessageId": "m"}))
    });
    let event = serde_json::from_str(include_str!("../../../../events/watch-stock.json")).expect("an event");
    let dead_letters = DeadLetters::new(&queue.sdk_config(), "http://queue");
    let response = handle_batch("test", &shop.watch_stock(&bus), &dead_letters, event).await;
    assert_eq!(serde_json::to_value(response).expect("JSON"), json!({"batchItemFailures": []}));
    assert_eq!(*letters.lock().expect("a lock"), 0);
    assert_eq!(shop.history("1399").await, [("us-east-1#0".to_owned(), 20, 18)]);
}
