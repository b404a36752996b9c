//! How soon shoppers see changes: a stock count immediately on the product's page and within a second in lists, a price
//! within five seconds in search results and their order. With a shared cache, which must not keep anything longer.
//!
//! The test prints the measured delays. Its assertions in seconds are wide ([`SLACK`]): exact times to live are
//! asserted by the caches' own tests, with an injected clock.
//!
//! It needs a stack without other tests, which would delay the streams: `cargo xtask test --stage search`.

use std::time::{Duration, Instant};
use std::{fmt, thread};

use souk_e2e::{Product, SOON_SECONDS, Shop, eventually, print_line};

const COUNTS: u32 = 20;
const PRICES: u32 = 10;
/// Lists may show a count that is as old.
const LIST_STOCK: Duration = Duration::from_secs(1);
/// Lists may find by a price that is as old, from the moment when the stream delivers the new one.
const LIST_PRICE: Duration = Duration::from_secs(5);
/// What a slow machine may add: to the local stream, to a refresh of the index, to each request. With it the bounds
/// guard against caches whose times to live add up, or that keep something for minutes.
const SLACK: Duration = Duration::from_secs(15);

/// Measured delays.
#[derive(Default)]
struct Delays(Vec<Duration>);

impl fmt::Display for Delays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = || self.0.iter().map(Duration::as_millis);
        let (sum, most): (u128, _) = (ms().sum(), ms().max().unwrap_or_default());
        write!(f, "{} ms on average, {most} at most", sum / self.0.len().max(1) as u128)
    }
}

#[test]
#[ignore = "needs a stack of its own: cargo xtask test --stage search"]
fn a_changed_count_is_shown_immediately_and_in_lists_within_a_second() {
    let shop = Shop::open();
    let product = shop.product("20.00", 1);
    listed(shop, &product);
    let mut delays = Delays::default();
    for units in 2..2 + COUNTS {
        assert_eq!(listed(shop, &product), i64::from(units - 1)); // so that caches have it
        shop.count(&product, units);
        let changed = Instant::now();
        let page = shop.anyone().get(&format!("/products/{}", product.id)).is(200);
        assert_eq!(page.whole("stock_quantity"), i64::from(units), "the page, at once");
        loop {
            let asked = changed.elapsed();
            if listed(shop, &product) == i64::from(units) {
                break;
            }
            // A list that is requested later than this must show the new count; its answer may take any time.
            assert!(asked < LIST_STOCK + SLACK, "a list requested after {asked:?} is older");
            thread::sleep(Duration::from_millis(20));
        }
        delays.0.push(changed.elapsed());
    }
    print_line(&format!("stock: {COUNTS} changes seen on the page at once, in lists after {delays}"));
}

#[test]
#[ignore = "needs a stack of its own: cargo xtask test --stage search"]
fn a_changed_price_is_found_within_five_seconds() {
    let shop = Shop::open();
    let product = shop.product("20.00", 1);
    listed(shop, &product);
    let mut delays = Delays::default();
    for change in 1..=PRICES {
        let price = format!("{}.50", 20 + change);
        let path = format!("/products?search={}&min_price={price}&sort=price_asc", product.word);
        assert_eq!(shop.anyone().get(&path).is(200).whole("total"), 0); // and that is remembered for a moment
        shop.put_product(&product, &price);
        let changed = Instant::now();
        let found = eventually(SOON_SECONDS, "the new price is found", || {
            let list = shop.anyone().get(&path).is(200);
            (list.whole("total") == 1).then_some(list)
        });
        let took = changed.elapsed();
        assert_eq!(found.text("products.0.price"), price);
        assert!(took < LIST_PRICE + SLACK, "found after {took:?}");
        delays.0.push(took);
    }
    print_line(&format!("price: {PRICES} changes found after {delays}"));
}

#[test]
#[ignore = "needs a stack of its own: cargo xtask test --stage search"]
fn a_changed_price_is_shown_within_five_seconds() {
    let shop = Shop::open();
    let product = shop.product("20.00", 1);
    listed(shop, &product);
    let path = format!("/products?search={}", product.word);
    let mut delays = Delays::default();
    for change in 1..=PRICES {
        let price = format!("{}.75", 20 + change);
        shop.put_product(&product, &price);
        let changed = Instant::now();
        // Requested all the time, so that every cache is warm.
        eventually(SOON_SECONDS, "the new price is shown", || {
            (shop.anyone().get(&path).is(200).text("products.0.price") == price).then_some(())
        });
        let took = changed.elapsed();
        assert!(took < LIST_PRICE + SLACK, "shown after {took:?}");
        delays.0.push(took);
    }
    print_line(&format!("price: {PRICES} changes shown after {delays}"));
}

#[test]
#[ignore = "needs a stack of its own: cargo xtask test --stage search"]
fn what_is_sold_out_is_no_longer_found_in_stock_within_five_seconds() {
    let shop = Shop::open();
    let product = shop.product("20.00", 1);
    listed(shop, &product);
    let path = format!("/products?search={}&in_stock=true", product.word);
    for units in [0, 1, 0, 2] {
        let expected = i64::from(units > 0);
        shop.count(&product, units);
        let changed = Instant::now();
        eventually(SOON_SECONDS, "the filter follows", || {
            (shop.anyone().get(&path).is(200).whole("total") == expected).then_some(())
        });
        assert!(changed.elapsed() < LIST_PRICE + SLACK, "found after {:?}", changed.elapsed());
    }
}

/// The count that a list shows; waits until the product is indexed.
fn listed(shop: &'static Shop, product: &Product) -> i64 {
    eventually(SOON_SECONDS, &format!("{} in search", product.id), || {
        let page = shop.anyone().call("GET", &format!("/products?search={}", product.word)).send_once();
        if page.status == 503 {
            return None; // the first product of a shop makes its index
        }
        let page = page.is(200);
        let found = page.list("products").into_iter().find(|found| found.text("id") == product.id);
        found.map(|found| found.whole("stock_quantity"))
    })
}
