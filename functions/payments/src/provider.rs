//! Which provider the environment names, and how it is reached.

use std::sync::Arc;

use souk_payment::stripe::{Bounds, ManagedSecret, STRIPE_API_URL, Secrets, Stripe, StripeConfig, Webhook};
use souk_payment::{PaymentProvider, Sandbox};
use souk_runtime::Wiring;
use souk_runtime::config::ConfigError;

const PROVIDER: &str = "PAYMENT_PROVIDER";

/// The provider.
pub(crate) fn from_wiring(wiring: &Wiring) -> Result<Arc<dyn PaymentProvider>, ConfigError> {
    if !is_stripe(wiring)? {
        return Ok(Arc::new(Sandbox));
    }
    let config = StripeConfig {
        api_url: wiring.config().optional("STRIPE_API_URL").unwrap_or(STRIPE_API_URL).to_owned(),
        return_url: wiring.config().optional("PAYMENT_RETURN_URL").map(str::to_owned),
        bounds: Bounds::default(),
    };
    let unusable = |reason| ConfigError::Invalid { name: "STRIPE_API_URL", reason };
    let stripe = Stripe::new(config, secrets(wiring)?, wiring.random(), wiring.clock()).map_err(unusable)?;
    Ok(Arc::new(stripe))
}

/// What reads Stripe's messages; nothing does with the sandbox.
pub(crate) fn webhook(wiring: &Wiring) -> Result<Option<Webhook>, ConfigError> {
    is_stripe(wiring)?.then(|| secrets(wiring).map(Webhook::new)).transpose()
}

fn is_stripe(wiring: &Wiring) -> Result<bool, ConfigError> {
    match wiring.config().text(PROVIDER)? {
        "stripe" => Ok(true),
        "sandbox" => Ok(false),
        _ => {
            let reason = "must be \"sandbox\" or \"stripe\"".to_owned();
            Err(ConfigError::Invalid { name: PROVIDER, reason })
        }
    }
}

fn secrets(wiring: &Wiring) -> Result<Secrets, ConfigError> {
    let client = aws_sdk_secretsmanager::Client::new(wiring.sdk());
    let source = ManagedSecret::new(client, wiring.config().text("STRIPE_SECRET")?);
    Ok(Secrets::new(Arc::new(source), wiring.clock()))
}
