//! Custom resources of template.yaml: functions that CloudFormation invokes when it creates, updates or deletes the
//! stack.
//!
//! CloudFormation waits for the response at the `ResponseURL`. It gets one in every case, also after a failure and for
//! `Delete`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use souk_domain::effects::Random;

const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
const RESPONSE_ATTEMPTS: u32 = 5;
const RESPONSE_PAUSE: Duration = Duration::from_secs(2);
/// A response has at most 4,096 bytes.
const REASON_CHARACTERS: usize = 1_000;

/// The request of CloudFormation. `P` are the properties of the resource.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CustomResourceRequest<P> {
    /// Whether the resource is created, updated or deleted.
    pub request_type: RequestType,
    /// Signed for this one response: as secret as a password until it expires.
    #[serde(rename = "ResponseURL")]
    response_url: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    #[serde(default)]
    physical_resource_id: Option<String>,
    /// The properties in template.yaml.
    pub resource_properties: P,
}

/// The type of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum RequestType {
    /// The resource is created.
    Create,
    /// Its properties have changed.
    Update,
    /// The resource is deleted.
    Delete,
}

/// The response that CloudFormation waits for.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CustomResourceResponse<'a, D> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    physical_resource_id: &'a str,
    stack_id: &'a str,
    request_id: &'a str,
    logical_resource_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<D>,
}

/// CloudFormation did not accept the response. Lambda invokes the function again.
#[derive(Debug, thiserror::Error)]
#[error("cannot send the response to CloudFormation: {0}")]
pub struct ResponseError(String);

impl<P> CustomResourceRequest<P> {
    /// Sends CloudFormation the attributes of the resource, or why it failed. `id` is the resource's own id; a
    /// resource that is deleted keeps the id that it had.
    pub async fn respond<D: Serialize, E: std::fmt::Display>(
        &self,
        id: &str,
        outcome: Result<Option<D>, E>,
        random: &dyn Random,
    ) -> Result<(), ResponseError> {
        let (status, reason, data) = match outcome {
            Ok(data) => ("SUCCESS", None, data),
            Err(error) => ("FAILED", Some(error.to_string().chars().take(REASON_CHARACTERS).collect()), None),
        };
        let known_id = self.physical_resource_id.as_deref().filter(|_| self.request_type == RequestType::Delete);
        let response = CustomResourceResponse {
            status,
            reason,
            physical_resource_id: known_id.unwrap_or(id),
            stack_id: &self.stack_id,
            request_id: &self.request_id,
            logical_resource_id: &self.logical_resource_id,
            data,
        };
        let body = serde_json::to_vec(&response).map_err(|error| ResponseError(error.to_string()))?;
        send(&self.response_url, body, random).await
    }
}

async fn send(url: &str, body: Vec<u8>, random: &dyn Random) -> Result<(), ResponseError> {
    let unsent = |error: reqwest::Error| ResponseError(error.without_url().to_string()); // the URL is a secret
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
                // Up to a second more: an account may make several stacks at once.
                tokio::time::sleep(RESPONSE_PAUSE + Duration::from_millis(random.below(1_000))).await;
            }
        }
    }
}
