//! Shared by all functions of the service: calling the provider with a time-out, and settling its outcome.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use souk_domain::effects::Clock;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{AttemptStatus, Event, Order, OrderStatus, PaymentAttempt, ProviderOutcome};
use souk_domain::stock::Allocation;
use souk_payment::{ChargeRequest, PaymentProvider, ProviderError};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_store::{AllocationOutcome, Inventory, OrderSteps, StepError, StoreError};

use crate::configured_provider;

/// Time-out of a call to the provider. Shorter than the time-out of an API function, so that the shopper gets the
/// status `processing` instead of an error; `check-payment` determines the outcome later.
const PROVIDER_TIMEOUT: Duration = Duration::from_secs(5);

/// Dependencies of the payment functions.
#[derive(Clone)]
pub struct PaymentContext {
    /// Saves steps of orders.
    pub steps: OrderSteps,
    /// The inventory, for orders that are paid after they expired.
    pub inventory: Inventory,
    /// The payment provider.
    pub provider: Arc<dyn PaymentProvider>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl PaymentContext {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        let provider = configured_provider::from_dependencies(deps)?;
        Ok(Self { steps: deps.order_steps()?, inventory: deps.inventory()?, provider, clock: deps.clock() })
    }

    /// The request to the provider for an attempt; `None` if the attempt is settled, which removes its token.
    pub fn charge_request(order: &Order, attempt: usize) -> Option<ChargeRequest> {
        let state = order.attempts.get(attempt)?;
        Some(ChargeRequest {
            idempotency_key: order.payment_key(attempt),
            user_id: order.user_id.clone(),
            order_id: order.order_id.clone(),
            attempt,
            started_at: state.started_at,
            payment_id: state.payment_id.clone(),
            amount: order.total(),
            method: state.method.provider_method()?,
            token: state.token.clone()?,
        })
    }

    /// Waits for the provider until the time-out. A late response counts as an unknown outcome.
    pub async fn with_timeout<T>(response: BoxFuture<'_, Result<T, ProviderError>>) -> Result<T, ProviderError> {
        let late = || ProviderError::Unknown("timed out".to_owned());
        tokio::time::timeout(PROVIDER_TIMEOUT, response).await.unwrap_or_else(|_| Err(late()))
    }

    /// Saves the provider's outcome of an attempt. `pay-order`, `check-payment` and webhooks all settle payments here,
    /// in any order and any number of times.
    ///
    /// `order` is the order as the caller read it; if it expires in between, the payment is settled and refunded. A
    /// capture for an expired order allocates its units again if they are in stock; otherwise a refund becomes due.
    pub async fn settle(&self, order: &Order, attempt: usize, outcome: ProviderOutcome) -> Result<Order, StepError> {
        let (user_id, order_id) = (&order.user_id, &order.order_id);
        let already_captured = |state: &PaymentAttempt| state.status == AttemptStatus::Completed;
        if let ProviderOutcome::Captured { payment_id, amount_minor } = &outcome
            && order.status == OrderStatus::Expired
            && !order.attempts.get(attempt).is_some_and(already_captured)
            && let Some(allocations) = self.allocations(order).await?
        {
            let (payment_id, amount_minor) = (payment_id.clone(), *amount_minor);
            let revived = Event::Revived { attempt, payment_id, amount_minor, allocations };
            match self.apply(user_id, order_id, &revived).await {
                // The units are no longer in stock, or the order has changed: it is settled in its new state.
                Err(StepError::Refused { .. } | StepError::InsufficientStock | StepError::InsufficientStoreCredit) => {}
                Ok(revived) => return Ok(revived),
                Err(error @ (StepError::NotFound | StepError::Store(_))) => return Err(error),
            }
        }
        self.apply(user_id, order_id, &Event::PaymentSettled { attempt, outcome }).await
    }

    /// New allocations for all lines of an order; `None` if any line has insufficient stock.
    async fn allocations(&self, order: &Order) -> Result<Option<Vec<Vec<Allocation>>>, StoreError> {
        let mut allocations = Vec::with_capacity(order.lines.len());
        for line in &order.lines {
            // Late captures are too rare to contend for a shard, so the choice need not be random.
            match self.inventory.allocate_consistent(&line.product_id, line.quantity.get(), 0).await? {
                AllocationOutcome::Allocated(parts) => allocations.push(parts),
                AllocationOutcome::InsufficientStock { .. } => return Ok(None),
            }
        }
        Ok(Some(allocations))
    }

    /// Applies an event to an order and saves it.
    pub async fn apply(&self, user_id: &UserId, order_id: &OrderId, event: &Event) -> Result<Order, StepError> {
        self.steps.apply(user_id, order_id, event, self.clock.now()).await
    }
}
