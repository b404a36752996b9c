//! The stages `search` and `chaos`, on one stack that the end-to-end tests do not use: their tests kill parts of it.
//!
//! The stack has a shared cache, charges through a fake Stripe that the test of `chaos` starts and kills, and holds
//! stock for a minute. `search` runs first and leaves the index as the products table has it.

use anyhow::{Context, Result};

use super::provider::Provider;
use super::session::{FailureStack, Session};
use super::{build, runner};
use crate::aws::Aws;
use crate::local::redis::Redis;
use crate::local::up;
use crate::stack::Ports;

/// The home of its shop; a running one is not disturbed.
const HOME: &str = "target/local-test/failures";
/// How long an unpaid order holds its stock: short, so that holds expire while the load goes on.
const HOLD_SECONDS: u32 = 60;

/// Measures how old lists are (tests/tests/freshness.rs), then kills OpenSearch and removes its data
/// (tests/tests/outage).
pub(super) fn search(session: &mut Session) -> Result<()> {
    start(session)?;
    run_test("freshness", session)?;
    run_test("outage", session)
}

/// Kills functions and the payment provider in the middle of a load (tests/tests/chaos).
pub(super) fn chaos(session: &mut Session) -> Result<()> {
    start(session)?;
    run_test("chaos", session)
}

fn run_test(name: &str, session: &mut Session) -> Result<()> {
    let stack = session.stack.as_ref().context("the stack does not run")?;
    let (file, variables) = (stack.paths.home.join("stack.json"), stack.provider.variables(&session.executables)?);
    runner::run_ignored(name, session, |command| {
        command.arg("--test-threads=1"); // so that timed calls run alone
        command.env("SOUK_STACK", &file).envs(variables.clone());
    })
}

/// Starts the stack unless an earlier stage of this run has started it.
fn start(session: &mut Session) -> Result<()> {
    build::ensure(session)?;
    if session.stack.is_some() {
        return Ok(());
    }
    session.stop_shop()?;
    let paths = session.paths.with_home(HOME);
    drop(paths.lock()?); // makes its folders
    let redis = Redis::start(&paths)?;
    let provider = Provider::new()?;
    let parameters = |aws: &Aws| {
        let mut parameters = vec![
            format!("CacheUrl={}", redis.url()),
            // The emulator has no networks: any name will do.
            "CacheSubnetIds=subnet-local".to_owned(),
            "CacheSecurityGroupIds=sg-local".to_owned(),
            format!("HoldSeconds={HOLD_SECONDS}"),
        ];
        parameters.extend(provider.parameters(aws)?);
        Ok(parameters)
    };
    let options = up::Options { detach: true, fresh: true, products: 0, limits: up::Limits::Off };
    up::start_with(&parameters, &session.executables, &options, Ports::free()?, &paths)?;
    session.stack = Some(FailureStack { paths, provider, _redis: redis });
    Ok(())
}
