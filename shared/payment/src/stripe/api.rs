//! One call to Stripe: authenticated, versioned, bounded in time and tries.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use souk_domain::effects::Random;

use super::secret::Secrets;
use crate::ProviderError;

/// The version of Stripe's API that this code is written for. Requests say it, so an upgrade of the account changes
/// nothing here; the webhook endpoint has to be made with the same one. Read 2026-11-25.
pub const API_VERSION: &str = "2026-08-26.dahlia";

/// Largest answer that is read, in bytes. A list of 100 intents has a few hundred kilobytes.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Bounds of one question to Stripe.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Of making a connection.
    pub connect: Duration,
    /// Of one try. Card networks answer in a second or two.
    pub attempt: Duration,
    /// Of all tries. Shorter than what a shopper waits for (`PROVIDER_TIMEOUT` of the payments service).
    pub all: Duration,
    /// Further tries after the first.
    pub retries: u32,
    /// Longest wait before the second try, in milliseconds; doubled for each one after.
    pub wait_ms: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(1),
            attempt: Duration::from_millis(3_500),
            all: Duration::from_millis(4_500),
            retries: 2,
            wait_ms: 200,
        }
    }
}

/// The way to Stripe.
pub(super) struct Api {
    client: Client,
    base_url: Url,
    secrets: Secrets,
    random: Arc<dyn Random>,
    bounds: Bounds,
}

/// One call.
pub(super) struct Call<'a> {
    method: Method,
    path: String,
    form: Vec<(&'a str, String)>,
    idempotency_key: Option<&'a str>,
}

/// What Stripe said.
pub(super) struct Answer {
    pub(super) status: u16,
    /// The answer that an earlier call with the same key got.
    pub(super) replayed: bool,
    /// Whether an earlier try of this call may have been heard as well.
    pub(super) in_doubt: bool,
    should_retry: Option<bool>,
    body: Vec<u8>,
}

/// Stripe's error object (<https://docs.stripe.com/api/errors>), less its `message`, which may quote what was sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ApiError {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) code: Option<String>,
    pub(super) decline_code: Option<String>,
    pub(super) param: Option<String>,
    pub(super) payment_intent: Option<super::intent::Intent>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ApiError,
}

impl<'a> Call<'a> {
    /// Reads; parameters go into the query.
    pub(super) fn get(path: impl Into<String>, form: Vec<(&'a str, String)>) -> Self {
        Self { method: Method::GET, path: path.into(), form, idempotency_key: None }
    }

    /// Writes.
    pub(super) fn post(path: impl Into<String>, form: Vec<(&'a str, String)>) -> Self {
        Self { method: Method::POST, path: path.into(), form, idempotency_key: None }
    }

    /// The same, harmless to repeat.
    pub(super) fn once(self, idempotency_key: &'a str) -> Self {
        Self { idempotency_key: Some(idempotency_key), ..self }
    }

    fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.form).finish()
    }
}

impl Answer {
    pub(super) fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body of an answer that succeeded.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        // The parser's message names a place, not the content.
        serde_json::from_slice(&self.body)
            .map_err(|e| ProviderError::Unknown(format!("the answer cannot be read: {e}")))
    }

    /// The error of one that did not.
    pub(super) fn error(&self) -> ApiError {
        serde_json::from_slice::<ErrorBody>(&self.body).map(|body| body.error).unwrap_or_default()
    }

    /// For the log: status and Stripe's own words for the error, all of them from fixed lists.
    pub(super) fn summary(&self) -> String {
        let error = self.error();
        format!("{}: {} {}", self.status, error.kind, error.code.or(error.param).unwrap_or_default())
    }

    /// Whether Stripe may do better the next time (<https://docs.stripe.com/error-low-level>).
    pub(super) fn is_transient(&self) -> bool {
        let by_status = matches!(self.status, 409 | 429 | 500..=599);
        self.should_retry.unwrap_or(by_status) && !self.replayed
    }
}

impl Api {
    pub(super) fn new(
        base_url: &str,
        secrets: Secrets,
        random: Arc<dyn Random>,
        bounds: Bounds,
    ) -> Result<Self, String> {
        // reqwest takes the process's cryptography. Somebody may have chosen it before: then that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base_url = Url::parse(base_url).map_err(|e| e.to_string())?;
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(bounds.connect)
            .timeout(bounds.attempt)
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Self { client, base_url, secrets, random, bounds })
    }

    /// Asks, and asks again when that may help.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Answer, ProviderError> {
        let late = |_| Err(ProviderError::Unknown("timed out".to_owned()));
        tokio::time::timeout(self.bounds.all, self.tries(call)).await.unwrap_or_else(late)
    }

    async fn tries(&self, call: &Call<'_>) -> Result<Answer, ProviderError> {
        let key = self.secrets.get().await.map_err(|error| ProviderError::Unknown(error.to_string()))?.api_key;
        let (mut in_doubt, mut tries) = (false, 0);
        loop {
            let answer = self.try_once(call, &key).await;
            let is_last = tries == self.bounds.retries || answer.as_ref().is_ok_and(|answer| !answer.is_transient());
            if is_last {
                return answer.map(|answer| Answer { in_doubt, ..answer });
            }
            // One of too many requests was not even looked at.
            in_doubt |= answer.map_or(true, |answer| answer.status != 429);
            let wait_ms = 1 + self.random.below(self.bounds.wait_ms << tries);
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            tries += 1;
        }
    }

    async fn try_once(&self, call: &Call<'_>, api_key: &str) -> Result<Answer, ProviderError> {
        let unknown = |error: reqwest::Error| ProviderError::Unknown(reason(&error));
        let mut url = self.base_url.join(&call.path).map_err(|e| ProviderError::Refused(e.to_string()))?;
        let is_read = call.method == Method::GET;
        if is_read && !call.form.is_empty() {
            url.set_query(Some(&call.encoded()));
        }
        let mut request = self.client.request(call.method.clone(), url).bearer_auth(api_key);
        request = request.header("stripe-version", API_VERSION);
        if let Some(key) = call.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        if !is_read {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(call.encoded());
        }
        let response = request.send().await.map_err(unknown)?;
        let header = |name: &str| response.headers().get(name).map(|value| value.as_bytes() == b"true");
        let (replayed, should_retry) = (header("idempotent-replayed") == Some(true), header("stripe-should-retry"));
        let status = response.status().as_u16();
        let body = read_body(response).await?;
        Ok(Answer { status, replayed, in_doubt: false, should_retry, body })
    }
}

async fn read_body(mut response: reqwest::Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| ProviderError::Unknown(reason(&error)))? {
        if body.len() + part.len() > MAX_ANSWER_BYTES {
            return Err(ProviderError::Unknown("the answer is too large".to_owned()));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// The innermost reason: the outer ones only say that sending failed, and name the address.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".to_owned();
    }
    let mut error: &dyn std::error::Error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
