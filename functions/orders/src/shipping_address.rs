//! Shipping addresses in the HTTP contract, as [`souk_domain::address`] reads and writes them.

use schemars::JsonSchema;
use souk_domain::address::{MAX_PART, MAX_TEXT};

/// Where an order is shipped: free text or the parts of an address, as the client sent it.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "ShippingAddress")]
pub enum ShippingAddressSchema {
    /// Free text.
    Text(String),
    /// The parts.
    Structured(StructuredAddressSchema),
}

/// The parts of a shipping address. Those that were not given are omitted.
#[derive(JsonSchema)]
#[schemars(rename = "StructuredAddress")]
pub struct StructuredAddressSchema {
    /// The recipient.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// Flat, floor or company.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// City.
    pub city: String,
    /// State, province or county.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// For the carrier.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Where to ship the order: free text or the parts of an address.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum ShippingAddressRequest {
    /// Free text.
    Text(#[schemars(length(min = 1, max = MAX_TEXT))] String),
    /// The parts.
    Structured(StructuredAddressRequest),
}

/// The parts of a shipping address. Other members are refused, so that no part of an address is lost. An optional part
/// that is empty is the same as one that is left out.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct StructuredAddressRequest {
    /// The recipient.
    #[schemars(length(min = 1, max = MAX_PART))]
    pub name: String,
    /// Street and number.
    #[schemars(length(min = 1, max = MAX_PART))]
    pub line1: String,
    /// Flat, floor or company.
    #[schemars(length(max = MAX_PART))]
    pub line2: Option<String>,
    /// City.
    #[schemars(length(min = 1, max = MAX_PART))]
    pub city: String,
    /// State, province or county.
    #[schemars(length(max = MAX_PART))]
    pub region: Option<String>,
    /// Postal code. Some countries have none.
    #[schemars(length(max = MAX_PART))]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2, in upper case.
    #[schemars(regex(pattern = "^[A-Z]{2}$"))]
    pub country: String,
    /// For the carrier.
    #[schemars(length(max = MAX_PART))]
    pub phone: Option<String>,
}
