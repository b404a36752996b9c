//! Prepares search for the stack: a custom resource of template.yaml, invoked by CloudFormation.
//!
//! Waits for the OpenSearch domain, makes the index with its alias, so that a shop without products answers searches
//! with an empty page, and returns the domain's endpoint, which the other functions get as `SEARCH_ENDPOINT`. One
//! function asks for it, so that requests never wait for the rate-limited control plane.
//!
//! CloudFormation waits for the response at the `ResponseURL`. It gets one in every case, also after a failure and for
//! `Delete`, which has nothing to do: the index goes with its domain. Repeating an invocation does no harm.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_opensearch::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_opensearch::operation::describe_domain::DescribeDomainError;
use aws_types::SdkConfig;
use serde::{Deserialize, Serialize};
use souk_domain::effects::Random;
use souk_domain::time::Timestamp;
use souk_runtime::config::ConfigError;
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};
use souk_search::{PRODUCTS, SearchError, SearchIndex};
use tokio::time::Instant;

/// How long a domain may take to accept calls after CloudFormation has made it.
const PREPARE_WITHIN: Duration = Duration::from_mins(10);
/// Pause between two attempts.
const ATTEMPT_PAUSE: Duration = Duration::from_secs(5);

/// Sending the response to CloudFormation.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
const RESPONSE_ATTEMPTS: u32 = 5;
const RESPONSE_PAUSE: Duration = Duration::from_secs(2);
/// A response has at most 4,096 bytes.
const REASON_CHARACTERS: usize = 1_000;

/// Makes the index in a new domain.
pub struct PrepareSearch {
    /// The control plane of OpenSearch Service.
    pub domains: aws_sdk_opensearch::Client,
    /// Signs the calls to the domain.
    pub sdk: SdkConfig,
    /// Jitter of retries.
    pub random: Arc<dyn Random>,
    /// The alias that is searched.
    pub alias: String,
    /// Shards of the index.
    pub shards: u32,
    /// When it gives up.
    pub within: Duration,
}

/// What CloudFormation sends.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CustomResourceRequest {
    request_type: RequestType,
    /// Signed for this one response: as secret as a password until it expires.
    #[serde(rename = "ResponseURL")]
    response_url: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    #[serde(default)]
    physical_resource_id: Option<String>,
    resource_properties: ResourceProperties,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum RequestType {
    Create,
    Update,
    Delete,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceProperties {
    domain_name: String,
}

/// What CloudFormation waits for.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CustomResourceResponse<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    physical_resource_id: &'a str,
    stack_id: &'a str,
    request_id: &'a str,
    logical_resource_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<PreparedSearch>,
}

/// The attributes of the custom resource.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PreparedSearch {
    endpoint: String,
    domain_arn: String,
}

/// Why search is not ready.
#[derive(Debug, thiserror::Error)]
enum PrepareError {
    #[error("DescribeDomain of {domain}: {cause}")]
    Describe { domain: String, cause: String },
    #[error("the domain {0} has no endpoint yet")]
    NoEndpoint(String),
    #[error(transparent)]
    Index(#[from] SearchError),
}

/// CloudFormation did not accept the response. Lambda invokes the function again.
#[derive(Debug, thiserror::Error)]
#[error("cannot send the response to CloudFormation: {0}")]
struct ResponseError(String);

impl PrepareSearch {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            domains: aws_sdk_opensearch::Client::new(deps.sdk()),
            sdk: deps.sdk().clone(),
            random: deps.random(),
            alias: PRODUCTS.to_owned(),
            shards: deps.config().parsed("SEARCH_SHARDS", 1)?,
            within: PREPARE_WITHIN,
        })
    }
}

impl DirectHandler for PrepareSearch {
    type Request = CustomResourceRequest;
    type Response = ();

    /// Handles the request of CloudFormation and sends it the response. The asynchronous caller gets no response.
    async fn handle(&self, request: CustomResourceRequest, _: Timestamp) -> Result<(), Error> {
        let domain = &request.resource_properties.domain_name;
        let outcome = match request.request_type {
            RequestType::Create | RequestType::Update => self.prepare(domain).await.map(Some),
            RequestType::Delete => Ok(None),
        };
        let (status, reason, data) = match outcome {
            Ok(data) => ("SUCCESS", None, data),
            Err(error) => {
                tracing::error!(function = "prepare-search", domain, %error, "search cannot be prepared");
                ("FAILED", Some(error.to_string().chars().take(REASON_CHARACTERS).collect()), None)
            }
        };
        let known_id = request.physical_resource_id.as_deref().filter(|_| request.request_type == RequestType::Delete);
        let response = CustomResourceResponse {
            status,
            reason,
            physical_resource_id: known_id.unwrap_or(domain),
            stack_id: &request.stack_id,
            request_id: &request.request_id,
            logical_resource_id: &request.logical_resource_id,
            data,
        };
        Ok(respond(&request.response_url, &response, &*self.random).await?)
    }
}

impl PrepareSearch {
    /// Retries until it succeeds or the time is over. Every failure may be transient: the name of a new domain does not
    /// resolve at once, and for some seconds its access policy refuses all callers.
    async fn prepare(&self, domain: &str) -> Result<PreparedSearch, PrepareError> {
        let deadline = Instant::now() + self.within;
        loop {
            match self.try_to_prepare(domain).await {
                Err(error) if Instant::now() + ATTEMPT_PAUSE < deadline => {
                    tracing::warn!(function = "prepare-search", domain, %error, "search is not ready yet");
                    tokio::time::sleep(ATTEMPT_PAUSE + jitter(&*self.random)).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_to_prepare(&self, domain: &str) -> Result<PreparedSearch, PrepareError> {
        let prepared = self.describe(domain).await?;
        let index = SearchIndex::connect(&self.sdk, &prepared.endpoint, Arc::clone(&self.random));
        index.with_alias(&self.alias).with_shards(self.shards).ensure_index().await?;
        Ok(prepared)
    }

    async fn describe(&self, domain: &str) -> Result<PreparedSearch, PrepareError> {
        let described = self.domains.describe_domain().domain_name(domain).send().await;
        let described =
            described.map_err(|error| PrepareError::Describe { domain: domain.to_owned(), cause: cause_of(&error) })?;
        let no_endpoint = || PrepareError::NoEndpoint(domain.to_owned());
        let status = described.domain_status().ok_or_else(no_endpoint)?;
        let in_vpc = || status.endpoints().and_then(|endpoints| endpoints.get("vpc")).map(String::as_str);
        let endpoint = status.endpoint().or_else(in_vpc).ok_or_else(no_endpoint)?;
        Ok(PreparedSearch { endpoint: endpoint.to_owned(), domain_arn: status.arn().to_owned() })
    }
}

async fn respond(url: &str, response: &CustomResourceResponse<'_>, random: &dyn Random) -> Result<(), ResponseError> {
    let unsent = |error: reqwest::Error| ResponseError(error.without_url().to_string()); // the URL is a secret
    let body = serde_json::to_vec(response).map_err(|error| ResponseError(error.to_string()))?;
    // reqwest uses the cryptography provider of the process. If one is installed already, it stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().timeout(RESPONSE_TIMEOUT).build().map_err(unsent)?;
    let mut attempt = 1;
    loop {
        // Without a content type: the URL is signed for a request that has none.
        let sent = http.put(url).body(body.clone()).send().await;
        match sent.and_then(reqwest::Response::error_for_status) {
            Ok(_) => return Ok(()),
            Err(error) if attempt == RESPONSE_ATTEMPTS => return Err(unsent(error)),
            Err(_) => {
                attempt += 1;
                tokio::time::sleep(RESPONSE_PAUSE + jitter(random)).await;
            }
        }
    }
}

/// Up to a second more for a pause: an account may make several stacks at once.
fn jitter(random: &dyn Random) -> Duration {
    Duration::from_millis(random.below(1_000))
}

/// The service's error code, or why there is none.
fn cause_of(error: &SdkError<DescribeDomainError>) -> String {
    error.code().map_or_else(|| error.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
