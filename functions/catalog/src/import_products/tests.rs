use std::io::Read as _;

use souk_domain::money::Currency;
use souk_testkit::user;

use super::*;
use crate::fixture::{Fixture, import, outcome, sku};
use crate::import::{Line, numbered};

/// The real catalogue, beside the repository on the machines of this project.
const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/catalog/products.jsonl.gz");

#[tokio::test]
async fn good_lines_are_imported_and_bad_ones_reported_by_number() {
    let shop = Fixture::start().await;
    let body = [
        "\u{feff}{\"sku\": \"1\", \"title\": \"First\", \"price_cents\": 95, \"available\": 4}\r",
        "",
        "{\"sku\": \"2\", \"name\": \"\", \"price\": 1.999}",
        "not json",
        "[1]",
        "{\"sku\": \"3\", \"name\": \"Third\", \"price\": 7, \"available\": -1}",
        "{\"sku\": \"4\", \"name\": \"Fourth\", \"price\": 7, \"category\": [\"Audio\", \"Cables\"], \"description\": null}",
        "",
    ];
    let reply = shop.import_endpoint().handle(&import(&body.join("\n"))).await.expect("answered");
    let expected = serde_json::json!({
        "imported": 2,
        "errors": [
            {"line": 3, "code": "invalid_fields", "message": "name must not be empty; price must have at most 2 decimals in USD"},
            {"line": 4, "code": "malformed_json", "message": "the line must be a JSON object"},
            {"line": 5, "code": "malformed_json", "message": "the line must be a JSON object"},
            {"line": 6, "code": "invalid_fields", "message": "available must be from 0 to 1000000000"},
        ],
    });
    assert_eq!((reply.status(), reply.body_json()), (200, expected));
    let products = shop.products.get_many(&[sku("1"), sku("2"), sku("3"), sku("4")], true).await.expect("read");
    assert_eq!((products.len(), products[&sku("1")].price_minor), (2, 95));
    assert_eq!((shop.available("1").await, shop.available("4").await), (4, 0));
    assert_eq!(shop.category_ids().await, ["audio", "audio.cables"]);
}

#[tokio::test]
async fn the_audit_log_gets_the_changed_prices() {
    let shop = Fixture::start().await;
    let audited = async |lines: &str| {
        let reply = shop.import_endpoint().handle(&import(lines)).await.expect("answered");
        reply.audited().expect("for the audit log").json().1.to_owned()
    };
    let lines = |price: u32| {
        format!(
            "{{\"sku\": \"1\", \"name\": \"A\", \"price\": {price}}}\n{{\"sku\": \"2\", \"name\": \"B\", \"price\": 7}}\nx"
        )
    };
    assert_eq!(audited(&lines(5)).await, r#"{"imported":2,"rejected":1,"price_changes":[]}"#, "new products");
    let changed = r#"{"imported":2,"rejected":1,"price_changes":[{"product_id":"1","before":500,"after":600}]}"#;
    assert_eq!(audited(&lines(6)).await, changed);
}

#[tokio::test]
async fn the_example_of_the_contract_works() {
    let shop = Fixture::start().await;
    let reply = shop.import_endpoint().handle(&import(EXAMPLE)).await.expect("answered");
    assert_eq!(reply.body(), r#"{"imported":2,"errors":[]}"#);
}

#[tokio::test]
async fn a_repeated_import_replaces_products_but_not_stock() {
    let shop = Fixture::start().await;
    shop.import(r#"{"sku": "1", "name": "Old", "price": 1, "available": 4}"#).await;
    shop.count("1", 9).await;
    shop.import(r#"{"sku": "1", "name": "New", "price": 2, "available": 4}"#).await;
    let product = shop.products.get(&sku("1")).await.expect("read").expect("a product");
    assert_eq!((product.name.as_str(), product.version), ("New", 1_795_503_420_001));
    assert_eq!(shop.available("1").await, 9);
}

#[tokio::test]
async fn of_several_lines_about_one_product_the_last_counts() {
    let shop = Fixture::start().await;
    let lines = r#"{"sku": "1", "name": "A", "price": 1, "available": 4}
{"sku": "1", "name": "B", "price": 2, "available": 5}"#;
    let reply = shop.import_endpoint().handle(&import(lines)).await.expect("answered");
    assert_eq!(reply.body(), r#"{"imported":1,"errors":[]}"#);
    let product = shop.products.get(&sku("1")).await.expect("read").expect("a product");
    assert_eq!((product.name.as_str(), shop.available("1").await), ("B", 5));
}

#[tokio::test]
async fn imports_at_once_lose_nothing() {
    let shop = Fixture::start().await;
    let endpoint = shop.import_endpoint();
    let lines: Vec<_> =
        (0..120).map(|n| format!(r#"{{"sku": "{n}", "name": "n", "price": 1, "available": 3}}"#)).collect();
    let request = import(&lines.join("\n"));
    let (first, second) = tokio::join!(endpoint.handle(&request), endpoint.handle(&request));
    for reply in [first.expect("imported"), second.expect("imported")] {
        assert_eq!(reply.body(), r#"{"imported":120,"errors":[]}"#);
    }
    for n in [0, 60, 119] {
        assert_eq!(shop.available(&n.to_string()).await, 3);
    }
}

#[tokio::test]
async fn requests_that_are_no_import_are_refused() {
    let shop = Fixture::start().await;
    let endpoint = shop.import_endpoint();
    let good = r#"{"sku": "1", "name": "A", "price": 1}"#;
    let answer = async |request: &Request| outcome(&endpoint.handle(request).await).0;
    assert_eq!(answer(&import(&vec!["{}"; 1_001].join("\n"))).await, 413);
    assert_eq!(answer(&import(&" ".repeat(MAX_BODY_BYTES + 1))).await, 413);
    assert_eq!(answer(&import(good).with_header("content-type", "text/csv")).await, 415);
    assert_eq!(answer(&import(good).from_user(user(1))).await, 403);
    assert_eq!(answer(&Request::new("POST", "/admin/imports").with_json(good)).await, 401);
    assert_eq!(answer(&import("")).await, 200);
    assert_eq!(shop.products.get(&sku("1")).await.expect("read"), None);
}

#[test]
fn a_line_has_a_bound() {
    let long = format!(r#"{{"sku": "1", "name": "A", "price": 1, "note": "{}"}}"#, "x".repeat(64 * 1024));
    let bad = Line::read(7, long.as_bytes(), Currency::USD).err().expect("refused");
    let reported = serde_json::to_value(bad).expect("JSON");
    assert_eq!((reported["line"].as_u64(), reported["code"].as_str()), (Some(7), Some("too_long")));
}

#[test]
fn the_real_catalogue_has_no_bad_line() {
    let Ok(file) = std::fs::File::open(CATALOGUE) else {
        eprintln!("skipped: {CATALOGUE} is not there");
        return;
    };
    let mut body = Vec::new();
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut body).expect("gzip");
    let mut products = 0;
    for (number, raw) in numbered(&body, 1) {
        let line = Line::read(number, raw, Currency::USD);
        assert!(line.is_ok(), "{:?}", line.err());
        products += 1;
    }
    assert_eq!(products, 19_406);
}

#[tokio::test]
async fn a_line_whose_category_would_be_too_deep_is_rejected() {
    let shop = Fixture::start().await;
    let line = |number: u32, category: &str| {
        format!(r#"{{"sku": "{number}", "name": "n", "price": 1, "category": {category}}}"#)
    };
    shop.import(&[line(1, r#"["P", "Q", "R", "S", "T"]"#), line(2, r#"["A"]"#)].join("\n")).await;
    let (category_id, parent_id) = ("a".parse().expect("an id"), "p.q.r.s.t".parse().expect("an id"));
    let moved = shop.categories.change(|tree| tree.put(&category_id, "A", Some(&parent_id))).await;
    moved.expect("written").expect("moved");
    let lines = [line(3, r#"["A", "B"]"#), line(4, r#"["A"]"#)].join("\n");
    let reply = shop.import_endpoint().handle(&import(&lines)).await.expect("answered");
    let message = "category: categories can be 6 levels deep";
    let errors = serde_json::json!([{"line": 1, "code": "invalid_fields", "message": message}]);
    assert_eq!(reply.body_json(), serde_json::json!({"imported": 1, "errors": errors}));
    assert_eq!(shop.products.get(&sku("3")).await.expect("read"), None);
    let product = shop.products.get(&sku("4")).await.expect("read").expect("a product");
    assert_eq!(product.category.categories().len(), 6);
}
