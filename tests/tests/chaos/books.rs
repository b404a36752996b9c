//! What is counted afterwards: orders as their shoppers see them, the provider's payments, units of stock.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use souk_e2e::{Caller, Json, Product, Shop, for_each};

use crate::load::Checkout;

/// How many read at the same time.
const AT_ONCE: usize = 8;

/// Every order.
pub(crate) struct Books<'a> {
    orders: Vec<Order<'a>>,
}

/// One order, as its shopper sees it.
#[derive(Clone)]
pub(crate) struct Order<'a> {
    shopper: &'a Caller,
    id: String,
    detail: Json,
}

/// What the provider took and gave back, in minor units.
pub(crate) struct Money {
    captured: i64,
    refunded: i64,
}

impl<'a> Books<'a> {
    /// Asks for every order of every shopper.
    pub(crate) fn collect(shoppers: &'a [Caller]) -> Self {
        let orders = for_each(AT_ONCE, shoppers, |shopper| {
            let list = shopper.get("/orders?limit=100").is(200);
            assert_eq!(list.text("next_cursor"), "null", "a shopper has few orders");
            let ids = list.texts("orders", "order_id").into_iter();
            ids.map(|id| Order { shopper, detail: shopper.order_detail(&id), id }).collect::<Vec<_>>()
        });
        Self { orders: orders.into_iter().flatten().collect() }
    }

    /// Those that have not come to their end.
    pub(crate) fn open(&self) -> Vec<Order<'a>> {
        self.orders.iter().filter(|order| order.is_open()).cloned().collect()
    }

    /// No order is lost that a shopper was told of; none is paid that was called off, and none unpaid that was paid.
    pub(crate) fn hold_what_shoppers_were_told(&self, checkouts: &[Vec<Checkout>]) {
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

    /// For every order the provider took the total once if it is paid, took it and gave it back if it is refunded, and took
    /// nothing, or nothing that it keeps, otherwise.
    pub(crate) fn agree_with_the_provider(&self, provider: &Json) -> Money {
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
            let taken = of_orders.remove(&order.id).unwrap_or_default();
            assert!(taken.len() <= 1, "charged twice, {taken:?}: {}", order.detail);
            let (captured, refunded) = taken.first().copied().unwrap_or_default();
            let total = order.detail.minor("total_amount");
            let right = match order.status().as_str() {
                "paid" => (captured, refunded) == (total, 0),
                "refunded" => (captured, refunded) == (total, total),
                _ => captured == refunded,
            };
            assert!(right, "the provider took {captured} and gave back {refunded}: {}", order.detail);
            assert_eq!(order.detail.minor("refunded_amount"), refunded, "{}", order.detail);
            (money.captured, money.refunded) = (money.captured + captured, money.refunded + refunded);
        }
        assert!(of_orders.is_empty(), "payments of orders that nobody has: {of_orders:?}");
        money
    }

    /// Of each product, what there was is there still or in orders that keep it.
    pub(crate) fn account_for_every_unit(&self, shop: &'static Shop, products: &[Product], units: u32) {
        for product in products {
            let kept: i64 = self.orders.iter().map(|order| order.keeps(product)).sum();
            assert_eq!(shop.available(product) + kept, i64::from(units), "of {} {kept} are kept", product.id);
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

    /// Whether anything is still to happen to it by itself.
    fn is_open(&self) -> bool {
        let payment = self.detail.text("payment.status");
        self.status() == "pending_payment"
            || ["processing", "requires_action"].contains(&payment.as_str())
            || self.detail.texts("refunds", "status").iter().any(|status| status == "pending")
    }

    fn keeps(&self, product: &Product) -> i64 {
        if self.status() != "paid" {
            return 0;
        }
        let lines = self.detail.list("lines").into_iter();
        lines.filter(|line| line.text("product_id") == product.id).map(|line| line.whole("quantity")).sum()
    }
}

impl<'a> Order<'a> {
    /// The order as it stands now, if it is still open.
    pub(crate) fn look_again(&self) -> Option<Order<'a>> {
        let order = Self { detail: self.shopper.order_detail(&self.id), ..self.clone() };
        order.is_open().then_some(order)
    }
}

impl fmt::Display for Books<'_> {
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
