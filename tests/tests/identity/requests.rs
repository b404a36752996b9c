//! A request for each route that is valid enough to reach the check of authorization, and that changes nothing that
//! other tests use: requests of staff name things that do not exist, and bodies that would change an account are empty.

use serde_json::json;
use souk_e2e::{Call, Caller, Route, Shop, checkout, shipment};

use crate::people::UNKNOWN_ID;

/// The data of the account of the column `account`.
pub(crate) struct Owned {
    order_id: String,
    session_id: String,
    link: String,
    decline: String,
}

/// An account with an order, a link to it, and a second session.
pub(crate) fn owner(shop: &'static Shop) -> (Caller, Owned) {
    let (product, account) = (shop.product("1.00", 5), shop.verified());
    let order_id = account.caller.order(&product, 1);
    let link = account.caller.post(&format!("/orders/{order_id}/link"), "{}").is(201).text("token");
    shop.log_in(&account.email, None);
    let sessions = account.caller.get("/account/sessions").is(200).list("sessions");
    let other = sessions.iter().find(|session| session.text("current") == "false").expect("another session");
    let session_id = other.text("session_id");
    (account.caller, Owned { order_id, session_id, link, decline: shop.decline.clone() })
}

/// Whether a path names an order or a session of one caller.
pub(crate) fn names_owned(route: &Route) -> bool {
    !route.is_for_staff() && ["{order_id}", "{session_id}"].iter().any(|name| route.path.contains(name))
}

/// The request for a route.
pub(crate) fn call(caller: &Caller, route: &Route, owned: &Owned) -> Call {
    let call = caller.call(&route.method, &path(route, owned));
    match body(route, owned) {
        Some(body) => call.json(body),
        None => call,
    }
}

fn path(route: &Route, owned: &Owned) -> String {
    let part = |part: &str| match part {
        "{order_id}" if route.is_for_staff() => UNKNOWN_ID.to_owned(),
        "{order_id}" => owned.order_id.clone(),
        "{session_id}" => owned.session_id.clone(),
        "{token}" => owned.link.clone(),
        "{user_id}" => UNKNOWN_ID.to_owned(),
        "{product_id}" => "unknown-product".to_owned(),
        "{refund_request_id}" => format!("{UNKNOWN_ID}.{}", "x".repeat(22)),
        part if part.starts_with('{') => "1".to_owned(),
        part => part.to_owned(),
    };
    let path = route.path.split('/').map(part).collect::<Vec<_>>().join("/");
    let query = match (route.method.as_str(), route.path.as_str()) {
        ("GET", "/admin/orders") => "?status=paid&limit=1",
        ("GET", "/admin/audit") => "?subject=synonyms&limit=1",
        ("GET", "/products") => "?limit=1",
        ("GET", "/products/suggest") => "?q=x",
        ("GET", "/inventory") => "?product_ids=unknown-product",
        // Not a flag, so nothing ends.
        ("DELETE", "/account/sessions") => "?include_current=maybe",
        _ => "",
    };
    format!("{path}{query}")
}

/// `{}` is refused where it would change an account or the catalogue.
fn body(route: &Route, owned: &Owned) -> Option<String> {
    let body = match (route.method.as_str(), route.path.as_str()) {
        ("DELETE", "/account" | "/account/second-factor") => json!({}),
        ("GET" | "DELETE", _) => return None,
        ("POST", "/cart/items") => json!({"product_id": "unknown-product", "quantity": 1}),
        ("PATCH", _) => json!({"quantity": 1}),
        ("POST", "/orders") => checkout(),
        ("POST", "/orders/{order_id}/pay") => json!({"payment_token": owned.decline}),
        ("POST", "/orders/{order_id}/returns") => {
            json!({"items": [{"product_id": "unknown-product", "quantity": 1, "reason": "too small"}]})
        }
        ("PUT", "/admin/inventory/{product_id}") => json!({"available": 1}),
        ("POST", "/admin/inventory/{product_id}/adjustments") => json!({"delta": 1, "reason": "received"}),
        ("PUT", "/admin/inventory/{product_id}/shards") => json!({"shards": 2}),
        ("POST", "/admin/orders/{order_id}/refunds") => json!({"amount": 1, "refund_to": "original", "reason": "late"}),
        ("POST", path) if path.ends_with("/accept") || path.ends_with("/retry") => json!({"refund_to": "original"}),
        ("POST", path) if path.ends_with("/reject") => json!({"reason": "it was worn"}),
        ("POST", path) if path.ends_with("/ship") => shipment(),
        ("POST", path) if path.ends_with("/approval") => json!({"amount": 1}),
        ("PUT", "/admin/staff/{user_id}") => json!({"roles": ["support"]}),
        _ => json!({}),
    };
    Some(body.to_string())
}
