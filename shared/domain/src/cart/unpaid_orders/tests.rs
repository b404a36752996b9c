use proptest::prelude::*;

use super::*;
use crate::address::ShippingAddress;
use crate::money::Currency;
use crate::order::{Event, NewOrder, OrderLine, PaymentMethod};
use crate::quantity::Quantity;

const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);
const BOUNDS: HoldBounds =
    HoldBounds { max_orders: 5, max_units: 200, hold_seconds: 900, new_shopper_hold_seconds: 600 };
/// Made in 2024.
const OLD_USER: &str = "0190a5a0-0000-7000-8000-000000000001";

fn order(n: u64, units: u32, at: Timestamp) -> Order {
    let line = OrderLine {
        product_id: "a".parse().expect("id"),
        name: "A".to_owned(),
        unit_price_minor: 100,
        quantity: Quantity::try_from(units).expect("a quantity"),
        allocation: Vec::new(),
    };
    let new = NewOrder {
        user_id: OLD_USER.parse().expect("id"),
        order_id: format!("01a20c57-f260-7000-8000-{n:012}").parse().expect("id"),
        payment_method: PaymentMethod::CreditCard,
        currency: Currency::USD,
        lines: vec![line],
        shipping_address: ShippingAddress::Text("1 Main St".to_owned()),
        contact: None,
        hold_seconds: 900,
    };
    Order::place(new, at).expect("an order")
}

fn entries(orders: &[Order]) -> UnpaidOrders {
    UnpaidOrders(orders.iter().map(UnpaidOrder::of).collect())
}

fn expired(order: &Order) -> Order {
    order.apply(Event::HoldEnded, order.hold_expires_at).expect("expired")
}

fn paid(order: &Order) -> Order {
    Order { status: OrderStatus::Paid, ..order.clone() }
}

#[test]
fn only_unpaid_orders_count() {
    let orders: Vec<_> = (0..5).map(|n| order(n, 1, NOW)).collect();
    let remembered = entries(&orders);
    let refused = BOUNDS.check(&remembered.review(&orders, NOW), 1);
    assert_eq!(refused, Err(HoldRefusal::TooManyUnpaid(orders.iter().map(|order| order.order_id.clone()).collect())));
    for ended in [paid(&orders[0]), expired(&orders[0]), orders[0].apply(Event::Cancelled, NOW).expect("cancelled")] {
        let now: Vec<_> = [ended].into_iter().chain(orders[1..].iter().cloned()).collect();
        assert_eq!(BOUNDS.check(&remembered.review(&now, NOW), 1), Ok(()));
    }
}

#[test]
fn an_order_that_is_not_found_counts_until_its_hold_has_ended() {
    let orders: Vec<_> = (0..5).map(|n| order(n, 1, NOW)).collect();
    let check = |now| BOUNDS.check(&entries(&orders).review(&[], now), 1).is_ok();
    assert_eq!((check(NOW.plus_seconds(959)), check(NOW.plus_seconds(960))), (false, true));
}

#[test]
fn units_are_bounded_over_all_unpaid_orders() {
    let orders = [order(1, 120, NOW), order(2, 70, NOW)];
    let reviewed = entries(&orders).review(&orders, NOW);
    assert_eq!(BOUNDS.check(&reviewed, 10), Ok(()));
    assert!(matches!(BOUNDS.check(&reviewed, 11), Err(HoldRefusal::TooManyUnpaid(ids)) if ids.len() == 2));
    assert_eq!(BOUNDS.check(&UnpaidOrders::new().review(&[], NOW), 201), Err(HoldRefusal::OrderTooLarge));
}

#[test]
fn holds_get_shorter_after_orders_that_were_never_paid() {
    let user_id: UserId = OLD_USER.parse().expect("id");
    let hold = |ended: u64, now| {
        let orders: Vec<_> = (0..ended).map(|n| expired(&order(n, 1, NOW))).collect();
        BOUNDS.hold_seconds(&user_id, &entries(&orders).review(&orders, now), now)
    };
    let later = NOW.plus_seconds(1_000);
    assert_eq!([0, 2, 3, 4, 5, 11].map(|ended| hold(ended, later)), [900, 900, 450, 300, 300, 300]);
    assert_eq!(hold(5, NOW.plus_seconds(900 + 86_401)), 900, "a day later they are forgotten");
    let short = HoldBounds { hold_seconds: 60, ..BOUNDS };
    assert_eq!(short.hold_seconds(&user_id, &UnpaidOrders::new().review(&[], NOW), NOW), 60);
}

#[test]
fn holds_of_new_users_are_shorter() {
    let new = UserId::from_bytes(order(1, 1, NOW).order_id.to_bytes()); // made at NOW
    let none = UnpaidOrders::new().review(&[], NOW);
    assert_eq!(BOUNDS.hold_seconds(&new, &none, NOW.plus_seconds(3_600)), 600);
    assert_eq!(BOUNDS.hold_seconds(&new, &none, NOW.plus_seconds(86_401)), 900);
}

#[test]
fn entries_are_read_as_they_were_written() {
    let list = entries(&[order(1, 7, NOW), order(2, 9_999, NOW)]);
    assert_eq!(UnpaidOrders::from_bytes(&list.to_bytes()), Some(list.clone()));
    assert_eq!(list.to_bytes().len(), 48);
    for cut in 1..UnpaidOrder::BYTES {
        assert_eq!(UnpaidOrders::from_bytes(&list.to_bytes()[cut..]), None, "{cut}");
    }
}

/// A cart is written in each checkout, so its list may not grow with each log-in.
#[test]
fn a_merged_list_keeps_the_orders_whose_holds_end_last() {
    let list = |numbers: std::ops::Range<u64>| {
        let order = |n: u64| order(n, 1, NOW.plus_seconds(n.try_into().expect("few")));
        entries(&numbers.map(order).collect::<Vec<_>>())
    };
    let mut merged = list(0..8);
    merged.merge(&list(4..16));
    assert_eq!(merged, list(4..16), "no order twice");
    merged.merge(&list(0..4));
    assert_eq!(merged, list(4..16), "the oldest are left out");
    assert_eq!(merged.to_bytes().len(), 12 * UnpaidOrder::BYTES);
}

/// What a shopper does next.
#[derive(Debug, Clone)]
enum Action {
    Checkout(u32),
    Pay(usize),
    Cancel(usize),
    Expire(usize),
    Wait(i64),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => (1..=90_u32).prop_map(Action::Checkout),
        1 => (0..50_usize).prop_map(Action::Pay),
        1 => (0..50_usize).prop_map(Action::Cancel),
        1 => (0..50_usize).prop_map(Action::Expire),
        1 => (1..2_000_i64).prop_map(Action::Wait),
    ]
}

proptest! {
    /// Whatever a shopper does, the orders that hold stock stay within the bounds, and so does the list.
    #[test]
    fn held_orders_and_units_stay_within_the_bounds(actions in proptest::collection::vec(action(), 0..120)) {
        let (mut orders, mut list, mut now): (Vec<Order>, _, _) = (Vec::new(), UnpaidOrders::new(), NOW);
        for action in actions {
            match action {
                Action::Checkout(units) => {
                    let known: Vec<_> = list.order_ids().cloned().collect();
                    let found: Vec<_> = orders.iter().filter(|order| known.contains(&order.order_id)).cloned().collect();
                    let reviewed = list.review(&found, now);
                    if BOUNDS.check(&reviewed, units).is_ok() {
                        let order = order(orders.len().try_into().expect("few"), units, now);
                        list = reviewed.entries;
                        list.push(UnpaidOrder::of(&order));
                        orders.push(order);
                    }
                }
                Action::Pay(n) => if let Some(order) = orders.get_mut(n)
                    && order.status == OrderStatus::PendingPayment {
                    *order = paid(order);
                },
                Action::Cancel(n) => if let Some(order) = orders.get_mut(n) {
                    *order = order.apply(Event::Cancelled, now).unwrap_or_else(|_| order.clone());
                },
                Action::Expire(n) => if let Some(order) = orders.get_mut(n) {
                    *order = order.apply(Event::HoldEnded, now).unwrap_or_else(|_| order.clone());
                },
                Action::Wait(seconds) => now = now.plus_seconds(seconds),
            }
            let held: Vec<_> = orders.iter().filter(|order| order.status == OrderStatus::PendingPayment).collect();
            // An order that nobody expired holds its stock however late it is.
            prop_assert!(held.len() <= BOUNDS.max_orders);
            prop_assert!(held.iter().map(|order| order.units()).sum::<u32>() <= BOUNDS.max_units);
            prop_assert!(list.0.len() <= MAX_ENTRIES);
        }
    }
}
