//! A flash sale on the deployed shop: many shoppers at once for few units, and afterwards the counting. Its twin in one
//! process, on a clock that the test moves, is `tests/faults/src/sale.rs`.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::answer::Answer;
use crate::caller::Caller;
use crate::chance::Chance;
use crate::shop::{Product, Shop, checkout};
use crate::{for_each, unique_word};

/// Registering hashes a password, which fills a core; more at once only wait for each other.
const REGISTER_AT_ONCE: usize = 4;
/// Putting things into carts is no part of the sale.
const PREPARE_AT_ONCE: usize = 16;
/// How often a shopper comes again who was asked to (503), before it counts as turned away.
const TRIES: u32 = 8;
/// How long such a shopper waits: the shop asks for at least a second.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// What a sale is like.
#[derive(Debug, Clone, Copy)]
pub struct Sale {
    /// Who wants something.
    pub shoppers: usize,
    /// How many different products there are.
    pub products: usize,
    /// Units of each.
    pub units: u32,
    /// Shards of each.
    pub shards: u32,
    /// A basket holds one to so many of the products, one unit of each or two; with one product, one unit.
    pub lines: usize,
    /// How many shoppers order at the same time.
    pub at_once: usize,
    /// Whether a third of the shoppers calls off what it ordered, and a third does not pay, while others still order.
    pub changes_of_mind: bool,
}

/// One shopper's order, and what became of it.
struct Visit {
    basket: Vec<(usize, u32)>,
    began: Instant,
    took: Duration,
    comings: u32,
    answer: Answer,
    /// When what was ordered was certainly given back.
    given_back: Option<Instant>,
}

/// What became of a sale.
#[derive(Debug)]
pub struct Outcome {
    sale: Sale,
    time: Duration,
    placed: Vec<Duration>,
    refused: Vec<Duration>,
    /// How often somebody was asked to come again: 503.
    pub busy: u32,
    /// Who was turned away with 503 in the end.
    pub never_served: usize,
    /// Units that orders keep beyond what there was.
    pub oversold: i64,
    /// Units that nobody has.
    pub leaked: i64,
    /// Refusals for want of units that were there all the time.
    pub false_sold_outs: usize,
    /// Units that were left in the end.
    pub left: i64,
    /// The products that were sold.
    pub products: Vec<Product>,
    /// The orders that were placed.
    pub order_ids: Vec<String>,
}

impl Shop {
    /// New accounts. That takes about 50 ms of a core for each.
    pub fn shoppers(&'static self, count: usize) -> Vec<Caller> {
        let numbers: Vec<usize> = (0..count).collect();
        for_each(REGISTER_AT_ONCE, &numbers, |_| self.shopper())
    }
}

impl Sale {
    /// Holds the sale with as many of these shoppers as it wants.
    pub fn hold(&self, shop: &'static Shop, shoppers: &[Caller]) -> Outcome {
        let numbers: Vec<usize> = (0..self.products).collect();
        let products = for_each(REGISTER_AT_ONCE, &numbers, |_| self.stock(shop));
        let entrants: Vec<_> = shoppers[..self.shoppers]
            .iter()
            .enumerate()
            .map(|(number, shopper)| (number, shopper, self.basket(number)))
            .collect();
        for_each(PREPARE_AT_ONCE, &entrants, |(_, shopper, basket)| fill_cart(shopper, basket, &products));
        let began = Instant::now();
        let visits =
            for_each(self.at_once, &entrants, |(number, shopper, basket)| self.visit(*number, shopper, basket, shop));
        let time = began.elapsed();
        let orders = for_each(PREPARE_AT_ONCE, &visits.iter().zip(shoppers).collect::<Vec<_>>(), |(visit, shopper)| {
            visit.order_id().map(|order_id| (keeps(shopper, &order_id), order_id))
        });
        let kept: i64 = orders.iter().flatten().map(|(units, _)| units).sum();
        let left: i64 = for_each(PREPARE_AT_ONCE, &products, |product| shop.available(product)).iter().sum();
        let received = i64::from(self.units) * i64::try_from(self.products).expect("few");
        let balance = received - kept - left;
        let took = |status: u16| {
            let mut times: Vec<_> =
                visits.iter().filter(|visit| visit.answer.status == status).map(|visit| visit.took).collect();
            times.sort_unstable();
            times
        };
        Outcome {
            sale: *self,
            time,
            placed: took(201),
            refused: took(409),
            busy: visits.iter().map(|visit| visit.comings - 1).sum(),
            never_served: visits.iter().filter(|visit| visit.answer.status == 503).count(),
            oversold: (-balance).max(0),
            leaked: balance.max(0),
            false_sold_outs: visits.iter().filter(|visit| self.is_false(visit, &visits, &products)).count(),
            left,
            order_ids: orders.into_iter().flatten().map(|(_, order_id)| order_id).collect(),
            products,
        }
    }

    fn stock(&self, shop: &'static Shop) -> Product {
        let product = shop.product("19.99", self.units);
        if self.shards > 1 {
            let path = format!("/admin/inventory/{}/shards", product.id);
            let answer = shop.staff().put(&path, json!({"shards": self.shards})).is(200);
            assert_eq!(answer.whole("shards"), i64::from(self.shards));
        }
        product
    }

    /// Products by their number, and how many of each.
    fn basket(&self, shopper: usize) -> Vec<(usize, u32)> {
        let mut chance = Chance::new(1, shopper as u64);
        let products: Vec<usize> = (0..self.products).collect();
        let lines = 1 + chance.below(self.lines);
        let chosen = chance.some(&products, lines);
        let quantity = |chance: &mut Chance| if self.products > 1 && chance.below(4) == 0 { 2 } else { 1 };
        chosen.into_iter().map(|product| (*product, quantity(&mut chance))).collect()
    }

    /// One shopper orders, comes again if asked to, and then pays, calls it off, or does neither.
    fn visit(&self, number: usize, shopper: &Caller, basket: &[(usize, u32)], shop: &Shop) -> Visit {
        let (began, key) = (Instant::now(), unique_word());
        let mut comings = 1;
        let place = || shopper.call("POST", "/orders").header("idempotency-key", &key).json(checkout()).send();
        let mut answer = place();
        while answer.status == 503 && comings < TRIES {
            thread::sleep(COME_AGAIN);
            answer = place();
            comings += 1;
        }
        let mut visit =
            Visit { basket: basket.to_vec(), began, took: began.elapsed(), comings, answer, given_back: None };
        if let (Some(order_id), true) = (visit.order_id(), self.changes_of_mind) {
            match number % 3 {
                0 => shopper.pay(&order_id, &shop.success).is(200),
                1 => shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200),
                _ => return visit,
            };
            visit.given_back = (number % 3 == 1).then(Instant::now);
        }
        visit
    }

    /// Whether a refusal names a product of which there was enough all the time. What somebody may have been taking counts
    /// as gone from when it was asked for until it was certainly given back: a refusal that this calls false was false.
    fn is_false(&self, refused: &Visit, visits: &[Visit], products: &[Product]) -> bool {
        if refused.answer.status != 409 {
            return false;
        }
        let problem = refused.answer.is_problem(409, "insufficient_stock");
        let ended = refused.began + refused.took;
        let overlaps = |visit: &&Visit| {
            visit.answer.status == 201 && visit.began <= ended && visit.given_back.is_none_or(|at| at >= refused.began)
        };
        let items = problem.list("items");
        assert!(!items.is_empty(), "{problem}");
        items.iter().any(|item| {
            let named = products.iter().position(|product| product.id == item.text("product_id"));
            let product = named.unwrap_or_else(|| panic!("{problem} names what was not asked for"));
            let of_it =
                |visit: &Visit| visit.basket.iter().filter(|(of, _)| *of == product).map(|(_, n)| *n).sum::<u32>();
            let gone: u32 = visits.iter().filter(overlaps).map(of_it).sum();
            i64::from(self.units) - i64::from(gone) >= item.whole("asked")
        })
    }
}

impl Visit {
    fn order_id(&self) -> Option<String> {
        (self.answer.status == 201).then(|| self.answer.is(201).text("order_id"))
    }
}

/// What an earlier sale left in the cart goes first.
fn fill_cart(shopper: &Caller, basket: &[(usize, u32)], products: &[Product]) {
    shopper.delete("/cart").is(200);
    for (product, quantity) in basket {
        shopper.add(&products[*product], *quantity);
    }
}

/// How many units an order keeps.
fn keeps(shopper: &Caller, order_id: &str) -> i64 {
    let order = shopper.order_detail(order_id);
    match order.text("status").as_str() {
        "cancelled" | "expired" | "refunded" => 0,
        _ => order.list("lines").iter().map(|line| line.whole("quantity")).sum(),
    }
}

impl Outcome {
    /// The heading of the table whose rows outcomes are.
    pub const HEADING: &str = "shoppers products units shards lines | placed refused busy orders/s | \
        placed p50  p99 ms | refused p50  p99 ms | oversold leaked false-sold-out";

    /// How many orders were placed.
    pub const fn placed(&self) -> usize {
        self.placed.len()
    }

    /// How many were refused because there was too little.
    pub const fn refused(&self) -> usize {
        self.refused.len()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sale, placed, refused, busy, oversold, leaked, false_sold_outs, .. } = self;
        let lines = format!("1-{}", sale.lines);
        write!(f, "{:>8} {:>8} {:>5} {:>6} {lines:>5} | ", sale.shoppers, sale.products, sale.units, sale.shards)?;
        let answered = (placed.len() + refused.len()) as u128;
        let per_second = answered * 1_000 / self.time.as_millis().max(1);
        write!(f, "{:>6} {:>7} {busy:>4} {per_second:>8} | ", placed.len(), refused.len())?;
        write!(f, "{:>10} {:>7} | ", millis(placed, 50), millis(placed, 99))?;
        write!(f, "{:>11} {:>7} | ", millis(refused, 50), millis(refused, 99))?;
        write!(f, "{oversold:>8} {leaked:>6} {false_sold_outs:>14}")
    }
}

/// A percentile of sorted times, in whole milliseconds.
fn millis(sorted: &[Duration], percent: usize) -> String {
    let last = sorted.len().checked_sub(1);
    last.map_or_else(|| "-".to_owned(), |last| sorted[last * percent / 100].as_millis().to_string())
}
