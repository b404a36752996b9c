//! The stages on a shop with the sample catalogue: `end to end` (HTTP tests), `client purchases`, `fuzz` (schemathesis)
//! and `abuse` (attacks), `edge` (the shop behind its edge), and those that run only when they are named: `rotation` and `timing`.

use anyhow::Result;

use super::session::Session;
use super::{build, clients, runner};
use crate::fuzz;
use crate::local::up::{self, Limits};
use crate::paths::Paths;
use crate::stack::Ports;

/// The home of its shop; a running one is not disturbed.
const HOME: &str = "target/local-test/stack";
/// Products of the sample catalogue.
const PRODUCTS: u64 = 2_000;

/// The origin secret of the tests.
const EDGE_SECRET: &str = "the-origin-secret-of-the-edge-tests";

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

/// Two origins, as a shop at a domain and its `www` has them. tests/tests/abuse/origins.rs expects these.
const STOREFRONT_ORIGINS: &str = "StorefrontOrigin=https://shop.example,https://www.shop.example";

/// Attacks a shop with the limits of production (tests/tests/abuse), and stops it.
pub(super) fn abuse(session: &mut Session) -> Result<()> {
    build::ensure(session)?;
    session.stop_shop()?;
    let shop = start_at(Ports::free()?, Limits::On, &[STOREFRONT_ORIGINS], session)?;
    let file = shop.home.join("stack.json");
    runner::run_ignored("abuse", session, |command| {
        command.args(["--nocapture", "--test-threads=1"]).env("SOUK_STACK", &file);
    })?;
    session.stop_shop()
}

/// Puts an edge in front of a shop (tests/tests/edge.rs), and stops it.
pub(super) fn edge(session: &mut Session) -> Result<()> {
    build::ensure(session)?;
    session.stop_shop()?;
    let ports = Ports::free()?;
    let shop = start_at(ports, Limits::On, &[], session)?;
    // Staff log in and products are loaded at the API's own address, so this comes after it.
    let parameters = ["Edge=on".to_owned(), format!("EdgeSecret={EDGE_SECRET}")];
    up::update(&parameters, &session.executables, ports, &shop)?;
    let file = shop.home.join("stack.json");
    runner::run_ignored("edge", session, |command| {
        command.arg("--nocapture").env("SOUK_STACK", &file).env("SOUK_EDGE_SECRET", EDGE_SECRET);
    })?;
    session.stop_shop()
}

/// Starts the shop unless an earlier stage of this run has started it. The session stops it.
fn start(session: &mut Session) -> Result<Paths> {
    build::ensure(session)?;
    match &session.shop {
        Some(shop) => Ok(shop.clone()),
        // All tests come from one machine, and several share an account.
        None => start_with(Limits::Off, session),
    }
}

fn start_with(limits: Limits, session: &mut Session) -> Result<Paths> {
    start_at(Ports::free()?, limits, &[], session)
}

/// `parameters` are those of the template that differ from the local stack.
fn start_at(ports: Ports, limits: Limits, parameters: &[&str], session: &mut Session) -> Result<Paths> {
    let shop = session.paths.with_home(HOME);
    session.shop = Some(shop.clone());
    let options = up::Options { detach: true, fresh: true, products: PRODUCTS, limits };
    let parameters = parameters.iter().map(|parameter| (*parameter).to_owned()).collect::<Vec<_>>();
    up::start_with(&|_| Ok(parameters.clone()), &session.executables, &options, ports, &shop)?;
    Ok(shop)
}
