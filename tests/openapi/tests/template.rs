//! template.yaml deploys exactly the declared operations: function, method, path and authorization.

use std::collections::BTreeSet;

use serde_yaml_ng::Value;
use souk_openapi::operations;
use souk_runtime::contract::Operation;

/// The authorizer of a route that names none.
const DEFAULT_AUTHORIZER: &str = "TokenAuthorizer";
const TEMPLATE: &str = include_str!("../../../template.yaml");

/// Handler, method, path, authorizer.
type Route = (String, String, String, String);

fn deployed() -> BTreeSet<Route> {
    let template: Value = serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML");
    let mut routes = BTreeSet::new();
    for resource in template["Resources"].as_mapping().expect("Resources").values() {
        let events = resource["Properties"]["Events"].as_mapping();
        for event in events.into_iter().flat_map(|events| events.values()).filter(|event| event["Type"] == "HttpApi") {
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let properties = &event["Properties"];
            let authorizer = properties["Auth"]["Authorizer"].as_str().unwrap_or(DEFAULT_AUTHORIZER).to_owned();
            let handler = text(&resource["Properties"]["Handler"]);
            routes.insert((handler, text(&properties["Method"]), text(&properties["Path"]), authorizer));
        }
    }
    routes
}

/// The authorizer that an operation needs.
fn authorizer(operation: &Operation) -> &'static str {
    match (operation.needs_token(), operation.checks_session) {
        (false, _) => "NONE",
        (true, false) => DEFAULT_AUTHORIZER,
        (true, true) => "SessionAuthorizer",
    }
}

#[test]
fn the_authorizer_that_reads_sessions_is_not_cached() {
    let template: Value = serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML");
    let authorizers = &template["Resources"]["Api"]["Properties"]["Auth"]["Authorizers"];
    let cached_seconds = |name: &str| authorizers[name]["Identity"]["ReauthorizeEvery"].as_u64();
    assert_eq!(cached_seconds("SessionAuthorizer"), Some(0));
    assert!(cached_seconds(DEFAULT_AUTHORIZER).is_some_and(|seconds| seconds <= 60), "the default is five minutes");
}

#[test]
fn the_template_has_exactly_the_declared_routes() {
    let mut declared = BTreeSet::new();
    for operation in operations() {
        let mut add = |method: &str| {
            declared.insert((
                operation.function.to_owned(),
                method.to_owned(),
                operation.path.to_owned(),
                authorizer(&operation).to_owned(),
            ))
        };
        assert!(add(operation.method), "{} is declared twice", operation.function);
        if operation.method == "GET" && !operation.needs_token() {
            add("HEAD");
        }
    }
    let deployed = deployed();
    let missing: Vec<_> = declared.difference(&deployed).collect();
    let undeclared: Vec<_> = deployed.difference(&declared).collect();
    assert!(
        missing.is_empty() && undeclared.is_empty(),
        "not in the template: {missing:?}; not declared: {undeclared:?}"
    );
}
