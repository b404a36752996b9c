//! Makes the first signing key of a stack: a custom resource of template.yaml, invoked by CloudFormation.
//!
//! Does nothing if there is a key, so a repeated invocation and every later update keep it. `Delete` does nothing.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;
use souk_domain::effects::Random;
use souk_domain::time::Timestamp;
use souk_runtime::config::ConfigError;
use souk_runtime::custom_resource::{CustomResourceRequest, RequestType};
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};

use crate::rotate_signing_key::KeyRotation;

/// Makes the first signing key.
pub struct PrepareSigningKey {
    /// The keys.
    pub rotation: KeyRotation,
    /// Jitter of retries.
    pub random: Arc<dyn Random>,
}

/// The properties of the custom resource, none of which is used.
#[derive(Deserialize)]
pub struct ResourceProperties {
    #[serde(rename = "ServiceToken")]
    _service_token: IgnoredAny,
}

impl PrepareSigningKey {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { rotation: KeyRotation::from_dependencies(deps)?, random: deps.random() })
    }
}

impl DirectHandler for PrepareSigningKey {
    type Request = CustomResourceRequest<ResourceProperties>;
    type Response = ();

    /// Handles the request of CloudFormation and sends it the response. The asynchronous caller gets no response.
    async fn handle(&self, request: Self::Request, _: Timestamp) -> Result<(), Error> {
        let outcome = match request.request_type {
            RequestType::Create | RequestType::Update => self.rotation.prepare().await,
            RequestType::Delete => Ok(()),
        };
        if let Err(error) = &outcome {
            tracing::error!(function = "prepare-signing-key", %error, "the signing key cannot be made");
        }
        Ok(request.respond("signing-key", outcome.map(|()| None::<()>), &*self.random).await?)
    }
}
