//! The cart service: one module per endpoint, one binary for all of them.

pub mod add_cart_item;
mod cart_response;
pub mod clear_cart;
mod context;
pub mod get_cart;
mod handlers;
mod operations;
pub mod remove_cart_item;
pub mod update_cart_item;

#[cfg(test)]
mod fixture;

pub use context::{CartContext, QuantityLimit};
pub use handlers::HANDLERS;
pub use operations::OPERATIONS;
