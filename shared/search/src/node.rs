//! The connection to one OpenSearch endpoint, and one HTTP call with its bounds.

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

/// What OpenSearch said.
pub(crate) struct Answer {
    pub(crate) status: u16,
    body: Vec<u8>,
}

/// The part of a search's answer that says whether the whole index has answered.
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

/// OpenSearch's own words for an error.
#[derive(Debug, Deserialize)]
pub(crate) struct ErrorCause {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// May quote what was sent.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

impl Node {
    /// A node of OpenSearch Service, to which requests are signed. A node of this machine gets them unsigned.
    pub(crate) fn of_service(sdk: &SdkConfig, endpoint: &str, random: Arc<dyn Random>) -> Self {
        let url = url_of(endpoint);
        let signed = url.starts_with("https://");
        Self { transport: transport(&url, signed.then_some(sdk)), breaker: Mutex::default(), random }
    }

    /// A node to which requests are not signed.
    pub(crate) fn at(url: &str, random: Arc<dyn Random>) -> Self {
        Self { transport: transport(url, None), breaker: Mutex::default(), random }
    }

    fn transport(&self) -> Result<&Transport, SearchError> {
        let unusable = |reason: &String| SearchError::Rejected(format!("the endpoint is not usable: {reason}"));
        self.transport.as_ref().map_err(unusable)
    }

    /// Sends a call. A shopper's is refused at once while the node does not answer: nobody waits for what will not come,
    /// and a node that comes back is not met by all who waited. Writers wait and try again by themselves.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Answer, SearchError> {
        if !call.path.ends_with("search") {
            return self.send(&call).await;
        }
        self.search(&call).await
    }

    async fn search(&self, call: &Call<'_>) -> Result<Answer, SearchError> {
        if !self.breaker().allows_call(Instant::now()) {
            return Err(SearchError::Unavailable("the node is left alone for a moment".to_owned()));
        }
        let mut verdict = Verdict { node: self, answered: false };
        let answer = self.send(call).await.and_then(Answer::of_whole_index);
        verdict.answered = match &answer {
            Ok(answer) => answer.status != 429 && answer.status < 500,
            Err(error) => !matches!(error, SearchError::Unavailable(_)),
        };
        answer
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, CircuitBreaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call that never reached the node, such as on a connection that had gone stale, is sent once more: every call of
    /// this crate may be repeated without harm. A time-out is not repeated.
    async fn send(&self, call: &Call<'_>) -> Result<Answer, SearchError> {
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

/// Tells the breaker what became of a call, also of one that was given up because a whole search took too long.
struct Verdict<'a> {
    node: &'a Node,
    answered: bool,
}

impl Drop for Verdict<'_> {
    fn drop(&mut self) {
        if self.answered {
            self.node.breaker().record_success();
        } else {
            self.node.breaker().record_failure(Instant::now());
        }
    }
}

impl Answer {
    /// A search's answer, unless it says that a part of the index is missing in it: by a time-out or a failed shard, which
    /// come with status 200. That is an outage like any other, for the breaker too, and nobody remembers it.
    fn of_whole_index(self) -> Result<Self, SearchError> {
        let partial = |coverage: Coverage| coverage.timed_out || coverage.shards.failed > 0;
        if self.status == 200 && serde_json::from_slice(&self.body).is_ok_and(partial) {
            return Err(SearchError::Unavailable("only a part of the index has answered".to_owned()));
        }
        Ok(self)
    }

    /// The body, if the call succeeded; the error for callers otherwise.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, SearchError> {
        if !(200..300).contains(&self.status) {
            return Err(self.failure());
        }
        // The parser's message names a place, not the content.
        serde_json::from_slice(&self.body).map_err(|e| SearchError::Rejected(format!("the answer cannot be read: {e}")))
    }

    /// What a call that did not succeed means. Only OpenSearch's name for it is kept: its reason may quote what a
    /// shopper searched for.
    pub(crate) fn failure(&self) -> SearchError {
        let kind = self.cause().map_or_else(|| "no details".to_owned(), |cause| cause.kind);
        SearchError::of(self.status, &kind)
    }

    /// The error in the body.
    pub(crate) fn cause(&self) -> Option<ErrorCause> {
        serde_json::from_slice::<ErrorBody>(&self.body).ok().map(|body| body.error)
    }
}

/// AWS names a host, which answers on https only. The local stack names a host and port of this machine, in plain http;
/// nothing but this machine is ever spoken to so.
fn url_of(endpoint: &str) -> String {
    let bare = endpoint.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    let host = bare.rsplit_once(':').map_or(bare, |(host, _)| host);
    let scheme = if matches!(host, "127.0.0.1" | "localhost" | "[::1]") { "http" } else { "https" };
    format!("{scheme}://{bare}")
}

/// A transport to one address, signing for OpenSearch Service with the credentials of `sdk` if given.
fn transport(url: &str, sdk: Option<&SdkConfig>) -> Result<Transport, String> {
    // reqwest takes the process's cryptography. Somebody may have chosen it before: then that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = Url::parse(url).map_err(|e| e.to_string())?;
    let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(url)).disable_proxy();
    if let Some(sdk) = sdk {
        let credentials = Credentials::try_from(sdk).map_err(|e| e.to_string())?;
        builder = builder.auth(credentials).service_name("es");
    }
    builder.build().map_err(|e| e.to_string())
}

async fn send(transport: &Transport, call: &Call<'_>) -> Result<Answer, opensearch::Error> {
    let mut headers = HeaderMap::new();
    if call.path.ends_with("_bulk") {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    }
    let body = call.body.as_deref();
    let (method, timeout) = (call.method, Some(call.timeout));
    let response = transport.send(method, call.path, headers, Some(call.parameters), body, timeout).await?;
    let status = response.status_code().as_u16();
    Ok(Answer { status, body: response.bytes().await?.to_vec() })
}

/// True when the connection broke or was never made, as opposed to an answer that took too long.
fn connection_failed(error: &opensearch::Error) -> bool {
    let http = error.source().and_then(|source| source.downcast_ref::<reqwest::Error>());
    http.is_some_and(|error| !error.is_timeout() && (error.is_connect() || error.is_request() || error.is_body()))
}

/// The innermost reason: the outer ones only say that sending failed, and name the address.
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
    fn only_this_machine_is_spoken_to_in_plain_http() {
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
    fn statuses_are_told_apart() {
        let failure = |status, body: &str| Answer { status, body: body.as_bytes().to_vec() }.failure();
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

    /// A node that answers each call with the next of these bodies, on a connection of its own; then it is gone.
    async fn node_that_says(bodies: Vec<&'static str>) -> Node {
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

    async fn search(node: &Node) -> Result<Answer, SearchError> {
        let timeout = Duration::from_secs(5);
        node.call(Call { method: Method::Post, path: "products/_search", parameters: &[], body: None, timeout }).await
    }

    const WHOLE: &str = r#"{"timed_out":false,"_shards":{"total":2,"failed":0},"hits":{"hits":[]}}"#;
    const TIMED_OUT: &str = r#"{"timed_out":true,"_shards":{"total":2,"failed":0},"hits":{"hits":[]}}"#;
    const SHARD_FAILED: &str = r#"{"timed_out":false,"_shards":{"total":2,"failed":1},"hits":{"hits":[]}}"#;

    #[tokio::test]
    async fn a_part_of_the_index_is_no_answer() {
        let node = node_that_says(vec![TIMED_OUT, SHARD_FAILED, WHOLE]).await;
        assert!(matches!(search(&node).await, Err(SearchError::Unavailable(_))));
        assert!(matches!(search(&node).await, Err(SearchError::Unavailable(_))));
        assert_eq!(search(&node).await.expect("the whole").body, WHOLE.as_bytes());
    }

    #[tokio::test]
    async fn a_node_that_answers_in_parts_is_left_alone() {
        let node = node_that_says(vec![SHARD_FAILED, TIMED_OUT, SHARD_FAILED, WHOLE]).await;
        for _ in 0..3 {
            assert!(search(&node).await.is_err());
        }
        let refused = search(&node).await.err().expect("not asked").to_string();
        assert!(refused.contains("left alone"), "{refused}");
    }

    #[test]
    fn tls_needs_nothing_else() {
        assert!(transport("https://search-souk-abc.eu-west-1.es.amazonaws.com", Some(&sdk())).is_ok());
    }
}
