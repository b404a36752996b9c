//! Secrets that are one text, such as a key that `GenerateSecretString` made. Read once, when a function starts.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;

use crate::config::ConfigError;
use crate::{Dependencies, Error};

/// Minimum length of a secret. A shorter one was probably not generated.
const MIN_CHARS: usize = 32;

/// Why a secret cannot be read. Never quotes the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The environment does not name it.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Secrets Manager did not respond, or refused the request.
    #[error("the secret that {variable} names cannot be read: {reason}")]
    Unavailable {
        /// The environment variable with its ARN.
        variable: &'static str,
        /// The code of Secrets Manager, or why there is none.
        reason: String,
    },
    /// It is shorter than a key that was generated.
    #[error("the secret that {0} names has less than {MIN_CHARS} characters")]
    TooShort(&'static str),
}

impl Dependencies {
    /// The secret that a variable names.
    pub async fn secret(&self, variable: &'static str) -> Result<String, Error> {
        let secret_id = self.config().text(variable)?;
        Ok(read(&Client::new(self.sdk()), variable, secret_id).await?)
    }
}

async fn read(client: &Client, variable: &'static str, secret_id: &str) -> Result<String, SecretError> {
    let response = client.get_secret_value().secret_id(secret_id).send().await;
    let response = response.map_err(|error| {
        let reason = match error.as_service_error() {
            Some(service) => format!("Secrets Manager: {}", service.code().unwrap_or("no code")),
            None => error.to_string(),
        };
        SecretError::Unavailable { variable, reason }
    })?;
    let secret = response.secret_string.filter(|secret| secret.chars().count() >= MIN_CHARS);
    secret.ok_or(SecretError::TooShort(variable))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_testkit::FakeAws;

    use super::*;

    async fn read_from(status: u16, body: serde_json::Value) -> Result<String, SecretError> {
        let aws = FakeAws::start(move |_, request| {
            assert_eq!(request["SecretId"], "arn:1");
            (status, body.clone())
        });
        read(&Client::new(&aws.sdk_config()), "ORDER_LINK_SECRET", "arn:1").await
    }

    #[tokio::test]
    async fn a_secret_is_read_and_a_short_one_is_refused_without_quoting_it() {
        let secret = "0123456789abcdef0123456789abcdef";
        assert_eq!(read_from(200, json!({"SecretString": secret})).await.ok().as_deref(), Some(secret));
        for short in [json!({"SecretString": "hunter2"}), json!({})] {
            let error = read_from(200, short).await.expect_err("too short").to_string();
            assert!(error.contains("ORDER_LINK_SECRET") && !error.contains("hunter2"), "{error}");
        }
        let denied = read_from(400, json!({"__type": "AccessDeniedException", "Message": "no"})).await;
        assert!(denied.expect_err("denied").to_string().ends_with("Secrets Manager: AccessDeniedException"));
    }
}
