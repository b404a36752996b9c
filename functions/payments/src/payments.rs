//! What every step of a payment stands on: asking the provider within a bound, and settling what it said.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use souk_domain::effects::Clock;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{Event, Order, ProviderOutcome};
use souk_payment::{Charge, PaymentProvider, ProviderError, Sandbox};
use souk_runtime::Wiring;
use souk_runtime::config::ConfigError;
use souk_store::{Applied, OrderSteps, StoreError};

/// How long the provider may take. Shorter than a function of the API, so that a shopper is told "processing" rather
/// than cut off; `check-payment` then finds out.
const PROVIDER_TIMEOUT: Duration = Duration::from_secs(5);

/// Orders, stock, the provider and the time.
#[derive(Clone)]
pub struct Payments {
    /// What steps of orders stand on.
    pub steps: OrderSteps,
    /// Who moves the money.
    pub provider: Arc<dyn PaymentProvider>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Payments {
    /// With what the environment names.
    pub fn from_wiring(wiring: &Wiring) -> Result<Self, ConfigError> {
        if wiring.config().text("PAYMENT_PROVIDER")? != "sandbox" {
            let reason = "must be \"sandbox\"".to_owned();
            return Err(ConfigError::Invalid { name: "PAYMENT_PROVIDER", reason });
        }
        let provider = Arc::new(Sandbox);
        Ok(Self { steps: wiring.order_steps()?, provider, clock: wiring.clock() })
    }

    /// What the provider is asked for an attempt; `None` when its token is gone because it is settled.
    pub(crate) fn charge(order: &Order, attempt: usize) -> Option<Charge> {
        let state = order.attempts.get(attempt)?;
        Some(Charge {
            idempotency_key: order.payment_key(attempt),
            user_id: order.user_id.clone(),
            order_id: order.order_id.clone(),
            amount: order.total(),
            method: state.method,
            token: state.token.clone()?,
        })
    }

    /// Waits for the provider, but not for ever: a late answer counts as an unknown one.
    pub(crate) async fn within_bounds<T>(answer: BoxFuture<'_, Result<T, ProviderError>>) -> Result<T, ProviderError> {
        let late = || ProviderError::Unknown("timed out".to_owned());
        tokio::time::timeout(PROVIDER_TIMEOUT, answer).await.unwrap_or_else(|_| Err(late()))
    }

    /// Saves what the provider said of an attempt. The one way a payment ends: `pay-order`, `check-payment` and webhooks
    /// all come here, in any order and as often as they like.
    pub(crate) async fn settle(
        &self,
        user_id: &UserId,
        order_id: &OrderId,
        attempt: usize,
        outcome: ProviderOutcome,
    ) -> Result<Applied, StoreError> {
        self.apply(user_id, order_id, &Event::PaymentSettled { attempt, outcome }).await
    }

    pub(crate) async fn apply(
        &self,
        user_id: &UserId,
        order_id: &OrderId,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        self.steps.apply(user_id, order_id, event, self.clock.now()).await
    }
}
