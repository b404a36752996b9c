//! What every step of a payment stands on: asking the provider within a bound, and settling what it said.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use souk_domain::effects::Clock;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{AttemptStatus, Event, Order, OrderStatus, PaymentAttempt, ProviderOutcome};
use souk_domain::stock::Allocation;
use souk_payment::{Charge, PaymentProvider, ProviderError};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_store::{AllocationOutcome, Inventory, OrderSteps, StepError, StoreError, Users};

use crate::provider;

/// How long the provider may take. Shorter than a function of the API, so that a shopper is told "processing" rather
/// than cut off; `check-payment` then finds out.
const PROVIDER_TIMEOUT: Duration = Duration::from_secs(5);

/// Orders, stock, the provider and the time.
#[derive(Clone)]
pub struct Payments {
    /// What steps of orders stand on.
    pub steps: OrderSteps,
    /// Where units are, for orders that are paid too late.
    pub inventory: Inventory,
    /// Who moves the money.
    pub provider: Arc<dyn PaymentProvider>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Payments {
    /// With what the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        let provider = provider::from_dependencies(deps)?;
        Ok(Self { steps: deps.order_steps()?, inventory: deps.inventory()?, provider, clock: deps.clock() })
    }

    /// The same, for functions that may also move store credit.
    #[must_use]
    pub fn with_store_credit(self, users: Users) -> Self {
        Self { steps: self.steps.with_store_credit(users), ..self }
    }

    /// What the provider is asked for an attempt; `None` when its token is gone because it is settled.
    pub fn charge(order: &Order, attempt: usize) -> Option<Charge> {
        let state = order.attempts.get(attempt)?;
        Some(Charge {
            idempotency_key: order.payment_key(attempt),
            user_id: order.user_id.clone(),
            order_id: order.order_id.clone(),
            attempt,
            started_at: state.started_at,
            payment_id: state.payment_id.clone(),
            amount: order.total(),
            method: state.method,
            token: state.token.clone()?,
        })
    }

    /// Waits for the provider, but not for ever: a late answer counts as an unknown one.
    pub async fn within_bounds<T>(answer: BoxFuture<'_, Result<T, ProviderError>>) -> Result<T, ProviderError> {
        let late = || ProviderError::Unknown("timed out".to_owned());
        tokio::time::timeout(PROVIDER_TIMEOUT, answer).await.unwrap_or_else(|_| Err(late()))
    }

    /// Saves what the provider said of an attempt. The one way a payment ends: `pay-order`, `check-payment` and webhooks
    /// all come here, in any order and as often as they like.
    ///
    /// `order` as the caller just read it: one that expires in between is settled all the same, by giving the money back.
    /// Money for an order whose hold has ended buys its units again if they are still there; otherwise it is owed back.
    pub async fn settle(&self, order: &Order, attempt: usize, outcome: ProviderOutcome) -> Result<Order, StepError> {
        let (user_id, order_id) = (&order.user_id, &order.order_id);
        let captured_before = |state: &PaymentAttempt| state.status == AttemptStatus::Completed;
        if let ProviderOutcome::Captured { payment_id, amount_minor } = &outcome
            && order.status == OrderStatus::Expired
            && !order.attempts.get(attempt).is_some_and(captured_before)
            && let Some(allocations) = self.allocations(order).await?
        {
            let (payment_id, amount_minor) = (payment_id.clone(), *amount_minor);
            let revived = Event::Revived { attempt, payment_id, amount_minor, allocations };
            match self.apply(user_id, order_id, &revived).await {
                // The units are gone again, or the order has changed: it is settled as it now is.
                Err(StepError::Refused { .. } | StepError::InsufficientStock | StepError::InsufficientStoreCredit) => {}
                revived => return revived,
            }
        }
        self.apply(user_id, order_id, &Event::PaymentSettled { attempt, outcome }).await
    }

    /// Units for every line of an order, from where they are now; `None` when any line is short.
    async fn allocations(&self, order: &Order) -> Result<Option<Vec<Vec<Allocation>>>, StoreError> {
        let mut allocations = Vec::with_capacity(order.lines.len());
        for line in &order.lines {
            // Late money is too rare to run for one shard with others: no chance is needed to choose.
            match self.inventory.allocate_consistent(&line.product_id, line.quantity.get(), 0).await? {
                AllocationOutcome::Allocated(parts) => allocations.push(parts),
                AllocationOutcome::InsufficientStock { .. } => return Ok(None),
            }
        }
        Ok(Some(allocations))
    }

    /// Saves what happened to an order.
    pub async fn apply(&self, user_id: &UserId, order_id: &OrderId, event: &Event) -> Result<Order, StepError> {
        self.steps.apply(user_id, order_id, event, self.clock.now()).await
    }
}
