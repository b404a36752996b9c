//! What a page of another origin needs: preflight answers for every route, and CORS headers on the responses of functions.

use souk_e2e::{Shop, routes};

const ORIGIN: &str = "https://storefront.example";

#[test]
fn every_route_answers_a_preflight_request() {
    let shop = Shop::open();
    for route in routes() {
        let call = shop.anyone().call("OPTIONS", &route.example_path());
        let call = call.header("origin", ORIGIN).header("access-control-request-method", &route.method);
        let headers = "authorization,content-type,idempotency-key,if-none-match";
        let answer = call.header("access-control-request-headers", headers).send();
        assert!(matches!(answer.status, 200 | 204), "{answer}");
        let allowed = |name: &str| answer.header(name).to_lowercase();
        assert!(["*", ORIGIN].contains(&allowed("access-control-allow-origin").as_str()), "{answer}");
        assert!(allowed("access-control-allow-methods").contains(&route.method.to_lowercase()), "{answer}");
        let missing = headers.split(',').find(|header| !allowed("access-control-allow-headers").contains(header));
        assert_eq!(missing, None, "{answer}");
    }
}

#[test]
fn responses_of_functions_may_be_read_by_pages() {
    let shop = Shop::open();
    let shopper = shop.shopper();
    for (path, status) in [("/products?limit=1", 200), ("/products?limit=0", 422), ("/products/none", 404)] {
        let answer = shopper.call("GET", path).header("origin", ORIGIN).send();
        assert_eq!(answer.status, status, "{answer}");
        assert!(["*", ORIGIN].contains(&answer.header("access-control-allow-origin")), "{answer}");
        let exposed = answer.header("access-control-expose-headers").to_lowercase();
        assert!(
            ["etag", "retry-after", "souk-stage"].iter().all(|name| exposed.contains(name)),
            "{answer} exposes {exposed:?}"
        );
    }
}
