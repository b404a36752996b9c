use proptest::prelude::*;

use super::*;
use crate::address::ShippingAddress;
use crate::cart::Quantity;
use crate::event::events_after;
use crate::ids::OrderId;
use crate::money::Currency;
use crate::order::{MAX_PAYMENT_ATTEMPTS, NewOrder, OrderLine, StockMove};
use crate::stock::{Allocation, ShardId};

const PLACED: Timestamp = Timestamp::from_millis(1_795_503_420_000);
const HOLD_SECONDS: i64 = 900;

fn order() -> Order {
    let id = "0190a5a0-0000-7000-8000-000000000001";
    let line = OrderLine {
        product_id: "1399".parse().expect("id"),
        name: "HP 80 Original Cyan".to_owned(),
        unit_price_minor: 12_595,
        quantity: Quantity::new(2).expect("quantity"),
        allocation: vec![Allocation { shard: ShardId::new("local", 0), quantity: 2 }],
    };
    let new = NewOrder {
        user_id: id.parse().expect("id"),
        order_id: OrderId::try_from(id.to_owned()).expect("id"),
        payment_method: PaymentMethod::CreditCard,
        currency: Currency::USD,
        lines: vec![line],
        shipping_address: ShippingAddress::Text("1 Main St".to_owned()),
        hold_seconds: HOLD_SECONDS,
    };
    Order::place(new, PLACED).expect("an order")
}

fn start() -> Event {
    Event::PaymentStarted { method: PaymentMethod::CreditCard, token: "tok".to_owned(), request: None }
}

fn captured(attempt: usize) -> Event {
    let outcome = ProviderOutcome::Captured { payment_id: format!("pay_{attempt}"), amount_minor: 25_190 };
    Event::PaymentSettled { attempt, outcome }
}

fn declined(attempt: usize) -> Event {
    Event::PaymentSettled { attempt, outcome: ProviderOutcome::Declined { code: "card_declined".to_owned() } }
}

fn action(attempt: usize) -> Event {
    let outcome = ProviderOutcome::ActionRequired { payment_id: format!("pay_{attempt}"), action_url: None };
    Event::PaymentSettled { attempt, outcome }
}

fn pending(attempt: usize) -> Event {
    Event::PaymentSettled { attempt, outcome: ProviderOutcome::Pending { payment_id: Some(format!("pay_{attempt}")) } }
}

fn refund_failed(refund: usize, retry: u32) -> Event {
    Event::RefundFailed { refund, retry, refund_id: format!("re_{refund}.{retry}") }
}

fn retried(refund: usize, target: RefundTarget) -> Event {
    Event::RefundRetried { refund, target }
}

fn refunded(refund: usize) -> Event {
    Event::RefundSettled { refund, refund_id: format!("re_{refund}") }
}

/// Applies each event a second after the one before.
fn run(events: impl IntoIterator<Item = Event>) -> Result<Order, TransitionError> {
    let mut now = PLACED;
    events.into_iter().try_fold(order(), |order, event| {
        now = now.plus_seconds(1);
        order.apply(event, now)
    })
}

#[test]
fn a_placed_order_holds_its_stock() {
    let order = order();
    assert_eq!(
        (order.status, order.total_minor, order.payment_status()),
        (OrderStatus::PendingPayment, 25_190, "none")
    );
    assert_eq!(order.hold_expires_at, PLACED.plus_seconds(HOLD_SECONDS));
}

#[test]
fn pay_then_cancel_gives_the_money_and_the_stock_back() {
    let paid = run([start(), captured(0)]).expect("paid");
    assert_eq!((paid.status, paid.payment_status()), (OrderStatus::Paid, "completed"));

    let cancelled = run([start(), captured(0), Event::Cancelled]).expect("cancelled");
    assert_eq!((cancelled.status, cancelled.refunds[0].amount_minor), (OrderStatus::Cancelled, 25_190));
    assert!(cancelled.stock_moves_since(&paid).is_empty(), "stock goes back with the money, not before");

    let done = run([start(), captured(0), Event::Cancelled, refunded(0)]).expect("refunded");
    assert_eq!((done.status, done.payment_status()), (OrderStatus::Refunded, "refunded"));
    let all = StockMove { product_id: done.lines[0].product_id.clone(), shard: ShardId::new("local", 0), delta: 2 };
    assert_eq!(done.stock_moves_since(&cancelled), [all]);
}

#[test]
fn an_unpaid_order_expires_and_gives_its_stock_back() {
    let order = order();
    assert_eq!(order.apply(Event::HoldEnded, PLACED), Err(TransitionError::HoldNotEnded));
    let expired = order.apply(Event::HoldEnded, order.hold_expires_at).expect("expired");
    assert_eq!((expired.status, expired.stock_moves_since(&order).len()), (OrderStatus::Expired, 1));
    assert_eq!(expired.apply(start(), order.hold_expires_at), Err(TransitionError::HoldExpired));
    assert_eq!(order.apply(start(), order.hold_expires_at), Err(TransitionError::HoldExpired));
}

#[test]
fn an_open_payment_blocks_expiry_cancellation_and_a_second_payment() {
    let open = run([start()]).expect("processing");
    let late = open.hold_expires_at;
    assert_eq!(open.apply(Event::HoldEnded, late), Err(TransitionError::PaymentInProgress));
    assert_eq!(open.apply(Event::Cancelled, PLACED), Err(TransitionError::PaymentInProgress));
    assert_eq!(open.apply(start(), PLACED), Err(TransitionError::PaymentInProgress));
}

#[test]
fn after_a_decline_another_attempt_may_follow() {
    let paid = run([start(), declined(0), start(), captured(1)]).expect("paid");
    assert_eq!((paid.status, paid.attempts.len()), (OrderStatus::Paid, 2));
    assert_eq!(paid.attempts[0].token, None);
    let attempts = (0..MAX_PAYMENT_ATTEMPTS).flat_map(|n| [start(), declined(n)]).chain([start()]);
    assert_eq!(run(attempts), Err(TransitionError::TooManyAttempts));
}

#[test]
fn money_for_an_order_that_is_gone_is_owed_back() {
    let order = run([start(), action(0), Event::Cancelled, captured(0)]).expect("late capture");
    assert_eq!(order.status, OrderStatus::Cancelled);
    assert_eq!((order.refunds.len(), order.refunds[0].amount_minor), (1, 25_190));
    assert_eq!(order.apply(refunded(0), PLACED).map(|o| o.status), Ok(OrderStatus::Refunded));
}

#[test]
fn money_counts_although_the_provider_had_declined() {
    let paid = run([start(), declined(0), captured(0)]).expect("paid after all");
    assert_eq!((paid.status, paid.attempts[0].decline_code.as_ref()), (OrderStatus::Paid, None));
    let both = run([start(), declined(0), start(), captured(1), captured(0)]).expect("paid twice");
    assert_eq!((both.status, both.refunds.len(), both.refunds[0].attempt), (OrderStatus::Paid, 1, 0));
    let gone = run([start(), declined(0), Event::Cancelled, captured(0)]).expect("owed back");
    assert_eq!((gone.status, gone.owed_minor()), (OrderStatus::Cancelled, 25_190));
    for late in [declined(0), action(0), pending(0)] {
        assert_eq!(paid.apply(late.clone(), PLACED), Ok(paid.clone()), "{late:?} after the money");
        let failed = run([start(), declined(0)]).expect("declined");
        assert_eq!(failed.apply(late.clone(), PLACED), Ok(failed.clone()), "{late:?} after the decline");
    }
    let expired = run([start(), declined(0)]).and_then(|order| order.apply(Event::HoldEnded, order.hold_expires_at));
    let revived = expired.and_then(|order| order.apply(revived(0), order.hold_expires_at)).expect("held again");
    assert_eq!(revived.status, OrderStatus::Paid);
}

#[test]
fn a_wrong_amount_pays_nothing_and_too_much_is_owed_back() {
    let capture = |amount_minor| {
        let outcome = ProviderOutcome::Captured { payment_id: "pay_0".to_owned(), amount_minor };
        run([start(), Event::PaymentSettled { attempt: 0, outcome }]).expect("settled")
    };
    let (less, more) = (capture(25_189), capture(25_200));
    assert_eq!((less.status, less.owed_minor()), (OrderStatus::PendingPayment, 25_189));
    assert_eq!((more.status, more.owed_minor()), (OrderStatus::Paid, 10));
}

#[test]
fn a_payment_that_takes_days_keeps_the_hold() {
    let waiting = run([start(), pending(0)]).expect("pending");
    assert_eq!((waiting.payment_status(), waiting.attempts[0].payment_id.as_deref()), ("processing", Some("pay_0")));
    let days_later = PLACED.plus_seconds(3 * 86_400);
    assert_eq!(waiting.apply(Event::HoldEnded, days_later), Err(TransitionError::PaymentInProgress));
    assert_eq!(waiting.apply(captured(0), days_later).map(|order| order.status), Ok(OrderStatus::Paid));
    let declined = waiting.apply(declined(0), days_later).expect("bounced");
    assert_eq!(declined.apply(Event::HoldEnded, days_later).map(|order| order.status), Ok(OrderStatus::Expired));

    let after_the_action = run([start(), action(0), pending(0)]).expect("pending");
    assert_eq!(after_the_action.apply(Event::HoldEnded, days_later), Err(TransitionError::PaymentInProgress));
}

#[test]
fn a_refund_that_fails_stays_owed_and_may_be_tried_again() {
    let done = run([start(), captured(0), Event::Cancelled, refunded(0)]).expect("refunded");
    let failed = done.apply(refund_failed(0, 0), PLACED).expect("failed");
    assert_eq!((failed.status, failed.refunded_minor(), failed.owed_minor()), (OrderStatus::Cancelled, 0, 25_190));
    assert!(failed.stock_moves_since(&done).is_empty());
    assert_eq!(failed.apply(refunded(0), PLACED), Ok(failed.clone()), "an old word changes nothing");

    let again = failed.apply(retried(0, RefundTarget::StoreCredit), PLACED).expect("retried");
    assert_ne!(again.refund_key(0), done.refund_key(0));
    assert!(again.apply(refund_failed(0, 0), PLACED).is_err(), "store credit does not fail");
    let given = again.apply(refunded(0), PLACED).expect("given");
    assert_eq!((given.status, given.credit_move_since(&again)), (OrderStatus::Refunded, 25_190));
}

#[test]
fn the_units_of_a_return_go_back_to_stock_once() {
    let events = [Event::ReturnRequested(vec![item(1)]), accept(0, RefundTarget::Provider), refunded(0)];
    let returned = run(delivered().into_iter().chain(events)).expect("refunded");
    assert_eq!(returned.status, OrderStatus::PartiallyRefunded);
    let failed = returned.apply(refund_failed(0, 0), PLACED).expect("failed");
    assert_eq!(failed.status, OrderStatus::Delivered);
    let again = failed.apply(retried(0, RefundTarget::Provider), PLACED).expect("retried");
    assert_eq!(again.apply(refund_failed(0, 0), PLACED), Ok(again.clone()), "of the first try");
    let given = again.apply(refunded(0), PLACED).expect("given");
    assert_eq!(given.status, OrderStatus::PartiallyRefunded);
    assert!(given.stock_moves_since(&returned).is_empty());
}

#[test]
fn a_second_capture_is_owed_back_and_the_order_stays_paid() {
    let order = run([start(), action(0), start(), captured(1), captured(0)]).expect("two captures");
    assert_eq!(order.status, OrderStatus::Paid);
    assert_eq!((order.refunds.len(), order.refunds[0].attempt), (1, 0));
    let refunded = order.apply(refunded(0), PLACED).expect("refunded");
    assert_eq!((refunded.status, refunded.lines[0].allocation.len()), (OrderStatus::Paid, 1));
}

#[test]
fn what_is_unknown_is_refused() {
    assert_eq!(run([captured(0)]), Err(TransitionError::Unknown));
    assert_eq!(run([refunded(0)]), Err(TransitionError::Unknown));
}

fn shipped() -> Event {
    Event::Shipped(Shipment { carrier: "DHL".to_owned(), tracking_number: "1".to_owned() })
}

fn item(quantity: u64) -> ReturnItem {
    let quantity = Quantity::new(quantity).expect("quantity");
    ReturnItem { product_id: "1399".parse().expect("id"), quantity, reason: "too cyan".to_owned() }
}

fn accept(index: usize, target: RefundTarget) -> Event {
    Event::ReturnAccepted { index, target }
}

fn revived(attempt: usize) -> Event {
    let allocations = vec![vec![Allocation { shard: ShardId::new("local", 0), quantity: 2 }]];
    Event::Revived { attempt, payment_id: format!("pay_{attempt}"), amount_minor: 25_190, allocations }
}

/// The events of an order that has arrived.
fn delivered() -> [Event; 4] {
    [start(), captured(0), shipped(), Event::Delivered]
}

#[test]
fn a_paid_order_is_shipped_and_arrives() {
    let order = run(delivered()).expect("delivered");
    assert_eq!(order.status, OrderStatus::Delivered);
    assert_eq!(run([shipped()]), Err(TransitionError::NotShippable));
    assert_eq!(run([start(), captured(0), Event::Delivered]), Err(TransitionError::NotDeliverable));
    assert_eq!(run([start(), captured(0), shipped(), Event::Cancelled]), Err(TransitionError::NotCancellable));
}

#[test]
fn one_of_two_units_is_returned() {
    let requested = [Event::ReturnRequested(vec![item(1)]), accept(0, RefundTarget::Provider)];
    let before = run(delivered().into_iter().chain(requested)).expect("accepted");
    assert_eq!((before.refunds[0].amount_minor, before.refunds[0].for_return), (12_595, Some(0)));
    let after = before.apply(refunded(0), PLACED).expect("refunded");
    let moves = after.stock_moves_since(&before);
    assert_eq!((after.status, moves[0].delta), (OrderStatus::PartiallyRefunded, 1));
    assert_eq!(after.apply(Event::ReturnRequested(vec![item(2)]), PLACED), Err(TransitionError::NotReturnable));

    let second = [Event::ReturnRequested(vec![item(1)]), accept(1, RefundTarget::Provider), refunded(1)];
    let all = second.into_iter().try_fold(after, |order, event| order.apply(event, PLACED)).expect("all back");
    assert_eq!((all.status, all.lines[0].allocation.len()), (OrderStatus::Refunded, 0));
}

#[test]
fn a_return_may_be_rejected_and_then_asked_for_again() {
    let events = [Event::ReturnRequested(vec![item(2)]), Event::ReturnRejected { index: 0 }];
    let order = run(delivered().into_iter().chain(events)).expect("rejected");
    assert!(order.refunds.is_empty());
    assert!(order.apply(Event::ReturnRequested(vec![item(1), item(1)]), PLACED).is_ok());
    assert_eq!(
        order.apply(Event::ReturnRequested(vec![item(1), item(2)]), PLACED),
        Err(TransitionError::NotReturnable)
    );
    assert_eq!(order.apply(accept(0, RefundTarget::Provider), PLACED), Err(TransitionError::NotReturnable));
}

#[test]
fn store_credit_pays_in_one_step_and_gets_its_refund() {
    let placed = order();
    let paid = placed.apply(Event::PaidByStoreCredit { request: None }, PLACED).expect("paid");
    assert_eq!((paid.status, paid.credit_move_since(&placed)), (OrderStatus::Paid, -25_190));
    let cancelled = paid.apply(Event::Cancelled, PLACED).expect("cancelled");
    assert_eq!((cancelled.refunds[0].target, cancelled.credit_move_since(&paid)), (RefundTarget::StoreCredit, 0));
    let refunded = cancelled.apply(refunded(0), PLACED).expect("refunded");
    assert_eq!((refunded.status, refunded.credit_move_since(&cancelled)), (OrderStatus::Refunded, 25_190));
}

#[test]
fn a_card_payment_may_be_refunded_as_store_credit() {
    let events = [Event::ReturnRequested(vec![item(2)]), accept(0, RefundTarget::StoreCredit)];
    let before = run(delivered().into_iter().chain(events)).expect("accepted");
    let after = before.apply(refunded(0), PLACED).expect("refunded");
    assert_eq!(after.credit_move_since(&before), 25_190);
}

#[test]
fn late_money_revives_an_expired_order_if_its_units_are_there() {
    let requires_action = run([start(), action(0)]).expect("waiting");
    let late = requires_action.hold_expires_at;
    let expired = requires_action.apply(Event::HoldEnded, late).expect("expired");
    let paid = expired.apply(revived(0), late).expect("held again");
    assert_eq!((paid.status, paid.stock_moves_since(&expired)[0].delta), (OrderStatus::Paid, -2));
    assert_eq!(paid.apply(captured(0), late), Ok(paid.clone()), "the same money twice");
    assert_eq!(requires_action.apply(revived(0), late), Err(TransitionError::NotRevivable));
}

#[test]
fn refunds_never_exceed_what_is_left() {
    let grant = |amount_minor| Event::RefundGranted { amount_minor, target: RefundTarget::Provider };
    let order = run(delivered()).expect("delivered");
    assert_eq!(order.apply(grant(25_191), PLACED), Err(TransitionError::NotRefundable));
    assert_eq!(order.apply(grant(0), PLACED), Err(TransitionError::NotRefundable));
    let some = order.apply(grant(20_000), PLACED).expect("granted");
    assert_eq!(some.apply(grant(5_191), PLACED), Err(TransitionError::NotRefundable));
    assert!(some.apply(grant(5_190), PLACED).is_ok());
}

fn any_event() -> impl Strategy<Value = Event> {
    let target = || prop_oneof![Just(RefundTarget::Provider), Just(RefundTarget::StoreCredit)];
    prop_oneof![
        4 => Just(start()),
        4 => (0_usize..4).prop_map(captured),
        2 => (0_usize..4).prop_map(declined),
        2 => (0_usize..4).prop_map(action),
        2 => (0_usize..4).prop_map(pending),
        1 => (0_usize..4).prop_map(revived),
        1 => Just(Event::HoldEnded),
        1 => Just(Event::Cancelled),
        1 => Just(Event::PaidByStoreCredit { request: None }),
        3 => Just(shipped()),
        3 => Just(Event::Delivered),
        3 => (1_u64..3).prop_map(|units| Event::ReturnRequested(vec![item(units)])),
        3 => ((0_usize..3), target()).prop_map(|(index, target)| accept(index, target)),
        1 => (0_usize..3).prop_map(|index| Event::ReturnRejected { index }),
        1 => ((1_i64..30_000), target()).prop_map(|(amount_minor, target)| Event::RefundGranted { amount_minor, target }),
        4 => (0_usize..4).prop_map(refunded),
        2 => ((0_usize..4), (0_u32..2)).prop_map(|(refund, retry)| refund_failed(refund, retry)),
        2 => ((0_usize..4), target()).prop_map(|(refund, target)| retried(refund, target)),
    ]
}

/// Events that a second delivery must not apply again. The others are calls of people, which idempotency keys guard.
fn may_come_twice(event: &Event) -> bool {
    !matches!(event, Event::PaymentStarted { .. } | Event::PaidByStoreCredit { .. })
        && !matches!(event, Event::ReturnRequested(_) | Event::RefundGranted { .. })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever happens in whatever order: never more refunded than captured, units given back exactly once and only
    /// when nobody paid for them, every message may come twice, and others are told each happening under one name.
    #[test]
    fn no_history_breaks_the_books(events in prop::collection::vec((any_event(), 0_i64..200), 0..40)) {
        let (mut order, mut now, mut stock, mut credit) = (order(), PLACED, 0_i64, 0_i64);
        let ids = |old: Option<&Order>, new: &Order| events_after(old, new).into_iter().map(|event| event.event_id);
        let mut told: Vec<String> = ids(None, &order).collect();
        for (event, seconds) in events {
            now = now.plus_seconds(seconds);
            let Ok(next) = order.apply(event.clone(), now) else { continue };
            let moved: i64 = next.stock_moves_since(&order).iter().map(|change| change.delta).sum();
            if stock + moved < 0 {
                continue; // the store refuses to take units that are not there
            }
            stock += moved;
            credit += next.credit_move_since(&order);
            if may_come_twice(&event) {
                prop_assert_eq!(next.apply(event.clone(), now), Ok(next.clone()), "the event came twice");
            }
            let took_money = |order: &Order| order.attempts.iter().filter(|a| a.captured_minor > 0).count();
            prop_assert!(took_money(&next) >= took_money(&order), "money that came stays known");
            if let Event::PaymentSettled { attempt, outcome: ProviderOutcome::Captured { .. } } = &event {
                prop_assert_eq!(next.attempts[*attempt].captured_minor, 25_190, "a capture always counts");
            }
            told.extend(ids(Some(&order), &next));
            order = next;

            let owed = order.owed_minor();
            prop_assert!(owed <= order.captured_minor());
            prop_assert!(order.captured_minor() - owed <= order.total_minor, "never more kept than it costs");
            let kept: i64 = order.lines.iter().flat_map(|l| &l.allocation).map(|a| i64::from(a.quantity)).sum();
            prop_assert_eq!(kept + stock, 2, "stock is conserved");
            prop_assert!(credit >= -order.captured_minor() && credit <= order.captured_minor());
            match order.status {
                OrderStatus::Paid => {
                    prop_assert_eq!(kept, 2);
                    prop_assert!(order.captured_minor() - owed >= order.total_minor);
                }
                OrderStatus::Expired => prop_assert_eq!(kept, 0),
                OrderStatus::Refunded if order.shipment.is_none() => prop_assert_eq!(kept, 0),
                _ => {}
            }
        }
        for id in ids(None, &order) {
            prop_assert!(told.contains(&id), "{} was told when it happened", id);
        }
        let count = told.len();
        told.sort();
        told.dedup();
        prop_assert_eq!(told.len(), count, "no name twice");
    }
}
