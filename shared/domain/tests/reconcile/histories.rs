use proptest::prelude::*;
use proptest::strategy::ValueTree;
use souk_domain::order::{
    Event, OrderStatus, ProviderMethod, ProviderOutcome, RefundTarget, ReturnItem, Shipment, StoreCreditEvent,
};
use souk_domain::quantity::Quantity;
use souk_domain::stock::Allocation;

use crate::shop::{ACCOUNT, Shop, granted, idempotency_key, product, settled, shard, user};

/// A step of the shop. The number is the index of the order.
#[derive(Debug, Clone)]
enum Step {
    Place(usize, Vec<(usize, usize, u32)>),
    Event(usize, Event),
    PaidByStoreCredit(usize),
    /// Order, attempt, and captured amount beyond the total.
    Captured(usize, usize, i64),
    Revived(usize, usize, usize),
    Refunded(usize, usize),
    RefundFailed(usize, usize),
    /// Paid, shipped and delivered in one step, because few random histories would reach that state.
    Sold(usize),
    /// A count or a receipt by staff.
    Adjust(usize, usize, i64),
    Later(i64),
}

fn shipment() -> Shipment {
    Shipment { carrier: "UPS".to_owned(), tracking_number: "1Z".to_owned() }
}

fn any_event() -> impl Strategy<Value = Event> {
    let target = || prop_oneof![Just(RefundTarget::Provider), Just(RefundTarget::StoreCredit)];
    let account = || prop_oneof![9 => Just(Some(user(ACCOUNT))), 1 => Just(None)];
    let declined = |code: &str| ProviderOutcome::Declined { code: code.to_owned() };
    let action = ProviderOutcome::ActionRequired { payment_id: "pay".to_owned(), action_url: None };
    let item = |(n, units, key): (usize, u64, u8)| {
        let quantity = Quantity::new(units).expect("a quantity");
        let items = vec![ReturnItem { product_id: product(n), quantity, reason: "broken".to_owned() }];
        Event::ReturnRequested { items, request: idempotency_key(key) }
    };
    let start = Event::PaymentStarted {
        method: ProviderMethod::CreditCard,
        token: "t".to_owned(),
        request: None,
        general_decline: false,
    };
    prop_oneof![
        6 => Just(start),
        1 => (0_usize..3).prop_map(move |attempt| settled(attempt, declined("no"))),
        1 => (0_usize..3).prop_map(move |attempt| settled(attempt, action.clone())),
        1 => (0_usize..3).prop_map(|attempt| settled(attempt, ProviderOutcome::Pending { payment_id: None })),
        2 => Just(Event::HoldEnded),
        2 => ((0_usize..2), target(), account())
            .prop_map(|(refund, target, account)| Event::RefundRetried { refund, target, account }),
        1 => Just(Event::Cancelled),
        3 => Just(Event::Shipped(shipment())),
        3 => Just(Event::Delivered),
        3 => ((0_usize..3), (1_u64..3), any::<u8>()).prop_map(item),
        3 => ((0_usize..2), target(), account()).prop_map(|(index, target, account)| {
            Event::ReturnAccepted { index, target, account, accepted_by: user(9) }
        }),
        1 => (0_usize..3).prop_map(|index| Event::ReturnRejected { index, reason: None }),
        2 => ((1_i64..30_000), target(), any::<u8>()).prop_map(|(amount, target, key)| granted(amount, target, idempotency_key(key))),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    let part = || ((0_usize..3), (0_usize..2), (1_u32..4));
    let extra = prop_oneof![8 => Just(0_i64), 1 => Just(-5_i64), 1 => Just(7_i64)];
    prop_oneof![
        3 => ((0_usize..3), prop::collection::vec(part(), 1..4)).prop_map(|(shopper, parts)| Step::Place(shopper, parts)),
        12 => ((0_usize..3), any_event()).prop_map(|(order, event)| Step::Event(order, event)),
        1 => (0_usize..3).prop_map(Step::PaidByStoreCredit),
        6 => ((0_usize..3), (0_usize..3), extra).prop_map(|(order, attempt, extra)| Step::Captured(order, attempt, extra)),
        2 => ((0_usize..3), (0_usize..2)).prop_map(|(order, refund)| Step::RefundFailed(order, refund)),
        1 => ((0_usize..3), (0_usize..3), (0_usize..2)).prop_map(|(order, attempt, from)| Step::Revived(order, attempt, from)),
        6 => ((0_usize..3), (0_usize..2)).prop_map(|(order, refund)| Step::Refunded(order, refund)),
        1 => ((0_usize..2), (0_usize..2), (-5_i64..6)).prop_map(|(product, from, delta)| Step::Adjust(product, from, delta)),
        3 => (0_usize..3).prop_map(Step::Sold),
        2 => (0_i64..600).prop_map(Step::Later),
    ]
}

fn run(shop: &mut Shop, step: Step) {
    match step {
        Step::Place(shopper, parts) => {
            shop.place(shopper, &parts);
        }
        Step::Event(order, event) => shop.apply(order, event),
        Step::PaidByStoreCredit(order) => {
            let account = Some(user(ACCOUNT));
            shop.apply_store_credit(order, StoreCreditEvent::Paid { account, request: None });
        }
        Step::Captured(order, attempt, extra) if order < shop.orders.len() => shop.capture(order, attempt, extra),
        Step::RefundFailed(order, refund) if order < shop.orders.len() => shop.fail_refund(order, refund),
        Step::Refunded(order, refund) if order < shop.orders.len() => shop.refund(order, refund),
        Step::Revived(order, attempt, from) if order < shop.orders.len() => revive(shop, order, attempt, from),
        Step::Sold(order) if order < shop.orders.len() => {
            shop.pay(order);
            shop.apply(order, Event::Shipped(shipment()));
            shop.apply(order, Event::Delivered);
        }
        Step::Captured(..) | Step::Refunded(..) | Step::RefundFailed(..) | Step::Revived(..) | Step::Sold(..) => {}
        Step::Adjust(n, from, delta) => {
            let facts = shop.stock.get_mut(&product(n)).expect("a product");
            let count = facts.shards.get_mut(&shard(from)).expect("a shard");
            if *count + delta >= 0 {
                *count += delta;
                facts.ledger += delta;
                facts.ledger_entries += 1;
            }
        }
        Step::Later(seconds) => shop.now = shop.now.plus_seconds(seconds),
    }
}

/// A late capture of an order whose units are still available.
fn revive(shop: &mut Shop, number: usize, attempt: usize, from: usize) {
    let order = &shop.orders[number];
    let part = |quantity: Quantity| vec![Allocation { shard: shard(from), quantity: quantity.get() }];
    let allocations = order.lines.iter().map(|line| part(line.quantity)).collect();
    let (payment_id, amount_minor) = (format!("pay_{number}_{attempt}"), order.total_minor);
    let key = order.payment_key(attempt);
    shop.apply(number, Event::Revived { attempt, payment_id: payment_id.clone(), amount_minor, allocations });
    shop.charged(number, attempt, key, payment_id);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Any history of several orders of three products is reconciled after every step.
    #[test]
    fn every_history_is_reconciled(steps in prop::collection::vec(any_step(), 0..80)) {
        let mut shop = Shop::open();
        for step in steps {
            run(&mut shop, step.clone());
            let found: Vec<_> = shop.reconcile().into_iter().filter(|difference| !difference.kind.is_stuck()).collect();
            prop_assert_eq!(found, vec![], "after {:?}: {:#?}", step, shop.orders);
        }
    }
}

/// The histories above reach every status; otherwise they would prove little.
#[test]
fn histories_reach_every_status() {
    let mut reached = std::collections::HashSet::new();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..1_000 {
        let steps = prop::collection::vec(any_step(), 0..80);
        let mut shop = Shop::open();
        for step in steps.new_tree(&mut runner).expect("steps").current() {
            run(&mut shop, step);
            reached.extend(shop.orders.iter().map(|order| order.status));
        }
    }
    let open = [OrderStatus::PendingPayment, OrderStatus::Paid, OrderStatus::Shipped, OrderStatus::Delivered];
    let ended = [OrderStatus::Cancelled, OrderStatus::Expired, OrderStatus::Refunded, OrderStatus::PartiallyRefunded];
    for status in open.into_iter().chain(ended) {
        assert!(reached.contains(&status), "{status:?}");
    }
}
