//! DynamoDB, one module per aggregate.
//!
//! A conditional write that fails becomes a named result here ([`SaveOutcome::VersionConflict`],
//! [`PlacementOutcome::InsufficientStock`], …) and nowhere else; everything that callers can only pass on is a
//! [`StoreError`].

mod accounts;
mod audit_log;
mod carts;
mod categories;
mod collections;
mod conditional;
mod credentials;
mod error;
mod guest_ids;
mod inventory;
mod invitations;
mod limits;
mod one_time_tokens;
mod order_steps;
mod orders;
mod products;
mod reconcile;
mod refund_requests;
mod registrations;
mod scan;
mod sessions;
mod shopper_orders;
mod staff_grants;
mod staff_index;
mod staff_orders;
mod store_credit;
mod synonyms;
mod table;
mod verification_keys;

pub use accounts::{AccountDeletionOutcome, Accounts, ClaimOutcome};
pub use audit_log::{AuditLog, AuditPage, AuditReader};
pub use carts::Carts;
pub use categories::{Categories, TreeChange};
pub use collections::{CollectionOutcome, Collections};
pub use credentials::{Credential, CredentialOutcome, CredentialRef, CredentialStatus, Credentials, Totp};
pub use error::StoreError;
pub use guest_ids::GuestLinkOutcome;
pub use inventory::{
    AllocationOutcome, HistoryEntry, HistoryPage, HistoryPosition, Inventory, LedgerEntry, MAX_AVAILABLE,
    SpreadOutcome, StockChangeOutcome, StockSpread,
};
pub use invitations::{Invitation, Invitations};
pub use limits::{AttemptOutcome, Limit, Limits, TokenOutcome};
pub use one_time_tokens::{OneTimeToken, OneTimeTokens, TokenPurpose};
pub use order_steps::{OrderStep, OrderSteps, StepError, StoreCreditSteps};
pub use orders::{MAX_ACTIONS, OrderPage, OrderPlacement, Orders, PlacementOutcome};
pub use products::{ProductPage, Products, Segment};
pub use reconcile::{CheckedCounts, ReconciliationCursor, ReconciliationPlan, ReconciliationReport, reconcile};
pub use refund_requests::{RefundRequest, RefundRequestOutcome, RefundRequests};
pub use registrations::{REGISTRATION_SECONDS, Registration, RegistrationKey, RegistrationOutcome, Registrations};
pub use sessions::{
    CreateSessionOutcome, GuestSession, RefreshTokenState, RotationOutcome, Session, Sessions, StaffSession,
};
pub use shopper_orders::ShopperOrders;
pub use staff_grants::{GrantOutcome, OtherAdministrator, StaffGrant, StaffGrants};
pub use staff_index::StaffOrderList;
pub use staff_orders::StaffOrderPage;
pub use store_credit::StoreCredit;
pub use synonyms::{SynonymList, SynonymLists, SynonymsOutcome};
pub use table::Table;
pub use verification_keys::VerificationKeys;

/// The outcome of a write that requires the version that was read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum SaveOutcome {
    /// The item was written.
    Saved,
    /// Another writer was first. Nothing was written: read again and decide again.
    VersionConflict,
}
