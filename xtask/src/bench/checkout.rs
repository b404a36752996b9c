//! `cargo xtask bench checkout`: flash sales, followed by a reconciliation. In one process on a clock that the bench
//! moves, with DynamoDB's rule for conflicts (tests/faults); or over HTTP against the running local shop
//! (tests/tests/contention.rs).

use std::process::Command;

use anyhow::{Context, Result};

use crate::local::functions;
use crate::paths::Paths;
use crate::process;
use crate::stack::Stack;

/// Options of `cargo xtask bench checkout`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run the sales over HTTP against the shop that `cargo xtask up` started
    #[arg(long, conflicts_with_all = ["transaction_ms", "call_ms", "seed"])]
    deployed: bool,
    /// Shoppers; if any of these five is given, one sale with these parameters runs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    shoppers: Option<u64>,
    /// Different products
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    products: Option<u64>,
    /// Units of each product
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    units: Option<u64>,
    /// Shards of each product
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=64))]
    shards: Option<u64>,
    /// Most products in a basket
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=40))]
    lines: Option<u64>,
    /// Shoppers who order at the same time; 100, or 64 of a deployed shop
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=2_000))]
    at_once: Option<u64>,
    /// A third of the shoppers cancel their orders and a third do not pay, while others still order
    #[arg(long)]
    changes_of_mind: bool,
    /// In one process: duration of a transaction, during which another one on the same item conflicts [default: 10]
    #[arg(long, value_name = "MS")]
    transaction_ms: Option<u64>,
    /// In one process: duration of any other call to the store [default: 4]
    #[arg(long, value_name = "MS")]
    call_ms: Option<u64>,
    /// In one process: for baskets, ids and jitter [default: 1]
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
}

/// Runs the sales and prints a row for each.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    if options.deployed {
        let stack_file = paths.home.join("stack.json");
        Stack::read(&stack_file)?;
        let mut cargo = process::cargo(paths);
        cargo.args(["test", "--quiet", "--package", "souk-e2e", "--test", "contention"]);
        cargo.env("SOUK_STACK", stack_file).envs(options.given().map(|(name, value)| (variable(name), value)));
        return process::run_visible(&mut cargo);
    }
    let built = functions::build_debug(paths, ["bench-checkout"])?;
    let mut bench = Command::new(&built.first().context("bench-checkout is not built")?.file);
    for (name, value) in options.given() {
        bench.arg(format!("--{name}")).args((name != CHANGES_OF_MIND).then_some(value));
    }
    process::run_visible(&mut bench)
}

/// The parameter that is a flag.
const CHANGES_OF_MIND: &str = "changes-of-mind";

impl Options {
    /// The parameters of a sale that were given.
    fn given(&self) -> impl Iterator<Item = (&'static str, String)> {
        let numbers = [
            ("shoppers", self.shoppers),
            ("products", self.products),
            ("units", self.units),
            ("shards", self.shards),
            ("lines", self.lines),
            ("at-once", self.at_once),
            ("transaction-ms", self.transaction_ms),
            ("call-ms", self.call_ms),
            ("seed", self.seed),
        ];
        let numbers = numbers.into_iter().filter_map(|(name, value)| Some((name, value?.to_string())));
        numbers.chain(self.changes_of_mind.then(|| (CHANGES_OF_MIND, true.to_string())))
    }
}

/// `at-once` is `SOUK_SALE_AT_ONCE`.
fn variable(name: &str) -> String {
    format!("SOUK_SALE_{}", name.replace('-', "_").to_uppercase())
}
