//! The inventory service: one module per endpoint, one binary for all of them.

pub mod adjust_inventory;
pub mod count_inventory;
pub mod get_inventory;
mod handlers;
pub mod list_stock_changes;
pub mod spread_inventory;
mod stock_keeper;
pub mod watch_stock;

pub use handlers::HANDLERS;
pub use stock_keeper::StockKeeper;

#[cfg(test)]
mod fixture;
