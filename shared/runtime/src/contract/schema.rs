//! Schemas of parameters, and of members that Rust types do not describe by themselves.

use schemars::{Schema, json_schema};
use souk_domain::cursor::MAX_CHARS;

/// The pattern of a product's id.
pub const PRODUCT_ID_PATTERN: &str = r"^\.*[A-Za-z0-9_-][A-Za-z0-9._-]*$";

/// A text of 1 to `max_chars` characters.
pub fn text(max_chars: usize) -> Schema {
    json_schema!({"type": "string", "minLength": 1, "maxLength": max_chars})
}

/// `true` or `false`.
pub fn flag() -> Schema {
    json_schema!({"type": "boolean"})
}

/// One of some words.
pub fn one_of<T: AsRef<str>>(words: &[T]) -> Schema {
    let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
    json_schema!({"type": "string", "enum": words})
}

/// A price in a query, as decimals of the shop's currency.
pub fn price() -> Schema {
    json_schema!({"type": "string", "pattern": "^[0-9]{1,11}(\\.[0-9]{1,4})?$", "examples": ["19.99"]})
}

/// The cursor of a list: `next_cursor` of the page before.
pub fn cursor() -> Schema {
    json_schema!({"type": "string", "minLength": 1, "maxLength": MAX_CHARS})
}

/// The number of entries of a page.
pub fn page_limit(max: i64, default: i64) -> Schema {
    json_schema!({"type": "integer", "minimum": 1, "maximum": max, "default": default})
}
