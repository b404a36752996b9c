//! Refunds, due or completed.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::idempotency::IdempotencyKey;
use crate::ids::UserId;
use crate::order::size::{MAX_GRANTED_REFUNDS, MAX_REFUND_RETRIES};
use crate::order::{Order, OrderStatus};
use crate::validation::Invalid;

/// Status of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Due; the refund queue pays it out.
    Pending,
    /// Paid out.
    Completed,
    /// The provider could not pay it out. It is still due; staff decide how to retry it.
    Failed,
}

/// Where a refund is paid to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundTarget {
    /// The original payment method.
    #[default]
    Provider,
    /// The store credit of the account to which the order belongs.
    StoreCredit,
}

impl RefundTarget {
    /// Every target.
    pub const ALL: [Self; 2] = [Self::Provider, Self::StoreCredit];

    /// The name in requests, responses and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "original",
            Self::StoreCredit => "store_credit",
        }
    }
}

impl FromStr for RefundTarget {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|target| target.as_str() == raw);
        known.ok_or_else(|| Invalid::new("unknown_value", "must be \"original\" or \"store_credit\""))
    }
}

/// A refund of one captured attempt, due or completed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Refund {
    /// Status.
    pub status: RefundStatus,
    /// Index of the refunded attempt.
    pub attempt: usize,
    /// Amount in minor units.
    pub amount_minor: i64,
    /// Where it is paid to.
    #[serde(default, skip_serializing_if = "is_provider")]
    pub target: RefundTarget,
    /// The account whose store credit it goes to, if it is neither the owner of the order nor the account that paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<UserId>,
    /// Index of the return that it belongs to. The returned units go back to stock when it completes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_return: Option<usize>,
    /// Reason given by staff for a refund without a return. Automatic refunds have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The member of staff who granted it; `None` for automatic refunds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<UserId>,
    /// The second person, who approved it; `None` if no approval was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<UserId>,
    /// Idempotency key of the staff request, by which a retry is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<IdempotencyKey>,
    /// The provider's id of the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<String>,
    /// Number of retries after failures. Each retry has its own idempotency key at the provider.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retries: u32,
    /// Whether the units of its return are back in stock, so that a retry does not restock them again.
    #[serde(default, skip_serializing_if = "is_false")]
    pub restocked: bool,
}

impl RefundStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Completed, Self::Failed];

    /// The name in responses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

impl Refund {
    /// An automatic refund of an attempt.
    pub(super) const fn pending(attempt: usize, amount_minor: i64, target: RefundTarget) -> Self {
        let status = RefundStatus::Pending;
        let (account, for_return, reason, granted_by) = (None, None, None, None);
        let (approved_by, request, refund_id, retries, restocked) = (None, None, None, 0, false);
        Self {
            status,
            attempt,
            amount_minor,
            target,
            account,
            for_return,
            reason,
            granted_by,
            approved_by,
            request,
            refund_id,
            retries,
            restocked,
        }
    }
}

impl Order {
    /// Sum of completed refunds in minor units.
    pub fn refunded_minor(&self) -> i64 {
        self.refunds.iter().filter(|r| r.status == RefundStatus::Completed).map(|r| r.amount_minor).sum()
    }

    /// Sum of all refunds, due or completed, in minor units.
    pub fn owed_minor(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount_minor).sum()
    }

    /// Maximum amount of another refund by staff, in minor units: what is left of the capture that paid. (Other
    /// captures are refunded in full automatically.) An order that is not shipped yet cannot be refunded in full: it
    /// has to be cancelled, which also restocks its units.
    pub fn refundable_minor(&self) -> i64 {
        let left = self.largest_unrefunded_capture().map_or(0, |(_, left)| left);
        match self.status {
            OrderStatus::Paid => left - 1,
            OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::PartiallyRefunded => left,
            OrderStatus::PendingPayment | OrderStatus::Cancelled | OrderStatus::Expired | OrderStatus::Refunded => 0,
        }
    }

    /// The refund that an earlier call of this request granted.
    pub fn refund_by_key(&self, key: &str) -> Option<(usize, &Refund)> {
        let same_key = |refund: &Refund| refund.request.as_ref().is_some_and(|request| request.key == key);
        self.refunds.iter().enumerate().find(|(_, refund)| same_key(refund))
    }

    /// Sum of the refunds that this member of staff granted without a return and without the approval of a second
    /// person, in minor units.
    pub fn unapproved_minor(&self, granted_by: &UserId) -> i64 {
        let alone = |refund: &&Refund| {
            refund.for_return.is_none()
                && refund.granted_by.as_ref() == Some(granted_by)
                && refund.approved_by.is_none()
        };
        self.refunds.iter().filter(alone).map(|refund| refund.amount_minor).sum()
    }

    /// Whether staff granted as many refunds as an order may have: [`MAX_GRANTED_REFUNDS`].
    pub(super) fn has_too_many_refunds(&self) -> bool {
        self.refunds.iter().filter(|refund| refund.request.is_some()).count() >= MAX_GRANTED_REFUNDS
    }

    /// Whether failed refunds were retried as often as an order allows: [`MAX_REFUND_RETRIES`].
    pub(super) fn has_too_many_retries(&self) -> bool {
        self.refunds.iter().map(|refund| refund.retries as usize).sum::<usize>() >= MAX_REFUND_RETRIES
    }

    /// The attempt with the largest unrefunded amount and that amount in minor units; `None` if all are refunded.
    pub(super) fn largest_unrefunded_capture(&self) -> Option<(usize, i64)> {
        let left = (0..self.attempts.len()).map(|index| (index, self.unrefunded_minor(index)));
        left.filter(|(_, left)| *left > 0).max_by_key(|(_, left)| *left)
    }

    /// Captured amount of an attempt less its refunds, in minor units.
    pub(super) fn unrefunded_minor(&self, attempt: usize) -> i64 {
        let owed = self.refunds.iter().filter(|refund| refund.attempt == attempt).map(|refund| refund.amount_minor);
        self.attempts[attempt].captured_minor - owed.sum::<i64>()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_provider(target: &RefundTarget) -> bool {
    *target == RefundTarget::Provider
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_zero(retries: &u32) -> bool {
    *retries == 0
}
