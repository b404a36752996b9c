//! Collections: products that a rule of staff selects, such as new arrivals or a sale.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog::MAX_ATTRIBUTE_CHARS;
use crate::ids::{CategoryId, CollectionId};
use crate::time::Timestamp;
use crate::validation::{FieldError, Invalid, looks_like_card_number, text};

/// Maximum number of collections of a shop: shoppers get all of them in one response.
pub const MAX_COLLECTIONS: usize = 100;
/// Maximum length of a collection's name, in characters.
pub const MAX_COLLECTION_NAME_CHARS: usize = 60;
/// Maximum brands of a rule, and maximum attribute values: as many as a list of products can be filtered by.
pub const MAX_RULE_CHOICES: usize = 20;
/// Maximum length of a brand in a rule, in characters.
pub const MAX_RULE_BRAND_CHARS: usize = 100;
/// Maximum size of a rule's brands and attributes, in bytes: all collections together fit in one query of DynamoDB.
pub const MAX_RULE_BYTES: usize = 4_000;
/// Maximum age of a release that counts as new, in days.
pub const MAX_NEW_DAYS: u32 = 365;
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// A collection as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// `summer-sale`
    pub collection_id: CollectionId,
    /// `Summer sale`
    pub name: String,
    /// Selects its products.
    pub rule: CollectionRule,
    /// The time of the write in epoch milliseconds; grows with every write.
    pub version: i64,
}

/// The conditions on the products of a collection. A product must meet all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CollectionRule {
    /// Department or category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// Any of these brands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brands: Vec<String>,
    /// For each of these attributes, any of its values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Lowest price, in minor units of the shop's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_price_minor: Option<i64>,
    /// Highest price, in minor units of the shop's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price_minor: Option<i64>,
    /// New products: released at most this many days ago, and not in the future.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released_within_days: Option<u32>,
    /// Only products whose previous price was higher.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub on_sale: bool,
}

impl CollectionRule {
    /// Normalises and validates a rule from a client. Errors name the invalid condition (`brands[3]`).
    pub fn checked(self) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let brands = choices("brands", &self.brands, MAX_RULE_BRAND_CHARS, &mut errors);
        let attributes = attributes(&self.attributes, &mut errors);
        let rule = Self { brands, attributes, ..self };
        // No category has such an id, because the text of its name is checked.
        if rule.category_id.as_ref().is_some_and(|id| looks_like_card_number(id.as_str())) {
            let message = "looks like a card number, which must never be sent here";
            errors.push(FieldError::new("category_id", "card_number", message));
        }
        if rule.text_bytes() > MAX_RULE_BYTES {
            let message = format!("brands and attributes must have at most {MAX_RULE_BYTES} bytes in UTF-8");
            errors.push(FieldError::new("attributes", "too_long", message));
        }
        if let (Some(min), Some(max)) = (rule.min_price_minor, rule.max_price_minor)
            && min > max
        {
            errors.push(FieldError::new("max_price", "out_of_range", "must not be below min_price"));
        }
        if rule.released_within_days.is_some_and(|days| !(1..=MAX_NEW_DAYS).contains(&days)) {
            let message = format!("must be from 1 to {MAX_NEW_DAYS}");
            errors.push(FieldError::new("released_within_days", "out_of_range", message));
        }
        if errors.is_empty() && rule == Self::default() {
            let message = "give at least one condition: a collection of all products is the list without one";
            errors.push(FieldError::new("on_sale", "required", message));
        }
        if errors.is_empty() { Ok(rule) } else { Err(errors) }
    }

    /// The first and the last date of release of the products that are new at a time, as `YYYY-MM-DD` in UTC; `None`
    /// without that condition. It changes once a day, so that searches can be cached.
    pub fn release_dates(&self, now: Timestamp) -> Option<(String, String)> {
        let days = i64::from(self.released_within_days?);
        Some((now.plus_seconds(-days * SECONDS_PER_DAY).date(), now.date()))
    }

    /// Size of the brands and attributes, in bytes.
    pub fn text_bytes(&self) -> usize {
        let attributes = self.attributes.iter();
        let attributes = attributes.flat_map(|(name, values)| values.iter().map(|value| name.len() + value.len()));
        self.brands.iter().map(String::len).sum::<usize>() + attributes.sum::<usize>()
    }
}

/// Distinct texts, in their order.
fn choices(field: &str, sent: &[String], max_chars: usize, errors: &mut Vec<FieldError>) -> Vec<String> {
    if sent.len() > MAX_RULE_CHOICES {
        errors.push(too_many(field));
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut checked = Vec::with_capacity(sent.len());
    for (at, raw) in sent.iter().enumerate() {
        match text(raw, max_chars) {
            Ok(value) if seen.insert(value.clone()) => checked.push(value),
            Ok(_) => {}
            Err(invalid) => errors.push(invalid.at(format!("{field}[{at}]"))),
        }
    }
    checked
}

fn attributes(sent: &BTreeMap<String, Vec<String>>, errors: &mut Vec<FieldError>) -> BTreeMap<String, Vec<String>> {
    const FIELD: &str = "attributes";
    if sent.values().map(|values| values.len().max(1)).sum::<usize>() > MAX_RULE_CHOICES {
        errors.push(too_many(FIELD));
        return BTreeMap::new();
    }
    let mut checked = BTreeMap::new();
    for (raw, values) in sent {
        match text(raw, MAX_ATTRIBUTE_CHARS) {
            Ok(name) => {
                let field = format!("{FIELD}.{name}");
                if values.is_empty() {
                    errors.push(FieldError::new(&field, "required", "must have at least one value"));
                }
                checked.insert(name, choices(&field, values, MAX_ATTRIBUTE_CHARS, errors));
            }
            Err(Invalid { code, message }) => {
                errors.push(FieldError::new(FIELD, code, format!("a member's name {message}")));
            }
        }
    }
    checked
}

fn too_many(field: &str) -> FieldError {
    FieldError::new(field, "too_long", format!("must have at most {MAX_RULE_CHOICES} values"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    fn attribute(name: &str, values: &[&str]) -> BTreeMap<String, Vec<String>> {
        [(name.to_owned(), texts(values))].into()
    }

    fn refused(rule: CollectionRule) -> Vec<(String, &'static str)> {
        rule.checked().expect_err("refused").into_iter().map(|error| (error.field, error.code)).collect()
    }

    #[test]
    fn a_rule_is_normalised() {
        let rule = CollectionRule {
            brands: texts(&[" HP ", "HP", "Canon"]),
            attributes: attribute(" Colour", &["Cyan ", "Black"]),
            ..CollectionRule::default()
        };
        let rule = rule.checked().expect("good");
        assert_eq!(rule.brands, ["HP", "Canon"]);
        assert_eq!(rule.attributes, attribute("Colour", &["Cyan", "Black"]));
    }

    #[test]
    fn one_condition_of_any_kind_is_enough_and_none_is_refused() {
        let none = CollectionRule::default;
        for one in [
            CollectionRule { category_id: Some("printing".parse().expect("an id")), ..none() },
            CollectionRule { brands: texts(&["HP"]), ..none() },
            CollectionRule { attributes: attribute("Colour", &["Cyan"]), ..none() },
            CollectionRule { min_price_minor: Some(0), ..none() },
            CollectionRule { max_price_minor: Some(0), ..none() },
            CollectionRule { released_within_days: Some(1), ..none() },
            CollectionRule { on_sale: true, ..none() },
        ] {
            assert_eq!(one.clone().checked(), Ok(one));
        }
        assert_eq!(refused(none()), [("on_sale".to_owned(), "required")]);
        let card = CollectionRule { category_id: Some("4242424242424242".parse().expect("an id")), ..none() };
        assert_eq!(refused(card), [("category_id".to_owned(), "card_number")]);
    }

    #[test]
    fn all_invalid_conditions_are_reported() {
        let rule = CollectionRule {
            brands: texts(&["HP", "", &"x".repeat(101)]),
            attributes: attribute("Colour", &["Cyan", "a\u{1f}b"]),
            min_price_minor: Some(2),
            max_price_minor: Some(1),
            released_within_days: Some(0),
            ..CollectionRule::default()
        };
        let expected = [
            ("brands[1]", "required"),
            ("brands[2]", "too_long"),
            ("attributes.Colour[1]", "invalid_format"),
            ("max_price", "out_of_range"),
            ("released_within_days", "out_of_range"),
        ];
        assert_eq!(refused(rule), expected.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn a_rule_has_a_bounded_size() {
        let none = CollectionRule::default;
        let many = texts(&["a"; 21]);
        let refusal = |field: &str, code| vec![(field.to_owned(), code)];
        assert_eq!(refused(CollectionRule { brands: many, ..none() }), refusal("brands", "too_long"));
        let values = ["a"; 21];
        assert_eq!(
            refused(CollectionRule { attributes: attribute("a", &values), ..none() }),
            refusal("attributes", "too_long")
        );
        let names: BTreeMap<_, _> = (0..21).map(|n| (format!("a{n}"), Vec::new())).collect();
        assert_eq!(refused(CollectionRule { attributes: names, ..none() }), refusal("attributes", "too_long"));
        assert_eq!(
            refused(CollectionRule { attributes: attribute("a", &[]), ..none() }),
            refusal("attributes.a", "required")
        );
        let long: Vec<String> = (10..20).map(|n| format!("{n}{}", "x".repeat(498))).collect();
        let large = CollectionRule { attributes: [("a".to_owned(), long)].into(), ..none() };
        assert_eq!(refused(large), refusal("attributes", "too_long"));
        let tall = CollectionRule { released_within_days: Some(366), ..none() };
        assert_eq!(refused(tall), refusal("released_within_days", "out_of_range"));
    }

    #[test]
    fn what_is_new_changes_once_a_day() {
        let rule = CollectionRule { released_within_days: Some(30), ..CollectionRule::default() };
        let dates = |now: &str| {
            let (first, last) = rule.release_dates(now.parse().expect("a time")).expect("dates");
            format!("{first} {last}")
        };
        assert_eq!(dates("2026-11-30T00:00:00.000Z"), "2026-10-31 2026-11-30");
        assert_eq!(dates("2026-11-30T23:59:59.999Z"), "2026-10-31 2026-11-30");
        assert_eq!(dates("2026-12-01T00:00:00.000Z"), "2026-11-01 2026-12-01");
        assert_eq!(dates("2028-03-01T12:00:00.000Z"), "2028-01-31 2028-03-01");
        assert_eq!(CollectionRule::default().release_dates(Timestamp::from_millis(0)), None);
    }

    #[test]
    fn a_stored_rule_has_only_its_conditions() {
        let rule = CollectionRule { on_sale: true, max_price_minor: Some(999), ..CollectionRule::default() };
        let stored = serde_json::to_string(&rule).expect("JSON");
        assert_eq!(stored, r#"{"max_price_minor":999,"on_sale":true}"#);
        assert_eq!(serde_json::from_str::<CollectionRule>(&stored).expect("a rule"), rule);
    }
}
