//! The content of dead letters. Operators see its kind and ids only, never the rest, which may be personal data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use souk_domain::erasure::ErasureQueueMessage;
use souk_domain::mail::MailRequest;
use souk_domain::message::{Message, OrderQueueMessage, PaymentQueueMessage, RefundQueueMessage};
use souk_runtime::objects::{Created, created_objects};
use souk_runtime::queues::DeadLetter;

/// The content of a message in a dead-letter queue.
pub(super) enum DeadLetterContent {
    /// From a queue: the message that its consumer could not process.
    Message(Message),
    /// From the mail queue: the mail that could not be sent.
    Mail(MailRequest),
    /// From the erasure queue: the deleted account of which something is left.
    Erasure(ErasureQueueMessage),
    /// From a bucket: objects that were created.
    Objects(Vec<Created>),
    /// From a stream consumer: a record that it can never process.
    UnprocessableRecord(DeadLetter),
    /// From Lambda: an invocation that failed after all retries.
    FailedInvocation(Box<FailedInvocation>),
    /// Of unknown origin.
    Unreadable,
}

/// What Lambda sends to an on-failure destination: the position in the stream, not the records
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FailedInvocation {
    request_context: RequestContext,
    #[serde(rename = "DDBStreamBatchInfo")]
    records: Option<Records>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    function_arn: String,
    condition: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Records {
    shard_id: String,
    start_sequence_number: String,
    end_sequence_number: String,
    approximate_arrival_of_first_record: Value,
    batch_size: Value,
    stream_arn: String,
}

/// A dead letter, as an operator sees it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The id by SQS.
    pub message_id: String,
    /// `expire_order`, `check_payment`, `refund_order`, `erase_orders`, `mail_request`, `object_created`, `set_aside`, `lambda_gave_up` or
    /// `unreadable`.
    pub kind: &'static str,
    /// The ids in it.
    pub ids: BTreeMap<String, String>,
    /// Its age since it was first sent.
    pub age_seconds: i64,
    /// Why it could not be moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays_because: Option<String>,
}

impl DeadLetterContent {
    pub(super) fn read(body: &str) -> Self {
        if let Ok(message) = serde_json::from_str(body) {
            return Self::Message(message);
        }
        if let Ok(request) = serde_json::from_str(body) {
            return Self::Mail(request);
        }
        if let Ok(message) = serde_json::from_str(body) {
            return Self::Erasure(message);
        }
        if let Some(objects) = created_objects(body) {
            return Self::Objects(objects);
        }
        let value: Value = serde_json::from_str(body).unwrap_or_default();
        if value["type"] == "set_aside"
            && let Ok(letter) = serde_json::from_value(value.clone())
        {
            return Self::UnprocessableRecord(letter);
        }
        serde_json::from_value(value).map_or(Self::Unreadable, |failed| Self::FailedInvocation(Box::new(failed)))
    }

    /// Its kind and ids.
    pub(super) fn describe(self) -> (&'static str, BTreeMap<String, String>) {
        let mut ids = BTreeMap::new();
        let mut note = |name: &str, value: &dyn ToString| ids.insert(name.to_owned(), value.to_string());
        let kind = match self {
            Self::Message(message) => {
                note("user_id", message.user_id());
                note("order_id", message.order_id());
                match &message {
                    Message::Order(OrderQueueMessage::ExpireOrder { .. }) => "expire_order",
                    Message::Payment(PaymentQueueMessage::CheckPayment { attempt, .. }) => {
                        note("attempt", attempt);
                        "check_payment"
                    }
                    Message::Refund(RefundQueueMessage::RefundOrder { refund, .. }) => {
                        note("refund", refund);
                        "refund_order"
                    }
                }
            }
            Self::Mail(request) => {
                note("template", &request.template());
                "mail_request"
            }
            Self::Erasure(ErasureQueueMessage::EraseOrders { user_id, .. }) => {
                note("user_id", &user_id);
                "erase_orders"
            }
            Self::Objects(objects) => {
                for object in &objects {
                    note("key", &object.key);
                }
                "object_created"
            }
            Self::UnprocessableRecord(letter) => {
                for (name, value) in &letter.key {
                    note(name, value);
                }
                note("function", &letter.function);
                note("table", &letter.table);
                note("sequence_number", &letter.sequence_number);
                note("reason", &letter.reason);
                "set_aside"
            }
            Self::FailedInvocation(failed) => {
                let RequestContext { function_arn, condition } = failed.request_context;
                note("function", &function_name(&function_arn));
                note("condition", &condition);
                if let Some(records) = failed.records {
                    note("shard", &records.shard_id);
                    note("first_sequence_number", &records.start_sequence_number);
                    note("last_sequence_number", &records.end_sequence_number);
                    note("first_arrived", &records.approximate_arrival_of_first_record);
                    note("records", &records.batch_size);
                    note("stream", &records.stream_arn);
                }
                "lambda_gave_up"
            }
            Self::Unreadable => "unreadable",
        };
        (kind, ids)
    }
}

/// `souk-dispatch` of `arn:aws:lambda:us-east-1:123456789012:function:souk-dispatch:$LATEST`.
fn function_name(arn: &str) -> &str {
    arn.split(':').nth(6).unwrap_or(arn)
}
