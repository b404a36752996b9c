//! The payment queue: some time after an attempt began, asks the provider again if nobody knows yet how it went.

use souk_domain::message::Message;
use souk_domain::order::AttemptStatus;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_store::Applied;

use crate::Payments;

/// The consumer.
pub struct CheckPayment {
    /// What payments stand on.
    pub payments: Payments,
}

impl Consumer for CheckPayment {
    async fn consume(&self, message: &Message) -> Result<&'static str, ConsumeError> {
        let Message::CheckPayment { user_id, order_id, attempt } = message else {
            return Err(ConsumeError::new("not a message of the payment queue"));
        };
        let order = self.payments.steps.orders.get(user_id, order_id).await?;
        let order = order.ok_or_else(|| ConsumeError::new("there is no such order"))?;
        if order.attempts.get(*attempt).is_none_or(|attempt| attempt.status != AttemptStatus::Processing) {
            return Ok("settled before");
        }
        let charge = Payments::charge(&order, *attempt).ok_or_else(|| ConsumeError::new("the attempt has no token"))?;
        let outcome = Payments::within_bounds(self.payments.provider.charge_again(&charge)).await;
        let outcome = outcome.map_err(ConsumeError::new)?;
        match self.payments.settle(&order, *attempt, outcome).await? {
            Applied::Done(_) => Ok("settled"),
            Applied::Refused { why, .. } => Err(ConsumeError::new(why)),
            Applied::Short { of, .. } => Err(ConsumeError::new(format_args!("too little: {of:?}"))),
            Applied::NotFound => Err(ConsumeError::new("there is no such order")),
        }
    }
}
