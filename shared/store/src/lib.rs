//! DynamoDB, one module per aggregate.
//!
//! A conditional write that fails becomes a named result here ([`SaveOutcome::VersionConflict`],
//! [`PlacementOutcome::InsufficientStock`], …) and nowhere else; everything that callers can only pass on is a
//! [`StoreError`].

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
mod staff_index;
mod staff_orders;
mod synonyms;
mod table;
mod users;

pub use carts::Carts;
pub use categories::Categories;
pub use error::StoreError;
pub use inventory::{
    AllocationOutcome, HistoryEntry, HistoryPage, HistoryPosition, Inventory, LedgerEntry, MAX_AVAILABLE,
    SpreadOutcome, StockChangeOutcome, StockSpread,
};
pub use limits::{AttemptOutcome, Limit, Limits};
pub use order_steps::{OrderSteps, StepError, StoreCreditSteps};
pub use orders::{MAX_ACTIONS, OrderPage, OrderPlacement, Orders, PlacementOutcome};
pub use products::{ProductPage, Products, Segment};
pub use reconcile::{CheckedCounts, ReconciliationCursor, ReconciliationPlan, ReconciliationReport, reconcile};
pub use sessions::{RefreshTokenStatus, RotationOutcome, Session, Sessions};
pub use staff_index::StaffOrderList;
pub use staff_orders::StaffOrderPage;
pub use synonyms::{SynonymList, SynonymLists};
pub use table::Table;
pub use users::{Credentials, RegistrationOutcome, RoleChangeOutcome, User, Users};

/// The outcome of a write that requires the version that was read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum SaveOutcome {
    /// The item was written.
    Saved,
    /// Another writer was first. Nothing was written: read again and decide again.
    VersionConflict,
}
