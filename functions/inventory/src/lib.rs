//! The inventory service: one module per endpoint, one binary for all of them.

pub mod adjust_inventory;
pub mod count_inventory;
pub mod get_inventory;
mod handlers;
mod inventory_context;
pub mod list_stock_changes;
mod operations;
pub mod spread_inventory;
pub mod watch_stock;

pub use handlers::HANDLERS;
pub use inventory_context::InventoryContext;
pub use operations::OPERATIONS;

#[cfg(test)]
mod fixture;
