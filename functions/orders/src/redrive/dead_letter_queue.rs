//! A dead-letter queue: lists, moves and deletes its messages.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use futures_util::future::join_all;
use souk_domain::time::Timestamp;

/// SQS's maximum number of messages of one receive call.
const MAX_RECEIVED: u32 = 10;
/// Visibility time-out of a listed message, in case that this process ends before it releases the message.
const PEEK_SECONDS: i32 = 30;
/// Visibility time-out of a message to move. Longer than the time-out of the function, so that one call receives no
/// message twice.
const MOVE_SECONDS: i32 = 90;
/// A receive call with a wait asks all of SQS's servers. One without may miss messages.
const WAIT_SECONDS: i32 = 1;

/// A dead-letter queue.
pub struct DeadLetterQueue {
    client: Client,
    /// Its name: `order`, `payment`, …
    pub name: String,
    url: String,
    /// The source queue. None for dead letters of stream consumers.
    pub source_url: Option<String>,
}

/// A received message.
pub(super) struct ReceivedMessage {
    pub(super) message_id: String,
    pub(super) body: String,
    pub(super) sent_at: Timestamp,
    raw: aws_sdk_sqs::types::Message,
}

/// A call of SQS failed.
#[derive(Debug, thiserror::Error)]
#[error("the queue {queue} is unavailable: {reason}")]
pub struct QueueError {
    queue: String,
    reason: String,
}

/// Parses one or more of `<name> <URL of the dead-letter queue> <URL of the source queue, or ->`. `None` if malformed.
pub(super) fn parse_queues(text: &str, client: &Client) -> Option<Vec<DeadLetterQueue>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let queues = words.chunks(3).map(|triple| match triple {
        [name, url, source_url] => Some(DeadLetterQueue {
            client: client.clone(),
            name: (*name).to_owned(),
            url: (*url).to_owned(),
            source_url: (*source_url != "-").then(|| (*source_url).to_owned()),
        }),
        _ => None,
    });
    queues.collect::<Option<Vec<_>>>().filter(|queues| !queues.is_empty())
}

impl DeadLetterQueue {
    /// The approximate number of messages, by SQS. Includes messages that a consumer has received and not deleted.
    pub(super) async fn approximate_count(&self) -> Result<u64, QueueError> {
        let (visible, received) = (
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        );
        let request = self.client.get_queue_attributes().queue_url(&self.url);
        let answer = request.attribute_names(visible.clone()).attribute_names(received.clone()).send().await;
        let attributes = answer.map_err(|error| self.error(&error))?.attributes.unwrap_or_default();
        let count = |name| attributes.get(&name).and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
        Ok(count(visible) + count(received))
    }

    /// Receives messages to list. The caller has to release them with [`DeadLetterQueue::release`].
    pub(super) async fn peek(&self, limit: usize) -> Result<Vec<ReceivedMessage>, QueueError> {
        let mut found = Vec::new();
        while found.len() < limit {
            let more = self.receive(MAX_RECEIVED, PEEK_SECONDS).await?;
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        Ok(found)
    }

    /// Receives messages to move. The caller has to delete or release each.
    pub(super) async fn receive_to_move(&self, limit: u32) -> Result<Vec<ReceivedMessage>, QueueError> {
        self.receive(limit.min(MAX_RECEIVED), MOVE_SECONDS).await
    }

    /// Makes messages visible again. If that fails, they become visible after their time-out.
    pub(super) async fn release(&self, messages: &[ReceivedMessage]) {
        let show = |message: &ReceivedMessage| {
            let request = self.client.change_message_visibility().queue_url(&self.url).visibility_timeout(0);
            request.set_receipt_handle(message.raw.receipt_handle.clone()).send()
        };
        let _ = join_all(messages.iter().map(show)).await;
    }

    /// Sends a message unchanged to its source queue.
    pub(super) async fn send_back(&self, message: &ReceivedMessage, source_url: &str) -> Result<(), QueueError> {
        let request = self.client.send_message().queue_url(source_url).message_body(&message.body);
        let request = request.set_message_attributes(message.raw.message_attributes.clone());
        request.send().await.map_err(|error| self.error(&error))?;
        Ok(())
    }

    pub(super) async fn delete(&self, message: &ReceivedMessage) -> Result<(), QueueError> {
        let request = self.client.delete_message().queue_url(&self.url);
        let request = request.set_receipt_handle(message.raw.receipt_handle.clone());
        request.send().await.map_err(|error| self.error(&error))?;
        Ok(())
    }

    async fn receive(&self, limit: u32, hidden_seconds: i32) -> Result<Vec<ReceivedMessage>, QueueError> {
        let request = self.client.receive_message().queue_url(&self.url);
        let request = request
            .max_number_of_messages(i32::try_from(limit).unwrap_or(1))
            .visibility_timeout(hidden_seconds)
            .wait_time_seconds(WAIT_SECONDS)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_attribute_names("All");
        let messages = request.send().await.map_err(|error| self.error(&error))?.messages.unwrap_or_default();
        let found = messages.into_iter().map(|message| {
            let sent = message.attributes.as_ref().and_then(|all| all.get(&MessageSystemAttributeName::SentTimestamp));
            ReceivedMessage {
                message_id: message.message_id.clone().unwrap_or_default(),
                body: message.body.clone().unwrap_or_default(),
                sent_at: Timestamp::from_millis(sent.and_then(|millis| millis.parse().ok()).unwrap_or(0)),
                raw: message,
            }
        });
        Ok(found.collect())
    }

    /// Without the whole error, which quotes the response and with it messages.
    fn error<E: ProvideErrorMetadata, R>(&self, error: &SdkError<E, R>) -> QueueError {
        let reason = error.code().map_or_else(|| error.to_string(), str::to_owned);
        QueueError { queue: self.name.clone(), reason }
    }
}
