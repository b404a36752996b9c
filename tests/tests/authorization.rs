//! Authorization: every route that needs a token is called without one, with an invalid one, as a guest, as a shopper, and
//! by staff with each role.

use souk_e2e::{Caller, Response, Route, Shop, routes};

fn call(caller: &Caller, route: &Route) -> Response {
    let call = caller.call(&route.method, &route.example_path());
    if route.method == "GET" || route.method == "DELETE" { call.send() } else { call.json("{}").send() }
}

fn protected() -> Vec<Route> {
    routes().into_iter().filter(|route| !route.is_public()).collect()
}

#[test]
fn every_protected_route_answers_401_without_a_token() {
    let shop = Shop::open();
    for route in protected() {
        // API Gateway refuses it without calling the function.
        call(&shop.anyone(), &route).is(401);
    }
}

#[test]
fn every_protected_route_answers_401_with_an_invalid_token() {
    let shop = Shop::open();
    for route in protected() {
        call(&shop.anyone().with_token("not-a-token"), &route).is_problem(401, "token_invalid");
    }
}

#[test]
fn staff_routes_answer_403_to_guests_and_shoppers() {
    let shop = Shop::open();
    for caller in [shop.guest(), shop.shopper(), shop.account()] {
        for route in protected().iter().filter(|route| route.is_for_staff()) {
            call(&caller, route).is_problem(403, "forbidden");
        }
    }
}

#[test]
fn account_routes_answer_403_to_callers_without_a_verified_address() {
    let shop = Shop::open();
    for caller in [shop.guest(), shop.shopper()] {
        for route in protected().iter().filter(|route| route.caller == "account") {
            call(&caller, route).is_problem(403, "verified_account_required");
        }
    }
}

/// The permissions of each role, as docs/security.md names them.
const ROLES: [(&str, &[&str]); 6] = [
    ("catalogue", &["catalogue:read", "catalogue:write", "stock:read"]),
    ("stock", &["stock:read", "stock:write", "catalogue:read"]),
    ("orders", &["orders:read", "orders:write", "stock:read"]),
    ("refunds", &["orders:read", "refunds:write"]),
    ("support", &["catalogue:read", "stock:read", "orders:read", "accounts:read"]),
    (
        "administrator",
        &[
            "catalogue:read",
            "catalogue:write",
            "stock:read",
            "stock:write",
            "orders:read",
            "orders:write",
            "refunds:write",
            "accounts:read",
            "accounts:write",
            "staff:manage",
            "audit:read",
        ],
    ),
];

#[test]
fn staff_call_exactly_what_their_role_permits() {
    let shop = Shop::open();
    for (role, permissions) in ROLES {
        let member = shop.staff_with(&[role]);
        for route in protected().iter().filter(|route| route.is_for_staff()) {
            let permission = route.permission.as_deref().expect("staff need a permission");
            let answer = call(&member, route);
            if permissions.contains(&permission) {
                // The request itself is not valid.
                assert!(![401, 403].contains(&answer.status) && answer.status < 500, "{role}: {answer}");
            } else {
                answer.is_problem(403, "forbidden");
            }
        }
    }
}

#[test]
fn staff_without_a_second_factor_call_nothing() {
    let shop = Shop::open();
    let account = shop.verified();
    shop.grant(&account.user_id, &["administrator"]);
    let member = shop.log_in(&account.email, None);
    for route in protected().iter().filter(|route| route.is_for_staff()) {
        call(&member.caller, route).is_problem(403, "second_factor_missing");
    }
    member.caller.get("/account").is(200);
}

#[test]
fn routes_that_check_the_session_refuse_one_that_has_ended() {
    let shop = Shop::open();
    let member = shop.new_member(&["administrator"]);
    let body = serde_json::json!({"refresh_token": member.refresh_token});
    assert_eq!(shop.anyone().post("/auth/logout", body).status, 204);
    for route in protected().iter().filter(|route| route.checks_session) {
        call(&member.caller, route).is_problem(401, "session_ended");
    }
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
