//! `cargo xtask bench`: the latency of a search and of an order in the running shop, one request after another.
//!
//! The results are those of debug builds on an emulator. Compare them before and after a change, not with AWS. The
//! contract tests count the write units of an order, see docs/cost.md.

mod browse;
mod checkout;
mod cold_start;
mod relevance;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::api::{Api, Response};
use crate::paths::Paths;
use crate::stack::Stack;

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    special: Option<Special>,
    #[command(flatten)]
    shop: ShopOptions,
}

/// The measurements besides the default one.
#[derive(clap::Subcommand)]
enum Special {
    /// Throughput and latency of browsing under an open-loop load, with OpenSearch, Redis and dynoxide
    Browse(browse::Options),
    /// Flash sales, reconciled afterwards: no unit is oversold or lost, no order is refused while units are in stock
    Checkout(checkout::Options),
    /// How long functions take to start, and how large their binaries are
    ColdStart(cold_start::Options),
    /// Search quality: runs and scores queries that are derived from a catalogue
    Relevance(relevance::Options),
}

/// Options of the measurement of the running shop.
#[derive(clap::Args)]
struct ShopOptions {
    /// Searches to time
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(10..=10_000))]
    searches: u32,
    /// Orders to place and time
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(10..=10_000))]
    orders: u32,
}

/// Words of the sample catalogue, and one that is not in it.
const WORDS: [&str; 6] = ["backpack", "lamp", "green", "steel kettle", "hikign backpack", "zzzz"];

/// Runs a measurement; by default that of the running shop.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<()> {
    match &options.special {
        Some(Special::Browse(options)) => browse::run(options, paths),
        Some(Special::Checkout(options)) => checkout::run(options, paths),
        Some(Special::ColdStart(options)) => cold_start::run(options, paths),
        Some(Special::Relevance(options)) => relevance::run(options, paths),
        None => run_shop(&options.shop, paths),
    }
}

/// Measures both and prints a table.
fn run_shop(options: &ShopOptions, paths: &Paths) -> Result<()> {
    let stack = Stack::read(&paths.home.join("stack.json"))?;
    let api = Api::new(&stack.api_url)?;
    let searches = time(options.searches, |n| {
        let word = WORDS[n as usize % WORDS.len()].replace(' ', "%20");
        expect(200, &api.get(&format!("/products?search={word}&limit=20"), None)?)
    })?;

    let product = orderable(&api)?;
    let shopper = Shopper::guest(&api)?;
    let mut placed = Vec::new();
    for _ in 0..options.orders {
        shopper.fill_cart(&product)?;
        let started = Instant::now();
        shopper.place_order()?;
        placed.push(started.elapsed());
    }
    println!("{:<16} {:>7} {:>9} {:>9} {:>9}", "call", "calls", "median", "p99", "slowest");
    print("GET /products", searches);
    print("POST /orders", placed);
    Ok(())
}

fn time(calls: u32, call: impl Fn(u32) -> Result<()>) -> Result<Vec<Duration>> {
    call(0)?; // the first one starts the function
    (0..calls)
        .map(|n| {
            let started = Instant::now();
            call(n)?;
            Ok(started.elapsed())
        })
        .collect()
}

fn print(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| ms(times[(times.len() - 1) * percent / 100]);
    println!("{name:<16} {:>7} {:>9} {:>9} {:>9}", times.len(), at(50), at(99), at(100));
}

fn ms(time: Duration) -> String {
    format!("{}.{} ms", time.as_micros() / 1000, time.as_micros() / 100 % 10)
}

fn expect(status: u16, answer: &Response) -> Result<()> {
    if answer.status == status { Ok(()) } else { bail!("expected {status}: {}", answer.problem()) }
}

/// The product with the most stock among the first hundred.
fn orderable(api: &Api) -> Result<Value> {
    let answer = api.get("/products?in_stock=true&limit=100", None)?;
    let products = answer.body.get("products").and_then(Value::as_array).context("no products")?;
    let most = products.iter().max_by_key(|product| product["stock_quantity"].as_u64());
    most.map(|product| product["id"].clone()).context("the shop is empty")
}

struct Shopper<'a> {
    api: &'a Api,
    token: String,
}

impl<'a> Shopper<'a> {
    fn guest(api: &'a Api) -> Result<Self> {
        Ok(Self { api, token: api.guest()?.token })
    }

    fn fill_cart(&self, product: &Value) -> Result<()> {
        let body = json!({ "product_id": product, "quantity": 1 });
        expect(201, &self.api.post("/cart/items", &body, Some(&self.token))?)
    }

    fn place_order(&self) -> Result<()> {
        let body = json!({
            "payment_method": "credit_card",
            "shipping_address": "1 Main Street, Springfield",
            "contact": { "email": "bench@souk.example" },
        });
        expect(201, &self.api.post("/orders", &body, Some(&self.token))?)
    }
}
