use aws_sdk_dynamodb::types::AttributeValue as Stored;
use souk_domain::catalog::{AttributeValue, CategoryPath, Product};
use souk_domain::category_tree::{CategoryError, CategoryTree};
use souk_domain::ids::CategoryId;
use souk_store::{Categories, SaveOutcome};
use souk_testkit::Database;

use crate::{Stores, at_once, sku};

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

fn path(names: &[&str]) -> CategoryPath {
    CategoryPath::from_names(names).expect("a path")
}

fn id(raw: &str) -> CategoryId {
    raw.parse().expect("an id")
}

/// The innermost id of a path that was filed.
async fn filed(categories: &Categories, names: &[&str]) -> String {
    let paths = categories.file(&[path(names)]).await.expect("written");
    let path = paths.into_iter().next().expect("one").expect("filed");
    path.leaf().expect("a category").category_id.to_string()
}

/// Ids, each with what became of it.
async fn tree(categories: &Categories) -> Vec<String> {
    let tree = categories.recent_tree().await.expect("read");
    tree.records()
        .map(|record| format!("{} {}", record.category_id, tree.path_to(&record.category_id).categories().len()))
        .collect()
}

#[tokio::test]
async fn categories_are_made_once_and_read_by_others() {
    for database in Database::each().await {
        let (one, other) = (Stores::on(&database).categories, Stores::on(&database).categories);
        assert_eq!(filed(&one, &["Printing", "Ink"]).await, "printing.ink");
        assert_eq!(filed(&other, &["Printing", "Ink"]).await, "printing.ink");
        assert_eq!(filed(&other, &["Printing", "Toner"]).await, "printing.toner");
        assert_eq!(filed(&one, &["Printing", "Toner"]).await, "printing.toner");
        assert_eq!(
            tree(&one).await,
            ["printing 1", "printing.ink 2", "printing.toner 2"],
            "{}",
            database.implementation
        );
        assert_eq!(*one.tree().await.expect("read"), one.recent_tree().await.expect("read"));
        assert_eq!(one.file(&[CategoryPath::default()]).await.expect("nothing"), [Ok(CategoryPath::default())]);
        // More than one transaction takes.
        let many: Vec<_> = (0..150).map(|number| path(&["Printing", &format!("Part {number}")])).collect();
        assert!(one.file(&many).await.expect("written").iter().all(Result::is_ok));
        assert_eq!(tree(&other).await.len(), 153);
    }
}

#[tokio::test]
async fn categories_that_are_made_at_once_are_told_apart() {
    for database in Database::each().await {
        let names = ["C++", "C#", "c", "C++", "C#", "c"];
        let ids = at_once(6, |number| {
            let categories = Stores::on(&database).categories;
            let name = names[number as usize];
            Box::pin(async move { filed(&categories, &["Books", name]).await })
        })
        .await;
        assert_eq!(ids[..3], ids[3..], "{}", database.implementation);
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), 3, "{ids:?}");
        assert_eq!(tree(&Stores::on(&database).categories).await.len(), 4);
    }
}

#[tokio::test]
async fn of_two_moves_that_would_make_a_circle_one_is_refused() {
    for database in Database::each().await {
        let categories = Stores::on(&database).categories;
        let _ = categories.file(&[path(&["A"]), path(&["B"])]).await.expect("written");
        let moved = at_once(2, |number| {
            let categories = Stores::on(&database).categories;
            let (name, into) = if number == 0 { ("a", "b") } else { ("b", "a") };
            Box::pin(async move {
                let rule = |tree: &CategoryTree| tree.put(&id(name), &name.to_uppercase(), Some(&id(into)));
                categories.change(rule).await.expect("decided").map(|_| ())
            })
        })
        .await;
        let refused = moved.iter().filter(|moved| **moved == Err(CategoryError::Circle)).count();
        assert_eq!(refused, 1, "{moved:?} {}", database.implementation);
        let depths = tree(&categories).await;
        assert!(depths == ["a 1", "b 2"] || depths == ["a 2", "b 1"], "{depths:?}");
    }
}

#[tokio::test]
async fn a_change_says_what_was_before_and_a_repetition_changes_nothing() {
    for database in Database::each().await {
        let categories = Stores::on(&database).categories;
        let _ = categories.file(&[path(&["A"]), path(&["B"])]).await.expect("written");
        let rule = |tree: &CategoryTree| tree.merge(&id("a"), &id("b"));
        let change = categories.change(rule).await.expect("written").expect("merged");
        assert_eq!(change.before.path_to(&id("a")), path(&["A"]));
        assert_eq!(change.after.path_to(&id("a")), path(&["B"]));
        assert_eq!(*change.after, categories.recent_tree().await.expect("read"), "{}", database.implementation);
        let again = categories.change(rule).await.expect("read").expect("merged before");
        assert_eq!(again.before, again.after);
        assert_eq!(filed(&categories, &["A"]).await, "b");
    }
}

#[tokio::test]
async fn categories_of_the_first_release_are_known() {
    for database in Database::each().await {
        let categories = Stores::on(&database).categories;
        let _ = categories.tree().await.expect("read, so that the process knows an empty tree");
        let put = database.client.put_item().table_name(database.table("categories"));
        let put = put.item("tree_id", Stored::S("catalogue".to_owned()));
        let put = put.item("category_id", Stored::S("books.c".to_owned())).item("name", Stored::S("C++".to_owned()));
        let _ = put.item("parent_id", Stored::S("books".to_owned())).send().await.expect("written");
        let put = database.client.put_item().table_name(database.table("categories"));
        let put = put.item("tree_id", Stored::S("catalogue".to_owned()));
        let put = put.item("category_id", Stored::S("books".to_owned())).item("name", Stored::S("Books".to_owned()));
        let _ = put.send().await.expect("written");
        assert_eq!(filed(&categories, &["Books", "C++"]).await, "books.c", "{}", database.implementation);
        assert_eq!(filed(&categories, &["Books", "C#"]).await, "books.c-sharp");
    }
}
