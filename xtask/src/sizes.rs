//! `cargo xtask sizes`: what a release build of each function weighs.

use std::fs;

use anyhow::{Context, Result};

use crate::functions;
use crate::paths::Paths;

/// Builds the release binaries for this machine and prints the size of each, largest first.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let mut sizes = Vec::new();
    for binary in functions::build(paths, &["--release"])? {
        let bytes = fs::metadata(&binary.path).with_context(|| format!("{} is gone", binary.path.display()))?.len();
        sizes.push((bytes, binary.name));
    }
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    for (bytes, name) in sizes {
        let hundredths = bytes / 10_000;
        println!("{:>4}.{:02} MB  {name}", hundredths / 100, hundredths % 100);
    }
    Ok(())
}
