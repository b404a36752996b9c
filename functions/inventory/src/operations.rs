//! The part of the HTTP contract that this service serves.

use souk_runtime::contract::Operation;

use crate::{adjust_inventory, count_inventory, get_inventory, list_stock_changes, spread_inventory};

/// The declaration of each endpoint.
pub const OPERATIONS: &[fn() -> Operation] = &[
    adjust_inventory::operation,
    count_inventory::operation,
    get_inventory::operation,
    list_stock_changes::operation,
    spread_inventory::operation,
];
