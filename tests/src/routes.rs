//! The routes of the API as docs/openapi.yaml declares them, so that tests cover each of them. Tests of `tests/openapi` hold
//! template.yaml to the same declarations.

use serde_json::Value;

use crate::contract;

/// One route of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `GET`
    pub method: String,
    /// `/orders/{order_id}`
    pub path: String,
    /// Who may call it: `anyone`, `guest`, `account`, `staff` or `stripe`.
    pub caller: String,
    /// The permission that staff need (`stock:write`); none if others may call it.
    pub permission: Option<String>,
    /// Whether a session that has ended is refused at once.
    pub checks_session: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub takes_key: bool,
    /// The example of its JSON body; none if it takes no JSON.
    pub example: Option<Value>,
}

impl Route {
    /// Whether it needs no token.
    pub fn is_public(&self) -> bool {
        ["anyone", "stripe"].contains(&self.caller.as_str())
    }

    /// Whether only staff may call it.
    pub fn is_for_staff(&self) -> bool {
        self.caller == "staff"
    }

    /// The path with `x` for each parameter.
    pub fn example_path(&self) -> String {
        let part = |part: &str| if part.starts_with('{') { "x".to_owned() } else { part.to_owned() };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

/// Every route.
pub fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, item) in contract::document()["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            routes.push(route(method.to_uppercase(), path, operation));
        }
    }
    assert!(routes.len() > 20, "docs/openapi.yaml has few routes: {routes:?}");
    routes
}

fn route(method: String, path: &str, operation: &Value) -> Route {
    let caller = operation["x-caller"].as_str().expect("x-caller of each operation");
    Route {
        method,
        path: path.to_owned(),
        caller: caller.to_owned(),
        permission: operation["x-permission"].as_str().map(str::to_owned),
        checks_session: operation["x-checks-session"] == true,
        takes_key: contract::has_key(operation),
        example: operation.pointer("/requestBody/content/application~1json/example").cloned(),
    }
}
