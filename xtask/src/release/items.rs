//! Items of the running shop's tables: few that together have every attribute and every word that occurs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use anyhow::{Result, ensure};
use serde_json::{Map, Value};

use super::SampleFile;
use crate::aws::Aws;

/// Most items of a table that are read.
const MAX_READ: usize = 3_000;
/// Most items of a table that are written.
const MAX_WRITTEN: usize = 24;
/// Attributes with a hash or a key that must not leave the shop: `secret` is that of a second factor.
const SECRETS: [&str; 4] = ["password_hash", "token_hash", "secret", "recovery_codes"];
/// Length of a text that counts as a word, such as a status.
const WORD_CHARS: RangeInclusive<usize> = 3..=30;

/// A file for each table that a function uses.
pub(super) fn of_all_tables(aws: &Aws) -> Result<Vec<SampleFile>> {
    let mut files = Vec::new();
    for (name, table) in tables(aws)? {
        let mut items = representative(aws.scan(&table, MAX_READ)?);
        items.iter_mut().for_each(hide_secrets);
        println!("{:<12} {} items", name, items.len());
        files.push(SampleFile::json(format!("items/{name}.json"), &items)?);
    }
    ensure!(!files.is_empty(), "no function has a table");
    Ok(files)
}

/// The tables by their short names: the value of `ORDERS_TABLE` by `orders`.
fn tables(aws: &Aws) -> Result<BTreeMap<String, String>> {
    let mut tables = BTreeMap::new();
    for (variable, value) in
        aws.functions()?.into_iter().filter_map(|function| function.environment).flat_map(|e| e.variables)
    {
        if let Some(name) = variable.strip_suffix("_TABLE") {
            tables.insert(name.to_lowercase(), value);
        }
    }
    Ok(tables)
}

/// Chooses the item with the most features that no chosen item has, until there are none left. The same items give the
/// same choice.
fn representative(mut items: Vec<Value>) -> Vec<Value> {
    items.sort_by_cached_key(Value::to_string);
    let mut left: Vec<_> = items.into_iter().map(|item| (features(&item), item)).collect();
    forget_unique_words(&mut left);
    let (mut known, mut chosen) = (BTreeSet::new(), Vec::new());
    while chosen.len() < MAX_WRITTEN {
        let new = |(features, _): &(BTreeSet<String>, Value)| features.difference(&known).count();
        let best = left.iter().enumerate().rev().max_by_key(|(_, candidate)| new(candidate)); // the first of equals
        let Some((place, _)) = best.filter(|(_, candidate)| new(candidate) > 0) else { break };
        let (features, item) = left.remove(place);
        known.extend(features);
        chosen.push(item);
    }
    chosen.sort_by_cached_key(Value::to_string);
    chosen
}

/// A word that one item has is a text of somebody, not a status or a kind.
fn forget_unique_words(items: &mut [(BTreeSet<String>, Value)]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for feature in items.iter().flat_map(|(features, _)| features) {
        *counts.entry(feature.clone()).or_default() += 1;
    }
    for (features, _) in items {
        features.retain(|feature| !feature.contains('=') || counts.get(feature).is_some_and(|count| *count > 1));
    }
}

/// The path and type of every attribute, and the words among the values.
fn features(item: &Value) -> BTreeSet<String> {
    let mut features = BTreeSet::new();
    for (name, value) in item.as_object().into_iter().flatten() {
        add_features(name, value, &mut features);
    }
    features
}

/// `value` is in DynamoDB's JSON: an object with the type as its only member.
fn add_features(path: &str, value: &Value, features: &mut BTreeSet<String>) {
    for (kind, value) in value.as_object().into_iter().flatten() {
        features.insert(format!("{path}:{kind}"));
        match (kind.as_str(), value) {
            ("M", Value::Object(members)) => {
                for (name, member) in members {
                    add_features(&format!("{path}.{name}"), member, features);
                }
            }
            ("L", Value::Array(items)) => {
                for item in items {
                    add_features(&format!("{path}[]"), item, features);
                }
            }
            ("S", Value::String(text)) if is_word(text) => drop(features.insert(format!("{path}={text}"))),
            _ => {}
        }
    }
}

fn is_word(text: &str) -> bool {
    WORD_CHARS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// Replaces hashes and keys by texts of the same form.
fn hide_secrets(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in SECRETS {
                hide(members, name);
            }
            members.values_mut().for_each(hide_secrets);
        }
        Value::Array(items) => items.iter_mut().for_each(hide_secrets),
        _ => {}
    }
}

fn hide(members: &mut Map<String, Value>, name: &str) {
    let Some(attribute) = members.get_mut(name) else { return };
    if let Some(Value::String(text)) = attribute.get_mut("S") {
        *text = hidden(text);
    }
    if let Some(Value::Array(texts)) = attribute.get_mut("SS") {
        // A set has each text once.
        let hidden: BTreeSet<_> = texts.iter().filter_map(Value::as_str).map(hidden).collect();
        *texts = hidden.into_iter().map(Value::String).collect();
    }
}

/// A hash that nothing has: zeros in hex, else `A` (which also ends Base64). Of a PHC string (`$argon2id$v=19$…`) only
/// salt and hash are replaced.
fn hidden(text: &str) -> String {
    let filler = if text.bytes().all(|byte| byte.is_ascii_hexdigit()) { '0' } else { 'A' };
    let fill =
        |part: &str| part.chars().map(|c| if c.is_ascii_alphanumeric() { filler } else { c }).collect::<String>();
    let parts: Vec<_> = text.split('$').collect();
    let kept = parts.len().saturating_sub(2);
    let parts: Vec<_> =
        parts.iter().enumerate().map(|(n, part)| if n < kept { (*part).to_owned() } else { fill(part) }).collect();
    parts.join("$")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn few_items_show_everything_that_occurs() {
        let order = |id: &str, status: &str| json!({"order_id": {"S": id}, "status": {"S": status}});
        let mut shipped = order("3-C", "shipped");
        shipped["lines"] = json!({"L": [{"M": {"p": {"S": "1399"}, "q": {"N": "2"}}}]});
        let items = vec![
            order("2-B", "paid"),
            order("4-D", "paid"),
            shipped.clone(),
            order("1-A", "paid"),
            order("5-E", "a_text_of_somebody"),
        ];
        let chosen = representative(items.clone());
        assert_eq!(chosen, [shipped, order("1-A", "paid")]);
        assert_eq!(representative(items.into_iter().rev().collect()), chosen);
    }

    #[test]
    fn features_are_paths_types_and_words() {
        let item = json!({"a": {"M": {"b": {"L": [{"S": "card_declined"}, {"S": "Ann Example"}]}}}, "n": {"N": "1"}});
        let expected = ["a.b:L", "a.b[]:S", "a.b[]=card_declined", "a:M", "n:N"];
        assert_eq!(features(&item), expected.map(str::to_owned).into());
    }

    #[test]
    fn hashes_are_hidden_in_their_form() {
        let mut item = json!({
            "password_hash": {"S": "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaCtoYXNo"},
            "sessions": {"L": [{"M": {"token_hash": {"S": "0fa9"}, "family_id": {"S": "0fa9"}}}]},
            "totp": {"M": {"secret": {"S": "JBSWY3DP"}, "confirmed": {"BOOL": true}}},
            "recovery_codes": {"SS": ["q8_x", "w7-y", "Zz9"]},
        });
        hide_secrets(&mut item);
        assert_eq!(
            item,
            json!({
                "password_hash": {"S": "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAA$AAAAAAAAAAAA"},
                "sessions": {"L": [{"M": {"token_hash": {"S": "0000"}, "family_id": {"S": "0fa9"}}}]},
                "totp": {"M": {"secret": {"S": "AAAAAAAA"}, "confirmed": {"BOOL": true}}},
                "recovery_codes": {"SS": ["AA-A", "AAA", "AA_A"]},
            })
        );
        assert_eq!(hidden("q8_x-Zz9"), "AA_A-AAA");
    }
}
