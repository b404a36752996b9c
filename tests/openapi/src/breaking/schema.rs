//! Compares two schemas: what the one allows and the other does not.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Schemas are compared to this depth. Recursive ones have no end.
const MAX_DEPTH: usize = 16;
/// A new or greater value accepts less.
const LOWER_BOUNDS: [&str; 5] = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
/// A new or smaller value accepts less.
const UPPER_BOUNDS: [&str; 5] = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
/// A new or other value may accept less.
const RULES: [&str; 5] = ["pattern", "not", "multipleOf", "uniqueItems", "contains"];

/// Who makes the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Clients: what they send must remain accepted.
    Request,
    /// The shop: clients must not get what they do not expect.
    Response,
}

/// A comparison of schemas of two documents.
pub(super) struct Schemas<'a> {
    pub(super) old: &'a Value,
    pub(super) new: &'a Value,
    pub(super) direction: Direction,
    /// The operation, and which part of it.
    pub(super) place: &'a str,
    pub(super) found: Vec<String>,
}

impl Schemas<'_> {
    /// Compares the schemas of the member at `path`, which is empty for the whole.
    pub(super) fn compare(&mut self, path: &str, old: &Value, new: &Value) {
        if path.split(['.', '[']).count() > MAX_DEPTH {
            return;
        }
        let (old, new) = (merged(old, self.old), merged(new, self.new));
        if old.get("anyOf").is_some() || new.get("anyOf").is_some() {
            self.alternatives(path, &old, &new);
            return;
        }
        self.types(path, &old, &new);
        self.words(path, &old, &new);
        self.format(path, &old, &new);
        if self.direction == Direction::Request {
            self.bounds(path, &old, &new);
        }
        self.members(path, &old, &new);
        if old.get("items").is_some() || new.get("items").is_some() {
            self.compare(&format!("{path}[]"), part(&old, "items"), part(&new, "items"));
        }
        if old.get("additionalProperties").is_some() && new.get("additionalProperties").is_some() {
            let (old, new) = (part(&old, "additionalProperties"), part(&new, "additionalProperties"));
            self.compare(&format!("{path}.*"), old, new);
        }
    }

    fn report(&mut self, path: &str, what: &str) {
        let place = self.place;
        let path = path.trim_start_matches('.');
        self.found.push(if path.is_empty() { format!("{place}: {what}") } else { format!("{place}, {path}: {what}") });
    }

    /// Everything of the narrower side must fit into one alternative of the wider side.
    fn alternatives(&mut self, path: &str, old: &Value, new: &Value) {
        let (old, new) = (alternatives(old), alternatives(new));
        let fits = |old: &Value, new: &Value| {
            let mut attempt = Schemas { found: Vec::new(), ..*self };
            attempt.compare(path, old, new);
            attempt.found.is_empty()
        };
        let (is_missing, what) = match self.direction {
            Direction::Request => (old.iter().any(|old| !new.iter().any(|new| fits(old, new))), "accepted no more"),
            Direction::Response => (new.iter().any(|new| !old.iter().any(|old| fits(old, new))), "new"),
        };
        if is_missing {
            self.report(path, &format!("one of its alternatives is {what}"));
        }
    }

    fn types(&mut self, path: &str, old: &Value, new: &Value) {
        let (old, new) = (types(old), types(new));
        let (made, expected) = self.made_and_expected(&old, &new);
        let is_expected = |made: &String| expected.contains(made) || (made == "integer" && expected.contains("number"));
        let unexpected: Vec<_> = made.iter().filter(|made| !is_expected(made)).cloned().collect();
        if unexpected.is_empty() {
            return;
        }
        let all = unexpected.join(", ");
        match self.direction {
            Direction::Request => self.report(path, &format!("no longer accepts the type {all}")),
            Direction::Response => self.report(path, &format!("may have the type {all} now")),
        }
    }

    fn words(&mut self, path: &str, old: &Value, new: &Value) {
        let (old, new) = (old["enum"].as_array(), new["enum"].as_array());
        let (made, expected) = self.made_and_expected(&old, &new);
        let Some(expected) = expected else { return };
        let Some(made) = made else {
            let list = expected.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
            return match self.direction {
                Direction::Request => self.report(path, &format!("accepts only {list} now")),
                Direction::Response => self.report(path, &format!("may be other than {list} now")),
            };
        };
        for word in made.iter().filter(|word| !expected.contains(word)) {
            match self.direction {
                Direction::Request => self.report(path, &format!("no longer accepts {word}")),
                Direction::Response => self.report(path, &format!("may be {word} now")),
            }
        }
    }

    fn format(&mut self, path: &str, old: &Value, new: &Value) {
        let of_texts = |schema: &Value| schema.get("format").filter(|_| types(schema).contains("string")).cloned();
        let (old, new) = (of_texts(old), of_texts(new));
        let (made, expected) = self.made_and_expected(&old, &new);
        if expected.is_some() && made != expected {
            let now = new.as_ref().map_or_else(|| "none".to_owned(), Value::to_string);
            self.report(path, &format!("its format is {now} now"));
        }
    }

    fn bounds(&mut self, path: &str, old: &Value, new: &Value) {
        let number = |schema: &Value, key: &str| schema.get(key).and_then(Value::as_f64);
        for key in LOWER_BOUNDS {
            if number(new, key).is_some_and(|bound| number(old, key).is_none_or(|old| old < bound)) {
                self.report(path, &format!("its {key} is {} now", new[key]));
            }
        }
        for key in UPPER_BOUNDS {
            if number(new, key).is_some_and(|bound| number(old, key).is_none_or(|old| old > bound)) {
                self.report(path, &format!("its {key} is {} now", new[key]));
            }
        }
        for key in RULES {
            if new.get(key).is_some_and(|rule| old.get(key) != Some(rule)) {
                self.report(path, &format!("its {key} is {} now", new[key]));
            }
        }
        if old.get("default").is_some() && old.get("default") != new.get("default") {
            self.report(path, &format!("its default is {} now", new["default"]));
        }
        if new["additionalProperties"] == false && old["additionalProperties"] != false {
            self.report(path, "accepts no further members now");
        }
    }

    fn members(&mut self, path: &str, old: &Value, new: &Value) {
        let (old_required, new_required) = (required(old), required(new));
        for (name, member) in old["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{name}");
            let Some(remaining) = new["properties"].get(name) else {
                self.report(&path, "removed");
                continue;
            };
            match self.direction {
                Direction::Request if new_required.contains(name) && !old_required.contains(name) => {
                    self.report(&path, "required now");
                }
                Direction::Response if old_required.contains(name) && !new_required.contains(name) => {
                    self.report(&path, "not always present any more");
                }
                _ => {}
            }
            self.compare(&path, member, remaining);
        }
        if self.direction == Direction::Request {
            for name in new_required.iter().filter(|name| old["properties"].get(name.as_str()).is_none()) {
                self.report(&format!("{path}.{name}"), "new and required");
            }
        }
    }

    /// Clients make what the old document says and the shop expects what the new one says; of responses the reverse.
    fn made_and_expected<'s, T>(&self, old: &'s T, new: &'s T) -> (&'s T, &'s T) {
        match self.direction {
            Direction::Request => (old, new),
            Direction::Response => (new, old),
        }
    }
}

/// The alternatives of a schema, each with what stands beside them.
fn alternatives(schema: &Value) -> Vec<Value> {
    let mut rest = schema.clone();
    let Some(Value::Array(alternatives)) = rest.as_object_mut().and_then(|rest| rest.remove("anyOf")) else {
        return vec![schema.clone()];
    };
    alternatives.iter().map(|alternative| json!({"allOf": [rest, alternative]})).collect()
}

/// The types that a schema allows.
fn types(schema: &Value) -> BTreeSet<String> {
    let any = ["array", "boolean", "null", "number", "object", "string"];
    match &schema["type"] {
        Value::String(one) => BTreeSet::from([one.clone()]),
        Value::Array(several) => several.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => any.map(str::to_owned).into(),
    }
}

fn required(schema: &Value) -> BTreeSet<String> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A schema within a schema. One that is missing allows everything.
fn part<'a>(schema: &'a Value, key: &str) -> &'a Value {
    schema.get(key).unwrap_or(&Value::Bool(true))
}

/// What a reference refers to; anything else is itself.
pub(super) fn referenced<'a>(value: &'a Value, document: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().and_then(|reference| document.pointer(reference.strip_prefix('#')?));
    target.unwrap_or(value)
}

/// A schema as one object: without a reference, `allOf`, `oneOf` or `const` at its top. An alternative `null` becomes a
/// type, and `oneOf` becomes `anyOf`.
pub(super) fn merged(schema: &Value, document: &Value) -> Value {
    let mut whole = schema.as_object().cloned().unwrap_or_default();
    if let Some(reference) = whole.remove("$ref") {
        let target = json!({"$ref": reference});
        whole = both(&merged(referenced(&target, document), document), &Value::Object(whole));
    }
    for part in whole.remove("allOf").iter().filter_map(Value::as_array).flatten() {
        whole = both(&Value::Object(whole), &merged(part, document));
    }
    if let Some(value) = whole.remove("const") {
        whole.insert("enum".to_owned(), json!([value]));
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(Value::Array(alternatives)) = whole.remove(key) {
            whole = with_alternatives(whole, &alternatives, document);
        }
    }
    Value::Object(whole)
}

fn with_alternatives(mut whole: Map<String, Value>, alternatives: &[Value], document: &Value) -> Map<String, Value> {
    let mut values: Vec<_> = alternatives.iter().map(|alternative| merged(alternative, document)).collect();
    let count = values.len();
    values.retain(|alternative| alternative["type"] != "null");
    let may_be_null = values.len() < count;
    if may_be_null {
        values.iter_mut().for_each(allow_null);
    }
    if let [only] = values.as_slice() {
        return both(&Value::Object(whole), only);
    }
    whole.insert("anyOf".to_owned(), Value::Array(values));
    whole
}

fn allow_null(schema: &mut Value) {
    if schema.get("type").is_some() {
        let mut types = types(schema);
        types.insert("null".to_owned());
        schema["type"] = json!(types);
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
}

/// What two merged schemas allow both.
fn both(one: &Value, other: &Value) -> Map<String, Value> {
    let mut whole = one.as_object().cloned().unwrap_or_default();
    for (key, value) in other.as_object().into_iter().flatten() {
        let Some(known) = whole.get(key).cloned() else {
            whole.insert(key.clone(), value.clone());
            continue;
        };
        let combined = match key.as_str() {
            "properties" => both_members(&known, value),
            "required" => json!(required(one).union(&required(other)).collect::<Vec<_>>()),
            "type" => json!(types(one).intersection(&types(other)).collect::<Vec<_>>()),
            "enum" => both_words(&known, value),
            _ => value.clone(),
        };
        whole.insert(key.clone(), combined);
    }
    whole
}

fn both_members(one: &Value, other: &Value) -> Value {
    let mut members = one.as_object().cloned().unwrap_or_default();
    for (name, schema) in other.as_object().into_iter().flatten() {
        let schema = members.get(name).map_or_else(|| schema.clone(), |known| json!({"allOf": [known, schema]}));
        members.insert(name.clone(), schema);
    }
    Value::Object(members)
}

fn both_words(one: &Value, other: &Value) -> Value {
    let other = other.as_array();
    let in_both = |word: &&Value| other.is_some_and(|other| other.contains(word));
    Value::Array(one.as_array().into_iter().flatten().filter(in_both).cloned().collect())
}
