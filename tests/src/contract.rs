//! Holds every response of the end-to-end tests to docs/openapi.yaml: status, media type, headers, body. Of requests that
//! succeed, the body and the names of parameters.
//!
//! With `SOUK_RECORD_EXAMPLES=<folder>`, of each operation and status the response closest to a readable size is written
//! there: `cargo xtask openapi --record` puts them into the document.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::response::Response;

const DOCUMENT: &str = include_str!("../../docs/openapi.yaml");
const JSON: &str = "application/json";
/// The gateway's answer where it has no route.
const NO_ROUTE: &str = r#"{"message":"Not Found"}"#;
/// In the emulator's answer for a function that was killed. API Gateway answers 500, which the document declares.
const KILLED: &str = "Runtime.ExitError";
/// In the emulator's answer for a function whose time was over. The shop answers 503 before that, so the emulator itself
/// stood still. API Gateway answers 503, which the document declares.
const TIMED_OUT: &str = "Sandbox.Timedout";

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

struct Contract {
    document: Value,
    /// By JSON pointer of the schema.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// A request as it was sent.
pub(crate) struct Sent<'a> {
    pub(crate) method: &'a str,
    /// With its query.
    pub(crate) path: &'a str,
    pub(crate) body: Option<&'a [u8]>,
    /// Whether the document must name its members and parameters.
    pub(crate) is_declared: bool,
}

/// Fails if the document does not allow this response to this request.
pub(crate) fn check(sent: &Sent<'_>, response: &Response) {
    if let Err(violation) = CONTRACT.check(sent, response) {
        panic!("{response}\nis not what docs/openapi.yaml says: {violation}");
    }
}

/// Whether the emulator ended the function because its time was over.
pub(crate) fn is_timed_out(response: &Response) -> bool {
    is_of_emulator(response, TIMED_OUT)
}

fn is_of_emulator(response: &Response, error: &str) -> bool {
    response.status == 502 && response.body.contains(error)
}

/// Whether the operation takes an `Idempotency-Key`.
pub(crate) fn takes_key(method: &str, path: &str) -> bool {
    let (path, _) = path.split_once('?').unwrap_or((path, ""));
    let method = method.to_lowercase();
    let Some(template) = CONTRACT.template_of(path, &method) else { return false };
    has_key(&document()["paths"][&template][&method])
}

/// Whether an operation of the document takes an `Idempotency-Key`.
pub(crate) fn has_key(operation: &Value) -> bool {
    let parameters = operation["parameters"].as_array();
    parameters.into_iter().flatten().any(|parameter| parameter["name"] == "Idempotency-Key")
}

/// docs/openapi.yaml.
pub(crate) fn document() -> &'static Value {
    &CONTRACT.document
}

impl Contract {
    fn read() -> Self {
        let document: serde_yaml_ng::Value = serde_yaml_ng::from_str(DOCUMENT).expect("docs/openapi.yaml is YAML");
        let mut document = serde_json::to_value(document).expect("docs/openapi.yaml is JSON in YAML");
        for schema in document["components"]["schemas"].as_object_mut().expect("schemas").values_mut() {
            close(schema);
        }
        Self { document, validators: Mutex::default() }
    }

    fn check(&self, sent: &Sent<'_>, response: &Response) -> Result<(), String> {
        let (path, query) = sent.path.split_once('?').unwrap_or((sent.path, ""));
        let method = if sent.method == "HEAD" { "get".to_owned() } else { sent.method.to_lowercase() };
        if method == "options" {
            return Ok(()); // a preflight request, which the gateway answers
        }
        if response.status == 404 && response.body == NO_ROUTE {
            return Ok(()); // the gateway decodes paths before it looks for a route, so this one may look like one
        }
        if is_of_emulator(response, KILLED) || is_timed_out(response) {
            return Ok(());
        }
        let template = self.template_of(path, &method).ok_or("there is no such operation")?;
        let operation = &self.document["paths"][&template][&method];
        let pointer = format!("/paths/{}/{method}", escaped(&template));
        if (200..300).contains(&response.status) && sent.is_declared {
            self.check_request(operation, &pointer, query, sent.body)?;
        }
        let status = response.status.to_string();
        let declared = operation["responses"].get(&status).ok_or("the status is not declared")?;
        check_headers(declared, response)?;
        if sent.method == "HEAD" {
            return if response.body.is_empty() { Ok(()) } else { Err("HEAD has no body".to_owned()) };
        }
        self.check_body(declared, &format!("{pointer}/responses/{status}"), response)?;
        record(operation, response);
        Ok(())
    }

    /// The path of the document, with literal parts before parameters.
    fn template_of(&self, path: &str, method: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &str| {
            let wanted: Vec<&str> = template.split('/').collect();
            let same = |(wanted, part): (&&str, &&str)| wanted.starts_with('{') || wanted == part;
            wanted.len() == parts.len() && wanted.iter().zip(&parts).all(same)
        };
        let paths = self.document["paths"].as_object()?;
        let fitting = paths.iter().filter(|(template, item)| fits(template) && item.get(method).is_some());
        fitting.map(|(template, _)| template).min_by_key(|template| template.matches('{').count()).cloned()
    }

    fn check_request(&self, operation: &Value, pointer: &str, query: &str, body: Option<&[u8]>) -> Result<(), String> {
        let declared: Vec<&str> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let sent = query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty());
        // The object `attr` is exploded: its members are parameters of their own.
        let is_declared =
            |name: &str| declared.contains(&name) || (name.starts_with("attr.") && declared.contains(&"attr"));
        if let Some(unknown) = sent.into_iter().find(|name| !is_declared(name)) {
            return Err(format!("the parameter {unknown} is not declared"));
        }
        let content = &operation["requestBody"]["content"][JSON];
        match body.filter(|body| !body.is_empty()) {
            Some(body) if !content.is_null() => {
                let body = serde_json::from_slice(body).map_err(|error| format!("the request: {error}"))?;
                self.validate(&format!("{pointer}/requestBody/content/{}/schema", escaped(JSON)), &body)
                    .map_err(|error| format!("the request: {error}"))
            }
            _ => Ok(()),
        }
    }

    fn check_body(&self, declared: &Value, pointer: &str, response: &Response) -> Result<(), String> {
        let Some(content) = declared.get("content") else {
            return if response.body.is_empty() { Ok(()) } else { Err("no body is declared".to_owned()) };
        };
        let media_type = response.header("content-type").split(';').next().unwrap_or_default().trim();
        if content.get(media_type).is_none() {
            return Err(format!("the media type {media_type:?} is not declared"));
        }
        let body = serde_json::from_str(&response.body).map_err(|error| error.to_string())?;
        self.validate(&format!("{pointer}/content/{}/schema", escaped(media_type)), &body)
    }

    /// Validates a value against the schema at a JSON pointer.
    fn validate(&self, pointer: &str, value: &Value) -> Result<(), String> {
        let validator = {
            let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(validators.entry(pointer.to_owned()).or_insert_with(|| Arc::new(self.validator(pointer))))
        };
        let errors = validator.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path()));
        let errors: Vec<_> = errors.collect();
        if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
    }

    /// With the components at its root, so that `#/components/…` leads there.
    fn validator(&self, pointer: &str) -> Validator {
        let schema = self.document.pointer(pointer).unwrap_or_else(|| panic!("no schema at {pointer}"));
        let mut root = Map::new();
        root.insert("allOf".to_owned(), json!([schema]));
        root.insert("components".to_owned(), json!({"schemas": self.document["components"]["schemas"]}));
        let options = jsonschema::options().should_validate_formats(true);
        options.build(&Value::Object(root)).unwrap_or_else(|error| panic!("{pointer}: {error}"))
    }
}

fn check_headers(declared: &Value, response: &Response) -> Result<(), String> {
    let of_gateway = response.header("content-type").starts_with(JSON) && response.status >= 400;
    let names = declared["headers"].as_object().map(|headers| headers.keys().map(String::as_str).collect());
    let names: Vec<&str> = names.unwrap_or_default();
    for name in &names {
        // A shop without limits does not state them.
        let optional = (*name == "Retry-After" && response.status != 503) || name.starts_with("RateLimit");
        if !optional && !of_gateway && response.header(&name.to_lowercase()).is_empty() {
            return Err(format!("the header {name} is missing"));
        }
    }
    for name in ["etag", "retry-after"] {
        let is_declared = names.iter().any(|declared| declared.eq_ignore_ascii_case(name));
        if !is_declared && !response.header(name).is_empty() {
            return Err(format!("the header {name} is not declared"));
        }
    }
    Ok(())
}

/// Refuses members that the document does not name. Problems may have more.
fn close(schema: &mut Value) {
    let is_problem = schema.pointer("/properties/request_id").is_some();
    if let Some(object) = schema.as_object_mut()
        && object.contains_key("properties")
        && !is_problem
    {
        object.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(close),
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Of a JSON pointer.
fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// Writes a response as an example, if it is better than the one that is there. Tests that write at the same time may
/// replace each other's.
fn record(operation: &Value, response: &Response) {
    /// Larger ones are tedious to read, smaller ones lack members.
    const BEST_BYTES: u64 = 1_500;
    const MOST_BYTES: u64 = 20_000;
    let Some(folder) = env::var_os("SOUK_RECORD_EXAMPLES") else { return };
    let Some(id) = operation["operationId"].as_str().filter(|_| response.status < 300) else { return };
    let file = PathBuf::from(folder).join(format!("{id} {}.json", response.status));
    let bytes = response.body.len() as u64;
    let known = fs::metadata(&file).map_or(u64::MAX, |known| known.len());
    if (1..MOST_BYTES).contains(&bytes) && bytes.abs_diff(BEST_BYTES) < known.abs_diff(BEST_BYTES) {
        fs::write(file, &response.body).expect("the folder for examples is writable");
    }
}
