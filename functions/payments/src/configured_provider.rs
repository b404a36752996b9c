//! The payment provider that the environment configures.

use std::sync::Arc;

use souk_payment::stripe::{
    CachedSecret, CallLimits, STRIPE_API_URL, SecretsManagerSecret, Stripe, StripeConfig, Webhook,
};
use souk_payment::{PaymentProvider, Sandbox};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;

const PROVIDER: &str = "PAYMENT_PROVIDER";

/// The configured provider.
pub(crate) fn from_dependencies(deps: &Dependencies) -> Result<Arc<dyn PaymentProvider>, ConfigError> {
    if !is_stripe(deps)? {
        return Ok(Arc::new(Sandbox));
    }
    let config = StripeConfig {
        api_url: deps.config().optional("STRIPE_API_URL").unwrap_or(STRIPE_API_URL).to_owned(),
        return_url: deps.config().optional("PAYMENT_RETURN_URL").map(str::to_owned),
        limits: CallLimits::default(),
    };
    let unusable = |reason| ConfigError::Invalid { name: "STRIPE_API_URL", reason };
    let stripe = Stripe::new(config, secrets(deps)?, deps.random(), deps.clock()).map_err(unusable)?;
    Ok(Arc::new(stripe))
}

/// The reader of Stripe's webhook events; `None` with the sandbox.
pub(crate) fn webhook(deps: &Dependencies) -> Result<Option<Webhook>, ConfigError> {
    is_stripe(deps)?.then(|| secrets(deps).map(Webhook::new)).transpose()
}

fn is_stripe(deps: &Dependencies) -> Result<bool, ConfigError> {
    match deps.config().text(PROVIDER)? {
        "stripe" => Ok(true),
        "sandbox" => Ok(false),
        _ => {
            let reason = "must be \"sandbox\" or \"stripe\"".to_owned();
            Err(ConfigError::Invalid { name: PROVIDER, reason })
        }
    }
}

fn secrets(deps: &Dependencies) -> Result<CachedSecret, ConfigError> {
    let client = aws_sdk_secretsmanager::Client::new(deps.sdk());
    let source = SecretsManagerSecret::new(client, deps.config().text("STRIPE_SECRET")?);
    Ok(CachedSecret::new(Arc::new(source), deps.clock()))
}
