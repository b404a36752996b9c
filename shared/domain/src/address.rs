//! Shipping addresses.

use serde::{Deserialize, Serialize};

use crate::validation::{FieldError, Invalid, text};

/// Maximum length of a text address, in characters.
pub const MAX_TEXT: usize = 500;
/// Maximum length of each part of a structured address, in characters.
pub const MAX_PART: usize = 100;

/// A shipping address: free text or structured.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ShippingAddress {
    /// Free text.
    Text(String),
    /// Structured.
    Structured(Box<StructuredAddress>),
}

/// A structured address. Unknown fields are rejected, so that no input is silently lost.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StructuredAddress {
    /// Recipient.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// Flat, floor, company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// City.
    pub city: String,
    /// State, province, county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code. Some countries have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// Phone number for the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl ShippingAddress {
    /// Trims every part, and leaves out the optional ones that are empty: forms send `""` for what was not filled in.
    /// Returns all invalid parts, with names below `field`.
    pub fn checked(self, field: &str) -> Result<Self, Vec<FieldError>> {
        match self {
            Self::Text(raw) => text(&raw, MAX_TEXT).map(Self::Text).map_err(|e| vec![e.at(field)]),
            Self::Structured(parts) => parts.checked(field).map(|p| Self::Structured(Box::new(p))),
        }
    }
}

impl StructuredAddress {
    fn checked(self, field: &str) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut part = |name: &str, raw: String| {
            text(&raw, MAX_PART).unwrap_or_else(|invalid| {
                errors.push(invalid.at(format!("{field}.{name}")));
                raw
            })
        };
        let checked = Self {
            name: part("name", self.name),
            line1: part("line1", self.line1),
            line2: given(self.line2).map(|raw| part("line2", raw)),
            city: part("city", self.city),
            region: given(self.region).map(|raw| part("region", raw)),
            postal_code: given(self.postal_code).map(|raw| part("postal_code", raw)),
            country: part("country", self.country),
            phone: given(self.phone).map(|raw| part("phone", raw)),
        };
        if !(checked.country.len() == 2 && checked.country.bytes().all(|b| b.is_ascii_uppercase())) {
            let invalid = Invalid::new("invalid_format", "must be a two-letter ISO 3166-1 code such as \"DE\"");
            errors.retain(|e| e.field != format!("{field}.country"));
            errors.push(invalid.at(format!("{field}.country")));
        }
        if errors.is_empty() { Ok(checked) } else { Err(errors) }
    }
}

/// An optional part, unless it is empty.
fn given(part: Option<String>) -> Option<String> {
    part.filter(|raw| !raw.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed_and_must_not_be_empty() {
        let checked = ShippingAddress::Text("  1 Main St \n".into()).checked("shipping_address");
        assert_eq!(checked, Ok(ShippingAddress::Text("1 Main St".into())));
        let errors = ShippingAddress::Text("  ".into()).checked("shipping_address").expect_err("empty");
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("shipping_address", "required"));
    }

    #[test]
    fn an_empty_optional_part_is_left_out() {
        let parse = |json: &str| serde_json::from_str::<ShippingAddress>(json).expect("json").checked("a");
        let required = r#""name":"Jane","line1":"1 Main St","city":"Springfield","country":"US""#;
        let without = parse(&format!("{{{required}}}")).expect("complete");
        for name in ["line2", "region", "postal_code", "phone"] {
            for empty in [r#""""#, r#"" \n""#, "null"] {
                assert_eq!(
                    parse(&format!(r#"{{{required},"{name}":{empty}}}"#)),
                    Ok(without.clone()),
                    "{name} {empty}"
                );
            }
            let long = "x".repeat(MAX_PART + 1);
            let errors = parse(&format!(r#"{{{required},"{name}":"{long}"}}"#)).expect_err("too long");
            assert_eq!((errors[0].field.as_str(), errors.len()), (format!("a.{name}").as_str(), 1));
        }
    }

    #[test]
    fn all_invalid_parts_are_reported() {
        let address: ShippingAddress =
            serde_json::from_str(r#"{"name":"","line1":"1 Main St","city":" ","country":"Germany"}"#).expect("json");
        let errors = address.checked("a").expect_err("three bad parts");
        let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["a.name", "a.city", "a.country"]);
    }
}
