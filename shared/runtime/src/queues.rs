//! The queues between the steps of an order's life, the mail queue, and the dead-letter queue of the stream consumers.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use serde::{Deserialize, Serialize};
use souk_domain::erasure::ErasureQueueMessage;
use souk_domain::mail::MailRequest;
use souk_domain::message::{DueMessage, Message};

/// Timeouts of sending a message to the mail queue: a client waits for it, and the whole request has 10 s.
const MAIL_ATTEMPT_TIMEOUT: Duration = Duration::from_millis(1_500);
const MAIL_OPERATION_TIMEOUT: Duration = Duration::from_secs(4);

/// The queues between the steps of an order's life.
#[derive(Clone)]
pub struct Queues {
    /// The SQS client.
    pub client: Client,
    /// The URL of the order queue, which `expire-order` consumes.
    pub order_queue_url: String,
    /// The URL of the payment queue, which `check-payment` consumes.
    pub payment_queue_url: String,
    /// The URL of the refund queue, which `refund-order` consumes.
    pub refund_queue_url: String,
}

/// A message cannot be sent.
#[derive(Debug, thiserror::Error)]
#[error("cannot send the message: {0}")]
pub struct SendError(String);

impl Queues {
    /// Sends a message to its queue, which delivers it after its delay.
    pub async fn send(&self, due: &DueMessage) -> Result<(), SendError> {
        let url = match due.message {
            Message::Order(_) => &self.order_queue_url,
            Message::Payment(_) => &self.payment_queue_url,
            Message::Refund(_) => &self.refund_queue_url,
        };
        let delay_seconds = i32::try_from(due.delay_seconds).map_err(|error| SendError(error.to_string()))?;
        send(&self.client, url, &due.message, delay_seconds).await
    }
}

/// The mail queue, which `send-mail` consumes.
#[derive(Clone)]
pub struct MailQueue {
    client: Client,
    url: String,
}

impl MailQueue {
    /// The queue at that URL.
    pub fn new(sdk: &SdkConfig, url: impl Into<String>) -> Self {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(MAIL_ATTEMPT_TIMEOUT);
        let timeouts = timeouts.operation_timeout(MAIL_OPERATION_TIMEOUT).build();
        let config = aws_sdk_sqs::config::Builder::from(sdk).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), url: url.into() }
    }

    /// Asks for a mail. If the response is late, the mail may still be sent.
    pub async fn enqueue(&self, request: &MailRequest) -> Result<(), SendError> {
        send(&self.client, &self.url, request, 0).await
    }
}

/// The erasure queue, which `erase-orders` consumes.
#[derive(Clone)]
pub struct ErasureQueue {
    client: Client,
    url: String,
}

impl ErasureQueue {
    /// The queue at that URL.
    pub fn new(sdk: &SdkConfig, url: impl Into<String>) -> Self {
        Self { client: Client::new(sdk), url: url.into() }
    }

    /// Asks for the erasure of what a deleted account leaves behind, after so many seconds.
    pub async fn send(&self, message: &ErasureQueueMessage, delay_seconds: i64) -> Result<(), SendError> {
        let delay_seconds = i32::try_from(delay_seconds).map_err(|error| SendError(error.to_string()))?;
        send(&self.client, &self.url, message, delay_seconds).await
    }
}

/// The dead-letter queue of the stream consumers. Lambda's own dead letters name a record by shard and sequence number.
/// These hold the item's key, so that an operator can inspect the item and redrive it.
#[derive(Clone)]
pub struct DeadLetters {
    client: Client,
    url: String,
}

/// A change of an item that a consumer cannot handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "set_aside")]
pub struct DeadLetter {
    /// The function that failed.
    pub function: String,
    /// The item's table.
    pub table: String,
    /// The item's key: ids.
    pub key: BTreeMap<String, String>,
    /// The sequence number of the change in the stream.
    pub sequence_number: String,
    /// The reason.
    pub reason: String,
}

impl DeadLetters {
    /// The queue at that URL.
    pub fn new(sdk: &SdkConfig, url: impl Into<String>) -> Self {
        Self { client: Client::new(sdk), url: url.into() }
    }

    /// Sends a dead letter.
    pub async fn send(&self, letter: &DeadLetter) -> Result<(), SendError> {
        send(&self.client, &self.url, letter, 0).await
    }
}

async fn send(client: &Client, url: &str, body: &impl Serialize, delay_seconds: i32) -> Result<(), SendError> {
    let body = serde_json::to_string(body).map_err(|error| SendError(error.to_string()))?;
    let request = client.send_message().queue_url(url).message_body(body).delay_seconds(delay_seconds);
    // Not the whole error: it quotes the response.
    request.send().await.map_err(|error| SendError(error.to_string()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use serde_json::json;
    use souk_domain::message::PaymentQueueMessage;
    use souk_testkit::FakeAws;

    use super::*;

    /// A service that never answers.
    #[derive(Debug)]
    struct Silent;

    impl HttpConnector for Silent {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            HttpConnectorFuture::new(std::future::pending())
        }
    }

    #[tokio::test]
    async fn each_message_goes_to_its_queue_with_its_delay() {
        let aws = FakeAws::start(|_, _| (200, json!({"MessageId": "1", "MD5OfMessageBody": ""})));
        let url = |name: &str| format!("https://queues/{name}");
        let queues = Queues {
            client: Client::new(&aws.sdk_config()),
            order_queue_url: url("order"),
            payment_queue_url: url("payment"),
            refund_queue_url: url("refund"),
        };
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let (user_id, order_id) = (id.parse().expect("an id"), id.parse().expect("an id"));
        let message = PaymentQueueMessage::CheckPayment { user_id, order_id, attempt: 1 }.into();
        queues.send(&DueMessage { message, delay_seconds: 30 }).await.expect("sent");
        let (action, request) = aws.calls().remove(0);
        assert_eq!((action.as_str(), &request["QueueUrl"]), ("SendMessage", &json!(url("payment"))));
        assert_eq!(request["DelaySeconds"], json!(30));
    }

    #[tokio::test]
    async fn a_request_for_a_mail_goes_to_the_mail_queue_at_once() {
        let aws = FakeAws::start(|_, _| (200, json!({"MessageId": "1", "MD5OfMessageBody": ""})));
        let queue = MailQueue::new(&aws.sdk_config(), "https://queues/mail");
        let request = MailRequest::PasswordReset { email: "ann@example.com".parse().expect("an address") };
        queue.enqueue(&request).await.expect("sent");
        let (action, sent) = aws.calls().remove(0);
        assert_eq!((action.as_str(), &sent["QueueUrl"]), ("SendMessage", &json!("https://queues/mail")));
        assert_eq!(sent["DelaySeconds"], json!(0));
        let body = sent["MessageBody"].as_str().expect("a body");
        assert_eq!(serde_json::from_str::<MailRequest>(body).expect("a request"), request);
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_that_does_not_answer_is_an_error_in_time() {
        let silent = http_client_fn(|_, _| SharedHttpConnector::new(Silent));
        let sdk = souk_testkit::sdk_config("http://fake").into_builder().http_client(silent).build();
        let request = MailRequest::PasswordReset { email: "ann@example.com".parse().expect("an address") };
        let started = tokio::time::Instant::now();
        assert!(MailQueue::new(&sdk, "https://queues/mail").enqueue(&request).await.is_err());
        assert!(started.elapsed() <= MAIL_OPERATION_TIMEOUT, "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn an_erasure_goes_to_the_erasure_queue_with_its_delay() {
        let aws = FakeAws::start(|_, _| (200, json!({"MessageId": "1", "MD5OfMessageBody": ""})));
        let user_id = "0190a5a0-0000-7000-8000-000000000001".parse().expect("an id");
        let message = ErasureQueueMessage::EraseOrders { user_id, guest_ids: vec![], requested_at: None };
        ErasureQueue::new(&aws.sdk_config(), "https://queues/erasure").send(&message, 900).await.expect("sent");
        let (_, sent) = aws.calls().remove(0);
        assert_eq!((&sent["QueueUrl"], &sent["DelaySeconds"]), (&json!("https://queues/erasure"), &json!(900)));
        let body = sent["MessageBody"].as_str().expect("a body");
        assert_eq!(serde_json::from_str::<ErasureQueueMessage>(body).expect("a message"), message);
    }

    #[tokio::test]
    async fn a_letter_says_that_it_is_ours() {
        let aws = FakeAws::start(|_, _| (200, json!({"MessageId": "1", "MD5OfMessageBody": ""})));
        let letters = DeadLetters::new(&aws.sdk_config(), "https://queues/stream");
        let letter = DeadLetter {
            function: "dispatch".to_owned(),
            table: "orders".to_owned(),
            key: [("order_id".to_owned(), "1".to_owned())].into(),
            sequence_number: "7".to_owned(),
            reason: "the image cannot be read".to_owned(),
        };
        letters.send(&letter).await.expect("sent");
        let (_, request) = aws.calls().remove(0);
        let body = request["MessageBody"].as_str().expect("a body");
        assert!(body.starts_with(r#"{"type":"set_aside","function":"dispatch","#), "{body}");
        assert_eq!(serde_json::from_str::<DeadLetter>(body).expect("a letter"), letter);
    }
}
