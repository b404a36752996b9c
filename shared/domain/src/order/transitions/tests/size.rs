//! The largest orders that the bounds allow.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value;

use super::histories::{AnyEvent, any_event};
use super::returns::{self, idempotency_key, shipped, staff};
use super::*;
use crate::address::{MAX_PART, StructuredAddress};
use crate::order::MAX_LINES;
use crate::order::size::{MAX_GRANTED_REFUNDS, MAX_ORDER_BYTES, MAX_REFUND_RETRIES};
use crate::order::{MAX_REASON_BYTES, MAX_REASON_CHARS, MAX_RETURNS, MAX_TOKEN_BYTES, RefundStatus, ReturnStatus};

/// Size of an item of DynamoDB: names and texts in UTF-8, up to 21 bytes a number, and what lists and maps cost.
fn item_bytes(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 1,
        Value::Number(number) => number.to_string().len().div_ceil(2) + 1,
        Value::String(text) => text.len(),
        Value::Array(values) => 3 + values.iter().map(|value| 1 + item_bytes(value)).sum::<usize>(),
        Value::Object(members) => {
            3 + members.iter().map(|(name, value)| 1 + name.len() + item_bytes(value)).sum::<usize>()
        }
    }
}

fn stored_bytes(order: &Order) -> usize {
    item_bytes(&serde_json::to_value(order).expect("an order serialises"))
}

fn wide(chars: usize) -> String {
    "\u{1f4a5}".repeat(chars)
}

fn product(number: usize) -> String {
    format!("{number:064}")
}

/// An order of the longest names from two shards each, with the longest address.
fn largest_order() -> Order {
    let part = || wide(MAX_PART);
    let shard = |number| Allocation { shard: ShardId::new("ap-southeast-1-local-zone", number), quantity: 100 };
    let line = |number| OrderLine {
        product_id: product(number).parse().expect("id"),
        name: wide(300),
        unit_price_minor: 1_000_000_007,
        quantity: Quantity::new(200).expect("quantity"),
        allocation: vec![shard(62), shard(63)],
    };
    let address = StructuredAddress {
        name: part(),
        line1: part(),
        line2: Some(part()),
        city: part(),
        region: Some(part()),
        postal_code: Some(part()),
        country: "US".to_owned(),
        phone: Some(part()),
    };
    let lines: Vec<_> = (0..MAX_LINES).map(line).collect();
    let total_minor = 1_000_000_007 * 200 * i64::try_from(MAX_LINES).expect("few");
    Order { lines, total_minor, shipping_address: ShippingAddress::Structured(Box::new(address)), ..order() }
}

fn then(order: &Order, event: Event) -> Order {
    let next = order.apply(event, PLACED).unwrap_or_else(|refused| panic!("{refused}"));
    assert!(stored_bytes(&next) <= MAX_ORDER_BYTES, "{} bytes", stored_bytes(&next));
    next
}

/// The order with all attempts used up, the last of which paid it.
fn paid(mut order: Order) -> Order {
    for attempt in 0..MAX_PAYMENT_ATTEMPTS {
        let (token, request) =
            ("t".repeat(MAX_TOKEN_BYTES), Some(idempotency_key(&format!("attempt-of-22-chars-{attempt}"))));
        order = then(
            &order,
            Event::PaymentStarted { method: ProviderMethod::CreditCard, token, request, general_decline: true },
        );
        for _ in 0..20 {
            let action_url = Some("u".repeat(2_048));
            let outcome = ProviderOutcome::ActionRequired { payment_id: "p".repeat(255), action_url };
            order = then(&order, Event::PaymentSettled { attempt, outcome });
            if attempt % 2 == 0 {
                order = then(&order, pending(attempt));
            }
        }
        if attempt % 2 == 0 && attempt + 1 < MAX_PAYMENT_ATTEMPTS {
            let outcome = ProviderOutcome::Declined { code: wide(2_000) };
            order = then(&order, Event::PaymentSettled { attempt, outcome });
        }
    }
    let outcome = ProviderOutcome::Captured { payment_id: "p".repeat(255), amount_minor: order.total_minor };
    then(&order, Event::PaymentSettled { attempt: MAX_PAYMENT_ATTEMPTS - 1, outcome })
}

fn big_return(items: usize, reason: &str, key: usize) -> Event {
    let item = |number| ReturnItem {
        product_id: product(number).parse().expect("id"),
        quantity: Quantity::new(1).expect("quantity"),
        reason: reason.to_owned(),
    };
    Event::ReturnRequested { items: (0..items).map(item).collect(), request: idempotency_key(&format!("return-{key}")) }
}

/// Requests and rejects returns until no more are taken, and leaves the last one open.
fn returned_often(mut order: Order, items: usize, reason: &str) -> Order {
    for key in 0.. {
        if order.apply(big_return(items, reason, key), PLACED) == Err(TransitionError::TooManyReturns) {
            break;
        }
        assert!(key < MAX_RETURNS);
        if let Some(index) = order.returns.len().checked_sub(1) {
            let reason = Some("x".repeat(MAX_REASON_BYTES));
            order = then(&order, Event::ReturnRejected { index, reason });
        }
        order = then(&order, big_return(items, reason, key));
    }
    let more = order.apply(big_return(items, reason, 99), PLACED);
    assert_eq!(more, Err(TransitionError::TooManyReturns));
    order
}

/// Grants refunds and lets them fail until no more are granted and retried.
fn refunded_often(mut order: Order) -> Order {
    let grant = |key: usize| {
        let Event::RefundGranted(grant) = returns::grant(1, RefundTarget::Provider, &format!("refund-{key}")) else {
            panic!("a grant")
        };
        Event::RefundGranted(RefundGrant { reason: "x".repeat(MAX_REASON_BYTES), ..grant })
    };
    for key in 0..MAX_GRANTED_REFUNDS {
        order = then(&order, grant(key));
    }
    assert_eq!(order.apply(grant(99), PLACED), Err(TransitionError::TooManyRefunds));
    let settled = |retry: u32| Event::RefundSettled { refund: 0, retry, refund_id: format!("{retry:0255}") };
    let failed = |retry: u32| Event::RefundFailed { refund: 0, retry, refund_id: format!("{retry:0255}") };
    for retry in 0..u32::try_from(MAX_REFUND_RETRIES).expect("few") {
        order = then(&order, settled(retry));
        order = then(&order, failed(retry));
        order = then(&order, retried(0, RefundTarget::Provider));
    }
    order = then(&order, failed(100));
    let again = order.apply(retried(0, RefundTarget::Provider), PLACED);
    assert_eq!(again, Err(TransitionError::TooManyRetries));
    then(&order, retried(0, RefundTarget::StoreCredit))
}

/// Every refund that is due is paid out.
fn settled(mut order: Order) -> Order {
    for index in 0..order.refunds.len() {
        order = match order.refunds[index].target {
            RefundTarget::Provider => {
                let (retry, refund_id) = (order.refunds[index].retries, "r".repeat(255));
                then(&order, Event::RefundSettled { refund: index, retry, refund_id })
            }
            RefundTarget::StoreCredit => credited(&order, index).expect("credited"),
        };
    }
    assert!(stored_bytes(&order) <= MAX_ORDER_BYTES);
    order
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Any number of items with reasons of any size: staff accept the last return, refunds are paid out, and the rest can be
    /// refunded.
    #[test]
    fn the_largest_delivered_order_can_be_finished(
        items in prop_oneof![Just(MAX_LINES), 1..=MAX_LINES],
        reason in prop_oneof![Just(wide(MAX_REASON_BYTES / 4)), Just("x".repeat(MAX_REASON_CHARS)), "[a-z]{1,200}"],
    ) {
        let order = then(&then(&paid(largest_order()), shipped()), Event::Delivered);
        let order = refunded_often(returned_often(order, items, &reason));
        let index = order.returns.len() - 1;
        let accept = Event::ReturnAccepted { index, target: RefundTarget::Provider, account: None, accepted_by: staff() };
        let order = settled(then(&order, accept));
        prop_assert!(order.refunds.iter().all(|refund| refund.status == RefundStatus::Completed));
    }
}

/// Orders at several points of their life, each with texts as long as they may be.
static STARTS: LazyLock<[Order; 4]> = LazyLock::new(|| {
    let paid = paid(largest_order());
    let delivered = then(&then(&paid, shipped()), Event::Delivered);
    let returned = returned_often(delivered.clone(), MAX_LINES, &wide(MAX_REASON_BYTES / 4));
    [largest_order(), paid, delivered, refunded_often(returned)]
});

/// Stripe's longest id.
fn provider_id() -> String {
    "p".repeat(255)
}

/// The event with texts as long as they may be, about an attempt, return or refund that the order has. The number chooses
/// which one.
fn largest(event: AnyEvent, order: &Order, number: usize) -> AnyEvent {
    let one_of = |index: usize, count: usize| (index + number) % count.max(1);
    match event {
        AnyEvent::Order(event) => AnyEvent::Order(largest_event(event, order, number)),
        AnyEvent::StoreCredit(StoreCreditEvent::Refunded { refund }) => {
            AnyEvent::StoreCredit(StoreCreditEvent::Refunded { refund: one_of(refund, order.refunds.len()) })
        }
        paid @ AnyEvent::StoreCredit(StoreCreditEvent::Paid { .. }) => paid,
    }
}

fn largest_event(event: Event, order: &Order, number: usize) -> Event {
    let one_of = |index: usize, count: usize| (index + number) % count.max(1);
    let attempt_at = |index| one_of(index, order.attempts.len());
    let return_at = |index| one_of(index, order.returns.len());
    let refund_at = |index| one_of(index, order.refunds.len());
    let retry_of = |refund: usize| order.refunds.get(refund).map_or(0, |refund| refund.retries);
    let key = || idempotency_key(&format!("a-key-of-22-characters-{number}"));
    match event {
        Event::PaymentStarted { method, general_decline, .. } => {
            let (token, request) = ("t".repeat(MAX_TOKEN_BYTES), Some(key()));
            Event::PaymentStarted { method, token, request, general_decline }
        }
        Event::PaymentSettled { attempt, outcome } => {
            Event::PaymentSettled { attempt: attempt_at(attempt), outcome: largest_outcome(&outcome, order) }
        }
        Event::Revived { attempt, .. } => Event::Revived {
            attempt: attempt_at(attempt),
            payment_id: provider_id(),
            amount_minor: order.total_minor,
            allocations: largest_order().lines.into_iter().map(|line| line.allocation).collect(),
        },
        Event::ReturnRequested { .. } => big_return(1 + number % MAX_LINES, &wide(MAX_REASON_BYTES / 4), number),
        Event::ReturnAccepted { index, target, account, accepted_by } => {
            Event::ReturnAccepted { index: return_at(index), target, account, accepted_by }
        }
        Event::ReturnRejected { index, .. } => {
            Event::ReturnRejected { index: return_at(index), reason: Some("x".repeat(MAX_REASON_BYTES)) }
        }
        Event::RefundGranted(grant) => {
            Event::RefundGranted(RefundGrant { reason: "x".repeat(MAX_REASON_BYTES), request: key(), ..grant })
        }
        Event::RefundSettled { refund, .. } => {
            let refund = refund_at(refund);
            Event::RefundSettled { refund, retry: retry_of(refund), refund_id: provider_id() }
        }
        Event::RefundFailed { refund, .. } => {
            let refund = refund_at(refund);
            Event::RefundFailed { refund, retry: retry_of(refund), refund_id: provider_id() }
        }
        Event::RefundRetried { refund, target, account } => {
            Event::RefundRetried { refund: refund_at(refund), target, account }
        }
        short @ (Event::HoldEnded | Event::Cancelled | Event::Shipped(_) | Event::Delivered | Event::Erased) => short,
    }
}

fn largest_outcome(outcome: &ProviderOutcome, order: &Order) -> ProviderOutcome {
    match outcome {
        ProviderOutcome::Captured { .. } => {
            ProviderOutcome::Captured { payment_id: provider_id(), amount_minor: order.total_minor }
        }
        ProviderOutcome::Declined { .. } => ProviderOutcome::Declined { code: wide(2_000) },
        ProviderOutcome::ActionRequired { .. } => {
            ProviderOutcome::ActionRequired { payment_id: provider_id(), action_url: Some("u".repeat(2_048)) }
        }
        ProviderOutcome::Pending { .. } => ProviderOutcome::Pending { payment_id: Some(provider_id()) },
    }
}

/// All that money and stock may still need: the money of each attempt arrives late, what can be cancelled is cancelled, open
/// returns are accepted, and every refund is paid out, a failed one as store credit.
fn finished(mut order: Order) -> Order {
    for attempt in 0..order.attempts.len() {
        let outcome = ProviderOutcome::Captured { payment_id: provider_id(), amount_minor: order.total_minor };
        order = then(&order, Event::PaymentSettled { attempt, outcome });
    }
    if matches!(order.status, OrderStatus::PendingPayment | OrderStatus::Paid) {
        order = then(&order, Event::Cancelled);
    }
    for index in 0..order.returns.len() {
        if order.returns[index].status == ReturnStatus::Requested {
            let (target, account) = (RefundTarget::Provider, None);
            order = then(&order, Event::ReturnAccepted { index, target, account, accepted_by: staff() });
        }
    }
    for refund in 0..order.refunds.len() {
        if order.refunds[refund].status == RefundStatus::Failed {
            order = then(&order, retried(refund, RefundTarget::StoreCredit));
        }
    }
    settled(order)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever happens to an order, and however long the texts are: it stays within the size that its parts add up to, and
    /// so does every step that it still needs.
    #[test]
    fn every_history_leaves_room_to_finish_the_order(
        start in 0..STARTS.len(),
        events in prop::collection::vec((any_event(), 0_i64..150, 0_usize..1_000), 0..150),
    ) {
        let (mut order, mut now) = (STARTS[start].clone(), PLACED);
        for (event, seconds, number) in events {
            now = now.plus_seconds(seconds);
            let Ok(next) = largest(event, &order, number).apply(&order, now) else { continue };
            prop_assert!(stored_bytes(&next) <= MAX_ORDER_BYTES, "{} bytes after {:?}", stored_bytes(&next), next.timeline.last());
            order = next;
        }
        let order = finished(order);
        prop_assert!(order.refunds.iter().all(|refund| refund.status == RefundStatus::Completed));
        prop_assert!(!matches!(order.status, OrderStatus::PendingPayment | OrderStatus::Paid), "{:?}", order.status);
    }
}

#[test]
fn the_largest_paid_order_can_be_cancelled_and_refunded() {
    let order = refunded_often(paid(largest_order()));
    let order = settled(then(&order, Event::Cancelled));
    assert_eq!(order.status, OrderStatus::Refunded);
}

#[test]
fn items_of_one_product_become_one() {
    let Event::ReturnRequested { items, .. } = big_return(1, "torn", 0) else { panic!("a return") };
    let twice = ReturnItem::merged(items.iter().cloned().chain(items.clone())).expect("merged");
    assert_eq!((twice.len(), twice[0].quantity.get(), twice[0].reason.as_str()), (1, 2, "torn"));
    let other = ReturnItem { reason: "late".to_owned(), ..items[0].clone() };
    let both = ReturnItem::merged([items[0].clone(), other.clone(), items[0].clone()]).expect("merged");
    assert_eq!((both.len(), both[0].quantity.get(), both[0].reason.as_str()), (1, 3, "torn; late"));
    let long = ReturnItem { reason: "x".repeat(MAX_REASON_CHARS), ..other };
    assert_eq!(ReturnItem::merged([items[0].clone(), long]).map_err(|invalid| invalid.code), Err("too_long"));
}
