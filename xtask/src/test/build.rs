//! Builds everything once: functions, tools and tests, with clippy as the compiler of the workspace's own crates.
//!
//! `cargo clippy` and `cargo build` share no compiled dependency, because one only checks and the other generates code.
//! As a wrapper of the compiler, clippy reports its lints while it generates code.

use std::process::Command;

use anyhow::{Context, Result};

use super::session::Session;
use crate::executables;
use crate::process;

/// `cargo clippy` passes the arguments after `--` in this variable.
const CLIPPY_ARGS: &str = "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__";

/// Builds the workspace.
pub(super) fn run(session: &mut Session) -> Result<()> {
    let mut cargo = process::cargo(&session.paths);
    cargo.args(["build", "--workspace", "--all-targets", "--locked"]);
    session.executables = executables::build(with_clippy(&mut cargo)).context("the workspace does not build")?;
    Ok(())
}

/// Builds the workspace unless an earlier stage of this run has built it.
pub(super) fn ensure(session: &mut Session) -> Result<()> {
    if session.executables.is_empty() { run(session) } else { Ok(()) }
}

/// Lets cargo compile the workspace's crates as the build does, so that it finds them built.
pub(super) fn with_clippy(cargo: &mut Command) -> &mut Command {
    cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env("CLIPPY_ARGS", CLIPPY_ARGS)
}
