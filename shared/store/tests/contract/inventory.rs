use std::sync::Arc;

use souk_domain::cart::RequestMark;
use souk_domain::stock::total;
use souk_domain::time::Timestamp;
use souk_store::{LedgerEntry, MAX_AVAILABLE, StockChange};
use souk_testkit::{Database, user};

use crate::{Stores, sku};

fn entry(id: &str) -> LedgerEntry {
    let at = Timestamp::from_millis(1_795_503_420_000);
    LedgerEntry { reason: "received".to_owned(), changed_by: Some(user(9)), at, entry_id: id.to_owned(), request: None }
}

fn keyed(key: &str, fingerprint: &str) -> LedgerEntry {
    let request = RequestMark { key: key.to_owned(), fingerprint: fingerprint.to_owned() };
    LedgerEntry { request: Some(request), ..entry(key) }
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
        assert_eq!(change(-1, "e0").await, StockChange::TooFew { available: 0 });
        assert_eq!(change(5, "e1").await, StockChange::Done { available: 5 });
        assert_eq!(change(-2, "e2").await, StockChange::Done { available: 3 });
        assert_eq!(change(-4, "e3").await, StockChange::TooFew { available: 3 });
        let most = i64::from(MAX_AVAILABLE);
        assert_eq!(change(most - 2, "e3").await, StockChange::TooMany { available: 3 });
        let counted = inventory.count(&product, 20, &entry("e4")).await.expect("counted");
        assert_eq!(counted, StockChange::Done { available: 20 });
        let emptied = inventory.count(&product, 0, &entry("e5")).await.expect("counted");
        assert_eq!(emptied, StockChange::Done { available: 0 });
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
            assert_eq!(change, StockChange::Done { available: 5 });
        }
        let change = inventory.adjust(&product, 6, &keyed("k1", "f2")).await.expect("answered");
        assert_eq!(change, StockChange::KeyReused, "{}", database.implementation);
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
            assert!(matches!(task.await.expect("ran").expect("adjusted"), StockChange::Done { .. }));
        }
        assert_eq!(total(&inventory.counts(&sku("1")).await.expect("read")), 15, "{}", database.implementation);
    }
}
