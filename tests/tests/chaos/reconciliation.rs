//! Reconciliation after the load: orders as their shoppers see them, the provider's payments, units of stock.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use souk_e2e::{Caller, Json, Product, Shop, map_concurrently};

use crate::load::Checkout;

/// Concurrent readers.
const AT_ONCE: usize = 8;

/// Every order.
pub(crate) struct Orders<'a> {
    orders: Vec<Order<'a>>,
}

/// One order, as its shopper sees it.
#[derive(Clone)]
pub(crate) struct Order<'a> {
    shopper: &'a Caller,
    id: String,
    detail: Json,
}

/// Captured and refunded amounts of the provider, in minor units.
pub(crate) struct Money {
    captured: i64,
    refunded: i64,
}

impl<'a> Orders<'a> {
    /// Reads every order of every shopper.
    pub(crate) fn collect(shoppers: &'a [Caller]) -> Self {
        let orders = map_concurrently(AT_ONCE, shoppers, |shopper| {
            let list = shopper.call("GET", "/orders?limit=100").send_until_answered().is(200);
            assert_eq!(list.text("next_cursor"), "null", "a shopper has few orders");
            let ids = list.texts("orders", "order_id").into_iter();
            ids.map(|id| Order { shopper, detail: detail(shopper, &id), id }).collect::<Vec<_>>()
        });
        Self { orders: orders.into_iter().flatten().collect() }
    }

    /// Orders that are not final.
    pub(crate) fn open(&self) -> Vec<Order<'a>> {
        self.orders.iter().filter(|order| order.is_open()).cloned().collect()
    }

    /// Fails if an order is lost, cancelled or paid contrary to the shop's response.
    pub(crate) fn assert_as_shoppers_were_told(&self, checkouts: &[Vec<Checkout>]) {
        let known: HashMap<&str, &Order<'_>> = self.orders.iter().map(|order| (order.id.as_str(), order)).collect();
        for checkout in checkouts.iter().flatten() {
            let Checkout::Placed { order_id, paid, cancelled } = checkout else { continue };
            let order = known.get(order_id.as_str()).unwrap_or_else(|| panic!("order {order_id} is lost"));
            let right = match (paid, cancelled) {
                (true, false) => order.status() == "paid" || order.was_cancelled(),
                (true, true) => order.status() == "refunded",
                (false, true) => ["cancelled", "refunded"].contains(&order.status().as_str()),
                (false, false) => true,
            };
            assert!(right, "the shopper was told: paid {paid}, cancelled {cancelled}; but {}", order.detail);
        }
    }

    /// Fails unless the provider captured the total of each paid order once, captured and refunded that of each
    /// refunded order, and kept nothing of the others.
    pub(crate) fn assert_as_provider(&self, provider: &Json) -> Money {
        let refunds = provider.list("refunds");
        let mut of_orders: HashMap<String, Vec<(i64, i64)>> = HashMap::new();
        for payment in provider.list("payment_intents") {
            let of_it = refunds.iter().filter(|refund| refund.text("payment_intent") == payment.text("id"));
            let given_back =
                of_it.filter(|refund| refund.text("status") == "succeeded").map(|refund| refund.whole("amount"));
            let (taken, given_back) = (payment.whole("amount_received"), given_back.sum());
            if taken > 0 {
                of_orders.entry(payment.text("metadata.order_id")).or_default().push((taken, given_back));
            }
        }
        let mut money = Money { captured: 0, refunded: 0 };
        for order in &self.orders {
            let payments = of_orders.remove(&order.id).unwrap_or_default();
            assert!(payments.len() <= 1, "charged twice, {payments:?}: {}", order.detail);
            let (captured, refunded) = payments.first().copied().unwrap_or_default();
            let total = order.detail.minor("total_amount");
            let right = match order.status().as_str() {
                "paid" => (captured, refunded) == (total, 0),
                "refunded" => (captured, refunded) == (total, total),
                _ => captured == refunded,
            };
            assert!(right, "the provider captured {captured} and refunded {refunded}: {}", order.detail);
            assert_eq!(order.detail.minor("refunded_amount"), refunded, "{}", order.detail);
            (money.captured, money.refunded) = (money.captured + captured, money.refunded + refunded);
        }
        assert!(of_orders.is_empty(), "payments without an order: {of_orders:?}");
        money
    }

    /// Fails unless every unit is in stock or in a paid order.
    pub(crate) fn assert_every_unit(&self, shop: &'static Shop, products: &[Product], units: u32) {
        for product in products {
            let kept: i64 = self.orders.iter().map(|order| order.kept_units(product)).sum();
            assert_eq!(shop.available(product) + kept, i64::from(units), "of {} {kept} are in orders", product.id);
        }
    }
}

impl Order<'_> {
    fn status(&self) -> String {
        self.detail.text("status")
    }

    fn was_cancelled(&self) -> bool {
        self.detail.texts("timeline", "event").iter().any(|event| event == "cancelled")
    }

    /// Whether its status can still change without a request.
    fn is_open(&self) -> bool {
        let payment = self.detail.text("payment.status");
        self.status() == "pending_payment"
            || ["processing", "requires_action"].contains(&payment.as_str())
            || self.detail.texts("refunds", "status").iter().any(|status| status == "pending")
    }

    fn kept_units(&self, product: &Product) -> i64 {
        if self.status() != "paid" {
            return 0;
        }
        let lines = self.detail.list("lines").into_iter();
        lines.filter(|line| line.text("product_id") == product.id).map(|line| line.whole("quantity")).sum()
    }
}

impl<'a> Order<'a> {
    /// The current state of the order, if it is still open.
    pub(crate) fn reload_if_open(&self) -> Option<Order<'a>> {
        let order = Self { detail: detail(self.shopper, &self.id), ..self.clone() };
        order.is_open().then_some(order)
    }
}

fn detail(shopper: &Caller, order_id: &str) -> Json {
    shopper.call("GET", &format!("/orders/{order_id}")).send_until_answered().is(200)
}

impl fmt::Display for Orders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut by_status: BTreeMap<String, usize> = BTreeMap::new();
        for order in &self.orders {
            *by_status.entry(order.status()).or_default() += 1;
        }
        let counts: Vec<_> = by_status.iter().map(|(status, count)| format!("{count} {status}")).collect();
        write!(f, "{} orders: {}", self.orders.len(), counts.join(", "))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
        write!(f, "{} captured, {} refunded", amount(self.captured), amount(self.refunded))
    }
}
