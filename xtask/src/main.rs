//! `cargo xtask`: starts, fills, tests and stops Souk on one machine.

#![allow(clippy::print_stdout, reason = "a command line tool prints to standard output")]

mod api;
mod aws;
mod bench;
mod clock;
mod dlq;
mod executables;
mod fuzz;
mod import;
mod interrupt;
mod local;
mod mail;
mod new_endpoint;
mod openapi;
mod operator;
mod paths;
mod process;
mod progress;
mod random;
mod reconcile;
mod reindex;
mod release;
mod sample;
mod sbom;
mod sizes;
mod stack;
mod staff;
mod test;
mod typescript;

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
    /// Start the whole shop on this machine: MiniStack, OpenSearch, every function, a sample catalogue, a staff account
    Up(local::up::Options),
    /// Stop what `up` started; the data stays
    Down,
    /// Load a catalogue of JSON lines, plain or gzip
    Import(import::Options),
    /// Print a generated catalogue as JSON lines
    Sample(sample::Options),
    /// Run everything that CI runs
    Test(test::Options),
    /// Build a new search index while the shop sells, and replace the old one with it
    Reindex,
    /// Report where the search index and the products table differ
    CompareIndex,
    /// Print a code of the staff account's second factor; each works once
    Code,
    /// Measure searches and orders of the running shop, or one other benchmark
    Bench(bench::Options),
    /// List dead letters, or process them again
    Dlq(dlq::Options),
    /// Print the mails that the local shop has sent, newest last
    Mail(mail::Options),
    /// Send generated requests to the running shop, and hold the responses to docs/openapi.yaml
    Fuzz(fuzz::Options),
    /// Compare stock, orders and money of a shop, and report discrepancies
    Reconcile(reconcile::Options),
    /// Write docs/openapi.yaml, the tables of docs/api.md and the types of clients/typescript
    Openapi(openapi::Options),
    /// Write the files of a new endpoint, and list what only a person can fill in
    NewEndpoint(new_endpoint::Options),
    /// Write the contract and sample data of a new version into tests/releases
    Release(release::Options),
    /// Write a software bill of materials of each service into target/sbom
    Sbom,
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
        Command::Up(options) => interrupt::listen().and_then(|()| local::up::run(options, &paths)),
        Command::Down => interrupt::listen().and_then(|()| local::down::run(&paths)),
        Command::Import(options) => return import::run(options, &paths),
        Command::Sample(options) => sample::run(options),
        Command::Test(options) => return interrupt::listen().and_then(|()| test::run(options, &paths)),
        Command::Reindex => interrupt::listen().and_then(|()| reindex::run(&paths)),
        Command::CompareIndex => return interrupt::listen().and_then(|()| reindex::compare(&paths)),
        Command::Code => interrupt::listen().and_then(|()| staff::print_code(&paths)),
        Command::Bench(options) => interrupt::listen().and_then(|()| bench::run(options, &paths)),
        Command::Dlq(options) => dlq::run(options, &paths),
        Command::Mail(options) => mail::run(options, &paths),
        Command::Fuzz(options) => interrupt::listen().and_then(|()| fuzz::run(options, &paths)),
        Command::Reconcile(options) => return reconcile::run(options, &paths),
        Command::Openapi(options) => openapi::run(options, &paths),
        Command::NewEndpoint(options) => new_endpoint::run(options, &paths),
        Command::Release(options) => release::run(options, &paths),
        Command::Sbom => sbom::run(&paths),
        Command::Sizes(options) => sizes::run(options, &paths),
    }?;
    Ok(ExitCode::SUCCESS)
}
