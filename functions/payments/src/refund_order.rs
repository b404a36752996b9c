//! The refund queue: gives money back and, with the last of it, the stock.

use souk_domain::message::RefundQueueMessage;
use souk_domain::money::Money;
use souk_domain::order::{Event, Order, RefundStatus, RefundTarget};
use souk_payment::{RefundOutcome, RefundRequest};
use souk_runtime::Dependencies;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_runtime::config::ConfigError;

use crate::Payments;
use crate::person::needs_a_person;

/// The consumer.
pub struct RefundOrder {
    /// What payments stand on.
    pub payments: Payments,
}

impl RefundOrder {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { payments: Payments::from_dependencies(deps)?.with_store_credit(deps.users()?) })
    }
}

impl Consumer for RefundOrder {
    type Message = RefundQueueMessage;

    async fn consume(&self, message: &RefundQueueMessage) -> Result<&'static str, ConsumeError> {
        let RefundQueueMessage::RefundOrder { user_id, order_id, refund } = message;
        let order = self.payments.steps.orders.get(user_id, order_id).await?;
        let order = order.ok_or_else(|| ConsumeError::new("there is no such order"))?;
        let Some(outcome) = self.give_back(&order, *refund).await? else { return Ok("nothing is due") };
        let refund = *refund;
        let (event, done) = match outcome {
            RefundOutcome::Given { refund_id } => (Event::RefundSettled { refund, refund_id }, "refunded"),
            RefundOutcome::Failed { refund_id } => {
                let retry = order.refunds[refund].retries;
                needs_a_person(order_id, "a refund failed", &refund_id);
                (Event::RefundFailed { refund, retry, refund_id }, "the refund failed")
            }
        };
        self.payments.apply(user_id, order_id, &event).await?;
        Ok(done)
    }
}

impl RefundOrder {
    /// What became of a refund that is due. Store credit is given by the transaction that settles the refund.
    async fn give_back(&self, order: &Order, index: usize) -> Result<Option<RefundOutcome>, ConsumeError> {
        let Some(request) = owed(order, index)? else { return Ok(None) };
        if order.refunds.get(index).is_some_and(|refund| refund.target == RefundTarget::StoreCredit) {
            return Ok(Some(RefundOutcome::Given { refund_id: format!("credit_{}", request.idempotency_key) }));
        }
        let outcome = Payments::within_bounds(self.payments.provider.refund(&request)).await;
        outcome.map(Some).map_err(ConsumeError::new)
    }
}

/// What the provider is asked for a refund; `None` when it is given already, or waits for the staff.
fn owed(order: &Order, index: usize) -> Result<Option<RefundRequest>, ConsumeError> {
    let refund = order.refunds.get(index).ok_or_else(|| ConsumeError::new("the order owes no such refund"))?;
    if refund.status != RefundStatus::Pending {
        return Ok(None);
    }
    let payment_id = order.attempts.get(refund.attempt).and_then(|attempt| attempt.payment_id.clone());
    Ok(Some(RefundRequest {
        idempotency_key: order.refund_key(index),
        user_id: order.user_id.clone(),
        order_id: order.order_id.clone(),
        refund: index,
        retry: refund.retries,
        payment_id: payment_id.ok_or_else(|| ConsumeError::new("the refunded payment has no id"))?,
        amount: Money::from_minor(refund.amount_minor, order.currency),
    }))
}
