//! The routes of the API as docs/openapi.yaml declares them, so that tests cover each of them. Tests of `tests/openapi` hold
//! template.yaml to the same declarations.

use serde_yaml_ng::Value;

const DOCUMENT: &str = include_str!("../../docs/openapi.yaml");

/// One route of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `GET`
    pub method: String,
    /// `/orders/{order_id}`
    pub path: String,
    /// Whether it needs no token.
    pub public: bool,
    /// Whether only staff may call it.
    pub for_staff: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub takes_key: bool,
}

impl Route {
    /// The path with `x` for each parameter.
    pub fn example_path(&self) -> String {
        let part = |part: &str| if part.starts_with('{') { "x".to_owned() } else { part.to_owned() };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

/// Every route.
pub fn routes() -> Vec<Route> {
    let document: Value = serde_yaml_ng::from_str(DOCUMENT).expect("docs/openapi.yaml is YAML");
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_mapping().expect("paths") {
        for (method, operation) in item.as_mapping().expect("operations") {
            routes.push(route(text(method).to_uppercase(), text(path), operation));
        }
    }
    assert!(routes.len() > 20, "docs/openapi.yaml has few routes: {routes:?}");
    routes
}

fn route(method: String, path: &str, operation: &Value) -> Route {
    let caller = text(&operation["x-caller"]);
    let parameters = operation["parameters"].as_sequence().map_or(&[][..], Vec::as_slice);
    Route {
        method,
        path: path.to_owned(),
        public: matches!(caller, "anyone" | "stripe"),
        for_staff: caller == "staff",
        takes_key: parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key"),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text in docs/openapi.yaml")
}
