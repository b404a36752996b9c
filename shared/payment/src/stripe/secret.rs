//! The API key and the webhook secret of Stripe, and their source.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use serde::Deserialize;
use souk_domain::effects::Clock;
use souk_domain::time::Timestamp;

/// Time to live of the cached secret, in seconds. After a rotation the old and the new secret have to be valid for as
/// long.
const TTL_SECONDS: i64 = 300;

/// The JSON of the secret. It has no `Debug`, so that it cannot be logged.
#[derive(Clone, Deserialize)]
pub struct StripeSecret {
    /// `sk_…` or, preferably, a restricted key `rk_…`.
    pub api_key: String,
    /// `whsec_…` of the webhook endpoint. Empty until the endpoint exists.
    #[serde(default)]
    pub webhook_secret: String,
}

impl StripeSecret {
    /// Whether the key moves real money.
    pub(super) fn is_live(&self) -> bool {
        !self.has_test_key()
    }

    /// Whether the key moves no money.
    fn has_test_key(&self) -> bool {
        ["sk_test_", "rk_test_"].iter().any(|prefix| self.api_key.starts_with(prefix))
    }
}

/// Why the secret cannot be read. Never quotes the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the Stripe secret cannot be read: {0}")]
pub struct SecretError(String);

/// A source of the secret.
pub trait SecretSource: Send + Sync {
    /// Reads the current secret. The source has to apply a time-out.
    fn read(&self) -> BoxFuture<'_, Result<StripeSecret, SecretError>>;
}

/// A fixed secret.
impl SecretSource for StripeSecret {
    fn read(&self) -> BoxFuture<'_, Result<StripeSecret, SecretError>> {
        ready(Ok(self.clone())).boxed()
    }
}

/// A secret in Secrets Manager: `{"api_key": "rk_…", "webhook_secret": "whsec_…"}`.
pub struct SecretsManagerSecret {
    client: Client,
    secret_id: String,
}

impl SecretsManagerSecret {
    /// The secret with a name or ARN. The client has to have time-outs.
    pub fn new(client: Client, secret_id: impl Into<String>) -> Self {
        Self { client, secret_id: secret_id.into() }
    }
}

impl SecretSource for SecretsManagerSecret {
    fn read(&self) -> BoxFuture<'_, Result<StripeSecret, SecretError>> {
        async {
            let response = self.client.get_secret_value().secret_id(&self.secret_id).send().await;
            let response = response.map_err(|error| match error.as_service_error() {
                Some(service) => SecretError(format!("Secrets Manager: {}", service.code().unwrap_or("no code"))),
                None => SecretError(error.to_string()),
            })?;
            parse(response.secret_string().unwrap_or_default())
        }
        .boxed()
    }
}

fn parse(json: &str) -> Result<StripeSecret, SecretError> {
    let secret = serde_json::from_str::<StripeSecret>(json).ok(); // the parser's message may quote the secret
    let usable = secret.filter(|secret| !secret.api_key.is_empty());
    usable.ok_or_else(|| SecretError("it is not JSON with api_key and webhook_secret".to_owned()))
}

/// The secret, read on first use and again after its time to live, so that a rotation reaches every running process.
#[derive(Clone)]
pub struct CachedSecret {
    source: Arc<dyn SecretSource>,
    clock: Arc<dyn Clock>,
    cached: Arc<Mutex<Option<(StripeSecret, Timestamp)>>>,
    refuses_test_keys: bool,
}

impl CachedSecret {
    /// Reads nothing yet.
    pub fn new(source: Arc<dyn SecretSource>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, cached: Arc::default(), refuses_test_keys: false }
    }

    /// Refuses keys of Stripe's test mode, with which anybody pays with a test card. A secret that is rotated to one
    /// counts as unreadable.
    #[must_use]
    pub fn refusing_test_keys(self) -> Self {
        Self { refuses_test_keys: true, ..self }
    }

    /// Whether the current key is one of Stripe's test mode.
    pub async fn has_test_key(&self) -> Result<bool, SecretError> {
        Ok(self.source.read().await?.has_test_key())
    }

    /// The secret. If it cannot be read again, the cached one stays in use.
    pub(super) async fn get(&self) -> Result<StripeSecret, SecretError> {
        let now = self.clock.now();
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((secret, read_at)) = &cached
            && read_at.seconds_until(now) < TTL_SECONDS
        {
            return Ok(secret.clone());
        }
        match self.source.read().await.and_then(|secret| self.admitted(secret)) {
            Ok(secret) => {
                *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = Some((secret.clone(), now));
                Ok(secret)
            }
            Err(error) => cached.map(|(secret, _)| secret).ok_or(error),
        }
    }

    fn admitted(&self, secret: StripeSecret) -> Result<StripeSecret, SecretError> {
        if self.refuses_test_keys && secret.has_test_key() {
            return Err(SecretError("its key is of Stripe's test mode, which this stage refuses".to_owned()));
        }
        Ok(secret)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use souk_testkit::FixedClock;

    use super::*;

    struct Scripted(Mutex<VecDeque<Result<StripeSecret, SecretError>>>);

    impl SecretSource for Scripted {
        fn read(&self) -> BoxFuture<'_, Result<StripeSecret, SecretError>> {
            ready(self.0.lock().expect("a lock").pop_front().expect("not read again")).boxed()
        }
    }

    #[test]
    fn an_invalid_secret_is_rejected_and_not_quoted() {
        for bad in ["", "sk_live_hunter2", r#"{"api_key":""}"#, r#"{"webhook_secret":"hunter2"}"#] {
            let error = parse(bad).err().expect("refused").to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(parse(r#"{"api_key":"rk_1"}"#).is_ok_and(|secret| secret.webhook_secret.is_empty()));
    }

    #[tokio::test]
    async fn a_key_of_the_test_mode_is_refused_where_the_stage_sells() {
        for (key, is_test) in [("sk_test_1", true), ("rk_test_1", true), ("sk_live_1", false), ("rk_live_1", false)] {
            let source = StripeSecret { api_key: key.to_owned(), webhook_secret: String::new() };
            let secrets = CachedSecret::new(Arc::new(source), Arc::new(FixedClock::new()));
            assert_eq!(secrets.has_test_key().await, Ok(is_test), "{key}");
            assert!(secrets.get().await.is_ok(), "a trial takes {key}");
            let source = StripeSecret { api_key: key.to_owned(), webhook_secret: String::new() };
            let strict = CachedSecret::new(Arc::new(source), Arc::new(FixedClock::new())).refusing_test_keys();
            let error = strict.get().await.err().map(|error| error.to_string());
            assert_eq!(error.is_some(), is_test, "{key}: {error:?}");
            assert!(error.is_none_or(|error| !error.contains(key)), "the key is not quoted");
        }
    }

    #[tokio::test]
    async fn a_rotation_to_a_test_key_leaves_the_live_key_in_use() {
        let secret = |key: &str| Ok(StripeSecret { api_key: key.to_owned(), webhook_secret: String::new() });
        let script = [secret("rk_live_1"), secret("rk_test_1"), secret("rk_live_2")];
        let clock = Arc::new(FixedClock::new());
        let source = Arc::new(Scripted(Mutex::new(script.into())));
        let cached = CachedSecret::new(source, clock.clone()).refusing_test_keys();
        for (key, seconds) in [("rk_live_1", 0), ("rk_live_1", 300), ("rk_live_2", 0)] {
            clock.advance_seconds(seconds);
            assert_eq!(cached.get().await.map(|secret| secret.api_key), Ok(key.to_owned()));
        }
    }

    #[tokio::test]
    async fn a_rotated_secret_is_read_and_an_unreadable_one_stays_cached() {
        let secret = |key: &str| Ok(StripeSecret { api_key: key.to_owned(), webhook_secret: String::new() });
        let script = [secret("a"), Err(SecretError("down".to_owned())), secret("b")];
        let clock = Arc::new(FixedClock::new());
        let cached = CachedSecret::new(Arc::new(Scripted(Mutex::new(script.into()))), clock.clone());
        for (key, seconds) in [("a", 0), ("a", 299), ("a", 1), ("b", 0)] {
            clock.advance_seconds(seconds);
            assert_eq!(cached.get().await.map(|secret| secret.api_key), Ok(key.to_owned()));
        }
    }
}
