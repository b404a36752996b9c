//! The two secrets that Stripe gives, and where they come from.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use serde::Deserialize;
use souk_domain::effects::Clock;
use souk_domain::time::Timestamp;

/// How long a process works with what it read, in seconds: after a rotation both the old and the new one must be good for
/// as long.
const KEEP_SECONDS: i64 = 300;

/// The secret's JSON. It is never printed, so it has no `Debug`.
#[derive(Clone, Deserialize)]
pub struct StripeSecret {
    /// `sk_…` or, better, a restricted key `rk_…`.
    pub api_key: String,
    /// `whsec_…` of the webhook endpoint. Empty until that exists.
    #[serde(default)]
    pub webhook_secret: String,
}

/// Why there is no secret. Never quotes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the Stripe secret cannot be read: {0}")]
pub struct SecretError(String);

/// Where the secret comes from.
pub trait SecretSource: Send + Sync {
    /// Reads it as it is now. Calls are bounded in time by the source.
    fn read(&self) -> BoxFuture<'_, Result<StripeSecret, SecretError>>;
}

/// A secret that is known.
impl SecretSource for StripeSecret {
    fn read(&self) -> BoxFuture<'_, Result<StripeSecret, SecretError>> {
        ready(Ok(self.clone())).boxed()
    }
}

/// A secret of Secrets Manager: `{"api_key": "rk_…", "webhook_secret": "whsec_…"}`.
pub struct ManagedSecret {
    client: Client,
    secret_id: String,
}

impl ManagedSecret {
    /// The secret of that name or ARN. The client brings its time-outs along.
    pub fn new(client: Client, secret_id: impl Into<String>) -> Self {
        Self { client, secret_id: secret_id.into() }
    }
}

impl SecretSource for ManagedSecret {
    fn read(&self) -> BoxFuture<'_, Result<StripeSecret, SecretError>> {
        async {
            let answer = self.client.get_secret_value().secret_id(&self.secret_id).send().await;
            let answer = answer.map_err(|error| match error.as_service_error() {
                Some(service) => SecretError(format!("Secrets Manager: {}", service.code().unwrap_or("no code"))),
                None => SecretError(error.to_string()),
            })?;
            parse(answer.secret_string().unwrap_or_default())
        }
        .boxed()
    }
}

fn parse(json: &str) -> Result<StripeSecret, SecretError> {
    let secret = serde_json::from_str::<StripeSecret>(json).ok(); // the parser's message may quote the secret
    let usable = secret.filter(|secret| !secret.api_key.is_empty());
    usable.ok_or_else(|| SecretError("it is no JSON with api_key and webhook_secret".to_owned()))
}

/// The secret, read on first use and again every few minutes, so that a rotation reaches every running process.
#[derive(Clone)]
pub struct Secrets {
    source: Arc<dyn SecretSource>,
    clock: Arc<dyn Clock>,
    kept: Arc<Mutex<Option<(StripeSecret, Timestamp)>>>,
}

impl Secrets {
    /// Nothing is read yet.
    pub fn new(source: Arc<dyn SecretSource>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, kept: Arc::default() }
    }

    /// The secret. One that cannot be read anew stays in use.
    pub(super) async fn get(&self) -> Result<StripeSecret, SecretError> {
        let now = self.clock.now();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((secret, read_at)) = &kept
            && read_at.seconds_until(now) < KEEP_SECONDS
        {
            return Ok(secret.clone());
        }
        match self.source.read().await {
            Ok(secret) => {
                *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((secret.clone(), now));
                Ok(secret)
            }
            Err(error) => kept.map(|(secret, _)| secret).ok_or(error),
        }
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
            ready(self.0.lock().expect("a lock").pop_front().expect("not asked again")).boxed()
        }
    }

    #[test]
    fn a_bad_secret_is_refused_and_not_quoted() {
        for bad in ["", "sk_live_hunter2", r#"{"api_key":""}"#, r#"{"webhook_secret":"hunter2"}"#] {
            let error = parse(bad).err().expect("refused").to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(parse(r#"{"api_key":"rk_1"}"#).is_ok_and(|secret| secret.webhook_secret.is_empty()));
    }

    #[tokio::test]
    async fn a_rotated_secret_is_found_and_a_lost_one_kept() {
        let secret = |key: &str| Ok(StripeSecret { api_key: key.to_owned(), webhook_secret: String::new() });
        let script = [secret("a"), Err(SecretError("down".to_owned())), secret("b")];
        let clock = Arc::new(FixedClock::new());
        let secrets = Secrets::new(Arc::new(Scripted(Mutex::new(script.into()))), clock.clone());
        for (key, seconds) in [("a", 0), ("a", 299), ("a", 1), ("b", 0)] {
            clock.advance_seconds(seconds);
            assert_eq!(secrets.get().await.map(|secret| secret.api_key), Ok(key.to_owned()));
        }
    }
}
