//! The orders stream is the outbox: what changed in an order decides which messages are due, and nothing else sends any.

use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_domain::message::{Due, Message, due_after};
use souk_domain::order::Order;
use souk_runtime::stream::{Change, ChangeHandler, Failure};

/// The handler.
pub struct Dispatch {
    /// Where messages go.
    pub queues: Queues,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The queues of the chain.
pub struct Queues {
    /// The client.
    pub client: aws_sdk_sqs::Client,
    /// Of `expire-order`.
    pub order_queue_url: String,
    /// Of `check-payment`.
    pub payment_queue_url: String,
    /// Of `refund-order`.
    pub refund_queue_url: String,
}

impl ChangeHandler for Dispatch {
    /// In order, and not past a failure: Lambda delivers again from there on.
    async fn handle(&self, changes: &[Change]) -> Vec<Failure> {
        for change in changes {
            if let Err(reason) = self.dispatch(change).await {
                return vec![change.failed(reason)];
            }
        }
        Vec::new()
    }
}

impl Dispatch {
    async fn dispatch(&self, change: &Change) -> Result<(), String> {
        let before: Option<Order> = change.before().map_err(|e| e.to_string())?;
        let Some(after) = change.after::<Order>().map_err(|e| e.to_string())? else {
            return Ok(()); // orders are not deleted; if an operator does so, nothing is due
        };
        for due in due_after(before.as_ref(), &after, self.clock.now()) {
            self.queues.send(&due).await?;
        }
        Ok(())
    }
}

impl Queues {
    async fn send(&self, due: &Due) -> Result<(), String> {
        let url = match due.message {
            Message::ExpireOrder { .. } => &self.order_queue_url,
            Message::CheckPayment { .. } => &self.payment_queue_url,
            Message::RefundOrder { .. } => &self.refund_queue_url,
        };
        let body = serde_json::to_string(&due.message).map_err(|e| e.to_string())?;
        let delay_seconds = i32::try_from(due.delay_seconds).map_err(|e| e.to_string())?;
        let request = self.client.send_message().queue_url(url).message_body(body).delay_seconds(delay_seconds);
        // Not the whole error: it quotes the response.
        request.send().await.map_err(|error| format!("the queue does not take the message: {error}"))?;
        Ok(())
    }
}
