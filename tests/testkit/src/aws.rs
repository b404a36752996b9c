//! A fake AWS service for what no emulator does, such as throttling or a partly failed batch.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_types::SdkConfig;
use serde_json::Value;

use crate::aws_protocol::{json_response, operation};
use crate::database;

type Handler = dyn FnMut(&str, &Value) -> (u16, Value) + Send;

/// A service of the JSON protocol (SQS, EventBridge, DynamoDB, …) in this process. The test provides its responses.
#[derive(Clone)]
pub struct FakeAws {
    handler: Arc<Mutex<Handler>>,
    calls: Arc<Mutex<Vec<(String, Value)>>>,
}

impl FakeAws {
    /// Starts. `handler` gets the operation (`PutEvents`) and the request, and returns the status and the response.
    pub fn start(handler: impl FnMut(&str, &Value) -> (u16, Value) + Send + 'static) -> Self {
        Self { handler: Arc::new(Mutex::new(handler)), calls: Arc::default() }
    }

    /// The configuration of a client of it.
    pub fn sdk_config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let http_client = http_client_fn(move |_, _| connector.clone());
        database::sdk_config("http://fake").into_builder().http_client(http_client).build()
    }

    /// Every call so far: operation and request.
    pub fn calls(&self) -> Vec<(String, Value)> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let operation = operation(request);
        let body: Value = request.body().bytes().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push((operation.to_owned(), body.clone()));
        // A test that fails inside its handler must not look like a broken service to the next call.
        let (status, body) = self.handler.lock().unwrap_or_else(PoisonError::into_inner)(operation, &body);
        json_response(status, body.to_string())
    }
}

impl HttpConnector for FakeAws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let fake = self.clone();
        HttpConnectorFuture::new(async move {
            tokio::task::yield_now().await; // as a network would, it lets other tasks run
            Ok(fake.respond(&request))
        })
    }
}

impl fmt::Debug for FakeAws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeAws")
    }
}
