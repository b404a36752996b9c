//! The generated files.

use std::path::{Path, PathBuf};

use serde_json::Value;
use serde_yaml_ng::{Mapping, Value as Yaml};

use crate::document::marked_document;
use crate::{examples, tables};

/// Keys in the order in which people read them. All others follow, sorted.
const FIRST_KEYS: [&str; 24] = [
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
    format!("{head}{}", quoted_times(&examples::without_marks(&body)))
}

/// Quotes texts that look like times: they would be timestamps for a parser of YAML 1.1.
fn quoted_times(yaml: &str) -> String {
    let quoted = |line: &str| {
        let start = [": ", "- "].into_iter().filter_map(|before| Some(line.rfind(before)? + before.len())).max();
        match start.map(|start| line.split_at(start)) {
            Some((before, value)) if is_time(value) => format!("{before}'{value}'\n"),
            _ => format!("{line}\n"),
        }
    };
    yaml.lines().map(quoted).collect()
}

/// Whether it is a date, or a date and a time without blanks.
fn is_time(text: &str) -> bool {
    let date = text.get(..10).unwrap_or_default();
    let is_date = date
        .bytes()
        .enumerate()
        .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    !date.is_empty() && is_date && text[10..].bytes().all(|byte| byte.is_ascii_digit() || b"T:.Z+-".contains(&byte))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_texts_for_every_parser() {
        let yaml =
            "at: 2026-11-24T06:57:00.000Z\nlist:\n- released: 2012-05-01\n- 2012-05-01\ntext: on 2012-05-01\nn: 2012\n";
        let expected = "at: '2026-11-24T06:57:00.000Z'\nlist:\n- released: '2012-05-01'\n- '2012-05-01'\ntext: on 2012-05-01\nn: 2012\n";
        assert_eq!(quoted_times(yaml), expected);
    }
}
