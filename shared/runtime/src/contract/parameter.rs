//! Parameters of the path, the query and the header.

use schemars::Schema;
use souk_domain::ids::MAX_CATEGORY_ID_CHARS;

use super::schema::text;

/// Longest id in a path, in characters.
const MAX_ID_CHARS: usize = 100;

/// What [`Parameter::path`] says about an id that it does not know. A test fails while an operation has it.
pub const UNDESCRIBED_ID: &str = "An id.";

/// Where a parameter is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// A part of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Where it is sent.
    pub location: Location,
    /// Its name.
    pub name: &'static str,
    /// Its schema.
    pub schema: Schema,
    /// What it means.
    pub description: &'static str,
    /// Whether it must be sent. A part of the path always is.
    pub required: bool,
    /// How it is written, where it is not just its value: the `style` of OpenAPI and whether it is exploded.
    pub style: Option<(&'static str, bool)>,
}

impl Parameter {
    /// A part of the path. All of them are opaque ids.
    pub(super) fn path(name: &'static str) -> Self {
        let description = match name {
            "category_id" => "The id of the category.",
            "collection_id" => "The id of the collection.",
            "order_id" => "The id of the order.",
            "product_id" => "The id of the product.",
            "refund_id" => "The id of the refund within its order.",
            "refund_request_id" => "The id of the refund that waits for a second person.",
            "session_id" => "The id of the session.",
            "token" => "The token of the link.",
            "user_id" => "The id of the account.",
            "return_id" => "The id of the return within its order.",
            _ => UNDESCRIBED_ID,
        };
        // Ids of categories are made of names, and longer than the others.
        let max_chars = if name == "category_id" { MAX_CATEGORY_ID_CHARS } else { MAX_ID_CHARS };
        Self { location: Location::Path, required: true, ..Self::query(name, text(max_chars), description) }
    }

    /// An optional parameter of the query.
    pub fn query(name: &'static str, schema: Schema, description: &'static str) -> Self {
        Self { location: Location::Query, name, schema, description, required: false, style: None }
    }

    /// An optional header.
    pub fn header(name: &'static str, schema: Schema, description: &'static str) -> Self {
        Self { location: Location::Header, ..Self::query(name, schema, description) }
    }

    /// Makes it required.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Written in another style than the usual one of its location.
    #[must_use]
    pub fn style(self, style: &'static str, explode: bool) -> Self {
        Self { style: Some((style, explode)), ..self }
    }
}
