//! The scenario of a row: one shopper, one product, one order, and the assertions at the end.

use std::panic::Location;

use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::order::{AttemptStatus, Order, OrderStatus, RefundStatus};
use souk_faults::conflicts::Conflicts;
use souk_faults::platform::Platform;
use souk_faults::shop::Shop;
use souk_runtime::http::{Endpoint, Request};

/// Initial units of the product.
pub(crate) const UNITS: u32 = 10;
/// Price of the product.
pub(crate) const PRICE_MINOR: i64 = 1_250;

pub(crate) struct Scenario {
    pub(crate) shop: Shop,
    pub(crate) platform: Platform,
    pub(crate) user_id: UserId,
    pub(crate) product_id: ProductId,
    /// The refund that waits for a second person.
    pub(crate) refund_request_id: Option<String>,
    /// Whether the account was deleted.
    pub(crate) erased: bool,
    /// Description of the case, for messages.
    case: String,
}

impl Scenario {
    pub(crate) async fn open(case: &str) -> Self {
        let shop = Shop::open(Conflicts::none(), 7).await;
        let platform = Platform::of(&shop);
        let (user_id, product_id) = (shop.shopper(1).await, shop.product("a", PRICE_MINOR, UNITS, 2).await);
        Self { shop, platform, user_id, product_id, refund_request_id: None, erased: false, case: case.to_owned() }
    }

    /// Calls an endpoint, which may fail or crash.
    pub(crate) async fn call(&self, endpoint: impl Endpoint, request: Request) {
        let _ = self.shop.injector.run(Box::pin(endpoint.handle(&request))).await; // boxed: such futures have 18 KB
    }

    /// Calls an endpoint, which must succeed.
    #[track_caller]
    pub(crate) fn call_ok<'a>(
        &'a self,
        endpoint: impl Endpoint + 'a,
        request: Request,
    ) -> impl Future<Output = ()> + 'a {
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

    /// Runs until nothing is left to do, with a redrive of dead letters.
    pub(crate) async fn run_until_idle(&mut self) {
        self.platform.run_until_idle(&self.shop).await;
        if self.platform.dead_letters() > 0 {
            self.platform.redrive();
            self.platform.run_until_idle(&self.shop).await;
        }
        assert_eq!(self.platform.dead_letters(), 0, "{}: dead letters after a redrive", self.case);
    }

    /// Asserts the invariants, and the final status of the order.
    pub(crate) async fn check(&self, retried: bool, allowed: &[OrderStatus]) {
        let case = &self.case;
        let mut orders = self.shop.orders(&self.user_id).await;
        let status = orders.first().map(|order| order.status);
        orders.extend(self.shop.orders(&souk_testkit::user(2)).await);
        for order in &orders {
            assert_ne!(order.status, OrderStatus::PendingPayment, "{case}: never final");
            assert!(order.attempts.iter().all(|a| a.status != AttemptStatus::Processing), "{case}: {order:?}");
            assert!(order.refunds.iter().all(|r| r.status != RefundStatus::Pending), "{case}: {order:?}");
            let mut keys: Vec<_> =
                order.refunds.iter().filter_map(|r| r.request.as_ref().map(|key| &key.key)).collect();
            let granted = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), granted, "{case}: a request was granted twice");
        }
        if self.erased {
            for order in &orders {
                let was_paid = order.attempts.iter().any(|attempt| attempt.captured_minor > 0);
                let erased = [order.erased, order.contact.is_none(), !order.account_deleted];
                assert_eq!(erased, [!was_paid; 3], "{case}: {order:?}");
            }
            let cart = self.shop.stores.carts.get(&self.user_id).await.expect("read");
            assert_eq!(cart.version, 0, "{case}: the cart was not deleted");
        }
        let report = self.shop.reconcile().await;
        assert!(report.is_clean(), "{case}: {report:?}");
        let (published, expected) = (self.shop.aws.event_ids(), self.platform.expected_events());
        let missing: Vec<_> = expected.difference(&published).collect();
        assert!(missing.is_empty(), "{case}: not published: {missing:?}");
        let available = i64::from(self.shop.available(&self.product_id).await);
        assert_eq!(self.shop.history_total(&self.product_id).await, available, "{case}: the history");
        assert!(status.map_or(!retried, |status| allowed.contains(&status)), "{case}: it ended as {status:?}");
    }
}
