//! Staff rename, move, merge and delete categories, and thousands of products follow.

use std::time::{Duration, Instant};

use serde_json::json;
use souk_e2e::{Json, SOON_SECONDS, Shop, concurrently, eventually, unique_word};

/// How many products move. `SOUK_MOVED_PRODUCTS=10000` for the figure in docs/search.md; fewer by default, because the
/// import of ten thousand takes longer than the rest of this file.
const MOVED: usize = 2_000;
/// The most lines of one import.
const IMPORT_LINES: usize = 1_000;
/// How soon all products are in their new place. Wide: other tests run on the same machine.
const FOLLOW_SECONDS: u64 = 60;

/// How many products a list has. A filter by price makes the answer at most two seconds old.
fn total(shop: &'static Shop, category_id: &str) -> i64 {
    let query = format!("/products?category_id={category_id}&min_price=0&limit=1&facets=false");
    shop.anyone().get(&query).is(200).whole("total")
}

/// Imports products into a path of categories, a thousand at a time.
fn import(shop: &'static Shop, prefix: &str, count: usize, category: &[&str]) {
    let category = json!(category);
    let line = |number: usize| {
        format!(r#"{{"sku": "{prefix}-{number}", "name": "Crate {prefix}", "price": 1, "category": {category}}}"#)
    };
    let numbers: Vec<_> = (0..count).collect();
    let parts: Vec<_> = numbers.chunks(IMPORT_LINES).collect();
    for imported in concurrently(parts.len().min(4), |thread| {
        let mut mine = parts.iter().skip(thread).step_by(parts.len().min(4));
        let import = |part: &&[usize]| {
            let lines = part.iter().copied().map(line).collect::<Vec<_>>().join("\n");
            let answer = shop.staff().call("POST", "/admin/imports").body("application/x-ndjson", lines).send();
            usize::try_from(answer.is(200).whole("imported")).expect("a count") == part.len()
        };
        mine.all(import)
    }) {
        assert!(imported, "lines were rejected");
    }
}

/// Waits until a category has so many products, and returns how long that took.
fn until(shop: &'static Shop, category_id: &str, count: usize, seconds: u64) -> Duration {
    let started = Instant::now();
    let count = i64::try_from(count).expect("a count");
    eventually(seconds, &format!("{category_id} has {count} products"), || {
        (total(shop, category_id) == count).then_some(())
    });
    started.elapsed()
}

fn put(shop: &'static Shop, category_id: &str, name: &str, parent_id: Option<&str>) -> u16 {
    let body = json!({"name": name, "parent_id": parent_id});
    shop.staff().put(&format!("/admin/categories/{category_id}"), body).status
}

/// The node of a category in the tree, also if it is not a department.
fn node(nodes: &[Json], category_id: &str) -> Option<Json> {
    nodes.iter().find_map(|category| {
        let found = category.text("id") == category_id;
        if found { Some(category.clone()) } else { node(&category.list("children"), category_id) }
    })
}

#[test]
fn thousands_of_products_follow_their_category_within_seconds() {
    let shop = Shop::open();
    let moved = std::env::var("SOUK_MOVED_PRODUCTS").ok().and_then(|count| count.parse().ok()).unwrap_or(MOVED);
    let word = unique_word();
    let [hall, attic] = ["hall", "attic"].map(|name| format!("{name}-{word}"));
    let shelf = format!("{hall}.shelf");
    let path = [format!("Z hall {word}"), "Shelf".to_owned()];
    let path = [path[0].as_str(), path[1].as_str()];
    assert_eq!((put(shop, &hall, path[0], None), put(shop, &attic, &format!("Z attic {word}"), None)), (201, 201));
    let started = Instant::now();
    import(shop, &word, moved, &path);
    let imported = started.elapsed();
    let indexed = until(shop, &hall, moved, SOON_SECONDS);

    assert_eq!(put(shop, &shelf, "Shelf", Some(&attic)), 200);
    let followed = until(shop, &attic, moved, FOLLOW_SECONDS);
    assert_eq!((total(shop, &hall), total(shop, &shelf)), (0, i64::try_from(moved).expect("a count")));
    eprintln!("{moved} products: imported in {imported:?}, indexed after {indexed:?}, moved in {followed:?}");

    // A merge while an import adds products under the old names: all end in the other category.
    let late = 100;
    let _ = concurrently(2, |number| {
        if number == 0 {
            import(shop, &format!("{word}-late"), late, &path);
        } else {
            shop.staff().post(&format!("/admin/categories/{shelf}/merge"), json!({"into": attic})).is(200);
        }
    });
    until(shop, &attic, moved + late, FOLLOW_SECONDS);
    eventually(SOON_SECONDS, "the old id leads to the other category", || {
        let list = shop.anyone().get(&format!("/products?category_id={shelf}&limit=3&facets=false")).is(200);
        (list.raw().contains(&format!("\"category_id\":\"{attic}\"")) && !list.list("products").is_empty())
            .then_some(())
    });
    for sku in [format!("{word}-0"), format!("{word}-late-0")] {
        eventually(SOON_SECONDS, "a product page shows the other category", || {
            let page = shop.anyone().get(&format!("/products/{sku}")).is(200);
            (page.texts("category", "id") == [attic.as_str()]).then_some(())
        });
    }
    eventually(SOON_SECONDS, "the tree counts the products", || {
        let tree = shop.anyone().get("/categories").is(200).list("categories");
        let counted = node(&tree, &attic)?.at("product_count")?.raw().parse() == Ok(moved + late);
        (counted && node(&tree, &shelf).is_none() && node(&tree, &hall).is_some()).then_some(())
    });
    assert_eq!(shop.staff().delete(&format!("/admin/categories/{hall}")).status, 204);
    eventually(SOON_SECONDS, "a deleted category is not in the tree", || {
        let tree = shop.anyone().get("/categories").is(200).list("categories");
        node(&tree, &hall).is_none().then_some(())
    });
}

#[test]
fn names_that_look_alike_in_an_id_are_different_categories() {
    let shop = Shop::open();
    let word = unique_word();
    let names = ["C++", "C#", "50%", "50"];
    // At once: each creates the department, and one of the colliding ids.
    let ids = concurrently(names.len(), |number| {
        let body = json!({"name": "Book", "price": 1, "category": [format!("Books {word}"), names[number]]});
        let product = shop.staff().put(&format!("/admin/products/book-{word}-{number}"), body).is(201);
        product.texts("category", "id").pop().expect("a category")
    });
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with(&format!("books-{word}."))), "{ids:?}");
}

#[test]
fn of_two_moves_into_each_other_one_is_refused() {
    let shop = Shop::open();
    let word = unique_word();
    let ids = ["one", "two"].map(|name| format!("{name}-{word}"));
    for id in &ids {
        assert_eq!(put(shop, id, id, None), 201);
    }
    let mut statuses = concurrently(2, |number| put(shop, &ids[number], &ids[number], Some(&ids[1 - number])));
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[test]
fn a_collection_follows_a_merged_category() {
    let shop = Shop::open();
    let word = unique_word();
    let ids = ["one", "two"].map(|name| format!("{name}-{word}"));
    for id in &ids {
        assert_eq!(put(shop, id, id, None), 201);
    }
    let product = json!({"name": format!("Crate {word}"), "price": 1, "category": [ids[0]]});
    shop.staff().put(&format!("/admin/products/{word}"), product).is(201);
    let path = format!("/admin/collections/{word}");
    shop.staff().put(&path, json!({"name": word, "category_id": ids[0], "version": 0})).is(201);
    shop.staff().post(&format!("/admin/categories/{}/merge", ids[0]), json!({"into": ids[1]})).is(200);
    until(shop, &ids[1], 1, SOON_SECONDS);
    eventually(SOON_SECONDS, "the collection lists the product", || {
        let list = shop.anyone().get(&format!("/products?collection_id={word}&facets=false")).is(200);
        (list.texts("products", "id") == [word.as_str()]).then_some(())
    });
    assert_eq!(shop.staff().delete(&path).status, 204);
}
