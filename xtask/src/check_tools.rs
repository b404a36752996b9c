//! The two checkers that come from crates.io, built once into `target/local/tools`.

use std::env;
use std::process::Command;

use anyhow::Result;

use crate::paths::Paths;
use crate::process;

/// Set to also ask the advisory database, which is a clone from GitHub: CI without it must not fail for the network.
const ADVISORIES_VARIABLE: &str = "SOUK_ADVISORIES";

/// A checker.
#[derive(Clone, Copy)]
pub(crate) enum Tool {
    /// Licences, banned and doubled crates, sources.
    Deny,
    /// Dependencies that nothing uses.
    Machete,
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Tool::Deny => "cargo-deny",
            Tool::Machete => "cargo-machete",
        }
    }

    fn version(self) -> &'static str {
        match self {
            Tool::Deny => "0.20.2",
            Tool::Machete => "0.9.2",
        }
    }
}

/// Installs the checker if need be and runs it.
pub(crate) fn run(tool: Tool, paths: &Paths) -> Result<()> {
    install(tool, paths)?;
    let mut command = Command::new(paths.tools.join("tools/bin").join(tool.name()));
    command.current_dir(&paths.root);
    match tool {
        Tool::Deny => {
            command.args(["--workspace", "--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
            if env::var_os(ADVISORIES_VARIABLE).is_some() {
                command.arg("advisories");
            }
        }
        Tool::Machete => {
            command.args(["functions", "shared", "tests", "xtask"]);
        }
    }
    process::run_visible(&mut command)
}

/// The stamp of cargo itself (`.crates.toml`) makes an installed one a matter of milliseconds.
fn install(tool: Tool, paths: &Paths) -> Result<()> {
    let package = format!("{}@{}", tool.name(), tool.version());
    let installed = std::fs::read_to_string(paths.tools.join("tools/.crates.toml")).unwrap_or_default();
    let entry = format!("\"{} {} ", tool.name(), tool.version());
    if installed.contains(&entry) && paths.tools.join("tools/bin").join(tool.name()).exists() {
        return Ok(());
    }
    let mut cargo = process::cargo(paths);
    cargo.args(["install", "--locked", "--no-default-features", "--root"]).arg(paths.tools.join("tools"));
    process::run_visible(cargo.arg(package))
}
