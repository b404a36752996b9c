//! Consumer of the order queue: expires an order that was not paid in time and releases its stock.

use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_domain::message::OrderQueueMessage;
use souk_domain::order::{Event, OrderStatus, TransitionError};
use souk_runtime::Dependencies;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_runtime::config::ConfigError;
use souk_store::{OrderSteps, StepError};

/// Expires unpaid orders.
pub struct ExpireOrder {
    /// Applies events to orders.
    pub steps: OrderSteps,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl ExpireOrder {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { steps: deps.order_steps()?, clock: deps.clock() })
    }
}

impl Consumer for ExpireOrder {
    type Message = OrderQueueMessage;

    async fn consume(&self, message: &OrderQueueMessage) -> Result<&'static str, ConsumeError> {
        let OrderQueueMessage::ExpireOrder { user_id, order_id } = message;
        let now = self.clock.now();
        match self.steps.apply(user_id, order_id, &Event::HoldEnded, now).await {
            Ok(order) if order.status == OrderStatus::Expired => Ok("expired"),
            Ok(_) => Ok("no longer waiting for a payment"),
            // When the payment ends, a new message is queued.
            Err(StepError::Refused { reason: TransitionError::PaymentInProgress, .. }) => {
                Ok("a payment is being processed")
            }
            // Among others a hold that has not ended, because this function's clock is ahead: the queue delivers again.
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::order::{ProviderMethod, ProviderOutcome};
    use souk_testkit::user;

    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn an_unpaid_order_expires_once_and_only_when_its_time_has_come() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[5]).await;
        shop.put_in_cart(&user(1), "a", 2).await;
        let order_id = shop.place(&user(1)).await;
        let consumer = ExpireOrder { steps: shop.steps(), clock: shop.clock.clone() };
        let message = OrderQueueMessage::ExpireOrder { user_id: user(1), order_id };
        assert!(consumer.consume(&message).await.is_err(), "too early: it must come again");
        assert_eq!(shop.available("a").await, 3);

        shop.clock.advance_seconds(900);
        for _ in 0..2 {
            assert_eq!(consumer.consume(&message).await.expect("consumed"), "expired");
            assert_eq!(shop.available("a").await, 5);
        }
        shop.assert_reconciled().await;
    }

    #[tokio::test]
    async fn a_message_about_a_missing_order_becomes_a_dead_letter() {
        let shop = Fixture::start().await;
        let consumer = ExpireOrder { steps: shop.steps(), clock: shop.clock.clone() };
        let order_id = "0190a5a0-0000-7000-8000-00000000dead".parse().expect("an id");
        assert!(consumer.consume(&OrderQueueMessage::ExpireOrder { user_id: user(1), order_id }).await.is_err());
    }

    #[tokio::test]
    async fn a_late_message_does_not_change_a_cancelled_order() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[5]).await;
        shop.put_in_cart(&user(1), "a", 2).await;
        let order_id = shop.place(&user(1)).await;
        let cancelled = shop.apply(&user(1), &order_id, Event::Cancelled).await;
        let consumer = ExpireOrder { steps: shop.steps(), clock: shop.clock.clone() };
        shop.clock.advance_seconds(900);
        let message = OrderQueueMessage::ExpireOrder { user_id: user(1), order_id: order_id.clone() };
        for outcome in futures_util::future::join_all((0..3).map(|_| consumer.consume(&message))).await {
            assert_eq!(outcome.expect("consumed"), "no longer waiting for a payment");
        }
        assert_eq!((shop.order(&user(1), &order_id).await, shop.available("a").await), (cancelled, 5));
    }

    #[tokio::test]
    async fn a_paid_order_never_expires() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[5]).await;
        shop.put_in_cart(&user(1), "a", 2).await;
        let order_id = shop.place(&user(1)).await;
        let consumer = ExpireOrder { steps: shop.steps(), clock: shop.clock.clone() };
        let message = OrderQueueMessage::ExpireOrder { user_id: user(1), order_id: order_id.clone() };

        let start = Event::PaymentStarted {
            method: ProviderMethod::Paypal,
            token: "t".to_owned(),
            request: None,
            general_decline: false,
        };
        shop.apply(&user(1), &order_id, start).await;
        shop.clock.advance_seconds(900);
        assert_eq!(consumer.consume(&message).await.expect("consumed"), "a payment is being processed");
        let captured = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 200 };
        shop.apply(&user(1), &order_id, Event::PaymentSettled { attempt: 0, outcome: captured }).await;
        assert_eq!(consumer.consume(&message).await.expect("consumed"), "no longer waiting for a payment");
        assert_eq!((shop.order(&user(1), &order_id).await.status, shop.available("a").await), (OrderStatus::Paid, 3));
        shop.assert_reconciled().await;
    }
}
