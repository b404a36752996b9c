//! The stage `iam`: removes statements from the roles of functions, and requires the scenarios of tests/tests/iam to
//! fail.
//!
//! It has a separate stack, because removals disturb other tests: with a fake Stripe, and with a second person for refunds.

use anyhow::Result;

use super::provider::Provider;
use super::session::Session;
use super::{build, runner};
use crate::aws::Aws;
use crate::local::{down, up};
use crate::paths::Paths;
use crate::stack::{Ports, SandboxTokens};

/// The home of its shop; a running one is not disturbed.
const HOME: &str = "target/local-test/iam";
/// The sum in minor units above which a refund needs a second person.
const REFUND_APPROVAL_AMOUNT: u32 = 5_000;
/// Limits that no scenario reaches. A function asks the store for each request, because the buckets are small
/// (`Rate::trusts_first_request`).
const RATE_LIMITS: &str =
    "browse=79/1,search=79/1,stock=79/1,cart=79/1,order=79/1,pay=79/1,auth=79/1,staff=79/1,webhook=79/1";

/// Starts the stack, runs the test, and stops the stack.
pub(super) fn run(session: &mut Session) -> Result<()> {
    build::ensure(session)?;
    session.stop_shop()?;
    let paths = session.paths.with_home(HOME);
    let tested = test(session, &paths);
    let _lock = paths.lock()?;
    down::stop_all(&paths)?;
    tested
}

fn test(session: &mut Session, paths: &Paths) -> Result<()> {
    let provider = Provider::new()?;
    let parameters = |aws: &Aws| {
        let mut parameters = provider.parameters(aws)?;
        parameters.push(format!("RefundApprovalAmount={REFUND_APPROVAL_AMOUNT}"));
        parameters.push(format!("RateLimits={RATE_LIMITS}"));
        Ok(parameters)
    };
    let options = up::Options { detach: true, fresh: true, products: 0, limits: up::Limits::On };
    let mut stack = up::start_with(&parameters, &session.executables, &options, Ports::free()?, paths)?.stack;
    // Tests that pay do not know which provider there is.
    stack.sandbox_tokens =
        SandboxTokens { success: "pm_card_visa".to_owned(), decline: "pm_card_chargeDeclined".to_owned() };
    stack.write(paths)?;

    let (variables, removals) = (provider.variables(&session.executables)?, session.removals.variables());
    runner::run_ignored("iam", session, |command| {
        command.arg("--nocapture").env("SOUK_STACK", paths.home.join("stack.json"));
        command.envs(variables.clone()).envs(removals.clone());
    })
}
