//! The stage `module cycles`: within a crate, modules depend on each other in one direction only.
//!
//! A module is a file. It depends on the module that defines what it names:
//! - A re-export (`pub use`) is no dependency by itself; whoever imports through it depends on the module behind it.
//! - A submodule is a part of its parent, so it may use what the parent defines, such as the type whose methods it has.
//! - Code under `#[cfg(test)]` does not count.

mod cycles;
mod scope;
mod source;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::paths::Paths;
use crate::process;

/// The part of `cargo metadata` that is used here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    src_path: PathBuf,
}

/// Checks every target of the workspace. The error names each cycle, and what ties it.
pub(super) fn check(paths: &Paths, _log: &Path) -> Result<()> {
    let mut found = Vec::new();
    for target in targets(paths)? {
        let krate =
            source::read(&target.src_path).with_context(|| format!("cannot read the modules of {}", target.name))?;
        let name = target.name.replace('-', "_");
        for cycle in cycles::find(&scope::dependencies(&krate)) {
            found.push(format!("{name} ({}):\n{cycle}", cycle.modules.join(", ")));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    bail!("modules depend on each other in a cycle:\n{}", found.join("\n"))
}

fn targets(paths: &Paths) -> Result<Vec<Target>> {
    let mut cargo = process::cargo(paths);
    cargo.args(["metadata", "--no-deps", "--format-version", "1", "--locked"]);
    let mut text = String::new();
    process::run_lines(&mut cargo, |line| text += &line)?;
    let metadata: Metadata = serde_json::from_str(&text).context("cannot read the output of cargo metadata")?;
    Ok(metadata.packages.into_iter().flat_map(|package| package.targets).collect())
}

#[cfg(test)]
mod tests;
