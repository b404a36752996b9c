//! Consumers of DynamoDB streams.

use std::sync::Arc;
use std::time::Instant;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// One change of an item, in the order in which the changes of its shard happened.
#[derive(Debug, Clone)]
pub struct Change {
    record: EventRecord,
}

/// A change that could not be handled.
#[derive(Debug)]
pub struct Failure {
    /// Which, by its sequence number.
    pub sequence_number: String,
    /// Why, for the log.
    pub reason: String,
}

/// An image in the stream does not fit the type that the table is supposed to hold.
#[derive(Debug, thiserror::Error)]
#[error("the image cannot be read: {0}")]
pub struct ImageError(#[from] serde_dynamo::Error);

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

    /// Its place in the stream.
    pub fn sequence_number(&self) -> &str {
        self.record.change.sequence_number.as_deref().unwrap_or_default()
    }

    /// This change as one that could not be handled.
    pub fn failed(&self, reason: impl std::fmt::Display) -> Failure {
        Failure { sequence_number: self.sequence_number().to_owned(), reason: reason.to_string() }
    }

    fn read<T: DeserializeOwned>(image: &serde_dynamo::Item) -> Result<Option<T>, ImageError> {
        if image.is_empty() { Ok(None) } else { Ok(Some(serde_dynamo::from_item(image.clone())?)) }
    }
}

impl From<EventRecord> for Change {
    fn from(record: EventRecord) -> Self {
        Self { record }
    }
}

/// Handles changes. Must be safe to run twice on the same ones.
pub trait ChangeHandler: Send + Sync + 'static {
    /// Handles a batch and says which changes failed. The stream delivers again from the first failed one on.
    fn handle(&self, changes: &[Change]) -> impl Future<Output = Vec<Failure>> + Send;
}

/// What Lambda is told about a batch.
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
pub async fn run<H: ChangeHandler>(function: &'static str, handler: H) -> Result<(), Error> {
    let handler = Arc::new(handler);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        let handler = Arc::clone(&handler);
        async move { Ok::<_, Error>(handle_batch(function, &*handler, event.payload).await) }
    }))
    .await
}

/// Handles one batch and reports what failed.
pub async fn handle_batch<H: ChangeHandler>(function: &'static str, handler: &H, event: Event) -> StreamBatchResponse {
    let started = Instant::now();
    let changes: Vec<Change> = event.records.into_iter().map(Change::from).collect();
    let failures = handler.handle(&changes).await;
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (records, failed) = (changes.len(), failures.len());
    for Failure { sequence_number, reason } in &failures {
        tracing::error!(function, sequence_number, reason, "change");
    }
    tracing::info!(function, records, failed, duration_ms, "changes");
    let batch_item_failures =
        failures.into_iter().map(|failure| ItemFailure { item_identifier: failure.sequence_number }).collect();
    StreamBatchResponse { batch_item_failures }
}
