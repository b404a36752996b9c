//! A flood of searches: the cap of the function that searches keeps it from taking what checkout needs.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use souk_e2e::{Shop, concurrently, unique_word};

use crate::honest::Honest;

/// How long the flood lasts, and how many callers it has.
const FLOOD: Duration = Duration::from_secs(10);
const CALLERS: usize = 16;
/// The cap of list-products during the test. The emulator does not take reservations from the template.
const CAP: u32 = 2;

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn a_flood_of_searches_does_not_stop_checkout() {
    let shop = Shop::open();
    let product = shop.product("1.00", 1_000);
    shop.cap_invocations("list-products", Some(CAP));
    let (answers, honest) = Honest::beside(shop, &product, || flood(shop));
    shop.cap_invocations("list-products", None);
    let total: usize = answers.values().sum();
    assert!(total > CALLERS, "the flood sent only {total} searches");
    honest.report(
        "a flood of searches over the cap of list-products",
        &format!("{total} answers by status: {answers:?}"),
    );
}

/// Different texts, which no cache has. Returns the answers by status; 0 is no answer.
fn flood(shop: &Shop) -> BTreeMap<u16, usize> {
    let began = Instant::now();
    let answers = concurrently(CALLERS, |_| {
        let mut answers = BTreeMap::new();
        while began.elapsed() < FLOOD {
            let url = format!("{}/products?search={}", shop.api_url(), unique_word());
            *answers.entry(shop.fetch(&url).map_or(0, |(status, _)| status)).or_insert(0) += 1;
        }
        answers
    });
    let mut sums = BTreeMap::new();
    for (status, count) in answers.into_iter().flatten() {
        *sums.entry(status).or_insert(0) += count;
    }
    sums
}
