use proptest::prelude::*;

use super::*;
use crate::address::ShippingAddress;
use crate::cart::Quantity;
use crate::ids::OrderId;
use crate::money::Currency;
use crate::order::{NewOrder, OrderLine, Restock};
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
    assert!(cancelled.restocks_since(&paid).is_empty(), "stock goes back with the money, not before");

    let done = run([start(), captured(0), Event::Cancelled, refunded(0)]).expect("refunded");
    assert_eq!((done.status, done.payment_status()), (OrderStatus::Refunded, "refunded"));
    let all = Restock { product_id: done.lines[0].product_id.clone(), shard: ShardId::new("local", 0), quantity: 2 };
    assert_eq!(done.restocks_since(&cancelled), [all]);
}

#[test]
fn an_unpaid_order_expires_and_gives_its_stock_back() {
    let order = order();
    assert_eq!(order.apply(Event::HoldEnded, PLACED), Err(TransitionError::HoldNotEnded));
    let expired = order.apply(Event::HoldEnded, order.hold_expires_at).expect("expired");
    assert_eq!((expired.status, expired.restocks_since(&order).len()), (OrderStatus::Expired, 1));
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

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(start()),
        (0_usize..4).prop_map(captured),
        (0_usize..4).prop_map(declined),
        (0_usize..4).prop_map(action),
        Just(Event::HoldEnded),
        Just(Event::Cancelled),
        (0_usize..4).prop_map(refunded),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever happens in whatever order: never more refunded than captured, stock given back exactly once and only
    /// when nobody paid for it, and every event may come twice.
    #[test]
    fn no_history_breaks_the_books(events in prop::collection::vec((any_event(), 0_i64..400), 0..25)) {
        let (mut order, mut now, mut restocked) = (order(), PLACED, 0);
        for (event, seconds) in events {
            now = now.plus_seconds(seconds);
            let Ok(next) = order.apply(event.clone(), now) else { continue };
            restocked += next.restocks_since(&order).iter().map(|r| r.quantity).sum::<u32>();
            if !matches!(event, Event::PaymentStarted { .. }) {
                prop_assert_eq!(next.apply(event, now), Ok(next.clone()), "the event came twice");
            }
            order = next;

            let owed: i64 = order.refunds.iter().map(|r| r.amount_minor).sum();
            prop_assert!(owed <= order.captured_minor());
            let held: u32 = order.lines.iter().flat_map(|l| &l.allocation).map(|a| a.quantity).sum();
            prop_assert_eq!(held + restocked, 2, "stock is conserved");
            if order.status == OrderStatus::Paid {
                prop_assert_eq!(held, 2);
                prop_assert!(order.captured_minor() - order.refunded_minor() >= order.total_minor);
            }
            if matches!(order.status, OrderStatus::Expired | OrderStatus::Refunded) {
                prop_assert_eq!(held, 0);
            }
        }
    }
}
