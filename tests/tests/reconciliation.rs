//! Reconciliation of stock, orders and money finds discrepancies, and only those.

use souk_e2e::{SOON_SECONDS, Shop, eventually};

#[test]
fn stock_orders_and_money_reconcile_in_every_order_status() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("7.50", 20), shop.shopper());
    let open = shopper.order(&product, 2);
    let declined = shopper.order(&product, 1);
    shopper.pay(&declined, &shop.decline);
    let paid = shopper.order(&product, 3);
    shopper.pay(&paid, &shop.success).is(200);
    let refunded = shopper.order(&product, 4);
    shopper.pay(&refunded, &shop.success).is(200);
    let cancelled = shopper.order(&product, 5);
    for order_id in [&refunded, &cancelled] {
        shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
    }
    eventually(SOON_SECONDS, "the order is refunded", || {
        (shopper.order_detail(&refunded).text("status") == "refunded").then_some(())
    });
    assert_eq!(shop.available(&product), 20 - 2 - 1 - 3);
    shop.assert_reconciled(&[&product], &[&open, &declined, &paid, &refunded, &cancelled]);
}

#[test]
fn a_wrong_stock_count_is_reported_until_it_is_corrected() {
    let shop = Shop::open();
    let (product, shopper) = (shop.product("1.00", 9), shop.shopper());
    let order_id = shopper.order(&product, 2);
    shop.assert_reconciled(&[&product], &[&order_id]);

    shop.corrupt_stock(&product, 3);
    let found = shop.discrepancies_of(&product);
    shop.corrupt_stock(&product, -3);
    let numbers: Vec<_> =
        found.iter().map(|found| (found.text("kind"), found.whole("expected"), found.whole("actual"))).collect();
    assert_eq!(numbers, [("stock_unexplained".to_owned(), 9, 12)]);
    shop.assert_reconciled(&[&product], &[&order_id]);
}
