//! A trial that is mistaken for a shop, and responses that a browser uses for something else.

use souk_e2e::Shop;

use crate::honest::Honest;

/// Headers of every response of a function, problems too.
const SECURITY_HEADERS: [(&str, &str); 4] = [
    ("strict-transport-security", "max-age=31536000"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
];

/// Responses of several functions: success, an unknown resource, invalid input, a body that is no JSON.
#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn every_response_has_the_security_headers_and_names_the_stage() {
    let shop = Shop::open();
    let product = shop.product("10.00", 50);
    let (responses, honest) = Honest::beside(shop, &product, || {
        let (anyone, guest) = (shop.anyone(), shop.guest());
        vec![
            anyone.get("/products"),
            anyone.get(&format!("/products/{}", product.id)),
            anyone.get("/products/no-such-product"),
            anyone.get("/categories"),
            anyone.post("/auth/login", "{"),
            guest.get("/cart"),
            guest.get("/orders"),
            guest.post("/cart/items", "{}"),
        ]
    });
    assert!(responses.iter().any(|response| response.status == 200));
    assert!(responses.iter().any(|response| response.status == 404));
    assert!(responses.iter().filter(|response| response.status >= 400).count() >= 3);
    for response in &responses {
        assert_eq!(response.header("souk-stage"), "local", "{response}");
        for (name, value) in SECURITY_HEADERS {
            assert_eq!(response.header(name), value, "{response}: {name}");
        }
    }
    let count = responses.len();
    honest.report("a response used as a page or in a frame", &format!("{count} of {count} refuse it in their headers"));
}
