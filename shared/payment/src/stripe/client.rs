//! Calls to Stripe: authenticated, versioned, with time-outs and bounded retries.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, Url};
use serde::de::DeserializeOwned;
use souk_domain::effects::Random;

use super::secret::CachedSecret;
use super::wire::{ApiError, ErrorBody};
use crate::ProviderError;

/// The version of Stripe's API that this code is written for. Every request names it, so an upgrade of the account has
/// no effect here; the webhook endpoint has to be created with the same version. Read 2026-11-25.
pub const API_VERSION: &str = "2026-08-26.dahlia";

/// Maximum size of a response, in bytes. A list of 100 intents has a few hundred kilobytes.
const MAX_RESPONSE_BYTES: usize = 4 * 1024 * 1024;

/// Time-outs and retries of a call to Stripe.
#[derive(Debug, Clone, Copy)]
pub struct CallLimits {
    /// Time-out of a connection.
    pub connect_timeout: Duration,
    /// Time-out of an attempt. Card networks answer within one or two seconds.
    pub attempt_timeout: Duration,
    /// Time-out of all attempts together. Shorter than `PROVIDER_TIMEOUT` of the payments service.
    pub total_timeout: Duration,
    /// Retries after the first attempt.
    pub retries: u32,
    /// Maximum wait before the first retry, in milliseconds; doubled for each further retry.
    pub backoff_ms: u64,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(1),
            attempt_timeout: Duration::from_millis(3_500),
            total_timeout: Duration::from_millis(4_500),
            retries: 2,
            backoff_ms: 200,
        }
    }
}

/// A client of Stripe's API.
pub(super) struct StripeClient {
    client: Client,
    base_url: Url,
    secret: CachedSecret,
    random: Arc<dyn Random>,
    limits: CallLimits,
}

/// A request.
pub(super) struct StripeRequest<'a> {
    method: Method,
    path: String,
    form: Vec<(&'a str, String)>,
    idempotency_key: Option<&'a str>,
}

/// A response.
pub(super) struct StripeResponse {
    pub(super) status: u16,
    /// Whether Stripe replayed the response to an earlier request with the same idempotency key.
    pub(super) replayed: bool,
    /// Whether Stripe may have processed an earlier attempt of this request as well.
    pub(super) in_doubt: bool,
    should_retry: Option<bool>,
    body: Vec<u8>,
}

impl<'a> StripeRequest<'a> {
    /// A read; the parameters become the query.
    pub(super) fn get(path: impl Into<String>, form: Vec<(&'a str, String)>) -> Self {
        Self { method: Method::GET, path: path.into(), form, idempotency_key: None }
    }

    /// A write.
    pub(super) fn post(path: impl Into<String>, form: Vec<(&'a str, String)>) -> Self {
        Self { method: Method::POST, path: path.into(), form, idempotency_key: None }
    }

    /// The request with an idempotency key, so that a retry has no effect.
    pub(super) fn with_idempotency_key(self, idempotency_key: &'a str) -> Self {
        Self { idempotency_key: Some(idempotency_key), ..self }
    }

    fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.form).finish()
    }
}

impl StripeResponse {
    pub(super) fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body of a successful response.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        // The parser's message names a position, not the content.
        serde_json::from_slice(&self.body)
            .map_err(|e| ProviderError::Unknown(format!("the response cannot be read: {e}")))
    }

    /// The error of a failed response.
    pub(super) fn error(&self) -> ApiError {
        serde_json::from_slice::<ErrorBody>(&self.body).map(|body| body.error).unwrap_or_default()
    }

    /// For the log: the status and Stripe's error codes, which come from fixed lists.
    pub(super) fn summary(&self) -> String {
        let error = self.error();
        format!("{}: {} {}", self.status, error.kind, error.code.or(error.param).unwrap_or_default())
    }

    /// Whether a retry may succeed (<https://docs.stripe.com/error-low-level>).
    pub(super) fn is_transient(&self) -> bool {
        let by_status = matches!(self.status, 409 | 429 | 500..=599);
        self.should_retry.unwrap_or(by_status) && !self.replayed
    }
}

impl StripeClient {
    pub(super) fn new(
        base_url: &str,
        secret: CachedSecret,
        random: Arc<dyn Random>,
        limits: CallLimits,
    ) -> Result<Self, String> {
        // reqwest uses the cryptography provider of the process. If one is installed already, it stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base_url = Url::parse(base_url).map_err(|e| e.to_string())?;
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limits.connect_timeout)
            .timeout(limits.attempt_timeout)
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Self { client, base_url, secret, random, limits })
    }

    /// Sends a request and retries transient failures.
    pub(super) async fn send(&self, request: &StripeRequest<'_>) -> Result<StripeResponse, ProviderError> {
        let late = |_| Err(ProviderError::Unknown("timed out".to_owned()));
        tokio::time::timeout(self.limits.total_timeout, self.send_with_retries(request)).await.unwrap_or_else(late)
    }

    async fn send_with_retries(&self, request: &StripeRequest<'_>) -> Result<StripeResponse, ProviderError> {
        let key = self.secret.get().await.map_err(|error| ProviderError::Unknown(error.to_string()))?.api_key;
        let (mut in_doubt, mut retries) = (false, 0);
        loop {
            let response = self.try_once(request, &key).await;
            let is_last =
                retries == self.limits.retries || response.as_ref().is_ok_and(|response| !response.is_transient());
            if is_last {
                return response.map(|response| StripeResponse { in_doubt, ..response });
            }
            // A request that exceeded the rate limit was not processed.
            in_doubt |= response.map_or(true, |response| response.status != 429);
            let wait_ms = 1 + self.random.below(self.limits.backoff_ms << retries);
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            retries += 1;
        }
    }

    async fn try_once(&self, request: &StripeRequest<'_>, api_key: &str) -> Result<StripeResponse, ProviderError> {
        let unknown = |error: reqwest::Error| ProviderError::Unknown(reason(&error));
        let mut url = self.base_url.join(&request.path).map_err(|e| ProviderError::Refused(e.to_string()))?;
        let is_read = request.method == Method::GET;
        if is_read && !request.form.is_empty() {
            url.set_query(Some(&request.encoded()));
        }
        let mut builder = self.client.request(request.method.clone(), url).bearer_auth(api_key);
        builder = builder.header("stripe-version", API_VERSION);
        if let Some(key) = request.idempotency_key {
            builder = builder.header("idempotency-key", key);
        }
        if !is_read {
            builder = builder.header("content-type", "application/x-www-form-urlencoded").body(request.encoded());
        }
        let response = builder.send().await.map_err(unknown)?;
        let header = |name: &str| response.headers().get(name).map(|value| value.as_bytes() == b"true");
        let (replayed, should_retry) = (header("idempotent-replayed") == Some(true), header("stripe-should-retry"));
        let status = response.status().as_u16();
        let body = read_body(response).await?;
        Ok(StripeResponse { status, replayed, in_doubt: false, should_retry, body })
    }
}

async fn read_body(mut response: reqwest::Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| ProviderError::Unknown(reason(&error)))? {
        if body.len() + part.len() > MAX_RESPONSE_BYTES {
            return Err(ProviderError::Unknown("the response is too large".to_owned()));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// The innermost cause: the outer ones only state that sending failed, and contain the address.
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
