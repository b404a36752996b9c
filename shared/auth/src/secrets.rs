//! Secrets in Secrets Manager.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;

use crate::keys::{KeyError, KeyFuture, SigningKeySource, SigningKeys};

/// The secret with the private keys. Issuers read it, and only the function that rotates keys writes it.
pub struct SigningSecret {
    client: Client,
    secret_id: String,
}

impl SigningSecret {
    /// The secret with a name or ARN. The client has to have time-outs.
    pub fn new(client: Client, secret_id: impl Into<String>) -> Self {
        Self { client, secret_id: secret_id.into() }
    }

    /// Reads the keys. A secret without a value has none.
    pub async fn read(&self) -> Result<SigningKeys, KeyError> {
        let text = read_text(&self.client, &self.secret_id).await?;
        text.map_or_else(|| Ok(SigningKeys::default()), |text| SigningKeys::parse(&text))
    }

    /// Replaces the keys.
    pub async fn write(&self, keys: &SigningKeys) -> Result<(), KeyError> {
        let request = self.client.put_secret_value().secret_id(&self.secret_id).secret_string(keys.to_json());
        request.send().await.map(drop).map_err(|error| unavailable(&error))
    }
}

impl SigningKeySource for SigningSecret {
    fn read(&self) -> KeyFuture<'_, SigningKeys> {
        Box::pin(self.read())
    }
}

/// The text of a secret; `None` if the secret or its value does not exist.
pub(crate) async fn read_text(client: &Client, secret_id: &str) -> Result<Option<String>, KeyError> {
    match client.get_secret_value().secret_id(secret_id).send().await {
        Ok(response) => response.secret_string.map(Some).ok_or(KeyError::Malformed("it is not a text")),
        Err(error) => match error.as_service_error() {
            Some(GetSecretValueError::ResourceNotFoundException(_)) => Ok(None),
            _ => Err(unavailable(&error)),
        },
    }
}

/// The error without the service's message, which may quote the request.
fn unavailable<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> KeyError {
    KeyError::Unavailable(match error.as_service_error() {
        Some(service) => format!("Secrets Manager answered {}", service.code().unwrap_or("no code")),
        None => format!("no answer from Secrets Manager: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use souk_testkit::{FakeAws, SeededRandom};

    use super::*;
    use crate::MacKey;
    use crate::keys::SigningKey;

    /// A Secrets Manager with one secret, `secret`, that has no value at first.
    struct SecretsManager {
        aws: FakeAws,
        value: Arc<Mutex<Option<String>>>,
    }

    impl SecretsManager {
        fn start() -> Self {
            let value = Arc::new(Mutex::new(None));
            let stored = value.clone();
            let aws = FakeAws::start(move |operation, request| {
                let mut stored = stored.lock().expect("a lock");
                match (operation, &request["SecretId"], &*stored) {
                    ("PutSecretValue", Value::String(id), _) if id == "secret" => {
                        *stored = request["SecretString"].as_str().map(str::to_owned);
                        (200, json!({}))
                    }
                    ("GetSecretValue", Value::String(id), Some(value)) if id == "secret" => {
                        (200, json!({"SecretString": value}))
                    }
                    _ => (400, json!({"__type": "ResourceNotFoundException"})),
                }
            });
            Self { aws, value }
        }

        fn with_value(value: &str) -> Self {
            let this = Self::start();
            *this.value.lock().expect("a lock") = Some(value.to_owned());
            this
        }

        fn client(&self) -> Client {
            Client::new(&self.aws.sdk_config())
        }
    }

    #[tokio::test]
    async fn keys_are_read_as_they_were_written() {
        let service = SecretsManager::start();
        let secret = SigningSecret::new(service.client(), "secret");
        assert_eq!(secret.read().await.expect("no keys").0.len(), 0, "a secret without a value");
        let keys = SigningKeys(vec![SigningKey::generate(&SeededRandom::new(1), 7).expect("a key")]);
        secret.write(&keys).await.expect("written");
        assert_eq!(secret.read().await.expect("keys").to_json(), keys.to_json());
    }

    #[tokio::test]
    async fn a_key_for_codes_is_read_or_refused() {
        let service = SecretsManager::with_value(&"s".repeat(32));
        assert!(MacKey::read(&service.client(), "secret").await.is_ok());
        let missing = MacKey::read(&service.client(), "other").await.err().expect("no secret").to_string();
        assert!(missing.contains("no such secret"), "{missing}");
        let service = SecretsManager::with_value("hunter2");
        assert_eq!(
            MacKey::read(&service.client(), "secret").await.err(),
            Some(KeyError::Malformed("it has less than 32 characters"))
        );
    }

    #[tokio::test]
    async fn a_refused_request_is_an_error_and_not_an_empty_secret() {
        let aws = FakeAws::start(|_, _| (400, json!({"__type": "AccessDeniedException", "message": "hunter2"})));
        let secret = SigningSecret::new(Client::new(&aws.sdk_config()), "secret");
        let denied = Some(KeyError::Unavailable("Secrets Manager answered AccessDeniedException".to_owned()));
        assert_eq!(secret.read().await.err(), denied);
        assert_eq!(secret.write(&SigningKeys::default()).await.err(), denied);
    }
}
