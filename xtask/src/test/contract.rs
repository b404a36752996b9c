//! The stage `unit and contract tests`: the tests of all crates. Those of the adapters run against a MiniStack, an
//! OpenSearch, a Redis and a stripe-mock.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::session::Session;
use super::{build, runner};
use crate::local::redis::{self, Redis};
use crate::local::stripe_mock::{self, StripeMock};
use crate::local::{down, parts, prerequisites, up};
use crate::paths::Paths;
use crate::process;
use crate::stack::Ports;

/// The home of these servers; a running shop is not disturbed.
const HOME: &str = "target/local-test/contract";

/// Installs everything that the stages with servers start.
pub(super) fn install(paths: &Paths, _log: &Path) -> Result<()> {
    let test = paths.with_home(HOME);
    let _lock = test.lock()?;
    let prerequisites = prerequisites::check()?;
    parts::install_python(&prerequisites, &test)?;
    parts::install_search(&prerequisites.jdk, &test)?;
    stripe_mock::install(&test)?;
    redis::install(&test).map(drop)
}

/// Starts the servers, runs the tests, and stops the servers.
pub(super) fn run(session: &mut Session) -> Result<()> {
    build::ensure(session)?;
    install(&session.paths, Path::new(""))?;
    let test = session.paths.with_home(HOME);
    let _lock = test.lock()?;
    down::stop_all_and_wipe(&test)?;
    let tested = with_servers(session, &test);
    down::stop_all(&test)?;
    tested
}

fn with_servers(session: &Session, test: &Paths) -> Result<()> {
    let prerequisites = prerequisites::check()?;
    let jars = parts::install_search(&prerequisites.jdk, test)?;
    let ports = Ports::free()?;
    up::start_parts(&jars, ports, test, &mut Vec::new())?;
    let redis = Redis::start(test)?;
    let stripe_mock = StripeMock::start(test)?;
    let setup = |command: &mut Command| {
        command.env("SOUK_CONTRACT_DYNAMODB", ports.aws_url()).env("SOUK_CONTRACT_OPENSEARCH", ports.search_url());
        command.env("SOUK_CONTRACT_REDIS", redis.url());
        command.envs(stripe_mock.as_ref().map(|mock| ("SOUK_CONTRACT_STRIPE_MOCK", mock.url())));
    };
    runner::run(&session.other_tests(), setup, |line| println!("{line}"))?;
    documentation_tests(&session.paths)
}

fn documentation_tests(paths: &Paths) -> Result<()> {
    let mut cargo = process::cargo(paths);
    process::run_visible(build::with_clippy(cargo.args(["test", "--workspace", "--doc", "--locked"])))
}
