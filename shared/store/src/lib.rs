//! DynamoDB, one module per aggregate.
//!
//! A conditional write that fails becomes a named result here ([`Saved::Stale`], [`Placement::Short`], …) and nowhere
//! else; everything that callers can only pass on is a [`StoreError`].

mod carts;
mod categories;
mod error;
mod inventory;
mod limits;
mod order_steps;
mod orders;
mod products;
mod reconcile;
mod scan;
mod sessions;
mod staff_orders;
mod synonyms;
mod table;
mod users;

pub use carts::Carts;
pub use categories::Categories;
pub use error::StoreError;
pub use inventory::{
    Found, HistoryCursor, HistoryEntry, HistoryPage, Inventory, LedgerEntry, MAX_AVAILABLE, Spreading, StockChange,
    StockSpread,
};
pub use limits::{Attempt, Limit, Limits};
pub use order_steps::{OrderSteps, StepError};
pub use orders::{MAX_ACTIONS, OrderPage, Orders, Placement};
pub use products::{ProductPage, Products, Segment};
pub use reconcile::{Checked, Cursor, Plan, Report, reconcile};
pub use sessions::{Presented, Rotation, Session, Sessions};
pub use staff_orders::{StaffList, StaffPage};
pub use synonyms::{SynonymList, SynonymLists};
pub use table::Table;
pub use users::{Credentials, Registration, RoleChange, User, Users};

/// What became of a write on condition that nobody else wrote since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Saved {
    /// It is written.
    Done,
    /// Somebody else wrote first; read again and decide again.
    Stale,
}
