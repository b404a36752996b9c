//! Replaces the signing key, on a schedule or when an operator revokes a key that is no longer secret. No session ends:
//! old and new keys overlap, and refresh tokens do not depend on them.
//!
//! Concurrent runs are safe: the secret of one of them is stored, the public key of the other never signs, and the
//! earliest end of a key applies.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use souk_auth::{KeyChange, KeyError, KeyRing, SigningSecret};
use souk_domain::effects::{Clock, Random};
use souk_domain::signing_key::VerificationKey;
use souk_domain::time::Timestamp;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::direct::DirectHandler;
use souk_store::{StoreError, VerificationKeys};

/// Replaces the signing key.
pub struct RotateSigningKey {
    /// The keys.
    pub rotation: KeyRotation,
}

/// The private keys in the secret and the public ones in the table.
pub struct KeyRotation {
    /// The secret with the private keys.
    pub secret: SigningSecret,
    /// The table with the public keys.
    pub keys: VerificationKeys,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// For new keys.
    pub random: Arc<dyn Random>,
}

/// The request of the schedule or of an operator.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum RotateSigningKeyRequest {
    /// Replace the current key.
    Rotate,
    /// Revoke a key: after 180 seconds no function accepts its tokens.
    Revoke {
        /// The id of the key.
        kid: String,
    },
}

/// The keys after the change.
#[derive(Debug, Serialize)]
pub struct RotateSigningKeyResponse {
    keys: Vec<VerificationKey>,
}

/// Why the keys were not changed, or not completely. A retry completes the change.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// The secret cannot be read or written, or the key is unknown.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// DynamoDB failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RotateSigningKey {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { rotation: KeyRotation::from_dependencies(deps)? })
    }
}

impl DirectHandler for RotateSigningKey {
    type Request = RotateSigningKeyRequest;
    type Response = RotateSigningKeyResponse;

    async fn handle(
        &self,
        request: RotateSigningKeyRequest,
        _: Timestamp,
    ) -> Result<RotateSigningKeyResponse, souk_runtime::Error> {
        let rotation = &self.rotation;
        match request {
            RotateSigningKeyRequest::Rotate => rotation.change(|ring, now| ring.rotate(now, &*rotation.random)).await?,
            RotateSigningKeyRequest::Revoke { kid } => {
                rotation.change(|ring, now| ring.revoke(&kid, now, &*rotation.random)).await?;
                tracing::warn!(function = "rotate-signing-key", kid, "key revoked");
            }
        }
        Ok(RotateSigningKeyResponse { keys: rotation.keys.list().await? })
    }
}

impl KeyRotation {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        let client = aws_sdk_secretsmanager::Client::new(deps.sdk());
        let secret = SigningSecret::new(client, deps.config().text("SIGNING_KEY_SECRET")?);
        Ok(Self { secret, keys: deps.verification_keys()?, clock: deps.clock(), random: deps.random() })
    }

    /// Makes the first key, if there is none.
    pub async fn prepare(&self) -> Result<(), RotationError> {
        self.change(|ring, now| ring.prepare(now, &*self.random)).await
    }

    /// Writes a change in the order that keeps every token verifiable at any point.
    async fn change(
        &self,
        plan: impl FnOnce(&KeyRing, Timestamp) -> Result<KeyChange, KeyError>,
    ) -> Result<(), RotationError> {
        let ring = KeyRing::new(self.secret.read().await?, self.keys.list().await?);
        let change = plan(&ring, self.clock.now())?;
        for key in &change.publish {
            self.keys.put(key).await?;
        }
        if let Some(secret) = &change.secret {
            self.secret.write(secret).await?;
        }
        for key in &change.retire {
            self.keys.put(key).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_or_refused() {
        let read = |json: &str| serde_json::from_str::<RotateSigningKeyRequest>(json);
        assert!(matches!(read(r#"{"action": "rotate"}"#), Ok(RotateSigningKeyRequest::Rotate)));
        assert!(matches!(read(r#"{"action": "revoke", "kid": "a"}"#), Ok(RotateSigningKeyRequest::Revoke { .. })));
        for bad in ["{}", r#"{"action": "revoke"}"#, r#"{"action": "delete"}"#] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
