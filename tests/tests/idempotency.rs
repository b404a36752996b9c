//! Repeated requests: every POST route, and every other that takes an idempotency key, is called twice, with a key if it
//! takes one. The table in `docs/api.md` says what each stores and for how long.

use serde_json::{Value, json};
use souk_e2e::{
    Caller, Response, Shop, checkout, concurrently, credentials, fresh_email, return_items, routes, shipment,
};

/// Makes the list of routes, each with whether its test sends an `Idempotency-Key`, and a test for each.
macro_rules! routes_called_twice {
    ($($name:ident: $route:literal $(with $key:ident)?;)+) => {
        const TESTED: &[(&str, &[&str])] = &[$(($route, &[$(stringify!($key))?])),+];

        $(#[test]
        fn $name() {
            calls::$name(Shop::open());
        })+
    };
}

routes_called_twice! {
    registering: "POST /auth/register" with key;
    starting_as_a_guest: "POST /auth/guest";
    asking_for_the_link_of_an_address: "POST /auth/verification";
    asking_for_a_new_password: "POST /auth/password-reset";
    starting_a_second_factor: "POST /account/second-factor";
    inviting: "POST /admin/invitations";
    logging_in: "POST /auth/login";
    logging_out: "POST /auth/logout";
    adding_to_the_cart: "POST /cart/items" with key;
    placing: "POST /orders" with key;
    paying: "POST /orders/{order_id}/pay" with key;
    cancelling: "POST /orders/{order_id}/cancel";
    linking: "POST /orders/{order_id}/link";
    requesting_a_return: "POST /orders/{order_id}/returns" with key;
    importing: "POST /admin/imports";
    merging: "POST /admin/categories/{category_id}/merge";
    adjusting: "POST /admin/inventory/{product_id}/adjustments" with key;
    counting: "PUT /admin/inventory/{product_id}" with key;
    cancelling_by_staff: "POST /admin/orders/{order_id}/cancel";
    shipping: "POST /admin/orders/{order_id}/ship";
    delivering: "POST /admin/orders/{order_id}/deliver";
    refunding: "POST /admin/orders/{order_id}/refunds" with key;
    retrying_a_refund: "POST /admin/orders/{order_id}/refunds/{refund_id}/retry";
    accepting_a_return: "POST /admin/orders/{order_id}/returns/{return_id}/accept";
    rejecting_a_return: "POST /admin/orders/{order_id}/returns/{return_id}/reject";
}

/// Routes that are tested elsewhere.
const ELSEWHERE: [(&str, &str); 7] = [
    ("POST /auth/verification/confirm", "a link works once: accounts.rs"),
    ("POST /auth/password-reset/confirm", "a link works once: accounts.rs"),
    ("POST /auth/invitations/accept", "a link works once: accounts.rs"),
    ("POST /account/second-factor/confirm", "a code works once: the tests of confirm-second-factor"),
    ("POST /admin/refund-requests/{refund_request_id}/approval", "needs two people: the tests of approve-refund"),
    ("POST /auth/refresh", "a refresh token is valid once, and repeated for 20 seconds: sessions.rs"),
    ("POST /webhooks/stripe", "events are idempotent by their content: the tests of stripe-webhook"),
];

#[test]
fn every_post_route_and_every_route_that_takes_a_key_has_a_test() {
    let known = || TESTED.iter().map(|(route, _)| route).chain(ELSEWHERE.iter().map(|(route, _)| route));
    let covered = routes().into_iter().filter(|route| route.method == "POST" || route.takes_key);
    let covered: Vec<String> = covered.map(|route| format!("{} {}", route.method, route.path)).collect();
    let missing: Vec<_> = covered.iter().filter(|route| !known().any(|known| known == route)).collect();
    assert!(missing.is_empty(), "no test calls these twice: {missing:?}");
    let gone: Vec<_> = known().filter(|known| !covered.iter().any(|route| route == *known)).collect();
    assert!(gone.is_empty(), "neither a POST route nor one that takes a key: {gone:?}");
}

#[test]
fn every_route_that_takes_a_key_is_tested_with_one() {
    for route in routes() {
        let name = format!("{} {}", route.method, route.path);
        let Some((_, key)) = TESTED.iter().find(|(tested, _)| *tested == name) else { continue };
        assert_eq!(!key.is_empty(), route.takes_key, "{name}");
    }
}

#[test]
fn invalid_keys_are_refused() {
    let shopper = Shop::open().shopper();
    for bad in ["\"\"", &"k".repeat(300)] {
        let answer = shopper.call("POST", "/orders").header("idempotency-key", bad).json(checkout()).send();
        answer.is_problem(400, "invalid_idempotency_key");
    }
}

#[test]
fn concurrent_requests_without_a_key_place_one_order() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 9), shop.shopper());
    shopper.add(&product, 1);
    let answers = concurrently(5, |_| shopper.post("/orders", checkout()));
    let placed = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status)));
    assert_eq!((placed, shopper.get("/orders").is(200).list("orders").len(), shop.available(&product)), (1, 1, 8));
}

fn keyed(caller: &Caller, path: &str, body: &Value) -> Response {
    caller.call("POST", path).header("idempotency-key", "key-1").json(body).send()
}

/// Asserts that a repetition with the key gets the same response, and that another body with the key is refused.
fn assert_replayed(caller: &Caller, path: &str, body: &Value, other: &Value) -> Response {
    let first = keyed(caller, path, body);
    assert!((200..300).contains(&first.status), "{first}");
    let again = keyed(caller, path, body);
    assert_eq!((again.status, &again.body), (first.status, &first.body), "{again}");
    keyed(caller, path, other).is_problem(422, "idempotency_key_reused");
    first
}

/// Asserts that a repetition without a key succeeds, too.
fn assert_repeatable(caller: &Caller, path: &str, body: &Value) -> Response {
    let first = caller.post(path, body);
    assert!((200..300).contains(&first.status), "{first}");
    let again = caller.post(path, body);
    assert_eq!(again.status, first.status, "{again}");
    first
}

/// The test of each route.
mod calls {
    use super::*;

    pub(super) fn registering(shop: &'static Shop) {
        let account = credentials(&fresh_email());
        let call = |body: &Value| keyed(&shop.anyone(), "/auth/register", body);
        // The pending account is the same; its tokens are new, because tokens are not stored.
        let user_id = call(&account).is(201).text("user_id");
        assert_eq!(call(&account).is(201).text("user_id"), user_id);
        let other = json!({"email": account["email"], "password": "another horse battery"});
        call(&other).is_problem(422, "idempotency_key_reused");
        // Without the key, another account is pending for the same address. The response does not reveal the first one.
        assert_ne!(shop.anyone().post("/auth/register", &account).is(201).text("user_id"), user_id);
    }

    pub(super) fn logging_in(shop: &'static Shop) {
        let account = credentials(&fresh_email());
        shop.anyone().post("/auth/register", &account).is(201);
        assert_repeatable(&shop.anyone(), "/auth/login", &account);
    }

    pub(super) fn starting_as_a_guest(shop: &'static Shop) {
        assert_repeatable(&shop.anyone(), "/auth/guest", &json!({}));
    }

    pub(super) fn asking_for_the_link_of_an_address(shop: &'static Shop) {
        let email = shop.register().email;
        assert_repeatable(&shop.anyone(), "/auth/verification", &json!({"email": email}));
    }

    pub(super) fn asking_for_a_new_password(shop: &'static Shop) {
        assert_repeatable(&shop.anyone(), "/auth/password-reset", &json!({"email": fresh_email()}));
    }

    pub(super) fn starting_a_second_factor(shop: &'static Shop) {
        let body = json!({"password": souk_e2e::PASSWORD});
        let account = shop.account();
        let first = assert_repeatable(&account, "/account/second-factor", &body);
        assert_ne!(account.post("/account/second-factor", &body).body, first.body, "another secret");
    }

    pub(super) fn inviting(shop: &'static Shop) {
        let body = json!({"email": fresh_email(), "roles": ["support"]});
        assert_repeatable(&shop.staff(), "/admin/invitations", &body);
    }

    pub(super) fn logging_out(shop: &'static Shop) {
        let session = shop.anyone().post_with_key("/auth/register", credentials(&fresh_email())).is(201);
        let body = json!({"refresh_token": session.text("refresh_token")});
        assert_repeatable(&shop.anyone(), "/auth/logout", &body);
    }

    pub(super) fn adding_to_the_cart(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let item = |quantity: u32| json!({"product_id": product.id, "quantity": quantity});
        assert_replayed(&shopper, "/cart/items", &item(2), &item(3));
        assert_eq!(shopper.get("/cart").is(200).whole("items.0.quantity"), 2);
    }

    pub(super) fn placing(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        shopper.add(&product, 1);
        let mut other = checkout();
        other["shipping_address"] = json!("elsewhere");
        let first = assert_replayed(&shopper, "/orders", &checkout(), &other);
        // Replayed also after the cart was filled again.
        shopper.add(&product, 1);
        assert_eq!(keyed(&shopper, "/orders", &checkout()).body, first.body);
        assert_eq!((shop.available(&product), shopper.get("/orders").is(200).list("orders").len()), (4, 1));
        let next = shopper.call("POST", "/orders").header("idempotency-key", "key-2").json(checkout()).send();
        assert_ne!(next.is(201).text("order_id"), first.is(201).text("order_id"));
    }

    pub(super) fn paying(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let path = format!("/orders/{}/pay", shopper.order(&product, 1));
        let token = |token: &str| json!({"payment_token": token});
        assert_replayed(&shopper, &path, &token(&shop.success), &token(&shop.decline));

        // Two concurrent requests with one key: one pays, the other body is refused.
        let path = format!("/orders/{}/pay", shopper.order(&product, 1));
        let bodies = [token(&shop.success), json!({"payment_token": shop.success, "payment_method": "credit_card"})];
        let answers = concurrently(2, |number| keyed(&shopper, &path, &bodies[number]));
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);

        // While the outcome is unknown, the same request is refused with Retry-After.
        let path = format!("/orders/{}/pay", shopper.order(&product, 1));
        let unknown = token("sandbox_timeout_before_charge");
        assert_eq!(keyed(&shopper, &path, &unknown).is(202).text("status"), "processing");
        let again = keyed(&shopper, &path, &unknown);
        again.is_problem(409, "request_in_progress");
        assert!(!again.header("retry-after").is_empty());
    }

    pub(super) fn cancelling(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let path = format!("/orders/{}/cancel", shopper.order(&product, 2));
        assert_repeatable(&shopper, &path, &json!({}));
        assert_eq!(shop.available(&product), 5);
    }

    /// Each link has its own end, and all show the order.
    pub(super) fn linking(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let order_id = shopper.order(&product, 1);
        let first = assert_repeatable(&shopper, &format!("/orders/{order_id}/link"), &json!({}));
        let shown = shop.anyone().get(&format!("/order-links/{}", first.is(201).text("token"))).is(200);
        assert_eq!(shown.text("order_id"), order_id);
    }

    pub(super) fn requesting_a_return(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let order_id = shop.delivered_order(&shopper, &product, 3);
        let path = format!("/orders/{order_id}/returns");
        let first = assert_replayed(&shopper, &path, &return_items(&product, 1), &return_items(&product, 2));
        // Replayed also after the decision.
        shop.order_action(&order_id, "returns/1/reject", "{}").is(200);
        assert_eq!(keyed(&shopper, &path, &return_items(&product, 1)).body, first.body);
        assert_eq!(shopper.order_detail(&order_id).list("returns").len(), 1);
    }

    pub(super) fn importing(shop: &'static Shop) {
        let product = shop.product("1.00", 5);
        let line = format!(r#"{{"sku": "{}", "name": "Widget", "price": 2.00, "available": 9}}"#, product.id);
        for _ in 0..2 {
            let answer = shop.staff().call("POST", "/admin/imports").body("application/x-ndjson", line.clone()).send();
            assert_eq!(answer.is(200).whole("imported"), 1);
        }
        assert_eq!(shop.available(&product), 5);
    }

    pub(super) fn merging(shop: &'static Shop) {
        let word = souk_e2e::unique_word();
        for name in ["one", "two"] {
            let body = json!({"name": format!("{name} {word}")});
            shop.staff().put(&format!("/admin/categories/{name}-{word}"), body).is(201);
        }
        let into = json!({"into": format!("two-{word}")});
        assert_repeatable(&shop.staff(), &format!("/admin/categories/one-{word}/merge"), &into);
        assert_eq!(shop.staff().delete(&format!("/admin/categories/two-{word}")).status, 204);
    }

    pub(super) fn adjusting(shop: &'static Shop) {
        let product = shop.product("1.00", 5);
        let path = format!("/admin/inventory/{}/adjustments", product.id);
        let received = |delta: i64| json!({"delta": delta, "reason": "received"});
        let first = assert_replayed(&shop.staff(), &path, &received(4), &received(5));
        // Replayed also after the count has changed.
        shop.staff().post(&path, received(1)).is(200);
        assert_eq!(keyed(&shop.staff(), &path, &received(4)).body, first.body);
        assert_eq!(shop.available(&product), 10);
    }

    pub(super) fn counting(shop: &'static Shop) {
        let product = shop.product("1.00", 5);
        let path = format!("/admin/inventory/{}", product.id);
        let count = |available: u32| {
            let body = json!({"available": available});
            shop.staff().call("PUT", &path).header("idempotency-key", "key-1").json(body).send()
        };
        let first = count(9);
        assert_eq!(first.is(200).whole("available"), 9);
        // The repetition does not undo what has changed since.
        shop.staff().post(&format!("{path}/adjustments"), json!({"delta": -2, "reason": "damaged"})).is(200);
        let again = count(9);
        assert_eq!((again.status, &again.body), (200, &first.body), "{again}");
        count(8).is_problem(422, "idempotency_key_reused");
        assert_eq!(shop.available(&product), 7);
    }

    pub(super) fn cancelling_by_staff(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let order_id = shop.paid_order(&shopper, &product, 2);
        assert_repeatable(&shop.staff(), &format!("/admin/orders/{order_id}/cancel"), &json!({}));
        let order = shopper.wait_for_status(&order_id, "refunded");
        assert_eq!((order.list("refunds").len(), shop.available(&product)), (1, 5));
    }

    pub(super) fn shipping(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let order_id = shop.paid_order(&shopper, &product, 1);
        assert_repeatable(&shop.staff(), &format!("/admin/orders/{order_id}/ship"), &shipment());
        let other = json!({"carrier": "UPS", "tracking_number": "1Z"});
        shop.order_action(&order_id, "ship", other).is_problem(409, "not_shippable");
        let timeline = shopper.order_detail(&order_id).texts("timeline", "event");
        assert_eq!(timeline.iter().filter(|event| *event == "shipped").count(), 1);
    }

    pub(super) fn delivering(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let order_id = shop.delivered_order(&shopper, &product, 1);
        assert_repeatable(&shop.staff(), &format!("/admin/orders/{order_id}/deliver"), &json!({}));
        let timeline = shopper.order_detail(&order_id).texts("timeline", "event");
        assert_eq!(timeline.iter().filter(|event| *event == "delivered").count(), 1);
    }

    pub(super) fn refunding(shop: &'static Shop) {
        let (product, shopper) = (shop.product("5.00", 5), shop.shopper());
        let order_id = shop.delivered_order(&shopper, &product, 1);
        let refund = |amount: u32| json!({"amount": amount, "refund_to": "original", "reason": "late"});
        let path = format!("/admin/orders/{order_id}/refunds");
        let first = assert_replayed(&shop.staff(), &path, &refund(1), &refund(2));
        // Replayed also after the refund.
        shopper.wait_for_status(&order_id, "partially_refunded");
        assert_eq!(keyed(&shop.staff(), &path, &refund(1)).body, first.body);
        assert_eq!(shopper.order_detail(&order_id).minor("refunded_amount"), 100);
    }

    pub(super) fn retrying_a_refund(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let order_id = shop.paid_order(&shopper, &product, 1);
        shop.order_action(&order_id, "cancel", "").is(200);
        let path = format!("/admin/orders/{order_id}/refunds/1/retry");
        assert_repeatable(&shop.staff(), &path, &json!({"refund_to": "original"}));
        let order = shopper.wait_for_status(&order_id, "refunded");
        assert_eq!((order.list("refunds").len(), order.minor("refunded_amount")), (1, 100));
    }

    pub(super) fn accepting_a_return(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let order_id = shop.delivered_order(&shopper, &product, 2);
        shopper.request_return(&order_id, &product, 1).is(201);
        let path = format!("/admin/orders/{order_id}/returns/1/accept");
        assert_repeatable(&shop.staff(), &path, &json!({"refund_to": "original"}));
        let other = json!({"refund_to": "store_credit"});
        shop.staff().post(&path, other).is_problem(409, "return_already_decided");
        let order = shopper.wait_for_status(&order_id, "partially_refunded");
        assert_eq!((order.minor("refunded_amount"), shop.available(&product)), (100, 4));
    }

    pub(super) fn rejecting_a_return(shop: &'static Shop) {
        let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
        let order_id = shop.delivered_order(&shopper, &product, 2);
        shopper.request_return(&order_id, &product, 1).is(201);
        let path = format!("/admin/orders/{order_id}/returns/1/reject");
        assert_repeatable(&shop.staff(), &path, &json!({"reason": "worn"}));
        shop.order_action(&order_id, "returns/1/accept", r#"{"refund_to": "original"}"#)
            .is_problem(409, "return_already_decided");
    }
}
