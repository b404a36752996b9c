//! The payment provider that the environment configures, as far as the stage allows it.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use souk_payment::stripe::{
    CachedSecret, CallLimits, STRIPE_API_URL, SecretsManagerSecret, Stripe, StripeConfig, Webhook,
};
use souk_payment::{PaymentProvider, Sandbox};
use souk_runtime::config::{Config, ConfigError};
use souk_runtime::stage::Stage;
use souk_runtime::{Dependencies, Error};

const PROVIDER: &str = "PAYMENT_PROVIDER";
const API_URL: &str = "STRIPE_API_URL";

/// The provider of the environment.
#[derive(Debug, PartialEq, Eq)]
enum ProviderConfig {
    /// Moves no money.
    Sandbox,
    /// Stripe, at this address.
    Stripe(String),
}

/// Makes a function, unless [`refuse_test_key`] fails.
pub(crate) fn with_admitted_key<T: 'static>(
    deps: &Dependencies,
    make: fn(&Dependencies) -> Result<T, ConfigError>,
) -> LocalBoxFuture<'_, Result<T, Error>> {
    Box::pin(async move {
        refuse_test_key(deps).await?;
        Ok(make(deps)?)
    })
}

/// Fails if the key of a stage that sells is one of Stripe's test mode. If the secret cannot be read now, the function
/// starts: the provider refuses such a key at each use as well.
pub(crate) async fn refuse_test_key(deps: &Dependencies) -> Result<(), Error> {
    if deps.stage() == Stage::Prod && is_stripe(deps)? && secrets(deps)?.has_test_key().await == Ok(true) {
        return Err("the Stripe secret has a key of the test mode, which STAGE=prod refuses".into());
    }
    Ok(())
}

/// The configured provider.
pub(crate) fn from_dependencies(deps: &Dependencies) -> Result<Arc<dyn PaymentProvider>, ConfigError> {
    let ProviderConfig::Stripe(api_url) = chosen(deps.config(), deps.stage())? else { return Ok(Arc::new(Sandbox)) };
    let config = StripeConfig {
        api_url,
        return_url: deps.config().optional("PAYMENT_RETURN_URL").map(str::to_owned),
        limits: CallLimits::default(),
    };
    let unusable = |reason| ConfigError::Invalid { name: API_URL, reason };
    let stripe = Stripe::new(config, secrets(deps)?, deps.random(), deps.clock()).map_err(unusable)?;
    Ok(Arc::new(stripe))
}

/// The reader of Stripe's webhook events; `None` with the sandbox.
pub(crate) fn webhook(deps: &Dependencies) -> Result<Option<Webhook>, ConfigError> {
    is_stripe(deps)?.then(|| secrets(deps).map(Webhook::new)).transpose()
}

fn is_stripe(deps: &Dependencies) -> Result<bool, ConfigError> {
    Ok(chosen(deps.config(), deps.stage())? != ProviderConfig::Sandbox)
}

/// Refuses what the stage does not allow: in prod the sandbox, and any address but Stripe's own; in a trial an address
/// without TLS. CloudFormation checks the same before a deployment.
fn chosen(config: &Config, stage: Stage) -> Result<ProviderConfig, ConfigError> {
    let invalid = |name, reason: &str| Err(ConfigError::Invalid { name, reason: reason.to_owned() });
    match config.text(PROVIDER)? {
        "sandbox" if stage == Stage::Prod => {
            invalid(PROVIDER, "must not be \"sandbox\", which moves no money, where STAGE is \"prod\"")
        }
        "sandbox" => Ok(ProviderConfig::Sandbox),
        "stripe" => {
            let api_url = config.optional(API_URL).unwrap_or(STRIPE_API_URL);
            match stage {
                Stage::Prod if api_url != STRIPE_API_URL => {
                    invalid(API_URL, "must be https://api.stripe.com where STAGE is \"prod\"")
                }
                Stage::Trial if !api_url.starts_with("https://") => {
                    invalid(API_URL, "must start with https:// unless STAGE is \"local\"")
                }
                Stage::Trial | Stage::Prod | Stage::Local => Ok(ProviderConfig::Stripe(api_url.to_owned())),
            }
        }
        _ => invalid(PROVIDER, "must be \"sandbox\" or \"stripe\""),
    }
}

fn secrets(deps: &Dependencies) -> Result<CachedSecret, ConfigError> {
    let client = aws_sdk_secretsmanager::Client::new(deps.sdk());
    let source = SecretsManagerSecret::new(client, deps.config().text("STRIPE_SECRET")?);
    let secrets = CachedSecret::new(Arc::new(source), deps.clock());
    Ok(if deps.stage() == Stage::Prod { secrets.refusing_test_keys() } else { secrets })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(provider: &str, api_url: &str, stage: Stage) -> Result<ProviderConfig, &'static str> {
        let config = Config::from([(PROVIDER, provider), (API_URL, api_url)]);
        chosen(&config, stage).map_err(|error| match error {
            ConfigError::Missing(name) | ConfigError::Invalid { name, .. } => name,
        })
    }

    #[test]
    fn prod_refuses_to_start_with_the_sandbox() {
        assert_eq!(with("sandbox", "", Stage::Prod), Err(PROVIDER));
        assert_eq!(with("sandbox", "", Stage::Trial), Ok(ProviderConfig::Sandbox));
        assert_eq!(with("sandbox", "", Stage::Local), Ok(ProviderConfig::Sandbox));
        for stage in [Stage::Trial, Stage::Prod, Stage::Local] {
            assert_eq!(with("", "", stage), Err(PROVIDER));
            assert_eq!(with("paypal", "", stage), Err(PROVIDER));
        }
    }

    #[test]
    fn prod_calls_stripe_alone_and_a_trial_calls_with_tls() {
        let stripe = |url: &str| Ok(ProviderConfig::Stripe(url.to_owned()));
        for stage in [Stage::Trial, Stage::Prod, Stage::Local] {
            assert_eq!(with("stripe", "", stage), stripe(STRIPE_API_URL));
            assert_eq!(with("stripe", STRIPE_API_URL, stage), stripe(STRIPE_API_URL));
        }
        for plain in ["http://127.0.0.1:4242", "http://api.stripe.com"] {
            assert_eq!(with("stripe", plain, Stage::Prod), Err(API_URL));
            assert_eq!(with("stripe", plain, Stage::Trial), Err(API_URL));
            assert_eq!(with("stripe", plain, Stage::Local), stripe(plain));
        }
        let double = "https://stripe.example";
        assert_eq!(with("stripe", double, Stage::Trial), stripe(double));
        assert_eq!(with("stripe", double, Stage::Prod), Err(API_URL), "a double moves no money");
    }
}
