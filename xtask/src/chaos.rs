//! The stage `chaos` of `cargo xtask test`: a stack that charges through a Stripe of our own, whose functions and whose
//! provider the test kills in the middle of a load (tests/tests/chaos).

use std::net::TcpListener;

use anyhow::{Context, Result};
use serde_json::json;

use crate::aws::Aws;
use crate::paths::Paths;
use crate::stack::Ports;
use crate::{check, down, functions, process, random, up};

/// Where its shop lives.
const HOME: &str = "target/local-test/chaos";
/// How long an unpaid order keeps its stock: short, so that holds end while the load goes on.
const HOLD_SECONDS: u32 = 60;

/// Makes the stack, runs the test, stops everything.
pub(crate) fn run(paths: &Paths, held_back: &mut Vec<String>) -> Result<()> {
    let test = paths.with_home(HOME);
    let built = functions::build(paths, &["--package", "souk-testkit", "--bin", "stripe-fake"])?;
    let stripe_fake = built.iter().find(|binary| binary.name == "stripe-fake").context("stripe-fake is not built")?;
    let provider = TcpListener::bind("127.0.0.1:0").context("no free port")?.local_addr()?;
    let webhook_secret = format!("whsec_{}", random::hex(16)?);
    let parameters = |aws: &Aws| {
        let secret = json!({ "api_key": "rk_test_chaos", "webhook_secret": webhook_secret });
        Ok(vec![
            "PaymentProvider=stripe".to_owned(),
            format!("StripeApiUrl=http://{provider}"),
            format!("StripeSecretArn={}", aws.create_secret("souk/stripe", &secret.to_string())?),
            "PaymentReturnUrl=https://shop.example/paid".to_owned(),
            format!("HoldSeconds={HOLD_SECONDS}"),
        ])
    };
    let options = up::Options { detach: true, fresh: true, products: 0 };
    let tested = up::start_with(&parameters, &options, Ports::free()?, &test).and_then(|_| {
        let mut cargo = process::cargo(paths);
        cargo.args(["test", "--package", "souk-e2e", "--features", "chaos", "--test", "chaos", "--locked"]);
        cargo.env("SOUK_STACK", test.home.join("stack.json"));
        cargo.env("SOUK_CHAOS_STRIPE_FAKE", &stripe_fake.path).env("SOUK_CHAOS_PROVIDER", provider.to_string());
        cargo.env("SOUK_CHAOS_WEBHOOK_SECRET", &webhook_secret);
        check::run_tests(&mut cargo, held_back)
    });
    let _lock = test.lock()?;
    down::stop_all(&test)?;
    tested
}
