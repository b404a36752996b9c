//! Refused requests: the problem that they return, and that they change nothing.

use serde_json::json;
use souk_e2e::{Caller, Product, Shop, checkout, credentials, fresh_email, unique_word};

fn add(caller: &Caller, product: &Product, quantity: &str) -> souk_e2e::Response {
    caller.post("/cart/items", format!(r#"{{"product_id": "{}", "quantity": {quantity}}}"#, product.id))
}

#[test]
fn malformed_bodies_are_refused() {
    let shopper = Shop::open().shopper();
    for bad in ["{", "", "[]", "\"text\"", "nonsense", "{\"product_id\": }", "{\"a\": \u{1}}"] {
        shopper.post("/cart/items", bad).is_problem(400, "malformed_json");
    }
    for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded"] {
        let answer = shopper.call("POST", "/cart/items").body(kind, "{}").send();
        answer.is_problem(415, "unsupported_media_type");
    }
    let huge = json!({"product_id": "x".repeat(100_000), "quantity": 1});
    shopper.post("/cart/items", huge).is_problem(413, "body_too_large");
}

#[test]
fn all_invalid_fields_are_named_in_one_response() {
    let shop = Shop::open();
    let guest = shop.guest();
    // Without `contact` it may be an account, whose address is its contact: that is found out last.
    assert_eq!(guest.post("/orders", "{}").bad_fields(), ["payment_method", "shipping_address"]);
    let address = json!({"name": "", "line1": "x", "city": "y", "country": "Germany"});
    let contact = json!({"email": "ann", "phone": "none"});
    let body =
        json!({"payment_method": "gold", "shipping_address": address, "contact": contact, "expected_total": "12"});
    let mut fields = guest.post("/orders", body).bad_fields();
    fields.sort();
    let expected = ["contact.email", "contact.phone", "expected_total", "payment_method"];
    assert_eq!(fields[..4], expected);
    assert_eq!(fields[4..], ["shipping_address.country", "shipping_address.name"]);
    assert_eq!(guest.post("/cart/items", "{}").bad_fields(), ["product_id", "quantity"]);
    assert_eq!(shop.anyone().post("/auth/register", "{}").bad_fields(), ["email", "password"]);
    assert_eq!(shop.anyone().post("/auth/login", "{}").bad_fields(), ["email", "password"]);
}

#[test]
fn invalid_quantities_are_refused() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
    shopper.add(&product, 1);
    for bad in ["0", "-1", "1000000000", "1.5", "1e3", "\"2\"", "null", "true", "99999999999999999999999999"] {
        assert_eq!(add(&shopper, &product, bad).bad_fields(), ["quantity"], "{bad}");
        let patch = shopper.patch(&format!("/cart/items/{}", product.id), format!(r#"{{"quantity": {bad}}}"#));
        assert_eq!(patch.bad_fields(), ["quantity"], "{bad}");
    }
    assert_eq!(shopper.get("/cart").is(200).whole("items.0.quantity"), 1);
}

#[test]
fn unknown_ids_are_not_found() {
    let shop = Shop::open();
    let (shopper, unknown) = (shop.shopper(), unique_word());
    let body = json!({"product_id": unknown, "quantity": 1});
    shopper.post("/cart/items", body).is_problem(404, "product_not_found");
    assert!(shopper.get("/cart").is(200).list("items").is_empty());
    shopper.patch(&format!("/cart/items/{unknown}"), r#"{"quantity": 1}"#).is_problem(404, "not_found");
    shop.anyone().get(&format!("/products/{unknown}")).is_problem(404, "not_found");
    for order_id in ["01a20c57-f260-7c55-a1b2-0f1e2d3c4b5a", "x", "1399"] {
        shopper.get(&format!("/orders/{order_id}")).is_problem(404, "not_found");
        shopper.pay(order_id, &shop.success).is_problem(404, "not_found");
        shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is_problem(404, "not_found");
    }
    for (method, path) in [("PUT", ""), ("POST", "/adjustments")] {
        let call = shop.staff().call(method, &format!("/admin/inventory/{unknown}{path}"));
        let answer = call.json(r#"{"available": 1, "delta": 1, "reason": "received"}"#).send();
        answer.is_problem(404, "not_found");
    }
    shop.anyone().get(&format!("/{unknown}")).is(404);
}

#[test]
fn an_empty_cart_cannot_be_ordered() {
    let shopper = Shop::open().shopper();
    shopper.post("/orders", checkout()).is_problem(409, "cart_empty");
    assert!(shopper.get("/orders").is(200).list("orders").is_empty());
}

#[test]
fn insufficient_stock_names_the_product_and_both_quantities() {
    let shop = Shop::open();
    let (scarce, plenty, shopper) = (shop.product("1.00", 2), shop.product("1.00", 50), shop.shopper());
    shopper.add(&plenty, 5);
    shopper.add(&scarce, 3);
    let problem = shopper.post("/orders", checkout()).is_problem(409, "insufficient_stock");
    assert_eq!(problem.texts("items", "product_id"), [scarce.id.as_str()]);
    assert_eq!((problem.whole("items.0.asked"), problem.whole("items.0.available")), (3, 2));
    assert_eq!((shop.available(&scarce), shop.available(&plenty)), (2, 50));
    assert_eq!(shopper.get("/cart").is(200).list("items").len(), 2);
    assert!(shopper.get("/orders").is(200).list("orders").is_empty());
}

#[test]
fn a_changed_price_is_refused_before_an_order_is_placed() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("10.00", 5), shop.shopper());
    shopper.add(&product, 2);
    shop.put_product(&product, "10.05");
    let expecting = |total: &str| {
        let contact = r#"{"email": "ann@souk.example"}"#;
        format!(
            r#"{{"payment_method": "paypal", "shipping_address": "1 Main St", "contact": {contact}, "expected_total": {total}}}"#
        )
    };
    let problem = shopper.post("/orders", expecting("20.00")).is_problem(409, "price_changed");
    assert_eq!((problem.text("total_amount").as_str(), problem.text("currency").as_str()), ("20.10", "USD"));
    assert_eq!((shop.available(&product), shopper.get("/orders").is(200).list("orders").len()), (5, 0));
    assert_eq!(shopper.post("/orders", expecting("20.10")).is(201).text("total_amount"), "20.10");
}

#[test]
fn a_declined_payment_can_be_retried_and_a_paid_order_is_not_charged_twice() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 5), shop.shopper());
    let order_id = shopper.order(&product, 1);
    shopper.pay(&order_id, &shop.decline).is_problem(402, "payment_declined");
    assert_eq!(shopper.order_detail(&order_id).text("payment.status"), "failed");
    assert_eq!(shopper.post(&format!("/orders/{order_id}/pay"), "{}").bad_fields(), ["payment_token"]);
    let paid = shopper.pay(&order_id, &shop.success).is(200);
    let again = shopper.pay(&order_id, &shop.success).is(200);
    assert_eq!(again.text("payment_id"), paid.text("payment_id"));
    let order = shopper.order_detail(&order_id);
    assert_eq!(
        order.texts("timeline", "event"),
        ["placed", "payment_started", "payment_failed", "payment_started", "paid"]
    );
}

#[test]
fn account_refusals_do_not_disclose_who_has_an_account() {
    let shop = Shop::open();
    let email = fresh_email();
    let account = shop.verify(&shop.register_with(&email));
    // The answer to a registration is that of a free address, and its session is another account's.
    let again = shop.register_with(&email.to_uppercase());
    assert_ne!(again.user_id, account.user_id);
    again.caller.get("/account").is_problem(403, "verified_account_required");
    // A log-in with the password of a registration opens it, also while another account has the address.
    for address in [&email, &fresh_email()] {
        let body = json!({"email": address, "password": "another horse battery staple"});
        let registered = shop.anyone().post_with_key("/auth/register", &body).is(201);
        let session = shop.anyone().post("/auth/login", &body).is(200);
        let shown = (session.text("user_id"), session.text("kind"));
        assert_eq!(shown, (registered.text("user_id"), "guest".to_owned()), "{address}");
    }
    let bad = json!({"email": "nobody", "password": "short"});
    assert_eq!(shop.anyone().post("/auth/register", bad).bad_fields(), ["email", "password"]);

    // The response is the same whether or not the account exists, except for the request id.
    let guess = |email: &str| {
        let body = json!({"email": email, "password": "a wrong password"});
        let problem = shop.anyone().post("/auth/login", body).is_problem(401, "invalid_credentials");
        (problem.text("detail"), problem.text("title"))
    };
    assert_eq!(guess(&email), guess(&fresh_email()));
    shop.anyone().post("/auth/login", credentials(&email)).is(200);
}

#[test]
fn no_request_of_a_client_causes_a_server_error() {
    let shop = Shop::open();
    let (anyone, shopper, staff) = (shop.anyone(), shop.shopper(), shop.staff());
    let nested = "[".repeat(20_000);
    let bodies =
        ["null", "0", "{\"quantity\": 1e999}", "{\"product_id\": {}, \"quantity\": []}", "\u{feff}{}", &nested];
    let writes = [
        (&anyone, "POST", "/auth/register"),
        (&anyone, "POST", "/auth/login"),
        (&anyone, "POST", "/auth/refresh"),
        (&anyone, "POST", "/auth/logout"),
        (&shopper, "POST", "/cart/items"),
        (&shopper, "PATCH", "/cart/items/x"),
        (&shopper, "POST", "/orders"),
        (&shopper, "POST", "/orders/x/pay"),
        (&shopper, "POST", "/orders/x/returns"),
        (&staff, "POST", "/admin/orders/x/ship"),
        (&staff, "POST", "/admin/orders/x/refunds"),
        (&staff, "POST", "/admin/orders/x/refunds/x/retry"),
        (&staff, "POST", "/admin/orders/x/returns/x/accept"),
        (&staff, "POST", "/admin/orders/x/returns/x/reject"),
        (&staff, "PUT", "/admin/products/x"),
        (&staff, "PUT", "/admin/inventory/x"),
        (&staff, "POST", "/admin/inventory/x/adjustments"),
        (&staff, "POST", "/admin/imports"),
    ];
    for (caller, method, path) in writes {
        for body in bodies {
            let answer = caller.call(method, path).json(body).send();
            assert!((400..500).contains(&answer.status) || path == "/auth/logout", "{answer}");
        }
        let answer = caller.call(method, path).body("application/json", b"{\"a\": \"\xff\xfe\"}").send();
        assert!(answer.status < 500, "{answer}");
    }
    let reads = [
        "/products?page=99999999999999999999",
        "/products?page=-1&limit=0",
        "/products?limit=1000000",
        "/products?search=%00%ff%22%5c*%3f~%28",
        "/products?search=%F0%9F%9B%92+AND+OR+NOT",
        "/products?category_id=%2e%2e%2f",
        "/products?min_price=NaN&max_price=-0.001&sort=%3Cscript%3E",
        "/products/%00",
        "/products/..%2f..%2fetc",
        "/inventory?product_ids=,,,,",
        "/inventory",
        "/orders?cursor=%00&limit=x",
        "/orders/%F0%9F%9B%92",
    ];
    for path in reads {
        let answer = shopper.get(path);
        assert!(answer.status < 500, "{answer}");
    }
    for path in ["/admin/orders?status=%00&cursor=-1", "/admin/orders/%00", "/admin/returns?status=x&limit=1e9"] {
        let answer = staff.get(path);
        assert!((400..500).contains(&answer.status), "{answer}");
    }
    let long = format!("/products?search={}", "long+word+".repeat(600));
    let answer = anyone.get(&long);
    assert!(answer.status < 500, "{answer}");
}

#[test]
fn card_numbers_are_refused() {
    let shop = Shop::open();
    let shopper = shop.shopper();
    let card = "4242 4242 4242 4242";
    let address = json!({"name": card, "line1": "1 Main St", "city": "x", "country": "US"});
    let contact = json!({"email": "ann@souk.example"});
    let body = json!({"payment_method": "credit_card", "shipping_address": address, "contact": contact});
    let in_contact = json!({"email": "ann@souk.example", "phone": card});
    let in_contact = json!({"payment_method": "credit_card", "shipping_address": "1 Main St", "contact": in_contact});
    let unread = json!({"product_id": unique_word(), "quantity": 1, "card": {"number": 4_242_424_242_424_242_u64}});
    let answers = [
        (shopper.post("/orders", body), "shipping_address"),
        (shopper.post("/orders", in_contact), "contact"),
        (shopper.post("/cart/items", unread), "card"),
        (shop.anyone().post("/auth/login", json!({"email": "ann@example.com", "password": card})), "password"),
        (shop.anyone().get("/products?search=4242-4242-4242-4242"), "search"),
    ];
    for (answer, field) in &answers {
        assert_eq!(answer.bad_fields(), [*field]);
        let problem = answer.is_problem(422, "invalid_fields");
        assert_eq!(problem.text("errors.0.code"), "card_number");
        assert!(!problem.text("detail").contains("4242") && !problem.text("errors.0.message").contains("4242"));
    }
    let keyed = shopper.call("POST", "/orders").header("idempotency-key", "4242424242424242").json(checkout()).send();
    keyed.is_problem(400, "card_number");
}

#[test]
fn webhooks_of_an_unconfigured_provider_are_not_found() {
    let event = json!({"type": "payment_intent.succeeded", "data": {"object": {}}});
    Shop::open().anyone().post("/webhooks/stripe", event).is_problem(404, "not_found");
}
