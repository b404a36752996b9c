//! The cart service: one module per endpoint, one binary for all of them.

pub mod add_cart_item;
pub mod clear_cart;
pub mod get_cart;
mod handlers;
pub mod remove_cart_item;
mod stores;
pub mod update_cart_item;
mod view;

#[cfg(test)]
mod fixture;

pub use handlers::HANDLERS;
pub use stores::CartStores;
