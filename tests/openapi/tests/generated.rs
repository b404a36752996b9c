//! The generated files are current, and what they say is consistent.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;
use souk_openapi::{document, generated_files, operations};
use souk_runtime::contract::{Caching, Caller, Retry, UNDESCRIBED_ID};

#[test]
fn generated_files_are_current() {
    for file in generated_files() {
        let found = fs::read_to_string(&file.path).unwrap_or_default();
        let differs = found.lines().zip(file.text.lines()).find(|(found, wanted)| found != wanted);
        assert!(
            found == file.text,
            "{} does not follow from the declarations: run `cargo xtask openapi`. First difference: {differs:?}",
            file.path.display()
        );
    }
}

#[test]
fn every_operation_is_declared_completely() {
    for operation in operations() {
        let name = operation.function;
        assert!(!operation.summary.is_empty() && !operation.summary.ends_with('.'), "{name}: the summary");
        assert!(operation.responses.iter().any(|response| response.status < 300), "{name}: a success");
        let reads = operation.method == "GET";
        assert_eq!(matches!(operation.retry, Retry::Read), reads, "{name}: what a second request does");
        let effects = match operation.retry {
            Retry::Read => "",
            Retry::Key { answer, .. } => answer,
            Retry::Repeat(effect) => effect,
        };
        assert!(reads || effects.ends_with('.'), "{name}: a sentence about a second request");
        let cached = operation.responses.iter().any(|response| response.caching == Caching::Public);
        assert!(!cached || reads, "{name}: only reads are cached");
        for parameter in &operation.parameters {
            let is_described = !["", UNDESCRIBED_ID].contains(&parameter.description);
            assert!(is_described, "{name}: what the parameter {} is", parameter.name);
        }
    }
}

/// Operations that need no token. One that is made public by mistake is missing here.
const PUBLIC: [&str; 21] = [
    "GET /.well-known/jwks.json",
    "GET /categories",
    "GET /collections",
    "GET /inventory",
    "GET /openapi.json",
    "GET /order-links/{token}",
    "GET /products",
    "GET /products/suggest",
    "GET /products/{product_id}",
    "GET /products/{product_id}/document",
    "POST /auth/guest",
    "POST /auth/invitations/accept",
    "POST /auth/login",
    "POST /auth/logout",
    "POST /auth/password-reset",
    "POST /auth/password-reset/confirm",
    "POST /auth/refresh",
    "POST /auth/register",
    "POST /auth/verification",
    "POST /auth/verification/confirm",
    "POST /webhooks/stripe",
];

#[test]
fn only_the_public_operations_are_public_and_only_staff_administer() {
    let operations = operations();
    let public = operations.iter().filter(|operation| !operation.needs_token());
    let mut public: Vec<String> = public.map(|operation| format!("{} {}", operation.method, operation.path)).collect();
    public.sort();
    assert_eq!(public, PUBLIC);
    for operation in &operations {
        let administers = operation.path.starts_with("/admin/");
        assert_eq!(administers, matches!(operation.caller, Caller::Staff(_)), "{}", operation.function);
    }
}

#[test]
fn every_published_member_is_described() {
    let document = document();
    let mut missing = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        undescribed(name, schema, &mut missing);
    }
    assert!(missing.is_empty(), "members without a doc comment: {missing:?}");
}

/// Collects the members of a schema, and of the schemas in it, that have neither a description nor a reference.
fn undescribed(place: &str, schema: &Value, missing: &mut Vec<String>) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        if member.get("description").is_none() && member.get("$ref").is_none() {
            missing.push(place.clone());
        }
        undescribed(&place, member, missing);
    }
    let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|list| schema[list].as_array()).flatten();
    for part in lists.chain(schema.get("items")) {
        undescribed(place, part, missing);
    }
}

#[test]
fn a_code_means_the_same_status_everywhere() {
    let mut statuses: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    for problem in operations().iter().flat_map(souk_runtime::contract::Operation::all_problems) {
        statuses.entry(problem.code).or_default().insert(problem.status);
    }
    statuses.retain(|_, statuses| statuses.len() > 1);
    assert!(statuses.is_empty(), "{statuses:?}");
}

#[test]
fn examples_are_valid() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let mut checked = 0;
    let paths = document["paths"].as_object().expect("paths").values();
    for operation in paths.flat_map(|path| path.as_object().expect("operations").values()) {
        let bodies = operation["responses"].as_object().expect("responses").values().chain([&operation["requestBody"]]);
        for content in bodies.filter_map(|body| body["content"].as_object()).flat_map(serde_json::Map::values) {
            let Some(example) = content.get("example") else { continue };
            let root = serde_json::json!({"allOf": [content["schema"]], "components": {"schemas": schemas}});
            let validator = jsonschema::options().should_validate_formats(true).build(&root).expect("a schema");
            let errors: Vec<_> = validator.iter_errors(example).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", operation["operationId"]);
            checked += 1;
        }
    }
    assert!(checked > 0);
}

#[test]
fn every_success_with_a_body_has_a_recorded_example() {
    let document = document();
    let mut missing = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for operation in item.as_object().expect("operations").values() {
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let json = &response["content"]["application/json"];
                let is_success = status.starts_with('2') && !json.is_null();
                // The document itself is too large, and a shop in sandbox mode gets no events of Stripe.
                let is_recorded = path != "/openapi.json" && operation["x-caller"] != "stripe";
                if is_success && json["example"] == Value::Null && is_recorded {
                    missing.push(format!("{} {status}", operation["operationId"].as_str().unwrap_or_default()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "no example: record them with `cargo xtask openapi --record`: {missing:?}");
}
