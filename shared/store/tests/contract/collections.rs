use souk_domain::catalog::CategoryPath;
use souk_domain::collection::{Collection, CollectionRule, MAX_COLLECTIONS};
use souk_store::CollectionOutcome;
use souk_testkit::Database;

use crate::Stores;

fn collection(id: &str, name: &str, version: i64) -> Collection {
    let rule = CollectionRule {
        category_id: Some("printing".parse().expect("an id")),
        brands: vec!["HP".to_owned()],
        attributes: [("Colour".to_owned(), vec!["Cyan".to_owned(), "Black".to_owned()])].into(),
        min_price_minor: Some(100),
        max_price_minor: Some(9_999),
        released_within_days: Some(30),
        on_sale: true,
    };
    Collection { collection_id: id.parse().expect("an id"), name: name.to_owned(), rule, version }
}

#[tokio::test]
async fn collections_read_back_sorted_and_apart_from_the_categories() {
    for database in Database::each().await {
        let Stores { collections, categories, .. } = Stores::on(&database);
        assert!(collections.all().await.expect("read").is_empty());
        let path = CategoryPath::from_names(&["Printing"]).expect("a path");
        let filed = [Ok(path.clone())];
        assert_eq!(categories.file(&[path]).await.expect("written"), filed);
        let (sale, new) = (collection("sale", "Sale", 1), collection("new", "New", 1));
        let created = CollectionOutcome::Saved { before: None };
        for collection in [&sale, &new] {
            assert_eq!(collections.put(collection, None).await.expect("written"), created);
        }
        let both = [new, sale];
        assert_eq!(collections.all().await.expect("read"), both, "{}", database.implementation);
        assert_eq!(collections.latest().await.expect("read"), both);
        let tree = categories.recent_tree().await.expect("read");
        assert_eq!(tree.records().map(|record| record.category_id.as_str()).collect::<Vec<_>>(), ["printing"]);
    }
}

#[tokio::test]
async fn a_collection_is_only_replaced_by_who_saw_it_and_deleted_once() {
    for database in Database::each().await {
        let collections = Stores::on(&database).collections;
        let (first, second) = (collection("sale", "Sale", 1), collection("sale", "Winter sale", 2));
        assert_eq!(collections.put(&second, Some(1)).await.expect("asked"), CollectionOutcome::VersionConflict);
        let created = CollectionOutcome::Saved { before: None };
        assert_eq!(collections.put(&first, None).await.expect("written"), created);
        assert_eq!(collections.put(&second, None).await.expect("asked"), CollectionOutcome::VersionConflict);
        let replaced = CollectionOutcome::Saved { before: Some(Box::new(first.clone())) };
        assert_eq!(collections.put(&second, Some(1)).await.expect("written"), replaced);
        assert_eq!(collections.put(&first, Some(1)).await.expect("asked"), CollectionOutcome::VersionConflict);
        assert_eq!(collections.delete(&second.collection_id).await.expect("deleted"), Some(second.clone()));
        assert_eq!(collections.delete(&second.collection_id).await.expect("gone"), None);
        assert!(collections.all().await.expect("read").is_empty(), "{}", database.implementation);
    }
}

#[tokio::test]
async fn the_number_of_collections_is_bounded_but_each_can_be_replaced() {
    for database in Database::each().await {
        let collections = Stores::on(&database).collections;
        for number in 0..MAX_COLLECTIONS {
            let created = collections.put(&collection(&format!("c{number}"), "Many", 1), None).await;
            assert_eq!(created.expect("written"), CollectionOutcome::Saved { before: None });
        }
        let one_more = collection("one-more", "One more", 1);
        assert_eq!(collections.put(&one_more, None).await.expect("asked"), CollectionOutcome::TooMany);
        let replaced = collections.put(&collection("c0", "Renamed", 2), Some(1)).await.expect("written");
        assert!(matches!(replaced, CollectionOutcome::Saved { before: Some(_) }), "{}", database.implementation);
    }
}
