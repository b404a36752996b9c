//! One shopper, one product, one order: where a row of the matrix happens, and what must hold at its end.

use std::panic::Location;

use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::order::{AttemptStatus, Order, OrderStatus, RefundStatus};
use souk_faults::conflicts::Conflicts;
use souk_faults::platform::Platform;
use souk_faults::shop::Shop;
use souk_runtime::http::{Endpoint, Request};

use crate::rows::Row;

/// Units of the product when the scene opens.
pub(crate) const UNITS: u32 = 10;
/// What one of them costs.
pub(crate) const PRICE_MINOR: i64 = 1_250;

pub(crate) struct Scene {
    pub(crate) shop: Shop,
    pub(crate) platform: Platform,
    pub(crate) user_id: UserId,
    pub(crate) product_id: ProductId,
    /// What is being tried, for messages.
    case: String,
}

impl Scene {
    pub(crate) async fn open(case: &str) -> Self {
        let shop = Shop::open(Conflicts::never(), 7).await;
        let platform = Platform::around(&shop);
        let (user_id, product_id) = (shop.shopper(1).await, shop.product("a", PRICE_MINOR, UNITS, 2).await);
        Self { shop, platform, user_id, product_id, case: case.to_owned() }
    }

    /// Asks an endpoint; what it answers, or whether it crashes, is not looked at.
    pub(crate) async fn ask(&self, endpoint: impl Endpoint, request: Request) {
        let _ = self.shop.gate.run(Box::pin(endpoint.handle(&request))).await; // boxed: such futures have 18 KB
    }

    /// Asks an endpoint for something that must work.
    #[track_caller]
    pub(crate) fn must<'a>(&'a self, endpoint: impl Endpoint + 'a, request: Request) -> impl Future<Output = ()> + 'a {
        let from = Location::caller();
        async move {
            if let Err(problem) = Box::pin(endpoint.handle(&request)).await {
                panic!("{}: {from}: {problem:?}", self.case);
            }
        }
    }

    /// The newest order, if there is any.
    pub(crate) async fn newest(&self) -> Option<Order> {
        self.shop.orders(&self.user_id).await.into_iter().next()
    }

    /// The newest order's id.
    pub(crate) async fn order_id(&self) -> OrderId {
        self.newest().await.expect("an order").order_id
    }

    /// Lets everything happen that is left to happen, with a redrive of what was given up on.
    pub(crate) async fn settle_down(&mut self) {
        self.platform.settle_down(&self.shop).await;
        if self.platform.dead_letters() > 0 {
            self.platform.redrive();
            self.platform.settle_down(&self.shop).await;
        }
        assert_eq!(self.platform.dead_letters(), 0, "{}: a redrive did not help", self.case);
    }

    /// What must hold whatever broke, and how the order must stand if it was asked for once more.
    pub(crate) async fn check(&self, row: &Row, asked_again: bool) {
        let case = &self.case;
        let mut orders = self.shop.orders(&self.user_id).await;
        let status = orders.first().map(|order| order.status);
        orders.extend(self.shop.orders(&souk_testkit::user(2)).await);
        for order in &orders {
            assert_ne!(order.status, OrderStatus::PendingPayment, "{case}: it waits for ever");
            assert!(order.attempts.iter().all(|a| a.status != AttemptStatus::Processing), "{case}: {order:?}");
            assert!(order.refunds.iter().all(|r| r.status != RefundStatus::Pending), "{case}: {order:?}");
        }
        let report = self.shop.reconcile().await;
        assert!(report.is_clean(), "{case}: {report:?}");
        let (told, expected) = (self.shop.wire.event_ids(), self.platform.expected_events());
        let missing: Vec<_> = expected.difference(&told).collect();
        assert!(missing.is_empty(), "{case}: nobody was told of {missing:?}");
        let available = i64::from(self.shop.available(&self.product_id).await);
        assert_eq!(self.shop.history_total(&self.product_id).await, available, "{case}: the history");
        let expected = if asked_again { row.ends } else { row.may_end };
        assert!(status.map_or(!asked_again, |status| expected.contains(&status)), "{case}: it ended as {status:?}");
    }
}
