//! The part of the HTTP contract that this service serves.

use souk_runtime::contract::Operation;

use crate::{create_guest, get_jwks, login, logout, refresh};

/// The declaration of each endpoint.
pub const OPERATIONS: &[fn() -> Operation] =
    &[create_guest::operation, get_jwks::operation, login::operation, logout::operation, refresh::operation];
