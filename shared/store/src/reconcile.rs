//! Counts stock, orders and money of the tables against each other: reads everything, page by page, and lets
//! [`souk_domain::reconcile`] compare.
//!
//! The shop goes on selling meanwhile. One order is one item and always agrees with itself, but a product's counts and the
//! orders that keep its units are read at different moments. So what does not add up at first is only *suspected*: its
//! counts are read again, then all orders are read again, and it is reported only if no order of that product changed from
//! the first reading of orders to the second. The counts in between then belong to these very orders. A product that
//! changes in every pass is named as unsettled, neither right nor wrong.

mod facts;
mod passes;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::reconcile::{Discrepancy, GracePeriods, ProviderRecords, Subject, Sums};
use souk_domain::time::Timestamp;
use tokio::time::Instant;

use crate::{Inventory, Orders, StoreError, Users};

/// How often orders are read at most: once, and again for what is suspected.
const PASSES: u32 = 4;
/// Most products and accounts that are looked at again; more than these are unsettled.
const MAX_SUSPECTS: usize = 10_000;
/// Most ids of what is unsettled that a report names.
const MAX_UNSETTLED_NAMED: usize = 100;

/// What to read, and within which bounds.
#[derive(Debug)]
pub struct ReconciliationPlan {
    /// The present moment, for what should have happened by now.
    pub now: Timestamp,
    /// How long steps may take.
    pub grace: GracePeriods,
    /// How many segments of a table are read side by side, at least 1.
    pub segments: u32,
    /// Most differences that the report lists; all are counted.
    pub max_differences: usize,
    /// After this time no further page is read.
    pub time_limit: Duration,
    /// Where an earlier run stopped.
    pub cursor: Option<ReconciliationCursor>,
    /// What the payment provider did, if that is to be compared as well.
    pub provider: Option<ProviderRecords>,
}

impl ReconciliationPlan {
    /// Everything, in at most 14 minutes: Lambda ends a function after 15.
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

/// How far the orders were read, by segment.
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

/// How much was read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CheckedCounts {
    /// Orders.
    pub orders: u64,
    /// Products with a count or an order.
    pub products: u64,
    /// Accounts with store credit or an order that used it.
    pub accounts: u64,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct ReconciliationReport {
    /// How much was read.
    pub checked: CheckedCounts,
    /// What does not agree, for certain.
    pub differences: Vec<Discrepancy>,
    /// How many there are, also those that are not listed.
    pub found: u64,
    /// Whether some are not listed.
    pub truncated: bool,
    /// What did not add up but changed in every pass, some by name.
    pub unsettled: Vec<Subject>,
    /// How many those are.
    pub unsettled_found: u64,
    /// Whether stock and store credit were compared. They need all orders in one run.
    pub sums_compared: bool,
    /// Where to go on, if time ran out before all orders were read: what holds within each order is then checked from
    /// there on.
    pub cursor: Option<ReconciliationCursor>,
    #[serde(skip)]
    max_differences: usize,
}

/// Products and accounts to look at again, with what was found of each.
#[derive(Default)]
struct Suspects {
    products: HashMap<ProductId, Vec<Discrepancy>>,
    accounts: HashMap<UserId, Vec<Discrepancy>>,
}

/// The tables, and when to stop reading them.
struct Reading<'a> {
    orders: &'a Orders,
    inventory: &'a Inventory,
    users: &'a Users,
    segments: u32,
    stop_at: Instant,
}

/// Reads all tables and reports what does not agree.
pub async fn reconcile(
    orders: &Orders,
    inventory: &Inventory,
    users: &Users,
    plan: ReconciliationPlan,
) -> Result<ReconciliationReport, StoreError> {
    let stop_at = Instant::now() + plan.time_limit;
    let reading = Reading { orders, inventory, users, segments: plan.segments.max(1), stop_at };
    let mut report = ReconciliationReport { max_differences: plan.max_differences, ..ReconciliationReport::default() };
    let goes_on = plan.cursor.is_some();
    let mut sums = Sums::new();
    report.cursor = reading.check_orders(plan, &mut sums, &mut report).await?;
    report.checked.orders = sums.orders();
    // Without all orders every sum would be wrong.
    if !goes_on && report.cursor.is_none() {
        let mut suspects = Suspects::default();
        report.sums_compared = reading.suspect_products(&mut sums, &mut suspects, &mut report).await?
            && reading.suspect_accounts(&mut sums, &mut suspects, &mut report).await?;
        reading.confirm(sums, suspects, &mut report).await?;
    }
    Ok(report)
}

impl Reading<'_> {
    fn in_time(&self) -> bool {
        Instant::now() < self.stop_at
    }

    /// Looks again at what is suspected until it adds up, is certain, or has changed too often.
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
            self.look_again(&mut before, &mut suspects).await?;
            if suspects.is_empty() {
                break;
            }
            let (products, accounts) = suspects.keys();
            let mut after = Sums::only(products, accounts);
            if !self.sum_orders(&mut after).await? {
                break; // a sum over some orders says nothing
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

    /// Whether there is room for another one.
    fn have_room(&self) -> bool {
        self.products.len() + self.accounts.len() < MAX_SUSPECTS
    }
}

impl ReconciliationReport {
    /// Whether everything was compared and everything agrees.
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
