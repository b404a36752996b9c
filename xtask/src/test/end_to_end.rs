//! The stage `end to end`: HTTP against a deployed shop with the sample catalogue.

use anyhow::Result;

use super::session::Session;
use super::{build, runner};
use crate::local::{down, up};
use crate::stack::Ports;

/// The home of its shop; a running one is not disturbed.
const HOME: &str = "target/local-test/stack";
/// Products of the sample catalogue.
const PRODUCTS: u64 = 2_000;

/// Starts the shop, runs the tests, and stops the shop.
pub(super) fn run(session: &mut Session) -> Result<()> {
    build::ensure(session)?;
    let test = session.paths.with_home(HOME);
    let options = up::Options { detach: true, fresh: true, products: PRODUCTS };
    let tested =
        up::start_with(&|_| Ok(Vec::new()), &session.executables, &options, Ports::free()?, &test).and_then(|_| {
            let tests = session.end_to_end_tests();
            let stack = test.home.join("stack.json");
            runner::run(
                &tests,
                |command| {
                    command.env("SOUK_STACK", &stack);
                },
                |line| session.show(line),
            )
        });
    let _lock = test.lock()?;
    down::stop_all(&test)?;
    tested
}
