//! Consistency rules of one order.

use std::collections::BTreeMap;

use super::{Discrepancy, DiscrepancyKind, Subject};
use crate::ids::ProductId;
use crate::order::{
    AttemptStatus, Order, OrderStatus, Refund, RefundStatus, ReturnStatus, TimelineEntry, TimelineEvent,
};
use crate::time::Timestamp;

/// Time that the steps of an order may take before the order counts as stuck, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GracePeriods {
    /// From the end of the hold until the order expires.
    pub hold_seconds: i64,
    /// From the start of a payment until its outcome is known.
    pub payment_seconds: i64,
    /// From the time a refund is due until it completes.
    pub refund_seconds: i64,
}

impl Default for GracePeriods {
    /// Well beyond what queues and their retries take in normal operation: 15 minutes, and an hour for steps that wait
    /// for the provider.
    fn default() -> Self {
        Self { hold_seconds: 900, payment_seconds: 3_600, refund_seconds: 3_600 }
    }
}

/// Inconsistencies within an order, and its overdue steps.
pub fn check_order(order: &Order, grace: &GracePeriods, now: Timestamp) -> Vec<Discrepancy> {
    let mut checks = Checks { order, found: Vec::new() };
    checks.total();
    checks.units();
    checks.attempts();
    checks.refunds();
    checks.money();
    checks.overdue(grace, now);
    checks.found
}

struct Checks<'a> {
    order: &'a Order,
    found: Vec<Discrepancy>,
}

impl Checks<'_> {
    fn report(&mut self, kind: DiscrepancyKind, subject: Subject, expected: i64, actual: i64) {
        self.found.push(Discrepancy { kind, subject, expected, actual });
    }

    fn subject(&self) -> Subject {
        Subject::Order { user_id: self.order.user_id.clone(), order_id: self.order.order_id.clone() }
    }

    fn attempt(&self, attempt: usize) -> Subject {
        Subject::Attempt { user_id: self.order.user_id.clone(), order_id: self.order.order_id.clone(), attempt }
    }

    fn refund(&self, refund: usize) -> Subject {
        Subject::Refund { user_id: self.order.user_id.clone(), order_id: self.order.order_id.clone(), refund }
    }

    fn total(&mut self) {
        let lines = self.order.lines.iter().try_fold(0_i64, |sum, line| {
            sum.checked_add(line.unit_price_minor.checked_mul(i64::from(line.quantity.get()))?)
        });
        let lines = lines.unwrap_or(i64::MAX); // more than any order that can be placed
        if lines != self.order.total_minor {
            self.report(DiscrepancyKind::OrderTotal, self.subject(), lines, self.order.total_minor);
        }
    }

    /// Units stay allocated from placement until they are released: by expiry or cancellation of an unpaid order, by a
    /// full refund, or by a return.
    fn units(&mut self) {
        let order = self.order;
        for (product_id, Units { ordered, returned, kept }) in units(order) {
            let sold = ordered - returned;
            let expected = match order.status {
                OrderStatus::Expired => 0,
                OrderStatus::Refunded if order.shipment.is_none() => 0,
                OrderStatus::Cancelled if order.captured_minor() == order.refunded_minor() => 0,
                // Cancelled after payment, or paid too late: the refund is due.
                OrderStatus::Cancelled if kept == 0 => 0,
                OrderStatus::PendingPayment
                | OrderStatus::Paid
                | OrderStatus::Shipped
                | OrderStatus::Delivered
                | OrderStatus::PartiallyRefunded
                | OrderStatus::Refunded
                | OrderStatus::Cancelled => sold,
            };
            if kept != expected {
                let (user_id, order_id) = (order.user_id.clone(), order.order_id.clone());
                let subject = Subject::OrderProduct { user_id, order_id, product_id: product_id.clone() };
                self.report(DiscrepancyKind::OrderUnits, subject, expected, kept);
            }
        }
    }

    fn attempts(&mut self) {
        for (index, attempt) in self.order.attempts.iter().enumerate() {
            let captured = attempt.captured_minor;
            if captured < 0 || (captured > 0 && attempt.status != AttemptStatus::Completed) {
                self.report(DiscrepancyKind::AttemptMoney, self.attempt(index), 0, captured);
            }
            let refunded = refunded_minor(self.order.refunds.iter().filter(|refund| refund.attempt == index));
            if refunded > captured {
                self.report(DiscrepancyKind::OverRefunded, self.attempt(index), captured, refunded);
            }
        }
    }

    fn refunds(&mut self) {
        let order = self.order;
        let accepted =
            |index: usize| order.returns.get(index).is_some_and(|entry| entry.status == ReturnStatus::Accepted);
        for (index, refund) in order.refunds.iter().enumerate() {
            let has_source = refund.attempt < order.attempts.len() && refund.for_return.is_none_or(accepted);
            let has_id = refund.status != RefundStatus::Completed || refund.refund_id.is_some();
            if !has_source || !has_id || refund.amount_minor <= 0 {
                self.report(DiscrepancyKind::RefundMismatch, self.refund(index), 1, 0);
            }
        }
    }

    /// Money that an order keeps: its total while it is paid, some of it after granted refunds and returns, and nothing
    /// after a full refund. Due refunds count as completed.
    fn money(&mut self) {
        let order = self.order;
        let is_settled = order.refunds.iter().all(|refund| refund.status == RefundStatus::Completed);
        let price = order.total_minor;
        let granted = refunded_minor(order.refunds.iter().filter(|refund| refund.granted_by.is_some()));
        let (least, most) = match order.status {
            OrderStatus::PendingPayment | OrderStatus::Cancelled | OrderStatus::Expired | OrderStatus::Refunded => {
                (0, 0)
            }
            OrderStatus::Paid => ((price - granted).max(price.min(1)), price),
            OrderStatus::Delivered if is_settled => (price, price),
            OrderStatus::Shipped | OrderStatus::Delivered => (0, price),
            OrderStatus::PartiallyRefunded => (i64::from(is_settled), price - 1),
        };
        let kept = order.captured_minor() - refunded_minor(&order.refunds);
        if kept < least {
            self.report(DiscrepancyKind::OrderMoney, self.subject(), least, kept);
        } else if kept > most {
            self.report(DiscrepancyKind::OrderMoney, self.subject(), most, kept);
        }
    }

    fn overdue(&mut self, grace: &GracePeriods, now: Timestamp) {
        let order = self.order;
        let awaits_payment = order.status == OrderStatus::PendingPayment && !order.payment_keeps_hold();
        let since = awaits_payment.then_some(order.hold_expires_at);
        self.report_if_late(DiscrepancyKind::HoldOverdue, self.subject(), since, grace.hold_seconds, now);
        for (index, attempt) in order.attempts.iter().enumerate() {
            let since = match attempt.status {
                // A payment that takes days is checked repeatedly.
                AttemptStatus::Processing => Some(attempt.checked_at.unwrap_or(attempt.started_at)),
                // Cancelled by the next check, because the order no longer waits for it.
                AttemptStatus::RequiresAction if order.status != OrderStatus::PendingPayment => last_step_at(order),
                AttemptStatus::RequiresAction | AttemptStatus::Completed | AttemptStatus::Failed => None,
            };
            self.report_if_late(
                DiscrepancyKind::PaymentOverdue,
                self.attempt(index),
                since,
                grace.payment_seconds,
                now,
            );
        }
        for (index, refund) in order.refunds.iter().enumerate() {
            let pending = refund.status == RefundStatus::Pending;
            let since = pending.then(|| refund_due_at(order, index));
            self.report_if_late(DiscrepancyKind::RefundOverdue, self.refund(index), since, grace.refund_seconds, now);
        }
    }

    fn report_if_late(
        &mut self,
        kind: DiscrepancyKind,
        subject: Subject,
        since: Option<Timestamp>,
        grace_seconds: i64,
        now: Timestamp,
    ) {
        let waited = since.map_or(0, |since| since.seconds_until(now));
        if waited > grace_seconds {
            self.report(kind, subject, grace_seconds, waited);
        }
    }
}

#[derive(Default)]
struct Units {
    ordered: i64,
    returned: i64,
    kept: i64,
}

/// Units of each product of an order.
fn units(order: &Order) -> BTreeMap<&ProductId, Units> {
    let mut units: BTreeMap<&ProductId, Units> = BTreeMap::new();
    for line in &order.lines {
        let entry = units.entry(&line.product_id).or_default();
        entry.ordered += i64::from(line.quantity.get());
        entry.kept += line.allocation.iter().map(|part| i64::from(part.quantity)).sum::<i64>();
    }
    let restocked = order.returns.iter().enumerate().filter(|(index, _)| order.is_restocked(*index));
    for item in restocked.flat_map(|(_, entry)| &entry.items) {
        units.entry(&item.product_id).or_default().returned += i64::from(item.quantity.get());
    }
    units
}

fn refunded_minor<'a>(refunds: impl IntoIterator<Item = &'a Refund>) -> i64 {
    refunds.into_iter().map(|refund| refund.amount_minor).sum()
}

/// When a refund became due, or due again after a failure.
pub(super) fn refund_due_at(order: &Order, refund: usize) -> Timestamp {
    let became_due = |entry: &&TimelineEntry| entry.event == TimelineEvent::RefundDue && entry.index == Some(refund);
    order.timeline.iter().rev().find(became_due).map_or_else(|| order.placed_at(), |entry| entry.at)
}

fn last_step_at(order: &Order) -> Option<Timestamp> {
    order.timeline.last().map(|entry| entry.at)
}
