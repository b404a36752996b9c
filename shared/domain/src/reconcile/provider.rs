//! Orders against what the payment provider took and gave back.

use std::collections::BTreeMap;

use super::order_rules::refund_due_at;
use super::{Discrepancy, DiscrepancyKind, Subject};
use crate::order::{Order, PaymentMethod, RefundStatus, RefundTarget};
use crate::time::Timestamp;

/// Money that the provider took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderPayment {
    /// The key that it was given: [`Order::payment_key`].
    pub idempotency_key: String,
    /// Its own id.
    pub payment_id: String,
    /// How much, in minor units.
    pub captured_minor: i64,
}

/// Money that the provider gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRefund {
    /// The key that it was given: [`Order::refund_key`].
    pub idempotency_key: String,
    /// Its own id.
    pub refund_id: String,
    /// How much, in minor units.
    pub amount_minor: i64,
}

/// What a provider knows: everything since a moment. Feed every order with [`ProviderRecords::check`], then ask
/// [`ProviderRecords::unmatched`] for what no order knows.
///
/// List the provider first and leave out the last minutes; a payment that was taken while orders were read is no
/// difference. Grows with what is listed.
#[derive(Debug)]
pub struct ProviderRecords {
    since: Timestamp,
    payments: BTreeMap<String, Vec<(String, i64)>>,
    refunds: BTreeMap<String, Vec<(String, i64)>>,
}

/// The kinds of difference of payments, or of refunds.
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
    /// All that the provider took and gave back since a moment.
    pub fn new(
        since: Timestamp,
        payments: impl IntoIterator<Item = ProviderPayment>,
        refunds: impl IntoIterator<Item = ProviderRefund>,
    ) -> Self {
        let mut facts = Self { since, payments: BTreeMap::new(), refunds: BTreeMap::new() };
        for ProviderPayment { idempotency_key, payment_id, captured_minor } in payments {
            facts.payments.entry(idempotency_key).or_default().push((payment_id, captured_minor));
        }
        for ProviderRefund { idempotency_key, refund_id, amount_minor } in refunds {
            facts.refunds.entry(idempotency_key).or_default().push((refund_id, amount_minor));
        }
        facts
    }

    /// Holds one order against the provider. Each order at most once: what it explains is taken off the list.
    pub fn check(&mut self, order: &Order) -> Vec<Discrepancy> {
        let mut found = Vec::new();
        let (user_id, order_id) = (&order.user_id, &order.order_id);
        for (attempt, state) in order.attempts.iter().enumerate() {
            let known = self.payments.remove(&order.payment_key(attempt)).unwrap_or_default();
            let recorded = (state.captured_minor != 0).then_some((state.payment_id.as_deref(), state.captured_minor));
            // Store credit is ours; what is older than the list cannot be on it.
            if known.is_empty() && (state.method == PaymentMethod::StoreCredit || state.started_at < self.since) {
                continue;
            }
            let subject = Subject::Attempt { user_id: user_id.clone(), order_id: order_id.clone(), attempt };
            found.extend(compare(&PAYMENT, &subject, recorded, &known));
        }
        for (refund, state) in order.refunds.iter().enumerate() {
            let known = self.refunds.remove(&order.refund_key(refund)).unwrap_or_default();
            let given = state.status == RefundStatus::Completed && state.target == RefundTarget::Provider;
            let recorded = given.then_some((state.refund_id.as_deref(), state.amount_minor));
            if known.is_empty() && refund_due_at(order, refund) < self.since {
                continue;
            }
            let subject = Subject::Refund { user_id: user_id.clone(), order_id: order_id.clone(), refund };
            found.extend(compare(&REFUND, &subject, recorded, &known));
        }
        found
    }

    /// After all orders: what the provider did for none of them.
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

/// One attempt or refund: its id and amount by the order, and all that the provider did under its key.
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
