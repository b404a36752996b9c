//! Examples of responses: real ones, recorded from a running shop (`cargo xtask openapi --record`).
//!
//! Amounts keep their decimals (`108.90`), which a JSON parser would drop: here a decimal is a text between two marks,
//! and only the writer of the YAML file removes the marks.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use serde_json::value::RawValue;
use souk_runtime::contract::Operation;

const MARKS: [char; 2] = ['⟦', '⟧'];

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples.json")
}

/// The recorded responses by operation id and status: `placeOrder 201`. Decimals are marked.
pub(crate) fn recorded() -> BTreeMap<String, Value> {
    let text = fs::read_to_string(file()).expect("examples.json is readable");
    serde_json::from_str(&mark_decimals(&text)).expect("examples.json is JSON")
}

/// An example with marked decimals.
pub(crate) fn marked(json: &str) -> Value {
    serde_json::from_str(&mark_decimals(json)).expect("an example is JSON")
}

/// The recorded response of an operation with that status.
pub(crate) fn of(recorded: &BTreeMap<String, Value>, operation: &Operation, status: u16) -> Option<Value> {
    recorded.get(&format!("{} {status}", operation.operation_id())).cloned()
}

/// Makes examples.json from a folder of recorded responses.
pub fn replace_examples(folder: &Path) -> io::Result<()> {
    let mut examples: BTreeMap<String, Box<RawValue>> = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        examples.insert(name, serde_json::from_str(&redacted(&fs::read_to_string(&path)?))?);
    }
    let lines: Vec<_> =
        examples.iter().map(|(name, body)| format!("  {}: {body}", Value::from(name.as_str()))).collect();
    fs::write(file(), format!("{{\n{}\n}}\n", lines.join(",\n")))
}

/// Without tokens, which scanners for secrets would report.
fn redacted(body: &str) -> String {
    let mut body = body.to_owned();
    for member in ["token", "refresh_token", "device_token"] {
        let start = format!("\"{member}\":\"");
        if let Some(from) = body.find(&start).map(|at| at + start.len())
            && let Some(length) = body[from..].find('"')
        {
            body.replace_range(from..from + length, "…");
        }
    }
    body
}

/// Turns every decimal outside of texts into a marked text.
fn mark_decimals(json: &str) -> String {
    let (mut marked, mut number, mut in_text, mut escaped) = (String::new(), String::new(), false, false);
    for c in json.chars().chain(['\n']) {
        if !in_text && (c.is_ascii_digit() || "+-.eE".contains(c) && !number.is_empty() || c == '-') {
            number.push(c);
            continue;
        }
        if number.contains('.') {
            marked.push_str(&format!("\"{}{number}{}\"", MARKS[0], MARKS[1]));
        } else {
            marked.push_str(&number);
        }
        number.clear();
        marked.push(c);
        in_text = if c == '"' && !escaped { !in_text } else { in_text };
        escaped = in_text && c == '\\' && !escaped;
    }
    marked
}

/// Turns marked decimals into numbers.
pub(crate) fn unmark(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(number) = text.strip_prefix(MARKS[0]).and_then(|text| text.strip_suffix(MARKS[1])) {
                *value = serde_json::from_str(number).expect("a decimal is a JSON number");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(unmark),
        Value::Object(members) => members.values_mut().for_each(unmark),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Removes the marks, and the quotes that the writer may have put around them.
pub(crate) fn without_marks(yaml: &str) -> String {
    let quoted = [format!("'{}", MARKS[0]), format!("{}'", MARKS[1])];
    let plain = quoted.iter().fold(yaml.to_owned(), |yaml, quoted| yaml.replace(quoted.as_str(), ""));
    plain.replace(MARKS, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_zeros() {
        let marked = mark_decimals(r#"{"a":108.90,"b":"1.50 \" 2.50","c":[-1.00,7]}"#);
        assert_eq!(marked.trim_end(), r#"{"a":"⟦108.90⟧","b":"1.50 \" 2.50","c":["⟦-1.00⟧",7]}"#);
        let mut value: Value = serde_json::from_str(&marked).expect("JSON");
        let yaml = without_marks(&serde_yaml_ng::to_string(&value).expect("YAML"));
        assert!(yaml.contains("a: 108.90\n") && yaml.contains("- -1.00\n- 7\n"), "{yaml}");
        unmark(&mut value);
        assert_eq!(value["a"], serde_json::json!(108.9));
    }

    #[test]
    fn tokens_are_not_published() {
        let body = r#"{"token":"abc.def","token_type":"Bearer","refresh_token":"x"}"#;
        assert_eq!(redacted(body), r#"{"token":"…","token_type":"Bearer","refresh_token":"…"}"#);
    }
}
