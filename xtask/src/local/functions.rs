//! Builds the binary of each service natively and places it where template.yaml looks for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};

use crate::executables::{self, Executable};
use crate::paths::{self, Paths};
use crate::progress::Phase;
use crate::{interrupt, process};

/// The services, each of which is one binary.
pub(crate) const SERVICES: [&str; 9] =
    ["accounts", "auth", "cart", "catalog", "contract", "inventory", "mail", "orders", "payments"];

/// Builds binaries; cargo shows its own progress.
pub(crate) fn build<'a>(
    paths: &Paths,
    arguments: &[&str],
    names: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Executable>> {
    let mut cargo = process::cargo(paths);
    cargo.arg("build").args(arguments).args(names.into_iter().flat_map(|name| ["--bin", name]));
    executables::build(&mut cargo).context("the build failed")
}

/// Builds debug binaries of the workspace. With `--workspace`, every command compiles a dependency with the same
/// features: cargo unifies the features of the packages that it selects, and would compile the AWS SDKs again for
/// another set.
pub(crate) fn build_debug<'a>(paths: &Paths, names: impl IntoIterator<Item = &'a str>) -> Result<Vec<Executable>> {
    build(paths, &["--workspace"], names)
}

/// Builds the services and places them.
pub(crate) fn build_and_place(python: &str, paths: &Paths) -> Result<String> {
    let phase = Phase::start("build the services (a first build takes minutes)");
    phase.yield_line();
    let built = build_debug(paths, SERVICES)?;
    phase.done("");
    place(&built, python, paths)
}

/// Fills `target/lambda/<service>/bootstrap.zip` from binaries, among which are those of all services. Returns a text
/// that changes when a binary does.
pub(crate) fn place(built: &[Executable], python: &str, paths: &Paths) -> Result<String> {
    let phase = Phase::start("pack the services");
    let services: Vec<_> = built.iter().filter(|it| !it.is_test && SERVICES.contains(&it.name.as_str())).collect();
    if services.len() != SERVICES.len() {
        bail!("of {} services, {} are built", SERVICES.len(), services.len());
    }
    let stamp_file = paths.root.join("target/lambda/placed.json");
    let old: BTreeMap<String, String> =
        fs::read(&stamp_file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    let is_new = |binary: &&&Executable| stamp(binary, paths).is_none_or(|now| old.get(&binary.name) != Some(&now));
    let changed: Vec<_> = services.iter().filter(is_new).collect();
    thread::scope(|scope| {
        let packings: Vec<_> =
            changed.iter().map(|binary| scope.spawn(|| pack(&binary.file, &archive(binary, paths), python))).collect();
        // A thread that panicked has already printed its reason.
        packings.into_iter().try_for_each(|packing| packing.join().unwrap_or_else(|_| bail!("cannot pack a binary")))
    })?;
    let stamps = services.iter().map(|binary| Some((binary.name.clone(), stamp(binary, paths)?)));
    let stamps: BTreeMap<_, _> = stamps.collect::<Option<_>>().context("a packed binary is gone")?;
    paths::write_whole(&stamp_file, &serde_json::to_vec_pretty(&stamps)?, false)?;
    phase.done(&format!("{} of {} are new", changed.len(), services.len()));
    let archives = services.iter().map(|binary| identity(&archive(binary, paths)));
    Ok(archives.collect::<Option<Vec<_>>>().context("a packed binary is gone")?.join("\n"))
}

/// Packs a binary as Lambda takes it, without its debugging symbols: deploying moves every byte several times. One
/// archive serves all functions of the service, as sam would pack a folder again for each of them. An archive that
/// comes out as before keeps its file and so its place in the deployment.
fn pack(binary: &Path, archive: &Path, python: &str) -> Result<()> {
    interrupt::check()?;
    let folder = archive.parent().context("an archive lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let (bootstrap, partial) = (folder.join("bootstrap"), archive.with_extension("partial"));
    let stripped = Command::new("strip").arg("-o").arg(&bootstrap).arg(binary).stderr(Stdio::null()).status();
    if !stripped.is_ok_and(|status| status.success()) {
        fs::copy(binary, &bootstrap).with_context(|| format!("cannot copy {}", binary.display()))?;
    }
    let packed = Command::new(python).arg("-c").arg(PACK).arg(&bootstrap).arg(&partial).status();
    if !packed.is_ok_and(|status| status.success()) {
        bail!("cannot pack {}", bootstrap.display());
    }
    paths::remove(&bootstrap)?;
    let same = fs::read(archive).is_ok_and(|old| fs::read(&partial).is_ok_and(|new| old == new));
    if same { paths::remove(&partial) } else { fs::rename(&partial, archive).context("cannot replace an archive") }
}

/// Packs the first file into the second: executable, compressed quickly, and without the time, so that equal binaries
/// give equal archives. In Python, which `up` needs anyway, because its compression is not a debug build.
const PACK: &str = "
import sys, zipfile
binary, archive = sys.argv[1:]
entry = zipfile.ZipInfo('bootstrap')
entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100755 << 16
with zipfile.ZipFile(archive, 'w') as file, open(binary, 'rb') as content:
    file.writestr(entry, content.read(), compresslevel=1)
";

fn archive(binary: &Executable, paths: &Paths) -> PathBuf {
    paths.service(&binary.name).join("bootstrap.zip")
}

/// Changes with the binary that cargo built or with the archive that it became. None without an archive.
fn stamp(binary: &Executable, paths: &Paths) -> Option<String> {
    Some(format!("{} -> {}", identity(&binary.file)?, identity(&archive(binary, paths))?))
}

/// A file's length and modification time: cheaper than its content, and a false difference only costs a deployment.
fn identity(file: &Path) -> Option<String> {
    let metadata = fs::metadata(file).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{}@{}", metadata.len(), modified.as_nanos()))
}
