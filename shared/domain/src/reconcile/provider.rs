//! Reconciliation of orders with the captures and refunds of a payment provider.

use std::collections::BTreeMap;

use super::order_rules::refund_due_at;
use super::{Discrepancy, DiscrepancyKind, Subject};
use crate::order::{Order, PaymentMethod, RefundStatus, RefundTarget};
use crate::time::Timestamp;

/// A capture at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderPayment {
    /// Idempotency key of the request: [`Order::payment_key`].
    pub idempotency_key: String,
    /// Id at the provider.
    pub payment_id: String,
    /// Amount in minor units.
    pub captured_minor: i64,
}

/// A refund at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRefund {
    /// Idempotency key of the request: [`Order::refund_key`].
    pub idempotency_key: String,
    /// Id at the provider.
    pub refund_id: String,
    /// Amount in minor units.
    pub amount_minor: i64,
}

/// All payments and refunds of a provider since a point in time. Pass every order to [`ProviderRecords::check`], then
/// get the records without an order from [`ProviderRecords::unmatched`].
///
/// List the provider before reading orders and leave out the last minutes: a payment captured while orders are read is
/// not a discrepancy. Memory grows with the number of records.
#[derive(Debug)]
pub struct ProviderRecords {
    since: Timestamp,
    payments: BTreeMap<String, Vec<(String, i64)>>,
    refunds: BTreeMap<String, Vec<(String, i64)>>,
}

/// The kinds of discrepancy of payments, or of refunds.
struct Kinds {
    unrecorded: DiscrepancyKind,
    unknown: DiscrepancyKind,
    amount: DiscrepancyKind,
    twice: DiscrepancyKind,
}

const PAYMENT: Kinds = Kinds {
    unrecorded: DiscrepancyKind::PaymentUnrecorded,
    unknown: DiscrepancyKind::PaymentUnknown,
    amount: DiscrepancyKind::PaymentAmount,
    twice: DiscrepancyKind::ChargedTwice,
};
const REFUND: Kinds = Kinds {
    unrecorded: DiscrepancyKind::RefundUnrecorded,
    unknown: DiscrepancyKind::RefundUnknown,
    amount: DiscrepancyKind::RefundAmount,
    twice: DiscrepancyKind::RefundedTwice,
};

impl ProviderRecords {
    /// All captures and refunds of the provider since a point in time.
    pub fn new(
        since: Timestamp,
        payments: impl IntoIterator<Item = ProviderPayment>,
        refunds: impl IntoIterator<Item = ProviderRefund>,
    ) -> Self {
        let mut records = Self { since, payments: BTreeMap::new(), refunds: BTreeMap::new() };
        for ProviderPayment { idempotency_key, payment_id, captured_minor } in payments {
            records.payments.entry(idempotency_key).or_default().push((payment_id, captured_minor));
        }
        for ProviderRefund { idempotency_key, refund_id, amount_minor } in refunds {
            records.refunds.entry(idempotency_key).or_default().push((refund_id, amount_minor));
        }
        records
    }

    /// Compares an order with the provider. Call it once for each order: it removes the matched records.
    pub fn check(&mut self, order: &Order) -> Vec<Discrepancy> {
        let mut found = Vec::new();
        let (user_id, order_id) = (&order.user_id, &order.order_id);
        for (attempt, state) in order.attempts.iter().enumerate() {
            let known = self.payments.remove(&order.payment_key(attempt)).unwrap_or_default();
            let recorded = (state.captured_minor != 0).then_some((state.payment_id.as_deref(), state.captured_minor));
            // The provider has no store credit and no records before `since`.
            if known.is_empty() && (state.method == PaymentMethod::StoreCredit || state.started_at < self.since) {
                continue;
            }
            let subject = Subject::Attempt { user_id: user_id.clone(), order_id: order_id.clone(), attempt };
            found.extend(compare(&PAYMENT, &subject, recorded, &known));
        }
        for (refund, state) in order.refunds.iter().enumerate() {
            let known = self.refunds.remove(&order.refund_key(refund)).unwrap_or_default();
            let is_completed = state.status == RefundStatus::Completed && state.target == RefundTarget::Provider;
            let recorded = is_completed.then_some((state.refund_id.as_deref(), state.amount_minor));
            if known.is_empty() && refund_due_at(order, refund) < self.since {
                continue;
            }
            let subject = Subject::Refund { user_id: user_id.clone(), order_id: order_id.clone(), refund };
            found.extend(compare(&REFUND, &subject, recorded, &known));
        }
        found
    }

    /// Records that matched no order. Call it after all orders were checked.
    pub fn unmatched(self) -> Vec<Discrepancy> {
        let lists =
            [(DiscrepancyKind::PaymentUnrecorded, self.payments), (DiscrepancyKind::RefundUnrecorded, self.refunds)];
        let mut found = Vec::new();
        for (kind, list) in lists {
            for (idempotency_key, (provider_id, minor)) in
                list.into_iter().flat_map(|(key, known)| known.into_iter().map(move |one| (key.clone(), one)))
            {
                let subject = Subject::AtProvider { idempotency_key, provider_id };
                found.push(Discrepancy { kind, subject, expected: 0, actual: minor });
            }
        }
        found
    }
}

/// Compares the id and amount of one attempt or refund in the order with the records under its key.
fn compare(
    kinds: &Kinds,
    subject: &Subject,
    recorded: Option<(Option<&str>, i64)>,
    known: &[(String, i64)],
) -> Option<Discrepancy> {
    let count = i64::try_from(known.len()).unwrap_or(i64::MAX);
    let difference = |kind, expected, actual| Some(Discrepancy { kind, subject: subject.clone(), expected, actual });
    match (recorded, known) {
        (_, [_, _, ..]) => difference(kinds.twice, 1, count),
        (None, [(_, minor)]) => difference(kinds.unrecorded, 0, *minor),
        (Some((_, minor)), []) => difference(kinds.unknown, minor, 0),
        (Some((id, minor)), [(known_id, _)]) if id != Some(known_id) => difference(kinds.unknown, minor, 0),
        (Some((_, minor)), [(_, known_minor)]) if minor != *known_minor => {
            difference(kinds.amount, minor, *known_minor)
        }
        (None, []) | (Some(_), [_]) => None,
    }
}
