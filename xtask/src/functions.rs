//! Builds the binary of every service natively and places each where template.yaml names it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::paths::{self, Paths};
use crate::progress::Phase;
use crate::{interrupt, process};

/// One line of cargo's `--message-format=json`, as far as it matters here.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// A binary that cargo built.
pub(crate) struct Binary {
    /// The service's name.
    pub(crate) name: String,
    /// Where cargo put it.
    pub(crate) path: PathBuf,
}

/// Builds binaries of the default members (the services); cargo shows its own progress.
pub(crate) fn build(paths: &Paths, arguments: &[&str]) -> Result<Vec<Binary>> {
    let mut cargo = process::cargo(paths);
    cargo.args(["build", "--message-format=json-render-diagnostics"]).args(arguments);
    let mut binaries = Vec::new();
    process::run_lines(&mut cargo, |line| {
        let Ok(message) = serde_json::from_str::<Message>(&line) else { return }; // a build script's own words
        if let (Some(target), Some(path)) = (message.target, message.executable) {
            binaries.push(Binary { name: target.name, path });
        }
    })
    .context("the services do not build")?;
    binaries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(binaries)
}

/// Builds the services and fills `target/lambda/<service>/bootstrap`. Returns a text that changes when a binary does.
pub(crate) fn build_and_place(paths: &Paths) -> Result<String> {
    let phase = Phase::start("build the services (a first build takes minutes)");
    phase.yield_line();
    let binaries = build(paths, &["--bins"])?;
    if binaries.is_empty() {
        bail!("no service has a binary");
    }
    let stamp_file = paths.root.join("target/lambda/placed.json");
    let old: BTreeMap<String, String> =
        fs::read(&stamp_file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    let mut placed = BTreeMap::new();
    let mut changed = 0_usize;
    for binary in &binaries {
        let bootstrap = paths.service(&binary.name).join("bootstrap");
        let stamp = |bootstrap: &Path| Some(format!("{} -> {}", identity(&binary.path)?, identity(bootstrap)?));
        if old.get(&binary.name).is_none_or(|old| stamp(&bootstrap).is_none_or(|now| now != *old)) {
            place(&binary.path, &bootstrap)?;
            changed += 1;
        }
        placed.insert(binary.name.clone(), stamp(&bootstrap).context("a placed binary is gone")?);
    }
    paths::write_whole(&stamp_file, &serde_json::to_vec_pretty(&placed)?, false)?;
    phase.done(&format!("{} services, {changed} new", binaries.len()));
    fingerprint(&binaries, paths)
}

/// Copies a binary without its debugging symbols: deploying moves every byte several times. A binary that comes out
/// as before keeps its file and so its place in the deployment.
fn place(binary: &Path, bootstrap: &Path) -> Result<()> {
    interrupt::check()?;
    let folder = bootstrap.parent().context("a bootstrap lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let partial = folder.with_extension("partial"); // beside the folder: what is in it gets deployed
    let stripped = Command::new("strip").arg("-o").arg(&partial).arg(binary).stderr(Stdio::null()).status();
    if !stripped.is_ok_and(|status| status.success()) {
        fs::copy(binary, &partial).with_context(|| format!("cannot copy {}", binary.display()))?;
    }
    let same = fs::read(bootstrap).is_ok_and(|old| fs::read(&partial).is_ok_and(|new| old == new));
    if same { paths::remove(&partial) } else { fs::rename(&partial, bootstrap).context("cannot place a binary") }
}

fn fingerprint(binaries: &[Binary], paths: &Paths) -> Result<String> {
    let mut text = String::new();
    for binary in binaries {
        let bootstrap = identity(&paths.service(&binary.name).join("bootstrap")).context("a placed binary is gone")?;
        text += &format!("{} {bootstrap}\n", binary.name);
    }
    Ok(text)
}

/// A file's length and modification time: cheaper than reading gigabytes, and wrong only towards doing too much.
fn identity(file: &Path) -> Option<String> {
    let metadata = fs::metadata(file).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{}@{}", metadata.len(), modified.as_nanos()))
}
