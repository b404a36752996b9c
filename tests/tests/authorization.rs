//! Authorization: the declarations of routes, forged tokens, and access to data of others. Every route is called by
//! every kind of caller in `identity/matrix.rs`.

use souk_e2e::{Route, Shop, routes};

fn protected() -> Vec<Route> {
    routes().into_iter().filter(|route| !route.is_public()).collect()
}

#[test]
fn only_carts_and_orders_of_shoppers_do_not_check_the_session() {
    let unchecked: Vec<_> = protected().into_iter().filter(|route| !route.checks_session).collect();
    for route in &unchecked {
        let is_of_shoppers =
            route.caller == "guest" && ["/cart", "/orders"].iter().any(|it| route.path.starts_with(it));
        assert!(is_of_shoppers, "{} {}", route.method, route.path);
    }
    assert!(routes().iter().any(|route| route.path == "/orders/{order_id}/pay" && route.checks_session));
}

#[test]
fn public_routes_ignore_tokens() {
    let shop = Shop::open();
    shop.anyone().with_token("not-a-token").get("/products?limit=1").is(200);
}

#[test]
fn a_modified_token_is_invalid() {
    let shop = Shop::open();
    let token = shop.anyone().post("/auth/guest", "{}").is(201).text("token");
    shop.anyone().with_token(token.as_str()).get("/cart").is(200);
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("a token has three parts") };
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let bad = [
        unsigned,
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{flipped}{}", &signature[1..]),
        format!("{token}.{signature}"),
        format!("{header}.{}{claims}.{signature}", &claims[..4]),
    ];
    for bad in bad {
        shop.anyone().with_token(bad.as_str()).get("/cart").is_problem(401, "token_invalid");
    }
    for scheme in ["Basic", "Token"] {
        let answer = shop.anyone().call("GET", "/cart").header("authorization", &format!("{scheme} {token}")).send();
        answer.is_problem(401, "token_invalid");
    }
}

#[test]
fn orders_and_carts_of_others_are_not_found() {
    let shop = Shop::open();
    let (product, owner, other) = (shop.product("1.00", 5), shop.shopper(), shop.shopper());
    let order_id = owner.order(&product, 1);
    other.get(&format!("/orders/{order_id}")).is_problem(404, "not_found");
    other.pay(&order_id, &shop.success).is_problem(404, "not_found");
    other.call("POST", &format!("/orders/{order_id}/cancel")).send().is_problem(404, "not_found");
    assert!(other.get("/orders").is(200).list("orders").is_empty());
    owner.add(&product, 1);
    assert!(other.get("/cart").is(200).list("items").is_empty());
    assert_eq!(owner.order_detail(&order_id).text("status"), "pending_payment");
}

#[test]
fn a_role_in_a_request_body_is_ignored() {
    let shop = Shop::open();
    let email = souk_e2e::fresh_email();
    let body = serde_json::json!({"email": email, "password": "correct horse battery staple", "role": "staff"});
    let answer = shop.anyone().call("POST", "/auth/register").json(body).undeclared().send();
    if answer.status == 201 {
        let caller = shop.anyone().with_token(answer.is(201).text("token"));
        caller.put("/admin/inventory/x", r#"{"available": 1}"#).is_problem(403, "forbidden");
    } else {
        answer.is_problem(422, "invalid_fields");
    }
}
