//! `cargo xtask`: the only command a person needs to start, fill, test and stop Souk on one machine.

#![allow(clippy::print_stdout, reason = "a command line tool talks to people on standard output")]

mod api;
mod aws;
mod bench;
mod bench_browse;
mod bench_checkout;
mod bench_relevance;
mod clock;
mod deploy;
mod dlq;
mod down;
mod executables;
mod functions;
mod import;
mod import_lines;
mod import_send;
mod import_summary;
mod import_upload;
mod interrupt;
mod ministack;
mod opensearch;
mod operator;
mod part;
mod parts;
mod paths;
mod prerequisites;
mod process;
mod progress;
mod random;
mod reconcile;
mod redis;
mod reindex;
mod sam_local;
mod sample;
mod shop;
mod sizes;
mod stack;
mod staff;
mod stripe_mock;
mod test;
mod up;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::paths::Paths;

/// Starts, fills, tests and stops a local Souk.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the whole shop on this machine: MiniStack, OpenSearch, every function, a sample catalogue, a staff user
    Up(up::Options),
    /// Stop what `up` started; the data stays
    Down,
    /// Load a catalogue of JSON lines, plain or gzip
    Import(import::Options),
    /// Print a generated catalogue as JSON lines
    Sample(sample::Options),
    /// Run everything that CI runs
    Test(test::Options),
    /// Fill a new search index while the shop goes on, and put it in the place of the old one
    Reindex,
    /// Tell where the search index and the products table differ
    CompareIndex,
    /// Time searches and orders against the running shop, or measure one thing
    Bench(bench::Options),
    /// Show what lies in the dead-letter queues, or put it back to work
    Dlq(dlq::Options),
    /// Count stock, orders and money of the running shop against each other
    Reconcile(reconcile::Options),
    /// Build the services for release and print the size of each
    Sizes(sizes::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments.command) {
        Ok(code) => code,
        Err(_) if interrupt::requested() => {
            eprintln!("interrupted");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<ExitCode> {
    let paths = Paths::from_environment()?;
    match command {
        Command::Up(options) => interrupt::listen().and_then(|()| up::run(options, &paths)),
        Command::Down => interrupt::listen().and_then(|()| down::run(&paths)),
        Command::Import(options) => return import::run(options, &paths),
        Command::Sample(options) => sample::run(options),
        Command::Test(options) => return interrupt::listen().and_then(|()| test::run(options, &paths)),
        Command::Reindex => interrupt::listen().and_then(|()| reindex::run(&paths)),
        Command::CompareIndex => return interrupt::listen().and_then(|()| reindex::compare(&paths)),
        Command::Bench(options) => interrupt::listen().and_then(|()| bench::run(options, &paths)),
        Command::Dlq(options) => dlq::run(options, &paths),
        Command::Reconcile(options) => return reconcile::run(options, &paths),
        Command::Sizes(options) => sizes::run(options, &paths),
    }?;
    Ok(ExitCode::SUCCESS)
}
