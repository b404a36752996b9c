//! A flash sale: many shoppers at once for few units, and afterwards the counting.
//!
//! Held on a stopped clock: time passes only as the model says ([`Times`]), and the processor's own time counts for nothing.
//! So a sale comes out the same on every machine, however busy it is.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use souk_domain::effects::Random;
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::message::OrderQueueMessage;
use souk_orders_functions::place_order::PlaceOrder;
use souk_runtime::batch::Consumer;
use souk_runtime::http::{Endpoint, Problem, Reply};
use souk_testkit::SeededRandom;
use tokio::time::Instant;

use crate::bank::token;
use crate::conflicts::{Conflicts, Times};
use crate::platform::Platform;
use crate::shop::{Shop, request};
use crate::witness::Traffic;

/// What a sale is like.
#[derive(Debug, Clone)]
pub struct Sale {
    /// Who wants something.
    pub shoppers: u32,
    /// How many different products there are.
    pub products: u32,
    /// Units of each.
    pub units: u32,
    /// Shards of each.
    pub shards: u32,
    /// How many of the products a basket holds, one unit of each or two.
    pub lines: RangeInclusive<u32>,
    /// How many shoppers order at the same time.
    pub at_once: usize,
    /// How long DynamoDB takes.
    pub times: Times,
    /// Whether a third of the shoppers calls off what it ordered, and a third lets it expire, while others still order.
    pub changes_of_mind: bool,
    /// For baskets, ids and jitter.
    pub seed: u64,
}

/// What became of it.
#[derive(Debug)]
pub struct Outcome {
    sale: Sale,
    time: Duration,
    placed: Vec<Duration>,
    placed_units: u64,
    refused: Vec<Duration>,
    refused_units: u64,
    /// Asked to come again: 503.
    pub busy: usize,
    traffic: Traffic,
    /// Refusals for want of units that were there.
    pub false_sold_outs: usize,
    /// Units that orders keep beyond what there was.
    pub oversold: i64,
    /// Units that nobody has.
    pub leaked: i64,
    /// The same, after everything unpaid has expired.
    pub leaked_at_the_end: i64,
    /// What `reconcile` finds then.
    pub differences: u64,
}

enum Answer {
    Placed { time: Duration, order_id: String, write_units: u64 },
    Refused { time: Duration, falsely: bool },
    Busy,
}

impl Sale {
    /// Holds the sale.
    pub fn hold(&self) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(self.hold_now())
    }

    async fn hold_now(&self) -> Outcome {
        let shop = Shop::open(Conflicts::lasting(self.times), self.seed).await;
        let mut platform = Platform::around(&shop);
        let products = self.stock(&shop).await;
        let shoppers = self.fill_carts(&shop, &products).await;
        let began = Instant::now();
        let answers: Vec<Answer> = stream::iter(shoppers.iter().enumerate())
            .map(|(number, user_id)| self.shop_once(&shop, number, user_id))
            .buffer_unordered(self.at_once)
            .collect()
            .await;
        let time = began.elapsed();
        let mut outcome = self.count(answers, &shop, time);
        let balance = self.balance(&shop, &products, &shoppers).await;
        (outcome.oversold, outcome.leaked) = ((-balance).max(0), balance.max(0));
        platform.settle_down(&shop).await;
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

    /// One shopper orders, and then keeps it, calls it off, or forgets about it.
    async fn shop_once(&self, shop: &Shop, number: usize, user_id: &UserId) -> Answer {
        let mind = if self.changes_of_mind { number % 3 } else { 0 };
        let forgets = mind == 2;
        let endpoint = PlaceOrder { hold_seconds: if forgets { 0 } else { 900 }, ..shop.place_order() };
        let body = r#"{"payment_method": "credit_card", "shipping_address": "1 Main St"}"#;
        let began = Instant::now();
        let answer = endpoint.handle(&request(user_id, None, "", body, "sale")).await;
        let time = began.elapsed();
        let reply = match answer {
            Ok(reply) => reply,
            Err(problem) if problem.status() == 503 => return Answer::Busy,
            Err(problem) => return Answer::Refused { time, falsely: is_false(shop, &problem, began) },
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
        Answer::Placed { time, order_id: order_id.to_string(), write_units: write_units(&reply) }
    }

    fn count(&self, answers: Vec<Answer>, shop: &Shop, time: Duration) -> Outcome {
        let traffic = shop.wire.witness().traffic();
        let mut wasted = shop.wire.witness().wasted_units();
        let mut outcome = Outcome {
            sale: self.clone(),
            time,
            placed: vec![],
            placed_units: 0,
            refused: vec![],
            refused_units: 0,
            busy: 0,
            traffic,
            false_sold_outs: 0,
            oversold: 0,
            leaked: 0,
            leaked_at_the_end: 0,
            differences: 0,
        };
        for answer in answers {
            match answer {
                Answer::Placed { time, order_id, write_units } => {
                    outcome.placed.push(time);
                    outcome.placed_units += write_units + wasted.remove(&order_id).unwrap_or(0);
                }
                Answer::Refused { time, falsely } => {
                    outcome.refused.push(time);
                    outcome.false_sold_outs += usize::from(falsely);
                }
                Answer::Busy => outcome.busy += 1,
            }
        }
        outcome.refused_units = wasted.values().sum(); // of orders that were never placed
        outcome.placed.sort_unstable();
        outcome.refused.sort_unstable();
        outcome
    }

    /// Units received less those that are free and those that orders keep: above zero they leaked, below they were sold
    /// twice.
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
    let body = format!(r#"{{"payment_token": "{}"}}"#, token::PAYS);
    let _ = shop.pay_order().handle(&request(user_id, Some(order_id), "pay", &body, "pay")).await;
}

fn pick(random: &dyn Random, among: usize) -> usize {
    usize::try_from(random.below(among as u64)).unwrap_or(0)
}

/// As `place-order` notes it for its log line: `6 WRU`.
fn write_units(reply: &Reply) -> u64 {
    let noted = reply.consumption().and_then(|text| text.split(' ').next()?.parse().ok());
    noted.expect("DynamoDB says what an order consumed")
}

/// Whether a refusal names a product of which there was enough all the time.
fn is_false(shop: &Shop, problem: &Problem, began: Instant) -> bool {
    assert_eq!((problem.status(), problem.code()), (409, "insufficient_stock"));
    let items: serde_json::Value = serde_json::from_str(problem.member("items").expect("items")).expect("JSON");
    let short = |item: &serde_json::Value| {
        let (product_id, asked) = (item["product_id"].as_str().expect("an id"), item["asked"].as_u64().expect("asked"));
        shop.wire.witness().may_have_been_short(product_id, u32::try_from(asked).expect("few"), began)
    };
    !items.as_array().expect("a list").iter().all(short)
}

impl Outcome {
    /// How many orders were placed.
    pub const fn placed(&self) -> usize {
        self.placed.len()
    }

    /// How many were refused because there was too little.
    pub const fn refused(&self) -> usize {
        self.refused.len()
    }

    /// Whether nothing was sold twice, nothing got lost, and nobody was turned away from what was there.
    pub const fn is_right(&self) -> bool {
        let units = self.oversold == 0 && self.leaked == 0 && self.leaked_at_the_end == 0;
        units && self.false_sold_outs == 0 && self.differences == 0
    }

    /// The heading of the table whose rows outcomes are.
    pub const HEADING: &str = "shoppers products units shards lines | placed refused busy orders/s | \
        transactions conflicts short retries | placed p50  p99 ms | refused p50  p99 ms | WRU placed refused | \
        oversold leaked false-sold-out";
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sale, traffic) = (&self.sale, &self.traffic);
        let lines = format!("{}-{}", sale.lines.start(), sale.lines.end());
        write!(f, "{:>8} {:>8} {:>5} {:>6} {lines:>5} | ", sale.shoppers, sale.products, sale.units, sale.shards)?;
        let answered = self.placed.len() + self.refused.len() + self.busy;
        let per_second = answered as u128 * 1_000 / self.time.as_millis().max(1);
        write!(f, "{:>6} {:>7} {:>4} {per_second:>8} | ", self.placed.len(), self.refused.len(), self.busy)?;
        let retries = traffic.transactions.saturating_sub(answered as u64);
        write!(f, "{:>12} {:>9} {:>5} {retries:>7} | ", traffic.transactions, traffic.conflicts, traffic.refused)?;
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
