//! What all orders together keep out of stock and did to store credit.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use super::{Discrepancy, DiscrepancyKind, Subject};
use crate::ids::{ProductId, UserId};
use crate::order::{Order, PaymentMethod, RefundTarget};
use crate::stock::ShardId;

/// Sums over a pass through all orders.
///
/// Grows with the products that were ever ordered and with the accounts that ever used store credit (about 100 bytes
/// each), never with the number of orders.
#[derive(Debug, Default)]
pub struct Sums {
    products: HashMap<ProductId, Kept>,
    accounts: HashMap<UserId, Credit>,
    only: Option<(HashSet<ProductId>, HashSet<UserId>)>,
    orders: u64,
}

#[derive(Debug, Default)]
struct Kept {
    /// From whichever shards: these may be gone by now.
    units: i64,
    mark: u64,
    checked: bool,
}

#[derive(Debug, Default)]
struct Credit {
    balance_minor: i64,
    mark: u64,
    checked: bool,
}

/// A product's stock as the inventory has it, read at one moment.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct StockRecords {
    /// What each shard says is available. Signed, because a count below zero is to be found, not refused.
    pub shards: BTreeMap<ShardId, i64>,
    /// How many shards the first one of a region says that there are, by its id.
    pub numbers: BTreeMap<ShardId, u32>,
    /// The sum of all changes by hand.
    pub ledger: i64,
    /// How many changes there were. Only grows, so equal facts with equal numbers were read with no change in between.
    pub ledger_entries: u64,
}

impl Sums {
    /// Sums over everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sums over what is looked at again.
    pub fn only(products: HashSet<ProductId>, accounts: HashSet<UserId>) -> Self {
        Self { only: Some((products, accounts)), ..Self::default() }
    }

    /// Adds an order. Each at most once.
    pub fn add(&mut self, order: &Order) {
        self.orders += 1;
        let mark = mark(order);
        for line in &order.lines {
            if self.only.as_ref().is_some_and(|(products, _)| !products.contains(&line.product_id)) {
                continue;
            }
            // Also an order that keeps nothing is marked: what it kept before went back.
            let kept = self.products.entry(line.product_id.clone()).or_default();
            kept.mark = kept.mark.wrapping_add(mark);
            kept.units += line.allocation.iter().map(|part| i64::from(part.quantity)).sum::<i64>();
        }
        let uses_credit = order.attempts.iter().any(|attempt| attempt.method == PaymentMethod::StoreCredit)
            || order.refunds.iter().any(|refund| refund.target == RefundTarget::StoreCredit);
        let looked_at = self.only.as_ref().is_none_or(|(_, accounts)| accounts.contains(&order.user_id));
        if uses_credit && looked_at {
            let credit = self.accounts.entry(order.user_id.clone()).or_default();
            credit.balance_minor += order.credit_minor();
            credit.mark = credit.mark.wrapping_add(mark);
        }
    }

    /// How many orders were added.
    pub const fn orders(&self) -> u64 {
        self.orders
    }

    /// Holds a product's stock against what orders keep of it.
    pub fn check_product(&mut self, product_id: &ProductId, facts: &StockRecords) -> Vec<Discrepancy> {
        let mut found = Vec::new();
        let mut report = |kind, subject, expected, actual| found.push(Discrepancy { kind, subject, expected, actual });
        let of_shard = |shard: &ShardId| Subject::Shard { product_id: product_id.clone(), shard: shard.clone() };
        for (shard, available) in facts.shards.iter().filter(|(_, available)| **available < 0) {
            report(DiscrepancyKind::CountNegative, of_shard(shard), 0, *available);
        }
        for (first, expected, actual) in misnumbered(facts) {
            report(DiscrepancyKind::ShardNumber, of_shard(&first), expected, actual);
        }
        let mut there: i64 = facts.shards.values().sum();
        if let Some(kept) = self.products.get_mut(product_id) {
            kept.checked = true;
            there += kept.units;
        }
        if there != facts.ledger {
            let subject = Subject::Product { product_id: product_id.clone() };
            report(DiscrepancyKind::StockUnexplained, subject, facts.ledger, there);
        }
        found
    }

    /// Holds an account's balance, in minor units, against what its orders did to it.
    pub fn check_account(&mut self, user_id: &UserId, balance_minor: i64) -> Vec<Discrepancy> {
        let by_orders = self.accounts.get_mut(user_id).map_or(0, |credit| {
            credit.checked = true;
            credit.balance_minor
        });
        let difference = |kind, expected| {
            let subject = Subject::Account { user_id: user_id.clone() };
            Discrepancy { kind, subject, expected, actual: balance_minor }
        };
        let negative = (balance_minor < 0).then(|| difference(DiscrepancyKind::CreditNegative, 0));
        let unexplained =
            (balance_minor != by_orders).then(|| difference(DiscrepancyKind::CreditUnexplained, by_orders));
        negative.into_iter().chain(unexplained).collect()
    }

    /// Products of orders that were not checked: those without any count.
    pub fn unchecked_products(&self) -> impl Iterator<Item = &ProductId> {
        self.products.iter().filter(|(_, kept)| !kept.checked).map(|(product_id, _)| product_id)
    }

    /// Accounts of orders with store credit that were not checked: those without any balance.
    pub fn unchecked_accounts(&self) -> impl Iterator<Item = &UserId> {
        self.accounts.iter().filter(|(_, credit)| !credit.checked).map(|(user_id, _)| user_id)
    }

    /// Whether both passes met the same orders of a product, each in the same version: then what was read of its stock
    /// after the first pass and before the second belongs to exactly these orders.
    pub fn same_orders(&self, later: &Self, product_id: &ProductId) -> bool {
        let mark = |sums: &Self| sums.products.get(product_id).map(|kept| kept.mark);
        mark(self) == mark(later)
    }

    /// The same for the orders of an account that used store credit.
    pub fn same_credit(&self, later: &Self, user_id: &UserId) -> bool {
        let mark = |sums: &Self| sums.accounts.get(user_id).map(|credit| credit.mark);
        mark(self) == mark(later)
    }
}

/// Regions whose shards are not those that the first one says: its id, how many there should be, how many there are. Too few
/// if any is missing, else too many.
fn misnumbered(facts: &StockRecords) -> Vec<(ShardId, i64, i64)> {
    let mut regions: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for shard in facts.shards.keys() {
        let (region, number) = shard.as_str().rsplit_once('#').unwrap_or((shard.as_str(), ""));
        // What is no number cannot be among those that the first shard speaks of.
        regions.entry(region).or_default().insert(number.parse().unwrap_or(u32::MAX));
    }
    let regions = regions.into_iter().filter_map(|(region, numbers)| {
        let first = ShardId::new(region, 0);
        let named = facts.numbers.get(&first).copied().unwrap_or(1);
        let missing = (0..named).filter(|number| !numbers.contains(number)).count();
        let others = numbers.iter().filter(|number| **number >= named).count();
        let actual = if missing > 0 { numbers.len() - others } else { numbers.len() };
        (missing + others > 0).then(|| (first, i64::from(named), i64::try_from(actual).unwrap_or(i64::MAX)))
    });
    regions.collect()
}

/// One order in one version. A version is never written twice, so no change leaves the mark as it was.
fn mark(order: &Order) -> u64 {
    let mut hasher = DefaultHasher::new();
    order.order_id.hash(&mut hasher);
    order.version.hash(&mut hasher);
    hasher.finish()
}
