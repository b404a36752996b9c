//! An S3 bucket: its objects, and its notifications about new ones, which arrive through a queue.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use bytes::Bytes;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Deserialize;
use souk_domain::effects::Random;

use crate::Error;
use crate::batch::{ConsumeError, handle_each};

/// Timeouts of one call. Longer than those of other services: objects are megabytes, and no shopper waits for them.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(25);
/// Attempts to read an object. The SDK retries a call until a response begins; a response that breaks off is retried
/// here.
const READ_ATTEMPTS: u32 = 3;
/// The longest wait before the second attempt, doubled before the third.
const MAX_WAIT_MS: u64 = 200;

/// A bucket.
#[derive(Clone)]
pub struct Objects {
    client: Client,
    bucket: String,
    random: Arc<dyn Random>,
}

/// Why an object cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// It does not exist, or was replaced by another version.
    #[error("the object is gone or was replaced")]
    Gone,
    /// S3 failed. Only the error code, as the response may quote the content.
    #[error("S3 failed: {0}")]
    Unavailable(String),
}

impl Objects {
    /// The bucket of that name.
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>, random: Arc<dyn Random>) -> Self {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT);
        let timeouts = timeouts.operation_timeout(OPERATION_TIMEOUT).build();
        let config = aws_sdk_s3::config::Builder::from(sdk).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), bucket: bucket.into(), random }
    }

    /// Reads the bytes `from..to` (`to` is at most the object's size) of exactly this version of an object.
    pub async fn read(&self, object: &Created, from: u64, to: u64) -> Result<Bytes, ObjectError> {
        if from >= to {
            return Ok(Bytes::new()); // a Range header cannot express an empty range
        }
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.try_read(object, from, to).await {
                Err(ObjectError::Unavailable(_)) if attempts < READ_ATTEMPTS => {
                    let millis = self.random.below(MAX_WAIT_MS << attempts) + 1;
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_read(&self, object: &Created, from: u64, to: u64) -> Result<Bytes, ObjectError> {
        let request = self.client.get_object().bucket(&self.bucket).key(&object.key);
        let request = request.if_match(format!("\"{}\"", object.etag));
        let answer =
            request.range(format!("bytes={from}-{}", to - 1)).send().await.map_err(|error| object_error(&error))?;
        let body = tokio::time::timeout(ATTEMPT_TIMEOUT, answer.body.collect()).await;
        let body = body.map_err(|_| ObjectError::Unavailable("timed out while reading the body".to_owned()))?;
        let bytes = body.map_err(|error| ObjectError::Unavailable(error.to_string()))?.into_bytes();
        if bytes.len() as u64 != to - from {
            return Err(ObjectError::Unavailable("the body has an unexpected length".to_owned()));
        }
        Ok(bytes)
    }

    /// Writes an object and replaces an existing one.
    pub async fn write(&self, key: &str, content_type: &str, content: Vec<u8>) -> Result<(), ObjectError> {
        let request = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        request.body(ByteStream::from(content)).send().await.map_err(|error| object_error(&error))?;
        Ok(())
    }
}

fn object_error<E: ProvideErrorMetadata>(error: &SdkError<E>) -> ObjectError {
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    // 412: another ETag; 416: the object is shorter.
    if matches!(status, 404 | 412 | 416) {
        return ObjectError::Gone;
    }
    ObjectError::Unavailable(error.code().map_or_else(|| error.to_string(), str::to_owned))
}

/// A new object, as the bucket announces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its key.
    pub key: String,
    /// Its ETag, which identifies the content.
    pub etag: String,
    /// In bytes.
    pub size: u64,
}

/// A notification. It has no `Records` when S3 tests the queue (`s3:TestEvent`).
#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Records", default)]
    records: Vec<Record>,
    #[serde(rename = "Event")]
    event: Option<String>,
}

#[derive(Deserialize)]
struct Record {
    s3: Entity,
}

#[derive(Deserialize)]
struct Entity {
    object: Object,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    key: String,
    #[serde(default)]
    size: u64,
    e_tag: String,
}

/// The new objects of a notification; `None` if the message is not a notification.
pub fn created_objects(body: &str) -> Option<Vec<Created>> {
    let Notification { records, event } = serde_json::from_str(body).ok()?;
    if records.is_empty() && event.is_none() {
        return None;
    }
    let created = records.into_iter().map(|Record { s3: Entity { object: Object { key, size, e_tag } } }| {
        // Notifications encode keys like forms: `+` is a space.
        let key = form_urlencoded::parse(key.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default();
        Created { key, etag: e_tag, size }
    });
    Some(created.collect())
}

/// Consumes new objects. Must be idempotent and independent of their order, like [`crate::batch::Consumer`].
pub trait ObjectConsumer: Send + Sync + 'static {
    /// `Ok` names the outcome, for the log, and removes the message. `Err` leaves it on the queue, which delivers it
    /// again and moves it to the dead-letter queue after its last delivery.
    fn consume(&self, object: &Created) -> impl Future<Output = Result<&'static str, ConsumeError>> + Send;
}

/// Serves a consumer until Lambda stops the process. `function` names it in the log.
pub async fn serve<C: ObjectConsumer>(function: &'static str, consumer: C) -> Result<(), Error> {
    let consumer = Arc::new(consumer);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let consumer = Arc::clone(&consumer);
        async move {
            let event = event.payload;
            Ok::<_, Error>(handle_each(&event, |message| consume(function, &*consumer, message)).await)
        }
    }))
    .await
}

async fn consume<C: ObjectConsumer>(function: &'static str, consumer: &C, message: &SqsMessage) -> bool {
    let message_id = message.message_id.as_deref();
    let Some(objects) = created_objects(message.body.as_deref().unwrap_or_default()) else {
        tracing::error!(function, message_id, error = "the message cannot be read", "message");
        return false;
    };
    let mut succeeded = true;
    for object in &objects {
        let started = Instant::now();
        let outcome = consumer.consume(object).await;
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let object_key = &object.key;
        match &outcome {
            Ok(done) => tracing::info!(function, message_id, object_key, done, duration_ms, "message"),
            Err(error) => tracing::error!(function, message_id, object_key, %error, duration_ms, "message"),
        }
        succeeded &= outcome.is_ok();
    }
    succeeded
}

#[cfg(test)]
mod tests;
