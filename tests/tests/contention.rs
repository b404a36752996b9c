//! Flash sales on the deployed shop: no unit is sold twice, none is lost, and no shopper is refused while units are in
//! stock.
//!
//! The test measures first how many concurrent clients the stack serves, and uses that many. It asserts counts, never
//! times. `cargo xtask bench checkout --deployed` runs it with the parameters of one sale in the environment.

use std::env;
use std::str::FromStr;

use souk_e2e::sale::{Outcome, Sale};
use souk_e2e::{Shop, print_line};

/// The most shoppers who order at the same time: as many processes of `place-order` run then.
const AT_ONCE: usize = 64;

// Enough shoppers to refuse most of them: a larger sale takes longer, not more clients at once. The same sale in one process
// (tests/faults) has 1,000, and `SOUK_SALE_SHOPPERS` sets the number here.
const ONE_PRODUCT: Sale =
    Sale { shoppers: 240, products: 1, units: 60, shards: 1, lines: 1, at_once: AT_ONCE, changes_of_mind: false };
const BASKETS: Sale =
    Sale { shoppers: 120, products: 50, units: 5, shards: 2, lines: 10, at_once: AT_ONCE, changes_of_mind: true };

#[test]
fn flash_sales_sell_each_unit_once_and_refuse_no_shopper_while_units_are_there() {
    let shop = Shop::open();
    let mut sales = from_environment().map_or_else(standard, |sale| vec![sale]);
    let most = |of: fn(&Sale) -> usize| sales.iter().map(of).max().expect("a sale");
    let guests = shop.guests(most(|sale| sale.shoppers));
    let products: Vec<_> = (0..most(|sale| sale.products)).map(|_| shop.product("19.99", 0)).collect();
    let capacity = shop.capacity(&guests, most(|sale| sale.at_once));
    print_line(&format!(
        "the stack serves {} clients at once, slowest request {} ms",
        capacity.clients,
        capacity.slowest.as_millis()
    ));
    for sale in &mut sales {
        sale.at_once = sale.at_once.min(capacity.clients);
    }
    print_line(Outcome::HEADING);
    for sale in sales {
        let outcome = sale.run(shop, &guests, &products);
        print_line(&outcome.to_string());
        check(&sale, &outcome);
    }
    shop.assert_reconciled(&products.iter().collect::<Vec<_>>(), &[]);
}

fn standard() -> Vec<Sale> {
    let sales = [1, 4, 16].map(|shards| Sale { shards, ..ONE_PRODUCT }).into_iter().chain([BASKETS]);
    sales.map(|sale| Sale { at_once: variable("AT_ONCE").unwrap_or(sale.at_once), ..sale }).collect()
}

fn check(sale: &Sale, outcome: &Outcome) {
    assert_eq!((outcome.oversold, outcome.leaked, outcome.false_sold_outs), (0, 0, 0), "{outcome}");
    assert_eq!((outcome.placed() + outcome.refused(), outcome.never_served), (sale.shoppers, 0), "{outcome}");
    if sale.products == 1 && !sale.changes_of_mind {
        let sold = sale.shoppers.min(usize::try_from(sale.units).expect("few"));
        assert_eq!(
            (outcome.placed(), outcome.left),
            (sold, i64::from(sale.units) - i64::try_from(sold).expect("few")),
            "{outcome}"
        );
    }
}

/// The sale of `cargo xtask bench checkout --deployed`; none for the standard ones.
fn from_environment() -> Option<Sale> {
    let any = ["SHOPPERS", "PRODUCTS", "UNITS", "SHARDS", "LINES"].iter().any(|name| variable::<u64>(name).is_some());
    any.then(|| Sale {
        shoppers: variable("SHOPPERS").unwrap_or(ONE_PRODUCT.shoppers),
        products: variable("PRODUCTS").unwrap_or(ONE_PRODUCT.products),
        units: variable("UNITS").unwrap_or(ONE_PRODUCT.units),
        shards: variable("SHARDS").unwrap_or(ONE_PRODUCT.shards),
        lines: variable("LINES").unwrap_or(ONE_PRODUCT.lines),
        at_once: variable("AT_ONCE").unwrap_or(AT_ONCE),
        changes_of_mind: variable("CHANGES_OF_MIND").unwrap_or(false),
    })
}

fn variable<T: FromStr>(name: &str) -> Option<T> {
    let name = format!("SOUK_SALE_{name}");
    let text = env::var(&name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} cannot be {text}")))
}
