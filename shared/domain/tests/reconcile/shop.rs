//! A shop in memory that applies steps as the store does.

use std::collections::BTreeMap;

use souk_domain::address::ShippingAddress;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::money::{Currency, Money};
use souk_domain::order::{
    Event, NewOrder, Order, OrderLine, PaymentMethod, ProviderMethod, ProviderOutcome, RefundApproval, RefundGrant,
    RefundStatus, RefundTarget, StoreCreditEvent, TransitionError,
};
use souk_domain::quantity::Quantity;
use souk_domain::reconcile::{
    Discrepancy, GracePeriods, ProviderPayment, ProviderRecords, ProviderRefund, StockRecords, Sums, check_order,
};
use souk_domain::stock::{Allocation, ShardId};
use souk_domain::time::Timestamp;

pub(crate) const OPENED: Timestamp = Timestamp::from_millis(1_795_503_420_000);
pub(crate) const PRICE: i64 = 12_595;
/// An account to which the orders of all others belong: they were its guests.
pub(crate) const ACCOUNT: usize = 0;
/// A free product.
pub(crate) const FREE: usize = 2;

#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) now: Timestamp,
    pub(crate) orders: Vec<Order>,
    pub(crate) stock: BTreeMap<ProductId, StockRecords>,
    pub(crate) credit: BTreeMap<UserId, i64>,
    pub(crate) payments: Vec<ProviderPayment>,
    pub(crate) refunds: Vec<ProviderRefund>,
    pub(crate) unreadable: Vec<(String, String)>,
}

pub(crate) fn product(n: usize) -> ProductId {
    format!("sku-{n}").parse().expect("a product id")
}

pub(crate) fn user(n: usize) -> UserId {
    format!("0190a5a0-0000-7000-8000-{n:012}").parse().expect("a user id")
}

pub(crate) fn shard(n: usize) -> ShardId {
    ShardId::new("local", u32::try_from(n).expect("small"))
}

pub(crate) fn idempotency_key(key: u8) -> IdempotencyKey {
    IdempotencyKey { key: format!("key {key}"), fingerprint: "f".to_owned() }
}

pub(crate) fn granted(amount_minor: i64, target: RefundTarget, request: IdempotencyKey) -> Event {
    let (amount, reason, granted_by) = (Money::from_minor(amount_minor, Currency::USD), "late".to_owned(), user(9));
    let approval = RefundApproval::NotRequired;
    let account = Some(user(ACCOUNT));
    Event::RefundGranted(RefundGrant { amount, target, account, reason, granted_by, request, approval })
}

impl Shop {
    /// Three products, each with 10 units in each of two shards.
    pub(crate) fn open() -> Self {
        let facts = StockRecords {
            shards: [(shard(0), 10), (shard(1), 10)].into(),
            numbers: [(shard(0), 2)].into(),
            ledger: 20,
            ledger_entries: 1,
        };
        Self {
            now: OPENED,
            orders: vec![],
            stock: [(product(0), facts.clone()), (product(1), facts.clone()), (product(FREE), facts)].into(),
            credit: BTreeMap::new(),
            payments: vec![],
            refunds: vec![],
            unreadable: vec![],
        }
    }

    /// Places an order of units from shards, if available. Each part is product, shard, units.
    pub(crate) fn place(&mut self, shopper: usize, parts: &[(usize, usize, u32)]) -> Option<usize> {
        let number = self.orders.len();
        let mut lines: BTreeMap<usize, Vec<Allocation>> = BTreeMap::new();
        for &(product, from, quantity) in parts {
            lines.entry(product).or_default().push(Allocation { shard: shard(from), quantity });
        }
        let line = |(n, allocation): (usize, Vec<Allocation>)| OrderLine {
            product_id: product(n),
            name: "HP 80".to_owned(),
            unit_price_minor: if n == FREE { 0 } else { PRICE },
            quantity: Quantity::new(allocation.iter().map(|part| u64::from(part.quantity)).sum()).expect("a quantity"),
            allocation,
        };
        let new = NewOrder {
            user_id: user(shopper),
            order_id: format!("0190a5a1-0000-7000-8000-{number:012}").parse::<OrderId>().expect("an id"),
            payment_method: PaymentMethod::CreditCard,
            currency: Currency::USD,
            lines: lines.into_iter().map(line).collect(),
            shipping_address: ShippingAddress::Text("1 Main St".to_owned()),
            contact: None,
            hold_seconds: 900,
        };
        let order = Order::place(new, self.now).expect("an order");
        let nothing = Order { lines: vec![], ..order.clone() };
        self.move_stock(&nothing, &order).then(|| self.orders.push(order))?;
        Some(number)
    }

    /// Applies an event with the effects of the store; does nothing if the rules or the stock refuse it.
    pub(crate) fn apply(&mut self, number: usize, event: Event) {
        self.step(number, |order, now| order.apply(event, now));
    }

    /// The same for an event that also moves store credit.
    pub(crate) fn apply_store_credit(&mut self, number: usize, event: StoreCreditEvent) {
        self.step(number, |order, now| order.apply_store_credit(event, now));
    }

    fn step(&mut self, number: usize, event: impl FnOnce(&Order, Timestamp) -> Result<Order, TransitionError>) {
        let Some(before) = self.orders.get(number).cloned() else { return };
        let Ok(after) = event(&before, self.now) else { return };
        let balance = |account: &UserId| self.credit.get(account).copied().unwrap_or(0);
        let moves = after.credit_moves_since(&before).into_iter();
        let balances: Vec<_> = moves.map(|(account, minor)| (balance(&account) + minor, account)).collect();
        let is_covered = balances.iter().all(|(balance, _)| *balance >= 0);
        if after == before || !is_covered || !self.move_stock(&before, &after) {
            return;
        }
        for (balance, account) in balances {
            self.credit.insert(account, balance);
        }
        self.orders[number] = Order { version: before.version + 1, ..after };
    }

    fn move_stock(&mut self, before: &Order, after: &Order) -> bool {
        let moves = after.stock_moves_since(before);
        let count = |stock: &BTreeMap<ProductId, StockRecords>, product, shard| stock[product].shards[shard];
        if moves.iter().any(|change| count(&self.stock, &change.product_id, &change.shard) + change.delta < 0) {
            return false;
        }
        for change in moves {
            let facts = self.stock.get_mut(&change.product_id).expect("a product");
            *facts.shards.get_mut(&change.shard).expect("a shard") += change.delta;
        }
        true
    }

    /// Pays with a card; the provider captures.
    pub(crate) fn pay(&mut self, number: usize) {
        let attempt = self.orders[number].attempts.len();
        let start = Event::PaymentStarted {
            method: ProviderMethod::CreditCard,
            token: "t".to_owned(),
            request: None,
            general_decline: false,
        };
        self.apply(number, start);
        self.capture(number, attempt, 0);
    }

    /// The provider captures an attempt once, and the order is updated. `excess_minor` is added to the total.
    pub(crate) fn capture(&mut self, number: usize, attempt: usize, excess_minor: i64) {
        let order = &self.orders[number];
        let (idempotency_key, amount_minor) = (order.payment_key(attempt), order.total_minor + excess_minor);
        let payment_id = format!("pay_{number}_{attempt}");
        if amount_minor < 0 {
            return; // providers capture no negative amount
        }
        self.apply(
            number,
            settled(attempt, ProviderOutcome::Captured { payment_id: payment_id.clone(), amount_minor }),
        );
        self.charged(number, attempt, idempotency_key, payment_id);
    }

    /// Records a capture at the provider that the order has recorded.
    pub(crate) fn charged(&mut self, number: usize, attempt: usize, idempotency_key: String, payment_id: String) {
        // An attempt that store credit paid has an amount too, but no capture at the provider.
        let by_provider =
            self.orders[number].attempts.get(attempt).filter(|state| state.method != PaymentMethod::StoreCredit);
        let captured_minor = by_provider.map_or(0, |state| state.captured_minor);
        if captured_minor > 0 && !self.payments.iter().any(|known| known.payment_id == payment_id) {
            self.payments.push(ProviderPayment { idempotency_key, payment_id, captured_minor });
        }
    }

    /// Pays a refund out to its target.
    pub(crate) fn refund(&mut self, number: usize, refund: usize) {
        let Some(state) = self.orders[number].refunds.get(refund).cloned() else { return };
        let refund_id = format!("re_{number}_{refund}.{}", state.retries);
        let at_provider = state.status == RefundStatus::Pending && state.target == RefundTarget::Provider;
        if at_provider && !self.refunds.iter().any(|known| known.refund_id == refund_id) {
            let idempotency_key = self.orders[number].refund_key(refund);
            let (refund_id, amount_minor) = (refund_id.clone(), state.amount_minor);
            self.refunds.push(ProviderRefund { idempotency_key, refund_id, amount_minor });
        }
        match state.target {
            RefundTarget::Provider => {
                self.apply(number, Event::RefundSettled { refund, retry: state.retries, refund_id });
            }
            RefundTarget::StoreCredit => self.apply_store_credit(number, StoreCreditEvent::Refunded { refund }),
        }
    }

    /// A refund fails, possibly after it completed.
    pub(crate) fn fail_refund(&mut self, number: usize, refund: usize) {
        let Some(state) = self.orders[number].refunds.get(refund).cloned() else { return };
        let refund_id = format!("re_{number}_{refund}.{}", state.retries);
        self.refunds.retain(|known| known.refund_id != refund_id);
        self.apply(number, Event::RefundFailed { refund, retry: state.retries, refund_id });
    }

    /// Reconciles everything, as the store does.
    pub(crate) fn reconcile(&self) -> Vec<Discrepancy> {
        let mut found: Vec<Discrepancy> =
            self.unreadable.iter().map(|(table, key)| Discrepancy::unreadable(table, key)).collect();
        let mut provider = ProviderRecords::new(OPENED, self.payments.clone(), self.refunds.clone());
        let mut sums = Sums::new();
        for order in &self.orders {
            sums.add(order);
            found.extend(check_order(order, &GracePeriods::default(), self.now));
            found.extend(provider.check(order));
        }
        for (product_id, facts) in &self.stock {
            found.extend(sums.check_product(product_id, facts));
        }
        for (user_id, balance) in &self.credit {
            found.extend(sums.check_account(user_id, *balance));
        }
        let uncounted: Vec<_> = sums.unchecked_products().cloned().collect();
        found.extend(uncounted.iter().flat_map(|id| sums.check_product(id, &StockRecords::default())));
        let without: Vec<_> = sums.unchecked_accounts().cloned().collect();
        found.extend(without.iter().flat_map(|id| sums.check_account(id, 0)));
        found.extend(provider.unmatched());
        found
    }
}

pub(crate) fn settled(attempt: usize, outcome: ProviderOutcome) -> Event {
    Event::PaymentSettled { attempt, outcome }
}
