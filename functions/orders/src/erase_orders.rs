//! Consumer of the erasure queue: erases the data that a deleted account leaves in other tables. Its carts are deleted.
//! Its orders that were never paid lose contact and address. Paid orders are kept, because the law requires a shop to
//! keep them.
//!
//! An order that waits for its payment is cancelled. If a payment is being processed, the queue delivers the message
//! again until it has ended. Idempotent: a second run changes only what is left.
//!
//! Carts and orders do not read the session, so the last access token of the account works for 16 minutes. The erasure is
//! repeated when it has ended. If the account exists, its deletion failed, and nothing is erased.

use std::sync::Arc;
use std::time::Duration;

use souk_domain::effects::Clock;
use souk_domain::erasure::ErasureQueueMessage;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{Event, Order, OrderStatus, TransitionError};
use souk_runtime::Dependencies;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_runtime::config::ConfigError;
use souk_runtime::queues::ErasureQueue;
use souk_store::{Accounts, Carts, OrderSteps, StepError};
use tokio::time::Instant;

/// Orders read at once.
const PAGE_SIZE: i32 = 100;
/// No page is read after this time. The function itself has a time-out of a minute.
const MAX_TIME: Duration = Duration::from_secs(40);

/// Erases carts, and personal data in orders.
pub struct EraseOrders {
    /// The accounts table.
    pub accounts: Accounts,
    /// The carts table.
    pub carts: Carts,
    /// Applies events to orders.
    pub steps: OrderSteps,
    /// The erasure queue, for the repetition.
    pub queue: ErasureQueue,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl EraseOrders {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            accounts: deps.accounts()?,
            carts: deps.carts()?,
            steps: deps.order_steps()?,
            queue: deps.erasure_queue()?,
            clock: deps.clock(),
        })
    }
}

impl Consumer for EraseOrders {
    type Message = ErasureQueueMessage;

    async fn consume(&self, message: &ErasureQueueMessage) -> Result<&'static str, ConsumeError> {
        let ErasureQueueMessage::EraseOrders { user_id, guest_ids, .. } = message;
        // The function that deletes the account has ended: a later attempt to delete it sends a message of its own.
        if self.accounts.get(user_id).await?.is_some() {
            return Ok("the account exists");
        }
        let stop_at = Instant::now() + MAX_TIME;
        let mut is_complete = true;
        for owner in guest_ids.iter().chain([user_id]) {
            self.carts.delete(owner).await?;
            is_complete &= self.erase_all(owner, stop_at).await?;
        }
        if !is_complete {
            // The next delivery, 12 hours later, also erases what the last token has ordered.
            return Err(ConsumeError::new("a payment is being processed"));
        }
        if let Some(delay_seconds) = message.repeat_after_seconds(self.clock.now()) {
            self.queue.send(message, delay_seconds).await.map_err(ConsumeError::new)?;
        }
        Ok("erased")
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
            for order in page.orders.iter().filter(|order| !order.erased && !order.account_deleted) {
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
    use serde_json::json;
    use souk_domain::address::ShippingAddress;
    use souk_domain::erasure::{ERASURE_DELAY_SECONDS, TOKENS_END_SECONDS};
    use souk_domain::order::{ProviderMethod, ProviderOutcome};
    use souk_testkit::{FakeAws, user};

    use super::*;
    use crate::fixture::Fixture;

    fn consumer(shop: &Fixture) -> EraseOrders {
        with_queue(shop, &sqs())
    }

    fn with_queue(shop: &Fixture, aws: &FakeAws) -> EraseOrders {
        EraseOrders {
            accounts: shop.accounts(),
            carts: shop.carts.clone(),
            steps: shop.steps(),
            queue: ErasureQueue::new(&aws.sdk_config(), "https://queues/erasure"),
            clock: shop.clock.clone(),
        }
    }

    fn sqs() -> FakeAws {
        FakeAws::start(|_, _| (200, json!({"MessageId": "1", "MD5OfMessageBody": ""})))
    }

    /// The repetitions that were asked for: the message and its delay.
    fn repetitions(aws: &FakeAws) -> Vec<(ErasureQueueMessage, i64)> {
        let sent = aws.calls().into_iter().map(|(_, request)| {
            let message = serde_json::from_str(request["MessageBody"].as_str().expect("a body")).expect("a message");
            (message, request["DelaySeconds"].as_i64().expect("a delay"))
        });
        sent.collect()
    }

    fn message() -> ErasureQueueMessage {
        ErasureQueueMessage::EraseOrders { user_id: user(1), guest_ids: vec![user(2)], requested_at: None }
    }

    fn requested_now(shop: &Fixture) -> ErasureQueueMessage {
        let requested_at = Some(shop.clock.now());
        ErasureQueueMessage::EraseOrders { user_id: user(1), guest_ids: vec![user(2)], requested_at }
    }

    fn start() -> Event {
        Event::PaymentStarted {
            method: ProviderMethod::Paypal,
            token: "t".to_owned(),
            request: None,
            general_decline: false,
        }
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
                let kept = shop.order(&user(*shopper), paid).await;
                assert_eq!((is_erased(&kept), kept.account_deleted), (false, belongs), "links hide its address");
                assert_eq!(shop.carts.get(&user(*shopper)).await.expect("a cart").lines.is_empty(), belongs);
            }
            // Two orders of each of the two users were waiting for their payment.
            assert_eq!(shop.available("a").await, stock + 4);
        }
        shop.assert_reconciled().await;
    }

    /// The deletion failed after its message was sent: the owner still has the cart and the orders.
    #[tokio::test]
    async fn nothing_of_an_account_that_exists_is_erased() {
        let (shop, aws) = (Fixture::start().await, sqs());
        shop.product("a", 100, &[50]).await;
        shop.account(&user(1), "ann@example.com", &[user(2)]).await;
        let orders = [(1, order_of(&shop, 1).await), (2, order_of(&shop, 2).await)];
        shop.put_in_cart(&user(1), "a", 2).await;
        let message = requested_now(&shop);
        for seconds in [ERASURE_DELAY_SECONDS, TOKENS_END_SECONDS] {
            shop.clock.advance_seconds(seconds);
            let outcome = with_queue(&shop, &aws).consume(&message).await;
            assert_eq!(outcome.expect("dropped"), "the account exists");
        }
        for (shopper, order_id) in orders {
            let order = shop.order(&user(shopper), &order_id).await;
            assert_eq!((is_erased(&order), order.status), (false, OrderStatus::PendingPayment));
        }
        assert!(!shop.carts.get(&user(1)).await.expect("a cart").lines.is_empty());
        assert!(repetitions(&aws).is_empty());
    }

    #[test]
    fn the_times_of_an_erasure_are_those_of_the_template() {
        let template = include_str!("../../../template.yaml");
        let has = |line: &str| template.lines().any(|other| other.trim() == line);
        assert!(has("Timeout: 10") && ERASURE_DELAY_SECONDS > 10, "the function that deletes has ended");
        assert!(has("ReauthorizeEvery: 60") && TOKENS_END_SECONDS > 900 + 60, "no token works");
    }

    /// Also one that is placed in the last second in which the API may accept the last token: 900 seconds of the token and
    /// 60 of the authorizer's cache.
    #[tokio::test]
    async fn what_the_last_token_orders_is_erased_by_the_repetition() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let (first, mut message) = (order_of(&shop, 1).await, requested_now(&shop));
        let (mut delay, mut late, mut passed) = (ERASURE_DELAY_SECONDS, Vec::new(), 0);
        loop {
            // An order right before each delivery, as long as the token works.
            for at in [passed + delay - 1, 959] {
                if (passed..passed + delay).contains(&at) && at < 960 {
                    late.push(order_of(&shop, 1).await);
                }
            }
            shop.clock.advance_seconds(delay);
            passed += delay;
            let aws = sqs();
            assert_eq!(with_queue(&shop, &aws).consume(&message).await.expect("consumed"), "erased");
            match repetitions(&aws).pop() {
                Some((again, after)) => (message, delay) = (again, after),
                None => break,
            }
        }
        assert!(passed >= 960 && late.len() == 3, "{passed} {late:?}");
        for order_id in late.iter().chain([&first]) {
            assert!(is_erased(&shop.order(&user(1), order_id).await));
        }
        assert!(shop.carts.get(&user(1)).await.expect("a cart").lines.is_empty());
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
