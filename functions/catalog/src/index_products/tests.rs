use souk_runtime::queues::DeadLetters;
use souk_runtime::stream::handle_batch;
use souk_search::SearchQuery;
use souk_testkit::sdk_config;

use super::*;
use crate::fixture::{Fixture, TestIndex, change, sku, unreachable_index};

impl Fixture {
    pub(crate) fn indexer(&self, search: &SearchIndex) -> IndexProducts {
        IndexProducts {
            search: search.clone(),
            products: self.products.clone(),
            cache: self.cached_products(),
            inventory: self.inventory.clone(),
            categories: self.categories.clone(),
            clock: self.clock.clone(),
        }
    }
}

/// Feeds records of these products and returns those that failed.
async fn feed(indexer: &IndexProducts, product_ids: &[&str]) -> Vec<String> {
    let changes: Vec<_> = product_ids.iter().map(|product_id| change(product_id)).collect();
    let failures = indexer.handle(&changes).await;
    failures.into_iter().map(|failure| failure.sequence_number).collect()
}

#[tokio::test]
async fn changed_products_are_found_and_deleted_ones_are_not() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    let indexer = shop.indexer(&scratch.index);
    shop.import(
        "{\"sku\": \"1\", \"name\": \"Cyan ink\", \"price\": 1, \"available\": 4}\n{\"sku\": \"2\", \"name\": \"Red ink\", \"price\": 1}",
    )
    .await;
    assert_eq!(feed(&indexer, &["1", "2", "1", "gone"]).await, [""; 0]);
    assert_eq!(scratch.find(&SearchQuery::default()).await, ["1", "2"]);
    let in_stock = SearchQuery { in_stock: Some(true), ..SearchQuery::default() };
    assert_eq!(scratch.find(&in_stock).await, ["1"]);

    // A replay changes nothing; a zero crossing and a deletion do.
    assert_eq!(feed(&indexer, &["1", "2"]).await, [""; 0]);
    shop.clock.advance_seconds(1);
    shop.count("1", 0).await;
    shop.count("2", 3).await;
    assert_eq!(feed(&indexer, &["1", "2"]).await, [""; 0]);
    assert_eq!(scratch.find(&in_stock).await, ["2"]);
    shop.clock.advance_seconds(1);
    shop.delete("2").await;
    assert_eq!(feed(&indexer, &["2"]).await, [""; 0]);
    assert_eq!(scratch.find(&SearchQuery::default()).await, ["1"]);
    scratch.remove().await;
}

#[tokio::test]
async fn a_batch_that_read_earlier_does_not_undo_one_that_read_later() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import(r#"{"sku": "1", "name": "Cyan ink", "price": 1, "available": 4}"#).await;
    let late = IndexedProduct {
        product: Product {
            version: shop.clock.now().as_millis(),
            ..shop.products.get(&sku("1")).await.expect("read").expect("a product")
        },
        in_stock: true,
    };
    shop.clock.advance_seconds(1);
    shop.count("1", 0).await;
    assert_eq!(feed(&shop.indexer(&scratch.index), &["1"]).await, [""; 0]);
    let outcome = scratch.index.bulk(&[IndexOperation::Put(Box::new(late))]).await.expect("answered");
    assert_eq!(outcome, [Indexed::Superseded]);
    scratch.remove().await;
}

#[tokio::test]
async fn products_follow_their_category() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    let indexer = shop.indexer(&scratch.index);
    shop.import("{\"sku\": \"1\", \"name\": \"n\", \"price\": 1, \"category\": [\"Printing\", \"Ink\"]}\n{\"sku\": \"2\", \"name\": \"n\", \"price\": 1, \"category\": [\"Office\"]}").await;
    assert_eq!(feed(&indexer, &["1", "2"]).await, [""; 0]);
    let id = |raw: &str| raw.parse::<CategoryId>().expect("an id");
    let within = |raw: &str| SearchQuery { category_id: Some(id(raw)), ..SearchQuery::default() };
    let named = |text: &str| SearchQuery { text: Some(text.to_owned()), ..SearchQuery::default() };
    let changed = async |name: &str| {
        shop.clock.advance_seconds(1);
        assert!(indexer.handle(&[Fixture::category_change(name)]).await.is_empty());
    };

    let change = shop.categories.change(|tree| tree.put(&id("printing"), "Paper", Some(&id("office")))).await;
    change.expect("written").expect("moved");
    changed("printing").await;
    assert_eq!(scratch.find(&within("office")).await, ["1", "2"]);
    assert_eq!(scratch.find(&named("paper")).await, ["1"]);

    let change = shop.categories.change(|tree| tree.merge(&id("printing.ink"), &id("office"))).await;
    change.expect("written").expect("merged");
    changed("printing.ink").await;
    assert_eq!(scratch.find(&within("printing")).await, [""; 0]);
    assert_eq!(scratch.find(&within("office")).await, ["1", "2"]);
    // A change of the product afterwards does not bring its old category back.
    shop.clock.advance_seconds(1);
    assert_eq!(feed(&indexer, &["1"]).await, [""; 0]);
    assert_eq!(scratch.find(&within("printing")).await, [""; 0]);
    let counts = scratch.index.category_counts().await.expect("counted");
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [(id("office"), 2)]);
    scratch.remove().await;
}

#[tokio::test]
async fn without_search_a_change_of_a_category_is_retried() {
    let shop = Fixture::start().await;
    shop.import(r#"{"sku": "1", "name": "Cyan ink", "price": 1, "category": ["Printing"]}"#).await;
    let changes = ["printing", "unknown"].map(Fixture::category_change);
    let failures = shop.indexer(&unreachable_index()).handle(&changes).await;
    let again: Vec<_> = failures.iter().map(|f| (f.sequence_number.as_str(), f.permanent)).collect();
    assert_eq!(again, [("printing", false)]);
}

#[tokio::test]
async fn a_damaged_record_or_product_fails_alone() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import(r#"{"sku": "1", "name": "Cyan ink", "price": 1}"#).await;
    shop.corrupt_product("2").await;
    let changes: Vec<_> = ["no id", "2", "1"].iter().map(|name| change(name)).collect();
    let failures = shop.indexer(&scratch.index).handle(&changes).await;
    let set_aside: Vec<_> = failures.iter().map(|f| (f.sequence_number.as_str(), f.permanent)).collect();
    assert_eq!(set_aside, [("no id", true), ("2", true)]);
    assert_eq!(scratch.find(&SearchQuery::default()).await, ["1"]);
    scratch.remove().await;
}

#[tokio::test]
async fn without_search_every_record_is_retried() {
    let shop = Fixture::start().await;
    shop.import(r#"{"sku": "1", "name": "Cyan ink", "price": 1}"#).await;
    let changes: Vec<_> = ["1", "gone", "1"].iter().map(|name| change(name)).collect();
    let failures = shop.indexer(&unreachable_index()).handle(&changes).await;
    let again: Vec<_> = failures.iter().map(|f| (f.sequence_number.as_str(), f.permanent)).collect();
    assert_eq!(again, [("1", false), ("gone", false), ("1", false)]);
}

#[tokio::test]
async fn the_sample_event_is_understood() {
    let shop = Fixture::start().await;
    let event = include_str!("../../../../events/index-products.json");
    let event = serde_json::from_str(event).expect("an event");
    let dead_letters = DeadLetters::new(&sdk_config("http://127.0.0.1:1"), "nobody asks it");
    let response = handle_batch("test", &shop.indexer(&unreachable_index()), &dead_letters, event).await;
    let response = serde_json::to_value(response).expect("JSON");
    assert_eq!(response["batchItemFailures"][0]["itemIdentifier"], "000000000000000000001");
}
