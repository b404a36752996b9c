//! Finds what a client of an older document cannot rely on any more.
//!
//! Removed: an operation, a successful status, a media type, a header, a parameter, a member of a body. Stricter for
//! requests: more is required, or fewer values are accepted. Weaker for responses: less is always present, or more
//! values occur. Problem codes may come and go, because a client has to expect codes that it does not know.

mod schema;

use serde_json::{Map, Value};

use self::schema::{Direction, Schemas};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/// The values of `x-caller`, from those that let everyone call.
const CALLERS: [&str; 3] = ["anyone", "shopper", "staff"];
const PROBLEM: &str = "application/problem+json";

/// All breaking changes between two OpenAPI documents, a line each, in the order of the older one. Each line begins with
/// the operation: `GET /cart 200, items[].price: removed`.
pub fn breaking_changes(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, found: Vec::new() };
    for (path, item) in members(&old["paths"]) {
        for method in METHODS.into_iter().filter(|method| item.get(method).is_some()) {
            let call = format!("{} {path}", method.to_uppercase());
            match new["paths"].get(path).and_then(|item| item.get(method)) {
                Some(operation) => comparison.operation(&call, &item[method], operation),
                None => comparison.found.push(format!("{call}: removed")),
            }
        }
    }
    comparison.found
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    found: Vec<String>,
}

impl Comparison<'_> {
    fn operation(&mut self, call: &str, old: &Value, new: &Value) {
        if old["operationId"] != new["operationId"] {
            self.found.push(format!("{call}: its operationId is {} now", new["operationId"]));
        }
        self.security(call, old, new);
        self.parameters(call, old, new);
        self.request_body(call, old, new);
        for (status, response) in members(&old["responses"]) {
            match new["responses"].get(status) {
                Some(remaining) => self.response(&format!("{call} {status}"), response, remaining),
                None if status.starts_with('2') => self.found.push(format!("{call} {status}: removed")),
                None => {}
            }
        }
    }

    fn security(&mut self, call: &str, old: &Value, new: &Value) {
        let of = |operation: &Value, document: &Value| {
            let security = operation.get("security").unwrap_or(&document["security"]);
            security.as_array().cloned().unwrap_or_default()
        };
        let (accepted, demanded) = (of(old, self.old), of(new, self.new));
        let is_refused = |way: &Value| !demanded.is_empty() && !demanded.contains(way);
        if (accepted.is_empty() && !demanded.is_empty()) || accepted.iter().any(is_refused) {
            let one_of = demanded.iter().map(Value::to_string).collect::<Vec<_>>().join(" or ");
            self.found.push(format!("{call}: it demands {one_of} now"));
        } else if rank(new) > rank(old) {
            self.found.push(format!("{call}: it is for {} now", new["x-caller"]));
        }
    }

    fn parameters(&mut self, call: &str, old: &Value, new: &Value) {
        let (known, remaining) = (parameters(old, self.old), parameters(new, self.new));
        let find = |list: &[Value], wanted: &Value| {
            list.iter().find(|found| found["in"] == wanted["in"] && found["name"] == wanted["name"]).cloned()
        };
        for parameter in &known {
            let place = format!("{call} {}", parameter_name(parameter));
            let Some(remaining) = find(&remaining, parameter) else {
                self.found.push(format!("{place}: removed"));
                continue;
            };
            if remaining["required"] == true && parameter["required"] != true {
                self.found.push(format!("{place}: required now"));
            }
            if (&parameter["style"], &parameter["explode"]) != (&remaining["style"], &remaining["explode"]) {
                self.found.push(format!("{place}: written in another style now"));
            }
            self.schemas(&place, Direction::Request, &parameter["schema"], &remaining["schema"]);
        }
        for parameter in remaining.iter().filter(|parameter| parameter["required"] == true) {
            if find(&known, parameter).is_none() {
                self.found.push(format!("{call} {}: new and required", parameter_name(parameter)));
            }
        }
    }

    fn request_body(&mut self, call: &str, old: &Value, new: &Value) {
        let place = format!("{call} body");
        let (Some(known), remaining) = (old.get("requestBody"), new.get("requestBody")) else {
            if new["requestBody"]["required"] == true {
                self.found.push(format!("{place}: new and required"));
            }
            return;
        };
        let Some(remaining) = remaining else {
            self.found.push(format!("{place}: removed"));
            return;
        };
        if remaining["required"] == true && known["required"] != true {
            self.found.push(format!("{place}: required now"));
        }
        self.content(&place, Direction::Request, known, remaining);
    }

    fn response(&mut self, place: &str, old: &Value, new: &Value) {
        for (name, _) in members(&old["headers"]) {
            if new["headers"].get(name).is_none() {
                self.found.push(format!("{place} header {name}: removed"));
            }
        }
        self.content(place, Direction::Response, old, new);
    }

    fn content(&mut self, place: &str, direction: Direction, old: &Value, new: &Value) {
        for (media_type, known) in members(&old["content"]) {
            match new["content"].get(media_type) {
                None => self.found.push(format!("{place} {media_type}: removed")),
                Some(remaining) if media_type == PROBLEM => {
                    let known = without_code(&known["schema"], self.old);
                    self.schemas(place, direction, &known, &without_code(&remaining["schema"], self.new));
                }
                Some(remaining) => self.schemas(place, direction, &known["schema"], &remaining["schema"]),
            }
        }
    }

    fn schemas(&mut self, place: &str, direction: Direction, old: &Value, new: &Value) {
        let mut schemas = Schemas { old: self.old, new: self.new, direction, place, found: Vec::new() };
        schemas.compare("", old, new);
        self.found.append(&mut schemas.found);
    }
}

/// How few callers an operation has.
fn rank(operation: &Value) -> Option<usize> {
    CALLERS.iter().position(|caller| operation["x-caller"] == *caller)
}

/// The schema of problems without the restriction of its member `code`.
fn without_code(problem: &Value, document: &Value) -> Value {
    let mut merged = schema::merged(problem, document);
    if let Some(code) = merged.pointer_mut("/properties/code") {
        *code = serde_json::json!({"type": "string"});
    }
    merged
}

fn parameters(operation: &Value, document: &Value) -> Vec<Value> {
    let listed = operation["parameters"].as_array().into_iter().flatten();
    listed.map(|parameter| schema::referenced(parameter, document).clone()).collect()
}

fn parameter_name(parameter: &Value) -> String {
    let text = |key: &str| parameter[key].as_str().unwrap_or_default().to_owned();
    format!("{} {}", text("in"), text("name"))
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests;
