//! A shop behind its edge: functions refuse what does not come through it, it caches what anyone may see, and each client
//! has its own address.
//!
//! They need a stack with `Edge=on`, whose secret is in `SOUK_EDGE_SECRET`: `cargo xtask test --stage edge`. The edge is a
//! proxy that reads template.yaml (tests/src/edge.rs); docs/edge.md says what it cannot show.

use std::env;
use std::sync::OnceLock;

use souk_e2e::{Caller, Edge, Product, Response, Route, Shop, concurrently, routes};

/// The header with the origin secret.
const SECRET_HEADER: &str = "x-souk-origin";
/// Requests from one address, more than any limit of guests for an address.
const MANY: usize = 400;
/// How many of them are sent at once.
const AT_ONCE: usize = 8;

fn secret() -> String {
    env::var("SOUK_EDGE_SECRET").expect("the stage `edge` sets SOUK_EDGE_SECRET")
}

fn edge() -> &'static Edge {
    static EDGE: OnceLock<Edge> = OnceLock::new();
    EDGE.get_or_init(|| Edge::before(Shop::open(), &secret()))
}

/// A product of the sample catalogue. Staff cannot make one here: their tools call the API itself.
fn product() -> Product {
    let page = edge().anyone().get("/products?in_stock=true&limit=1").is(200);
    Product { id: page.text("products.0.id"), word: String::new() }
}

fn is_hit(response: &Response) -> bool {
    response.header("x-cache") == "Hit from cloudfront"
}

#[test]
#[ignore = "needs a stack with an edge: cargo xtask test --stage edge"]
fn functions_refuse_what_does_not_come_through_the_edge() {
    let (shop, secret) = (Shop::open(), secret());
    let direct = |method: &str, path: &str, sent: Option<&str>| {
        let call = shop.anyone().call(method, path).header("cloudfront-viewer-address", "203.0.113.7:443");
        let call = match sent {
            Some(sent) => call.header(SECRET_HEADER, sent),
            None => call,
        };
        call.send_once()
    };
    let public: Vec<_> = routes().into_iter().filter(Route::is_public).collect();
    assert!(public.len() > 10, "every public route");
    for route in public {
        let path = route.example_path();
        for wrong in [None, Some("guess"), Some(&secret[1..])] {
            direct(&route.method, &path, wrong).is_problem(403, "direct_access_refused");
        }
    }
    direct("GET", "/categories", Some(secret.as_str())).is(200);
    edge().guest().get("/cart").is(200);
}

#[test]
#[ignore = "needs a stack with an edge: cargo xtask test --stage edge"]
fn a_guest_buys_through_the_edge() {
    let (shop, guest, product) = (Shop::open(), edge().guest(), product());
    edge().anyone().get(&format!("/products/{}", product.id)).is(200);
    let order = guest.order(&product, 1);
    guest.pay(&order, &shop.success).is(200);
    assert_eq!(guest.order_detail(&order).text("order_id"), order);
    let stranger = edge().guest();
    stranger.get(&format!("/orders/{order}")).is_problem(404, "not_found");
    guest.get(&format!("/orders/{order}")).is(200);
    edge().anyone().get("/cart").is(401);
}

#[test]
#[ignore = "needs a stack with an edge: cargo xtask test --stage edge"]
fn the_edge_keeps_what_anyone_may_see_and_nothing_else() {
    let product = product();
    let document = format!("/products/{}/document", product.id);
    let first = edge().anyone().get(&document);
    let second = edge().anyone().get(&document);
    assert!(!is_hit(&first) && is_hit(&second), "{} {}", first.header("x-cache"), second.header("x-cache"));
    assert_eq!((first.is(200).text("id"), &first.body), (product.id.clone(), &second.body));
    let bypass = edge().anyone().call("GET", &format!("{document}?bypass=1")).undeclared().send();
    assert!(is_hit(&bypass), "parameters that nobody reads are not part of the key");
    let known = edge().anyone().call("GET", &document).header("if-none-match", first.header("etag")).send();
    assert_eq!((known.status, known.body.as_str(), is_hit(&known)), (304, "", true));
    let page = edge().anyone().call("GET", &document).header("origin", "https://shop.example").send();
    assert!(!is_hit(&page), "its CORS headers are others");

    let kept = ["/categories", "/collections", "/.well-known/jwks.json", "/openapi.json", "/products/suggest?q=back"];
    for path in kept {
        edge().anyone().get(path).is(200);
        assert!(is_hit(&edge().anyone().get(path)), "{path}");
    }
    assert!(!is_hit(&edge().anyone().get("/products/suggest?q=black")), "another query, another response");

    let live = format!("/products/{}", product.id);
    let stock = format!("/inventory?product_ids={}", product.id);
    let (missing, guest) = ("/products/no-such/document", edge().guest());
    for _ in 0..3 {
        for (path, status) in [(live.as_str(), 200), (stock.as_str(), 200), ("/cart", 200), (missing, 404)] {
            let response = guest.get(path);
            assert!(!is_hit(&response) && response.status == status, "{path}: {response}");
        }
    }
}

/// Each sends what a client may forge: neither helps it past a limit, and nobody else pays for it.
#[test]
#[ignore = "needs a stack with an edge: cargo xtask test --stage edge"]
fn clients_are_limited_by_the_address_that_the_edge_sees() {
    let attacker = edge().anyone();
    let refused = concurrently(AT_ONCE, |_| attempts(&attacker)).into_iter().sum::<usize>();
    assert!(refused > 0, "{MANY} guests from one address are too many");
    for _ in 0..3 {
        edge().guest();
    }
}

/// How many of the requests for a guest were refused.
fn attempts(attacker: &Caller) -> usize {
    let forged = |number: usize| {
        let address = format!("203.0.113.{}:443", number % 250);
        let call = attacker.call("POST", "/auth/guest").header("cloudfront-viewer-address", &address);
        call.header(SECRET_HEADER, "guess").json("{}").send_once().status
    };
    (0..MANY / AT_ONCE).filter(|number| forged(*number) == 429).count()
}
