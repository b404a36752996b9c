//! Attackers who hold stock and never pay for it.

use std::time::Instant;

use souk_e2e::{Shop, checkout};

use crate::honest::Honest;

/// The defaults of `MaxUnpaidOrders`, `MaxHeldUnits` and `OrdersPerAddress`.
const MAX_UNPAID_ORDERS: usize = 5;
const MAX_HELD_UNITS: i64 = 200;
const ORDERS_PER_ADDRESS: u64 = 60;
/// An address gets as many orders again in an hour.
const SECONDS_OF_AN_ORDER: u64 = 60;
/// Guests of one address; enough for more orders than it may have.
const GUESTS: usize = 14;

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn one_guest_cannot_hold_the_stock_of_three_products() {
    const STOCK: u32 = 150;
    let shop = Shop::open();
    let honest = shop.product("5.00", 1_000);
    let targets = [(); 3].map(|()| shop.product("5.00", STOCK));
    let ((orders, held), noticed) = Honest::beside(shop, &honest, || {
        let (guest, mut orders) = (shop.guest(), 0);
        for attempt in 0..12 {
            guest.add(&targets[attempt % 3], 50);
            match guest.try_place() {
                placed if placed.status == 201 => orders += 1,
                refused => {
                    refused.is_problem(409, "too_many_unpaid_orders");
                    guest.delete("/cart").is(200);
                }
            }
        }
        let left: i64 = targets.iter().map(|product| shop.available(product)).sum();
        (orders, i64::from(STOCK) * 3 - left)
    });
    assert!((1..=MAX_UNPAID_ORDERS).contains(&orders), "{orders} orders");
    assert!((1..=MAX_HELD_UNITS).contains(&held), "{held} units");
    noticed
        .report("one guest orders all stock of three products", &format!("{orders} of 12 orders, {held} units of 450"));
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn many_guests_of_one_address_cannot_order_without_end() {
    let shop = Shop::open();
    let (honest, target) = (shop.product("5.00", 1_000), shop.product("5.00", 1_000));
    let ((orders, time), noticed) = Honest::beside(shop, &honest, || {
        let address = shop.anyone();
        let guests = (0..GUESTS).map(|_| address.with_token(address.post("/auth/guest", "{}").is(201).text("token")));
        let (mut orders, started) = (0, Instant::now());
        for guest in guests.collect::<Vec<_>>() {
            for _ in 0..MAX_UNPAID_ORDERS {
                guest.add(&target, 1);
                let placed = guest.call("POST", "/orders").json(checkout()).send_once();
                if placed.status != 201 {
                    placed.is_problem(429, "too_many_orders");
                    return (orders, started.elapsed());
                }
                orders += 1;
            }
        }
        panic!("no order is refused");
    });
    let meanwhile = time.as_secs() / SECONDS_OF_AN_ORDER;
    assert!((1..=ORDERS_PER_ADDRESS + meanwhile).contains(&orders), "{orders} orders in {time:?}");
    noticed.report("new guests of one address order", &format!("{orders} orders before the first refusal"));
}
