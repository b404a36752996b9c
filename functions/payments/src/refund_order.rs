//! Consumer of the refund queue: pays refunds out. The last refund of an order that was not shipped also restocks its
//! units.

use souk_domain::message::RefundQueueMessage;
use souk_domain::money::Money;
use souk_domain::order::{Event, Order, RefundStatus, RefundTarget, StoreCreditEvent};
use souk_payment::{RefundOutcome, RefundRequest};
use souk_runtime::Dependencies;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_runtime::config::ConfigError;

use souk_store::StoreCreditSteps;

use crate::PaymentContext;
use crate::escalation::needs_a_person;

/// Pays refunds out.
pub struct RefundOrder {
    /// Dependencies of the payment functions.
    pub payments: PaymentContext,
    /// Pays refunds out to store credit.
    pub store_credit: StoreCreditSteps,
}

impl RefundOrder {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { payments: PaymentContext::from_dependencies(deps)?, store_credit: deps.store_credit_steps()? })
    }
}

impl Consumer for RefundOrder {
    type Message = RefundQueueMessage;

    async fn consume(&self, message: &RefundQueueMessage) -> Result<&'static str, ConsumeError> {
        let RefundQueueMessage::RefundOrder { user_id, order_id, refund } = message;
        let order = self.payments.steps.orders.get(user_id, order_id).await?;
        let order = order.ok_or_else(|| ConsumeError::new("the order does not exist"))?;
        let state = order.refunds.get(*refund).ok_or_else(|| ConsumeError::new("the order has no such refund"))?;
        match (state.status, state.target) {
            (RefundStatus::Completed | RefundStatus::Failed, _) => Ok("nothing is due"),
            (RefundStatus::Pending, RefundTarget::Provider) => self.refund_at_provider(&order, *refund).await,
            (RefundStatus::Pending, RefundTarget::StoreCredit) => {
                let event = StoreCreditEvent::Refunded { refund: *refund };
                self.store_credit.apply(user_id, order_id, &event, self.payments.clock.now()).await?;
                Ok("refunded")
            }
        }
    }
}

impl RefundOrder {
    async fn refund_at_provider(&self, order: &Order, refund: usize) -> Result<&'static str, ConsumeError> {
        let request = refund_request(order, refund)?;
        let outcome = PaymentContext::with_timeout(self.payments.provider.refund(&request)).await;
        let (event, done) = match outcome.map_err(ConsumeError::new)? {
            RefundOutcome::Accepted { refund_id } => {
                (Event::RefundSettled { refund, retry: request.retry, refund_id }, "refunded")
            }
            RefundOutcome::Failed { refund_id } => {
                needs_a_person(&order.order_id, "a refund failed", &refund_id);
                (Event::RefundFailed { refund, retry: request.retry, refund_id }, "the refund failed")
            }
        };
        self.payments.apply(&order.user_id, &order.order_id, &event).await?;
        Ok(done)
    }
}

/// The request to the provider for a refund.
fn refund_request(order: &Order, index: usize) -> Result<RefundRequest, ConsumeError> {
    let refund = order.refunds.get(index).ok_or_else(|| ConsumeError::new("the order has no such refund"))?;
    let payment_id = order.attempts.get(refund.attempt).and_then(|attempt| attempt.payment_id.clone());
    Ok(RefundRequest {
        idempotency_key: order.refund_key(index),
        user_id: order.user_id.clone(),
        order_id: order.order_id.clone(),
        refund: index,
        retry: refund.retries,
        payment_id: payment_id.ok_or_else(|| ConsumeError::new("the refunded payment has no id"))?,
        amount: Money::from_minor(refund.amount_minor, order.currency),
    })
}

#[cfg(test)]
mod tests;
