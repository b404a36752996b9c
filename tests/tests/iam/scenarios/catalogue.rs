//! Products, categories, search and imports.

use serde_json::json;
use souk_e2e::{CATEGORY_ID, Product, SOON_SECONDS, eventually, unique_word};

use crate::world::World;

pub(super) fn product(World { shop, .. }: &World) {
    let word = unique_word();
    let path = format!("/admin/products/test-{word}");
    let body = json!({"name": "Widget", "category": ["Test goods", format!("Widgets {word}")], "price": 1.5});
    shop.staff().put(&path, &body).is(201);
    // A process keeps the tree for some seconds.
    eventually(SOON_SECONDS, "the tree has the category", || {
        shop.anyone().get("/categories").body.contains(&word).then_some(())
    });
    shop.staff().put(&path, &body).is(200);
    shop.anyone().get(&format!("/products/test-{word}")).is(200);
    assert_eq!(shop.staff().delete(&path).status, 204);
    shop.anyone().get(&format!("/products/test-{word}")).is_problem(404, "not_found");
}

pub(super) fn search(world: &World) {
    let product = world.product();
    let page = world.shop.anyone().get(&format!("/products?search={}", product.word)).is(200);
    let found = page.list("products").into_iter().find(|found| found.text("id") == product.id).expect("it is found");
    assert!(found.whole("stock_quantity") > 0);
    world.shop.anyone().get(&format!("/products/{}", product.id)).is(200);
    world.shop.anyone().get(&format!("/products/{}/document", product.id)).is(200);
}

pub(super) fn degraded(world: &World) {
    let _without = world.with_variable("list-products", "SEARCH_ENDPOINT", "http://127.0.0.1:9");
    let page = world.shop.anyone().get(&format!("/products?category_id={CATEGORY_ID}")).is(200);
    assert!(!page.list("products").is_empty() && page.text("degraded") == "true", "{page}");
}

pub(super) fn suggest(world: &World) {
    let typed = &world.product().word[..7];
    world.shop.anyone().get(&format!("/products/suggest?q={typed}")).is(200);
    world.shop.anyone().get("/categories").is(200);
    world.shop.anyone().get("/openapi.json").is(200);
}

pub(super) fn synonyms(world: &World) {
    let (staff, other) = (world.shop.staff(), unique_word());
    let list = staff.get("/admin/synonyms").is(200);
    let body = json!({"groups": [[other, world.product().word]], "version": list.whole("version")});
    staff.put("/admin/synonyms", body).is(200);
    world.find(&other, world.product());
}

pub(super) fn collection(world: &World) {
    let (staff, unique) = (world.shop.staff(), unique_word());
    let path = format!("/admin/collections/test-{unique}");
    staff.put(&path, json!({"name": "Test", "brands": [&unique], "version": 0})).is(201);
    assert!(staff.get("/admin/collections").is(200).raw().contains(&unique));
    // A process keeps the list for some seconds.
    eventually(SOON_SECONDS, "shoppers see the collection", || {
        world.shop.anyone().get("/collections").is(200).raw().contains(&unique).then_some(())
    });
    world.shop.anyone().get(&format!("/products?collection_id=test-{unique}")).is(200);
    assert_eq!(staff.delete(&path).status, 204);
}

fn lines() -> (Product, String) {
    let word = unique_word();
    let product = Product { id: format!("test-{word}"), word };
    let Product { id, word } = &product;
    let rest = format!(r#""category": ["Test goods", "Gadgets {word}"], "price": 1.50, "available": 8"#);
    let line = format!("{{\"sku\": \"{id}\", \"name\": \"Gadget {word}\", {rest}}}\n");
    (product, line)
}

pub(super) fn import(world: &World) {
    let (product, text) = lines();
    for _ in 0..2 {
        let call = world.shop.staff().call("POST", "/admin/imports").body("application/x-ndjson", text.as_str());
        let outcome = call.send().is(200);
        assert_eq!(outcome.whole("imported"), 1, "{outcome}");
    }
    assert_eq!(world.shop.available(&product), 8);
}

pub(super) fn upload(world: &World) {
    let (product, text) = lines();
    let name = format!("{}.jsonl", product.word);
    world.shop.put_object(&format!("uploads/{name}"), &text);
    eventually(SOON_SECONDS, "both reports are there", || {
        (world.shop.objects(&format!("reports/{name}/")).len() == 2).then_some(())
    });
    assert_eq!(world.shop.available(&product), 8);
}

/// The object was deleted before the message came.
pub(super) fn missing_upload(world: &World) {
    world.deliver("import-upload", &world.object_created("uploads/missing.jsonl"));
}

pub(super) fn index(world: &World) {
    let table = world.table("index-products", "PRODUCTS_TABLE");
    let keys = json!({"product_id": {"S": world.product().id}});
    world.change("index-products", &table, &keys, [None, Some(&keys)]);
}

/// Pages and lists show a product without its present category if they cannot read the tree, so each has to show it.
pub(super) fn categories(World { shop, .. }: &World) {
    let (staff, word) = (shop.staff(), unique_word());
    let [path, other] = ["a", "b"].map(|name| format!("/admin/categories/{name}-{word}"));
    staff.put(&path, json!({"name": format!("A {word}")})).is(201);
    staff.put(&other, json!({"name": format!("B {word}")})).is(201);
    let product = format!("/admin/products/test-{word}");
    staff.put(&product, json!({"name": word, "category": [format!("A {word}")], "price": 1.5})).is(201);
    staff.put(&path, json!({"name": format!("New {word}")})).is(200);
    for page in [format!("/products/test-{word}"), format!("/products/test-{word}/document")] {
        eventually(SOON_SECONDS, "the page shows the new name", || {
            shop.anyone().get(&page).is(200).raw().contains(&format!("New {word}")).then_some(())
        });
    }
    staff.post(&format!("{path}/merge"), json!({"into": format!("b-{word}")})).is(200);
    eventually(SOON_SECONDS, "the list leads to the other category", || {
        let list = shop.anyone().get(&format!("/products?category_id=a-{word}")).is(200);
        list.raw().contains(&format!("\"category_id\":\"b-{word}\"")).then_some(())
    });
    eventually(SOON_SECONDS, "products are counted", || {
        shop.anyone().get("/categories").is(200).raw().contains("product_count").then_some(())
    });
    assert_eq!(staff.delete(&other).status, 204);
    assert_eq!(staff.delete(&product).status, 204);
}

pub(super) fn index_category(world: &World) {
    let table = world.table("index-products", "CATEGORIES_TABLE");
    world.product();
    let keys = json!({"tree_id": {"S": "catalogue"}, "category_id": {"S": CATEGORY_ID}});
    world.change("index-products", &table, &keys, [Some(&keys), Some(&keys)]);
}

pub(super) fn index_poison(world: &World) {
    let table = world.table("index-products", "PRODUCTS_TABLE");
    world.change("index-products", &table, &json!({"other": {"S": unique_word()}}), [None, None]);
}
