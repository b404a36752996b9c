use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::address::ShippingAddress;
use crate::contact::Contact;
use crate::idempotency::IdempotencyKey;
use crate::money::Money;
use crate::order::{
    Event, NewOrder, OrderLine, PaymentMethod, ProviderMethod, ProviderOutcome, RefundApproval, RefundGrant,
    RefundTarget, ReturnItem, Shipment, StoreCreditEvent,
};
use crate::quantity::Quantity;

const DOCS: &str = include_str!("../../../../docs/events.md");
const PLACED: Timestamp = Timestamp::from_millis(1_795_503_420_000);

fn placed() -> Order {
    let new = NewOrder {
        user_id: "01a1fce4-de60-7a10-8c3e-5d2f9b7a6e01".parse().expect("an id"),
        order_id: "01a20c57-f260-7c55-a1b2-0f1e2d3c4b5a".parse().expect("an id"),
        payment_method: PaymentMethod::CreditCard,
        currency: Currency::USD,
        lines: vec![OrderLine {
            product_id: "1399".parse().expect("an id"),
            name: "HP 364XL ink cartridge, cyan".to_owned(),
            unit_price_minor: 1_250,
            quantity: Quantity::new(2).expect("two"),
            allocation: vec![],
        }],
        shipping_address: ShippingAddress::Text("1 Main Street, Springfield".to_owned()),
        contact: Some(contact()),
        hold_seconds: 900,
    };
    Order::place(new, PLACED).expect("an order")
}

fn contact() -> Contact {
    let email = "ann@example.com".parse().expect("an address");
    Contact { email, phone: "+1 217 555 0100".parse().ok() }
}

/// Applies events ten seconds apart, saved as the store does. Returns the order and its domain events.
fn run(events: Vec<Event>) -> (Order, Vec<DomainEvent>) {
    let mut order = placed();
    let mut published = events_after(None, &order);
    for (n, event) in (1..).zip(events) {
        let next = order.apply(event, PLACED.plus_seconds(n * 10)).expect("it can happen");
        let next = Order { version: order.version + 1, ..next };
        published.extend(events_after(Some(&order), &next));
        order = next;
    }
    (order, published)
}

fn pay() -> [Event; 2] {
    let token = "tok_secret".to_owned();
    let outcome = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 2_500 };
    [
        Event::PaymentStarted { method: ProviderMethod::CreditCard, token, request: None, general_decline: false },
        Event::PaymentSettled { attempt: 0, outcome },
    ]
}

fn idempotency_key(key: &str) -> IdempotencyKey {
    IdempotencyKey { key: key.to_owned(), fingerprint: key.to_owned() }
}

fn staff() -> UserId {
    "01a1fce4-de60-7a10-8c3e-5d2f9b7a6e09".parse().expect("an id")
}

/// Paid, shipped, delivered, and one of two units returned.
fn full_history() -> Vec<Event> {
    let shipment = Shipment { carrier: "DHL".to_owned(), tracking_number: "1Z".to_owned() };
    let item = || ReturnItem {
        product_id: "1399".parse().expect("an id"),
        quantity: Quantity::new(1).expect("one"),
        reason: "My name is Ann and it leaks".to_owned(),
    };
    let mut events = pay().to_vec();
    events.extend([
        Event::Shipped(shipment),
        Event::Delivered,
        Event::ReturnRequested { items: vec![item()], request: idempotency_key("1") },
        Event::ReturnRejected { index: 0, reason: Some("Ann, it was worn".to_owned()) },
        Event::ReturnRequested { items: vec![item()], request: idempotency_key("2") },
        Event::ReturnAccepted { index: 1, target: RefundTarget::Provider, account: None, accepted_by: staff() },
        Event::RefundSettled { refund: 0, retry: 0, refund_id: "re_1".to_owned() },
    ]);
    events
}

fn kinds(events: &[DomainEvent]) -> Vec<&'static str> {
    events.iter().map(|event| event.payload.kind()).collect()
}

#[test]
fn each_step_is_published_once_and_republished_with_the_same_id() {
    let (order, published) = run(full_history());
    let expected = [
        "order.placed",
        "order.paid",
        "order.shipped",
        "order.delivered",
        "return.requested",
        "return.rejected",
        "return.requested",
        "return.accepted",
        "order.refunded",
    ];
    assert_eq!(kinds(&published), expected);
    assert_eq!(events_after(Some(&order), &order), []);

    // From the final order alone the same events are derived, with the same ids and times.
    let again = events_after(None, &order);
    let named = |events: &[DomainEvent]| events.iter().map(|e| (e.event_id.clone(), e.occurred_at)).collect::<Vec<_>>();
    assert_eq!(named(&again), named(&published));
}

#[test]
fn refunds_are_published_in_the_order_of_their_completion() {
    let mut events = full_history()[..4].to_vec();
    for amount_minor in [100, 200] {
        events.push(Event::RefundGranted(RefundGrant {
            amount: Money::from_minor(amount_minor, Currency::USD),
            target: RefundTarget::StoreCredit,
            account: Some(staff()),
            reason: "Ann got it late".to_owned(),
            granted_by: staff(),
            request: idempotency_key(&amount_minor.to_string()),
            approval: RefundApproval::NotRequired,
        }));
    }
    let (mut order, mut published) = run(events);
    for refund in [1, 0] {
        let credited = order.apply_store_credit(StoreCreditEvent::Refunded { refund }, PLACED).expect("credited");
        let credited = Order { version: order.version + 1, ..credited };
        published.extend(events_after(Some(&order), &credited));
        order = credited;
    }
    let amounts: Vec<_> = published
        .iter()
        .filter_map(|event| match event.payload {
            EventPayload::OrderRefunded(RefundSnapshot {
                refund_index,
                amount_minor,
                refunded_minor,
                refund_to,
                ..
            }) => Some((refund_index, amount_minor, refunded_minor, refund_to)),
            _ => None,
        })
        .collect();
    assert_eq!(amounts, [(1, 200, 200, "store_credit"), (0, 100, 300, "store_credit")]);
    assert_eq!(order.refunded_minor(), 300);
}

#[test]
fn each_retry_of_a_failed_refund_is_published_with_its_own_id() {
    let refund_id = || "re_1".to_owned();
    let mut events = pay().to_vec();
    events.extend([
        Event::Cancelled,
        Event::RefundSettled { refund: 0, retry: 0, refund_id: refund_id() },
        Event::RefundFailed { refund: 0, retry: 0, refund_id: refund_id() },
        Event::RefundRetried { refund: 0, target: RefundTarget::Provider, account: None },
        Event::RefundSettled { refund: 0, retry: 1, refund_id: refund_id() },
    ]);
    let (order, published) = run(events);
    let named = |events: &[DomainEvent]| {
        let ids = events
            .iter()
            .map(|event| (event.event_id.split_once('/').expect("a kind").1.to_owned(), event.occurred_at));
        ids.skip(3).collect::<Vec<_>>()
    };
    let after = |seconds| PLACED.plus_seconds(seconds);
    let (given, failed) = ("order.refunded/0".to_owned(), "order.refund_failed/0".to_owned());
    let all = [(given, after(40)), (failed, after(50)), ("order.refunded/0.1".to_owned(), after(70))];
    assert_eq!(named(&published), all);
    assert_eq!(named(&events_after(None, &order)), all);
}

#[test]
fn an_expired_order_with_a_late_capture_has_no_paid_event() {
    let mut events = pay().to_vec();
    let captured = events.pop().expect("two events");
    let action = ProviderOutcome::ActionRequired { payment_id: "pay_1".to_owned(), action_url: None };
    events.push(Event::PaymentSettled { attempt: 0, outcome: action });
    let (waiting, published) = run(events);
    let late = waiting.hold_expires_at;
    let expired = waiting.apply(Event::HoldEnded, late).expect("expired");
    let owed = expired.apply(captured, late).expect("owed back");
    assert_eq!(kinds(&published), ["order.placed"]);
    assert_eq!(kinds(&events_after(Some(&waiting), &expired)), ["order.expired"]);
    assert_eq!(kinds(&events_after(Some(&expired), &owed)), [""; 0], "a capture that is refunded does not pay");
    let settled = Event::RefundSettled { refund: 0, retry: 0, refund_id: "re_1".to_owned() };
    let refunded = owed.apply(settled, late).expect("refunded");
    assert_eq!(kinds(&events_after(Some(&owed), &refunded)), ["order.refunded"]);
}

#[test]
fn events_contain_no_address_contact_token_or_free_text() {
    let (_, published) = run(full_history());
    let published = serde_json::to_string(&published).expect("JSON");
    for secret in ["Main Street", "ann@", "example.com", "217", "tok_secret", "Ann", "HP 364XL", "pay_1"] {
        assert!(!published.contains(secret), "{secret}: {published}");
    }
}

#[test]
fn an_erasure_is_no_event() {
    let (cancelled, _) = run(vec![Event::Cancelled]);
    let erased = cancelled.apply(Event::Erased, PLACED.plus_seconds(30)).expect("erased");
    assert!(erased.contact.is_none() && cancelled.contact == Some(contact()));
    assert_eq!(events_after(Some(&cancelled), &erased), []);
}

/// One event of each type.
fn examples() -> Vec<DomainEvent> {
    let (_, mut examples) = run(full_history());
    let (paid, _) = run(pay().to_vec());
    let cancelled = paid.apply(Event::Cancelled, PLACED.plus_seconds(30)).expect("cancelled");
    let cancelled = Order { version: 4, ..cancelled };
    examples.extend(events_after(Some(&paid), &cancelled));
    let failed = Event::RefundFailed { refund: 0, retry: 0, refund_id: "re_1".to_owned() };
    let failed = cancelled.apply(failed, PLACED.plus_seconds(40)).expect("failed");
    examples.extend(events_after(Some(&cancelled), &Order { version: 5, ..failed }));
    let placed = placed();
    let expired = placed.apply(Event::HoldEnded, placed.hold_expires_at).expect("expired");
    examples.extend(events_after(Some(&placed), &Order { version: 2, ..expired }));
    let stock = |available| StockSnapshot { product_id: "1399".parse().expect("an id"), available, low_at: 5 };
    for event in [StockEvent::Low(stock(4)), StockEvent::Out(stock(0)), StockEvent::Back(stock(20))] {
        examples.push(DomainEvent::of_stock(event, "300000000000012345678", PLACED));
    }
    examples
}

/// The JSON under each `### <type>` of docs/events.md.
fn documented() -> BTreeMap<&'static str, Value> {
    let sections = DOCS.split("\n### ").skip(1).map(|section| {
        let (name, rest) = section.split_once('\n').expect("a title");
        let (_, rest) = rest.split_once("```json\n").unwrap_or_else(|| panic!("{name} has no example"));
        let (example, _) = rest.split_once("```").expect("the example ends");
        (name, serde_json::from_str(example).unwrap_or_else(|error| panic!("{name}: {error}")))
    });
    sections.collect()
}

#[test]
fn the_documentation_shows_every_event() {
    let documented = documented();
    let mut shown = Vec::new();
    for event in examples() {
        let detail_type = event.payload.detail_type();
        if shown.contains(&detail_type) {
            continue; // a second return
        }
        shown.push(detail_type);
        let detail = serde_json::to_value(&event).expect("JSON");
        let pretty = serde_json::to_string_pretty(&detail).expect("JSON");
        assert_eq!(documented.get(detail_type), Some(&detail), "docs/events.md must show {detail_type} so:\n{pretty}");
    }
    shown.sort_unstable();
    assert_eq!(shown, documented.into_keys().collect::<Vec<_>>(), "docs/events.md shows what there is, and no more");
}
