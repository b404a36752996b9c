//! Many shoppers order few units: no unit is sold twice or lost, and no shopper is refused available units.

use std::time::Duration;

use souk_faults::conflicts::Times;
use souk_faults::sale::{Outcome, Sale};

/// Typical latencies of DynamoDB.
const TIMES: Times = Times { transaction: Duration::from_millis(10), call: Duration::from_millis(4) };

fn assert_correct(outcome: &Outcome) {
    eprintln!("{}\n{outcome}", Outcome::HEADING);
    assert!(outcome.is_correct(), "{outcome}");
}

fn one_product(shards: u32) {
    let sale = Sale {
        shoppers: 1_000,
        products: 1,
        units: 100,
        shards,
        lines: 1..=1,
        at_once: 100,
        times: TIMES,
        changes_of_mind: false,
        seed: 1,
    };
    let outcome = sale.run();
    assert_correct(&outcome);
    assert_eq!((outcome.placed(), outcome.busy), (100, 0));
}

#[test]
fn a_thousand_shoppers_for_a_hundred_units_in_1_shard() {
    one_product(1);
}

#[test]
fn a_thousand_shoppers_for_a_hundred_units_in_4_shards() {
    one_product(4);
}

#[test]
fn a_thousand_shoppers_for_a_hundred_units_in_16_shards() {
    one_product(16);
}

#[test]
fn random_baskets_over_scarce_products_with_cancels_and_expiries() {
    let sale = Sale {
        shoppers: 500,
        products: 50,
        units: 20,
        shards: 2,
        lines: 1..=10,
        at_once: 50,
        times: TIMES,
        changes_of_mind: true,
        seed: 2,
    };
    let outcome = sale.run();
    assert_correct(&outcome);
    assert!(outcome.placed() > 100 && outcome.refused() > 0, "{outcome}");
}
