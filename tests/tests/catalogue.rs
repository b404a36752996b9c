//! Browsing: categories, lists, search, product pages, live stock.

use souk_e2e::{CATEGORY_ID, Json, Product, SOON_SECONDS, Shop, eventually, misspelt, routes, unique_word};

const PROBLEM: &str = "application/problem+json";

/// Waits until a list contains the product and returns its entry.
fn listed(shop: &'static Shop, query: &str, product: &Product) -> Json {
    eventually(SOON_SECONDS, &format!("GET /products?{query} shows {}", product.id), || {
        let page = shop.anyone().get(&format!("/products?{query}")).is(200);
        page.list("products").into_iter().find(|entry| entry.text("id") == product.id)
    })
}

#[test]
fn the_category_tree_has_every_category() {
    let shop = Shop::open();
    shop.product("1.00", 1);
    // A process keeps the tree for some seconds.
    let answer = eventually(SOON_SECONDS, "the tree has the category", || {
        let answer = shop.anyone().get("/categories");
        answer.is(200);
        answer.body.contains(&format!("\"{CATEGORY_ID}\"")).then_some(answer)
    });
    assert!(answer.header("cache-control").contains("max-age"), "{answer}");
}

#[test]
fn a_product_is_found_by_name_sku_and_misspelt_name() {
    let shop = Shop::open();
    let product = shop.product("45.00", 3);
    let entry = listed(shop, &format!("search={}", product.word), &product);
    assert_eq!((entry.text("price").as_str(), entry.whole("stock_quantity")), ("45.00", 3));
    listed(shop, &format!("search={}", product.id), &product);
    let misspelt = misspelt(&product.word, 6);
    listed(shop, &format!("search={misspelt}"), &product);
}

#[test]
fn a_product_is_found_in_its_category_and_the_department_above() {
    let shop = Shop::open();
    let product = shop.product("45.00", 3);
    listed(shop, &format!("category_id={CATEGORY_ID}&search={}", product.word), &product);
    listed(shop, &format!("category_id=test-goods&search={}", product.word), &product);
    let elsewhere = shop.anyone().get(&format!("/products?category_id=no-such-category&search={}", product.word));
    assert!(elsewhere.status == 404 || elsewhere.is(200).list("products").is_empty(), "{elsewhere}");
}

#[test]
fn a_collection_of_staff_lists_like_a_category() {
    let (shop, brand) = (Shop::open(), unique_word());
    let ids = ["cheap", "reduced", "dear"].map(|kind| format!("test-{brand}-{kind}"));
    let prices = [r#""price": 5.00"#, r#""price": 8.00, "compare_at_price": 10.00"#, r#""price": 20.00"#];
    for (id, prices) in ids.iter().zip(prices) {
        let rest = r#""category": ["Test goods", "Widgets"], "attributes": {"Colour": "Cyan"}"#;
        let body = format!(r#"{{"name": "Widget {brand}", "brand": "{brand}", {rest}, {prices}}}"#);
        shop.staff().put(&format!("/admin/products/{id}"), body).is(201);
    }
    let path = format!("/admin/collections/test-{brand}");
    let put = |rule: &str, version: i64| {
        shop.staff()
            .put(&path, format!(r#"{{"name": "Test {brand}", "brands": ["{brand}"], {rule}, "version": {version}}}"#))
    };
    let list =
        |more: &str| shop.anyone().get(&format!("/products?collection_id=test-{brand}&sort=price_asc{more}")).is(200);
    let becomes = |expected: &[String]| {
        eventually(SOON_SECONDS, &format!("the collection has {expected:?}"), || {
            let page = list("");
            (page.texts("products", "id") == expected).then_some(page)
        })
    };

    let version = put(r#""on_sale": true"#, 0).is(201).whole("version");
    let sale = becomes(&ids[1..2]);
    assert_eq!((sale.minor("products.0.price"), sale.minor("products.0.compare_at_price")), (800, 1_000));
    eventually(SOON_SECONDS, "shoppers see the collection", || {
        shop.anyone().get("/collections").is(200).raw().contains(&format!("Test {brand}")).then_some(())
    });
    put(r#""max_price": 10"#, 0).is_problem(409, "collection_changed");
    put(r#""max_price": 10"#, version).is(200);
    becomes(&ids[..2]);
    let first = list("&limit=1");
    assert_eq!((first.whole("total"), first.texts("facets.attributes", "name")), (2, vec!["Colour".to_owned()]));
    let second = list(&format!("&limit=1&cursor={}", first.text("next_cursor")));
    assert_eq!([first.texts("products", "id"), second.texts("products", "id")].concat(), ids[..2]);
    assert_eq!(list("&min_price=6").texts("products", "id"), ids[1..2]);

    // The end of the sale: the price is the regular one again.
    let regular = format!(r#"{{"name": "Widget {brand}", "brand": "{brand}", "price": 10.01}}"#);
    shop.staff().put(&format!("/admin/products/{}", ids[1]), regular).is(200);
    becomes(&ids[..1]);
    assert_eq!(shop.staff().delete(&path).status, 204);
    becomes(&[]);
    assert_eq!(shop.staff().put(&path, "{}").bad_fields(), ["name", "on_sale", "version"]);
}

#[test]
fn consecutive_pages_have_no_gap_and_no_duplicate() {
    let shop = Shop::open();
    // A category of the sample catalogue, which no other test adds to meanwhile.
    let categories = shop.anyone().get("/categories").is(200).list("categories");
    let total = |id: &str| shop.anyone().get(&format!("/products?category_id={id}&limit=1")).is(200).whole("total");
    let ids = categories.iter().map(|category| category.text("id"));
    let stable = ids.filter(|id| !CATEGORY_ID.starts_with(id.as_str())).find(|id| total(id) >= 10);
    let stable = stable.expect("a category of the sample catalogue");
    let page = |number: u32, limit: u32| {
        let query = format!("/products?category_id={stable}&sort=price_asc&page={number}&limit={limit}");
        shop.anyone().get(&query).is(200).list("products")
    };
    let ids = |products: &[Json]| products.iter().map(|product| product.text("id")).collect::<Vec<_>>();
    let whole = ids(&page(1, 10));
    let (first, second) = (ids(&page(1, 5)), ids(&page(2, 5)));
    assert_eq!((first.len(), second.len(), whole.len()), (5, 5, 10));
    assert!(second.iter().all(|id| !first.contains(id)), "{first:?} {second:?}");
}

#[test]
fn lists_are_sorted_and_filtered_by_price() {
    let shop = Shop::open();
    let prices = |query: &str| {
        let products = shop.anyone().get(&format!("/products?{query}&limit=50")).is(200).list("products");
        products.iter().map(|product| product.minor("price")).collect::<Vec<_>>()
    };
    let rising = prices("sort=price_asc");
    assert!(rising.is_sorted() && !rising.is_empty(), "{rising:?}");
    let falling = prices("sort=price_desc");
    assert!(falling.iter().rev().is_sorted() && !falling.is_empty(), "{falling:?}");
    let between = prices("min_price=20&max_price=30.50");
    assert!(between.iter().all(|price| (2_000..=3_050).contains(price)), "{between:?}");
}

#[test]
fn an_etag_saves_the_body_until_the_stock_changes() {
    let shop = Shop::open();
    let product = shop.product("1.00", 6);
    let path = format!("/products/{}", product.id);
    let page = shop.anyone().get(&path);
    page.is(200);
    let tag = page.header("etag");
    assert!(!tag.is_empty() && page.header("cache-control").contains("no-cache"), "{page}");
    let again = || shop.anyone().call("GET", &path).header("if-none-match", tag).send();
    let known = again();
    assert_eq!((known.status, known.body.as_str()), (304, ""), "{known}");
    shop.count(&product, 5);
    let changed = again();
    assert_eq!(changed.is(200).whole("stock_quantity"), 5);
    assert_ne!(changed.header("etag"), tag);
}

#[test]
fn stock_is_current_on_the_page_and_in_lists() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 6), shop.shopper());
    listed(shop, &format!("search={}", product.word), &product);
    shopper.order(&product, 4);
    let page = shop.anyone().get(&format!("/products/{}", product.id)).is(200);
    assert_eq!(page.whole("stock_quantity"), 2);
    eventually(SOON_SECONDS, "the list shows the new stock", || {
        let entry = listed(shop, &format!("search={}", product.word), &product);
        (entry.whole("stock_quantity") == 2).then_some(())
    });
}

#[test]
fn the_in_stock_filter_follows_the_stock() {
    let shop = Shop::open();
    let product = shop.product("1.00", 1);
    let query = format!("in_stock=true&search={}", product.word);
    listed(shop, &query, &product);
    let gone = || {
        let page = shop.anyone().get(&format!("/products?{query}")).is(200);
        (!page.texts("products", "id").contains(&product.id)).then_some(())
    };
    let (shopper, buyer) = (shop.shopper(), shop.shopper());
    let order_id = shopper.order(&product, 1);
    eventually(SOON_SECONDS, "the sold-out product leaves the list", gone);
    buyer.add(&product, 1);
    shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
    listed(shop, &query, &product);
    buyer.place();
}

#[test]
fn invalid_queries_are_refused_with_every_invalid_field() {
    let shop = Shop::open();
    let mut fields =
        shop.anyone().get("/products?page=0&limit=x&min_price=1.234&in_stock=maybe&sort=best").bad_fields();
    fields.sort();
    assert_eq!(fields, ["in_stock", "limit", "min_price", "page", "sort"]);
}

#[test]
fn inventory_returns_several_counts() {
    let shop = Shop::open();
    let (one, two) = (shop.product("1.00", 1), shop.product("1.00", 22));
    let counts = shop.anyone().get(&format!("/inventory?product_ids={},{},never", one.id, two.id)).is(200);
    assert_eq!(counts.texts("items", "available"), ["1", "22", "0"]);
    assert_eq!(counts.texts("items", "product_id"), [one.id.as_str(), two.id.as_str(), "never"]);
    assert_eq!(shop.anyone().get("/inventory?product_ids=a%20b").bad_fields(), ["product_ids"]);
}

#[test]
fn head_of_a_public_read_is_its_get_without_a_body() {
    let shop = Shop::open();
    let (product, guest) = (shop.product("45.00", 3), shop.guest());
    let link = guest.post(&format!("/orders/{}/link", guest.order(&product, 1)), "{}").is(201).text("token");
    for route in routes().into_iter().filter(|route| route.is_public() && route.method == "GET") {
        let parameters = match route.path.as_str() {
            "/inventory" => format!("?product_ids={}", product.id),
            "/products/suggest" => format!("?q={}", product.word),
            _ => String::new(),
        };
        let path = route.path.replace("{product_id}", &product.id).replace("{token}", &link);
        let path = format!("{path}{parameters}");
        let (get, head) = (shop.anyone().get(&path), shop.anyone().call("HEAD", &path).send());
        assert_eq!((get.status, head.status), (200, 200), "{path}");
        assert!(head.body.is_empty() && !get.body.is_empty(), "{head}");
        for name in ["content-type", "cache-control", "vary"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
        assert_eq!(head.header("etag").is_empty(), get.header("etag").is_empty(), "{path}");
        if !head.header("etag").is_empty() {
            let known = shop.anyone().call("HEAD", &path).header("if-none-match", "*").send();
            assert_eq!((known.status, known.body.as_str()), (304, ""), "{path}");
        }
    }
    let missing = [shop.anyone().get("/products/no-such"), shop.anyone().call("HEAD", "/products/no-such").send()];
    assert_eq!(missing.each_ref().map(|answer| (answer.status, answer.header("content-type"))), [(404, PROBLEM); 2]);
    let refused = shop.anyone().call("HEAD", "/products?page=0").send();
    assert_eq!((refused.status, refused.body.as_str()), (422, ""));
}

#[test]
fn an_upload_to_s3_is_imported_and_its_invalid_lines_are_reported() {
    let shop = Shop::open();
    let products: Vec<Product> =
        (0..2).map(|_| unique_word()).map(|word| Product { id: format!("test-{word}"), word }).collect();
    let line = |Product { id, word }: &Product| {
        let rest = r#""category": ["Test goods", "Widgets"], "price": 12.50, "available": 7"#;
        format!(r#"{{"sku": "{id}", "name": "Widget {word}", {rest}}}"#)
    };
    let text = format!("{}\n\nnot json\n{}\n", line(&products[0]), line(&products[1]));
    let name = format!("{}.jsonl", products[0].word);
    shop.put_object(&format!("uploads/{name}"), &text);
    let reports = eventually(SOON_SECONDS, "both reports are there", || {
        let reports = shop.objects(&format!("reports/{name}/"));
        (reports.len() == 2).then_some(reports)
    });
    let report = |end: &str| {
        let (_, report) = reports.iter().find(|(key, _)| key.ends_with(end)).unwrap_or_else(|| panic!("{reports:?}"));
        report.as_str()
    };
    assert_eq!(report("/upload.json"), r#"{"parts":1,"lines":3,"problem":null}"#);
    let bad = r#"[{"line":3,"code":"malformed_json","message":"the line must be a JSON object"}]"#;
    assert_eq!(report("/00001-1.json"), format!(r#"{{"imported":2,"errors":{bad}}}"#));
    for product in &products {
        let page = shop.anyone().get(&format!("/products/{}", product.id)).is(200);
        assert_eq!((page.text("price").as_str(), page.whole("stock_quantity")), ("12.50", 7));
        listed(shop, &format!("search={}", product.word), product);
    }
}
