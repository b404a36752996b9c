//! Rebuilds the index during writes, and asserts that it is equal to the table.

use souk_domain::catalog::{AttributeValue, CategoryPath, Product};
use souk_runtime::stream::ChangeHandler as _;
use souk_search::SearchQuery;
use souk_store::SaveOutcome;
use souk_testkit::{Fault, Proxy};

use super::*;
use crate::compare_index::{CompareIndex, Comparison, Position};
use crate::fixture::{Fixture, HttpServer, TestIndex, change, search_at, sku, unreachable_index};

impl Fixture {
    fn reindex(&self, search: &SearchIndex) -> Reindex {
        Reindex {
            search: search.clone(),
            products: self.products.clone(),
            inventory: self.inventory.clone(),
            categories: self.categories.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            segments: 4,
        }
    }

    fn compare(&self, search: &SearchIndex) -> CompareIndex {
        CompareIndex {
            search: search.clone(),
            products: self.products.clone(),
            inventory: self.inventory.clone(),
            categories: self.categories.clone(),
            clock: self.clock.clone(),
        }
    }

    /// A time after the end of any run, because the clock does not advance.
    fn later(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now().as_millis() + 1)
    }

    async fn import_many(&self, numbers: std::ops::Range<u32>, name: &str) {
        let line = |n| format!(r#"{{"sku": "p-{n}", "name": "{name} {n}", "price": 1, "available": 3}}"#);
        self.import(&numbers.map(line).collect::<Vec<_>>().join("\n")).await;
    }
}

/// A category path as an earlier release stored it: ids and names, outermost first.
fn stored_path(steps: &[(&str, &str)]) -> CategoryPath {
    let parents = std::iter::once(None).chain(steps.iter().map(|(id, _)| Some(id)));
    let steps = steps.iter().zip(parents);
    let steps: Vec<_> = steps
        .map(|((id, name), parent)| {
            let mut step = serde_json::json!({ "category_id": id, "name": name });
            if let Some(parent) = parent {
                step["parent_id"] = serde_json::json!(parent);
            }
            step
        })
        .collect();
    serde_json::from_value(steps.into()).expect("a path")
}

/// A product with decomposed texts, in decomposed categories.
fn decomposed(id: &str) -> Product {
    let text = |text: &str| AttributeValue::Text(text.to_owned());
    Product {
        name: "Cafe\u{301} table".to_owned(),
        brand: Some("Citroe\u{308}n".to_owned()),
        category: stored_path(&[("mo-bel", "Mo\u{308}bel"), ("mo-bel.tische", "Tische")]),
        attributes: [("Gro\u{308}\u{df}e".to_owned(), text("U\u{308}bergro\u{308}\u{df}e"))].into(),
        ..souk_testkit::product(id)
    }
}

impl Fixture {
    /// Stores a product and its categories as they are.
    async fn store(&self, product: &Product) {
        assert_eq!(self.products.put(product, None).await.expect("written"), SaveOutcome::Saved);
        for category in product.category.categories() {
            self.store_category(category).await;
        }
    }

    /// The ids and names of the categories that exist.
    async fn present_categories(&self) -> Vec<String> {
        let tree = self.categories.recent_tree().await.expect("read");
        tree.categories().map(|category| format!("{} {}", category.category_id, category.name)).collect()
    }
}

#[tokio::test]
async fn decomposed_products_and_categories_become_one_with_their_composed_twins() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    let twin = r#"{"sku": "nfc", "name": "Café table", "brand": "Citroën", "price": 1,
        "category": ["Möbel", "Tische"], "attributes": {"Größe": "Übergröße"}}"#;
    shop.import(twin).await;
    shop.store(&decomposed("nfd")).await;
    // Its id is the same for both names.
    let kelvin = Product { category: stored_path(&[("k", "\u{212a}")]), ..souk_testkit::product("kelvin") };
    shop.store(&kelvin).await;
    assert_eq!(shop.present_categories().await.len(), 5);

    let report = shop.reindex(&scratch.index).run(shop.later()).await.expect("done");
    assert_eq!((report.done, report.composed, report.written), (true, 2, 3));
    let stored = shop.products.get(&sku("nfd")).await.expect("read").expect("a product");
    let (twin, old) = (shop.products.get(&sku("nfc")).await.expect("read").expect("a product"), decomposed("nfd"));
    assert_eq!((&stored.name, &stored.brand), (&twin.name, &twin.brand));
    let tree = shop.categories.tree().await.expect("read");
    assert_eq!(tree.current(&stored.category), twin.category, "its id leads to the merged category");
    assert_eq!(stored.category.categories()[0].name, "Möbel");
    assert_eq!(stored.attributes, twin.attributes);
    assert!(stored.version > old.version);
    assert_eq!((stored.price_minor, stored.stock_shards), (old.price_minor, old.stock_shards));
    assert_eq!(shop.present_categories().await, ["k K", "mu00f6bel Möbel", "mu00f6bel.tische Tische"]);

    let both = ["nfc".to_owned(), "nfd".to_owned()];
    let all = SearchQuery::default;
    let category_id = Some("mu00f6bel.tische".parse().expect("an id"));
    let attributes = vec![("Größe".to_owned(), "Übergröße".to_owned())];
    for query in [
        SearchQuery { text: Some("café".to_owned()), ..all() },
        SearchQuery { brand: vec!["Citroën".to_owned()], ..all() },
        SearchQuery { attributes, ..all() },
        SearchQuery { category_id, ..all() },
    ] {
        assert_eq!(scratch.find(&query).await, both, "{query:?}");
    }
    assert_eq!(compared(&shop, &scratch).await, same(3));

    let again = shop.reindex(&scratch.index).run(shop.later()).await.expect("done");
    assert_eq!((again.composed, again.written), (0, 3));
    scratch.remove().await;
}

#[tokio::test]
async fn a_decomposed_category_is_renamed_under_its_id() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.store(&decomposed("nfd")).await;
    // This name would have the id of the decomposed one.
    shop.import(r#"{"sku": "mo", "name": "n", "price": 1, "category": ["Mo bel", "Tische"]}"#).await;
    let report = shop.reindex(&scratch.index).run(shop.later()).await.expect("done");
    assert_eq!((report.done, report.composed), (true, 1));
    let expected = ["mo-bel Möbel", "mo-bel-2 Mo bel", "mo-bel-2.tische Tische", "mo-bel.tische Tische"];
    assert_eq!(shop.present_categories().await, expected);
    let category_id = Some("mo-bel.tische".parse().expect("an id"));
    assert_eq!(scratch.find(&SearchQuery { category_id, ..SearchQuery::default() }).await, ["nfd"]);
    assert_eq!(compared(&shop, &scratch).await, same(2));
    scratch.remove().await;
}

#[tokio::test]
async fn products_are_composed_beside_running_writes() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    for n in 0..20 {
        shop.store(&decomposed(&format!("p-{n}"))).await;
    }
    let reindex = shop.reindex(&scratch.index);
    let writer = async {
        for n in 0..20 {
            shop.clock.advance_seconds(1);
            shop.import(&format!(r#"{{"sku": "p-{n}", "name": "changed {n}", "price": 7}}"#)).await;
            // Units move between shards: the texts stay decomposed, the version changes.
            let moved = sku(&format!("p-{}", 19 - n));
            let seen = shop.products.get(&moved).await.expect("read").expect("a product");
            let _ = shop.products.touch(&seen, shop.clock.now()).await.expect("touched");
        }
    };
    let far = Timestamp::from_millis(shop.clock.now().as_millis() + 3_600_000);
    let (report, ()) = tokio::join!(reindex.run(far), writer);
    assert!(report.expect("done").done);
    for n in 0..20 {
        let product = shop.products.get(&sku(&format!("p-{n}"))).await.expect("read").expect("a product");
        assert_eq!((product.name, product.price_minor), (format!("changed {n}"), 700), "no write is undone");
    }
    scratch.remove().await;
}

/// The differences that compare-index finds, after a refresh of the index.
async fn compared(shop: &Fixture, scratch: &TestIndex) -> Comparison {
    scratch.index.refresh().await.expect("refreshed");
    let compare = shop.compare(&scratch.index);
    let mut found = compare.run(Position::Table(None), shop.later()).await.expect("compared");
    assert_eq!(found.next.take(), None);
    found
}

fn same(compared: u64) -> Comparison {
    Comparison { compared, ..Comparison::default() }
}

async fn feed(shop: &Fixture, scratch: &TestIndex, product_ids: &[&str]) {
    let changes: Vec<_> = product_ids.iter().map(|product_id| change(product_id)).collect();
    assert_eq!(shop.indexer(&scratch.index).handle(&changes).await.len(), 0);
}

#[tokio::test]
async fn writes_that_come_meanwhile_are_in_the_new_index() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import_many(0..30, "first").await;
    let reindex = shop.reindex(&scratch.index);
    let mut rebuild = scratch.index.rebuild().await.expect("begun");
    let mut problems = Vec::new();
    reindex.copy_pages(&mut rebuild, 3, &mut problems).await.expect("copied");
    let copied = shop.products.page(Segment { number: 0, of: 4 }, None, 3).await.expect("read").products;
    let copied: Vec<_> = copied.iter().map(|product| product.product_id.to_string()).collect();

    // Of the copied products, one changes, one is deleted, one sells out. Another one is new.
    shop.clock.advance_seconds(1);
    shop.import(&format!(r#"{{"sku": "{}", "name": "changed", "price": 2}}"#, copied[0])).await;
    shop.delete(&copied[1]).await;
    shop.count(&copied[2], 0).await;
    shop.import_many(30..31, "new").await;
    feed(&shop, &scratch, &[copied[0].as_str(), &copied[1], &copied[2], "p-30"]).await;
    drop(rebuild); // that run has ended; another one goes on

    let report = reindex.run(shop.later()).await.expect("done");
    assert_eq!((report.done, report.set_aside, report.problems), (true, 0, vec![]));
    assert!(report.written >= 29, "{}", report.written);
    assert_eq!(scratch.index.live_name().await.expect("an index"), report.index);
    assert_eq!(compared(&shop, &scratch).await, same(30));
    let query = SearchQuery { text: Some("changed".to_owned()), ..SearchQuery::default() };
    assert_eq!(scratch.find(&query).await, [copied[0].as_str()]);

    // A second rebuild replaces that index, and writes go to the new one.
    let again = reindex.run(shop.later()).await.expect("done");
    assert_ne!(again.index, report.index);
    shop.clock.advance_seconds(1);
    shop.import_many(5..6, "after").await;
    feed(&shop, &scratch, &["p-5"]).await;
    assert_eq!(scratch.names().await, [again.index]);
    let found = compared(&shop, &scratch).await;
    assert!(found.missing.is_empty() && found.different.is_empty() && found.surplus.is_empty(), "{found:?}");
    scratch.remove().await;
}

#[tokio::test]
async fn no_write_is_lost_during_the_scan_and_the_swap() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import_many(0..40, "first").await;
    let (reindex, indexer) = (shop.reindex(&scratch.index), shop.indexer(&scratch.index));
    let writer = async {
        for n in 0..60 {
            let name = format!("p-{}", n * 7 % 45); // some are new
            shop.clock.advance_seconds(1);
            shop.import(&format!(r#"{{"sku": "{name}", "name": "round {n}", "price": 2}}"#)).await;
            assert_eq!(indexer.handle(&[change(&name)]).await.len(), 0);
        }
    };
    let rebuilds = async {
        for _ in 0..3 {
            let mut rebuild = scratch.index.rebuild().await.expect("begun");
            while !rebuild.progress.is_complete() {
                reindex.copy_pages(&mut rebuild, 2, &mut Vec::new()).await.expect("copied");
            }
            rebuild.finish().await.expect("swapped");
        }
    };
    tokio::join!(writer, rebuilds);
    let found = compared(&shop, &scratch).await;
    assert!(found.missing.is_empty() && found.different.is_empty() && found.surplus.is_empty(), "{found:?}");
    scratch.remove().await;
}

#[tokio::test]
async fn a_run_that_breaks_off_is_gone_on_with() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import_many(0..20, "first").await;
    let proxy = Proxy::to(scratch.url()).await;
    let broken = shop.reindex(&scratch.through(&proxy));
    let mut rebuild = scratch.through(&proxy).rebuild().await.expect("begun");
    let mut problems = Vec::new();
    broken.copy_pages(&mut rebuild, 2, &mut problems).await.expect("copied");
    for fault in [Fault::Cut, Fault::Status(429), Fault::Refuse] {
        proxy.set(fault);
        let failed = broken.copy_pages(&mut rebuild, 2, &mut problems).await.expect_err("broken");
        assert!(matches!(failed, ReindexError::Search(SearchError::Unavailable(_))), "{fault:?} {failed}");
    }
    let resumed = scratch.index.rebuild().await.expect("found");
    assert_eq!((resumed.name(), resumed.progress.written), (rebuild.name(), 8));
    let report = shop.reindex(&scratch.index).run(shop.later()).await.expect("done");
    assert_eq!((report.done, report.written), (true, 20));
    assert_eq!(compared(&shop, &scratch).await, same(20));
    scratch.remove().await;
}

#[tokio::test]
async fn a_run_without_time_changes_nothing() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import_many(0..3, "first").await;
    let report = shop.reindex(&scratch.index).run(shop.clock.now()).await.expect("ended");
    assert_eq!((report.done, report.written), (false, 0));
    assert_ne!(scratch.index.live_name().await.expect("an index"), report.index);
    scratch.remove().await;
}

#[tokio::test]
async fn products_that_cannot_be_indexed_are_set_aside() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import_many(0..3, "first").await;
    shop.corrupt_product("broken").await;
    let report = shop.reindex(&scratch.index).run(shop.later()).await.expect("done");
    assert_eq!((report.done, report.written, report.set_aside), (true, 3, 1));
    assert_eq!(report.problems[0].product_id, "broken");
    let found = compared(&shop, &scratch).await;
    assert_eq!((found.compared, found.missing.len(), found.different.len()), (4, 1, 0), "{found:?}");
    scratch.remove().await;
}

#[tokio::test]
async fn differences_are_reported() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import_many(0..4, "first").await;
    feed(&shop, &scratch, &["p-0", "p-1", "p-2", "p-3"]).await;
    assert_eq!(compared(&shop, &scratch).await, same(4));
    shop.import(r#"{"sku": "p-0", "name": "renamed", "price": 1}"#).await;
    shop.count("p-1", 0).await;
    shop.delete("p-2").await;
    shop.import_many(4..5, "new").await;
    let found = compared(&shop, &scratch).await;
    let ids = |ids: &std::collections::BTreeSet<souk_domain::ids::ProductId>| {
        ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        (ids(&found.missing), ids(&found.different), ids(&found.surplus)),
        ("p-4".into(), "p-0 p-1".into(), "p-2".into())
    );
    assert_eq!(found.compared, 4);
    scratch.remove().await;
}

#[tokio::test]
async fn without_search_nothing_is_compared_or_filled() {
    let shop = Fixture::start().await;
    shop.import_many(0..3, "first").await;
    assert!(shop.reindex(&unreachable_index()).run(shop.later()).await.is_err());
    assert!(shop.compare(&unreachable_index()).run(Position::Table(None), shop.later()).await.is_err());
}

#[test]
fn commands_and_positions_are_read() {
    let now = Timestamp::from_millis(1_000);
    let until = |text| serde_json::from_str::<ReindexCommand>(text).expect("a command").until(now).as_millis();
    assert_eq!((until("{}"), until(r#"{"seconds": 20}"#), until(r#"{"seconds": 99999}"#)), (841_000, 21_000, 841_000));
    assert_eq!(until(include_str!("../../../../events/reindex.json")), 601_000);
    let order =
        |text| serde_json::from_str::<crate::compare_index::CompareIndexCommand>(text).expect("a command").read(now);
    assert_eq!(order(include_str!("../../../../events/compare-index.json")).0, Position::Table(None));
    let next = order(r#"{"next": {"index": "a"}}"#).0;
    assert_eq!(next, Position::Index(Some("a".parse().expect("an id"))));
    assert_eq!(serde_json::to_string(&next).expect("JSON"), r#"{"index":"a"}"#);
}

fn node(free_bytes: u64) -> NodeStorage {
    NodeStorage { node: "n1".to_owned(), total_bytes: 10 << 30, free_bytes, index_bytes: 3 << 30 }
}

#[test]
fn a_second_index_needs_its_size_and_the_reserve_of_the_node() {
    assert_eq!(missing_storage(&node(5 << 30)), None);
    let refused = missing_storage(&node((5 << 30) - (200 << 20))).expect("refused");
    assert!(refused.contains("n1 has 4920 MiB free and needs 5119 MiB"), "{refused}");
    // Of a large disk, 20 GiB are reserved, not a fifth.
    let large = NodeStorage { total_bytes: 1000 << 30, ..node(23 << 30) };
    assert_eq!(missing_storage(&large), None);
}

#[tokio::test]
async fn a_red_cluster_is_left_alone() {
    let shop = Fixture::start().await;
    let search = HttpServer::start(serde_json::json!({ "status": "red" })).await;
    let reindex = shop.reindex(&search_at(&search.url));
    let response = reindex.handle(ReindexCommand::default(), shop.later()).await.expect("answered");
    let ReindexResponse::Refused { done: false, refused } = response else { panic!("{response:?}") };
    assert!(refused.contains("red"), "{refused}");
    assert_eq!(search.bodies().len(), 1);

    // A shard that is lost for good keeps the cluster red until another index replaces the damaged one.
    let anyway: ReindexCommand =
        serde_json::from_value(serde_json::json!({ "ignore_health": true, "ignore_storage": true }))
            .expect("a command");
    let outcome = reindex.handle(anyway, shop.later()).await;
    assert!(!matches!(outcome, Ok(ReindexResponse::Refused { .. })), "{outcome:?}");
    assert!(search.bodies().len() > 1, "it goes on to the indexes");
}
