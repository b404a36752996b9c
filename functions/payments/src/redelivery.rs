//! What queues do to their consumers: messages twice, late, side by side, about what does not exist, and again after five
//! failures and a redrive.

use futures_util::future::join_all;
use souk_domain::cart::Quantity;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::OrderId;
use souk_domain::message::{Message, PaymentQueueMessage, RefundQueueMessage};
use souk_domain::order::{AttemptStatus, Event, OrderStatus, PaymentMethod, ProviderOutcome, RefundTarget};
use souk_domain::order::{ReturnItem, Shipment};
use souk_payment::ProviderError;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_testkit::user;

use crate::check_payment::CheckPayment;
use crate::fixture::Fixture;
use crate::refund_order::RefundOrder;

/// How often a queue delivers a message before it gives up.
const DELIVERIES: usize = 5;

fn start() -> Event {
    Event::PaymentStarted { method: PaymentMethod::CreditCard, token: "sandbox_success".to_owned(), request: None }
}

fn captured(attempt: usize) -> Event {
    let outcome = ProviderOutcome::Captured { payment_id: format!("pay_{attempt}"), amount_minor: 200 };
    Event::PaymentSettled { attempt, outcome }
}

fn down() -> ProviderError {
    ProviderError::Unknown("down".to_owned())
}

impl Fixture {
    async fn consume(&self, message: &Message) -> Result<&'static str, ConsumeError> {
        match message {
            Message::Refund(message) => RefundOrder { payments: self.payments.clone() }.consume(message).await,
            Message::Payment(message) => CheckPayment { payments: self.payments.clone() }.consume(message).await,
            Message::Order(_) => panic!("orders of this service do not expire"),
        }
    }

    fn refund_message(&self, refund: usize) -> Message {
        RefundQueueMessage::RefundOrder { user_id: user(1), order_id: self.order_id.clone(), refund }.into()
    }

    fn check_message(&self, attempt: usize) -> Message {
        PaymentQueueMessage::CheckPayment { user_id: user(1), order_id: self.order_id.clone(), attempt }.into()
    }

    /// One of the order's units comes back, as its return with this index.
    async fn take_back_one(&self, index: usize) {
        let quantity = Quantity::new(1).expect("one");
        let item = ReturnItem { product_id: "a".parse().expect("an id"), quantity, reason: "too small".to_owned() };
        let request = IdempotencyKey { key: index.to_string(), fingerprint: index.to_string() };
        self.happen(Event::ReturnRequested { items: vec![item], request }).await;
        let target = RefundTarget::Provider;
        self.happen(Event::ReturnAccepted { index, target, accepted_by: user(9) }).await;
    }

    async fn cancelled(&self) {
        for event in [start(), captured(0), Event::Cancelled] {
            self.happen(event).await;
        }
    }
}

#[tokio::test]
async fn what_does_not_exist_ends_among_the_dead_letters() {
    let shop = Fixture::start().await;
    shop.cancelled().await;
    let order_id: OrderId = "0190a5a0-0000-7000-8000-00000000dead".parse().expect("an id");
    let messages = [
        RefundQueueMessage::RefundOrder { user_id: user(1), order_id: order_id.clone(), refund: 0 }.into(),
        PaymentQueueMessage::CheckPayment { user_id: user(1), order_id, attempt: 0 }.into(),
        RefundQueueMessage::RefundOrder { user_id: user(2), order_id: shop.order_id.clone(), refund: 0 }.into(),
        shop.refund_message(1),
        shop.refund_message(usize::MAX),
        shop.check_message(1),
    ];
    let before = shop.order().await;
    for message in messages {
        assert!(shop.consume(&message).await.is_err(), "{message:?}");
    }
    assert_eq!(shop.order().await, before);
    assert!(shop.provider.refunds.lock().expect("a lock").is_empty());
}

#[tokio::test]
async fn a_refund_that_is_delivered_side_by_side_is_given_once() {
    let shop = Fixture::start().await;
    shop.cancelled().await;
    let message = shop.refund_message(0);
    for outcome in join_all((0..4).map(|_| shop.consume(&message))).await {
        assert!(outcome.is_ok(), "{outcome:?}");
    }
    let order = shop.order().await;
    assert_eq!((order.status, order.refunded_minor(), shop.available().await), (OrderStatus::Refunded, 200, 5));
    let refunds = shop.provider.refunds.lock().expect("a lock");
    assert!(refunds.iter().all(|refund| refund.idempotency_key == refunds[0].idempotency_key), "one refund to them");
}

#[tokio::test]
async fn a_refund_whose_queue_gave_up_is_given_after_a_redrive() {
    let shop = Fixture::start().await;
    shop.cancelled().await;
    let message = shop.refund_message(0);
    shop.provider.refund_script.lock().expect("a lock").extend((0..DELIVERIES).map(|_| Err(down())));
    for _ in 0..DELIVERIES {
        assert!(shop.consume(&message).await.is_err());
        shop.clock.advance_seconds(180);
    }
    assert_eq!((shop.order().await.status, shop.available().await), (OrderStatus::Cancelled, 3));

    shop.clock.advance_seconds(13 * 24 * 3600);
    assert_eq!(shop.consume(&message).await.expect("healed"), "refunded");
    assert_eq!((shop.order().await.status, shop.available().await), (OrderStatus::Refunded, 5));
}

#[tokio::test]
async fn a_payment_whose_queue_gave_up_is_found_out_after_a_redrive() {
    let shop = Fixture::start().await;
    shop.happen(start()).await;
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
async fn an_older_message_does_nothing_to_a_newer_state() {
    let shop = Fixture::start().await;
    shop.happen(start()).await;
    let declined = ProviderOutcome::Declined { code: "card_declined".to_owned() };
    shop.happen(Event::PaymentSettled { attempt: 0, outcome: declined }).await;
    shop.happen(start()).await;
    shop.happen(captured(1)).await;
    let paid = shop.order().await;
    assert_eq!(shop.consume(&shop.check_message(0)).await.expect("consumed"), "settled before");
    assert_eq!(shop.consume(&shop.check_message(1)).await.expect("consumed"), "settled before");
    assert_eq!(shop.order().await, paid);
    assert!(shop.provider.charges.lock().expect("a lock").is_empty(), "nobody was asked");
}

#[tokio::test]
async fn refunds_may_come_in_any_order() {
    let shop = Fixture::start().await;
    let shipment = Shipment { carrier: "DHL".to_owned(), tracking_number: "1Z".to_owned() };
    for event in [start(), captured(0), Event::Shipped(shipment), Event::Delivered] {
        shop.happen(event).await;
    }
    for index in 0..2 {
        shop.take_back_one(index).await;
    }
    for refund in [1, 0, 1, 0] {
        shop.refund(refund).await;
    }
    let order = shop.order().await;
    assert_eq!((order.status, order.refunded_minor(), shop.available().await), (OrderStatus::Refunded, 200, 5));
    assert_eq!(shop.provider.refunds.lock().expect("a lock").len(), 2);
}
