//! A bucket of S3: its objects, and what it tells a queue about new ones.

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
use crate::batch::{ConsumeError, answer_each};

/// Bounds of one call. Objects are megabytes, and no shopper waits for them: longer than those of other services.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(25);
/// The SDK retries a call until an answer begins; an answer that breaks off is asked for again here, so often.
const READS: u32 = 3;
/// The longest wait before the second of them; doubled before the third.
const WAIT_MILLIS: u64 = 200;

/// A bucket.
#[derive(Clone)]
pub struct Objects {
    client: Client,
    bucket: String,
    random: Arc<dyn Random>,
}

/// Why an object is not read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// It is not there, or not any more the one that was asked for.
    #[error("the object is gone, or another one is in its place")]
    Gone,
    /// The bucket does not do it. Not the whole answer, only its code.
    #[error("the bucket does not answer: {0}")]
    Unavailable(String),
}

impl Objects {
    /// A bucket by its name.
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>, random: Arc<dyn Random>) -> Self {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT);
        let timeouts = timeouts.operation_timeout(OPERATION_TIMEOUT).build();
        let config = aws_sdk_s3::config::Builder::from(sdk).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), bucket: bucket.into(), random }
    }

    /// Bytes `from` to `to` (which is not among them, and at most the object's size) of exactly this version of an object.
    pub async fn read(&self, object: &Created, from: u64, to: u64) -> Result<Bytes, ObjectError> {
        if from >= to {
            return Ok(Bytes::new()); // S3 has no name for a range of nothing
        }
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_read(object, from, to).await {
                Err(ObjectError::Unavailable(_)) if tries < READS => {
                    let millis = self.random.below(WAIT_MILLIS << tries) + 1;
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_read(&self, object: &Created, from: u64, to: u64) -> Result<Bytes, ObjectError> {
        let request = self.client.get_object().bucket(&self.bucket).key(&object.key);
        let request = request.if_match(format!("\"{}\"", object.etag));
        let answer = request.range(format!("bytes={from}-{}", to - 1)).send().await.map_err(|error| told(&error))?;
        let body = tokio::time::timeout(ATTEMPT_TIMEOUT, answer.body.collect()).await;
        let body = body.map_err(|_| ObjectError::Unavailable("an answer takes too long".to_owned()))?;
        let bytes = body.map_err(|error| ObjectError::Unavailable(error.to_string()))?.into_bytes();
        if bytes.len() as u64 != to - from {
            return Err(ObjectError::Unavailable("an answer has another length".to_owned()));
        }
        Ok(bytes)
    }

    /// Writes an object, in the place of one that is there.
    pub async fn write(&self, key: &str, content_type: &str, content: Vec<u8>) -> Result<(), ObjectError> {
        let request = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        request.body(ByteStream::from(content)).send().await.map_err(|error| told(&error))?;
        Ok(())
    }
}

fn told<E: ProvideErrorMetadata>(error: &SdkError<E>) -> ObjectError {
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    // 412: the etag is another; 416: it is shorter now.
    if matches!(status, 404 | 412 | 416) {
        return ObjectError::Gone;
    }
    ObjectError::Unavailable(error.code().map_or_else(|| error.to_string(), str::to_owned))
}

/// An object that was written, as the bucket tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its key.
    pub key: String,
    /// Names its content.
    pub etag: String,
    /// In bytes.
    pub size: u64,
}

/// A notification: `Records`, or none of them when S3 tries whether the queue takes what it sends (`s3:TestEvent`).
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

/// The objects that a message tells of; `None` if it is no notification.
pub fn created(body: &str) -> Option<Vec<Created>> {
    let Notification { records, event } = serde_json::from_str(body).ok()?;
    if records.is_empty() && event.is_none() {
        return None;
    }
    let created = records.into_iter().map(|Record { s3: Entity { object: Object { key, size, e_tag } } }| {
        // In a notification a key is written as in a form: `+` is a space.
        let key = form_urlencoded::parse(key.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default();
        Created { key, etag: e_tag, size }
    });
    Some(created.collect())
}

/// Does what a new object calls for. Must be safe to run twice and out of order, as [`crate::batch::Consumer`].
pub trait ObjectConsumer: Send + Sync + 'static {
    /// `Ok` names what was done, for the log. `Err` leaves the message on the queue, which delivers it again and after
    /// some tries sets it aside in the dead-letter queue.
    fn consume(&self, object: &Created) -> impl Future<Output = Result<&'static str, ConsumeError>> + Send;
}

/// Feeds a consumer until Lambda stops the process. `function` names it in the log.
pub async fn serve<C: ObjectConsumer>(function: &'static str, consumer: C) -> Result<(), Error> {
    let consumer = Arc::new(consumer);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let consumer = Arc::clone(&consumer);
        async move {
            let event = event.payload;
            Ok::<_, Error>(answer_each(&event, |message| consume(function, &*consumer, message)).await)
        }
    }))
    .await
}

async fn consume<C: ObjectConsumer>(function: &'static str, consumer: &C, message: &SqsMessage) -> bool {
    let message_id = message.message_id.as_deref();
    let Some(objects) = created(message.body.as_deref().unwrap_or_default()) else {
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
