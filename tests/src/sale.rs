//! A flash sale on the deployed shop: many shoppers order few units at once, then orders and units are counted. The
//! same sale in one process, with a simulated clock, is `tests/faults/src/sale.rs`.

use std::fmt;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::bodies::checkout;
use crate::caller::Caller;
use crate::concurrency::map_concurrently;
use crate::guest::{Basket, Guest};
use crate::product::Product;
use crate::response::Response;
use crate::shop::Shop;
use crate::text::unique_word;
use souk_rng::SeededRng;

/// How many clients fill carts before the sale and read orders after it, at most.
const PREPARE_AT_ONCE: usize = 16;

/// Parameters of a sale.
#[derive(Debug, Clone, Copy)]
pub struct Sale {
    /// Number of shoppers, each a guest.
    pub shoppers: usize,
    /// Number of products.
    pub products: usize,
    /// Units of each.
    pub units: u32,
    /// Shards of each.
    pub shards: u32,
    /// Most products in a basket, one unit of each or two; with one product, one unit.
    pub lines: usize,
    /// How many shoppers order at the same time, at most as many as the stack serves ([`Shop::capacity`]).
    pub at_once: usize,
    /// Whether a third of the shoppers cancels its order, and a third does not pay, while others still order.
    pub changes_of_mind: bool,
}

/// One shopper's order and its outcome.
struct Visit {
    basket: Basket,
    began: Instant,
    took: Duration,
    attempts: u32,
    answer: Response,
    /// When the cancellation was confirmed.
    cancelled_at: Option<Instant>,
}

/// The result of a sale.
#[derive(Debug)]
pub struct Outcome {
    sale: Sale,
    time: Duration,
    placed: Vec<Duration>,
    refused: Vec<Duration>,
    /// How many answers were 503 with `Retry-After`.
    pub busy: u32,
    /// How many shoppers still got 503 at their last attempt.
    pub never_served: usize,
    /// Units in orders beyond the stock.
    pub oversold: i64,
    /// Units that are neither in stock nor in an order.
    pub leaked: i64,
    /// Refusals although enough units were available all the time.
    pub false_sold_outs: usize,
    /// Units in stock at the end.
    pub left: i64,
}

impl Sale {
    /// Runs the sale of these products.
    pub fn run(&self, shop: &'static Shop, guests: &[Guest], products: &[Product]) -> Outcome {
        let products = &products[..self.products];
        let prepare_at_once = self.at_once.min(PREPARE_AT_ONCE);
        map_concurrently(prepare_at_once, products, |product| self.stock(shop, product));
        let shoppers: Vec<(&Guest, Basket)> =
            guests[..self.shoppers].iter().enumerate().map(|(n, guest)| (guest, self.basket(n, products))).collect();
        map_concurrently(prepare_at_once, &shoppers, |(guest, basket)| drop(guest.fill_cart(basket)));
        let numbers: Vec<usize> = (0..self.shoppers).collect();
        let began = Instant::now();
        let visits = map_concurrently(self.at_once, &numbers, |number| {
            let (guest, basket) = &shoppers[*number];
            self.visit(*number, guest, basket, shop)
        });
        let time = began.elapsed();
        let orders =
            map_concurrently(prepare_at_once, &visits.iter().zip(&shoppers).collect::<Vec<_>>(), |(visit, shopper)| {
                visit.order_id().map_or(0, |order_id| kept_units(&shopper.0.caller, &order_id))
            });
        let left = map_concurrently(prepare_at_once, products, |product| shop.available(product)).iter().sum();
        self.count(&visits, time, orders.iter().sum(), left)
    }

    fn count(&self, visits: &[Visit], time: Duration, kept: i64, left: i64) -> Outcome {
        let balance = i64::from(self.units) * i64::try_from(self.products).expect("few") - kept - left;
        let took = |status: u16| {
            let with_status = visits.iter().filter(|visit| visit.answer.status == status);
            let mut times: Vec<_> = with_status.map(|visit| visit.took).collect();
            times.sort_unstable();
            times
        };
        Outcome {
            sale: *self,
            time,
            placed: took(201),
            refused: took(409),
            busy: visits.iter().map(|visit| visit.attempts - 1).sum(),
            never_served: visits.iter().filter(|visit| visit.answer.status == 503).count(),
            oversold: (-balance).max(0),
            leaked: balance.max(0),
            false_sold_outs: visits.iter().filter(|visit| self.is_false_refusal(visit, visits)).count(),
            left,
        }
    }

    fn stock(&self, shop: &'static Shop, product: &Product) {
        shop.count(product, self.units);
        let path = format!("/admin/inventory/{}/shards", product.id);
        let answer = shop.staff().put(&path, json!({"shards": self.shards})).is(200);
        assert_eq!(answer.whole("shards"), i64::from(self.shards));
    }

    /// A random basket, the same for the same shopper.
    fn basket(&self, shopper: usize, products: &[Product]) -> Basket {
        let mut rng = SeededRng::new(1, shopper as u64);
        let lines = 1 + rng.index(self.lines);
        let chosen = rng.pick_several(products, lines);
        let quantity = |rng: &mut SeededRng| if self.products > 1 && rng.index(4) == 0 { 2 } else { 1 };
        chosen.into_iter().map(|product| (product.id.clone(), quantity(&mut rng))).collect()
    }

    /// One shopper places an order, with retries after 503, and then pays, cancels, or does neither.
    fn visit(&self, number: usize, guest: &Guest, basket: &[(String, u32)], shop: &Shop) -> Visit {
        let mut cart = guest.fill_cart(basket);
        let (shopper, began) = (&guest.caller, Instant::now());
        let place = shopper.call("POST", "/orders").header("idempotency-key", &unique_word()).json(checkout());
        let (answer, attempts) = place.send_counted();
        let took = began.elapsed();
        let mut visit = Visit { basket: basket.to_vec(), began, took, attempts, answer, cancelled_at: None };
        let Some(order_id) = visit.order_id() else { return visit };
        cart.clear();
        match number % 3 {
            0 if self.changes_of_mind => drop(shopper.pay(&order_id, &shop.success).is(200)),
            1 if self.changes_of_mind => {
                shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
                visit.cancelled_at = Some(Instant::now());
            }
            _ => {}
        }
        visit
    }

    /// Whether a refusal names a product of which enough units were available all the time. Units of an order count as
    /// taken from the start of its request until its cancellation was confirmed, so every refusal that this calls false
    /// is false.
    fn is_false_refusal(&self, refused: &Visit, visits: &[Visit]) -> bool {
        if refused.answer.status != 409 {
            return false;
        }
        let problem = refused.answer.is_problem(409, "insufficient_stock");
        let ended = refused.began + refused.took;
        let overlaps = |visit: &&Visit| {
            visit.answer.status == 201
                && visit.began <= ended
                && visit.cancelled_at.is_none_or(|at| at >= refused.began)
        };
        let items = problem.list("items");
        assert!(!items.is_empty(), "{problem}");
        items.iter().any(|item| {
            let taken: u32 =
                visits.iter().filter(overlaps).map(|visit| visit.requested(&item.text("product_id"))).sum();
            i64::from(self.units) - i64::from(taken) >= item.whole("asked")
        })
    }
}

impl Visit {
    fn order_id(&self) -> Option<String> {
        (self.answer.status == 201).then(|| self.answer.is(201).text("order_id"))
    }

    fn requested(&self, product_id: &str) -> u32 {
        self.basket.iter().filter(|(id, _)| id == product_id).map(|(_, quantity)| quantity).sum()
    }
}

/// The units that an order has taken from stock.
fn kept_units(shopper: &Caller, order_id: &str) -> i64 {
    let order = shopper.order_detail(order_id);
    match order.text("status").as_str() {
        "cancelled" | "expired" | "refunded" => 0,
        _ => order.list("lines").iter().map(|line| line.whole("quantity")).sum(),
    }
}

impl Outcome {
    /// The heading of a table of outcomes.
    pub const HEADING: &str = "shoppers products units shards lines | placed refused busy orders/s | \
        placed p50  p99 ms | refused p50  p99 ms | oversold leaked false-sold-out";

    /// How many orders were placed.
    pub const fn placed(&self) -> usize {
        self.placed.len()
    }

    /// How many were refused for insufficient stock.
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
