//! The worst call that each public route accepts, timed and weighed: the measured columns of docs/route-costs.md.

use std::time::{Duration, Instant};

use souk_e2e::{Shop, print_line, unique_word};

/// Maximum size of these responses, well below the 6 MB of a Lambda function.
const MAX_ANSWER_BYTES: usize = 1_000_000;
/// No worst call may take longer, on a small machine that runs other work.
const LATEST: Duration = Duration::from_secs(10);
/// Calls of each route; the fastest counts, because other work only adds time.
const REPEATS: usize = 3;

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn the_worst_call_of_each_public_route_is_bounded() {
    let shop = Shop::open();
    let product = shop.product("1.00", 100);
    let shopper = shop.guest();
    shopper.add(&product, 1);
    let words = || (0..16).map(|_| unique_word()).collect::<Vec<_>>().join("%20");
    let ids = (0..9).map(|n| format!("{n:064}")).collect::<Vec<_>>().join(",");
    let rows = [
        ("GET /products, a full page", "/products?limit=100".to_owned()),
        ("GET /products, the longest search", format!("/products?search={}&limit=100", truncated(&words(), 200))),
        ("GET /products/suggest", format!("/products/suggest?q={}&limit=10", unique_word())),
        ("GET /products/{product_id}", format!("/products/{}", product.id)),
        ("GET /inventory, 10 ids", format!("/inventory?product_ids={ids},{}", product.id)),
        ("GET /categories", "/categories".to_owned()),
        ("GET /collections", "/collections".to_owned()),
        ("GET /openapi.json", "/openapi.json".to_owned()),
        ("GET /cart", "/cart".to_owned()),
        ("GET /orders, a full page", "/orders?limit=100".to_owned()),
    ];
    print_line("| route | ms | bytes |");
    for (name, path) in rows {
        let mut fastest = LATEST;
        let mut bytes = 0;
        for _ in 0..REPEATS {
            let began = Instant::now();
            let answer = shopper.get(&path);
            fastest = fastest.min(began.elapsed());
            assert_eq!(answer.status, 200, "{name}: {answer}");
            bytes = answer.body.len();
        }
        print_line(&format!("| {name} | {} | {bytes} |", fastest.as_millis()));
        assert!(fastest < LATEST, "{name} took {fastest:?}");
        assert!(bytes < MAX_ANSWER_BYTES || name.contains("openapi"), "{name} answered {bytes} bytes");
    }
    assert_eq!(shopper.get(&format!("/products?search={}", "x".repeat(201))).status, 422);
    assert_eq!(shopper.get("/products?limit=101").status, 422);
    assert_eq!(shopper.get(&format!("/inventory?product_ids={ids},a,b")).status, 422);
}

/// At most this many characters, not ending within an escape.
fn truncated(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect::<String>().trim_end_matches(['%', '2', '0']).to_owned()
}
