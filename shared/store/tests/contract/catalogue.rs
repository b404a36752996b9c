use aws_sdk_dynamodb::types::AttributeValue as Stored;
use souk_domain::catalog::{AttributeValue, CategoryPath, Product};
use souk_store::SaveOutcome;
use souk_testkit::Database;

use crate::{Stores, sku};

pub(crate) fn product(id: &str, version: i64) -> Product {
    let attributes = [
        ("Ink type".to_owned(), AttributeValue::Text("Dye-based ink".to_owned())),
        ("Height".to_owned(), AttributeValue::Number("114.30".to_owned())),
        ("Refillable".to_owned(), AttributeValue::Flag(false)),
    ];
    Product {
        name: "HP 80 Original Cyan".to_owned(),
        brand: Some("HP".to_owned()),
        category: CategoryPath::from_names(&["Printing", "Ink cartridges"]).expect("a path"),
        attributes: attributes.into(),
        price_minor: 12_595,
        ean: vec!["0882780756328".to_owned()],
        released: Some("2006-07-01".to_owned()),
        version,
        ..souk_testkit::product(id)
    }
}

#[tokio::test]
async fn products_read_back_as_they_were_written() {
    for database in Database::each().await {
        let products = Stores::on(&database).products;
        let product = product("1399", 5);
        assert_eq!(products.get(&product.product_id).await.expect("read"), None);
        assert_eq!(products.put(&product, None).await.expect("written"), SaveOutcome::Saved);
        assert_eq!(
            products.get(&product.product_id).await.expect("read"),
            Some(product),
            "{}",
            database.implementation
        );
    }
}

#[tokio::test]
async fn a_product_is_only_replaced_on_top_of_what_was_read() {
    for database in Database::each().await {
        let products = Stores::on(&database).products;
        assert_eq!(products.put(&product("1", 5), None).await.expect("written"), SaveOutcome::Saved);
        assert_eq!(products.put(&product("1", 6), None).await.expect("refused"), SaveOutcome::VersionConflict);
        assert_eq!(products.put(&product("1", 6), Some(4)).await.expect("refused"), SaveOutcome::VersionConflict);
        assert_eq!(products.put(&product("1", 6), Some(5)).await.expect("written"), SaveOutcome::Saved);
    }
}

#[tokio::test]
async fn a_product_is_deleted_once() {
    for database in Database::each().await {
        let products = Stores::on(&database).products;
        let product = product("1399", 5);
        assert_eq!(products.put(&product, None).await.expect("written"), SaveOutcome::Saved);
        assert_eq!(products.delete(&product.product_id).await.expect("deleted"), Some(product.clone()));
        assert_eq!(products.delete(&product.product_id).await.expect("gone"), None);
        assert_eq!(products.get(&product.product_id).await.expect("read"), None, "{}", database.implementation);
    }
}

#[tokio::test]
async fn many_products_are_read_at_once() {
    for database in Database::each().await {
        let products = Stores::on(&database).products;
        let ids: Vec<_> = (0..130).map(|n| format!("sku-{n:03}")).collect();
        for id in ids.iter().take(120) {
            let _ = products.put(&product(id, 1), None).await.expect("written");
        }
        let wanted: Vec<_> = ids.iter().map(|id| sku(id)).collect();
        let found = products.get_many(wanted.iter().chain(&wanted), true).await.expect("read");
        assert_eq!(found.len(), 120, "{}", database.implementation);
        assert!(products.get_many(&[], true).await.expect("nothing").is_empty());
    }
}

#[tokio::test]
async fn a_category_lists_its_products_page_by_page() {
    for database in Database::each().await {
        let products = Stores::on(&database).products;
        for id in ["c", "a", "b"] {
            let _ = products.put(&product(id, 1), None).await.expect("written");
        }
        let category = "printing.ink-cartridges".parse().expect("a category");
        let first = products.ids_in_category(&category, None, 2).await.expect("read");
        assert_eq!(first, [sku("a"), sku("b")], "{}", database.implementation);
        let rest = products.ids_in_category(&category, first.last(), 2).await.expect("read");
        assert_eq!(rest, [sku("c")]);
    }
}

#[tokio::test]
async fn categories_are_added_once() {
    for database in Database::each().await {
        let categories = Stores::on(&database).categories;
        let path = CategoryPath::from_names(&["Printing", "Ink cartridges"]).expect("a path");
        for category in path.categories().iter().chain(path.categories()) {
            categories.ensure(category).await.expect("ensured");
        }
        assert_eq!(categories.all().await.expect("read"), path.categories(), "{}", database.implementation);
        // Only a write would bring it back.
        let category = path.categories().last().expect("a category");
        let delete = database.client.delete_item().table_name(database.table("categories"));
        let delete = delete.key("tree_id", Stored::S("catalogue".to_owned()));
        let delete = delete.key("category_id", Stored::S(category.category_id.to_string()));
        delete.send().await.expect("deleted");
        categories.ensure(category).await.expect("ensured");
        assert_eq!(categories.all().await.expect("read").len(), 1, "the same process does not write it again");
        Stores::on(&database).categories.ensure(category).await.expect("ensured");
        assert_eq!(categories.all().await.expect("read").len(), 2, "another process does");
    }
}
