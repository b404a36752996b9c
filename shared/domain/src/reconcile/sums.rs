//! Allocated units and store credit of all orders.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use super::{Discrepancy, DiscrepancyKind, Subject};
use crate::ids::{ProductId, UserId};
use crate::order::Order;
use crate::stock::ShardId;

/// Sums over a pass through all orders.
///
/// Memory grows with the number of ordered products and of accounts that used store credit (about 100 bytes each), not
/// with the number of orders.
#[derive(Debug, Default)]
pub struct Sums {
    products: HashMap<ProductId, AllocatedUnits>,
    accounts: HashMap<UserId, Credit>,
    only: Option<(HashSet<ProductId>, HashSet<UserId>)>,
    orders: u64,
}

#[derive(Debug, Default)]
struct AllocatedUnits {
    /// From all shards, which may have been removed since.
    units: i64,
    checksum: u64,
    checked: bool,
}

#[derive(Debug, Default)]
struct Credit {
    balance_minor: i64,
    checksum: u64,
    checked: bool,
}

/// Stock of a product in the inventory table at one point in time.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct StockRecords {
    /// Available units of each shard. Signed, so that a negative count is reported and not rejected.
    pub shards: BTreeMap<ShardId, i64>,
    /// Number of shards stored with the first shard of each region, by its id.
    pub numbers: BTreeMap<ShardId, u32>,
    /// Sum of the changes in the ledger.
    pub ledger: i64,
    /// Number of ledger entries. It only grows, so between two reads with equal records no entry was written.
    pub ledger_entries: u64,
}

impl Sums {
    /// Sums over all products and accounts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sums over some products and accounts, for a second pass.
    pub fn only(products: HashSet<ProductId>, accounts: HashSet<UserId>) -> Self {
        Self { only: Some((products, accounts)), ..Self::default() }
    }

    /// Adds an order. Call it once for each order.
    pub fn add(&mut self, order: &Order) {
        self.orders += 1;
        let checksum = checksum(order);
        for line in &order.lines {
            if self.only.as_ref().is_some_and(|(products, _)| !products.contains(&line.product_id)) {
                continue;
            }
            // Orders without allocations count, too: their units may have been released in between.
            let allocated = self.products.entry(line.product_id.clone()).or_default();
            allocated.checksum = allocated.checksum.wrapping_add(checksum);
            allocated.units += line.allocation.iter().map(|part| i64::from(part.quantity)).sum::<i64>();
        }
        // The account is not always the owner: it may have been a guest when it placed the order.
        for (account, minor) in order.credit_by_account() {
            if self.only.as_ref().is_some_and(|(_, accounts)| !accounts.contains(account)) {
                continue;
            }
            let credit = self.accounts.entry(account.clone()).or_default();
            credit.balance_minor += minor;
            credit.checksum = credit.checksum.wrapping_add(checksum);
        }
    }

    /// Number of added orders.
    pub const fn orders(&self) -> u64 {
        self.orders
    }

    /// Compares a product's stock with the units allocated to orders.
    pub fn check_product(&mut self, product_id: &ProductId, stock: &StockRecords) -> Vec<Discrepancy> {
        let mut found = Vec::new();
        let mut report = |kind, subject, expected, actual| found.push(Discrepancy { kind, subject, expected, actual });
        let of_shard = |shard: &ShardId| Subject::Shard { product_id: product_id.clone(), shard: shard.clone() };
        for (shard, available) in stock.shards.iter().filter(|(_, available)| **available < 0) {
            report(DiscrepancyKind::CountNegative, of_shard(shard), 0, *available);
        }
        for (first, expected, actual) in misnumbered(stock) {
            report(DiscrepancyKind::ShardNumber, of_shard(&first), expected, actual);
        }
        let mut found_units: i64 = stock.shards.values().sum();
        if let Some(allocated) = self.products.get_mut(product_id) {
            allocated.checked = true;
            found_units += allocated.units;
        }
        if found_units != stock.ledger {
            let subject = Subject::Product { product_id: product_id.clone() };
            report(DiscrepancyKind::StockUnexplained, subject, stock.ledger, found_units);
        }
        found
    }

    /// Compares an account's balance, in minor units, with the store credit of its orders.
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

    /// Ordered products that were not checked: those without a stock item.
    pub fn unchecked_products(&self) -> impl Iterator<Item = &ProductId> {
        self.products.iter().filter(|(_, allocated)| !allocated.checked).map(|(product_id, _)| product_id)
    }

    /// Accounts with store credit in orders that were not checked: those without a balance.
    pub fn unchecked_accounts(&self) -> impl Iterator<Item = &UserId> {
        self.accounts.iter().filter(|(_, credit)| !credit.checked).map(|(user_id, _)| user_id)
    }

    /// Whether both passes read the same orders of a product in the same versions. Then the stock read between the
    /// passes belongs to exactly these orders.
    pub fn same_orders(&self, later: &Self, product_id: &ProductId) -> bool {
        let checksum = |sums: &Self| sums.products.get(product_id).map(|allocated| allocated.checksum);
        checksum(self) == checksum(later)
    }

    /// The same for the orders of an account that used store credit.
    pub fn same_credit(&self, later: &Self, user_id: &UserId) -> bool {
        let checksum = |sums: &Self| sums.accounts.get(user_id).map(|credit| credit.checksum);
        checksum(self) == checksum(later)
    }
}

/// Regions whose shards differ from the number stored with the first one: its id, that number, and the number of
/// existing shards; too few if any is missing, else too many.
fn misnumbered(stock: &StockRecords) -> Vec<(ShardId, i64, i64)> {
    let mut regions: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for shard in stock.shards.keys() {
        let (region, number) = shard.as_str().rsplit_once('#').unwrap_or((shard.as_str(), ""));
        // A suffix that is no number counts as an excess shard.
        regions.entry(region).or_default().insert(number.parse().unwrap_or(u32::MAX));
    }
    let regions = regions.into_iter().filter_map(|(region, numbers)| {
        let first = ShardId::new(region, 0);
        let expected = stock.numbers.get(&first).copied().unwrap_or(1);
        let missing = (0..expected).filter(|number| !numbers.contains(number)).count();
        let others = numbers.iter().filter(|number| **number >= expected).count();
        let actual = if missing > 0 { numbers.len() - others } else { numbers.len() };
        (missing + others > 0).then(|| (first, i64::from(expected), i64::try_from(actual).unwrap_or(i64::MAX)))
    });
    regions.collect()
}

/// Hash of an order id and version. A version is never written twice, so every change changes the checksum.
fn checksum(order: &Order) -> u64 {
    let mut hasher = DefaultHasher::new();
    order.order_id.hash(&mut hasher);
    order.version.hash(&mut hasher);
    hasher.finish()
}
