//! Search: facets, cursors, highlighting, corrections, suggestions, synonyms.

use souk_e2e::{Json, Product, SOON_SECONDS, Shop, eventually, misspelt, unique_word};

/// Waits until the product is indexed.
fn searchable(shop: &'static Shop, product: &Product) {
    eventually(SOON_SECONDS, &format!("{} in search", product.id), || {
        let page = shop.anyone().get(&format!("/products?search={}", product.word)).is(200);
        page.texts("products", "id").contains(&product.id).then_some(())
    });
}

#[test]
fn facets_count_hits_and_ignore_their_own_filter() {
    let shop = Shop::open();
    let product = shop.product("45.00", 3);
    searchable(shop, &product);
    let search = format!("/products?search={}", product.word);
    let page = shop.anyone().get(&format!("{search}&min_price=40&attr.Colour=Cyan")).is(200);
    assert_eq!(page.texts("facets.brands", "value"), ["Testbrand"]);
    assert_eq!(page.texts("facets.categories", "value"), ["test-goods", "test-goods.widgets"]);
    assert_eq!((page.minor("facets.prices.0.min"), page.minor("facets.prices.0.max")), (2_000, 4_999));
    assert_eq!(page.text("facets.attributes.0.name"), "Colour");
    assert_eq!(page.text("facets.attributes.0.values.0.value"), "Cyan");
    // Without hits the facet of the filter still shows its other values.
    let none = shop.anyone().get(&format!("{search}&max_price=10")).is(200);
    assert_eq!((none.whole("total"), none.whole("facets.prices.0.count")), (0, 1));
    assert!(none.list("facets.brands").is_empty());
}

#[test]
fn the_spellings_of_a_brand_and_of_an_attribute_are_one_entry_and_one_filter() {
    let shop = Shop::open();
    let word = unique_word();
    // The second one is decomposed.
    let spellings = ["Caf\u{e9}", "CAFE\u{301}", "Caf\u{e9}", "cafe"];
    for (number, spelling) in spellings.iter().enumerate() {
        let id = format!("test-{word}-{number}");
        let rest = r#""category": ["Test goods", "Widgets"], "price": 5"#;
        let attributes = format!(r#"{{"{spelling} {word}": "{spelling}"}}"#);
        let body = format!(
            r#"{{"sku": "{id}", "name": "{word}", "brand": "{spelling} {word}", {rest}, "attributes": {attributes}}}"#
        );
        shop.staff().put(&format!("/admin/products/{id}"), body).is(201);
    }
    let list = |rest: &str| shop.anyone().get(&format!("/products?search={word}{rest}")).is(200);
    eventually(SOON_SECONDS, "the products in search", || (list("").whole("total") == 4).then_some(()));
    let all = list("");
    assert_eq!(all.texts("facets.brands", "value"), [format!("Caf\u{e9} {word}")]);
    assert_eq!(all.whole("facets.brands.0.count"), 4);
    assert_eq!(all.text("facets.attributes.0.name"), format!("Caf\u{e9} {word}"));
    assert_eq!(all.text("facets.attributes.0.values.0.value"), "Caf\u{e9}");
    assert_eq!(all.whole("facets.attributes.0.values.0.count"), 4);
    for spelling in ["caf%C3%A9", "cafe%CC%81", "CAFE", "Cafe"] {
        assert_eq!(list(&format!("&brand={spelling}%20{word}")).whole("total"), 4, "{spelling}");
        assert_eq!(list(&format!("&attr.{spelling}%20{word}=CAF%C3%89")).whole("total"), 4, "{spelling}");
    }
}

#[test]
fn a_cursor_continues_beyond_the_last_page_number() {
    let shop = Shop::open();
    let page = |rest: &str| shop.anyone().get(&format!("/products?sort=name&limit=4{rest}")).is(200);
    let whole = shop.anyone().get("/products?sort=name&limit=8").is(200).texts("products", "id");
    let first = page("");
    let second = page(&format!("&cursor={}", first.text("next_cursor")));
    assert_eq!([first.texts("products", "id"), second.texts("products", "id")].concat(), whole);
    let deep = shop.anyone().get("/products?page=1001&limit=10");
    assert_eq!(deep.bad_fields(), ["page"]);
    assert!(deep.body.contains("too_deep") && deep.body.contains("cursor"), "{deep}");
    assert_eq!(shop.anyone().get("/products?cursor=%27%3B--").bad_fields(), ["cursor"]);
}

#[test]
fn a_cursor_is_only_good_for_its_own_list() {
    let shop = Shop::open();
    searchable(shop, &shop.product("5.00", 3));
    let lists = ["sort=relevance", "sort=price_asc", "sort=price_desc", "sort=newest", "sort=name", "search=widget"];
    for list in lists {
        let page = shop.anyone().get(&format!("/products?limit=1&{list}")).is(200);
        let cursor = page.text("next_cursor");
        shop.anyone().get(&format!("/products?limit=3&facets=false&{list}&cursor={cursor}")).is(200);
        let with_filter = format!("{list}&in_stock=true");
        for other in lists.into_iter().filter(|other| *other != list).chain([with_filter.as_str()]) {
            let refused = shop.anyone().get(&format!("/products?{other}&cursor={cursor}"));
            assert_eq!(refused.bad_fields(), ["cursor"], "{list} {other}");
        }
        let shortened = &cursor[..cursor.len() - 2];
        for bad in ["W3RydWUsIngiXQ", "x", shortened] {
            let refused = shop.anyone().get(&format!("/products?{list}&cursor={bad}"));
            assert_eq!(refused.bad_fields(), ["cursor"], "{list} {bad}");
        }
    }
}

#[test]
fn a_cursor_of_another_list_of_orders_is_refused() {
    let shop = Shop::open();
    let (product, shopper, other) = (shop.product("5.00", 4), shop.shopper(), shop.shopper());
    for _ in 0..2 {
        shop.paid_order(&shopper, &product, 1);
    }
    let own = shopper.get("/orders?limit=1").is(200).text("next_cursor");
    assert_eq!(other.get(&format!("/orders?cursor={own}")).bad_fields(), ["cursor"]);
    let staff = shop.staff();
    let paid = eventually(SOON_SECONDS, "staff see two paid orders", || {
        let cursor = staff.get("/admin/orders?status=paid&limit=1").is(200).text("next_cursor");
        Some(cursor).filter(|cursor| cursor != "null")
    });
    for wrong in [
        format!("/admin/orders?status=shipped&cursor={paid}"),
        format!("/admin/orders?status=paid&sort=newest&cursor={paid}"),
        format!("/admin/orders?status=paid&cursor={own}"),
        format!("/admin/returns?cursor={paid}"),
        format!("/admin/inventory/{}/history?cursor={paid}", product.id),
    ] {
        assert_eq!(staff.get(&wrong).bad_fields(), ["cursor"], "{wrong}");
    }
}

#[test]
fn a_misspelt_word_is_corrected_and_matches_are_highlighted() {
    let shop = Shop::open();
    let product = shop.product("45.00", 3);
    searchable(shop, &product);
    let misspelt = misspelt(&product.word, 6);
    let page = shop.anyone().get(&format!("/products?search={misspelt}&highlight=true")).is(200);
    assert_eq!(page.text("did_you_mean"), product.word);
    let found = page.list("products").into_iter().find(|found| found.text("id") == product.id);
    let name = found.expect("found").text("name_html");
    assert_eq!(name, format!("Widget <mark>{}</mark>", product.word));
}

#[test]
fn suggestions_complete_the_input() {
    let shop = Shop::open();
    let product = shop.product("45.00", 3);
    searchable(shop, &product);
    let suggest = |typed: &str| shop.anyone().get(&format!("/products/suggest?q={typed}")).is(200);
    let typed = &product.word[..7];
    assert!(suggest(typed).texts("products", "id").contains(&product.id));
    let misspelt = misspelt(&product.word[..8], 4);
    assert!(suggest(&misspelt).texts("products", "id").contains(&product.id));
    assert!(suggest("testbra").raw().contains("Testbrand"));
    assert!(suggest("widg").texts("categories", "id").contains(&"test-goods.widgets".to_owned()));
    assert_eq!(shop.anyone().get("/products/suggest").bad_fields(), ["q"]);
}

#[test]
fn synonyms_of_staff_work_without_a_reindex() {
    let shop = Shop::open();
    let product = shop.product("45.00", 3);
    searchable(shop, &product);
    let other = unique_word();
    let list = shop.staff().get("/admin/synonyms").is(200);
    let groups = list.at("groups").expect("groups").raw().to_owned();
    let put = |groups: &str, version: i64| {
        shop.staff().put("/admin/synonyms", format!(r#"{{"groups": {groups}, "version": {version}}}"#))
    };
    let comma = if groups == "[]" { "" } else { "," };
    let more = format!(r#"[["{other}", "{}"]{comma}{}"#, product.word, &groups[1..]);
    let written: Json = put(&more, list.whole("version")).is(200);
    put(&more, list.whole("version")).is_problem(409, "synonyms_changed");
    eventually(SOON_SECONDS, "the synonym finds the product", || {
        let page = shop.anyone().get(&format!("/products?search={other}")).is(200);
        page.texts("products", "id").contains(&product.id).then_some(())
    });
    put(&groups, written.whole("version")).is(200);
}
