//! A flash sale: many shoppers order few units at once, then orders and units are counted.
//!
//! It runs on a paused clock: time passes only by the model ([`Times`]), so the result is the same on every machine.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use souk_domain::cart::HoldBounds;
use souk_domain::effects::Random;
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::message::OrderQueueMessage;
use souk_orders_functions::place_order::PlaceOrder;
use souk_runtime::batch::Consumer;
use souk_runtime::http::{Endpoint, Problem, Reply};
use souk_testkit::SeededRandom;
use tokio::time::Instant;

use crate::conflicts::{Conflicts, Times};
use crate::platform::Platform;
use crate::provider::token;
use crate::shop::{HOLD_BOUNDS, Shop, request};
use crate::transactions::TransactionCounts;

/// Parameters of a sale.
#[derive(Debug, Clone)]
pub struct Sale {
    /// Number of shoppers.
    pub shoppers: u32,
    /// Number of products.
    pub products: u32,
    /// Units of each.
    pub units: u32,
    /// Shards of each.
    pub shards: u32,
    /// Products in a basket, one unit of each or two.
    pub lines: RangeInclusive<u32>,
    /// How many shoppers order at the same time.
    pub at_once: usize,
    /// Latencies of DynamoDB.
    pub times: Times,
    /// Whether a third of the shoppers cancels its order, and a third lets it expire, while others still order.
    pub changes_of_mind: bool,
    /// For baskets, ids and jitter.
    pub seed: u64,
}

/// The result of a sale.
#[derive(Debug)]
pub struct Outcome {
    sale: Sale,
    time: Duration,
    placed: Vec<Duration>,
    placed_units: u64,
    refused: Vec<Duration>,
    refused_units: u64,
    /// Answers of 503.
    pub busy: usize,
    transactions: TransactionCounts,
    /// Refusals although enough units were available.
    pub false_sold_outs: usize,
    /// Units in orders beyond the stock.
    pub oversold: i64,
    /// Units that are neither in stock nor in an order.
    pub leaked: i64,
    /// The same, after everything unpaid has expired.
    pub leaked_at_the_end: i64,
    /// Discrepancies that `reconcile` finds then.
    pub differences: u64,
}

enum CheckoutResult {
    Placed { time: Duration, order_id: String, write_units: u64 },
    Refused { time: Duration, falsely: bool },
    Busy,
}

impl Sale {
    /// Runs the sale.
    pub fn run(&self) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(self.run_on_paused_clock())
    }

    async fn run_on_paused_clock(&self) -> Outcome {
        let shop = Shop::open(Conflicts::with_times(self.times), self.seed).await;
        let mut platform = Platform::of(&shop);
        let products = self.stock(&shop).await;
        let shoppers = self.fill_carts(&shop, &products).await;
        let began = Instant::now();
        let answers: Vec<CheckoutResult> = stream::iter(shoppers.iter().enumerate())
            .map(|(number, user_id)| self.shop_once(&shop, number, user_id))
            .buffer_unordered(self.at_once)
            .collect()
            .await;
        let time = began.elapsed();
        let mut outcome = self.count(answers, &shop, time);
        let balance = self.balance(&shop, &products, &shoppers).await;
        (outcome.oversold, outcome.leaked) = ((-balance).max(0), balance.max(0));
        platform.run_until_idle(&shop).await;
        outcome.leaked_at_the_end = self.balance(&shop, &products, &shoppers).await;
        outcome.differences = shop.reconcile().await.found;
        outcome
    }

    async fn stock(&self, shop: &Shop) -> Vec<ProductId> {
        let products = (0..self.products).map(|n| shop.product(format!("product-{n}"), 1_000, self.units, self.shards));
        stream::iter(products).buffered(16).collect().await
    }

    async fn fill_carts(&self, shop: &Shop, products: &[ProductId]) -> Vec<UserId> {
        let baskets = SeededRandom::new(self.seed);
        let mut shoppers = Vec::new();
        for number in 1..=self.shoppers {
            let user_id = souk_testkit::user(number);
            let choices = u64::from(self.lines.end() - self.lines.start() + 1);
            let wanted = u64::from(*self.lines.start()) + baskets.below(choices);
            let mut left: Vec<&ProductId> = products.iter().collect();
            for _ in 0..wanted.min(u64::from(self.products)) {
                let product_id = left.swap_remove(pick(&baskets, left.len()));
                let quantity = if self.products == 1 { 1 } else { 1 + u32::from(baskets.below(4) == 0) };
                shop.put_in_cart(&user_id, product_id, quantity).await;
            }
            shoppers.push(user_id);
        }
        shoppers
    }

    /// One shopper places an order, and then pays it, cancels it, or lets it expire.
    async fn shop_once(&self, shop: &Shop, number: usize, user_id: &UserId) -> CheckoutResult {
        let mind = if self.changes_of_mind { number % 3 } else { 0 };
        let expires = mind == 2;
        let bounds = HoldBounds { hold_seconds: if expires { 0 } else { 900 }, ..HOLD_BOUNDS };
        let endpoint = PlaceOrder { bounds, ..shop.place_order() };
        let body = r#"{"payment_method": "credit_card", "shipping_address": "1 Main St", "contact": {"email": "ann@souk.example"}}"#;
        let began = Instant::now();
        let answer = endpoint.handle(&request(user_id, None, "", body, "sale")).await;
        let time = began.elapsed();
        let reply = match answer {
            Ok(reply) => reply,
            Err(problem) if problem.status() == 503 => return CheckoutResult::Busy,
            Err(problem) => return CheckoutResult::Refused { time, falsely: is_false_refusal(shop, &problem, began) },
        };
        let order_id: OrderId = reply.body_json()["order_id"].as_str().expect("an id").parse().expect("an id");
        match mind {
            0 => pay(shop, user_id, &order_id).await,
            1 => {
                let _ = shop.cancel_order().handle(&request(user_id, Some(&order_id), "cancel", "", "off")).await;
            }
            _ => {
                let message = OrderQueueMessage::ExpireOrder { user_id: user_id.clone(), order_id: order_id.clone() };
                let _ = shop.expire_order().consume(&message).await; // the queue delivers again what fails
            }
        }
        CheckoutResult::Placed { time, order_id: order_id.to_string(), write_units: write_units(&reply) }
    }

    fn count(&self, answers: Vec<CheckoutResult>, shop: &Shop, time: Duration) -> Outcome {
        let transactions = shop.aws.transactions().counts();
        let mut wasted = shop.aws.transactions().wasted_units();
        let mut outcome = Outcome {
            sale: self.clone(),
            time,
            placed: vec![],
            placed_units: 0,
            refused: vec![],
            refused_units: 0,
            busy: 0,
            transactions,
            false_sold_outs: 0,
            oversold: 0,
            leaked: 0,
            leaked_at_the_end: 0,
            differences: 0,
        };
        for answer in answers {
            match answer {
                CheckoutResult::Placed { time, order_id, write_units } => {
                    outcome.placed.push(time);
                    outcome.placed_units += write_units + wasted.remove(&order_id).unwrap_or(0);
                }
                CheckoutResult::Refused { time, falsely } => {
                    outcome.refused.push(time);
                    outcome.false_sold_outs += usize::from(falsely);
                }
                CheckoutResult::Busy => outcome.busy += 1,
            }
        }
        outcome.refused_units = wasted.values().sum(); // of orders that were never placed
        outcome.placed.sort_unstable();
        outcome.refused.sort_unstable();
        outcome
    }

    /// Units received less those in stock and in orders: positive if some leaked, negative if some were sold twice.
    async fn balance(&self, shop: &Shop, products: &[ProductId], shoppers: &[UserId]) -> i64 {
        let mut balance = i64::from(self.units) * i64::from(self.products);
        for product_id in products {
            balance -= i64::from(shop.available(product_id).await);
        }
        for user_id in shoppers {
            for order in shop.orders(user_id).await {
                let parts = order.lines.iter().flat_map(|line| &line.allocation);
                balance -= parts.map(|part| i64::from(part.quantity)).sum::<i64>();
            }
        }
        balance
    }
}

async fn pay(shop: &Shop, user_id: &UserId, order_id: &OrderId) {
    let body = format!(r#"{{"payment_token": "{}"}}"#, token::SUCCEEDS);
    let _ = shop.pay_order().handle(&request(user_id, Some(order_id), "pay", &body, "pay")).await;
}

fn pick(random: &dyn Random, among: usize) -> usize {
    usize::try_from(random.below(among as u64)).unwrap_or(0)
}

/// The write units that `place-order` logs: `6 WRU`.
fn write_units(reply: &Reply) -> u64 {
    let noted = reply.consumption().and_then(|text| text.split(' ').next()?.parse().ok());
    noted.expect("DynamoDB says what an order consumed")
}

/// Whether a refusal names a product of which enough units were available all the time.
fn is_false_refusal(shop: &Shop, problem: &Problem, began: Instant) -> bool {
    assert_eq!((problem.status(), problem.code()), (409, "insufficient_stock"));
    let items: serde_json::Value = serde_json::from_str(problem.member("items").expect("items")).expect("JSON");
    let short = |item: &serde_json::Value| {
        let (product_id, asked) = (item["product_id"].as_str().expect("an id"), item["asked"].as_u64().expect("asked"));
        shop.aws.transactions().may_have_been_short(product_id, u32::try_from(asked).expect("few"), began)
    };
    !items.as_array().expect("a list").iter().all(short)
}

impl Outcome {
    /// How many orders were placed.
    pub const fn placed(&self) -> usize {
        self.placed.len()
    }

    /// How many were refused for insufficient stock.
    pub const fn refused(&self) -> usize {
        self.refused.len()
    }

    /// Whether no unit was sold twice or lost, and no shopper was refused available units.
    pub const fn is_correct(&self) -> bool {
        let units = self.oversold == 0 && self.leaked == 0 && self.leaked_at_the_end == 0;
        units && self.false_sold_outs == 0 && self.differences == 0
    }

    /// The heading of a table of outcomes.
    pub const HEADING: &str = "shoppers products units shards lines | placed refused busy orders/s | \
        transactions conflicts short retries | placed p50  p99 ms | refused p50  p99 ms | WRU placed refused | \
        oversold leaked false-sold-out";
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sale, transactions) = (&self.sale, &self.transactions);
        let lines = format!("{}-{}", sale.lines.start(), sale.lines.end());
        write!(f, "{:>8} {:>8} {:>5} {:>6} {lines:>5} | ", sale.shoppers, sale.products, sale.units, sale.shards)?;
        let answered = self.placed.len() + self.refused.len() + self.busy;
        let per_second = answered as u128 * 1_000 / self.time.as_millis().max(1);
        write!(f, "{:>6} {:>7} {:>4} {per_second:>8} | ", self.placed.len(), self.refused.len(), self.busy)?;
        let retries = transactions.sent.saturating_sub(answered as u64);
        write!(
            f,
            "{:>12} {:>9} {:>5} {retries:>7} | ",
            transactions.sent, transactions.conflicts, transactions.refused
        )?;
        write!(f, "{:>10} {:>7} | ", millis(&self.placed, 50), millis(&self.placed, 99))?;
        write!(f, "{:>11} {:>7} | ", millis(&self.refused, 50), millis(&self.refused, 99))?;
        write!(
            f,
            "{:>10} {:>7} | ",
            each(self.placed_units, self.placed.len()),
            each(self.refused_units, self.refused.len())
        )?;
        write!(f, "{:>8} {:>6} {:>14}", self.oversold, self.leaked + self.leaked_at_the_end, self.false_sold_outs)
    }
}

/// A percentile of sorted times, in milliseconds with one decimal.
fn millis(sorted: &[Duration], percent: usize) -> String {
    let Some(last) = sorted.len().checked_sub(1) else { return "-".to_owned() };
    let micros = sorted[last * percent / 100].as_micros();
    format!("{}.{}", micros / 1_000, micros / 100 % 10)
}

/// A ratio with one decimal.
fn each(sum: u64, count: usize) -> String {
    match (sum * 10).checked_div(count as u64) {
        Some(tenths) => format!("{}.{}", tenths / 10, tenths % 10),
        None => "-".to_owned(),
    }
}
