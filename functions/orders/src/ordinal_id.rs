//! The public ids of the refunds and returns of an order: `1`, `2`, …

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use souk_domain::validation::Invalid;

/// The index of a refund or return in its order. It counts from 0 in code and from 1 in the API, where it is an opaque
/// string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrdinalId(pub(crate) usize);

impl FromStr for OrdinalId {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let number = raw.parse::<u16>().ok().filter(|number| number.to_string() == raw);
        let index = number.and_then(|number| number.checked_sub(1));
        index.map(|index| Self(index.into())).ok_or_else(|| Invalid::new("invalid_format", "must be an id"))
    }
}

impl fmt::Display for OrdinalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0 + 1)
    }
}

impl Serialize for OrdinalId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for OrdinalId {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OrdinalId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_way_to_write_an_id() {
        assert_eq!(("1".parse(), "10".parse()), (Ok(OrdinalId(0)), Ok(OrdinalId(9))));
        assert_eq!(OrdinalId(0).to_string(), "1");
        for bad in ["0", "01", "+1", "-1", "", "1.0", "70000", "x"] {
            assert!(bad.parse::<OrdinalId>().is_err(), "{bad}");
        }
    }
}
