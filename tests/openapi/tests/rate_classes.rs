//! The class of each operation's limit. A new operation adds itself to the list of its class.

use std::collections::BTreeMap;

use souk_openapi::operations;

#[test]
fn every_operation_has_a_class() {
    let mut classes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for operation in operations() {
        classes.entry(operation.rate_class().name()).or_default().push(operation.function);
    }
    for functions in classes.values_mut() {
        functions.sort_unstable();
    }
    let mut listed = |class: &str| classes.remove(class).unwrap_or_default();
    let browse = [
        "get-account",
        "get-jwks",
        "get-linked-order",
        "get-openapi",
        "get-order",
        "get-product",
        "get-product-document",
        "list-categories",
        "list-collections",
        "list-orders",
        "list-sessions",
    ];
    assert_eq!(listed("browse"), browse);
    assert_eq!(listed("search"), ["list-products", "suggest"]);
    assert_eq!(listed("stock"), ["get-inventory"]);
    let cart = ["add-cart-item", "clear-cart", "get-cart", "remove-cart-item", "update-cart-item"];
    assert_eq!(listed("cart"), cart);
    assert_eq!(listed("order"), ["cancel-order", "create-order-link", "place-order", "request-return"]);
    assert_eq!(listed("pay"), ["pay-order"]);
    let auth = [
        "accept-invitation",
        "change-password",
        "confirm-password-reset",
        "confirm-second-factor",
        "confirm-verification",
        "create-guest",
        "delete-account",
        "end-session",
        "end-sessions",
        "export-account",
        "login",
        "logout",
        "refresh",
        "register",
        "remove-second-factor",
        "request-password-reset",
        "request-verification",
        "start-second-factor",
    ];
    assert_eq!(listed("auth"), auth);
    assert_eq!(listed("webhook"), ["stripe-webhook"]);
    // All that staff may call, and nothing else.
    let staff = operations();
    let mut staff: Vec<_> =
        staff.iter().filter(|it| it.path.starts_with("/admin/")).map(|operation| operation.function).collect();
    staff.sort_unstable();
    assert_eq!(listed("staff"), staff);
    assert!(classes.is_empty(), "{classes:?}");
}

#[test]
fn every_operation_declares_that_it_is_limited() {
    for operation in operations() {
        let problems = operation.all_problems();
        assert!(problems.iter().any(|it| (it.status, it.code) == (429, "rate_limited")), "{}", operation.function);
    }
}
