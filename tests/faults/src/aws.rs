//! The AWS of the simulated shop: an HTTP client for the SDK with fault injection. `DynamoDB` behind it is real; queues
//! and the event bus are lists in memory.

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
use crate::injector::{Fault, FaultInjector};
use crate::transactions::TransactionLog;

/// A message that was sent to a queue.
#[derive(Debug, Clone)]
pub struct SentMessage {
    /// The name of the queue.
    pub queue: String,
    /// The message.
    pub body: String,
    /// The delay of its delivery.
    pub delay_seconds: i64,
}

/// The HTTP client of all AWS clients of the shop.
#[derive(Clone)]
pub struct FaultyAws {
    injector: Arc<FaultInjector>,
    conflicts: Arc<Conflicts>,
    transactions: Arc<TransactionLog>,
    sent: Arc<Mutex<Vec<SentMessage>>>,
    events: Arc<Mutex<Vec<Value>>>,
    real: SharedHttpClient,
}

struct Connector {
    aws: FaultyAws,
    real: SharedHttpConnector,
}

impl FaultyAws {
    /// AWS with that fault injector; `real` reaches the database.
    pub fn new(injector: Arc<FaultInjector>, conflicts: Conflicts, real: SharedHttpClient) -> Self {
        let conflicts = Arc::new(conflicts);
        Self { injector, conflicts, transactions: Arc::default(), sent: Arc::default(), events: Arc::default(), real }
    }

    /// The log of all transactions.
    pub fn transactions(&self) -> &TransactionLog {
        &self.transactions
    }

    /// Takes the messages since the last call.
    pub fn take_sent(&self) -> Vec<SentMessage> {
        std::mem::take(&mut self.sent.lock().expect("a lock"))
    }

    /// The ids of all events on the bus.
    pub fn event_ids(&self) -> BTreeSet<String> {
        let events = self.events.lock().expect("a lock");
        let details = events.iter().filter_map(|entry| serde_json::from_str::<Value>(entry["Detail"].as_str()?).ok());
        details.filter_map(|detail| Some(detail["event_id"].as_str()?.to_owned())).collect()
    }

    fn queue(&self, request: &Value) -> Value {
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        let queue = text("QueueUrl").rsplit('/').next().unwrap_or_default().to_owned();
        let delay_seconds = request["DelaySeconds"].as_i64().unwrap_or(0);
        self.sent.lock().expect("a lock").push(SentMessage { queue, body: text("MessageBody"), delay_seconds });
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
            return if self.aws.injector.is_down() { Err(refused()) } else { self.perform(&operation, request).await };
        }
        match self.aws.injector.next_effect(&operation) {
            None => self.perform(&operation, request).await,
            Some(Fault::CrashBefore) => self.aws.injector.crash().await,
            Some(Fault::CrashAfter) => {
                let _ = self.perform(&operation, request).await;
                self.aws.injector.crash().await
            }
            Some(Fault::Refused | Fault::Down) => Err(refused()),
            Some(Fault::AnswerLost) => {
                let _ = self.perform(&operation, request).await;
                Err(ConnectorError::timeout("the response is lost".into()))
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
            "SendMessage" => Ok(success(&self.aws.queue(&body))),
            "PutEvents" => Ok(success(&self.aws.publish(&body))),
            "TransactWriteItems" => self.transact(&body, request).await,
            _ => match self.aws.conflicts.enter(operation, &body).await {
                Ok(()) => self.real.call(request).await,
                Err(actions) => Ok(conflict(operation, actions)),
            },
        }
    }

    async fn transact(&self, body: &Value, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let pending = self.aws.transactions.sent(body);
        if let Err(actions) = self.aws.conflicts.enter("TransactWriteItems", body).await {
            self.aws.transactions.cancelled(&pending, true);
            return Ok(conflict("TransactWriteItems", actions));
        }
        let answer = self.real.call(request).await?;
        if answer.status().is_success() {
            self.aws.transactions.done(&pending);
        } else {
            self.aws.transactions.cancelled(&pending, false);
        }
        Ok(answer)
    }
}

/// Whether an operation has an effect.
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

/// DynamoDB's response: a transaction is cancelled with a reason for each action, a single write has an error of its
/// own.
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
        let connector = Self { aws: self.aws.clone(), real: self.real.clone() };
        HttpConnectorFuture::new(async move { connector.answer(request).await })
    }
}

impl HttpClient for FaultyAws {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let real = self.real.http_connector(settings, components);
        SharedHttpConnector::new(Connector { aws: self.clone(), real })
    }
}

impl fmt::Debug for FaultyAws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyAws")
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}
