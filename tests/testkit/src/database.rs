//! Real implementations of DynamoDB.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, SharedAsyncSleep};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_types::SdkConfig;
use aws_types::region::Region;
use tokio::net::TcpListener;

use crate::stream::Stream;
use crate::{embedded, template};

/// The environment variable with the endpoint of a second implementation (`MiniStack`) for the contract tests.
const SECOND_IMPLEMENTATION: &str = "SOUK_CONTRACT_DYNAMODB";

/// Numbers the databases of this process, which may share a server.
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A database with all tables of `template.yaml`, empty.
#[derive(Clone)]
pub struct Database {
    /// Its client.
    pub client: Client,
    /// The name of the implementation, for messages.
    pub implementation: &'static str,
    sdk: SdkConfig,
    prefix: String,
    /// The database itself, when it is in this process.
    embedded: Option<dynoxide::Database>,
}

impl Database {
    /// A new one in this process (dynoxide, in memory).
    pub async fn start() -> Self {
        Self::in_this_process(true).await
    }

    /// A new one in this process without streams, for a million items: dynoxide scans all earlier records to number a
    /// new one.
    pub async fn start_without_streams() -> Self {
        Self::in_this_process(false).await
    }

    async fn in_this_process(streams: bool) -> Self {
        let database = dynoxide::Database::memory().expect("an in-memory database");
        let sdk = sdk_config("http://embedded").into_builder().http_client(embedded::http_client(database.clone()));
        Self { embedded: Some(database), ..Self::with_tables("dynoxide", sdk.build(), streams).await }
    }

    /// Every available implementation: dynoxide, and the one of `SOUK_CONTRACT_DYNAMODB`.
    pub async fn each() -> Vec<Self> {
        let mut databases = vec![Self::start().await];
        if let Ok(endpoint) = std::env::var(SECOND_IMPLEMENTATION) {
            databases.push(Self::with_tables("MiniStack", sdk_config(&endpoint), true).await);
        }
        databases
    }

    /// Serves the database over HTTP to other processes, until this process ends; returns its URL. Only for a database
    /// in this process.
    pub async fn serve(&self) -> String {
        let database = self.embedded.clone().expect("a database in this process");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { dynoxide::server::serve_on(listener, database).await });
        format!("http://{address}")
    }

    /// The full name of a table: `orders` for `OrdersTable`.
    pub fn table(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The configuration of clients of this database.
    pub const fn sdk_config(&self) -> &SdkConfig {
        &self.sdk
    }

    /// The stream of a table, from its first record on. Only for a database in this process.
    pub fn stream(&self, name: &str) -> Stream {
        Stream::new(self.embedded.clone().expect("a database in this process"), self.table(name))
    }

    async fn with_tables(implementation: &'static str, sdk: SdkConfig, streams: bool) -> Self {
        let number = DATABASES.fetch_add(1, Ordering::SeqCst);
        let prefix = format!("test-{}-{number}-", std::process::id());
        let database = Self { client: Client::new(&sdk), implementation, sdk, prefix, embedded: None };
        for table in template::tables() {
            let request = database.client.create_table().table_name(database.table(&table.name));
            let request = table.describe(request);
            let request = if streams { request } else { request.set_stream_specification(None) };
            request.send().await.expect("the table is made");
        }
        database
    }
}

/// The configuration of clients of an AWS service at `endpoint`.
pub fn sdk_config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "testkit");
    let timeouts = aws_sdk_dynamodb::config::timeout::TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_mins(2))
        .build();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(Region::from_static("us-east-1"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        // As many attempts as the functions make, without their backoff: nothing here recovers with time.
        .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(5)))
        .timeout_config(timeouts)
        .endpoint_url(endpoint)
        .build()
}
