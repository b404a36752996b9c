//! Prepares search for the stack: a custom resource of template.yaml, invoked by CloudFormation.
//!
//! Waits for the OpenSearch domain, makes the index with its alias, so that a shop without products answers searches
//! with an empty page, and returns the domain's endpoint, which the other functions get as `SEARCH_ENDPOINT`. One
//! function asks for it, so that requests never wait for the rate-limited control plane.
//!
//! `Delete` does nothing: the index is deleted with its domain. Repeated invocations are safe.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_opensearch::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_opensearch::operation::describe_domain::DescribeDomainError;
use aws_types::SdkConfig;
use serde::{Deserialize, Serialize};
use souk_domain::effects::Random;
use souk_domain::time::Timestamp;
use souk_runtime::config::ConfigError;
use souk_runtime::custom_resource::{CustomResourceRequest, RequestType};
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};
use souk_search::{PRODUCTS, SearchError, SearchIndex, SearchLimits};
use tokio::time::Instant;

/// How long a domain may take to accept calls after CloudFormation has made it.
const PREPARE_WITHIN: Duration = Duration::from_mins(10);
/// Pause between two attempts.
const ATTEMPT_PAUSE: Duration = Duration::from_secs(5);

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
    /// The time limits of searches, of which it makes none.
    pub limits: SearchLimits,
    /// When it gives up.
    pub within: Duration,
}

/// The properties of the custom resource.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceProperties {
    domain_name: String,
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

impl PrepareSearch {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            domains: aws_sdk_opensearch::Client::new(deps.sdk()),
            sdk: deps.sdk().clone(),
            random: deps.random(),
            alias: PRODUCTS.to_owned(),
            shards: deps.config().parsed("SEARCH_SHARDS", 1)?,
            limits: deps.search_limits()?,
            within: PREPARE_WITHIN,
        })
    }
}

impl DirectHandler for PrepareSearch {
    type Request = CustomResourceRequest<ResourceProperties>;
    type Response = ();

    /// Handles the request of CloudFormation and sends it the response. The asynchronous caller gets no response.
    async fn handle(&self, request: Self::Request, _: Timestamp) -> Result<(), Error> {
        let domain = &request.resource_properties.domain_name;
        let outcome = match request.request_type {
            RequestType::Create | RequestType::Update => self.prepare(domain).await.map(Some),
            RequestType::Delete => Ok(None),
        };
        if let Err(error) = &outcome {
            tracing::error!(function = "prepare-search", domain, %error, "search cannot be prepared");
        }
        Ok(request.respond(domain, outcome, &*self.random).await?)
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
        let index = SearchIndex::connect(&self.sdk, &prepared.endpoint, self.limits, Arc::clone(&self.random));
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
