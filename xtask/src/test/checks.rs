//! Checks of files that are not compiled.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::local::{prerequisites, python};
use crate::paths::Paths;
use crate::process;

/// Code is formatted.
pub(super) fn format(paths: &Paths, log: &Path) -> Result<()> {
    process::run_appending(process::cargo(paths).args(["fmt", "--all", "--check"]), log)
}

/// Scripts parse. The stages that run them show what they do.
pub(super) fn scripts(paths: &Paths, log: &Path) -> Result<()> {
    process::run_appending(Command::new("bash").args(["-n", ".ci/run"]).current_dir(&paths.root), log)?;
    let prerequisites = prerequisites::check()?;
    let program = "import ast, pathlib; [ast.parse(path.read_text(), str(path)) \
        for folder in ('local', 'tests/fuzz') for path in pathlib.Path(folder).rglob('*.py')]";
    process::run_appending(Command::new(prerequisites.python).args(["-c", program]).current_dir(&paths.root), log)
}

/// template.yaml is valid.
pub(super) fn template(paths: &Paths, log: &Path) -> Result<()> {
    process::run_appending(python::tool("cfn-lint", paths)?.arg("template.yaml"), log)?;
    let mut sam = python::tool("sam", paths)?;
    process::local_aws(&mut sam, "http://127.0.0.1:9", paths);
    process::run_appending(sam.args(["validate", "--lint", "--template-file", "template.yaml"]), log)?;
    let mut count = python::tool("python", paths)?;
    process::run_appending(count.args(["local/count_resources.py", "template.yaml"]), log)
}
