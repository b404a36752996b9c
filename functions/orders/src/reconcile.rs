//! By schedule, and invoked by operators: counts stock, orders and money against each other and reports every difference.
//! An order that waits for a message that got lost is sent it again, so that it heals by itself.

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
    Inventory, Orders, ReconciliationCursor, ReconciliationPlan, ReconciliationReport, StoreError, Users, reconcile,
};

/// What is left of the function's time for what comes after the reading: looking again, sending, answering.
const RESERVED: Duration = Duration::from_mins(1);
/// Most segments of a table that are read side by side.
const MAX_SEGMENTS: u32 = 64;

/// The function.
pub struct Reconcile {
    /// Where orders are.
    pub orders: Orders,
    /// Where stock is.
    pub inventory: Inventory,
    /// Where store credit is.
    pub users: Users,
    /// Where messages go that are sent again.
    pub queues: Queues,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Reconcile {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            orders: deps.orders()?,
            inventory: deps.inventory()?,
            users: deps.users()?,
            queues: deps.queues()?,
            clock: deps.clock(),
        })
    }
}

impl DirectHandler for Reconcile {
    type Request = Ask;
    type Response = Answer;

    async fn handle(&self, request: Ask, deadline: Timestamp) -> Result<Answer, Error> {
        Ok(self.run(request, deadline).await?)
    }
}

/// What is asked of it. `{}` reads everything and changes nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ask {
    /// Sends stuck orders the messages that they wait for.
    pub resend: bool,
    /// Goes on where an earlier answer stopped.
    pub cursor: Option<ReconciliationCursor>,
    /// How many segments of a table are read side by side; 4 unless asked otherwise, at most 64.
    pub segments: Option<u32>,
}

/// What was found and done.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// What was found.
    #[serde(flatten)]
    pub report: ReconciliationReport,
    /// Whether everything was compared and everything agrees.
    pub clean: bool,
    /// How many messages were sent again.
    pub resent: u64,
    /// How many orders could not be sent their messages.
    pub resend_failures: u64,
}

impl Reconcile {
    /// Reads, compares, sends again if asked to, and logs a line for each difference and one for all. `deadline` is when
    /// the process is ended.
    pub async fn run(&self, ask: Ask, deadline: Timestamp) -> Result<Answer, StoreError> {
        let started = Instant::now();
        let now = self.clock.now();
        let left_ms = u64::try_from(deadline.as_millis() - now.as_millis()).unwrap_or(0);
        let plan = ReconciliationPlan::new(now);
        let plan = ReconciliationPlan {
            segments: ask.segments.unwrap_or(plan.segments).clamp(1, MAX_SEGMENTS),
            time_limit: Duration::from_millis(left_ms).saturating_sub(RESERVED),
            cursor: ask.cursor,
            ..plan
        };
        let report = reconcile(&self.orders, &self.inventory, &self.users, plan).await?;
        report.differences.iter().for_each(log);
        let clean = report.is_clean();
        let mut answer = Answer { report, clean, resent: 0, resend_failures: 0 };
        if ask.resend {
            self.resend(&mut answer).await;
        }
        summarize(&answer, started.elapsed());
        Ok(answer)
    }

    /// Every consumer may be told the same thing twice, so this is safe also when the message was not lost but late.
    async fn resend(&self, answer: &mut Answer) {
        let stuck = answer.report.differences.iter().filter(|difference| difference.kind.is_stuck());
        let orders: BTreeSet<_> = stuck.filter_map(|difference| difference.subject.order()).collect();
        let (mut resent, mut failures) = (0, 0);
        for (user_id, order_id) in orders {
            match self.resend_order(user_id, order_id).await {
                Ok(messages) => resent += messages,
                Err(reason) => {
                    failures += 1;
                    let order_id = order_id.as_str();
                    tracing::error!(function = "reconcile", order_id, reason, "not sent again");
                }
            }
        }
        (answer.resent, answer.resend_failures) = (resent, failures);
    }

    /// Sends what an order waits for, if it still is stuck; says how many messages that were.
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
    tracing::error!(function = "reconcile", kind, order_id, product_id, of, expected, actual, "difference");
}

/// The line that the alarms look at: `differences` and `unfinished`.
fn summarize(answer: &Answer, took: Duration) {
    let Answer { report, resent, resend_failures, .. } = answer;
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
