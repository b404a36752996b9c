//! Every function process and the payment provider are killed in the middle of 500 checkouts. Afterwards, and after what
//! lies in dead letters went back to work, every order is paid, expired, cancelled or refunded, the provider's books say the
//! same, every unit is where it should be, and `reconcile` finds nothing.
//!
//! The stack is one of its own (`cargo xtask test` makes it, stage `chaos`): template.yaml as it is, with Stripe as the
//! provider at the address of a process that this test starts and kills, and with holds of a minute.

mod books;
mod client;
mod functions;
mod load;
mod provider;

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use souk_e2e::{Shop, eventually, for_each, say};

use crate::books::Books;
use crate::load::{CHECKOUTS, Checkout, Progress, SHOPPERS};
use crate::provider::Provider;

/// Different products, scarce ones: more is asked for than there is.
const PRODUCTS: usize = 20;
/// Units of each.
const UNITS: u32 = 35;
/// How long the provider stays away.
const PROVIDER_AWAY: Duration = Duration::from_secs(5);
/// How long the load may take. Wide: it guards against a load that hangs.
const LOAD_SECONDS: u64 = 1_200;
/// How long it may take until every order is final. Wide: holds last 60 s, and a queue delivers again after 180 s.
const SETTLE_SECONDS: u64 = 1_200;

#[test]
#[ignore = "needs a stack of its own: cargo xtask test --stage chaos"]
fn nothing_is_lost_when_functions_and_the_provider_are_killed_in_the_middle_of_500_checkouts() {
    let shop = Shop::open();
    let provider = Provider::start(shop);
    let (shoppers, began) = (shop.shoppers(SHOPPERS), Instant::now());
    let products = for_each(4, &[(); PRODUCTS], |()| shop.product("12.50", UNITS));
    let progress = Progress::default();
    say(&format!("{SHOPPERS} shoppers are ready; the load begins"));
    let (checkouts, killed) = thread::scope(|scope| {
        let load = scope.spawn(|| load::run(&shoppers, &products, &provider, &progress));
        let killed = strike(shop, &provider, &progress);
        (load.join().expect("shoppers meet nothing that they must not"), killed)
    });
    say(&format!("{CHECKOUTS} checkouts, {killed} functions killed, after {} s", began.elapsed().as_secs()));

    let redriven = settle(shop, &provider, &Books::collect(&shoppers));
    say(&format!("nothing is open any more after {} s", began.elapsed().as_secs()));
    let books = Books::collect(&shoppers);
    books.hold_what_shoppers_were_told(&checkouts);
    let money = books.agree_with_the_provider(&provider.books());
    books.account_for_every_unit(shop, &products, UNITS);
    eventually(SETTLE_SECONDS, "reconcile finds nothing", || {
        let report = shop.invoke("reconcile", &serde_json::json!({}));
        assert!(report.list("differences").is_empty(), "{report}");
        (report.text("clean") == "true" && report.whole("unsettled_found") == 0).then_some(())
    });
    let of = |wanted: fn(&Checkout) -> bool| checkouts.iter().flatten().filter(|checkout| wanted(checkout)).count();
    say(&format!(
        "{CHECKOUTS} checkouts: {} placed, {} sold out, {} given up; {books}; {money}; {killed} functions and the provider \
         killed, {} requests sent again, {redriven} dead letters redriven",
        of(|checkout| matches!(checkout, Checkout::Placed { .. })),
        of(|checkout| matches!(checkout, Checkout::SoldOut)),
        of(|checkout| matches!(checkout, Checkout::GaveUp)),
        progress.retries.load(Ordering::Relaxed),
    ));
}

/// What goes wrong, at points of the load rather than of time. Returns how many processes of functions were killed.
fn strike(shop: &Shop, provider: &Provider, progress: &Progress) -> usize {
    let reached = |share: usize| {
        eventually(LOAD_SECONDS, "the load goes on", || {
            (progress.done.load(Ordering::Relaxed) >= CHECKOUTS * share / 100).then_some(())
        });
    };
    // Stripe keeps a 500 for its key, done or not: one without effect would stay open for a quarter of an hour.
    let mut faults = Vec::new();
    for fault in ["timeout_after", "error_after", "timeout_before", "unavailable", "rate_limited"] {
        faults.extend([Some(fault), None, None, None]);
    }
    reached(10);
    provider.fail_next(&faults);
    reached(25);
    let first = functions::kill_all(shop.home());
    reached(45);
    provider.kill();
    thread::sleep(PROVIDER_AWAY);
    provider.start_again();
    provider.fail_next(&faults);
    reached(70);
    let second = functions::kill_all(shop.home());
    assert!(first > 0 && second > 0, "no function ran");
    first + second
}

/// Waits until nothing is open; what lies in dead letters goes back to work meanwhile. Returns how many messages that were.
fn settle(shop: &'static Shop, provider: &Provider, books: &Books<'_>) -> i64 {
    let (mut open, mut redriven) = (books.open(), 0);
    eventually(SETTLE_SECONDS, "every order comes to its end", || {
        let report = shop.invoke("redrive", &serde_json::json!({"action": "redrive"}));
        redriven += report.list("queues").iter().map(|queue| queue.whole("moved")).sum::<i64>();
        thread::sleep(Duration::from_secs(5));
        open = open.iter().filter_map(books::Order::look_again).collect();
        (open.is_empty() && provider.is_quiet()).then_some(())
    });
    redriven
}
