//! The part of the HTTP contract that this service serves.

use souk_runtime::contract::Operation;

use crate::{add_cart_item, clear_cart, get_cart, remove_cart_item, update_cart_item};

/// The declaration of each endpoint.
pub const OPERATIONS: &[fn() -> Operation] = &[
    add_cart_item::operation,
    clear_cart::operation,
    get_cart::operation,
    remove_cart_item::operation,
    update_cart_item::operation,
];
