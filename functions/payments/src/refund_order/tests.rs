use futures_util::future::join_all;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::OrderId;
use souk_domain::message::PaymentQueueMessage;
use souk_domain::order::{OrderStatus, ReturnItem, Shipment};
use souk_domain::quantity::Quantity;
use souk_testkit::user;

use super::*;
use crate::fixture::{DELIVERIES, Fixture, captured, down, start};

impl Fixture {
    /// One of the order's units is returned and accepted, as the return with this index.
    async fn accept_return_of_one(&self, index: usize) {
        let quantity = Quantity::new(1).expect("one");
        let item = ReturnItem { product_id: "a".parse().expect("an id"), quantity, reason: "too small".to_owned() };
        let request = IdempotencyKey { key: index.to_string(), fingerprint: index.to_string() };
        self.apply(Event::ReturnRequested { items: vec![item], request }).await;
        let target = RefundTarget::Provider;
        self.apply(Event::ReturnAccepted { index, target, account: None, accepted_by: user(9) }).await;
    }

    async fn cancelled(&self) {
        for event in [start(), captured(0), Event::Cancelled] {
            self.apply(event).await;
        }
    }
}

#[tokio::test]
async fn a_message_about_an_unknown_order_or_index_fails() {
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
async fn a_refund_message_that_is_consumed_concurrently_refunds_once() {
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
async fn a_refund_is_paid_after_a_redrive_from_the_dead_letter_queue() {
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
async fn refunds_may_be_consumed_in_any_order() {
    let shop = Fixture::start().await;
    let shipment = Shipment { carrier: "DHL".to_owned(), tracking_number: "1Z".to_owned() };
    for event in [start(), captured(0), Event::Shipped(shipment), Event::Delivered] {
        shop.apply(event).await;
    }
    for index in 0..2 {
        shop.accept_return_of_one(index).await;
    }
    for refund in [1, 0, 1, 0] {
        shop.refund(refund).await;
    }
    let order = shop.order().await;
    assert_eq!((order.status, order.refunded_minor(), shop.available().await), (OrderStatus::Refunded, 200, 5));
    assert_eq!(shop.provider.refunds.lock().expect("a lock").len(), 2);
}
