//! `cargo xtask sizes`: the size of each service's release binary.

use std::fs;

use anyhow::{Context, Result};

use crate::local::functions;
use crate::paths::Paths;

/// Options of `cargo xtask sizes`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these services; a release build of one takes minutes
    #[arg(value_parser = functions::SERVICES)]
    services: Vec<String>,
}

/// Builds release binaries for this machine and prints the size of each, largest first.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    let mut services: Vec<_> = options.services.iter().map(String::as_str).collect();
    if services.is_empty() {
        services.extend(functions::SERVICES);
    }
    let mut sizes = Vec::new();
    for binary in functions::build(paths, &["--release"], services)? {
        let bytes = fs::metadata(&binary.file).with_context(|| format!("cannot read {}", binary.file.display()))?.len();
        sizes.push((bytes, binary.name));
    }
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    for (bytes, name) in sizes {
        let hundredths = bytes / 10_000;
        println!("{:>4}.{:02} MB  {name}", hundredths / 100, hundredths % 100);
    }
    Ok(())
}
