//! Payment providers behind one trait. No card number passes through here: a client gives the provider its card and Souk
//! the provider's one-time token (PCI DSS SAQ-A).

mod sandbox;
pub mod stripe;

use futures_util::future::BoxFuture;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::money::Money;
use souk_domain::order::{PaymentMethod, ProviderOutcome};
use souk_domain::time::Timestamp;

pub use sandbox::Sandbox;

/// The code of an attempt that ended because the shopper did not finish it in time.
pub const ABANDONED: &str = "abandoned";

/// Money to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Makes asking again harmless: one key takes money once, however often it is sent.
    pub idempotency_key: String,
    /// For the provider's metadata, so that its messages name the order.
    pub user_id: UserId,
    /// The same.
    pub order_id: OrderId,
    /// The same: which attempt of the order.
    pub attempt: usize,
    /// When the attempt began: providers do not remember keys for ever.
    pub started_at: Timestamp,
    /// The provider's id of the payment, if an earlier answer gave it.
    pub payment_id: Option<String>,
    /// How much.
    pub amount: Money,
    /// With what the shopper pays.
    pub method: PaymentMethod,
    /// The client's one-time token.
    pub token: String,
}

/// Money to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Makes asking again harmless.
    pub idempotency_key: String,
    /// For the provider's metadata, so that its messages name the order.
    pub user_id: UserId,
    /// The same.
    pub order_id: OrderId,
    /// The same: which refund of the order.
    pub refund: usize,
    /// The same: which try of the refund.
    pub retry: u32,
    /// The provider's id of the payment.
    pub payment_id: String,
    /// How much of it.
    pub amount: Money,
}

/// What a provider says of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The money is on its way back.
    Given {
        /// The provider's id of the refund.
        refund_id: String,
    },
    /// The money cannot go back that way: the card or the account is gone.
    Failed {
        /// The provider's id of the refund.
        refund_id: String,
    },
}

/// Why a provider did not answer a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It may or may not have done what it was asked: ask again with the same key.
    #[error("the provider's answer is not known: {0}")]
    Unknown(String),
    /// It has done nothing, now or before, and will not do so when asked again: our request or our account is wrong.
    #[error("the provider refused the request: {0}")]
    Refused(String),
}

/// A payment provider.
pub trait PaymentProvider: Send + Sync {
    /// Takes money, or says why not. Callers bound the time and treat a late answer as [`ProviderError::Unknown`].
    fn charge<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>>;

    /// Asks how a charge stands now: one whose answer got lost, or one that was not final. A charge that never reached
    /// the provider may be made by this.
    fn charge_again<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>>;

    /// Gives up a payment that waits for the shopper; answers how it stands then, for the shopper may have been faster.
    fn cancel<'a>(&'a self, payment_id: &'a str) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>>;

    /// Gives money back.
    fn refund<'a>(&'a self, request: &'a RefundRequest) -> BoxFuture<'a, Result<RefundOutcome, ProviderError>>;
}
