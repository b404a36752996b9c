//! Consumers of queues. Each message is consumed by itself, so that a poison message does not block the others.

use std::sync::Arc;
use std::time::Instant;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::join_all;
use lambda_runtime::{LambdaEvent, service_fn};
use souk_domain::message::QueueMessage;

use crate::Error;

/// Consumes the messages of one queue. Must be idempotent and independent of the order of messages: the queue delivers
/// at least once, in any order.
pub trait Consumer: Send + Sync + 'static {
    /// What the queue carries. A message of another type is rejected and ends in the dead-letter queue.
    type Message: QueueMessage + Send + Sync;

    /// `Ok` names the outcome, for the log, and removes the message. `Err` leaves it on the queue, which delivers it
    /// again and moves it to the dead-letter queue after its last delivery.
    fn consume(&self, message: &Self::Message) -> impl Future<Output = Result<&'static str, ConsumeError>> + Send;
}

/// Why a message stays on the queue.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConsumeError(String);

impl ConsumeError {
    /// An error with its reason, for the log.
    pub fn new(reason: impl std::fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

impl From<souk_store::StoreError> for ConsumeError {
    fn from(error: souk_store::StoreError) -> Self {
        Self::new(error)
    }
}

impl From<souk_store::StepError> for ConsumeError {
    fn from(error: souk_store::StepError) -> Self {
        Self::new(error)
    }
}

/// Serves a consumer until Lambda stops the process. `function` names it in the log.
pub async fn serve<C: Consumer>(function: &'static str, consumer: C) -> Result<(), Error> {
    let consumer = Arc::new(consumer);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let consumer = Arc::clone(&consumer);
        async move { Ok::<_, Error>(consume_batch(function, &*consumer, event.payload).await) }
    }))
    .await
}

/// Consumes the messages of a batch (at most 10) concurrently and reports those that failed.
pub async fn consume_batch<C: Consumer>(function: &'static str, consumer: &C, event: SqsEvent) -> SqsBatchResponse {
    handle_each(&event, |record| consume_one(function, consumer, record)).await
}

/// Handles the messages of a batch concurrently and reports those that failed.
pub(crate) async fn handle_each<'e, F: Future<Output = bool>>(
    event: &'e SqsEvent,
    handle: impl Fn(&'e SqsMessage) -> F,
) -> SqsBatchResponse {
    let outcomes = join_all(event.records.iter().map(handle)).await;
    let mut response = SqsBatchResponse::default();
    for (record, succeeded) in event.records.iter().zip(outcomes) {
        if !succeeded {
            // An empty id makes SQS deliver the whole batch again.
            response.add_failure(record.message_id.clone().unwrap_or_default());
        }
    }
    response
}

async fn consume_one<C: Consumer>(function: &'static str, consumer: &C, record: &SqsMessage) -> bool {
    let started = Instant::now();
    let message_id = record.message_id.as_deref();
    let parsed = serde_json::from_str::<C::Message>(record.body.as_deref().unwrap_or_default());
    let (order_id, outcome) = match &parsed {
        // The parser's message may quote the body, so it is left out.
        Err(_) => (None, Err(ConsumeError::new("the message cannot be read"))),
        Ok(message) => (message.order_id(), consumer.consume(message).await),
    };
    let order_id = order_id.map(ToString::to_string);
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match &outcome {
        Ok(done) => tracing::info!(function, message_id, order_id, done, duration_ms, "message"),
        Err(error) => tracing::error!(function, message_id, order_id, %error, duration_ms, "message"),
    }
    outcome.is_ok()
}

#[cfg(test)]
mod tests {
    use souk_domain::message::RefundQueueMessage;

    use super::*;

    struct OnlyRefunds;
    impl Consumer for OnlyRefunds {
        type Message = RefundQueueMessage;

        async fn consume(&self, message: &RefundQueueMessage) -> Result<&'static str, ConsumeError> {
            let RefundQueueMessage::RefundOrder { refund, .. } = message;
            if *refund == 0 { Ok("refunded") } else { Err(ConsumeError::new("no such refund")) }
        }
    }

    #[tokio::test]
    async fn only_failed_messages_are_reported() {
        let ids =
            r#""user_id":"0190a5a0-0000-7000-8000-000000000001","order_id":"0190a5a0-0000-7000-8000-000000000002""#;
        let bodies = [
            ("good", format!(r#"{{"type":"refund_order",{ids},"refund":0}}"#)),
            ("refused", format!(r#"{{"type":"refund_order",{ids},"refund":1}}"#)),
            ("of another queue", format!(r#"{{"type":"expire_order",{ids},"refund":0}}"#)),
            ("poison", "not json".to_owned()),
        ];
        let records: Vec<_> =
            bodies.iter().map(|(id, body)| serde_json::json!({"messageId": id, "body": body})).collect();
        let event = serde_json::from_value(serde_json::json!({"Records": records})).expect("an event");
        let response = consume_batch("test", &OnlyRefunds, event).await;
        let failed: Vec<_> = response.batch_item_failures.iter().map(|f| f.item_identifier.as_str()).collect();
        assert_eq!(failed, ["refused", "of another queue", "poison"]);
    }
}
