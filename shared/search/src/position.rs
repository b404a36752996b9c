//! Where a page ended: continues a list beyond the depth that page numbers reach.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::value::RawValue;
use souk_domain::validation::Invalid;

use crate::sort::Sort;

/// Longest cursor that is read: an id, a name and some signs, as text.
const MAX_CHARS: usize = 2_000;

/// The position after a product in a sort order. Opaque to clients; refused with another sort order.
#[derive(Debug, Clone)]
pub struct Cursor(Vec<Box<RawValue>>);

impl Cursor {
    /// The values by which a hit was sorted, exactly as OpenSearch wrote them.
    pub(crate) const fn new(values: Vec<Box<RawValue>>) -> Self {
        Self(values)
    }

    pub(crate) fn values(&self) -> &[Box<RawValue>] {
        &self.0
    }

    /// Whether it is a position in that sort order, so that OpenSearch accepts it.
    pub fn is_of(&self, sort: Sort, has_text: bool) -> bool {
        type Check = fn(&str) -> bool;
        let expected: &[Check] = match (sort, has_text) {
            (Sort::Relevance, true) => &[is_score, is_whole, is_text],
            (Sort::Relevance, false) => &[is_whole, is_whole, is_text],
            (Sort::PriceAsc | Sort::PriceDesc | Sort::Newest, _) => &[is_whole, is_text],
            (Sort::Name, _) => &[is_text, is_text],
        };
        self.0.len() == expected.len() && self.0.iter().zip(expected).all(|(value, check)| check(value.get()))
    }
}

/// A number of an index field, or a flag.
fn is_whole(json: &str) -> bool {
    json.parse::<i64>().is_ok() || matches!(json, "true" | "false")
}

fn is_score(json: &str) -> bool {
    json.parse::<f32>().is_ok_and(f32::is_finite)
}

fn is_text(json: &str) -> bool {
    json.starts_with('"')
}

impl Hash for Cursor {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_string().hash(state);
    }
}

impl PartialEq for Cursor {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Cursor {}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<&str> = self.0.iter().map(|value| value.get()).collect();
        f.write_str(&URL_SAFE_NO_PAD.encode(format!("[{}]", values.join(","))))
    }
}

impl FromStr for Cursor {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let read = || {
            let json = URL_SAFE_NO_PAD.decode(raw).ok().filter(|_| raw.len() <= MAX_CHARS)?;
            serde_json::from_slice(&json).ok().map(Self)
        };
        read().ok_or_else(|| Invalid::new("invalid_format", "must be next_cursor of an earlier page"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(json: &str) -> Result<Cursor, Invalid> {
        URL_SAFE_NO_PAD.encode(json).parse()
    }

    #[test]
    fn a_cursor_is_of_one_order() {
        let place = cursor(r#"[1530.25,1,"sku-1"]"#).expect("a cursor");
        assert!(place.is_of(Sort::Relevance, true));
        assert!(!place.is_of(Sort::Relevance, false) && !place.is_of(Sort::PriceAsc, true));
        assert!(cursor(r#"[true,9223372036854775807,"a"]"#).expect("a cursor").is_of(Sort::Relevance, false));
        let again: Cursor = place.to_string().parse().expect("its own text");
        assert_eq!(again, place);
    }

    #[test]
    fn nothing_else_gets_through() {
        for bad in ["", "{}", "7", "[", r#""x""#] {
            assert_eq!(cursor(bad).map_err(|e| e.code).err(), Some("invalid_format"), "{bad}");
        }
        assert!("*".parse::<Cursor>().is_err());
        assert!(cursor(&format!(r#"["{}"]"#, "x".repeat(2_000))).is_err());
        for bad in [r#"[{"a":1},"x"]"#, r#"[null,"x"]"#, r#"[1.5,"x"]"#, "[1,2]", r#"[1,"x",1]"#, "[]", r#"["1","x"]"#]
        {
            assert!(!cursor(bad).expect("a list").is_of(Sort::PriceAsc, false), "{bad}");
        }
        assert!(!cursor(r#"[1e999,1,"x"]"#).expect("a list").is_of(Sort::Relevance, true));
    }
}
