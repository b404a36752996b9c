//! Random histories of an order of two products, one of them from two shards.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::returns::{grant, item, reject, request_return, shipped};
use super::*;
use crate::event::events_after;

/// 2 × 125.95 and 3 × 10.00.
const TOTAL_MINOR: i64 = 28_190;

fn two_products() -> Order {
    let mut order = order();
    let part = |shard, quantity| Allocation { shard: ShardId::new("local", shard), quantity };
    order.lines.push(OrderLine {
        product_id: "1400".parse().expect("id"),
        name: "HP 81 Cyan".to_owned(),
        unit_price_minor: 1_000,
        quantity: Quantity::new(3).expect("quantity"),
        allocation: vec![part(0, 1), part(4, 2)],
    });
    order.total_minor = TOTAL_MINOR;
    order
}

fn took(attempt: usize) -> Event {
    let outcome = ProviderOutcome::Captured { payment_id: format!("pay_{attempt}"), amount_minor: TOTAL_MINOR };
    Event::PaymentSettled { attempt, outcome }
}

fn held_again(attempt: usize) -> Event {
    let allocations = two_products().lines.into_iter().map(|line| line.allocation).collect();
    Event::Revived { attempt, payment_id: format!("pay_{attempt}"), amount_minor: TOTAL_MINOR, allocations }
}

fn some_of(product: &str, units: u64) -> ReturnItem {
    ReturnItem { product_id: product.parse().expect("id"), ..item(units) }
}

fn any_items() -> impl Strategy<Value = Vec<ReturnItem>> {
    let one = (prop_oneof![Just("1399"), Just("1400")], 1_u64..4).prop_map(|(product, units)| some_of(product, units));
    prop::collection::vec(one, 1..4)
}

/// An event of either type.
#[derive(Debug, Clone)]
pub(super) enum AnyEvent {
    Order(Event),
    StoreCredit(StoreCreditEvent),
}

impl AnyEvent {
    pub(super) fn apply(&self, order: &Order, now: Timestamp) -> Result<Order, TransitionError> {
        match self.clone() {
            Self::Order(event) => order.apply(event, now),
            Self::StoreCredit(event) => order.apply_store_credit(event, now),
        }
    }

    /// Whether a second delivery must not change the order again. The other events are calls that the caller guards.
    const fn is_idempotent(&self) -> bool {
        !matches!(self, Self::Order(Event::PaymentStarted { .. }) | Self::StoreCredit(StoreCreditEvent::Paid { .. }))
    }
}

/// The account that owns the order, one of which its owner was a guest, or none.
fn any_account() -> impl Strategy<Value = Option<UserId>> {
    prop_oneof![Just(Some(owner())), Just(Some(user(7))), Just(None)]
}

pub(super) fn any_event() -> impl Strategy<Value = AnyEvent> {
    prop_oneof![
        36 => any_order_event().prop_map(AnyEvent::Order),
        1 => any_account()
            .prop_map(|account| AnyEvent::StoreCredit(StoreCreditEvent::Paid { account, request: None })),
        6 => (0_usize..6).prop_map(|refund| AnyEvent::StoreCredit(StoreCreditEvent::Refunded { refund })),
    ]
}

fn any_order_event() -> impl Strategy<Value = Event> {
    let target = || prop_oneof![Just(RefundTarget::Provider), Just(RefundTarget::StoreCredit)];
    prop_oneof![
        4 => Just(start()),
        4 => (0_usize..4).prop_map(took),
        2 => (0_usize..4).prop_map(declined),
        2 => (0_usize..4).prop_map(pending),
        2 => (0_usize..4).prop_map(action),
        1 => (0_usize..4).prop_map(held_again),
        1 => Just(Event::HoldEnded),
        1 => Just(Event::Cancelled),
        3 => Just(shipped()),
        3 => Just(Event::Delivered),
        // Few keys, so that some are reused for the same request and some for another one.
        4 => (any_items(), 0_u8..6).prop_map(|(items, key)| request_return(items, &format!("return-{key}"))),
        4 => ((0_usize..4), target(), any_account()).prop_map(|(index, target, account)| {
            Event::ReturnAccepted { index, target, account, accepted_by: user(9) }
        }),
        1 => (0_usize..4).prop_map(reject),
        2 => (prop_oneof![1_i64..30_000, Just(TOTAL_MINOR)], target(), 0_u8..6)
            .prop_map(|(amount, target, key)| grant(amount, target, &format!("refund-{key}"))),
        6 => ((0_usize..6), (0_u32..2)).prop_map(|(refund, retry)| refund_settled(refund, retry)),
        2 => ((0_usize..4), (0_u32..2)).prop_map(|(refund, retry)| refund_failed(refund, retry)),
        2 => ((0_usize..4), target(), any_account())
            .prop_map(|(refund, target, account)| Event::RefundRetried { refund, target, account }),
    ]
}

type Units = BTreeMap<(String, String), i64>;

/// Units allocated to an order, by product and shard.
fn kept(order: &Order) -> Units {
    let mut units = Units::new();
    for line in &order.lines {
        for part in &line.allocation {
            let place = (line.product_id.to_string(), part.shard.as_str().to_owned());
            *units.entry(place).or_default() += i64::from(part.quantity);
        }
    }
    units
}

/// Units of returns that are in stock again.
fn came_back(order: &Order) -> i64 {
    let back = (0..order.returns.len()).filter(|index| order.is_restocked(*index));
    back.flat_map(|index| &order.returns[index].items).map(|item| i64::from(item.quantity.get())).sum()
}

fn sum(units: &Units) -> i64 {
    units.values().sum()
}

/// Invariants of every order.
fn check(order: &Order, credit: &BTreeMap<UserId, i64>) -> Result<(), TestCaseError> {
    let owed = order.owed_minor();
    prop_assert!(owed <= order.captured_minor(), "more is owed back than was taken");
    prop_assert!(order.captured_minor() - owed <= order.total_minor, "never more kept than it costs");
    for (index, attempt) in order.attempts.iter().enumerate() {
        let owed = order.refunds.iter().filter(|refund| refund.attempt == index).map(|refund| refund.amount_minor);
        prop_assert!(owed.sum::<i64>() <= attempt.captured_minor, "more than this payment took");
    }
    prop_assert!(order.refunds.iter().all(|refund| refund.amount_minor > 0));
    let left = order.largest_unrefunded_capture().map_or(0, |(_, left)| left);
    prop_assert_eq!(order.captured_minor() - owed, left, "one payment has all that is left");
    prop_assert!(order.refundable_minor() <= left);
    let credit_by_account = order.credit_by_account();
    for (account, moved) in credit {
        prop_assert!(moved.abs() <= order.captured_minor());
        prop_assert_eq!(credit_by_account.get(account), Some(moved), "what moved is what the order says");
    }
    let granted = order.refunds.iter().filter(|refund| refund.granted_by.is_some()).map(|refund| refund.amount_minor);
    let all = sum(&kept(&two_products()));
    match order.status {
        OrderStatus::Paid => {
            prop_assert_eq!(sum(&kept(order)), all);
            prop_assert_eq!(order.captured_minor() - owed + granted.sum::<i64>(), order.total_minor);
            prop_assert!(order.captured_minor() > owed, "a paid order keeps some of its money");
        }
        OrderStatus::Expired => prop_assert!(kept(order).is_empty()),
        OrderStatus::Refunded if order.shipment.is_none() => prop_assert!(kept(order).is_empty()),
        OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::PartiallyRefunded | OrderStatus::Refunded => {
            prop_assert_eq!(sum(&kept(order)) + came_back(order), all, "with the shopper or back");
        }
        OrderStatus::PendingPayment | OrderStatus::Cancelled => {}
    }
    let due = order.timeline.iter().filter(|entry| entry.event == TimelineEvent::RefundDue).count();
    let retries: usize = order.refunds.iter().map(|refund| refund.retries as usize).sum();
    prop_assert_eq!(due, order.refunds.len() + retries);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// For events in any order: refunds never exceed captures, units are released exactly once and only if they are not
    /// paid, each to its own shard, every message and keyed call may be delivered twice, and each domain event has one
    /// id.
    #[test]
    fn every_history_stays_consistent(events in prop::collection::vec((any_event(), 0_i64..150), 0..60)) {
        let (mut order, mut now, mut credit) = (two_products(), PLACED, BTreeMap::new());
        let mut stock = Units::new();
        let ids = |old: Option<&Order>, new: &Order| events_after(old, new).into_iter().map(|event| event.event_id);
        let mut published: Vec<String> = ids(None, &order).collect();
        for (event, seconds) in events {
            now = now.plus_seconds(seconds);
            let Ok(next) = event.apply(&order, now) else { continue };
            for change in next.stock_moves_since(&order) {
                let place = (change.product_id.to_string(), change.shard.as_str().to_owned());
                *stock.entry(place).or_default() += change.delta;
            }
            let moves = next.credit_moves_since(&order);
            if matches!(event, AnyEvent::Order(_)) {
                prop_assert_eq!(&moves, &BTreeMap::new(), "only store credit events move store credit");
            }
            for (account, minor) in moves {
                *credit.entry(account).or_default() += minor;
            }
            if event.is_idempotent() {
                prop_assert_eq!(event.apply(&next, now), Ok(next.clone()), "the event came twice");
            }
            let took_money = |order: &Order| order.attempts.iter().filter(|a| a.captured_minor > 0).count();
            prop_assert!(took_money(&next) >= took_money(&order), "money that came stays known");
            if let AnyEvent::Order(Event::PaymentSettled { attempt, outcome: ProviderOutcome::Captured { .. } }) = &event {
                prop_assert_eq!(next.attempts[*attempt].captured_minor, TOTAL_MINOR, "a capture always counts");
            }
            if let AnyEvent::Order(Event::RefundSettled { refund, retry, .. }) = &event
                && next != order
            {
                prop_assert_eq!(order.refunds[*refund].retries, *retry, "only the last try settles a refund");
            }
            published.extend(ids(Some(&order), &next));
            order = next;
            let mut everywhere = kept(&order);
            for (place, units) in &stock {
                prop_assert!(*units >= 0, "units were taken that were never given back");
                *everywhere.entry(place.clone()).or_default() += units;
            }
            prop_assert_eq!(everywhere, kept(&two_products()), "stock is conserved");
            check(&order, &credit)?;
        }
        for id in ids(None, &order) {
            prop_assert!(published.contains(&id), "{} was published when it happened", id);
        }
        let count = published.len();
        published.sort();
        published.dedup();
        prop_assert_eq!(published.len(), count, "no id twice");
    }
}
