//! The part of the HTTP contract that this service serves.

use souk_runtime::contract::Operation;

use crate::{login, logout, refresh, register};

/// The declaration of each endpoint.
pub const OPERATIONS: &[fn() -> Operation] =
    &[login::operation, logout::operation, refresh::operation, register::operation];
