//! The OpenAPI document.

use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use souk_runtime::contract::{
    self, Caching, Caller, DeclaredProblem, DeclaredResponse, Link, Location, Operation, Parameter, RequestBody, Retry,
    Tag,
};
use souk_runtime::http::Problem;

use crate::{examples, operations};

/// Recorded responses by operation id and status.
type Recorded = BTreeMap<String, Value>;

const PROBLEM: &str = "application/problem+json";
const JSON: &str = "application/json";
/// Statuses that API Gateway also answers by itself, with another media type.
const OF_GATEWAY: [u16; 5] = [401, 413, 429, 500, 503];

/// The document, as JSON.
pub fn document() -> Value {
    let mut document = marked_document();
    examples::unmark(&mut document);
    document
}

/// The document with marked decimals in its examples.
pub(crate) fn marked_document() -> Value {
    let recorded = examples::recorded();
    let mut requests = generator(SchemaSettings::for_deserialize);
    let mut responses = generator(SchemaSettings::for_serialize);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations() {
        let declared = declared(&operation, &recorded, &mut requests, &mut responses);
        paths.entry(operation.path).or_default().insert(operation.method.to_lowercase(), declared);
    }
    let mut schemas = responses.take_definitions(true);
    schemas.values_mut().for_each(without_null_where_left_out);
    schemas.extend(requests.take_definitions(true));
    schemas.insert("GatewayError".to_owned(), gateway_error());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Souk",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A serverless commerce backend.",
            "description": include_str!("introduction.md"),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The address of the shop's API, as its stack prints it."}],
        "tags": TAGS.map(|(tag, description)| json!({"name": tag_name(tag), "description": description})),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "headers": headers(),
            "securitySchemes": {
                "token": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                    "description": "The `token` of registration, log-in or refresh. It is valid for 15 minutes.",
                },
                "stripeSignature": {
                    "type": "apiKey", "in": "header", "name": "Stripe-Signature",
                    "description": "Stripe's signature of the body with the secret of the webhook.",
                },
            },
        },
    })
}

const TAGS: [(Tag, &str); 10] = [
    (Tag::Accounts, "Guests, registration, log-in, sessions, the second factor, and what belongs to an account."),
    (Tag::Catalogue, "Products, categories, collections and live stock."),
    (Tag::Cart, "The cart of an account or a guest."),
    (Tag::Orders, "Orders of a shopper, their cancellation and returns."),
    (Tag::Payments, "Payments, and the webhooks of payment providers."),
    (Tag::StaffCatalogue, "For staff: products, categories, collections, imports and synonyms."),
    (Tag::StaffOrders, "For staff: orders, shipments, returns and refunds."),
    (Tag::StaffStock, "For staff: stock and its history."),
    (Tag::Administration, "For staff: staff and their roles, the audit log, accounts."),
    (Tag::Contract, "This document, and the keys that verify access tokens."),
];

fn tag_name(tag: Tag) -> &'static str {
    match tag {
        Tag::Accounts => "accounts",
        Tag::Catalogue => "catalogue",
        Tag::Cart => "cart",
        Tag::Orders => "orders",
        Tag::Payments => "payments",
        Tag::StaffCatalogue => "staff: catalogue",
        Tag::StaffOrders => "staff: orders",
        Tag::StaffStock => "staff: stock",
        Tag::Administration => "staff: administration",
        Tag::Contract => "contract",
    }
}

fn generator(contract: fn(SchemaSettings) -> SchemaSettings) -> SchemaGenerator {
    let components = |settings: &mut SchemaSettings| settings.definitions_path = "/components/schemas".into();
    contract(SchemaSettings::draft2020_12().with(components)).into_generator()
}

fn declared(
    operation: &Operation,
    recorded: &Recorded,
    requests: &mut SchemaGenerator,
    responses: &mut SchemaGenerator,
) -> Value {
    let id = operation.operation_id();
    let mut declared = json!({
        "operationId": id,
        "tags": [tag_name(operation.tag)],
        "summary": operation.summary,
        "security": security(operation.caller),
        "x-caller": match operation.caller {
            Caller::Anyone => "anyone",
            Caller::Guest => "guest",
            Caller::Shopper => "account",
            Caller::Staff(_) => "staff",
            Caller::Stripe => "stripe",
        },
        "x-checks-session": operation.checks_session,
        "responses": all_responses(operation, recorded, responses),
    });
    if let Caller::Staff(permission) = operation.caller {
        declared["x-permission"] = permission.as_str().into();
    }
    let description = description(operation);
    if !description.is_empty() {
        declared["description"] = description.into();
    }
    let parameters: Vec<_> = all_parameters(operation).iter().map(parameter).collect();
    if !parameters.is_empty() {
        declared["parameters"] = parameters.into();
    }
    if let Some(body) = &operation.body {
        declared["requestBody"] = request_body(body, requests);
    }
    declared
}

fn security(caller: Caller) -> Value {
    match caller {
        Caller::Anyone => json!([]),
        Caller::Guest | Caller::Shopper | Caller::Staff(_) => json!([{"token": []}]),
        Caller::Stripe => json!([{"stripeSignature": []}]),
    }
}

fn description(operation: &Operation) -> String {
    let who = match operation.caller {
        Caller::Guest => Some("For guests and accounts.".to_owned()),
        Caller::Shopper => Some("For accounts with a verified address.".to_owned()),
        Caller::Staff(permission) => {
            let name = permission.as_str();
            Some(format!("For staff with the permission `{name}`, whose session was started with a second factor."))
        }
        Caller::Anyone | Caller::Stripe => None,
    };
    let retry = match operation.retry {
        Retry::Read => None,
        Retry::Key { answer, stored } => {
            Some(format!("With the same `Idempotency-Key`: {answer} The key is stored {stored}."))
        }
        Retry::Repeat(effect) => Some(format!("When it is sent again: {effect}")),
    };
    let own = Some(operation.description.clone()).filter(|description| !description.is_empty());
    [own, who, retry].into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// With the headers that follow from the declaration.
fn all_parameters(operation: &Operation) -> Vec<Parameter> {
    let mut parameters = operation.parameters.clone();
    if matches!(operation.retry, Retry::Key { .. }) {
        parameters.push(Parameter::header(
            "Idempotency-Key",
            schemars::json_schema!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}),
            "Marks a retry as the same call. Chosen by the client, anew for each call, such as a UUID.",
        ));
    }
    if operation.responses.iter().any(|response| response.caching == Caching::Public) {
        parameters.push(Parameter::header(
            "If-None-Match",
            schemars::json_schema!({"type": "string"}),
            "The `ETag` of the response that the client has.",
        ));
    }
    parameters
}

fn parameter(parameter: &Parameter) -> Value {
    let location = match parameter.location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
    };
    let mut declared = json!({
        "name": parameter.name,
        "in": location,
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema,
    });
    if parameter.location == Location::Query && !parameter.required {
        declared["allowEmptyValue"] = true.into(); // the same as none
    }
    if let Some((style, explode)) = parameter.style {
        declared["style"] = style.into();
        declared["explode"] = explode.into();
    }
    declared
}

fn request_body(body: &RequestBody, requests: &mut SchemaGenerator) -> Value {
    let mut content = json!({"schema": (body.schema)(requests)});
    if !body.example.is_empty() {
        content["example"] = if body.is_json() { examples::marked(body.example) } else { body.example.into() };
    }
    json!({"required": body.required, "content": {body.media_type: content}})
}

fn all_responses(operation: &Operation, recorded: &Recorded, schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let mut all = Map::new();
    for response in &operation.responses {
        all.insert(
            response.status.to_string(),
            success(response, examples::of(recorded, operation, response.status), schemas),
        );
        if !operation.links.is_empty() {
            all[&response.status.to_string()]["links"] = links(operation);
        }
        if response.caching == Caching::Public {
            let not_modified = json!({
                "description": "The client has this response already.",
                "headers": {"ETag": reference("headers", "ETag"), "Cache-Control": reference("headers", "Cache-Control")},
            });
            all.insert("304".to_owned(), not_modified);
        }
    }
    let problems = operation.all_problems();
    for of_status in problems.chunk_by(|one, next| one.status == next.status) {
        all.insert(of_status[0].status.to_string(), refusal(of_status, schemas));
    }
    all
}

fn success(response: &DeclaredResponse, example: Option<Value>, schemas: &mut SchemaGenerator) -> Value {
    let mut declared = json!({"description": response.description});
    if let Some(schema) = response.schema {
        let mut content = json!({"schema": schema(schemas)});
        if let Some(example) = example {
            content["example"] = example;
        }
        declared["content"] = json!({JSON: content});
    }
    declared["headers"] = json!({
        "Cache-Control": reference("headers", "Cache-Control"),
        "RateLimit-Policy": reference("headers", "RateLimit-Policy"),
    });
    // What anyone may cache says nothing about one caller.
    let further = if response.caching == Caching::Public { "ETag" } else { "RateLimit" };
    declared["headers"][further] = reference("headers", further);
    declared
}

fn links(operation: &Operation) -> Value {
    let link = |link: &Link| {
        let parameters: Map<_, _> =
            link.parameters.iter().map(|(name, expression)| ((*name).to_owned(), json!(expression))).collect();
        let id = contract::operation_id(link.function);
        (id.clone(), json!({"operationId": id, "parameters": parameters}))
    };
    operation.links.iter().map(link).collect::<Map<_, _>>().into()
}

/// All problems of one status.
fn refusal(problems: &[DeclaredProblem], schemas: &mut SchemaGenerator) -> Value {
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    let lines = problems.iter().map(|problem| format!("- `{}`: {}", problem.code, problem.when));
    let mut parts = vec![Problem::schema(schemas).to_value(), json!({"properties": {"code": {"enum": codes}}})];
    for mut members in problems.iter().filter_map(|problem| Some(problem.members?(schemas).to_value())) {
        without_null_where_left_out(&mut members);
        if !parts.contains(&members) {
            parts.push(members);
        }
    }
    let mut content = json!({PROBLEM: {"schema": {"allOf": parts}}});
    let status = problems[0].status;
    if OF_GATEWAY.contains(&status) {
        content[JSON] = json!({"schema": reference("schemas", "GatewayError")});
    }
    let mut declared = json!({"description": lines.collect::<Vec<_>>().join("\n"), "content": content});
    if [409, 429, 503].contains(&status) {
        declared["headers"] = json!({"Retry-After": reference("headers", "Retry-After")});
    }
    if status == 429 {
        for name in ["RateLimit-Policy", "RateLimit"] {
            declared["headers"][name] = reference("headers", name);
        }
    }
    declared
}

fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// In responses, an optional member is left out when there is no value: it is never null.
fn without_null_where_left_out(schema: &mut Value) {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let Some(members) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (_, member) in members.iter_mut().filter(|(name, _)| !required.contains(&Value::from(name.as_str()))) {
        if let Some([one, null]) = member["type"].as_array().map(Vec::as_slice)
            && null == "null"
        {
            member["type"] = one.clone();
        }
        if let Some([one, null]) = member["anyOf"].as_array().map(Vec::as_slice)
            && null["type"] == "null"
            && let Some(one) = one.as_object().cloned()
            && let Some(member) = member.as_object_mut()
        {
            member.remove("anyOf");
            member.extend(one);
        }
    }
}

fn gateway_error() -> Value {
    json!({
        "type": "object",
        "description": "An error of API Gateway, before a function ran.",
        "properties": {"message": {"type": ["string", "null"], "description": "What went wrong, for people."}},
        "required": ["message"],
    })
}

fn headers() -> Value {
    json!({
        "Cache-Control": {
            "description": "`no-store`, or for how long anyone may cache the response.",
            "schema": {"type": "string"},
        },
        "ETag": {
            "description": "The version of the response, for `If-None-Match`.",
            "schema": {"type": "string"},
        },
        "RateLimit": {
            "description": "About how many more requests of the class the caller may send (`r`), and the seconds until it may send all again (`t`), such as `\"cart\";r=117;t=2`. Left out of responses that anyone may cache, and while requests are not limited.",
            "schema": {"type": "string"},
        },
        "RateLimit-Policy": {
            "description": "The class of the operation, whose limit all its operations share, with the requests (`q`) in so many seconds (`w`), such as `\"cart\";q=120;w=60`. Left out while requests are not limited.",
            "schema": {"type": "string"},
        },
        "Retry-After": {
            "description": "Seconds after which the client may try again.",
            "schema": {"type": "integer", "minimum": 0},
        },
    })
}
