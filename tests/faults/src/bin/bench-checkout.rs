//! `cargo xtask bench checkout`: flash sales in one process, on dynoxide with DynamoDB's conflicts and the given
//! latencies.

#![allow(clippy::print_stdout, reason = "a bench talks to people on standard output")]

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use souk_faults::conflicts::Times;
use souk_faults::sale::{Outcome, Sale};

/// Runs flash sales and counts orders and units. Without options: one product in 1, 4 and 16 shards, then random
/// baskets.
#[derive(Parser)]
#[command(name = "cargo xtask bench checkout", bin_name = "cargo xtask bench checkout")]
struct Options {
    /// Shoppers; with any of these five given, one such sale runs
    #[arg(long, value_name = "N")]
    shoppers: Option<u32>,
    /// Different products
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    products: Option<u32>,
    /// Units of each product
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    units: Option<u32>,
    /// Shards of each product
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    shards: Option<u32>,
    /// Most products in a basket
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=40))]
    lines: Option<u32>,
    /// Shoppers who order at the same time
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=2_000))]
    at_once: u16,
    /// How long a transaction takes; another one on the same item conflicts meanwhile
    #[arg(long, value_name = "MS", default_value_t = 10)]
    transaction_ms: u64,
    /// How long any other call to the store takes
    #[arg(long, value_name = "MS", default_value_t = 4)]
    call_ms: u64,
    /// A third cancels its order and a third lets it expire, while others still order
    #[arg(long)]
    changes_of_mind: bool,
    /// For baskets, ids and jitter
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    println!("{}", Outcome::HEADING);
    let mut correct = true;
    for sale in options.sales() {
        let outcome = sale.run();
        println!("{outcome}");
        correct &= outcome.is_correct();
    }
    if correct { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Options {
    fn sales(&self) -> Vec<Sale> {
        let given = [self.shoppers, self.products, self.units, self.shards, self.lines];
        if given.iter().any(Option::is_some) {
            return vec![self.sale()];
        }
        let one_product = [1, 4, 16].map(|shards| Sale { shards, ..self.sale() });
        let baskets = Sale {
            shoppers: 500,
            products: 50,
            units: 20,
            shards: 2,
            lines: 1..=10,
            changes_of_mind: true,
            ..self.sale()
        };
        one_product.into_iter().chain([baskets]).collect()
    }

    fn sale(&self) -> Sale {
        Sale {
            shoppers: self.shoppers.unwrap_or(1_000),
            products: self.products.unwrap_or(1),
            units: self.units.unwrap_or(100),
            shards: self.shards.unwrap_or(1),
            lines: 1..=self.lines.unwrap_or(1),
            at_once: usize::from(self.at_once),
            times: Times {
                transaction: Duration::from_millis(self.transaction_ms),
                call: Duration::from_millis(self.call_ms),
            },
            changes_of_mind: self.changes_of_mind,
            seed: self.seed,
        }
    }
}
