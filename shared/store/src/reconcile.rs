//! Reconciles stock, orders and money: scans the tables page by page; [`souk_domain::reconcile`] compares.
//!
//! The shop keeps selling meanwhile. One order is one item and therefore consistent in itself, but the counts of a
//! product and the orders with its units are read at different moments. So a discrepancy is only *suspected* at first.
//! The counts are read again, then all orders are read again, and the discrepancy is reported only if no order of that
//! product changed between the two scans of the orders: then the counts in between belong to exactly these orders. A
//! product that changes in every pass is reported as unsettled, neither right nor wrong.

mod passes;
mod recheck;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::reconcile::{Discrepancy, GracePeriods, ProviderRecords, Subject, Sums};
use souk_domain::time::Timestamp;
use tokio::time::Instant;

use crate::{Inventory, Orders, StoreCredit, StoreError};

/// Maximum scans of the orders: one, and more for suspected discrepancies.
const PASSES: u32 = 4;
/// Maximum products and accounts that are read again. All others are reported as unsettled.
const MAX_SUSPECTS: usize = 10_000;
/// Maximum unsettled products and accounts that a report lists.
const MAX_UNSETTLED_NAMED: usize = 100;

/// The settings of a reconciliation.
#[derive(Debug)]
pub struct ReconciliationPlan {
    /// The current time, to find overdue steps.
    pub now: Timestamp,
    /// How long steps may take before they are overdue.
    pub grace: GracePeriods,
    /// How many segments of a table to scan concurrently, at least 1.
    pub segments: u32,
    /// Maximum discrepancies that the report lists. All are counted.
    pub max_differences: usize,
    /// No page is read after this time.
    pub time_limit: Duration,
    /// Where an earlier run stopped, to continue there.
    pub cursor: Option<ReconciliationCursor>,
    /// The payment provider's records, to reconcile them as well.
    pub provider: Option<ProviderRecords>,
}

impl ReconciliationPlan {
    /// A reconciliation of everything in at most 14 minutes: Lambda ends a function after 15.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            grace: GracePeriods::default(),
            segments: 4,
            max_differences: 1_000,
            time_limit: Duration::from_mins(14),
            cursor: None,
            provider: None,
        }
    }
}

/// How far the orders were scanned, by segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconciliationCursor {
    segments: Vec<Position>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Position {
    Start,
    After(UserId, OrderId),
    End,
}

/// How much was reconciled.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CheckedCounts {
    /// Orders.
    pub orders: u64,
    /// Products with stock or an order.
    pub products: u64,
    /// Accounts with store credit or an order that used it.
    pub accounts: u64,
}

/// The result of a reconciliation.
#[derive(Debug, Default, Serialize)]
pub struct ReconciliationReport {
    /// How much was reconciled.
    pub checked: CheckedCounts,
    /// The certain discrepancies.
    pub differences: Vec<Discrepancy>,
    /// The number of discrepancies, including those that are not listed.
    pub found: u64,
    /// Whether some discrepancies are not listed.
    pub truncated: bool,
    /// Suspected products and accounts that changed in every pass. Not all are listed.
    pub unsettled: Vec<Subject>,
    /// The number of unsettled products and accounts.
    pub unsettled_found: u64,
    /// Whether stock and store credit were reconciled. That requires all orders in one run.
    pub sums_compared: bool,
    /// Where to continue if the time ran out before all orders were read. A run that continues checks each order by
    /// itself.
    pub cursor: Option<ReconciliationCursor>,
    #[serde(skip)]
    max_differences: usize,
}

/// Products and accounts to read again, each with its suspected discrepancies.
#[derive(Default)]
struct Suspects {
    products: HashMap<ProductId, Vec<Discrepancy>>,
    accounts: HashMap<UserId, Vec<Discrepancy>>,
}

/// A scan of the tables with its deadline.
struct TableScan<'a> {
    orders: &'a Orders,
    inventory: &'a Inventory,
    store_credit: &'a StoreCredit,
    segments: u32,
    stop_at: Instant,
}

/// Reconciles all tables and reports discrepancies.
pub async fn reconcile(
    orders: &Orders,
    inventory: &Inventory,
    store_credit: &StoreCredit,
    plan: ReconciliationPlan,
) -> Result<ReconciliationReport, StoreError> {
    let stop_at = Instant::now() + plan.time_limit;
    let scan = TableScan { orders, inventory, store_credit, segments: plan.segments.max(1), stop_at };
    let mut report = ReconciliationReport { max_differences: plan.max_differences, ..ReconciliationReport::default() };
    let continues = plan.cursor.is_some();
    let mut sums = Sums::new();
    report.cursor = scan.check_orders(plan, &mut sums, &mut report).await?;
    report.checked.orders = sums.orders();
    // The sums are only right with all orders.
    if !continues && report.cursor.is_none() {
        let mut suspects = Suspects::default();
        report.sums_compared = scan.suspect_products(&mut sums, &mut suspects, &mut report).await?
            && scan.suspect_accounts(&mut sums, &mut suspects, &mut report).await?;
        scan.confirm(sums, suspects, &mut report).await?;
    }
    Ok(report)
}

impl TableScan<'_> {
    fn in_time(&self) -> bool {
        Instant::now() < self.stop_at
    }

    /// Reads suspects again until each is cleared, is certain, or has changed too often.
    async fn confirm(
        &self,
        first: Sums,
        suspects: Suspects,
        report: &mut ReconciliationReport,
    ) -> Result<(), StoreError> {
        let (mut before, mut suspects) = (first, suspects);
        for _ in 1..PASSES {
            if suspects.is_empty() || !self.in_time() {
                break;
            }
            self.read_again(&mut before, &mut suspects).await?;
            if suspects.is_empty() {
                break;
            }
            let (products, accounts) = suspects.keys();
            let mut after = Sums::only(products, accounts);
            if !self.sum_orders(&mut after).await? {
                break; // the sums are only right with all orders
            }
            let certain = |id: &ProductId, found: &mut Vec<_>| !found.is_empty() && before.same_orders(&after, id);
            report.add(suspects.products.extract_if(certain).flat_map(|(_, found)| found));
            let certain = |id: &UserId, found: &mut Vec<_>| !found.is_empty() && before.same_credit(&after, id);
            report.add(suspects.accounts.extract_if(certain).flat_map(|(_, found)| found));
            before = after;
        }
        let (products, accounts) = suspects.keys();
        report.unsettled(products.into_iter().map(|product_id| Subject::Product { product_id }));
        report.unsettled(accounts.into_iter().map(|user_id| Subject::Account { user_id }));
        Ok(())
    }
}

impl Suspects {
    fn is_empty(&self) -> bool {
        self.products.is_empty() && self.accounts.is_empty()
    }

    fn keys(&self) -> (HashSet<ProductId>, HashSet<UserId>) {
        (self.products.keys().cloned().collect(), self.accounts.keys().cloned().collect())
    }

    /// Whether another suspect fits.
    fn have_room(&self) -> bool {
        self.products.len() + self.accounts.len() < MAX_SUSPECTS
    }
}

impl ReconciliationReport {
    /// Whether everything was reconciled without a discrepancy.
    pub fn is_clean(&self) -> bool {
        self.found == 0 && self.unsettled_found == 0 && self.sums_compared && self.cursor.is_none()
    }

    fn add(&mut self, differences: impl IntoIterator<Item = Discrepancy>) {
        for difference in differences {
            self.found += 1;
            if self.differences.len() < self.max_differences {
                self.differences.push(difference);
            } else {
                self.truncated = true;
            }
        }
    }

    fn unsettled(&mut self, subjects: impl IntoIterator<Item = Subject>) {
        for subject in subjects {
            self.unsettled_found += 1;
            if self.unsettled.len() < MAX_UNSETTLED_NAMED {
                self.unsettled.push(subject);
            }
        }
    }
}
