//! What a message in a dead-letter queue is about. Kind and ids only: what else it holds is nobody's business on a screen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use souk_domain::message::{Message, OrderQueueMessage, PaymentQueueMessage, RefundQueueMessage};
use souk_runtime::objects::{Created, created};
use souk_runtime::queues::DeadLetter;

/// A message in a dead-letter queue.
pub(super) enum Letter {
    /// Of a queue: the message that its consumer failed at.
    Message(Message),
    /// Of a bucket: objects that were written.
    Objects(Vec<Created>),
    /// Of a stream's consumer: a change that could never be handled.
    SetAside(DeadLetter),
    /// Of Lambda: records of a stream, or a call, that failed for too long.
    GaveUp(Box<GaveUp>),
    /// Of somebody else.
    Unreadable,
}

/// What Lambda leaves at an on-failure destination: a stream's place, not its records
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GaveUp {
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

/// A message, as an operator sees it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The queue's id of it.
    pub message_id: String,
    /// `expire_order`, `check_payment`, `refund_order`, `object_created`, `set_aside`, `lambda_gave_up` or `unreadable`.
    pub kind: &'static str,
    /// What it is about.
    pub ids: BTreeMap<String, String>,
    /// Since it was first sent.
    pub age_seconds: i64,
    /// Why it could not go back to work, if that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays_because: Option<String>,
}

impl Letter {
    pub(super) fn read(body: &str) -> Self {
        if let Ok(message) = serde_json::from_str(body) {
            return Self::Message(message);
        }
        if let Some(objects) = created(body) {
            return Self::Objects(objects);
        }
        let value: Value = serde_json::from_str(body).unwrap_or_default();
        if value["type"] == "set_aside"
            && let Ok(letter) = serde_json::from_value(value.clone())
        {
            return Self::SetAside(letter);
        }
        serde_json::from_value(value).map_or(Self::Unreadable, |gave_up| Self::GaveUp(Box::new(gave_up)))
    }

    /// Its kind and what it is about.
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
            Self::Objects(objects) => {
                for object in &objects {
                    note("key", &object.key);
                }
                "object_created"
            }
            Self::SetAside(letter) => {
                for (name, value) in &letter.key {
                    note(name, value);
                }
                note("function", &letter.function);
                note("table", &letter.table);
                note("sequence_number", &letter.sequence_number);
                note("reason", &letter.reason);
                "set_aside"
            }
            Self::GaveUp(gave_up) => {
                let RequestContext { function_arn, condition } = gave_up.request_context;
                note("function", &function_name(&function_arn));
                note("condition", &condition);
                if let Some(records) = gave_up.records {
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
