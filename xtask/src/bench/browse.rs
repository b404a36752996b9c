//! `cargo xtask bench browse`: the browsing functions, built for release, under an open-loop load, on an OpenSearch and
//! a Redis of its own. The load and its measurement are in tests/load, which is too heavy to be part of this crate.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context, Result};

use crate::local::part::Part;
use crate::local::parts::SearchJars;
use crate::local::redis::Redis;
use crate::local::{down, functions, opensearch, parts, prerequisites};
use crate::paths::{self, Paths};
use crate::process;
use crate::progress::Phase;
use crate::stack::Ports;

/// The folder of the bench's own OpenSearch.
const HOME: &str = "target/local-bench";
/// The packages that are built for it.
const PACKAGES: [&str; 4] = ["--package", "souk-catalog-functions", "--package", "souk-load"];
/// The heap of a node of 4 GiB.
const HEAP: &str = "2g";

/// Options of `cargo xtask bench browse`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Products of the catalogue, one after another
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "20000", value_parser = clap::value_parser!(u64).range(100..=2_000_000))]
    products: Vec<u64>,
    /// Requests a second, one load after another: the first meets empty caches
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "400,1000,1840", value_parser = clap::value_parser!(u64).range(1..=20_000))]
    rate: Vec<u64>,
    /// How long each load lasts
    #[arg(long, value_name = "S", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// How long each load but the first runs before it is measured, to warm up caches and the JVM
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u64).range(0..=3_600))]
    warm_up: u64,
}

/// Builds the functions, starts the servers, measures, and stops them.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    let bench = paths.with_home(HOME);
    let _lock = bench.lock()?;
    let jars = parts::install_search(&prerequisites::check()?.jdk, &bench)?;
    let built = functions::build(&bench, &[&["--release"], &PACKAGES[..]].concat(), ["catalog", "souk-load"])?;
    let load = built.iter().find(|binary| binary.name == "souk-load").context("souk-load is not built")?;

    for &products in &options.products {
        println!("\n=== {products} products");
        measure(products, options, &load.file, &jars, &bench)?;
    }
    Ok(())
}

/// Measures one catalogue on an empty OpenSearch.
fn measure(products: u64, options: &Options, load: &Path, jars: &SearchJars, bench: &Paths) -> Result<()> {
    let catalogue = bench.home.join("catalogue.jsonl");
    write_catalogue(products, &catalogue)?;
    let ports = Ports::free()?;
    let major = opensearch::major(jars);
    let search = opensearch::part(ports, major, bench);
    down::stop(&search)?;
    paths::remove(&opensearch::data(major, bench))?;
    search.ensure(&mut opensearch::command(ports, jars, HEAP, bench), bench)?;
    let measured = run_load(options, load, &catalogue, &search, ports, bench);
    down::stop(&search)?;
    measured
}

fn run_load(
    options: &Options,
    load: &Path,
    catalogue: &Path,
    search: &Part,
    ports: Ports,
    bench: &Paths,
) -> Result<()> {
    let mut phase = Phase::start("start OpenSearch and Redis");
    search.wait_ready(bench, &mut phase)?;
    let redis = Redis::start(bench)?;
    phase.done("");
    let rates: Vec<_> = options.rate.iter().map(ToString::to_string).collect();
    let search_pid = search.find()?.context("OpenSearch has ended")?;
    let mut command = std::process::Command::new(load);
    command.arg("--catalogue").arg(catalogue).arg("--binaries").arg(load.parent().context("a binary has a folder")?);
    command.args(["--search-url", &ports.search_url(), "--redis-url", &redis.url(), "--rate", &rates.join(",")]);
    command.args(["--seconds", &options.seconds.to_string(), "--warm-up", &options.warm_up.to_string()]);
    command.args(["--processes", &format!("opensearch={search_pid},redis={}", redis.pid())]);
    process::run_visible(&mut command)
}

fn write_catalogue(products: u64, file: &Path) -> Result<()> {
    let mut phase = Phase::start("write the catalogue");
    let mut output = BufWriter::new(File::create(file).with_context(|| format!("cannot create {}", file.display()))?);
    for index in 0..products {
        writeln!(output, "{}", souk_sample::line(souk_sample::DEFAULT_SEED, index))
            .context("cannot write the catalogue")?;
        if index % 10_000 == 0 {
            phase.tick(&index.to_string());
            crate::interrupt::check()?;
        }
    }
    output.flush().context("cannot write the catalogue")?;
    phase.done(&format!("{products} products"));
    Ok(())
}
