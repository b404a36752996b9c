//! Payment providers behind one trait. No card number passes through Souk: a client sends its card to the provider and
//! the provider's one-time token to Souk (PCI DSS SAQ-A).

mod sandbox;
pub mod stripe;

use futures_util::future::BoxFuture;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::money::Money;
use souk_domain::order::{ProviderMethod, ProviderOutcome};
use souk_domain::time::Timestamp;

pub use sandbox::Sandbox;

/// Decline code of an attempt that the shopper did not complete in time.
pub const ABANDONED: &str = "abandoned";

/// A request to capture money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRequest {
    /// Idempotency key: however often it is sent, money is captured once.
    pub idempotency_key: String,
    /// Owner of the order, for the provider's metadata and webhooks.
    pub user_id: UserId,
    /// The order, for the same.
    pub order_id: OrderId,
    /// Index of the attempt, for the same.
    pub attempt: usize,
    /// When the attempt was started. Providers keep idempotency keys for a limited time.
    pub started_at: Timestamp,
    /// Id of the payment at the provider, if known from an earlier response.
    pub payment_id: Option<String>,
    /// Amount.
    pub amount: Money,
    /// Payment method.
    pub method: ProviderMethod,
    /// The client's one-time token.
    pub token: String,
}

/// A request to refund money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Idempotency key: however often it is sent, money is refunded once.
    pub idempotency_key: String,
    /// Owner of the order, for the provider's metadata and webhooks.
    pub user_id: UserId,
    /// The order, for the same.
    pub order_id: OrderId,
    /// Index of the refund, for the same.
    pub refund: usize,
    /// Retry of the refund, for the same.
    pub retry: u32,
    /// Id of the payment at the provider.
    pub payment_id: String,
    /// Amount, at most that of the payment.
    pub amount: Money,
}

/// The outcome of a refund at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The provider pays it out.
    Accepted {
        /// Id of the refund at the provider.
        refund_id: String,
    },
    /// It cannot be paid out, for example because the card or the account no longer exists.
    Failed {
        /// Id of the refund at the provider.
        refund_id: String,
    },
}

/// Why a provider did not return an outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The request may or may not have been executed: retry it with the same key.
    #[error("the outcome at the provider is unknown: {0}")]
    Unknown(String),
    /// The request was not executed, and a retry will not change that: the request or the account is wrong.
    #[error("the provider refused the request: {0}")]
    Refused(String),
}

/// A payment provider.
pub trait PaymentProvider: Send + Sync {
    /// Captures money. Callers apply a time-out and treat a late response as [`ProviderError::Unknown`].
    fn charge<'a>(&'a self, charge: &'a ChargeRequest) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>>;

    /// Returns the current outcome of a charge whose response was lost or not final. It may execute a charge that never
    /// reached the provider.
    fn resolve_charge<'a>(&'a self, charge: &'a ChargeRequest)
    -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>>;

    /// Cancels a payment that waits for the shopper, and returns its outcome: the shopper may have completed it before.
    fn cancel<'a>(&'a self, payment_id: &'a str) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>>;

    /// The fingerprint of the card behind a client's token: the same for the same card, whichever token stands for it.
    /// `None` if the token stands for no card. It moves no money.
    fn card_fingerprint<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Option<String>, ProviderError>>;

    /// Refunds money.
    fn refund<'a>(&'a self, request: &'a RefundRequest) -> BoxFuture<'a, Result<RefundOutcome, ProviderError>>;
}
