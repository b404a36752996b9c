//! The load: shoppers who check out.

use std::sync::atomic::{AtomicUsize, Ordering};

use souk_e2e::{Caller, Product, map_concurrently};
use souk_rng::SeededRng;

use crate::client::{Client, Paid};
use crate::provider::Provider;

/// Shoppers, all of them guests, each with one cart.
pub(crate) const SHOPPERS: usize = 100;
/// How often each checks out.
const CHECKOUTS_EACH: usize = 5;
/// How many checkouts that makes.
pub(crate) const CHECKOUTS: usize = SHOPPERS * CHECKOUTS_EACH;
/// Concurrent shoppers.
const AT_ONCE: usize = 24;
/// Most products in a basket, one unit of each or two.
const LINES: usize = 3;
/// For plans, baskets and jitter.
const SEED: u64 = 1;

const GOOD: &str = "pm_card_visa";
const DECLINED: &str = "pm_card_chargeDeclined";
const SECURE: &str = "pm_card_threeDSecure2Required";

/// What a shopper does with an order.
#[derive(Clone, Copy)]
enum Plan {
    Pays,
    PaysAfterADecline,
    PaysWith3DSecure,
    FailsAt3DSecureThenPays,
    Abandons3DSecure,
    Abandons,
    CancelsUnpaid,
    CancelsPaid,
}

/// Plans with their weights.
const PLANS: [(Plan, usize); 8] = [
    (Plan::Pays, 7),
    (Plan::PaysAfterADecline, 3),
    (Plan::PaysWith3DSecure, 2),
    (Plan::FailsAt3DSecureThenPays, 1),
    (Plan::Abandons3DSecure, 1),
    (Plan::Abandons, 2),
    (Plan::CancelsUnpaid, 1),
    (Plan::CancelsPaid, 3),
];

/// Counters of a running load.
#[derive(Default)]
pub(crate) struct Progress {
    /// Finished checkouts, however they ended.
    pub(crate) done: AtomicUsize,
    /// Retried requests.
    pub(crate) retries: AtomicUsize,
}

/// How a checkout ended for its shopper.
pub(crate) enum Checkout {
    /// With an order; `paid` and `cancelled` if the shop confirmed it.
    Placed { order_id: String, paid: bool, cancelled: bool },
    /// Insufficient stock.
    SoldOut,
    /// Every attempt failed.
    GaveUp,
}

/// Runs the load and returns the checkouts of each shopper.
pub(crate) fn run(
    shoppers: &[Caller],
    products: &[Product],
    provider: &Provider,
    progress: &Progress,
) -> Vec<Vec<Checkout>> {
    let numbered: Vec<(usize, &Caller)> = shoppers.iter().enumerate().collect();
    map_concurrently(AT_ONCE, &numbered, |(number, caller)| {
        let rng = SeededRng::new(SEED, *number as u64);
        let mut client = Client { caller, rng, retries: &progress.retries };
        let checkouts = (0..CHECKOUTS_EACH).map(|_| {
            let checkout = check_out(&mut client, products, provider);
            progress.done.fetch_add(1, Ordering::Relaxed);
            checkout
        });
        checkouts.collect()
    })
}

fn check_out(client: &mut Client<'_>, products: &[Product], provider: &Provider) -> Checkout {
    let plan = plan(&mut client.rng);
    let lines = 1 + client.rng.index(LINES);
    let chosen = client.rng.pick_several(products, lines);
    let basket: Vec<_> = chosen.into_iter().map(|product| (product, 1 + u32::from(client.rng.index(4) == 0))).collect();
    if !client.fill_cart(&basket) {
        return Checkout::GaveUp;
    }
    match client.place() {
        Ok(order_id) => {
            let (paid, cancelled) = carry_out(plan, client, &order_id, provider);
            Checkout::Placed { order_id, paid, cancelled }
        }
        Err(true) => Checkout::SoldOut,
        Err(false) => Checkout::GaveUp,
    }
}

fn plan(rng: &mut SeededRng) -> Plan {
    let all: Vec<Plan> = PLANS.iter().flat_map(|(plan, count)| vec![*plan; *count]).collect();
    all[rng.index(all.len())]
}

/// Whether the shop confirmed the payment, and the cancellation.
fn carry_out(plan: Plan, client: &mut Client<'_>, order_id: &str, provider: &Provider) -> (bool, bool) {
    let mut pay = |token: &str| client.pay(order_id, token);
    let paid = match plan {
        Plan::Pays | Plan::CancelsPaid => is_paid(&pay(GOOD)),
        Plan::PaysAfterADecline => match pay(DECLINED) {
            Paid::Declined => is_paid(&pay(GOOD)),
            other => is_paid(&other),
        },
        Plan::PaysWith3DSecure => {
            secure(pay(SECURE), "succeed", provider);
            false // the webhook confirms it
        }
        Plan::FailsAt3DSecureThenPays => {
            secure(pay(SECURE), "fail", provider);
            is_paid(&pay(GOOD))
        }
        Plan::Abandons3DSecure => is_paid(&pay(SECURE)),
        Plan::Abandons | Plan::CancelsUnpaid => false,
    };
    let cancels = matches!(plan, Plan::CancelsUnpaid) || (matches!(plan, Plan::CancelsPaid) && paid);
    (paid, cancels && client.cancel(order_id))
}

fn is_paid(paid: &Paid) -> bool {
    matches!(paid, Paid::Completed)
}

fn secure(paid: Paid, outcome: &str, provider: &Provider) {
    if let Paid::Action(action_url) = paid {
        provider.authenticate(&action_url, outcome);
    }
}
