//! The stages on a shop with the sample catalogue: `end to end` (HTTP tests), `client purchases` and `fuzz` (schemathesis),
//! and those that run only when they are named: `rotation` and `timing`.

use anyhow::Result;

use super::session::Session;
use super::{build, clients, runner};
use crate::fuzz;
use crate::local::up;
use crate::paths::Paths;
use crate::stack::Ports;

/// The home of its shop; a running one is not disturbed.
const HOME: &str = "target/local-test/stack";
/// Products of the sample catalogue.
const PRODUCTS: u64 = 2_000;

/// Runs the tests.
pub(super) fn run(session: &mut Session) -> Result<()> {
    let shop = start(session)?;
    let stack = shop.home.join("stack.json");
    runner::run(
        &session.end_to_end_tests(),
        |command| {
            command.env("SOUK_STACK", &stack);
        },
        |line| session.show(line),
    )
}

/// Replaces and revokes signing keys under load (tests/tests/rotation.rs).
pub(super) fn rotation(session: &mut Session) -> Result<()> {
    let file = start(session)?.home.join("stack.json");
    runner::run_ignored("rotation", session, |command| {
        command.arg("--nocapture").env("SOUK_STACK", &file);
    })
}

/// Compares the times of answers for known and for unknown addresses (tests/tests/identity/timing.rs).
pub(super) fn timing(session: &mut Session) -> Result<()> {
    let file = start(session)?.home.join("stack.json");
    runner::run_ignored("identity", session, |command| {
        command.args(["timing", "--nocapture"]).env("SOUK_STACK", &file);
    })
}

/// Buys something with each client.
pub(super) fn clients(session: &mut Session) -> Result<()> {
    let shop = start(session)?;
    clients::buy(session, &shop)
}

/// Holds the shop to docs/openapi.yaml, in each role. After the tests: it leaves orders and products behind.
pub(super) fn fuzz(session: &mut Session) -> Result<()> {
    let shop = start(session)?;
    fuzz::fuzz(&fuzz::Options::CI, &shop, |line| {
        println!("{line}");
        session.held_back.push(line);
    })
}

/// Starts the shop unless an earlier stage of this run has started it. The session stops it.
fn start(session: &mut Session) -> Result<Paths> {
    build::ensure(session)?;
    if let Some(shop) = &session.shop {
        return Ok(shop.clone());
    }
    let shop = session.paths.with_home(HOME);
    session.shop = Some(shop.clone());
    let options = up::Options { detach: true, fresh: true, products: PRODUCTS };
    up::start_with(&|_| Ok(Vec::new()), &session.executables, &options, Ports::free()?, &shop)?;
    Ok(shop)
}
