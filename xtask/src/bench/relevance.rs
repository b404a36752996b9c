//! `cargo xtask bench relevance`: search quality, on an index of its own beside the shop's. The queries and scores are
//! in tests/relevance, which is too heavy to be part of this crate.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::paths::Paths;
use crate::process;
use crate::stack::Stack;

/// Options of `cargo xtask bench relevance`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// JSON lines, plain or gzip, as for `import`; the generated catalogue without it
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// Another seed, other queries
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Queries of each kind; half of them are held out
    #[arg(long, value_name = "N", default_value_t = 100)]
    each: u32,
    /// Print the queries with bad results, except held-out ones
    #[arg(long)]
    misses: bool,
    /// Compare stemmers on the catalogue's nouns instead
    #[arg(long)]
    stemmers: bool,
    /// URL of another OpenSearch than the running shop's
    #[arg(long, value_name = "URL")]
    search_url: Option<String>,
}

/// Builds and runs the bench.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    let url = match &options.search_url {
        Some(url) => url.clone(),
        None => Stack::read(&paths.home.join("stack.json"))?.search_url,
    };
    let mut cargo = process::cargo(paths);
    cargo.args(["run", "--quiet", "--package", "souk-relevance", "--", url.as_str()]);
    if let Some(file) = &options.catalogue {
        let file = file.canonicalize().with_context(|| format!("cannot find {}", file.display()))?;
        cargo.arg("--catalogue").arg(file);
    }
    cargo.args(["--seed", &options.seed.to_string(), "--each", &options.each.to_string()]);
    if options.misses {
        cargo.arg("--misses");
    }
    if options.stemmers {
        cargo.arg("--stemmers");
    }
    process::run_visible(&mut cargo)
}
