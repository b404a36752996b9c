//! One corruption at a time, and the one discrepancy that must report it.

use souk_domain::order::{
    AttemptStatus, Event, OrderStatus, PaymentMethod, ProviderMethod, RefundTarget, Shipment, TimelineEntry,
};
use souk_domain::reconcile::{DiscrepancyKind, ProviderPayment, ProviderRefund, Subject};
use souk_domain::stock::{Allocation, ShardId};

use crate::shop::{ACCOUNT, OPENED, PRICE, Shop, granted, idempotency_key, product, shard, user};

const PENDING: usize = 0;
const PAID: usize = 1;
const PROCESSING: usize = 2;
const REFUNDED: usize = 3;
const REFUNDING: usize = 4;
const EXPIRED: usize = 5;
const CREDITED: usize = 6;

/// A consistent shop with an order in each relevant state.
fn shop() -> Shop {
    let mut shop = Shop::open();
    for number in [PENDING, PAID, PROCESSING, REFUNDED, REFUNDING, EXPIRED, CREDITED] {
        assert_eq!(shop.place(number, &[(number % 2, 0, 1)]), Some(number));
    }
    let start = || Event::PaymentStarted {
        method: ProviderMethod::CreditCard,
        token: "t".to_owned(),
        request: None,
        general_decline: false,
    };
    shop.pay(PAID);
    shop.apply(PROCESSING, start());
    // Two attempts capture; both are refunded.
    shop.apply(REFUNDED, start());
    let action = souk_domain::order::ProviderOutcome::ActionRequired { payment_id: "p".to_owned(), action_url: None };
    shop.apply(REFUNDED, Event::PaymentSettled { attempt: 0, outcome: action });
    shop.pay(REFUNDED);
    shop.capture(REFUNDED, 0, 0);
    shop.apply(REFUNDED, Event::Cancelled);
    shop.refund(REFUNDED, 0);
    shop.refund(REFUNDED, 1);
    assert_eq!(shop.orders[REFUNDED].status, OrderStatus::Refunded);
    shop.pay(REFUNDING);
    shop.apply(REFUNDING, Event::Cancelled);
    shop.pay(CREDITED);
    shop.apply(CREDITED, Event::Shipped(Shipment { carrier: "UPS".to_owned(), tracking_number: "1Z".to_owned() }));
    shop.apply(CREDITED, granted(500, RefundTarget::StoreCredit, idempotency_key(0)));
    shop.refund(CREDITED, 0);
    assert_eq!(shop.credit[&user(ACCOUNT)], 500);
    let held_until = shop.orders[EXPIRED].hold_expires_at;
    shop.now = held_until;
    shop.apply(EXPIRED, Event::HoldEnded);
    assert_eq!(shop.orders[EXPIRED].status, OrderStatus::Expired);
    shop
}

/// Makes one corruption and returns `expected` and `actual` of its discrepancy.
#[expect(clippy::too_many_lines, reason = "a table: a new kind without its row does not compile")]
fn corrupt(kind: DiscrepancyKind, shop: &mut Shop) -> (i64, i64) {
    let count = |shop: &mut Shop, delta: i64| {
        *shop.stock.get_mut(&product(1)).expect("a product").shards.get_mut(&shard(0)).expect("a shard") += delta;
    };
    match kind {
        DiscrepancyKind::StockUnexplained => {
            count(shop, 1);
            (20, 21)
        }
        DiscrepancyKind::CountNegative => {
            let facts = shop.stock.get_mut(&product(1)).expect("a product");
            let taken = facts.shards[&shard(1)] + 1;
            facts.ledger -= taken;
            facts.shards.insert(shard(1), -1);
            (0, -1)
        }
        DiscrepancyKind::ShardNumber => {
            shop.stock.get_mut(&product(1)).expect("a product").numbers.insert(shard(0), 3);
            (3, 2)
        }
        DiscrepancyKind::OrderTotal => {
            shop.orders[PENDING].total_minor += 1;
            (PRICE, PRICE + 1)
        }
        DiscrepancyKind::OrderUnits => {
            // It expired but did not release its unit.
            count(shop, -1);
            shop.orders[EXPIRED].lines[0].allocation = vec![Allocation { shard: shard(0), quantity: 1 }];
            (0, 1)
        }
        DiscrepancyKind::OrderMoney => {
            shop.orders[PENDING].status = OrderStatus::Paid;
            (PRICE, 0)
        }
        DiscrepancyKind::AttemptMoney => {
            shop.orders[PAID].attempts[0].status = AttemptStatus::RequiresAction;
            (0, PRICE)
        }
        DiscrepancyKind::OverRefunded => {
            let attempt = shop.orders[REFUNDED].refunds[1].attempt;
            shop.orders[REFUNDED].refunds[0].attempt = attempt;
            (PRICE, 2 * PRICE)
        }
        DiscrepancyKind::RefundMismatch => {
            shop.orders[REFUNDED].refunds[0].attempt = 7;
            (1, 0)
        }
        DiscrepancyKind::HoldOverdue => {
            shop.orders[PENDING].hold_expires_at = shop.now.plus_seconds(-901);
            (900, 901)
        }
        DiscrepancyKind::PaymentOverdue => {
            shop.orders[PROCESSING].attempts[0].started_at = shop.now.plus_seconds(-3_601);
            (3_600, 3_601)
        }
        DiscrepancyKind::RefundOverdue => {
            let at = shop.now.plus_seconds(-3_601);
            for entry in &mut shop.orders[REFUNDING].timeline {
                *entry = TimelineEntry { at, ..*entry };
            }
            (3_600, 3_601)
        }
        DiscrepancyKind::CreditUnexplained => {
            shop.credit.insert(user(ACCOUNT), 501);
            (500, 501)
        }
        DiscrepancyKind::CreditNegative => {
            // Paid with more than its balance.
            shop.orders[CREDITED].refunds[0].target = RefundTarget::Provider;
            shop.credit.remove(&user(ACCOUNT));
            let given = ProviderRefund {
                idempotency_key: shop.orders[CREDITED].refund_key(0),
                refund_id: shop.orders[CREDITED].refunds[0].refund_id.clone().expect("an id"),
                amount_minor: 500,
            };
            shop.refunds.push(given);
            shop.payments.retain(|payment| payment.payment_id != format!("pay_{PAID}_0"));
            shop.orders[PAID].attempts[0].method = PaymentMethod::StoreCredit;
            shop.credit.insert(user(PAID), -PRICE);
            (0, -PRICE)
        }
        DiscrepancyKind::Unreadable => {
            shop.unreadable.push(("orders".to_owned(), "a/b".to_owned()));
            (1, 0)
        }
        DiscrepancyKind::PaymentUnrecorded => {
            let idempotency_key = shop.orders[PROCESSING].payment_key(0);
            let payment_id = "pay_new".to_owned();
            shop.payments.push(ProviderPayment { idempotency_key, payment_id, captured_minor: PRICE });
            (0, PRICE)
        }
        DiscrepancyKind::PaymentUnknown => {
            shop.payments.retain(|payment| payment.payment_id != format!("pay_{PAID}_0"));
            (PRICE, 0)
        }
        DiscrepancyKind::PaymentAmount => {
            shop.payments[0].captured_minor += 1;
            (PRICE, PRICE + 1)
        }
        DiscrepancyKind::ChargedTwice => {
            let again = ProviderPayment { payment_id: "pay_again".to_owned(), ..shop.payments[0].clone() };
            shop.payments.push(again);
            (1, 2)
        }
        DiscrepancyKind::RefundUnrecorded => {
            let idempotency_key = shop.orders[REFUNDING].refund_key(0);
            let refund_id = "re_new".to_owned();
            shop.refunds.push(ProviderRefund { idempotency_key, refund_id, amount_minor: PRICE });
            (0, PRICE)
        }
        DiscrepancyKind::RefundUnknown => {
            shop.refunds.remove(0);
            (PRICE, 0)
        }
        DiscrepancyKind::RefundAmount => {
            shop.refunds[0].amount_minor -= 1;
            (PRICE, PRICE - 1)
        }
        DiscrepancyKind::RefundedTwice => {
            let again = ProviderRefund { refund_id: "re_again".to_owned(), ..shop.refunds[0].clone() };
            shop.refunds.push(again);
            (1, 2)
        }
    }
}

#[test]
fn a_shop_where_all_is_well_has_no_difference() {
    assert_eq!(shop().reconcile(), []);
}

#[test]
fn each_corruption_is_reported_as_exactly_one_discrepancy() {
    for &kind in DiscrepancyKind::ALL {
        let mut shop = shop();
        let numbers = corrupt(kind, &mut shop);
        let found: Vec<_> = shop.reconcile().into_iter().map(|d| (d.kind, (d.expected, d.actual))).collect();
        assert_eq!(found, [(kind, numbers)], "{}", kind.as_str());
    }
}

#[test]
fn provider_records_without_an_order_are_reported_with_their_ids() {
    let mut shop = shop();
    let (idempotency_key, payment_id) = ("nobody#pay0".to_owned(), "pay_x".to_owned());
    shop.payments.push(ProviderPayment {
        idempotency_key: idempotency_key.clone(),
        payment_id: payment_id.clone(),
        captured_minor: 5,
    });
    let found = shop.reconcile();
    let subject = Subject::AtProvider { idempotency_key, provider_id: payment_id };
    assert_eq!(
        found.iter().map(|d| (d.kind, &d.subject)).collect::<Vec<_>>(),
        [(DiscrepancyKind::PaymentUnrecorded, &subject)]
    );
}

#[test]
fn payments_older_than_the_providers_list_are_not_reported() {
    let mut shop = shop();
    shop.payments.clear();
    shop.refunds.clear();
    let since = shop.now.plus_seconds(1);
    let mut facts = souk_domain::reconcile::ProviderRecords::new(since, [], []);
    assert!(shop.orders.iter().all(|order| facts.check(order).is_empty()));
    let mut facts = souk_domain::reconcile::ProviderRecords::new(OPENED, [], []);
    assert!(!shop.orders.iter().all(|order| facts.check(order).is_empty()));
}

#[test]
fn a_product_without_any_count_is_found_by_its_orders() {
    let mut shop = shop();
    shop.stock.remove(&product(1));
    let kinds: Vec<_> = shop.reconcile().into_iter().map(|d| (d.kind, d.expected)).collect();
    assert_eq!(kinds, [(DiscrepancyKind::StockUnexplained, 0)]);
}

#[test]
fn shards_that_their_region_does_not_name_are_found_and_gone_ones_are_not_missed() {
    let numbers = |shop: &Shop| shop.reconcile().iter().map(|d| (d.kind, d.expected, d.actual)).collect::<Vec<_>>();
    let mut shop = shop();
    // A shard was emptied and removed while orders keep units of it.
    let facts = shop.stock.get_mut(&product(1)).expect("a product");
    let moved = facts.shards.remove(&shard(0)).expect("a shard");
    let rest = facts.shards.remove(&shard(1)).expect("a shard");
    facts.shards.insert(ShardId::new("other", 0), moved + rest);
    facts.numbers.clear();
    assert_eq!(numbers(&shop), []);
    let facts = shop.stock.get_mut(&product(1)).expect("a product");
    facts.shards.insert(ShardId::new("other", 1), 0);
    assert_eq!(numbers(&shop), [(DiscrepancyKind::ShardNumber, 1, 2)], "no other rule checks the second one");
    let facts = shop.stock.get_mut(&product(1)).expect("a product");
    facts.numbers.insert(ShardId::new("other", 0), 3);
    facts.shards.insert(ShardId::new("other", 7), 0);
    assert_eq!(numbers(&shop), [(DiscrepancyKind::ShardNumber, 3, 2)]);
}

#[test]
fn a_difference_is_flat_json_with_its_ids() {
    let mut shop = shop();
    corrupt(DiscrepancyKind::HoldOverdue, &mut shop);
    let json = serde_json::to_value(&shop.reconcile()[0]).expect("JSON");
    let order_id = shop.orders[PENDING].order_id.as_str();
    let expected = serde_json::json!({
        "kind": "hold_overdue", "user_id": user(PENDING).as_str(), "order_id": order_id, "expected": 900, "actual": 901,
    });
    assert_eq!(json, expected);
}

#[test]
fn checksums_show_whether_orders_changed() {
    use souk_domain::reconcile::Sums;
    let mut shop = shop();
    let sum = |shop: &Shop| {
        let mut sums = Sums::new();
        shop.orders.iter().for_each(|order| sums.add(order));
        sums
    };
    let before = sum(&shop);
    assert!(before.same_orders(&sum(&shop), &product(0)));
    // One unit comes and goes: the sums are the same again, the orders are not.
    let number = shop.place(9, &[(0, 1, 1)]).expect("placed");
    shop.apply(number, Event::Cancelled);
    let after = sum(&shop);
    assert!(!before.same_orders(&after, &product(0)) && before.same_orders(&after, &product(1)));
    assert!(before.same_credit(&after, &user(ACCOUNT)));
    shop.orders[CREDITED].version += 1;
    assert!(!before.same_credit(&sum(&shop), &user(ACCOUNT)));
}
