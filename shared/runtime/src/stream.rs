//! Consumers of DynamoDB streams. They handle changes in order and skip those that can never be handled.
//!
//! Lambda retries a shard's first failed record until it succeeds, for hours if necessary. That is right for a
//! transient failure, such as a queue that is not reachable: nothing is lost and the order is kept. A record that
//! cannot be read would block all records behind it, so its key is sent to the streams' dead-letter queue and the
//! others are handled.

use std::sync::Arc;
use std::time::Instant;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use souk_domain::time::Timestamp;

use crate::Error;
use crate::queues::{DeadLetter, DeadLetters};

/// One change of an item.
#[derive(Debug, Clone)]
pub struct Change {
    record: EventRecord,
}

/// A change that failed.
#[derive(Debug)]
pub struct Failure {
    /// The sequence number of the change.
    pub sequence_number: String,
    /// The reason, for the log.
    pub reason: String,
    /// Whether it would fail on every attempt. Such a change goes to the dead-letter queue.
    pub permanent: bool,
}

/// An image in the stream does not fit the type that the table holds.
#[derive(Debug, thiserror::Error)]
#[error("the image cannot be read: {0}")]
pub struct ImageError(String);

impl From<serde_dynamo::Error> for ImageError {
    /// Leaves out what the parser quotes, which is stored data.
    fn from(error: serde_dynamo::Error) -> Self {
        Self(error.to_string().split('"').step_by(2).collect::<Vec<_>>().join("…"))
    }
}

impl Change {
    /// The item before, if there was one.
    pub fn before<T: DeserializeOwned>(&self) -> Result<Option<T>, ImageError> {
        Self::read(&self.record.change.old_image)
    }

    /// The item after, if there still is one.
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, ImageError> {
        Self::read(&self.record.change.new_image)
    }

    /// The item's key.
    pub fn key<T: DeserializeOwned>(&self) -> Result<T, ImageError> {
        Ok(serde_dynamo::from_item(self.record.change.keys.clone())?)
    }

    /// When it happened, to the second.
    pub fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.record.change.approximate_creation_date_time.timestamp_millis())
    }

    /// Its sequence number in the stream.
    pub fn sequence_number(&self) -> &str {
        self.record.change.sequence_number.as_deref().unwrap_or_default()
    }

    /// A transient failure of this change. It is delivered again, and all changes behind it wait.
    pub fn failed(&self, reason: impl std::fmt::Display) -> Failure {
        self.failure(reason, false)
    }

    /// A permanent failure of this change. It goes to the dead-letter queue, and the others are handled.
    pub fn failed_permanently(&self, reason: impl std::fmt::Display) -> Failure {
        self.failure(reason, true)
    }

    fn failure(&self, reason: impl std::fmt::Display, permanent: bool) -> Failure {
        Failure { sequence_number: self.sequence_number().to_owned(), reason: reason.to_string(), permanent }
    }

    fn read<T: DeserializeOwned>(image: &serde_dynamo::Item) -> Result<Option<T>, ImageError> {
        if image.is_empty() { Ok(None) } else { Ok(Some(serde_dynamo::from_item(image.clone())?)) }
    }

    /// The dead letter of this change.
    fn dead_letter(&self, function: &str, reason: &str) -> DeadLetter {
        let arn = self.record.event_source_arn.as_deref().unwrap_or_default();
        let table = arn.split('/').nth(1).unwrap_or_default(); // …:table/<name>/stream/…
        let text = |value: &serde_dynamo::AttributeValue| match value {
            serde_dynamo::AttributeValue::S(text) | serde_dynamo::AttributeValue::N(text) => text.clone(),
            _ => String::new(), // no table has such a key
        };
        DeadLetter {
            function: function.to_owned(),
            table: table.to_owned(),
            key: self.record.change.keys.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            sequence_number: self.sequence_number().to_owned(),
            reason: reason.to_owned(),
        }
    }
}

impl From<EventRecord> for Change {
    fn from(record: EventRecord) -> Self {
        Self { record }
    }
}

/// Handles changes. Must be idempotent.
pub trait ChangeHandler: Send + Sync + 'static {
    /// Prepares before the first batch what it would otherwise wait for. A failure is left to the batches.
    fn warm_up(&self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Handles a batch and returns the changes that failed: transient failures by [`Change::failed`], permanent ones by
    /// [`Change::failed_permanently`]. The stream delivers again from the first transient failure on.
    fn handle(&self, changes: &[Change]) -> impl Future<Output = Vec<Failure>> + Send;
}

/// Lambda's response format for a batch: the first change to deliver again, if any.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamBatchResponse {
    batch_item_failures: Vec<ItemFailure>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure {
    item_identifier: String,
}

/// Feeds a handler until Lambda stops the process. `function` names it in the log.
pub async fn serve<H: ChangeHandler>(
    function: &'static str,
    handler: H,
    dead_letters: DeadLetters,
) -> Result<(), Error> {
    handler.warm_up().await;
    let shared = Arc::new((handler, dead_letters));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        let shared = Arc::clone(&shared);
        // Boxed: the SDK clients' futures are too deeply nested for the compiler otherwise.
        Box::pin(async move { Ok::<_, Error>(handle_batch(function, &shared.0, &shared.1, event.payload).await) })
    }))
    .await
}

/// Handles one batch, sends permanent failures to the dead-letter queue, and reports the first change to deliver again.
pub async fn handle_batch<H: ChangeHandler>(
    function: &'static str,
    handler: &H,
    dead_letters: &DeadLetters,
    event: Event,
) -> StreamBatchResponse {
    let started = Instant::now();
    let changes: Vec<Change> = event.records.into_iter().map(Change::from).collect();
    let failures = handler.handle(&changes).await;
    for Failure { sequence_number, reason, permanent } in &failures {
        tracing::error!(function, sequence_number, permanent, reason, "change");
    }
    let mut set_aside = 0;
    let mut again = None;
    // Only up to the first change to deliver again: those behind it are delivered again too, and would get a second
    // dead letter.
    for change in &changes {
        let mut failed =
            failures.iter().filter(|failure| failure.sequence_number == change.sequence_number()).peekable();
        let Some(first) = failed.peek() else { continue };
        let letter = change.dead_letter(function, &first.reason);
        if failed.any(|failure| !failure.permanent) {
            again = Some(change);
            break;
        }
        if let Err(error) = dead_letters.send(&letter).await {
            tracing::error!(function, sequence_number = change.sequence_number(), %error, "cannot send the dead letter");
            again = Some(change);
            break;
        }
        set_aside += 1;
    }
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (records, failed) = (changes.len(), failures.len());
    tracing::info!(function, records, failed, set_aside, duration_ms, "changes");
    let failure = |change: &Change| ItemFailure { item_identifier: change.sequence_number().to_owned() };
    StreamBatchResponse { batch_item_failures: again.map(failure).into_iter().collect() }
}

#[cfg(test)]
mod tests;
