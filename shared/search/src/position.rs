//! Where a page ended: continues a list beyond the depth that page numbers reach.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use souk_domain::ids::ProductId;
use souk_domain::validation::Invalid;

use crate::sort::Sort;

/// The position after a product in a sort order: the values by which the product was sorted. A client gets it within
/// the cursor of its list ([`SearchQuery::list_id`](crate::SearchQuery::list_id)).
#[derive(Debug, Clone)]
pub struct Position(Vec<Box<RawValue>>);

impl Position {
    /// The values by which a hit was sorted, exactly as OpenSearch wrote them.
    pub(crate) const fn new(values: Vec<Box<RawValue>>) -> Self {
        Self(values)
    }

    pub(crate) fn values(&self) -> &[Box<RawValue>] {
        &self.0
    }

    /// Whether its values have the types of that sort order, so that OpenSearch accepts them.
    pub fn is_of(&self, sort: Sort, has_text: bool) -> bool {
        type Check = fn(&str) -> bool;
        let expected: &[Check] = match (sort, has_text) {
            (Sort::Relevance, true) => &[is_score, is_flag, is::<ProductId>],
            (Sort::Relevance, false) => &[is_flag, is::<i64>, is::<ProductId>],
            (Sort::PriceAsc | Sort::PriceDesc | Sort::Newest, _) => &[is::<i64>, is::<ProductId>],
            (Sort::Name, _) => &[is::<String>, is::<ProductId>],
        };
        self.0.len() == expected.len() && self.0.iter().zip(expected).all(|(value, check)| check(value.get()))
    }
}

fn is<T: DeserializeOwned>(json: &str) -> bool {
    serde_json::from_str::<T>(json).is_ok()
}

/// OpenSearch sorts flags as numbers, and writes them as either.
fn is_flag(json: &str) -> bool {
    matches!(json, "true" | "false" | "1" | "0")
}

fn is_score(json: &str) -> bool {
    serde_json::from_str(json).is_ok_and(f32::is_finite)
}

impl Hash for Position {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_string().hash(state);
    }
}

impl PartialEq for Position {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Position {}

/// A JSON array.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<&str> = self.0.iter().map(|value| value.get()).collect();
        write!(f, "[{}]", values.join(","))
    }
}

impl FromStr for Position {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        serde_json::from_str(raw).map(Self).map_err(|_| Invalid::new("invalid_format", "must be a position in a list"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SORTS: [Sort; 5] = [Sort::Relevance, Sort::PriceAsc, Sort::PriceDesc, Sort::Newest, Sort::Name];

    fn position(json: &str) -> Position {
        json.parse().expect("a list")
    }

    fn fits_any(position: &Position) -> bool {
        SORTS.iter().any(|sort| position.is_of(*sort, true) || position.is_of(*sort, false))
    }

    #[test]
    fn a_position_has_the_types_of_its_order() {
        for (json, sort, has_text) in [
            (r#"[1530.25,1,"sku-1"]"#, Sort::Relevance, true),
            (r#"[2.5E-5,false,"sku-1"]"#, Sort::Relevance, true),
            (r#"[true,9223372036854775807,"a"]"#, Sort::Relevance, false),
            (r#"[0,-9223372036854775808,"a"]"#, Sort::Relevance, false),
            (r#"[1299,"sku-1"]"#, Sort::PriceAsc, true),
            (r#"[1299,"sku-1"]"#, Sort::PriceDesc, false),
            (r#"[-9223372036854775808,"sku-1"]"#, Sort::Newest, false),
            (r#"["hp 364 \"xl\"","sku-1"]"#, Sort::Name, false),
        ] {
            assert!(position(json).is_of(sort, has_text), "{json}");
            assert_eq!(position(json).to_string(), json);
        }
        let price = position(r#"[1530,"sku-1"]"#);
        assert!(!price.is_of(Sort::Relevance, false) && !price.is_of(Sort::Relevance, true));
        assert!(!price.is_of(Sort::Name, false));
    }

    #[test]
    fn other_types_are_of_no_order() {
        for bad in [
            "[]",
            r#"["sku-1"]"#,
            r#"[{"a":1},"x"]"#,
            r#"[null,"x"]"#,
            r#"[true,"x"]"#,
            r#"[1.5,"x"]"#,
            r#"[1e3,"x"]"#,
            r#"[9223372036854775808,"x"]"#,
            r#"[1e999,1,"x"]"#,
            r#"[1e39,1,"x"]"#,
            r#"["NaN",1,"x"]"#,
            r#"[1.5,2,"x"]"#,
            "[1.5,1,2]",
            "[1,2]",
            r#"[1,""]"#,
            r#"[1,"a b"]"#,
            r#"["\ud800","x"]"#,
            r#"[1,1,"x",1]"#,
            r#"[1,[["x"]]]"#,
        ] {
            assert!(!fits_any(&position(bad)), "{bad}");
        }
        for no_list in ["", "{}", "7", "[", r#""x""#, "null", "[1,]", "[1] x"] {
            assert_eq!(no_list.parse::<Position>().map_err(|e| e.code).err(), Some("invalid_format"), "{no_list}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_a_position_or_refused(text in ".{0,60}", json in r#"\[([0-9a-z"\\.,eE{}\[\]+-]){0,40}\]"#) {
            for text in [text, json] {
                if let Ok(position) = text.parse::<Position>() {
                    prop_assert_eq!(&position.to_string().parse::<Position>()?, &position);
                    let _ = fits_any(&position);
                }
            }
        }

        #[test]
        fn sort_values_survive(price in any::<i64>(), score in 0_f32.., name in ".{0,40}", id in "[A-Za-z0-9_-]{1,64}") {
            let name = serde_json::Value::String(name);
            for (json, sort, has_text) in [
                (format!(r#"[{price},"{id}"]"#), Sort::PriceAsc, false),
                (format!(r#"[{name},"{id}"]"#), Sort::Name, false),
                (format!(r#"[{score:?},true,"{id}"]"#), Sort::Relevance, true),
            ] {
                let position: Position = json.parse()?;
                prop_assert!(position.is_of(sort, has_text), "{}", json);
                prop_assert_eq!(position.to_string(), json);
            }
        }
    }
}
