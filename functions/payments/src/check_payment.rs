//! The payment queue: asks the provider how a payment stands that has no end yet.
//!
//! Some time after an attempt began, because its answer may have got lost; every quarter of an hour while a bank takes its
//! days; and when an order no longer waits for a shopper who was asked to do something. A provider that cannot be reached
//! is asked again in the same way, so its outage ends by itself.

use souk_domain::ids::{OrderId, UserId};
use souk_domain::message::{MAX_DELAY_SECONDS, PENDING_CHECK_SECONDS, PaymentQueueMessage};
use souk_domain::order::{AttemptStatus, Order, OrderStatus, ProviderOutcome};
use souk_payment::{ABANDONED, Charge, ProviderError};
use souk_runtime::Dependencies;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_runtime::config::ConfigError;

use crate::Payments;
use crate::person::needs_a_person;

/// While an attempt is younger, the queue itself has the provider asked again, every few minutes. It must end before the
/// queue gives a message up (5 receipts, 180 s apart), in seconds.
const QUEUE_RETRIES_SECONDS: i64 = 600;
/// A payment that is still open after two weeks is one for a person, in seconds. Bank debits take up to ten working days.
const MAX_PENDING_SECONDS: i64 = 14 * 24 * 3600;
const _: () = assert!(QUEUE_RETRIES_SECONDS < 5 * 180 && PENDING_CHECK_SECONDS <= MAX_DELAY_SECONDS);

/// The consumer.
pub struct CheckPayment {
    /// What payments stand on.
    pub payments: Payments,
}

impl CheckPayment {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { payments: Payments::from_dependencies(deps)? })
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
        let charge = Payments::charge(&order, *attempt).ok_or_else(|| ConsumeError::new("the attempt has no token"))?;
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
        order.ok_or_else(|| ConsumeError::new("there is no such order"))
    }

    /// What the provider says now. What nobody waits for any more is called off.
    async fn outcome(&self, order: &Order, charge: &Charge) -> Result<ProviderOutcome, ConsumeError> {
        let provider = &self.payments.provider;
        let asked = match Payments::within_bounds(provider.charge_again(charge)).await {
            Ok(ProviderOutcome::ActionRequired { payment_id, .. }) if self.is_abandoned(order) => {
                Payments::within_bounds(provider.cancel(&payment_id)).await
            }
            asked => asked,
        };
        let age_seconds = charge.started_at.seconds_until(self.payments.clock.now());
        match asked {
            Ok(ProviderOutcome::Pending { .. }) if age_seconds > MAX_PENDING_SECONDS => {
                Err(ConsumeError::new("the payment has no end after two weeks"))
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

    /// Whether nobody waits for the shopper any more.
    fn is_abandoned(&self, order: &Order) -> bool {
        order.status != OrderStatus::PendingPayment || self.payments.clock.now() >= order.hold_expires_at
    }
}

#[cfg(test)]
mod tests;
