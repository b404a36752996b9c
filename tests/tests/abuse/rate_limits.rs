//! Floods by one caller: of anonymous reads, of a cart, and of payments.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use souk_e2e::{Response, Shop};

use crate::honest::Honest;

/// How long a flood lasts at most.
const FLOOD: Duration = Duration::from_secs(12);

/// Requests at the same time.
const AT_ONCE: usize = 4;

/// Sends until so many were refused or the time is over, and returns how often each status came, and the last refusal.
fn flood(refusals: usize, send: impl Fn() -> Response + Sync) -> (BTreeMap<u16, usize>, Option<Response>) {
    let got: Mutex<(BTreeMap<u16, usize>, Option<Response>)> = Mutex::default();
    let started = Instant::now();
    let sender = || loop {
        let is_enough = got.lock().expect("no panic").0.get(&429).is_some_and(|count| *count >= refusals);
        if is_enough || started.elapsed() > FLOOD {
            break;
        }
        let response = send();
        let mut got = got.lock().expect("no panic");
        *got.0.entry(response.status).or_default() += 1;
        if response.status == 429 {
            got.1 = Some(response);
        }
    };
    thread::scope(|scope| (0..AT_ONCE).for_each(|_| drop(scope.spawn(sender))));
    got.into_inner().expect("no panic")
}

/// A refusal says what the limit is, and when to try again.
fn check_refusal(response: &Response, class: &str) {
    response.is_problem(429, "rate_limited");
    let wait: u32 = response.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{response}");
    let (policy, limit) = (response.header("ratelimit-policy"), response.header("ratelimit"));
    assert!(policy.starts_with(&format!("\"{class}\";q=")), "{policy}");
    assert!(limit.starts_with(&format!("\"{class}\";r=0;t=")), "{limit}");
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn one_address_that_asks_for_stock_without_end_is_refused() {
    let shop = Shop::open();
    let product = shop.product("3.00", 100_000);
    let attacker = shop.anyone();
    let path = format!("/inventory?product_ids={}", product.id);
    let ((statuses, refused), honest) =
        Honest::beside(shop, &product, || flood(20, || attacker.call("GET", &path).send_once()));
    honest.report("one address floods the stock", &format!("{statuses:?}"));
    check_refusal(&refused.expect("the limit is reached"), "stock");
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn one_guest_that_floods_the_cart_is_refused_and_another_is_not() {
    let shop = Shop::open();
    let product = shop.product("3.00", 100_000);
    let guest = shop.guest();
    let item = json!({"product_id": product.id, "quantity": 1});
    let ((statuses, refused), honest) = Honest::beside(shop, &product, || {
        flood(20, || guest.call("POST", "/cart/items").json(item.clone()).send_once())
    });
    honest.report("one guest floods the cart", &format!("{statuses:?}"));
    check_refusal(&refused.expect("the limit is reached"), "cart");
    let other = shop.guest();
    // A process admits the first request of a caller without asking how many are left.
    other.get("/cart").is(200);
    let second = other.get("/cart");
    second.is(200);
    assert!(second.header("ratelimit").starts_with("\"cart\";r="), "{second}");
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn one_guest_that_pays_without_end_is_refused() {
    let shop = Shop::open();
    let product = shop.product("3.00", 100_000);
    let guest = shop.guest();
    let path = format!("/orders/{}/pay", guest.order(&product, 1));
    let body = json!({"payment_token": shop.decline});
    let ((statuses, refused), honest) =
        Honest::beside(shop, &product, || flood(5, || guest.call("POST", &path).json(body.clone()).send_once()));
    honest.report("one guest tries to pay again and again", &format!("{statuses:?}"));
    assert!(statuses.values().sum::<usize>() > statuses.get(&429).copied().unwrap_or_default(), "{statuses:?}");
    let refused = refused.expect("the limit is reached");
    assert!(!refused.header("retry-after").is_empty(), "{refused}");
}
