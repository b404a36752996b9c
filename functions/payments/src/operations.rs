//! The part of the HTTP contract that this service serves.

use souk_runtime::contract::Operation;

use crate::{pay_order, stripe_webhook};

/// The declaration of each endpoint.
pub const OPERATIONS: &[fn() -> Operation] = &[pay_order::operation, stripe_webhook::operation];
