//! The way of every AWS call: an HTTP client for the SDK that passes the gate. `DynamoDB` behind it is a real one; queues and
//! the event bus are lists in memory, because what matters of them here is only what was sent.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_sdk_sqs::config::SharedHttpClient;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::{Value, json};
use souk_testkit::{json_response, operation};

use crate::conflicts::Conflicts;
use crate::gate::{Fault, Gate};
use crate::witness::Witness;

/// A message that was sent to a queue.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The queue, by the last part of its address.
    pub queue: String,
    /// What.
    pub body: String,
    /// After how many seconds it may be delivered.
    pub delay_seconds: i64,
}

/// The HTTP client of all AWS clients of the shop.
#[derive(Clone)]
pub struct Wire {
    gate: Arc<Gate>,
    conflicts: Arc<Conflicts>,
    witness: Arc<Witness>,
    sent: Arc<Mutex<Vec<Sent>>>,
    events: Arc<Mutex<Vec<Value>>>,
    real: SharedHttpClient,
}

struct Connector {
    wire: Wire,
    real: SharedHttpConnector,
}

impl Wire {
    /// A wire through that gate to `real`.
    pub fn new(gate: Arc<Gate>, conflicts: Conflicts, real: SharedHttpClient) -> Self {
        let conflicts = Arc::new(conflicts);
        Self { gate, conflicts, witness: Arc::default(), sent: Arc::default(), events: Arc::default(), real }
    }

    /// Who saw all the transactions.
    pub fn witness(&self) -> &Witness {
        &self.witness
    }

    /// Takes what was sent to queues since the last call.
    pub fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.sent.lock().expect("a lock"))
    }

    /// The ids of the events that were put on the bus so far.
    pub fn event_ids(&self) -> BTreeSet<String> {
        let events = self.events.lock().expect("a lock");
        let details = events.iter().filter_map(|entry| serde_json::from_str::<Value>(entry["Detail"].as_str()?).ok());
        details.filter_map(|detail| Some(detail["event_id"].as_str()?.to_owned())).collect()
    }

    fn queue(&self, request: &Value) -> Value {
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        let queue = text("QueueUrl").rsplit('/').next().unwrap_or_default().to_owned();
        let delay_seconds = request["DelaySeconds"].as_i64().unwrap_or(0);
        self.sent.lock().expect("a lock").push(Sent { queue, body: text("MessageBody"), delay_seconds });
        json!({"MessageId": "1", "MD5OfMessageBody": ""})
    }

    fn publish(&self, request: &Value) -> Value {
        let entries = request["Entries"].as_array().cloned().unwrap_or_default();
        let ids: Vec<Value> = entries.iter().map(|_| json!({"EventId": "1"})).collect();
        self.events.lock().expect("a lock").extend(entries);
        json!({"FailedEntryCount": 0, "Entries": ids})
    }
}

impl Connector {
    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let operation = operation(&request).to_owned();
        if !has_effect(&operation) {
            return if self.wire.gate.is_down() { Err(refused()) } else { self.perform(&operation, request).await };
        }
        match self.wire.gate.arrive(&operation) {
            None => self.perform(&operation, request).await,
            Some(Fault::CrashBefore) => self.wire.gate.die().await,
            Some(Fault::CrashAfter) => {
                let _ = self.perform(&operation, request).await;
                self.wire.gate.die().await
            }
            Some(Fault::Refused | Fault::Down) => Err(refused()),
            Some(Fault::AnswerLost) => {
                let _ = self.perform(&operation, request).await;
                Err(ConnectorError::timeout("the answer is lost".into()))
            }
            Some(Fault::FailedAfter) => {
                let _ = self.perform(&operation, request).await;
                Ok(failure(500, "InternalServerError", json!({})))
            }
            Some(Fault::Throttled) => Ok(failure(400, "ThrottlingException", json!({}))),
            Some(Fault::Conflict) => Ok(conflict(&operation, 1)),
        }
    }

    async fn perform(&self, operation: &str, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body: Value = request.body().bytes().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
        match operation {
            "SendMessage" => Ok(success(&self.wire.queue(&body))),
            "PutEvents" => Ok(success(&self.wire.publish(&body))),
            "TransactWriteItems" => self.transact(&body, request).await,
            _ => match self.wire.conflicts.pass(operation, &body).await {
                Ok(()) => self.real.call(request).await,
                Err(actions) => Ok(conflict(operation, actions)),
            },
        }
    }

    async fn transact(&self, body: &Value, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let watched = self.wire.witness.sent(body);
        if let Err(actions) = self.wire.conflicts.pass("TransactWriteItems", body).await {
            self.wire.witness.cancelled(&watched, true);
            return Ok(conflict("TransactWriteItems", actions));
        }
        let answer = self.real.call(request).await?;
        if answer.status().is_success() {
            self.wire.witness.done(&watched);
        } else {
            self.wire.witness.cancelled(&watched, false);
        }
        Ok(answer)
    }
}

/// Whether an operation changes anything outside.
fn has_effect(operation: &str) -> bool {
    const EFFECTS: [&str; 7] =
        ["TransactWriteItems", "BatchWriteItem", "PutItem", "UpdateItem", "DeleteItem", "SendMessage", "PutEvents"];
    EFFECTS.contains(&operation)
}

fn refused() -> ConnectorError {
    ConnectorError::io("connection refused".into())
}

fn success(body: &Value) -> HttpResponse {
    json_response(200, body.to_string())
}

fn failure(status: u16, code: &str, mut body: Value) -> HttpResponse {
    body["__type"] = format!("com.amazonaws.dynamodb.v20120810#{code}").into();
    json_response(status, body.to_string())
}

/// As DynamoDB says it: a transaction is cancelled with a reason for each action, a single write has an error of its own.
fn conflict(operation: &str, actions: usize) -> HttpResponse {
    if operation != "TransactWriteItems" {
        return failure(400, "TransactionConflictException", json!({}));
    }
    let mut reasons = vec![json!({"Code": "None"}); actions];
    reasons[0] = json!({"Code": "TransactionConflict"});
    failure(400, "TransactionCanceledException", json!({"CancellationReasons": reasons}))
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = Self { wire: self.wire.clone(), real: self.real.clone() };
        HttpConnectorFuture::new(async move { connector.answer(request).await })
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let real = self.real.http_connector(settings, components);
        SharedHttpConnector::new(Connector { wire: self.clone(), real })
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}
