//! The part of the HTTP contract that this service serves.

use souk_runtime::contract::Operation;

use crate::get_openapi;

/// The declaration of each endpoint.
pub const OPERATIONS: &[fn() -> Operation] = &[get_openapi::operation];
