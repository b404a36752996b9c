use serde_json::{Value, json};

use super::breaking_changes;

/// A document with one operation, changed at a JSON pointer below it; `null` removes.
fn document(changes: &[(&str, Value)]) -> Value {
    let order = json!({
        "type": "object",
        "required": ["order_id", "status"],
        "properties": {
            "order_id": {"type": "string"},
            "status": {"type": "string", "enum": ["paid", "cancelled"]},
            "placed_at": {"type": "string", "format": "date-time"},
            "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
        },
    });
    let line = json!({"type": "object", "properties": {"price": {"type": "integer"}}, "required": ["price"]});
    let body = json!({
        "type": "object",
        "required": ["method"],
        "properties": {
            "method": {"type": "string", "enum": ["card", "invoice"]},
            "note": {"type": ["string", "null"], "maxLength": 100},
            "address": {"anyOf": [{"type": "string"}, {"type": "object", "properties": {}}]},
        },
    });
    let problem = json!({"allOf": [
        {"type": "object", "properties": {"code": {"type": "string"}, "detail": {"type": "string"}}},
        {"properties": {"code": {"enum": ["cart_empty", "cart_changed"]}}},
    ]});
    let operation = json!({
        "operationId": "placeOrder",
        "security": [],
        "parameters": [{"name": "limit", "in": "query", "required": false, "schema": {"type": "integer", "maximum": 50}}],
        "requestBody": {"required": false, "content": {"application/json": {"schema": body}}},
        "responses": {
            "201": {"headers": {"ETag": {}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
            "409": {"content": {"application/problem+json": {"schema": problem}}},
        },
    });
    let mut document = json!({
        "paths": {"/orders": {"post": operation}},
        "components": {"schemas": {"Order": order, "Line": line}},
    });
    for (pointer, value) in changes {
        let pointer = pointer.replace("OPERATION", "/paths/~1orders/post").replace("BODY", BODY);
        change(&mut document, &pointer, value);
    }
    document
}

/// Sets the value at a pointer, removes it (`null`), or appends it to an array (`/-`).
fn change(document: &mut Value, pointer: &str, value: &Value) {
    if let Some(known) = document.pointer_mut(pointer).filter(|_| !value.is_null()) {
        *known = value.clone();
        return;
    }
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let key = key.replace("~1", "/");
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}")) {
        Value::Array(items) => items.push(value.clone()),
        Value::Object(members) if value.is_null() => drop(members.remove(&key)),
        parent => parent[key] = value.clone(),
    }
}

const BODY: &str = "/paths/~1orders/post/requestBody/content/application~1json/schema";

#[track_caller]
fn assert_found(changes: &[(&str, Value)], expected: &[&str]) {
    assert_eq!(breaking_changes(&document(&[]), &document(changes)), expected, "{changes:?}");
}

#[track_caller]
fn assert_harmless(changes: &[(&str, Value)]) {
    assert_found(changes, &[]);
}

#[test]
fn the_same_document_breaks_nothing() {
    assert_harmless(&[]);
}

#[test]
fn operations_may_not_be_removed_or_renamed() {
    assert_found(&[("/paths/~1orders", Value::Null)], &["POST /orders: removed"]);
    assert_found(&[("/paths/~1orders/post", Value::Null)], &["POST /orders: removed"]);
    assert_found(&[("OPERATION/operationId", json!("buy"))], &["POST /orders: its operationId is \"buy\" now"]);
    assert_harmless(&[("/paths/~1orders/get", json!({"operationId": "listOrders"}))]);
}

#[test]
fn no_more_security_may_be_demanded() {
    let token = json!([{"token": []}]);
    assert_found(&[("OPERATION/security", token.clone())], &["POST /orders: it demands {\"token\":[]} now"]);
    let with_token = document(&[("OPERATION/security", token)]);
    assert_eq!(breaking_changes(&with_token, &document(&[])), [""; 0]);
    let of_caller = |caller: &str| document(&[("OPERATION/x-caller", json!(caller))]);
    assert_eq!(breaking_changes(&of_caller("shopper"), &of_caller("staff")), ["POST /orders: it is for \"staff\" now"]);
    assert_eq!(breaking_changes(&of_caller("staff"), &of_caller("shopper")), [""; 0]);
}

#[test]
fn parameters_may_not_be_removed_or_become_required() {
    assert_found(&[("OPERATION/parameters", json!([]))], &["POST /orders query limit: removed"]);
    assert_found(&[("OPERATION/parameters/0/required", json!(true))], &["POST /orders query limit: required now"]);
    let header = |required: bool| json!({"name": "X-Shop", "in": "header", "required": required, "schema": {}});
    assert_found(&[("OPERATION/parameters/-", header(true))], &["POST /orders header X-Shop: new and required"]);
    assert_harmless(&[("OPERATION/parameters/-", header(false))]);
}

#[test]
fn parameters_may_not_accept_less() {
    let limit = |schema: Value| {
        [("OPERATION/parameters", json!([{"name": "limit", "in": "query", "required": false, "schema": schema}]))]
    };
    assert_found(
        &limit(json!({"type": "integer", "maximum": 20})),
        &["POST /orders query limit: its maximum is 20 now"],
    );
    assert_harmless(&limit(json!({"type": "integer", "maximum": 60})));
    assert_harmless(&limit(json!({"type": "number"})));
    let expected = "POST /orders query limit: no longer accepts the type integer";
    assert_found(&limit(json!({"type": "string"})), &[expected]);
}

#[test]
fn a_body_may_not_become_required_or_accept_less() {
    assert_found(&[("OPERATION/requestBody/required", json!(true))], &["POST /orders body: required now"]);
    assert_found(&[("OPERATION/requestBody", Value::Null)], &["POST /orders body: removed"]);
    assert_found(&[("BODY/required", json!(["method", "note"]))], &["POST /orders body, note: required now"]);
    assert_found(&[("BODY/required", json!(["method", "till"]))], &["POST /orders body, till: new and required"]);
    assert_found(&[("BODY/properties/note", Value::Null)], &["POST /orders body, note: removed"]);
    assert_found(
        &[("BODY/properties/note/type", json!("string"))],
        &["POST /orders body, note: no longer accepts the type null"],
    );
    assert_found(
        &[("BODY/properties/note/maxLength", json!(10))],
        &["POST /orders body, note: its maxLength is 10 now"],
    );
    assert_found(
        &[("BODY/properties/note/pattern", json!("^a"))],
        &["POST /orders body, note: its pattern is \"^a\" now"],
    );
    assert_harmless(&[("BODY/required", json!([]))]);
    assert_harmless(&[("BODY/properties/gift", json!({"type": "boolean"}))]);
}

#[test]
fn a_request_may_not_lose_words_or_alternatives() {
    let words = |words: Value| [("BODY/properties/method/enum", words)];
    assert_found(&words(json!(["card"])), &["POST /orders body, method: no longer accepts \"invoice\""]);
    assert_harmless(&words(json!(["card", "invoice", "cash"])));
    assert_harmless(&words(Value::Null));
    let address = |schema: Value| [("BODY/properties/address", schema)];
    let expected = "POST /orders body, address: one of its alternatives is accepted no more";
    assert_found(&address(json!({"type": "string"})), &[expected]);
    let more = json!({"anyOf": [{"type": "object", "properties": {}}, {"type": "string"}, {"type": "integer"}]});
    assert_harmless(&address(more));
}

#[test]
fn successful_statuses_headers_and_media_types_may_not_be_removed() {
    assert_found(&[("OPERATION/responses/201", Value::Null)], &["POST /orders 201: removed"]);
    assert_harmless(&[("OPERATION/responses/409", Value::Null)]);
    assert_found(&[("OPERATION/responses/201/headers", json!({}))], &["POST /orders 201 header ETag: removed"]);
    assert_found(&[("OPERATION/responses/201/content", json!({}))], &["POST /orders 201 application/json: removed"]);
}

#[test]
fn members_of_responses_may_not_be_removed_or_become_optional() {
    let order = "/components/schemas/Order";
    assert_found(
        &[(&format!("{order}/properties/status"), Value::Null), (&format!("{order}/required"), json!(["order_id"]))],
        &["POST /orders 201, status: removed"],
    );
    assert_found(
        &[(&format!("{order}/required"), json!(["order_id"]))],
        &["POST /orders 201, status: not always present any more"],
    );
    assert_found(
        &[("/components/schemas/Line/required", json!([]))],
        &["POST /orders 201, lines[].price: not always present any more"],
    );
    assert_harmless(&[(&format!("{order}/properties/note"), json!({"type": "string"}))]);
}

#[test]
fn values_of_responses_may_not_widen() {
    let (price, status) = ("/components/schemas/Line/properties/price", "/components/schemas/Order/properties/status");
    let nullable = json!({"anyOf": [{"type": "integer"}, {"type": "null"}]});
    assert_found(&[(price, nullable)], &["POST /orders 201, lines[].price: may have the type null now"]);
    assert_found(
        &[(&format!("{price}/type"), json!("number"))],
        &["POST /orders 201, lines[].price: may have the type number now"],
    );
    assert_found(
        &[(&format!("{status}/enum"), json!(["paid", "cancelled", "shipped"]))],
        &["POST /orders 201, status: may be \"shipped\" now"],
    );
    assert_found(
        &[(&format!("{status}/enum"), Value::Null)],
        &["POST /orders 201, status: may be other than \"paid\", \"cancelled\" now"],
    );
    assert_found(
        &[("/components/schemas/Order/properties/placed_at/format", Value::Null)],
        &["POST /orders 201, placed_at: its format is none now"],
    );
    assert_harmless(&[(&format!("{status}/enum"), json!(["paid"]))]);
}

#[test]
fn problem_codes_may_come_and_go_and_their_members_may_not() {
    let schema = "OPERATION/responses/409/content/application~1problem+json/schema";
    let problem = |properties: Value, codes: Value| json!({"allOf": [{"type": "object", "properties": properties}, {"properties": {"code": {"enum": codes}}}]});
    let members = json!({"code": {"type": "string"}, "detail": {"type": "string"}});
    assert_harmless(&[(schema, problem(members.clone(), json!(["cart_empty"])))]);
    assert_harmless(&[(schema, problem(members, json!(["cart_empty", "cart_changed", "sold_out"])))]);
    let without_detail = problem(json!({"code": {"type": "string"}}), json!(["cart_empty", "cart_changed"]));
    assert_found(&[(schema, without_detail)], &["POST /orders 409, detail: removed"]);
}

#[test]
fn recursive_schemas_end() {
    let tree = json!({"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Line"}}});
    let changes = [("/components/schemas/Line", tree)];
    assert_eq!(breaking_changes(&document(&changes), &document(&changes)), [""; 0]);
}

#[test]
fn members_beside_alternatives_are_compared() {
    let line = |properties: Value| {
        let kinds = json!([{"properties": {"kind": {"enum": ["sale"]}}}, {"properties": {"kind": {"enum": ["gift"]}}}]);
        json!({"type": "object", "properties": properties, "required": ["price"], "anyOf": kinds})
    };
    let pointer = "/components/schemas/Line";
    let old = document(&[(pointer, line(json!({"price": {"type": "integer"}})))]);
    let new = document(&[(pointer, line(json!({"price": {"type": "string"}})))]);
    assert_eq!(breaking_changes(&old, &old), [""; 0]);
    assert_eq!(breaking_changes(&old, &new), ["POST /orders 201, lines[]: one of its alternatives is new"]);
}
