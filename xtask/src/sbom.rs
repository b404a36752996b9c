//! `cargo xtask sbom`: a software bill of materials (CycloneDX) of each service's binary, an artefact of a release.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::local::functions;
use crate::paths::Paths;
use crate::process;

/// The version of cargo-cyclonedx. Its own Cargo.lock pins what it is built from.
const VERSION: &str = "0.5.7";
/// The target of a deployment: other targets have other dependencies.
const TARGET: &str = "aarch64-unknown-linux-gnu";
/// Name of the files that cargo-cyclonedx writes beside each Cargo.toml, without `.json`.
const WRITTEN: &str = "souk-sbom";

/// The packages of the workspace, as `cargo metadata` lists them.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    manifest_path: PathBuf,
}

/// Writes `target/sbom/<service>.cdx.json` of each service.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let tool = install(paths)?;
    let folders = package_folders(paths)?;
    let mut cyclonedx = Command::new(tool);
    cyclonedx.current_dir(&paths.root).args(["cyclonedx", "--format", "json", "--target", TARGET]);
    let written = process::run_visible(cyclonedx.args(["--override-filename", WRITTEN]));
    let copied = written.and_then(|()| copy(paths));
    // It writes a file for every package of the workspace.
    for folder in folders {
        fs::remove_file(written_in(&folder)).ok();
    }
    copied
}

fn copy(paths: &Paths) -> Result<()> {
    let target = paths.root.join("target/sbom");
    fs::create_dir_all(&target).with_context(|| format!("cannot create {}", target.display()))?;
    for service in functions::SERVICES {
        let from = written_in(&paths.root.join("functions").join(service));
        let to = target.join(format!("{service}.cdx.json"));
        fs::copy(&from, &to).with_context(|| format!("cargo-cyclonedx has not written {}", from.display()))?;
        println!("target/sbom/{service}.cdx.json");
    }
    Ok(())
}

fn written_in(folder: &Path) -> PathBuf {
    folder.join(format!("{WRITTEN}.json"))
}

/// cargo-cyclonedx of this version in `target/local`, installed unless it is there.
fn install(paths: &Paths) -> Result<PathBuf> {
    let root = paths.tools.join(format!("cargo-cyclonedx-{VERSION}"));
    let tool = root.join("bin/cargo-cyclonedx");
    if !tool.is_file() {
        println!("installing cargo-cyclonedx {VERSION}, which takes minutes");
        let mut cargo = process::cargo(paths);
        cargo.args(["install", "--locked", "cargo-cyclonedx", "--version", VERSION, "--root"]).arg(&root);
        process::run_visible(&mut cargo).context("cargo-cyclonedx cannot be installed")?;
    }
    Ok(tool)
}

fn package_folders(paths: &Paths) -> Result<Vec<PathBuf>> {
    let mut cargo = process::cargo(paths);
    let output = cargo.args(["metadata", "--no-deps", "--format-version", "1"]).output().context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo metadata failed");
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
    Ok(metadata.packages.iter().filter_map(|package| Some(package.manifest_path.parent()?.to_owned())).collect())
}
