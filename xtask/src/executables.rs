//! Builds with cargo, and finds the executables that it made.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use serde::Deserialize;

use crate::process;

/// One line of cargo's `--message-format=json`, as far as it matters here.
#[derive(Deserialize)]
struct Message {
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    profile: Option<Profile>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

/// A binary, or a test.
#[derive(Clone)]
pub(crate) struct Executable {
    /// The name of its target.
    pub(crate) name: String,
    /// The folder of its package.
    pub(crate) package: PathBuf,
    /// Whether it is a test harness.
    pub(crate) is_test: bool,
    /// The file.
    pub(crate) file: PathBuf,
}

/// Runs `cargo build` or `cargo test --no-run` with what it needs for that; cargo shows its own progress.
pub(crate) fn build(cargo: &mut Command) -> Result<Vec<Executable>> {
    cargo.arg("--message-format=json-render-diagnostics");
    let mut executables = Vec::new();
    process::run_lines(cargo, |line| executables.extend(executable(&line)))?;
    executables.sort_by(|a, b| (&a.package, &a.name).cmp(&(&b.package, &b.name)));
    Ok(executables)
}

fn executable(line: &str) -> Option<Executable> {
    let message: Message = serde_json::from_str(line).ok()?; // otherwise the output of a build script
    Some(Executable {
        name: message.target?.name,
        package: message.manifest_path?.parent()?.to_owned(),
        is_test: message.profile?.test,
        file: message.executable?,
    })
}
