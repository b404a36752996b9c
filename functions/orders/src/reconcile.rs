//! Reconciles stock, orders and money, and reports every discrepancy. Runs on a schedule and when an operator invokes
//! it. Resends the messages of orders that wait for a lost one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use souk_domain::effects::Clock;
use souk_domain::ids::{OrderId, ProductId, UserId};
use souk_domain::message::messages_due_after;
use souk_domain::order::Order;
use souk_domain::reconcile::{Discrepancy, GracePeriods, check_order};
use souk_domain::time::Timestamp;
use souk_runtime::config::ConfigError;
use souk_runtime::direct::DirectHandler;
use souk_runtime::queues::Queues;
use souk_runtime::{Dependencies, Error};
use souk_store::{
    Inventory, Orders, ReconciliationCursor, ReconciliationPlan, ReconciliationReport, StoreCredit, StoreError,
    reconcile,
};

/// The part of the function's time that is reserved for the work after the scan: confirming, resending, responding.
const RESERVED: Duration = Duration::from_mins(1);
/// Maximum segments of a table that are scanned concurrently.
const MAX_SEGMENTS: u32 = 64;

/// Reconciles stock, orders and money.
pub struct Reconcile {
    /// The orders table.
    pub orders: Orders,
    /// The inventory table.
    pub inventory: Inventory,
    /// The store credit table.
    pub store_credit: StoreCredit,
    /// The queues for resent messages.
    pub queues: Queues,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl Reconcile {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            orders: deps.orders()?,
            inventory: deps.inventory()?,
            store_credit: deps.store_credit()?,
            queues: deps.queues()?,
            clock: deps.clock(),
        })
    }
}

impl DirectHandler for Reconcile {
    type Request = ReconcileRequest;
    type Response = ReconcileResponse;

    async fn handle(&self, request: ReconcileRequest, deadline: Timestamp) -> Result<ReconcileResponse, Error> {
        Ok(self.run(request, deadline).await?)
    }
}

/// The request. `{}` reconciles everything and resends nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReconcileRequest {
    /// Whether to resend the messages that stuck orders wait for.
    pub resend: bool,
    /// The cursor of an earlier response, to continue after it.
    pub cursor: Option<ReconciliationCursor>,
    /// How many segments of a table to scan concurrently: 4 by default, at most 64.
    pub segments: Option<u32>,
}

/// The response.
#[derive(Debug, Serialize)]
pub struct ReconcileResponse {
    /// The discrepancies.
    #[serde(flatten)]
    pub report: ReconciliationReport,
    /// Whether everything was reconciled without a discrepancy.
    pub clean: bool,
    /// How many messages were resent.
    pub resent: u64,
    /// Of how many orders the messages could not be resent.
    pub resend_failures: u64,
}

impl Reconcile {
    /// Reconciles, resends messages on request, and logs a line for each discrepancy and a summary. `deadline` is the
    /// time-out of the invocation.
    pub async fn run(&self, request: ReconcileRequest, deadline: Timestamp) -> Result<ReconcileResponse, StoreError> {
        let started = Instant::now();
        let now = self.clock.now();
        let left_ms = u64::try_from(deadline.as_millis() - now.as_millis()).unwrap_or(0);
        let plan = ReconciliationPlan::new(now);
        let plan = ReconciliationPlan {
            segments: request.segments.unwrap_or(plan.segments).clamp(1, MAX_SEGMENTS),
            time_limit: Duration::from_millis(left_ms).saturating_sub(RESERVED),
            cursor: request.cursor,
            ..plan
        };
        let report = reconcile(&self.orders, &self.inventory, &self.store_credit, plan).await?;
        report.differences.iter().for_each(log);
        let clean = report.is_clean();
        let mut response = ReconcileResponse { report, clean, resent: 0, resend_failures: 0 };
        if request.resend {
            self.resend(&mut response).await;
        }
        summarize(&response, started.elapsed());
        Ok(response)
    }

    /// Resends the messages of all stuck orders. Consumers are idempotent, so this is safe if a message was late, not
    /// lost.
    async fn resend(&self, response: &mut ReconcileResponse) {
        let stuck = response.report.differences.iter().filter(|difference| difference.kind.is_stuck());
        let orders: BTreeSet<_> = stuck.filter_map(|difference| difference.subject.order()).collect();
        let (mut resent, mut failures) = (0, 0);
        for (user_id, order_id) in orders {
            match self.resend_order(user_id, order_id).await {
                Ok(messages) => resent += messages,
                Err(reason) => {
                    failures += 1;
                    let order_id = order_id.as_str();
                    tracing::error!(function = "reconcile", order_id, reason, "message not resent");
                }
            }
        }
        (response.resent, response.resend_failures) = (resent, failures);
    }

    /// Resends the messages of an order if it is still stuck. Returns how many.
    async fn resend_order(&self, user_id: &UserId, order_id: &OrderId) -> Result<u64, String> {
        let now = self.clock.now();
        let order = self.orders.get(user_id, order_id).await.map_err(|error| error.to_string())?;
        let stuck =
            |order: &Order| check_order(order, &GracePeriods::default(), now).iter().any(|found| found.kind.is_stuck());
        let Some(order) = order.filter(stuck) else { return Ok(0) };
        let mut sent = 0;
        for due in messages_due_after(None, &order, now) {
            self.queues.send(&due).await.map_err(|error| error.to_string())?;
            sent += 1;
        }
        Ok(sent)
    }
}

/// Ids and numbers only.
fn log(difference: &Discrepancy) {
    let Discrepancy { kind, subject, expected, actual } = difference;
    let order_id = subject.order().map(|(_, order_id)| order_id.as_str());
    let product_id = subject.product().map(ProductId::as_str);
    let (kind, of) = (kind.as_str(), serde_json::to_string(subject).unwrap_or_default());
    tracing::error!(function = "reconcile", kind, order_id, product_id, of, expected, actual, "discrepancy");
}

/// Logs the summary. Alarms read its fields `differences` and `unfinished`.
fn summarize(response: &ReconcileResponse, took: Duration) {
    let ReconcileResponse { report, resent, resend_failures, .. } = response;
    let (orders, products, accounts) = (report.checked.orders, report.checked.products, report.checked.accounts);
    tracing::info!(
        function = "reconcile",
        orders,
        products,
        accounts,
        differences = report.found,
        unsettled = report.unsettled_found,
        unfinished = u8::from(!report.sums_compared),
        resent,
        resend_failures,
        duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "reconciled"
    );
}

#[cfg(test)]
mod tests;
