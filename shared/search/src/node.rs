//! The connection to one OpenSearch endpoint: HTTP calls with a time-out, one retry and a circuit breaker.

use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_types::SdkConfig;
use opensearch::auth::Credentials;
use opensearch::http::headers::{CONTENT_TYPE, HeaderMap, HeaderValue};
use opensearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
use opensearch::http::{Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use souk_domain::circuit_breaker::CircuitBreaker;
use souk_domain::effects::Random;

use crate::SearchError;

/// Longest wait before the one retry, in milliseconds.
const RETRY_WITHIN_MS: u64 = 50;

/// One OpenSearch endpoint.
pub(crate) struct Node {
    /// The reason if the endpoint is not usable.
    transport: Result<Transport, String>,
    breaker: Mutex<CircuitBreaker>,
    random: Arc<dyn Random>,
}

/// One call.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) parameters: &'a [(&'a str, &'a str)],
    pub(crate) body: Option<String>,
    pub(crate) timeout: Duration,
}

/// A response of OpenSearch.
pub(crate) struct Response {
    pub(crate) status: u16,
    body: Vec<u8>,
}

/// The members of a search response that state whether the whole index was searched.
#[derive(Deserialize)]
struct Coverage {
    #[serde(default)]
    timed_out: bool,
    #[serde(rename = "_shards", default)]
    shards: Shards,
}

#[derive(Default, Deserialize)]
struct Shards {
    #[serde(default)]
    failed: u32,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorCause,
}

/// OpenSearch's description of an error.
#[derive(Debug, Deserialize)]
pub(crate) struct ErrorCause {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// May quote the request.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

impl Node {
    /// A node of OpenSearch Service, with signed requests. Requests to a local node are not signed.
    pub(crate) fn of_service(sdk: &SdkConfig, endpoint: &str, random: Arc<dyn Random>) -> Self {
        let url = url_of(endpoint);
        let signed = url.starts_with("https://");
        Self { transport: transport(&url, signed.then_some(sdk)), breaker: breaker(&*random), random }
    }

    /// A node with unsigned requests.
    pub(crate) fn at(url: &str, random: Arc<dyn Random>) -> Self {
        Self { transport: transport(url, None), breaker: breaker(&*random), random }
    }

    fn transport(&self) -> Result<&Transport, SearchError> {
        let unusable = |reason: &String| SearchError::Rejected(format!("the endpoint is not usable: {reason}"));
        self.transport.as_ref().map_err(unusable)
    }

    /// Sends a call. Searches pass the circuit breaker: while the node does not answer they fail at once, so shoppers
    /// do not wait and a node that recovers is not flooded. Writers do their own retries.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Response, SearchError> {
        if !call.path.ends_with("search") {
            return self.send(&call).await;
        }
        self.search(&call).await
    }

    async fn search(&self, call: &Call<'_>) -> Result<Response, SearchError> {
        if !self.breaker().allows_call(Instant::now()) {
            return Err(SearchError::Unavailable("the circuit breaker of search is open".to_owned()));
        }
        let mut outcome = SearchOutcome { node: self, answered: false };
        let answer = self.send(call).await.and_then(Response::of_whole_index);
        outcome.answered = match &answer {
            Ok(answer) => answer.status != 429 && answer.status < 500,
            Err(error) => !matches!(error, SearchError::Unavailable(_)),
        };
        answer
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, CircuitBreaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a call, and once more if the connection failed, as a stale one does: all calls of this crate are
    /// idempotent. A time-out is not retried.
    async fn send(&self, call: &Call<'_>) -> Result<Response, SearchError> {
        let within = call.timeout;
        let transport = self.transport()?;
        let sent = async {
            match send(transport, call).await {
                Err(error) if connection_failed(&error) => {
                    let wait_ms = 1 + self.random.below(RETRY_WITHIN_MS);
                    tokio::time::sleep(Duration::from_millis(wait_ms)).await;
                    send(transport, call).await
                }
                sent => sent,
            }
            .map_err(|error| SearchError::Unavailable(innermost(&error)))
        };
        let timed_out = |_| SearchError::Unavailable(format!("no answer within {} ms", within.as_millis()));
        tokio::time::timeout(within, sent).await.map_err(timed_out)?
    }
}

/// Records the outcome of a search in the circuit breaker when it is dropped, so that a cancelled call counts as a
/// failure.
struct SearchOutcome<'a> {
    node: &'a Node,
    answered: bool,
}

impl Drop for SearchOutcome<'_> {
    fn drop(&mut self) {
        if self.answered {
            self.node.breaker().record_success();
        } else {
            self.node.breaker().record_failure(Instant::now());
        }
    }
}

impl Response {
    /// The response of a search, or an error if it covers only a part of the index: OpenSearch reports a time-out or a
    /// failed shard with status 200. The error counts for the circuit breaker, and the response is not cached.
    fn of_whole_index(self) -> Result<Self, SearchError> {
        let partial = |coverage: Coverage| coverage.timed_out || coverage.shards.failed > 0;
        if self.status == 200 && serde_json::from_slice(&self.body).is_ok_and(partial) {
            return Err(SearchError::Unavailable("the response covers only a part of the index".to_owned()));
        }
        Ok(self)
    }

    /// The body, if the call succeeded; the error for callers otherwise.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, SearchError> {
        if !(200..300).contains(&self.status) {
            return Err(self.failure());
        }
        // The parser's message names a position, not the content.
        serde_json::from_slice(&self.body).map_err(|e| SearchError::Rejected(format!("cannot read the response: {e}")))
    }

    /// The error of a failed call. Contains only OpenSearch's type of the error: its reason may quote a shopper's
    /// search.
    pub(crate) fn failure(&self) -> SearchError {
        let kind = self.cause().map_or_else(|| "no details".to_owned(), |cause| cause.kind);
        SearchError::of(self.status, &kind)
    }

    /// The error in the body.
    pub(crate) fn cause(&self) -> Option<ErrorCause> {
        serde_json::from_slice::<ErrorBody>(&self.body).ok().map(|body| body.error)
    }
}

/// Each process has a jitter of its own, so that their trials do not coincide.
fn breaker(random: &dyn Random) -> Mutex<CircuitBreaker> {
    Mutex::new(CircuitBreaker::seeded(random.below(u64::MAX)))
}

/// The URL of an endpoint. An endpoint on AWS is a host name and uses https. Only an endpoint on loopback uses plain
/// http.
fn url_of(endpoint: &str) -> String {
    let bare = endpoint.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    let host = bare.rsplit_once(':').map_or(bare, |(host, _)| host);
    let scheme = if matches!(host, "127.0.0.1" | "localhost" | "[::1]") { "http" } else { "https" };
    format!("{scheme}://{bare}")
}

/// A transport to one address, signing for OpenSearch Service with the credentials of `sdk` if given.
fn transport(url: &str, sdk: Option<&SdkConfig>) -> Result<Transport, String> {
    // reqwest uses the cryptography provider of the process. If one is installed already, it stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = Url::parse(url).map_err(|e| e.to_string())?;
    let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(url)).disable_proxy();
    if let Some(sdk) = sdk {
        let credentials = Credentials::try_from(sdk).map_err(|e| e.to_string())?;
        builder = builder.auth(credentials).service_name("es");
    }
    builder.build().map_err(|e| e.to_string())
}

async fn send(transport: &Transport, call: &Call<'_>) -> Result<Response, opensearch::Error> {
    let mut headers = HeaderMap::new();
    if call.path.ends_with("_bulk") {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    }
    let body = call.body.as_deref();
    let (method, timeout) = (call.method, Some(call.timeout));
    let response = transport.send(method, call.path, headers, Some(call.parameters), body, timeout).await?;
    let status = response.status_code().as_u16();
    Ok(Response { status, body: response.bytes().await?.to_vec() })
}

/// Whether the connection failed, as opposed to a response that took too long.
fn connection_failed(error: &opensearch::Error) -> bool {
    let http = error.source().and_then(|source| source.downcast_ref::<reqwest::Error>());
    http.is_some_and(|error| !error.is_timeout() && (error.is_connect() || error.is_request() || error.is_body()))
}

/// The innermost cause: the outer ones only state that sending failed, and contain the address.
fn innermost(error: &opensearch::Error) -> String {
    let mut error: &dyn std::error::Error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn only_loopback_uses_plain_http() {
        let url = |endpoint| url_of(endpoint);
        assert_eq!(url("127.0.0.1:9200"), "http://127.0.0.1:9200");
        assert_eq!(url("http://localhost:9200/"), "http://localhost:9200");
        assert_eq!(
            url("search-souk-abc.eu-west-1.es.amazonaws.com"),
            "https://search-souk-abc.eu-west-1.es.amazonaws.com"
        );
        assert_eq!(url("http://10.0.0.1:9200"), "https://10.0.0.1:9200");
        assert_eq!(url("http://127.0.0.1.example.com"), "https://127.0.0.1.example.com");
    }

    #[test]
    fn statuses_are_distinguished() {
        let failure = |status, body: &str| Response { status, body: body.as_bytes().to_vec() }.failure();
        for status in [404, 429, 500, 502, 503, 504] {
            assert!(matches!(failure(status, "{}"), SearchError::Unavailable(_)), "{status}");
        }
        let body = r#"{"error":{"type":"parsing_exception","reason":"for: secret wish"},"status":400}"#;
        let rejected = failure(400, body);
        assert!(matches!(rejected, SearchError::Rejected(_)));
        assert!(rejected.to_string().contains("parsing_exception") && !rejected.to_string().contains("secret"));
        assert!(matches!(failure(403, "no rights"), SearchError::Rejected(_)));
    }

    fn sdk() -> SdkConfig {
        let credentials = aws_credential_types::Credentials::new("AKID", "secret", None, None, "test");
        SdkConfig::builder()
            .region(aws_types::region::Region::from_static("eu-west-1"))
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(credentials))
            .build()
    }

    #[tokio::test]
    async fn calls_to_a_domain_are_signed() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let transport = transport(&url, Some(&sdk())).expect("a transport");
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).await.expect("a request");
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
            stream.write_all(answer).await.expect("answered");
            String::from_utf8_lossy(&request[..read]).into_owned()
        });
        let parameters = [("timeout", "1s")];
        let timeout = Duration::from_secs(5);
        let call =
            Call { method: Method::Post, path: "products/_search", parameters: &parameters, body: None, timeout };
        assert_eq!(send(&transport, &call).await.expect("an answer").status, 200);
        let request = server.await.expect("served");
        assert!(request.contains("authorization: AWS4-HMAC-SHA256 Credential=AKID/"), "{request}");
        assert!(request.contains("/eu-west-1/es/aws4_request"), "{request}");
    }

    /// A node that answers each call with the next of these bodies, each on a new connection, and then stops.
    async fn node_with_responses(bodies: Vec<&'static str>) -> Node {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            for body in bodies {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                assert_ne!(stream.read(&mut [0; 4096]).await.expect("a request"), 0);
                let length = body.len();
                let answer = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await.expect("answered");
            }
        });
        Node::at(&url, Arc::new(souk_testkit::SeededRandom::new(7)))
    }

    async fn search(node: &Node) -> Result<Response, SearchError> {
        let timeout = Duration::from_secs(5);
        node.call(Call { method: Method::Post, path: "products/_search", parameters: &[], body: None, timeout }).await
    }

    const WHOLE: &str = r#"{"timed_out":false,"_shards":{"total":2,"failed":0},"hits":{"hits":[]}}"#;
    const TIMED_OUT: &str = r#"{"timed_out":true,"_shards":{"total":2,"failed":0},"hits":{"hits":[]}}"#;
    const SHARD_FAILED: &str = r#"{"timed_out":false,"_shards":{"total":2,"failed":1},"hits":{"hits":[]}}"#;

    #[tokio::test]
    async fn a_partial_response_is_an_error() {
        let node = node_with_responses(vec![WHOLE, TIMED_OUT, SHARD_FAILED, WHOLE]).await;
        assert_eq!(search(&node).await.expect("the whole").body, WHOLE.as_bytes());
        assert!(matches!(search(&node).await, Err(SearchError::Unavailable(_))));
        assert!(matches!(search(&node).await, Err(SearchError::Unavailable(_))));
        assert_eq!(search(&node).await.expect("the whole").body, WHOLE.as_bytes());
    }

    #[tokio::test]
    async fn partial_responses_open_the_circuit_breaker() {
        let node = node_with_responses(vec![WHOLE, SHARD_FAILED, TIMED_OUT, SHARD_FAILED, WHOLE]).await;
        assert!(search(&node).await.is_ok());
        for _ in 0..3 {
            assert!(search(&node).await.is_err());
        }
        let refused = search(&node).await.err().expect("refused").to_string();
        assert!(refused.contains("circuit breaker"), "{refused}");
    }

    #[test]
    fn tls_needs_nothing_else() {
        assert!(transport("https://search-souk-abc.eu-west-1.es.amazonaws.com", Some(&sdk())).is_ok());
    }
}
