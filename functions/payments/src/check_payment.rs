//! Consumer of the payment queue: gets the outcome of an open payment from the provider.
//!
//! A payment is checked some time after its attempt started, because the response may have been lost; every 15 minutes
//! while a bank debit takes days; and when an order no longer waits for an action of the shopper. If the provider
//! cannot be reached, the check is repeated in the same way, so open payments settle after an outage without
//! intervention.

use souk_domain::ids::{OrderId, UserId};
use souk_domain::message::{MAX_DELAY_SECONDS, PENDING_CHECK_SECONDS, PaymentQueueMessage};
use souk_domain::order::{AttemptStatus, Order, OrderStatus, ProviderOutcome};
use souk_payment::{ABANDONED, ChargeRequest, ProviderError};
use souk_runtime::Dependencies;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_runtime::config::ConfigError;

use crate::PaymentContext;
use crate::escalation::needs_a_person;

/// Age of an attempt up to which the queue's own retries repeat the check, in seconds. It has to be less than the time
/// after which the queue moves the message to the dead-letter queue (5 receipts, 180 s apart).
const QUEUE_RETRIES_SECONDS: i64 = 600;
/// Age after which an open payment becomes a dead letter, in seconds. Bank debits take up to ten working days.
const MAX_PENDING_SECONDS: i64 = 14 * 24 * 3600;
const _: () = assert!(QUEUE_RETRIES_SECONDS < 5 * 180 && PENDING_CHECK_SECONDS <= MAX_DELAY_SECONDS);

/// Settles open payments.
pub struct CheckPayment {
    /// Dependencies of the payment functions.
    pub payments: PaymentContext,
}

impl CheckPayment {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { payments: PaymentContext::from_dependencies(deps)? })
    }
}

impl Consumer for CheckPayment {
    type Message = PaymentQueueMessage;

    async fn consume(&self, message: &PaymentQueueMessage) -> Result<&'static str, ConsumeError> {
        let PaymentQueueMessage::CheckPayment { user_id, order_id, attempt } = message;
        let order = self.order(user_id, order_id).await?;
        let Some(state) = order.attempts.get(*attempt) else {
            return Err(ConsumeError::new("the order has no such attempt"));
        };
        if matches!(state.status, AttemptStatus::Completed | AttemptStatus::Failed) {
            return Ok("settled before");
        }
        let charge = PaymentContext::charge_request(&order, *attempt)
            .ok_or_else(|| ConsumeError::new("the attempt has no token"))?;
        let outcome = self.outcome(&order, &charge).await?;
        let waits = matches!(outcome, ProviderOutcome::ActionRequired { .. });
        if waits && state.status == AttemptStatus::RequiresAction {
            return Ok("waits for the shopper");
        }
        let pending = matches!(outcome, ProviderOutcome::Pending { .. });
        self.payments.settle(&order, *attempt, outcome).await?;
        Ok(if pending { "still pending" } else { "settled" })
    }
}

impl CheckPayment {
    async fn order(&self, user_id: &UserId, order_id: &OrderId) -> Result<Order, ConsumeError> {
        let order = self.payments.steps.orders.get(user_id, order_id).await?;
        order.ok_or_else(|| ConsumeError::new("the order does not exist"))
    }

    /// The current outcome at the provider. A payment whose order no longer waits for it is cancelled.
    async fn outcome(&self, order: &Order, charge: &ChargeRequest) -> Result<ProviderOutcome, ConsumeError> {
        let provider = &self.payments.provider;
        let response = match PaymentContext::with_timeout(provider.resolve_charge(charge)).await {
            Ok(ProviderOutcome::ActionRequired { payment_id, .. }) if self.is_abandoned(order) => {
                PaymentContext::with_timeout(provider.cancel(&payment_id)).await
            }
            response => response,
        };
        let age_seconds = charge.started_at.seconds_until(self.payments.clock.now());
        match response {
            Ok(ProviderOutcome::Pending { .. }) if age_seconds > MAX_PENDING_SECONDS => {
                Err(ConsumeError::new("the payment is still open after two weeks"))
            }
            Ok(outcome) => Ok(outcome),
            Err(ProviderError::Unknown(_)) if (QUEUE_RETRIES_SECONDS..MAX_PENDING_SECONDS).contains(&age_seconds) => {
                Ok(ProviderOutcome::Pending { payment_id: None })
            }
            Err(ProviderError::Refused(reason)) => {
                needs_a_person(&order.order_id, "the provider refuses a payment", &reason);
                Ok(ProviderOutcome::Declined { code: ABANDONED.to_owned() })
            }
            Err(error @ ProviderError::Unknown(_)) => Err(ConsumeError::new(error)),
        }
    }

    /// Whether the order no longer waits for the shopper.
    fn is_abandoned(&self, order: &Order) -> bool {
        order.status != OrderStatus::PendingPayment || self.payments.clock.now() >= order.hold_expires_at
    }
}

#[cfg(test)]
mod tests;
