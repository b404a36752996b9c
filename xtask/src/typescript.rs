//! The TypeScript client, clients/typescript.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::local::node::Node;
use crate::local::python;
use crate::paths::{self, Paths};
use crate::process;

/// Its folder.
const TYPESCRIPT: &str = "clients/typescript";

/// Makes its generated files from docs/openapi.yaml.
pub(crate) fn generate(paths: &Paths) -> Result<()> {
    let typescript = TypeScript::install(paths, process::run_visible)?;
    process::run_visible(&mut typescript.script("generate")?)
}

/// The TypeScript package with its dependencies.
pub(crate) struct TypeScript {
    node: Node,
    folder: PathBuf,
}

impl TypeScript {
    /// Installs the dependencies of package-lock.json. The stamp is written last, so that an incomplete installation is
    /// repeated.
    pub(crate) fn install(paths: &Paths, run: impl Fn(&mut Command) -> Result<()>) -> Result<Self> {
        let python = python::tool("python", paths)?;
        let node = Node::find(Path::new(python.get_program()))?;
        let package = Self { node, folder: paths.root.join(TYPESCRIPT) };
        let wanted = fs::read_to_string(package.folder.join("package-lock.json"))
            .with_context(|| format!("cannot read {TYPESCRIPT}/package-lock.json"))?;
        let stamp = package.folder.join("node_modules/lock.installed");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(package);
        }
        run(package.node.npm(&package.folder)?.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
        paths::write_whole(&stamp, wanted.as_bytes(), false)?;
        Ok(package)
    }

    /// Runs a script of package.json.
    pub(crate) fn script(&self, name: &str) -> Result<Command> {
        let mut command = self.node.npm(&self.folder)?;
        command
            .args(["run", "--loglevel=error", name])
            .env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        Ok(command)
    }
}
