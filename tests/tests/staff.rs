//! Staff manage products, stock and imports.

use serde_json::json;
use souk_e2e::{Kind, Product, SOON_SECONDS, Shop, eventually, unique_word};

#[test]
fn a_new_price_shows_on_the_page_in_carts_and_in_lists() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("10.00", 5), shop.shopper());
    shopper.add(&product, 2);
    shop.put_product(&product, "11.11");
    assert_eq!(shopper.get("/cart").is(200).text("total_amount"), "22.22");
    assert_eq!(shop.anyone().get(&format!("/products/{}", product.id)).is(200).text("price"), "11.11");
    eventually(SOON_SECONDS, "the list shows the new price", || {
        let found = shop.anyone().get(&format!("/products?search={}", product.word)).is(200);
        let entry = found.list("products").into_iter().find(|entry| entry.text("id") == product.id)?;
        (entry.text("price") == "11.11").then_some(())
    });
}

#[test]
fn a_deleted_product_leaves_the_page_the_lists_and_the_carts_total() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("10.00", 5), shop.shopper());
    shopper.add(&product, 1);
    let path = format!("/admin/products/{}", product.id);
    assert_eq!(shop.staff().delete(&path).status, 204);
    shop.staff().delete(&path).is_problem(404, "not_found");
    shop.anyone().get(&format!("/products/{}", product.id)).is_problem(404, "not_found");
    assert_eq!(shopper.get("/cart").is(200).text("total_amount"), "0.00");
    eventually(SOON_SECONDS, "the list no longer has the product", || {
        let found = shop.anyone().get(&format!("/products?search={}", product.word)).is(200);
        found.list("products").is_empty().then_some(())
    });
}

#[test]
fn a_count_sets_the_stock_and_an_adjustment_changes_it() {
    let shop = Shop::open();
    let (product, staff) = (shop.product("1.00", 5), shop.staff());
    let path = format!("/admin/inventory/{}", product.id);
    let counted = staff.put(&path, r#"{"available": 12}"#).is(200);
    assert_eq!((counted.text("product_id"), counted.whole("available")), (product.id.clone(), 12));
    let adjust = |delta: i64| staff.post(&format!("{path}/adjustments"), json!({"delta": delta, "reason": "test"}));
    assert_eq!(adjust(3).is(200).whole("available"), 15);
    assert_eq!(adjust(-5).is(200).whole("available"), 10);
    let problem = adjust(-11).is_problem(409, "insufficient_stock");
    assert_eq!((problem.whole("items.0.asked"), problem.whole("items.0.available")), (11, 10));
    assert_eq!(shop.available(&product), 10);
    assert_eq!(staff.put(&path, r#"{"available": -1}"#).bad_fields(), ["available"]);
    assert_eq!(staff.post(&format!("{path}/adjustments"), "{}").bad_fields(), ["delta", "reason"]);
}

#[test]
fn a_delivery_that_is_reported_twice_with_one_key_counts_once() {
    let shop = Shop::open();
    let (product, staff) = (shop.product("1.00", 5), shop.staff());
    let path = format!("/admin/inventory/{}/adjustments", product.id);
    let report = |delta: i64| {
        let body = json!({"delta": delta, "reason": "received"});
        staff.call("POST", &path).header("idempotency-key", "delivery-1").json(body).send()
    };
    for _ in 0..2 {
        assert_eq!(report(4).is(200).whole("available"), 9);
    }
    report(5).is_problem(422, "idempotency_key_reused");
    assert_eq!(shop.available(&product), 9);
}

#[test]
fn a_count_does_not_change_what_orders_hold() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
    let order_id = shopper.order(&product, 2);
    shop.count(&product, 10);
    shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
    assert_eq!(shop.available(&product), 12);
}

#[test]
fn products_with_invalid_fields_are_refused() {
    let shop = Shop::open();
    let staff = shop.staff();
    let body = r#"{"name": "", "price": 1.234, "category": ["a", "b", "c", "d", "e", "f", "g"]}"#;
    let mut fields = staff.put("/admin/products/test-bad", body).bad_fields();
    fields.sort();
    assert_eq!(fields, ["category", "name", "price"]);
    for bad in ["-1", "\"12\"", "1e3", "99999999999999999999", "null"] {
        let body = format!(r#"{{"name": "Widget", "price": {bad}}}"#);
        assert_eq!(staff.put("/admin/products/test-bad", body).bad_fields(), ["price"], "{bad}");
    }
    shop.anyone().get("/products/test-bad").is_problem(404, "not_found");
}

#[test]
fn an_import_loads_valid_lines_and_reports_invalid_ones() {
    let shop = Shop::open();
    let words: Vec<String> = (0..3).map(|_| unique_word()).collect();
    let line = |word: &str, price: &str| {
        format!(
            r#"{{"sku": "test-{word}", "name": "Gadget {word}", "category": ["Test goods", "Gadgets"], "price": {price}, "available": 8}}"#
        )
    };
    let lines = [line(&words[0], "1.50"), "{not json".to_owned(), line(&words[1], "-1"), line(&words[2], "2.00")];
    let import = || shop.staff().call("POST", "/admin/imports").body("application/x-ndjson", lines.join("\n")).send();
    let outcome = import().is(200);
    assert_eq!(outcome.whole("imported"), 2);
    assert_eq!(outcome.texts("errors", "line"), ["2", "3"]);
    outcome.has(&[("errors.0.code", Kind::Text), ("errors.0.message", Kind::Text)]);

    let product = |n: usize| Product { id: format!("test-{}", words[n]), word: words[n].clone() };
    assert_eq!((shop.available(&product(0)), shop.available(&product(2))), (8, 8));
    shop.anyone().get(&format!("/products/test-{}", words[1])).is_problem(404, "not_found");
    eventually(SOON_SECONDS, "search finds the imported product", || {
        let found = shop.anyone().get(&format!("/products?search={}", words[2])).is(200);
        found.texts("products", "id").contains(&product(2).id).then_some(())
    });

    // A second import does not overwrite the stock.
    shop.shopper().order(&product(0), 3);
    import().is(200);
    assert_eq!(shop.available(&product(0)), 5);
}
