//! `POST /orders/{order_id}/cancel`: cancels an order that is not shipped. Units of an unpaid order are released at
//! once. For a paid order a refund becomes due, and its units are restocked with the refund. Idempotent.

use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_domain::order::{Event, Order, OrderStatus, PaymentMethod};
use souk_identity::{CountedCancellation, PaymentLimits};
use souk_runtime::contract::{Caller, Operation, OrderConflict, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request, own_order};
use souk_runtime::{Dependencies, Error};
use souk_store::{OrderSteps, ShopperOrders};

use crate::view::{self, OrderResponse, Viewer};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let operation = Operation::new("cancel-order", "POST /orders/{order_id}/cancel", Caller::Guest, Tag::Orders)
        .summary("Cancels an order that is not shipped yet");
    cancellation(operation).problem(
        409,
        "cancellation_limited",
        "The caller cancelled several paid orders within a day. Staff can cancel this one.",
    )
}

/// What a shopper's and staff's cancellations have in common.
pub(crate) fn cancellation(operation: Operation) -> Operation {
    operation
        .description(
            "The units of an unpaid order are back in stock at once. For a paid order a refund of all that was paid \
             becomes due, and its units are restocked when the refund completes.",
        )
        .repeated("The order stays unchanged.")
        .answers::<OrderResponse<'_>>(200, "The cancelled order.")
        .problem(
            409,
            "payment_in_progress",
            "A payment of the order is being processed; try again after `Retry-After` seconds.",
        )
        .problem_with::<OrderConflict>(
            409,
            "not_cancellable",
            "The order is shipped, delivered, partially refunded or expired.",
        )
}

/// Cancels an order for its shopper.
pub struct CancelOrder {
    /// The orders of callers.
    pub orders: ShopperOrders,
    /// Applies events to orders.
    pub steps: OrderSteps,
    /// Bounds cancellations of paid orders.
    pub limits: PaymentLimits,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl CancelOrder {
    /// Reads its configuration from the environment, and the key of the pseudonyms.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            orders: deps.shopper_orders()?,
            steps: deps.order_steps()?,
            limits: PaymentLimits::from_dependencies(deps).await?,
            clock: deps.clock(),
        })
    }

    /// Counts the cancellation if it costs the shop the provider's fee.
    async fn count(&self, request: &Request, order: &Order) -> Result<CountedCancellation, Problem> {
        if costs_a_fee(order) {
            self.limits.count_cancellation(request).await
        } else {
            Ok(CountedCancellation::default())
        }
    }
}

impl Endpoint for CancelOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let order = own_order(request, &self.orders).await?;
        let counted = self.count(request, &order).await?;
        let now = self.clock.now();
        match self.steps.apply(&order.user_id, &order.order_id, &Event::Cancelled, now).await {
            Ok(order) => Ok(Reply::ok(&view::detail(&order, Viewer::Shopper)?)),
            Err(error) => {
                self.limits.release(counted).await;
                Err(error.into())
            }
        }
    }
}

/// Whether the order is paid, and not with store credit only: a provider keeps its fee when the payment is refunded.
fn costs_a_fee(order: &Order) -> bool {
    let by_provider = order.attempts.iter().filter(|attempt| attempt.method != PaymentMethod::StoreCredit);
    order.status == OrderStatus::Paid && by_provider.map(|attempt| attempt.captured_minor).sum::<i64>() > 0
}

#[cfg(test)]
mod tests {
    use souk_domain::ids::{OrderId, UserId};
    use souk_domain::order::{ProviderMethod, ProviderOutcome};
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn cancel(user_id: &UserId, order_id: &OrderId) -> Request {
        let request = Request::new("POST", &format!("/orders/{order_id}/cancel"));
        request.with_path("order_id", order_id.as_str()).from_user(user_id.clone())
    }

    fn endpoint(shop: &Fixture) -> CancelOrder {
        CancelOrder {
            orders: shop.shopper_orders(),
            steps: shop.steps(),
            limits: shop.payment_limits(),
            clock: shop.clock.clone(),
        }
    }

    async fn shop_with_an_order() -> (Fixture, CancelOrder, OrderId) {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[5]).await;
        shop.put_in_cart(&user(1), "a", 2).await;
        let order_id = shop.place(&user(1)).await;
        let endpoint = endpoint(&shop);
        (shop, endpoint, order_id)
    }

    fn start() -> Event {
        Event::PaymentStarted {
            method: ProviderMethod::Paypal,
            token: "t".to_owned(),
            request: None,
            general_decline: false,
        }
    }

    #[tokio::test]
    async fn an_unpaid_order_gives_its_stock_back_once() {
        let (shop, endpoint, order_id) = shop_with_an_order().await;
        for _ in 0..2 {
            let reply = endpoint.handle(&cancel(&user(1), &order_id)).await.expect("cancelled");
            assert_eq!(reply.body_json()["status"].as_str(), Some("cancelled"));
            assert_eq!(shop.available("a").await, 5);
        }
        shop.assert_reconciled().await;
    }

    #[tokio::test]
    async fn for_a_paid_order_a_refund_is_due() {
        let (shop, endpoint, order_id) = shop_with_an_order().await;
        shop.apply(&user(1), &order_id, start()).await;
        assert_eq!(outcome(&endpoint.handle(&cancel(&user(1), &order_id)).await), (409, "payment_in_progress"));

        let captured = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 200 };
        shop.apply(&user(1), &order_id, Event::PaymentSettled { attempt: 0, outcome: captured }).await;
        let reply = endpoint.handle(&cancel(&user(1), &order_id)).await.expect("cancelled");
        assert!(
            reply
                .body()
                .contains(r#""refunds":[{"refund_id":"1","amount":2.00,"status":"pending","refund_to":"original"}]"#),
            "{}",
            reply.body()
        );
        assert_eq!(shop.available("a").await, 3);
        shop.assert_reconciled().await;
    }

    #[tokio::test]
    async fn paying_and_cancelling_again_and_again_is_bounded() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let endpoint = endpoint(&shop);
        let max = shop.payment_limits().cancellations_per_shopper.max_attempts;
        for _ in 0..max {
            let order_id = shop.paid_order(&user(1), "a", 1).await;
            for _ in 0..2 {
                let repeated = endpoint.handle(&cancel(&user(1), &order_id)).await;
                assert_eq!(repeated.expect("cancelled").status(), 200);
            }
        }
        let order_id = shop.paid_order(&user(1), "a", 1).await;
        let refused = endpoint.handle(&cancel(&user(1), &order_id)).await;
        assert_eq!(outcome(&refused), (409, "cancellation_limited"));
        assert_eq!(shop.order(&user(1), &order_id).await.status, OrderStatus::Paid);
        shop.put_in_cart(&user(1), "a", 1).await;
        let unpaid = shop.place(&user(1)).await;
        assert!(endpoint.handle(&cancel(&user(1), &unpaid)).await.is_ok(), "an unpaid order costs no fee");
        let other = shop.paid_order(&user(2), "a", 1).await;
        assert!(endpoint.handle(&cancel(&user(2), &other)).await.is_ok(), "another shopper");
        shop.clock.advance_seconds(24 * 3600);
        assert!(endpoint.handle(&cancel(&user(1), &order_id)).await.is_ok(), "on the next day");
    }

    #[tokio::test]
    async fn an_account_cancels_an_order_of_its_guest() {
        let (shop, endpoint, order_id) = shop_with_an_order().await;
        shop.account(&user(2), "ann@example.com", &[user(1)]).await;
        let reply = endpoint.handle(&cancel(&user(2), &order_id)).await.expect("cancelled");
        assert_eq!(reply.body_json()["status"].as_str(), Some("cancelled"));
        assert_eq!(
            (shop.order(&user(1), &order_id).await.status.as_str(), shop.available("a").await),
            ("cancelled", 5)
        );
        shop.assert_reconciled().await;
    }

    #[tokio::test]
    async fn orders_of_others_do_not_exist() {
        let (_shop, endpoint, order_id) = shop_with_an_order().await;
        assert_eq!(outcome(&endpoint.handle(&cancel(&user(2), &order_id)).await), (404, "not_found"));
        let nonsense = Request::new("POST", "/").with_path("order_id", "x").from_user(user(1));
        assert_eq!(outcome(&endpoint.handle(&nonsense).await), (404, "not_found"));
    }
}
