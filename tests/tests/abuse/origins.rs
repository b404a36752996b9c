//! Pages of other origins that call the shop from a shopper's browser.

use souk_e2e::{Response, Shop};

use crate::honest::Honest;

/// `StorefrontOrigin` of the stack of this stage (xtask/src/test/end_to_end.rs).
const STOREFRONTS: [&str; 2] = ["https://shop.example", "https://www.shop.example"];
/// Other hosts, a host that begins like the storefront's, another scheme and port, a page of a file.
const STRANGERS: [&str; 6] = [
    "https://evil.example",
    "https://shop.example.evil.example",
    "https://xshop.example",
    "http://shop.example",
    "https://shop.example:8443",
    "null",
];

/// A preflight request and a request of a page, as a browser sends them.
fn calls(shop: &'static Shop, origin: &str) -> [Response; 2] {
    let preflight = shop.anyone().call("OPTIONS", "/cart/items").header("origin", origin);
    let preflight = preflight.header("access-control-request-method", "POST");
    let preflight = preflight.header("access-control-request-headers", "authorization,content-type");
    let page = shop.anyone().call("GET", "/categories").header("origin", origin);
    [preflight.send(), page.send()]
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn only_pages_of_the_storefront_may_read_responses() {
    let shop = Shop::open();
    let product = shop.product("10.00", 50);
    let ((), honest) = Honest::beside(shop, &product, || {
        for origin in STOREFRONTS {
            for response in calls(shop, origin) {
                assert!(matches!(response.status, 200 | 204), "{origin}: {response}");
                assert_eq!(response.header("access-control-allow-origin"), origin, "{response}");
            }
        }
        for origin in STRANGERS {
            for response in calls(shop, origin) {
                assert_eq!(response.header("access-control-allow-origin"), "", "{origin}: {response}");
            }
        }
    });
    honest.report("pages of other origins", &format!("0 of {} may read a response", STRANGERS.len()));
}
