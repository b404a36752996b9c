//! Tools of the Python environment, for checks and generators.

use std::process::Command;

use anyhow::Result;

use super::{parts, prerequisites};
use crate::paths::Paths;

/// Where the installation writes its log.
const HOME: &str = "target/local-test/checks";

/// A command that runs a tool in the workspace. Installs the environment first, if necessary.
pub(crate) fn tool(name: &str, paths: &Paths) -> Result<Command> {
    let home = paths.with_home(HOME);
    let _lock = home.lock()?; // also creates its folders
    parts::install_python(&prerequisites::check()?, &home)?;
    let mut command = Command::new(paths.python_tool(name));
    command.current_dir(&paths.root);
    Ok(command)
}
