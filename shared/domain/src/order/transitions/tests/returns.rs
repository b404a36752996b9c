//! Shipment, delivery, returns and refunds.

use super::*;
use crate::order::{MAX_RETURNS, RefundStatus};

pub(super) fn staff() -> UserId {
    "0190a5a0-0000-7000-8000-000000000009".parse().expect("id")
}

pub(super) fn idempotency_key(key: &str) -> IdempotencyKey {
    IdempotencyKey { key: key.to_owned(), fingerprint: format!("of {key}") }
}

pub(super) fn shipped() -> Event {
    Event::Shipped(Shipment { carrier: "DHL".to_owned(), tracking_number: "1".to_owned() })
}

pub(super) fn item(quantity: u64) -> ReturnItem {
    let quantity = Quantity::new(quantity).expect("quantity");
    ReturnItem { product_id: "1399".parse().expect("id"), quantity, reason: "too cyan".to_owned() }
}

pub(super) fn request_return(items: Vec<ReturnItem>, key: &str) -> Event {
    Event::ReturnRequested { items, request: idempotency_key(key) }
}

pub(super) fn accept(index: usize, target: RefundTarget) -> Event {
    Event::ReturnAccepted { index, target, account: Some(owner()), accepted_by: staff() }
}

pub(super) fn reject(index: usize) -> Event {
    Event::ReturnRejected { index, reason: Some("worn".to_owned()) }
}

pub(super) fn grant(amount_minor: i64, target: RefundTarget, key: &str) -> Event {
    Event::RefundGranted(RefundGrant {
        amount: Money::from_minor(amount_minor, Currency::USD),
        target,
        account: Some(owner()),
        reason: "late".to_owned(),
        granted_by: staff(),
        request: idempotency_key(key),
        approval: RefundApproval::NotRequired,
    })
}

/// The same with a rule about the second person.
fn grant_with(amount_minor: i64, granted_by: &str, key: &str, approval: RefundApproval) -> Event {
    let Event::RefundGranted(grant) = grant(amount_minor, RefundTarget::Provider, key) else { panic!("a grant") };
    let granted_by = granted_by.parse().expect("a user id");
    Event::RefundGranted(RefundGrant { granted_by, approval, ..grant })
}

/// The events up to delivery.
pub(super) fn delivered() -> [Event; 4] {
    [start(), captured(0), shipped(), Event::Delivered]
}

/// A delivered order after further events.
fn delivered_then(events: impl IntoIterator<Item = Event>) -> Result<Order, TransitionError> {
    run(delivered().into_iter().chain(events))
}

fn kept(order: &Order) -> u32 {
    order.lines.iter().flat_map(|line| &line.allocation).map(|part| part.quantity).sum()
}

#[test]
fn a_paid_order_is_shipped_and_delivered() {
    let order = delivered_then([]).expect("delivered");
    assert_eq!(order.status, OrderStatus::Delivered);
    assert_eq!(delivered_then([shipped(), Event::Delivered]), Ok(order.clone()), "repeated");
    let other = Event::Shipped(Shipment { carrier: "UPS".to_owned(), tracking_number: "1".to_owned() });
    assert_eq!(order.apply(other, PLACED), Err(TransitionError::NotShippable));
    assert_eq!(run([shipped()]), Err(TransitionError::NotShippable));
    assert_eq!(run([start(), captured(0), Event::Delivered]), Err(TransitionError::NotDeliverable));
    assert_eq!(run([start(), captured(0), shipped(), Event::Cancelled]), Err(TransitionError::NotCancellable));
    assert_eq!(run([start(), captured(0), Event::Cancelled, shipped()]), Err(TransitionError::NotShippable));
    let events = [start(), captured(0), Event::Cancelled, refunded(0), shipped()];
    assert_eq!(run(events), Err(TransitionError::NotShippable));
}

#[test]
fn one_of_two_units_is_returned() {
    let before =
        delivered_then([request_return(vec![item(1)], "a"), accept(0, RefundTarget::Provider)]).expect("accepted");
    assert_eq!((before.refunds[0].amount_minor, before.refunds[0].for_return), (12_595, Some(0)));
    assert_eq!(before.refunds[0].granted_by, Some(staff()));
    let after = before.apply(refunded(0), PLACED).expect("refunded");
    let moves = after.stock_moves_since(&before);
    assert_eq!((after.status, moves[0].delta), (OrderStatus::PartiallyRefunded, 1));
    assert_eq!(after.apply(request_return(vec![item(2)], "b"), PLACED), Err(TransitionError::NotReturnable));

    let second = [request_return(vec![item(1)], "b"), accept(1, RefundTarget::Provider), refunded(1)];
    let all = second.into_iter().try_fold(after, |order, event| order.apply(event, PLACED)).expect("all back");
    assert_eq!((all.status, kept(&all), all.has_open_return()), (OrderStatus::Refunded, 0, false));
}

#[test]
fn a_rejected_return_may_be_requested_again() {
    let order = delivered_then([request_return(vec![item(2)], "a"), reject(0)]).expect("rejected");
    assert_eq!((order.refunds.len(), order.returns[0].rejection.as_deref()), (0, Some("worn")));
    assert!(order.apply(request_return(vec![item(1), item(1)], "b"), PLACED).is_ok());
    let too_many = request_return(vec![item(1), item(2)], "b");
    assert_eq!(order.apply(too_many, PLACED), Err(TransitionError::NotReturnable));
    assert_eq!(order.apply(accept(0, RefundTarget::Provider), PLACED), Err(TransitionError::AlreadyDecided));
    assert_eq!(order.apply(reject(0), PLACED), Ok(order.clone()), "repeated");
}

#[test]
fn the_number_of_returns_is_limited() {
    let rounds = (0..MAX_RETURNS).flat_map(|n| [request_return(vec![item(2)], &n.to_string()), reject(n)]);
    let last = [request_return(vec![item(2)], "last")];
    assert_eq!(delivered_then(rounds.chain(last)), Err(TransitionError::TooManyReturns));
}

#[test]
fn a_decision_about_a_return_is_final() {
    let events = || [request_return(vec![item(2)], "a"), accept(0, RefundTarget::StoreCredit)];
    let order = delivered_then(events()).expect("accepted");
    assert_eq!(order.apply(accept(0, RefundTarget::StoreCredit), PLACED), Ok(order.clone()));
    assert_eq!(order.apply(accept(0, RefundTarget::Provider), PLACED), Err(TransitionError::AlreadyDecided));
    assert_eq!(order.apply(reject(0), PLACED), Err(TransitionError::AlreadyDecided));
    assert_eq!(order.apply(accept(1, RefundTarget::Provider), PLACED), Err(TransitionError::Unknown));
}

#[test]
fn a_replayed_request_changes_nothing() {
    let once =
        delivered_then([request_return(vec![item(1)], "a"), grant(100, RefundTarget::Provider, "b")]).expect("done");
    for event in [request_return(vec![item(1)], "a"), grant(100, RefundTarget::Provider, "b")] {
        assert_eq!(once.apply(event, PLACED), Ok(once.clone()));
    }
    assert!(once.return_by_key("a").is_some() && once.refund_by_key("b").is_some());
    // A key of one call cannot be used for another call.
    for event in [request_return(vec![item(1)], "b"), grant(100, RefundTarget::Provider, "a")] {
        let other = match event {
            Event::ReturnRequested { items, mut request } => {
                request.fingerprint.clear();
                Event::ReturnRequested { items, request }
            }
            Event::RefundGranted(mut grant) => {
                grant.request.fingerprint.clear();
                Event::RefundGranted(grant)
            }
            other => other,
        };
        assert_eq!(once.apply(other, PLACED), Err(TransitionError::KeyReused));
    }
}

#[test]
fn a_card_payment_may_be_refunded_as_store_credit() {
    let before =
        delivered_then([request_return(vec![item(2)], "a"), accept(0, RefundTarget::StoreCredit)]).expect("accepted");
    let after = credited(&before, 0).expect("refunded");
    assert_eq!(credit_move(&before, &after), Some((owner(), 25_190)));
}

/// What staff decide about store credit, for an order of this account.
fn to_store_credit(account: Option<&UserId>) -> [(Event, Vec<Event>); 3] {
    let (account, target) = (account.cloned(), RefundTarget::StoreCredit);
    let Event::RefundGranted(granted) = grant(500, target, "b") else { panic!("a grant") };
    let returned = request_return(vec![item(1)], "a");
    let failed = [grant(500, RefundTarget::Provider, "c"), refund_failed(0, 0)].to_vec();
    [
        (Event::RefundGranted(RefundGrant { account: account.clone(), ..granted }), vec![]),
        (Event::ReturnAccepted { index: 0, target, account: account.clone(), accepted_by: staff() }, vec![returned]),
        (Event::RefundRetried { refund: 0, target, account }, failed),
    ]
}

#[test]
fn store_credit_goes_to_the_account_of_the_order_and_is_refused_without_one() {
    for (event, before) in to_store_credit(None) {
        let order = delivered_then(before).expect("delivered");
        assert_eq!(order.apply(event.clone(), PLACED), Err(TransitionError::StoreCreditUnavailable), "{event:?}");
    }
    for account in [user(7), owner()] {
        for (event, before) in to_store_credit(Some(&account)) {
            let order = delivered_then(before).expect("delivered").apply(event.clone(), PLACED).expect("due");
            assert_eq!(order.refunds[0].account, Some(account.clone()).filter(|account| *account != owner()));
            let again = event.clone();
            assert_eq!(order.apply(again, PLACED), Ok(order.clone()), "{event:?}");
            let given = credited(&order, 0).expect("given");
            let expected = (account.clone(), order.refunds[0].amount_minor);
            assert_eq!(credit_move(&order, &given), Some(expected), "{event:?}");
        }
        // The account may be gone when the request is repeated.
        for ((event, before), (again, _)) in to_store_credit(Some(&account)).into_iter().zip(to_store_credit(None)) {
            let order = delivered_then(before).expect("delivered").apply(event, PLACED).expect("due");
            assert_eq!(order.apply(again, PLACED), Ok(order.clone()));
        }
    }
}

/// Whatever staff ask for, and also if the order's account is not known.
#[test]
fn what_an_account_paid_for_its_guest_goes_back_to_that_account() {
    let paid = paid_by_account(&order(), Some(user(7))).expect("paid");
    let order = [shipped(), Event::Delivered].into_iter().try_fold(paid, |order, event| order.apply(event, PLACED));
    let order = order.expect("delivered");
    for account in [None, Some(&owner()), Some(&user(8))] {
        let [(granted, _), ..] = to_store_credit(account);
        let due = order.apply(granted, PLACED).expect("due");
        let given = credited(&due, 0).expect("given");
        assert_eq!(credit_move(&due, &given), Some((user(7), 500)));
    }
}

#[test]
fn what_was_paid_with_store_credit_stays_store_credit() {
    let events = [shipped(), Event::Delivered, grant(500, RefundTarget::Provider, "a")];
    let mut events = events.into_iter();
    let paid = paid_by_store_credit(&order()).expect("paid");
    let order = events.try_fold(paid, |order, event| order.apply(event, PLACED)).expect("granted");
    assert_eq!(order.refunds[0].target, RefundTarget::StoreCredit);
    let back = credited(&order, 0).expect("refunded");
    assert_eq!(credit_move(&order, &back), Some((owner(), 500)));
    assert_eq!(back.status, OrderStatus::PartiallyRefunded);
}

#[test]
fn refunds_never_exceed_what_is_left() {
    let grant = |amount, key| grant(amount, RefundTarget::Provider, key);
    let order = delivered_then([]).expect("delivered");
    assert_eq!(order.apply(grant(25_191, "a"), PLACED), Err(TransitionError::NotRefundable));
    assert_eq!(order.apply(grant(0, "a"), PLACED), Err(TransitionError::NotRefundable));
    let some = order.apply(grant(20_000, "a"), PLACED).expect("granted");
    assert_eq!(some.refundable_minor(), 5_190);
    assert_eq!(some.apply(grant(5_191, "b"), PLACED), Err(TransitionError::NotRefundable));
    let all = some.apply(grant(5_190, "b"), PLACED).expect("granted");
    assert_eq!(all.apply(grant(1, "c"), PLACED), Err(TransitionError::NotRefundable));
    // The last refund may be settled first.
    let settled = [refunded(1), refunded(0)].into_iter().try_fold(all, |order, event| order.apply(event, PLACED));
    assert_eq!(settled.map(|order| order.status), Ok(OrderStatus::Refunded));
    assert_eq!(run([grant(1, "a")]), Err(TransitionError::NotRefundable), "nothing was paid");
}

#[test]
fn a_second_person_approves_what_one_person_refunds_above_a_sum() {
    const BEN: &str = "0190a5a0-0000-7000-8000-000000000008";
    let ann = staff();
    let above = || RefundApproval::RequiredAbove(1_000);
    let alone = |amount, who: &str, key: &str| grant_with(amount, who, key, above());
    // A return's refund does not count: its units come back.
    let order = delivered_then([request_return(vec![item(1)], "a"), accept(0, RefundTarget::Provider)]).expect("back");
    assert_eq!(order.apply(alone(1_001, ann.as_str(), "b"), PLACED), Err(TransitionError::ApprovalRequired));
    let order = order.apply(alone(600, ann.as_str(), "b"), PLACED).expect("granted");
    assert_eq!(order.apply(alone(401, ann.as_str(), "c"), PLACED), Err(TransitionError::ApprovalRequired), "in parts");
    let order = order.apply(alone(400, ann.as_str(), "c"), PLACED).expect("granted");
    assert_eq!(order.apply(alone(1, ann.as_str(), "d"), PLACED), Err(TransitionError::ApprovalRequired));
    assert_eq!(order.apply(alone(400, ann.as_str(), "c"), PLACED), Ok(order.clone()), "repeated");

    let approved = grant_with(5_000, ann.as_str(), "d", RefundApproval::ApprovedBy(BEN.parse().expect("id")));
    let order = order.apply(approved, PLACED).expect("granted");
    assert_eq!(order.apply(alone(5_000, ann.as_str(), "d"), PLACED), Ok(order.clone()), "asked for again");
    let (_, refund) = order.refund_by_key("d").expect("a refund");
    assert_eq!((refund.granted_by.as_ref(), refund.approved_by.as_ref().map(UserId::as_str)), (Some(&ann), Some(BEN)));
    assert_eq!((order.unapproved_minor(&ann), order.unapproved_minor(&BEN.parse().expect("id"))), (1_000, 0));
    assert!(order.apply(alone(1_000, BEN, "e"), PLACED).is_ok(), "each person has a sum of their own");
    let too_much = alone(order.refundable_minor() + 1, ann.as_str(), "e");
    assert_eq!(order.apply(too_much, PLACED), Err(TransitionError::NotRefundable), "nothing to approve");
}

#[test]
fn an_order_before_shipment_is_refunded_in_part_or_cancelled() {
    let paid = || [start(), captured(0)].into_iter();
    let grant = |amount| grant(amount, RefundTarget::Provider, "a");
    assert_eq!(run(paid().chain([grant(25_190)])), Err(TransitionError::NotRefundable));
    let some = run(paid().chain([grant(190), refunded(0)])).expect("granted");
    assert_eq!((some.status, kept(&some)), (OrderStatus::Paid, 2));
    let mut sent = [shipped(), Event::Delivered].into_iter();
    let arrived = sent.try_fold(some.clone(), |order, event| order.apply(event, PLACED)).expect("arrived");
    assert_eq!(arrived.status, OrderStatus::PartiallyRefunded);
    let cancelled = some.apply(Event::Cancelled, PLACED).expect("cancelled");
    assert_eq!(cancelled.refunds[1].amount_minor, 25_000);
    let done = cancelled.apply(refunded(1), PLACED).expect("refunded");
    assert_eq!((done.status, kept(&done)), (OrderStatus::Refunded, 0));
    assert_eq!(
        cancelled.apply(self::grant(1, RefundTarget::Provider, "b"), PLACED),
        Err(TransitionError::NotRefundable)
    );
}

#[test]
fn a_return_refunds_at_most_what_earlier_refunds_left() {
    let gave = |amount| [grant(amount, RefundTarget::Provider, "a"), request_return(vec![item(2)], "b")];
    let some = delivered_then(gave(200).into_iter().chain([accept(0, RefundTarget::Provider)])).expect("accepted");
    assert_eq!(some.refunds.iter().map(|r| r.amount_minor).collect::<Vec<_>>(), [200, 24_990]);

    // Nothing is left to refund: the units are restocked at once.
    let before = delivered_then(gave(25_190)).expect("requested");
    let after = before.apply(accept(0, RefundTarget::Provider), PLACED).expect("accepted");
    assert_eq!((after.refunds.len(), kept(&after)), (1, 0));
    assert_eq!(after.apply(accept(0, RefundTarget::Provider), PLACED), Ok(after.clone()), "repeated");
    let settled = after.apply(refunded(0), PLACED).expect("refunded");
    assert_eq!((settled.status, settled.refunds[0].status), (OrderStatus::Refunded, RefundStatus::Completed));
}

#[test]
fn after_two_captures_the_one_that_paid_is_refunded() {
    let events = [start(), action(0), start(), captured(1), captured(0), refunded(0), shipped(), Event::Delivered];
    let order = run(events).expect("delivered, paid once");
    assert_eq!((order.status, order.refundable_minor()), (OrderStatus::Delivered, 25_190));
    let granted = order.apply(grant(25_190, RefundTarget::Provider, "a"), PLACED).expect("granted");
    assert_eq!(granted.refunds[1].attempt, 1);
    assert_eq!(granted.apply(refunded(1), PLACED).map(|order| order.status), Ok(OrderStatus::Refunded));
}

#[test]
fn units_are_restocked_to_their_shards() {
    let parts = |parts: &[(u32, u32)]| {
        let part = |&(shard, quantity): &(u32, u32)| Allocation { shard: ShardId::new("local", shard), quantity };
        parts.iter().map(part).collect::<Vec<_>>()
    };
    let mut order = delivered_then([]).expect("delivered");
    order.lines[0].unit_price_minor = 5_038;
    order.lines[0].quantity = Quantity::new(5).expect("five");
    order.lines[0].allocation = parts(&[(0, 2), (1, 2), (2, 1)]);
    let back = |order: Order, events: [Event; 3]| {
        events.into_iter().try_fold(order, |order, event| order.apply(event, PLACED)).expect("given back")
    };
    let first =
        back(order, [request_return(vec![item(1), item(2)], "a"), accept(0, RefundTarget::Provider), refunded(0)]);
    assert_eq!(first.lines[0].allocation, parts(&[(1, 1), (2, 1)]));
    let second = back(first, [request_return(vec![item(2)], "b"), accept(1, RefundTarget::Provider), refunded(1)]);
    assert!(second.lines[0].allocation.is_empty());
}

#[test]
fn each_timeline_entry_has_its_index() {
    let events = [
        request_return(vec![item(1)], "a"),
        reject(0),
        request_return(vec![item(1)], "b"),
        accept(1, RefundTarget::Provider),
        grant(1, RefundTarget::Provider, "c"),
        refunded(1),
        refunded(0),
    ];
    let order = run([start(), declined(0), start(), captured(1)]
        .into_iter()
        .chain([shipped(), Event::Delivered])
        .chain(events));
    let timeline: Vec<_> =
        order.expect("a long life").timeline.iter().map(|entry| (entry.event, entry.index)).collect();
    let expected = [
        (TimelineEvent::Placed, None),
        (TimelineEvent::PaymentStarted, Some(0)),
        (TimelineEvent::PaymentFailed, Some(0)),
        (TimelineEvent::PaymentStarted, Some(1)),
        (TimelineEvent::Paid, Some(1)),
        (TimelineEvent::Shipped, None),
        (TimelineEvent::Delivered, None),
        (TimelineEvent::ReturnRequested, Some(0)),
        (TimelineEvent::ReturnRejected, Some(0)),
        (TimelineEvent::ReturnRequested, Some(1)),
        (TimelineEvent::ReturnAccepted, Some(1)),
        (TimelineEvent::RefundDue, Some(0)),
        (TimelineEvent::RefundDue, Some(1)),
        (TimelineEvent::Refunded, Some(1)),
        (TimelineEvent::Refunded, Some(0)),
    ];
    assert_eq!(timeline, expected);
}

#[test]
fn the_units_of_a_return_are_restocked_once() {
    let events = [request_return(vec![item(1)], "a"), accept(0, RefundTarget::Provider), refunded(0)];
    let returned = delivered_then(events).expect("refunded");
    assert_eq!(returned.status, OrderStatus::PartiallyRefunded);
    let failed = returned.apply(refund_failed(0, 0), PLACED).expect("failed");
    assert_eq!(failed.status, OrderStatus::Delivered);
    let again = failed.apply(retried(0, RefundTarget::Provider), PLACED).expect("retried");
    assert_eq!(again.apply(refund_failed(0, 0), PLACED), Ok(again.clone()), "of the first try");
    let given = again.apply(refund_settled(0, 1), PLACED).expect("given");
    assert_eq!(given.status, OrderStatus::PartiallyRefunded);
    assert!(given.stock_moves_since(&returned).is_empty());
}
