//! `cargo xtask bench browse`: the catalog's functions, each as a process, with OpenSearch, Redis and dynoxide,
//! under an open-loop load.

#![allow(clippy::print_stdout, reason = "a bench talks to people on standard output")]

mod lambda;
mod machine;
mod report;
mod shop;
mod work;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Parser;

use crate::lambda::{Lambda, Settings};
use crate::shop::Shop;
use crate::work::Work;

/// Fills a shop, puts it under load, and prints the results.
#[derive(Parser)]
#[command(name = "cargo xtask bench browse", bin_name = "cargo xtask bench browse")]
struct Options {
    /// Products of the generated catalogue, as `cargo xtask sample` prints them
    #[arg(long)]
    catalogue: PathBuf,
    /// An OpenSearch for this run only
    #[arg(long)]
    search_url: String,
    /// A Redis for this run only
    #[arg(long)]
    redis_url: String,
    /// Where the services' binaries are
    #[arg(long)]
    binaries: PathBuf,
    /// Requests a second, one load after another
    #[arg(long, value_delimiter = ',', default_value = "200")]
    rate: Vec<u64>,
    /// How long each load lasts
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// How long each load but the first runs before it is measured
    #[arg(long, default_value_t = 60)]
    warm_up: u64,
    /// Processes whose memory is printed: name=pid
    #[arg(long, value_delimiter = ',')]
    processes: Vec<String>,
}

/// The functions under load.
const FUNCTIONS: [&str; 3] = ["list-products", "get-product", "suggest"];

// One thread: the load should take as little of the two cores as possible.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    let shop = Shop::fill(&options.catalogue, &options.search_url).await?;
    let work = Work::of(&options.catalogue)?;
    let settings = Settings {
        environment: shop.environment(&options.search_url, &options.redis_url),
        binary: options.binaries.join("catalog"),
    };
    let mut lambda = Lambda::start(&FUNCTIONS, settings).await?;
    let mut watched = options.processes.iter().map(|process| machine::named(process)).collect::<Result<Vec<_>>>()?;
    watched.extend(lambda.processes());
    watched.push(("this bench, dynoxide included".to_owned(), std::process::id()));

    let duration = Duration::from_secs(options.seconds);
    for (run, &rate) in options.rate.iter().enumerate() {
        // The first load finds empty caches and a JVM that has compiled nothing yet.
        let name = format!("{rate}/s {}", if run == 0 { "cold" } else { "warm" });
        if run > 0 {
            let warm_up = Duration::from_secs(options.warm_up);
            lambda.load(&work, rate, warm_up, 1_000 + run as u64).await.with_context(|| name.clone())?;
        }
        let (queries, used) = (shop::queries(&options.search_url).await?, processor_times(&watched)?);
        let done = lambda.load(&work, rate, duration, run as u64).await.with_context(|| name.clone())?;
        report::print(&name, &done, duration);
        let queries = shop::queries(&options.search_url).await? - queries;
        println!("  OpenSearch: {queries} queries, {} a second", queries / options.seconds.max(1));
        let used = processor_times(&watched)?.into_iter().zip(used).map(|(now, before)| now - before);
        for ((name, _), hundredths) in watched.iter().zip(used) {
            let (share, each) = (hundredths / options.seconds.max(1), hundredths * 10_000 / done.len().max(1) as u64);
            println!("  processor: {name:<32} {share:>4} % of a core, {each:>5} µs for each request of the load");
        }
    }
    println!();
    for (name, pid) in watched {
        println!("memory  {name:<32} {:>6} MB", machine::resident_mb(pid)?);
    }
    lambda.stop().await;
    println!("load of this machine over the last minute: {}", machine::load()?);
    Ok(())
}

fn processor_times(processes: &[(String, u32)]) -> Result<Vec<u64>> {
    processes.iter().map(|(_, pid)| machine::processor_time(*pid)).collect()
}

/// The time since a moment, and the rate.
fn rate_of(count: u64, what: &str, since: Instant) -> String {
    let ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
    format!("{count} {what} in {}.{} s, {} a second", ms / 1_000, ms % 1_000 / 100, count * 1_000 / ms)
}
