//! `cargo xtask release <version>`: writes what clients and stored data rely on into tests/releases/<version>/.
//!
//! - `openapi.yaml`: the contract. tests/openapi/tests/releases.rs compares later ones with it.
//! - `changes.yaml`: where later changes that break clients are declared.
//! - `items/<table>.json`: items of each table, from the running shop.
//! - `messages/<queue>.json`: messages of each queue, from events/.
//! - `events/<type>.json`: domain events, from docs/events.md.

mod items;
mod messages;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;

use crate::aws::Aws;
use crate::paths::Paths;
use crate::stack::Stack;

const CHANGES: &str = "\
# Changes since this release that break clients: the text that the test prints, with the reason.
# \"GET /cart 200, items[].price: removed\": \"…\"
";

/// Options of `cargo xtask release`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The version, such as 0.2.0
    version: String,
}

/// A file below the release's folder.
struct SampleFile {
    path: PathBuf,
    text: String,
}

impl SampleFile {
    fn json(path: impl Into<PathBuf>, value: &impl Serialize) -> Result<Self> {
        Ok(Self { path: path.into(), text: serde_json::to_string_pretty(value)? + "\n" })
    }
}

/// Writes a release. The person who makes it commits it.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    let version = &options.version;
    ensure!(is_version(version), "{version} is not a version such as 0.2.0");
    let name = format!("tests/releases/{version}");
    let folder = paths.root.join(&name);
    if folder.exists() {
        bail!("{name} exists: a release does not change");
    }
    let stack = Stack::read(&paths.home.join("stack.json"))?;
    let document = read(&paths.root.join("docs/openapi.yaml"))?;
    let mut files = vec![
        SampleFile { path: "openapi.yaml".into(), text: document },
        SampleFile { path: "changes.yaml".into(), text: CHANGES.to_owned() },
    ];
    files.extend(items::of_all_tables(&Aws::new(stack.aws_endpoint_url))?);
    files.extend(messages::of_all_queues(&paths.root.join("events"))?);
    files.extend(messages::events(&read(&paths.root.join("docs/events.md"))?)?);
    for file in &files {
        write(&folder.join(&file.path), &file.text)?;
    }
    println!("{name}: {} files. To make it the release:\n", files.len());
    println!("  git add {name}\n  git commit --message \"Release {version}\" -- {name}\n  git tag v{version}");
    Ok(())
}

fn is_version(text: &str) -> bool {
    let parts: Vec<_> = text.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok_and(|number| number.to_string() == *part))
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn write(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().context("a file is in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_three_numbers() {
        for good in ["0.1.0", "1.0.0", "12.3.45"] {
            assert!(is_version(good), "{good}");
        }
        for bad in ["", "1", "1.0", "v1.0.0", "1.0.0-rc1", "01.0.0", "1.0.0.0", "../1"] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
