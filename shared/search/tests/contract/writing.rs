//! Writes to the index, in any order.

use souk_domain::ids::ProductId;
use souk_search::{IndexOperation, Indexed, IndexedProduct, SearchQuery};

use crate::fixture::{Scratch, product};

fn named(name: &str, version: i64) -> IndexOperation {
    let mut indexed: IndexedProduct = product("sku-1", name, "Hama", ["Cables", "Patch cables"], 500);
    indexed.product.version = version;
    IndexOperation::Put(Box::new(indexed))
}

fn delete(version: i64) -> IndexOperation {
    IndexOperation::Delete { product_id: sku(), version }
}

fn sku() -> ProductId {
    "sku-1".parse().expect("id")
}

#[tokio::test]
async fn creating_the_index_is_idempotent_and_concurrent() {
    let Some(scratch) = Scratch::new() else { return };
    let (one, two) = tokio::join!(scratch.index.ensure_index(), scratch.index.ensure_index());
    one.expect("made");
    two.expect("made");
    scratch.index.ensure_index().await.expect("there");
    let aliases = reqwest::get(format!("{}/_alias/{}", scratch.url, scratch.alias)).await.expect("asked");
    assert!(aliases.status().is_success(), "{}", aliases.status());
    let found = scratch.search(&SearchQuery::default()).await;
    assert_eq!((found.total, found.product_ids.len()), (0, 0));
    scratch.remove().await;
}

#[tokio::test]
async fn writing_makes_the_index_behind_its_alias() {
    let Some(scratch) = Scratch::new() else { return };
    assert_eq!(scratch.index.bulk(&[named("patch", 1)]).await.expect("written"), [Indexed::Done]);
    let aliases = reqwest::get(format!("{}/_alias/{}", scratch.url, scratch.alias)).await.expect("asked");
    let aliases = aliases.text().await.expect("answered");
    assert!(aliases.contains(&format!("{}-v4", scratch.alias)), "{aliases}");
    scratch.remove().await;
}

#[tokio::test]
async fn the_later_version_wins() {
    let Some(scratch) = Scratch::new() else { return };
    let write = async |operations: &[IndexOperation]| {
        let outcomes = scratch.index.bulk(operations).await.expect("written");
        scratch.index.refresh().await.expect("refreshed");
        outcomes
    };
    assert_eq!(write(&[named("second", 2), named("first", 1)]).await, [Indexed::Done, Indexed::Superseded]);
    assert_eq!(scratch.find("second").await, ["sku-1"]);
    assert_eq!(scratch.find("first").await, [""; 0]);
    // a replay
    assert_eq!(write(&[named("second", 2)]).await, [Indexed::Done]);
    assert_eq!(write(&[delete(1)]).await, [Indexed::Superseded]);
    assert_eq!(write(&[delete(3)]).await, [Indexed::Done]);
    assert_eq!(scratch.find("second").await, [""; 0]);
    // late, after the delete
    assert_eq!(write(&[named("second", 2)]).await, [Indexed::Superseded]);
    assert_eq!(scratch.find("second").await, [""; 0]);
    assert_eq!(write(&[delete(3)]).await, [Indexed::Done]);
    assert_eq!(write(&[named("again", 4)]).await, [Indexed::Done]);
    assert_eq!(scratch.find("again").await, ["sku-1"]);
    scratch.remove().await;
}

#[tokio::test]
async fn a_delete_before_its_product_holds() {
    let Some(scratch) = Scratch::new() else { return };
    let outcomes = scratch.index.bulk(&[delete(9), named("late", 8)]).await.expect("written");
    assert_eq!(outcomes, [Indexed::Done, Indexed::Superseded]);
    scratch.remove().await;
}

#[tokio::test]
async fn odd_documents_are_taken() {
    let Some(scratch) = Scratch::new() else { return };
    let mut odd = product("sku-1", &"x".repeat(300), "B", ["Cables", "Patch cables"], i64::MAX);
    odd.product.released = Some("31 February".to_owned());
    odd.product.description = Some("ü".repeat(5_000));
    odd.product.ean = vec!["0".to_owned()];
    let value = souk_domain::catalog::AttributeValue::Text("😀".repeat(500));
    odd.product.attributes = (0..100).map(|n| (format!("{n:03}{}", "😀".repeat(497)), value.clone())).collect();
    let many = vec![IndexOperation::Put(Box::new(odd)); 12];
    // Each has about 600 KB, so that they do not fit into one request.
    let outcomes = scratch.index.bulk(&many).await.expect("written");
    assert_eq!(outcomes, vec![Indexed::Done; 12]);
    scratch.remove().await;
}

#[tokio::test]
async fn nothing_to_write_is_nothing_done() {
    let Some(scratch) = Scratch::new() else { return };
    assert_eq!(scratch.index.bulk(&[]).await.expect("nothing"), []);
}
