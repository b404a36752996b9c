use souk_domain::order::Event;
use souk_payment::RefundOutcome;

use super::*;
use crate::fixture::{self, DELIVERIES, Fixture, down, start};

const DAY_SECONDS: i64 = 24 * 3600;

fn action() -> ProviderOutcome {
    ProviderOutcome::ActionRequired { payment_id: "pay_1".to_owned(), action_url: None }
}

fn pending() -> ProviderOutcome {
    ProviderOutcome::Pending { payment_id: Some("pay_1".to_owned()) }
}

fn captured() -> ProviderOutcome {
    ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 200 }
}

fn unknown() -> ProviderError {
    ProviderError::Unknown("timed out".to_owned())
}

impl Fixture {
    async fn settle(&self, outcome: ProviderOutcome) {
        self.payments.settle(&self.order().await, 0, outcome).await.expect("settled");
    }
}

#[tokio::test]
async fn a_bank_debit_may_take_days() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    for day in 0..5 {
        shop.script([Ok(pending())]);
        assert_eq!(shop.check(0).await, Ok("still pending"), "day {day}");
        shop.clock.advance_seconds(DAY_SECONDS);
        // Its stock is not held meanwhile.
        shop.apply(Event::HoldEnded).await;
        assert_eq!((shop.order().await.status, shop.available().await), (OrderStatus::Expired, 5));
    }
    shop.script([Ok(captured())]);
    assert_eq!(shop.check(0).await, Ok("settled"));
    assert_eq!((shop.order().await.status, shop.available().await), (OrderStatus::Paid, 3));
    shop.assert_reconciled().await;
    let charges = shop.provider.charges.lock().expect("a lock");
    assert_eq!(charges.last().and_then(|charge| charge.payment_id.as_deref()), Some("pay_1"));
}

#[tokio::test]
async fn a_payment_that_stays_open_becomes_a_dead_letter() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    shop.clock.advance_seconds(15 * DAY_SECONDS);
    for answer in [Ok(pending()), Err(unknown())] {
        shop.script([answer]);
        assert!(shop.check(0).await.is_err());
    }
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn open_payments_settle_after_an_outage_of_the_provider() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    // As the queue delivers: every 180 seconds, and never five times in vain.
    for _ in 0..4 {
        shop.script([Err(unknown())]);
        assert!(shop.check(0).await.is_err());
        shop.clock.advance_seconds(180);
    }
    for hour in 0..3 {
        shop.script([Err(unknown())]);
        assert_eq!(shop.check(0).await, Ok("still pending"), "hour {hour}");
        shop.clock.advance_seconds(3600);
    }
    assert_eq!(shop.check(0).await, Ok("settled"));
    assert_eq!(shop.order().await.status, OrderStatus::Paid);
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn an_action_is_cancelled_when_the_hold_ends() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    shop.settle(action()).await;
    shop.script([Ok(action())]);
    assert_eq!(shop.check(0).await, Ok("waits for the shopper"));
    assert!(shop.provider.cancelled.lock().expect("a lock").is_empty());

    shop.clock.advance_seconds(900);
    shop.apply(Event::HoldEnded).await;
    shop.script([Ok(action())]);
    assert_eq!(shop.check(0).await, Ok("settled"));
    assert_eq!(*shop.provider.cancelled.lock().expect("a lock"), ["pay_1"]);
    let order = shop.order().await;
    assert_eq!(order.attempts[0].decline_code.as_deref(), Some(ABANDONED));
    assert_eq!((order.status, order.captured_minor()), (OrderStatus::Expired, 0));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn an_action_completed_before_its_cancellation_pays() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    shop.settle(action()).await;
    shop.clock.advance_seconds(900);
    shop.apply(Event::HoldEnded).await;
    shop.script([Ok(action()), Ok(captured())]);
    assert_eq!(shop.check(0).await, Ok("settled"));
    assert_eq!((shop.order().await.status, shop.available().await), (OrderStatus::Paid, 3));
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn an_action_is_cancelled_after_a_second_attempt_paid() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    shop.settle(action()).await;
    shop.apply(start()).await;
    let _ = shop.payments.settle(&shop.order().await, 1, captured()).await.expect("answered");
    shop.script([Ok(action())]);
    assert_eq!(shop.check(0).await, Ok("settled"));
    assert_eq!(*shop.provider.cancelled.lock().expect("a lock"), ["pay_1"]);
    assert_eq!(shop.order().await.captured_minor(), 200);
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_request_refused_by_the_provider_ends_the_attempt() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    shop.script([Err(ProviderError::Refused("amount_too_small".to_owned()))]);
    assert_eq!(shop.check(0).await, Ok("settled"));
    assert_eq!(shop.order().await.attempts[0].status, AttemptStatus::Failed);
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_capture_after_a_decline_pays_or_is_refunded() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    shop.settle(ProviderOutcome::Declined { code: "card_declined".to_owned() }).await;
    shop.clock.advance_seconds(900);
    shop.apply(Event::HoldEnded).await;
    shop.settle(captured()).await;
    assert_eq!((shop.order().await.status, shop.available().await), (OrderStatus::Paid, 3), "held again");
    shop.assert_reconciled().await;
}

#[tokio::test]
async fn a_failed_refund_waits_for_staff() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    shop.settle(captured()).await;
    shop.apply(Event::Cancelled).await;
    let failed = RefundOutcome::Failed { refund_id: "re_1".to_owned() };
    shop.provider.refund_script.lock().expect("a lock").push_back(Ok(failed));
    assert_eq!(shop.refund(0).await, "the refund failed");
    assert_eq!(shop.refund(0).await, "nothing is due");
    assert_eq!(shop.order().await.refunded_minor(), 0);

    shop.apply(Event::RefundRetried { refund: 0, target: souk_domain::order::RefundTarget::Provider, account: None })
        .await;
    assert_eq!(shop.refund(0).await, "refunded");
    assert_eq!((shop.order().await.status, shop.available().await), (OrderStatus::Refunded, 5));
    shop.assert_reconciled().await;
    let refunds = shop.provider.refunds.lock().expect("a lock");
    assert_ne!(refunds[0].idempotency_key, refunds[1].idempotency_key);
}

#[tokio::test]
async fn a_payment_is_settled_after_a_redrive_from_the_dead_letter_queue() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    let message = shop.check_message(0);
    shop.script((0..DELIVERIES).map(|_| Err(down())));
    let mut failed = 0;
    for _ in 0..DELIVERIES {
        failed += usize::from(shop.consume(&message).await.is_err());
        shop.clock.advance_seconds(100); // faster than the queue is: it gives up before the check does
    }
    assert!(failed > 0);
    assert_eq!(shop.order().await.attempts[0].status, AttemptStatus::Processing);

    assert_eq!(shop.consume(&message).await.expect("healed"), "settled");
    assert_eq!((shop.order().await.status, shop.order().await.captured_minor()), (OrderStatus::Paid, 200));
}

#[tokio::test]
async fn an_older_message_does_not_change_a_newer_state() {
    let shop = Fixture::start().await;
    shop.apply(start()).await;
    let declined = ProviderOutcome::Declined { code: "card_declined".to_owned() };
    shop.apply(Event::PaymentSettled { attempt: 0, outcome: declined }).await;
    shop.apply(start()).await;
    shop.apply(fixture::captured(1)).await;
    let paid = shop.order().await;
    assert_eq!(shop.consume(&shop.check_message(0)).await.expect("consumed"), "settled before");
    assert_eq!(shop.consume(&shop.check_message(1)).await.expect("consumed"), "settled before");
    assert_eq!(shop.order().await, paid);
    assert!(shop.provider.charges.lock().expect("a lock").is_empty(), "the provider was not called");
}
