//! The fake Stripe as the payment provider of a stack. The tests start and stop it themselves.

use std::ffi::OsString;
use std::net::{SocketAddr, TcpListener};

use anyhow::{Context, Result};
use serde_json::json;

use crate::aws::Aws;
use crate::executables::Executable;
use crate::random;

/// Where a stack expects its payment provider.
pub(super) struct Provider {
    address: SocketAddr,
    /// The secret with which it signs.
    webhook_secret: String,
}

impl Provider {
    /// At a free port.
    pub(super) fn new() -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0").context("no free port")?.local_addr()?;
        Ok(Self { address, webhook_secret: format!("whsec_{}", random::hex(16)?) })
    }

    /// The parameters of the template for it.
    pub(super) fn parameters(&self, aws: &Aws) -> Result<Vec<String>> {
        let secret = json!({ "api_key": "rk_test_chaos", "webhook_secret": self.webhook_secret });
        Ok(vec![
            "PaymentProvider=stripe".to_owned(),
            format!("StripeApiUrl=http://{}", self.address),
            format!("StripeSecretArn={}", aws.create_secret("souk/stripe", &secret.to_string())?),
            "PaymentReturnUrl=https://shop.example/paid".to_owned(),
        ])
    }

    /// The variables by which a test finds it.
    pub(super) fn variables(&self, executables: &[Executable]) -> Result<Vec<(&'static str, OsString)>> {
        let mut executables = executables.iter();
        let program = executables.find(|executable| executable.name == "stripe-fake" && !executable.is_test);
        Ok(vec![
            ("SOUK_CHAOS_STRIPE_FAKE", program.context("stripe-fake is not built")?.file.clone().into()),
            ("SOUK_CHAOS_PROVIDER", self.address.to_string().into()),
            ("SOUK_CHAOS_WEBHOOK_SECRET", self.webhook_secret.clone().into()),
        ])
    }
}
