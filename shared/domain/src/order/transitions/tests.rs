mod histories;
mod returns;
mod size;

use super::*;
use crate::address::ShippingAddress;
use crate::ids::OrderId;
use crate::money::Currency;
use crate::order::{MAX_PAYMENT_ATTEMPTS, NewOrder, OrderLine, OrderStatus, PaymentMethod, StockMove, TimelineEvent};
use crate::quantity::Quantity;
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
        contact: None,
        hold_seconds: HOLD_SECONDS,
    };
    Order::place(new, PLACED).expect("an order")
}

fn start() -> Event {
    Event::PaymentStarted {
        method: ProviderMethod::CreditCard,
        token: "tok".to_owned(),
        request: None,
        general_decline: false,
    }
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
    Event::RefundRetried { refund, target, account: Some(owner()) }
}

fn refunded(refund: usize) -> Event {
    refund_settled(refund, 0)
}

fn refund_settled(refund: usize, retry: u32) -> Event {
    Event::RefundSettled { refund, retry, refund_id: format!("re_{refund}.{retry}") }
}

/// The owner of the order, who has an account.
fn owner() -> UserId {
    order().user_id
}

fn user(number: u32) -> UserId {
    format!("0190a5a0-0000-7000-8000-{number:012}").parse().expect("id")
}

/// The order after the store credit of its owner pays.
fn paid_by_store_credit(order: &Order) -> Result<Order, TransitionError> {
    paid_by_account(order, Some(owner()))
}

fn paid_by_account(order: &Order, account: Option<UserId>) -> Result<Order, TransitionError> {
    order.apply_store_credit(StoreCreditEvent::Paid { account, request: None }, PLACED)
}

/// The one account whose store credit a step moves, and by how much.
fn credit_move(before: &Order, after: &Order) -> Option<(UserId, i64)> {
    let moves = after.credit_moves_since(before);
    assert!(moves.len() <= 1, "{moves:?}");
    moves.into_iter().next()
}

/// The order after a refund is credited to the account.
fn credited(order: &Order, refund: usize) -> Result<Order, TransitionError> {
    order.apply_store_credit(StoreCreditEvent::Refunded { refund }, PLACED)
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
fn cancelling_a_paid_order_refunds_and_restocks_it() {
    let paid = run([start(), captured(0)]).expect("paid");
    assert_eq!((paid.status, paid.payment_status()), (OrderStatus::Paid, "completed"));

    let cancelled = run([start(), captured(0), Event::Cancelled]).expect("cancelled");
    assert_eq!((cancelled.status, cancelled.refunds[0].amount_minor), (OrderStatus::Cancelled, 25_190));
    assert!(cancelled.stock_moves_since(&paid).is_empty(), "units are restocked with the refund, not before");

    let done = run([start(), captured(0), Event::Cancelled, refunded(0)]).expect("refunded");
    assert_eq!((done.status, done.payment_status()), (OrderStatus::Refunded, "refunded"));
    let all = StockMove { product_id: done.lines[0].product_id.clone(), shard: ShardId::new("local", 0), delta: 2 };
    assert_eq!(done.stock_moves_since(&cancelled), [all]);
}

#[test]
fn a_cancelled_free_order_is_restocked_at_once() {
    let mut free = order();
    free.lines[0].unit_price_minor = 0;
    free.total_minor = 0;
    let paid = paid_by_store_credit(&free).expect("paid");
    let cancelled = paid.apply(Event::Cancelled, PLACED).expect("cancelled");
    assert_eq!((cancelled.status, cancelled.refunds.len()), (OrderStatus::Cancelled, 0));
    assert_eq!(cancelled.stock_moves_since(&paid)[0].delta, 2, "no refund will restock them");
}

#[test]
fn an_unpaid_order_expires_and_is_restocked() {
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
fn a_request_starts_one_attempt() {
    type Start = fn(&Order, Option<IdempotencyKey>) -> Result<Order, TransitionError>;
    let by_card: Start = |order, request| {
        let (method, token) = (ProviderMethod::CreditCard, "t".to_owned());
        order.apply(Event::PaymentStarted { method, token, request, general_decline: false }, PLACED)
    };
    let by_store_credit: Start =
        |order, request| order.apply_store_credit(StoreCreditEvent::Paid { account: Some(owner()), request }, PLACED);
    let (request, other) = (
        returns::idempotency_key("k"),
        IdempotencyKey { fingerprint: "other".to_owned(), ..returns::idempotency_key("k") },
    );
    for start in [by_card, by_store_credit] {
        let started = start(&order(), Some(request.clone())).expect("started");
        for again in [by_card, by_store_credit] {
            assert_eq!(again(&started, Some(request.clone())), Ok(started.clone()));
            assert_eq!(again(&started, Some(other.clone())), Err(TransitionError::KeyReused));
        }
    }
    let started = by_card(&order(), Some(request.clone())).expect("started");
    let declined = started.apply(declined(0), PLACED).expect("declined");
    assert_eq!(by_card(&declined, Some(request)), Ok(declined.clone()), "also after the attempt ended");
}

#[test]
fn a_paid_order_names_the_attempt_that_paid_it() {
    let both = run([start(), declined(0), start(), captured(1), captured(0)]).expect("captured twice");
    assert_eq!(both.paying_attempt().map(|(index, _)| index), Some(1));
    assert_eq!(both.apply(start(), PLACED), Err(TransitionError::AlreadyPaid));
    let cancelled = both.apply(Event::Cancelled, PLACED).expect("cancelled");
    assert_eq!(cancelled.apply(start(), PLACED), Err(TransitionError::NotPayable));
    assert_eq!(run([start(), action(0)]).expect("open").paying_attempt(), None);
}

#[test]
fn a_capture_for_a_cancelled_order_is_refunded() {
    let order = run([start(), action(0), Event::Cancelled, captured(0)]).expect("late capture");
    assert_eq!(order.status, OrderStatus::Cancelled);
    assert_eq!((order.refunds.len(), order.refunds[0].amount_minor), (1, 25_190));
    assert_eq!(order.apply(refunded(0), PLACED).map(|o| o.status), Ok(OrderStatus::Refunded));
}

#[test]
fn a_capture_after_a_decline_counts() {
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
fn a_partial_capture_does_not_pay_and_an_excess_is_refunded() {
    let capture = |amount_minor| {
        let outcome = ProviderOutcome::Captured { payment_id: "pay_0".to_owned(), amount_minor };
        run([start(), Event::PaymentSettled { attempt: 0, outcome }]).expect("settled")
    };
    let (less, more) = (capture(25_189), capture(25_200));
    assert_eq!((less.status, less.owed_minor()), (OrderStatus::PendingPayment, 25_189));
    assert_eq!((more.status, more.owed_minor()), (OrderStatus::Paid, 10));
}

#[test]
fn a_payment_that_takes_days_has_the_normal_hold() {
    let waiting = run([start(), pending(0)]).expect("pending");
    assert_eq!((waiting.payment_status(), waiting.attempts[0].payment_id.as_deref()), ("processing", Some("pay_0")));
    let (early, days_later) = (PLACED.plus_seconds(1), PLACED.plus_seconds(3 * 86_400));
    assert_eq!(waiting.apply(Event::HoldEnded, early), Err(TransitionError::HoldNotEnded));
    assert_eq!(waiting.apply(Event::Cancelled, early), Err(TransitionError::PaymentInProgress));
    assert_eq!(waiting.apply(captured(0), early).map(|order| order.status), Ok(OrderStatus::Paid));
    for waiting in [waiting, run([start(), action(0), pending(0)]).expect("pending")] {
        let expired = waiting.apply(Event::HoldEnded, days_later).expect("expired");
        assert_eq!((expired.status, expired.stock_moves_since(&waiting).len()), (OrderStatus::Expired, 1));
        let late = expired.apply(captured(0), days_later).expect("settled");
        assert_eq!(late.refunds.len(), 1, "money that is not used is refunded");
        assert_eq!(expired.apply(declined(0), days_later).map(|order| order.status), Ok(OrderStatus::Expired));
    }
}

#[test]
fn a_payment_without_an_answer_keeps_the_hold_in_an_outage() {
    let outcome = ProviderOutcome::Pending { payment_id: None };
    let unknown = run([start(), Event::PaymentSettled { attempt: 0, outcome }]).expect("unknown");
    let days_later = PLACED.plus_seconds(3 * 86_400);
    assert_eq!(unknown.apply(Event::HoldEnded, days_later), Err(TransitionError::PaymentInProgress));
}

#[test]
fn a_failed_refund_stays_due_and_can_be_retried() {
    let done = run([start(), captured(0), Event::Cancelled, refunded(0)]).expect("refunded");
    let failed = done.apply(refund_failed(0, 0), PLACED).expect("failed");
    assert_eq!((failed.status, failed.refunded_minor(), failed.owed_minor()), (OrderStatus::Cancelled, 0, 25_190));
    assert!(failed.stock_moves_since(&done).is_empty());
    assert_eq!(failed.apply(refunded(0), PLACED), Ok(failed.clone()), "a late report changes nothing");

    let again = failed.apply(retried(0, RefundTarget::StoreCredit), PLACED).expect("retried");
    assert_ne!(again.refund_key(0), done.refund_key(0));
    assert_eq!(again.apply(refund_failed(0, 0), PLACED), Ok(again.clone()), "of the first try");
    assert!(again.apply(refund_failed(0, 1), PLACED).is_err(), "store credit does not fail");
    let given = credited(&again, 0).expect("given");
    assert_eq!((given.status, credit_move(&again, &given)), (OrderStatus::Refunded, Some((owner(), 25_190))));
}

#[test]
fn a_second_capture_is_refunded_and_the_order_stays_paid() {
    let order = run([start(), action(0), start(), captured(1), captured(0)]).expect("two captures");
    assert_eq!(order.status, OrderStatus::Paid);
    assert_eq!((order.refunds.len(), order.refunds[0].attempt), (1, 0));
    let refunded = order.apply(refunded(0), PLACED).expect("refunded");
    assert_eq!((refunded.status, refunded.lines[0].allocation.len()), (OrderStatus::Paid, 1));
}

#[test]
fn unknown_attempts_and_refunds_are_refused() {
    assert_eq!(run([captured(0)]), Err(TransitionError::Unknown));
    assert_eq!(run([refunded(0)]), Err(TransitionError::Unknown));
}

fn revived(attempt: usize) -> Event {
    let allocations = vec![vec![Allocation { shard: ShardId::new("local", 0), quantity: 2 }]];
    Event::Revived { attempt, payment_id: format!("pay_{attempt}"), amount_minor: 25_190, allocations }
}

#[test]
fn store_credit_pays_in_one_step_and_is_refunded() {
    let placed = order();
    let paid = paid_by_store_credit(&placed).expect("paid");
    assert_eq!((paid.status, credit_move(&placed, &paid)), (OrderStatus::Paid, Some((owner(), -25_190))));
    let cancelled = paid.apply(Event::Cancelled, PLACED).expect("cancelled");
    assert_eq!((cancelled.refunds[0].target, credit_move(&paid, &cancelled)), (RefundTarget::StoreCredit, None));
    assert_eq!(cancelled.apply(refunded(0), PLACED), Err(TransitionError::NotRefundable), "no provider pays it");
    let refunded = credited(&cancelled, 0).expect("refunded");
    assert_eq!((refunded.status, credit_move(&cancelled, &refunded)), (OrderStatus::Refunded, Some((owner(), 25_190))));
}

/// The owner was a guest of the account that pays: the account gets back what it paid, not the guest.
#[test]
fn an_account_pays_the_order_of_its_guest_and_gets_it_back() {
    let (placed, account) = (order(), user(7));
    let paid = paid_by_account(&placed, Some(account.clone())).expect("paid");
    assert_eq!((paid.status, credit_move(&placed, &paid)), (OrderStatus::Paid, Some((account.clone(), -25_190))));
    let cancelled = paid.apply(Event::Cancelled, PLACED).expect("cancelled");
    let refunded = credited(&cancelled, 0).expect("refunded");
    assert_eq!(credit_move(&cancelled, &refunded), Some((account, 25_190)));
    assert!(refunded.credit_by_account().values().all(|minor| *minor == 0));
}

#[test]
fn a_guest_has_no_store_credit_and_pays_free_orders_only() {
    assert_eq!(paid_by_account(&order(), None), Err(TransitionError::StoreCreditUnavailable));
    let free = Order { total_minor: 0, ..order() };
    let paid = paid_by_account(&free, None).expect("paid");
    assert_eq!((paid.status, credit_move(&free, &paid)), (OrderStatus::Paid, None));
    assert_eq!(paid_by_account(&paid, None), Err(TransitionError::AlreadyPaid), "as for everybody");
}

#[test]
fn a_late_capture_revives_an_expired_order_if_its_units_are_available() {
    let requires_action = run([start(), action(0)]).expect("waiting");
    let late = requires_action.hold_expires_at;
    let expired = requires_action.apply(Event::HoldEnded, late).expect("expired");
    let paid = expired.apply(revived(0), late).expect("held again");
    assert_eq!((paid.status, paid.stock_moves_since(&expired)[0].delta), (OrderStatus::Paid, -2));
    assert_eq!(paid.apply(captured(0), late), Ok(paid.clone()), "the same money twice");
    assert_eq!(requires_action.apply(revived(0), late), Err(TransitionError::NotRevivable));
}

/// The fault: a failed refund was tried again, and the success of the first try arrived late.
#[test]
fn the_success_of_an_earlier_try_does_not_settle_a_refund_that_was_tried_again() {
    let failed = || [start(), captured(0), Event::Cancelled, refund_failed(0, 0)];
    let again = run(failed().into_iter().chain([retried(0, RefundTarget::Provider)])).expect("tried again");
    for stale in [refunded(0), refund_failed(0, 0)] {
        assert_eq!(again.apply(stale.clone(), PLACED), Ok(again.clone()), "{stale:?} is of the first try");
    }
    let settled = again.apply(refund_settled(0, 1), PLACED).expect("settled");
    assert_eq!((settled.status, settled.refunds[0].refund_id.as_deref()), (OrderStatus::Refunded, Some("re_0.1")));
    let credit = run(failed().into_iter().chain([retried(0, RefundTarget::StoreCredit)])).expect("to credit");
    assert_eq!(credit.apply(refunded(0), PLACED), Ok(credit.clone()), "the provider pays nothing any more");
}

#[test]
fn a_general_decline_hides_its_code_from_the_shopper_only() {
    for general_decline in [true, false] {
        let (method, token) = (ProviderMethod::CreditCard, "tok".to_owned());
        let started = Event::PaymentStarted { method, token, request: None, general_decline };
        let order = run([started, declined(0)]).expect("declined");
        assert!(order.attempts[0].decline_code.is_some());
        assert_eq!(order.attempts[0].shopper_decline_code().is_none(), general_decline);
    }
}
