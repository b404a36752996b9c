//! Installs the external parts of the local stack into `target/local`, once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::local::prerequisites::{Jdk, Prerequisites};
use crate::paths::{self, Paths};
use crate::process;
use crate::progress::Phase;

/// Installs the rest of the Python environment much faster than pip.
const UV: &str = "uv==0.13.9";
/// The OpenSearch for Java 21 and newer.
const OPENSEARCH: &str = "3.8.0";
/// The OpenSearch for Java 17 to 20.
const OPENSEARCH_JAVA_17: &str = "2.19.6";

/// The jars of one OpenSearch.
pub(crate) struct SearchJars {
    /// The folder that holds them.
    pub(crate) folder: PathBuf,
    /// `3.8.0`
    pub(crate) version: &'static str,
    /// The Java they run on.
    pub(crate) jdk: Jdk,
}

/// Makes the Python environment of `local/requirements.txt` (MiniStack, sam, cfn-lint). The stamp is written last, so
/// that an incomplete environment is made again.
pub(crate) fn install_python(prerequisites: &Prerequisites, paths: &Paths) -> Result<()> {
    let requirements = paths.root.join("local/requirements.txt");
    let wanted = fs::read_to_string(&requirements).context("cannot read local/requirements.txt")?;
    let (venv, stamp) = (paths.tools.join("venv"), paths.tools.join("venv/requirements.installed"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut phase = Phase::start("install MiniStack, sam and cfn-lint into target/local/venv");
    let log = paths.log("install-python");
    paths::remove(&venv)?;
    fs::create_dir_all(&paths.tools).context("cannot create target/local")?;
    process::run_logged(Command::new(&prerequisites.python).args(["-m", "venv"]).arg(&venv), &log, &mut phase)?;
    let mut pip = Command::new(paths.python_tool("pip"));
    process::run_logged(pip.args(["install", "--disable-pip-version-check", UV]), &log, &mut phase)?;
    let mut uv = Command::new(paths.python_tool("uv"));
    uv.args(["pip", "install", "--python"]).arg(paths.python_tool("python")).arg("--requirement").arg(requirements);
    process::run_logged(uv.env("VIRTUAL_ENV", &venv), &log, &mut phase)?;
    paths::write_whole(&stamp, wanted.as_bytes(), false)?;
    phase.done("");
    Ok(())
}

/// Resolves the jars of the OpenSearch that the JDK can run.
pub(crate) fn install_search(jdk: &Jdk, paths: &Paths) -> Result<SearchJars> {
    let version = if jdk.major >= 21 { OPENSEARCH } else { OPENSEARCH_JAVA_17 };
    let folder = paths.tools.join(format!("opensearch-{version}"));
    if !folder.exists() {
        let mut phase = Phase::start(format!("resolve the jars of OpenSearch {version} with Maven"));
        resolve_jars(version, &folder, paths, &mut phase)?;
        phase.done("");
    }
    Ok(SearchJars { folder, version, jdk: jdk.clone() })
}

/// Only a complete folder gets its final name.
fn resolve_jars(version: &str, folder: &Path, paths: &Paths, phase: &mut Phase) -> Result<()> {
    let partial = paths.tools.join(format!("opensearch-{version}.partial"));
    paths::remove(&partial)?;
    fs::create_dir_all(&paths.tools).context("cannot create target/local")?;
    let mut maven = Command::new("mvn");
    maven.args(["--batch-mode", "--file"]).arg(paths.root.join("local/opensearch/pom.xml"));
    maven.arg("dependency:copy-dependencies").arg(format!("-Dopensearch.version={version}"));
    maven.arg(format!("-DoutputDirectory={}", partial.display()));
    process::run_logged(&mut maven, &paths.log("install-opensearch"), phase)?;
    if !partial.join(format!("opensearch-{version}.jar")).exists() {
        bail!("Maven left no server jar in {}", partial.display());
    }
    fs::rename(&partial, folder).context("cannot move the jars to their place")
}
