//! One dead-letter queue: looking into it, and moving what lies there.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use futures_util::future::join_all;
use souk_domain::time::Timestamp;

/// Most messages of one receipt, as SQS has it.
const MAX_RECEIVED: u32 = 10;
/// How long a message that is looked at is hidden from others, should this process die before it lets go of it.
const LOOK_SECONDS: i32 = 30;
/// How long a message that is moved is hidden from others. Longer than the function may take: no message comes twice in
/// one call.
const MOVE_SECONDS: i32 = 90;
/// A receipt that waits asks all of SQS's servers; one that does not may miss messages.
const WAIT_SECONDS: i32 = 1;

/// A dead-letter queue.
pub struct DeadLetterQueue {
    client: Client,
    /// Its word: `order`, `payment`, …
    pub word: String,
    url: String,
    /// Where its messages came from and go back to; none for what streams' consumers leave.
    pub source_url: Option<String>,
}

/// A message that was received.
pub(super) struct Found {
    pub(super) message_id: String,
    pub(super) body: String,
    pub(super) sent_at: Timestamp,
    message: aws_sdk_sqs::types::Message,
}

/// A queue does not do what it is asked.
#[derive(Debug, thiserror::Error)]
#[error("the queue {queue} does not answer: {reason}")]
pub struct QueueError {
    queue: String,
    reason: String,
}

/// Reads `<word> <URL of the dead-letter queue> <URL of the queue, or ->` as often as it comes. `None` if it does not.
pub(super) fn parse_queues(text: &str, client: &Client) -> Option<Vec<DeadLetterQueue>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let queues = words.chunks(3).map(|triple| match triple {
        [word, url, source_url] => Some(DeadLetterQueue {
            client: client.clone(),
            word: (*word).to_owned(),
            url: (*url).to_owned(),
            source_url: (*source_url != "-").then(|| (*source_url).to_owned()),
        }),
        _ => None,
    });
    queues.collect::<Option<Vec<_>>>().filter(|queues| !queues.is_empty())
}

impl DeadLetterQueue {
    /// How many messages lie there, by the queue's own estimate; those that somebody holds for a moment are counted too.
    pub(super) async fn waiting(&self) -> Result<u64, QueueError> {
        let (visible, held) = (
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        );
        let request = self.client.get_queue_attributes().queue_url(&self.url);
        let answer = request.attribute_names(visible.clone()).attribute_names(held.clone()).send().await;
        let attributes = answer.map_err(|error| self.error(&error))?.attributes.unwrap_or_default();
        let count = |name| attributes.get(&name).and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
        Ok(count(visible) + count(held))
    }

    /// Some of what lies there; [`DeadLetterQueue::release`] lets go of it.
    pub(super) async fn look(&self, limit: usize) -> Result<Vec<Found>, QueueError> {
        let mut found = Vec::new();
        while found.len() < limit {
            let more = self.receive(MAX_RECEIVED, LOOK_SECONDS).await?;
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        Ok(found)
    }

    /// Some of what lies there, to be moved: what is not deleted is to be released at the end.
    pub(super) async fn take(&self, limit: u32) -> Result<Vec<Found>, QueueError> {
        self.receive(limit.min(MAX_RECEIVED), MOVE_SECONDS).await
    }

    /// Shows messages again at once. One that cannot be shown now shows by itself a little later.
    pub(super) async fn release(&self, found: &[Found]) {
        let show = |found: &Found| {
            let request = self.client.change_message_visibility().queue_url(&self.url).visibility_timeout(0);
            request.set_receipt_handle(found.message.receipt_handle.clone()).send()
        };
        let _ = join_all(found.iter().map(show)).await;
    }

    /// Sends a message as it is to the queue that it came from.
    pub(super) async fn send_back(&self, found: &Found, source_url: &str) -> Result<(), QueueError> {
        let request = self.client.send_message().queue_url(source_url).message_body(&found.body);
        let request = request.set_message_attributes(found.message.message_attributes.clone());
        request.send().await.map_err(|error| self.error(&error))?;
        Ok(())
    }

    pub(super) async fn delete(&self, found: &Found) -> Result<(), QueueError> {
        let request = self.client.delete_message().queue_url(&self.url);
        let request = request.set_receipt_handle(found.message.receipt_handle.clone());
        request.send().await.map_err(|error| self.error(&error))?;
        Ok(())
    }

    async fn receive(&self, limit: u32, hidden_seconds: i32) -> Result<Vec<Found>, QueueError> {
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
            Found {
                message_id: message.message_id.clone().unwrap_or_default(),
                body: message.body.clone().unwrap_or_default(),
                sent_at: Timestamp::from_millis(sent.and_then(|millis| millis.parse().ok()).unwrap_or(0)),
                message,
            }
        });
        Ok(found.collect())
    }

    /// Not the whole error: it quotes the response, and with it messages.
    fn error<E: ProvideErrorMetadata, R>(&self, error: &SdkError<E, R>) -> QueueError {
        let reason = error.code().map_or_else(|| error.to_string(), str::to_owned);
        QueueError { queue: self.word.clone(), reason }
    }
}
