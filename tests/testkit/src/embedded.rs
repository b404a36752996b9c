//! A DynamoDB in this process without a socket: an HTTP client for the SDK that calls dynoxide. Tests can pause the
//! clock of their runtime, because nothing waits for a network.

use std::fmt;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use dynoxide::DynoxideError;

use crate::aws_protocol::{json_response, operation};

/// The HTTP client of that database.
pub(crate) fn http_client(database: dynoxide::Database) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Embedded(database));
    http_client_fn(move |_, _| connector.clone())
}

struct Embedded(dynoxide::Database);

impl HttpConnector for Embedded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let database = self.0.clone();
        HttpConnectorFuture::new(async move {
            // As a network would, it lets other tasks run: without this, concurrent tasks of a test would run one after
            // the other.
            tokio::task::yield_now().await;
            Ok(respond(&database, &request))
        })
    }
}

fn respond(database: &dynoxide::Database, request: &HttpRequest) -> HttpResponse {
    let body = request.body().bytes().unwrap_or_default();
    let (status, body) = match answer(database, operation(request), body) {
        Ok(body) => (200, body),
        Err(error) => (error.status_code(), error.to_json()),
    };
    json_response(status, body)
}

/// One method of the database for each operation that the shop uses.
macro_rules! operations {
    ($database:ident, $operation:ident, $body:ident: $($name:literal => $method:ident,)+) => {
        match $operation {
            $($name => {
                let request = serde_json::from_slice($body).map_err(malformed)?;
                serde_json::to_string(&$database.$method(request)?).map_err(malformed)
            })+
            other => panic!("the embedded database does not support {other}"),
        }
    };
}

fn answer(database: &dynoxide::Database, operation: &str, body: &[u8]) -> dynoxide::Result<String> {
    operations!(database, operation, body:
        "CreateTable" => create_table,
        "GetItem" => get_item,
        "PutItem" => put_item,
        "UpdateItem" => update_item,
        "DeleteItem" => delete_item,
        "Query" => query,
        "Scan" => scan,
        "BatchGetItem" => batch_get_item,
        "BatchWriteItem" => batch_write_item,
        "TransactWriteItems" => transact_write_items,
        "TransactGetItems" => transact_get_items,
    )
}

fn malformed(error: impl fmt::Display) -> DynoxideError {
    DynoxideError::SerializationException(error.to_string())
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Embedded")
    }
}
