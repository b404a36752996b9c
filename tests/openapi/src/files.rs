//! The generated files.

use std::path::{Path, PathBuf};

use serde_json::Value;
use serde_yaml_ng::{Mapping, Value as Yaml};

use crate::document::marked_document;
use crate::{examples, tables};

/// Keys in the order in which people read them. All others follow, sorted.
const FIRST_KEYS: [&str; 25] = [
    "openapi",
    "info",
    "servers",
    "tags",
    "paths",
    "components",
    "operationId",
    "title",
    "name",
    "in",
    "required",
    "summary",
    "description",
    "deprecated",
    "security",
    "type",
    "properties",
    "parameters",
    "requestBody",
    "responses",
    "headers",
    "content",
    "schema",
    "example",
    "application/problem+json",
];

/// A file that follows from the declarations.
pub struct GeneratedFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it must contain.
    pub text: String,
}

/// All generated files.
pub fn generated_files() -> Vec<GeneratedFile> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let api = docs.join("api.md");
    let hand_written = std::fs::read_to_string(&api).expect("docs/api.md is readable");
    vec![
        GeneratedFile { path: docs.join("openapi.yaml"), text: yaml(&marked_document()) },
        GeneratedFile { path: api, text: tables::filled(&hand_written) },
    ]
}

fn yaml(document: &Value) -> String {
    let head = "# Made by `cargo xtask openapi` from the endpoints' declarations. Do not edit.\n";
    let body = serde_yaml_ng::to_string(&in_order(document)).expect("JSON is YAML");
    format!("{head}{}", examples::without_marks(&body))
}

fn in_order(value: &Value) -> Yaml {
    match value {
        Value::Object(members) => {
            let rank = |key: &str| FIRST_KEYS.iter().position(|first| *first == key).unwrap_or(FIRST_KEYS.len());
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(key, _)| (rank(key), key.as_str()));
            Yaml::Mapping(
                sorted.into_iter().map(|(key, value)| (key.as_str().into(), in_order(value))).collect::<Mapping>(),
            )
        }
        Value::Array(items) => Yaml::Sequence(items.iter().map(in_order).collect()),
        other => serde_yaml_ng::to_value(other).expect("JSON is YAML"),
    }
}
