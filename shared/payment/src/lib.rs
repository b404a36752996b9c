//! Payment providers behind one trait. No card number passes through here: a client gives the provider its card and Souk
//! the provider's one-time token (PCI DSS SAQ-A).

mod sandbox;

use futures_util::future::BoxFuture;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::money::Money;
use souk_domain::order::{PaymentMethod, ProviderOutcome};

pub use sandbox::Sandbox;

/// Money to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Makes asking again harmless: one key takes money once, however often it is sent.
    pub idempotency_key: String,
    /// For the provider's metadata, so that its messages name the order.
    pub user_id: UserId,
    /// The same.
    pub order_id: OrderId,
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
    /// The provider's id of the payment.
    pub payment_id: String,
    /// How much of it.
    pub amount: Money,
}

/// Why a provider did not answer a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It may or may not have done what it was asked: ask again with the same key.
    #[error("the provider's answer is not known: {0}")]
    Unknown(String),
}

/// A payment provider.
pub trait PaymentProvider: Send + Sync {
    /// Takes money, or says why not. Callers bound the time and treat a late answer as [`ProviderError::Unknown`].
    fn charge<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>>;

    /// Asks again about a charge whose answer got lost. A provider that keeps idempotency keys answers the same call.
    fn charge_again<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.charge(charge)
    }

    /// Gives money back; answers with the provider's id of the refund.
    fn refund<'a>(&'a self, request: &'a RefundRequest) -> BoxFuture<'a, Result<String, ProviderError>>;
}
