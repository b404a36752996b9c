//! Consumer of the erasure queue: erases the data that a deleted account leaves in other tables. Its carts are deleted.
//! Its orders that were never paid lose contact and address. Paid orders are kept, because the law requires a shop to
//! keep them.
//!
//! An order that waits for its payment is cancelled. If a payment is being processed, the queue delivers the message
//! again until it has ended. Idempotent: a second run changes only what is left.

use std::sync::Arc;
use std::time::Duration;

use souk_domain::effects::Clock;
use souk_domain::erasure::ErasureQueueMessage;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{Event, Order, OrderStatus, TransitionError};
use souk_runtime::Dependencies;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_runtime::config::ConfigError;
use souk_store::{Carts, OrderSteps, StepError};
use tokio::time::Instant;

/// Orders read at once.
const PAGE_SIZE: i32 = 100;
/// No page is read after this time. The function itself has a time-out of a minute.
const MAX_TIME: Duration = Duration::from_secs(40);

/// Erases carts, and personal data in orders.
pub struct EraseOrders {
    /// The carts table.
    pub carts: Carts,
    /// Applies events to orders.
    pub steps: OrderSteps,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl EraseOrders {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { carts: deps.carts()?, steps: deps.order_steps()?, clock: deps.clock() })
    }
}

impl Consumer for EraseOrders {
    type Message = ErasureQueueMessage;

    async fn consume(&self, message: &ErasureQueueMessage) -> Result<&'static str, ConsumeError> {
        let ErasureQueueMessage::EraseOrders { user_id, guest_ids } = message;
        let stop_at = Instant::now() + MAX_TIME;
        let mut is_complete = true;
        for owner in guest_ids.iter().chain([user_id]) {
            self.carts.delete(owner).await?;
            is_complete &= self.erase_all(owner, stop_at).await?;
        }
        if is_complete { Ok("erased") } else { Err(ConsumeError::new("a payment is being processed")) }
    }
}

impl EraseOrders {
    /// Erases all orders of one owner, page by page. False if payments of some are being processed.
    async fn erase_all(&self, owner: &UserId, stop_at: Instant) -> Result<bool, ConsumeError> {
        let (mut after, mut is_complete): (Option<OrderId>, bool) = (None, true);
        loop {
            if Instant::now() >= stop_at {
                return Err(ConsumeError::new("not all orders were read in time; the next delivery continues"));
            }
            let page = self.steps.orders.list(owner, after.as_ref(), PAGE_SIZE).await?;
            for order in page.orders.iter().filter(|order| !order.erased) {
                is_complete &= self.erase(order).await?;
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(is_complete),
            }
        }
    }

    /// Erases one order. False if a payment of it is being processed.
    async fn erase(&self, order: &Order) -> Result<bool, StepError> {
        if order.status == OrderStatus::PendingPayment {
            // If it cannot be cancelled, it was paid meanwhile, or a payment is being processed: the next step decides.
            refused(self.apply(order, Event::Cancelled).await)?;
        }
        let refusal = refused(self.apply(order, Event::Erased).await)?;
        Ok(refusal != Some(TransitionError::PaymentInProgress))
    }

    async fn apply(&self, order: &Order, event: Event) -> Result<Order, StepError> {
        self.steps.apply(&order.user_id, &order.order_id, &event, self.clock.now()).await
    }
}

/// The reason why the order refused the event, if it did.
fn refused(step: Result<Order, StepError>) -> Result<Option<TransitionError>, StepError> {
    match step {
        Ok(_) => Ok(None),
        Err(StepError::Refused { reason, .. }) => Ok(Some(reason)),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::address::ShippingAddress;
    use souk_domain::order::{ProviderMethod, ProviderOutcome};
    use souk_testkit::user;

    use super::*;
    use crate::fixture::Fixture;

    fn consumer(shop: &Fixture) -> EraseOrders {
        EraseOrders { carts: shop.carts.clone(), steps: shop.steps(), clock: shop.clock.clone() }
    }

    fn message() -> ErasureQueueMessage {
        ErasureQueueMessage::EraseOrders { user_id: user(1), guest_ids: vec![user(2)] }
    }

    fn start() -> Event {
        Event::PaymentStarted { method: ProviderMethod::Paypal, token: "t".to_owned(), request: None }
    }

    async fn order_of(shop: &Fixture, shopper: u32) -> OrderId {
        shop.put_in_cart(&user(shopper), "a", 1).await;
        shop.place(&user(shopper)).await
    }

    fn is_erased(order: &Order) -> bool {
        let has_no_address = order.shipping_address == ShippingAddress::Text("erased".to_owned());
        assert_eq!((order.contact.is_none(), has_no_address), (order.erased, order.erased));
        order.erased
    }

    #[tokio::test]
    async fn unpaid_orders_and_carts_of_the_account_and_its_guests_are_erased() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let mut ids = Vec::new();
        for shopper in [1, 2, 3] {
            let (cancelled, expired) = (order_of(&shop, shopper).await, order_of(&shop, shopper).await);
            shop.apply(&user(shopper), &cancelled, Event::Cancelled).await;
            let waiting = order_of(&shop, shopper).await;
            let paid = shop.paid_order(&user(shopper), "a", 1).await;
            ids.push((shopper, [cancelled, expired, waiting], paid));
            shop.put_in_cart(&user(shopper), "a", 2).await;
        }
        let stock = shop.available("a").await;
        for _ in 0..2 {
            assert_eq!(consumer(&shop).consume(&message()).await.expect("consumed"), "erased");
            for (shopper, unpaid, paid) in &ids {
                let belongs = *shopper != 3;
                for order_id in unpaid {
                    let order = shop.order(&user(*shopper), order_id).await;
                    assert_eq!(
                        (is_erased(&order), order.status != OrderStatus::PendingPayment || !belongs),
                        (belongs, true)
                    );
                }
                assert!(!is_erased(&shop.order(&user(*shopper), paid).await));
                assert_eq!(shop.carts.get(&user(*shopper)).await.expect("a cart").lines.is_empty(), belongs);
            }
            // Two orders of each of the two users were waiting for their payment.
            assert_eq!(shop.available("a").await, stock + 4);
        }
        shop.assert_reconciled().await;
    }

    #[tokio::test]
    async fn an_order_whose_payment_is_being_processed_is_erased_when_it_has_failed() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let (order_id, other) = (order_of(&shop, 1).await, order_of(&shop, 1).await);
        shop.apply(&user(1), &order_id, start()).await;
        assert!(consumer(&shop).consume(&message()).await.is_err(), "the queue has to deliver it again");
        assert!(!is_erased(&shop.order(&user(1), &order_id).await) && is_erased(&shop.order(&user(1), &other).await));

        let declined = ProviderOutcome::Declined { code: "no".to_owned() };
        shop.apply(&user(1), &order_id, Event::PaymentSettled { attempt: 0, outcome: declined }).await;
        assert_eq!(consumer(&shop).consume(&message()).await.expect("consumed"), "erased");
        assert!(is_erased(&shop.order(&user(1), &order_id).await));
        shop.assert_reconciled().await;
    }

    #[tokio::test]
    async fn an_order_that_is_paid_in_the_meantime_is_kept() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let order_id = order_of(&shop, 1).await;
        shop.apply(&user(1), &order_id, start()).await;
        assert!(consumer(&shop).consume(&message()).await.is_err());
        let captured = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 100 };
        shop.apply(&user(1), &order_id, Event::PaymentSettled { attempt: 0, outcome: captured }).await;
        assert_eq!(consumer(&shop).consume(&message()).await.expect("consumed"), "erased");
        let kept = shop.order(&user(1), &order_id).await;
        assert_eq!((is_erased(&kept), kept.status), (false, OrderStatus::Paid));
        shop.assert_reconciled().await;
    }
}
