//! Money that is owed back, or was given back.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::idempotency::IdempotencyKey;
use crate::ids::UserId;
use crate::order::{Order, OrderStatus};
use crate::validation::Invalid;

/// How a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Owed; the provider is being asked.
    Pending,
    /// Given back.
    Completed,
    /// The provider could not give it back: it is still owed, and waits for the staff to say how.
    Failed,
}

/// Where refunded money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundTarget {
    /// Back where it came from.
    #[default]
    Provider,
    /// To the account's credit with the shop.
    StoreCredit,
}

impl RefundTarget {
    /// The word in requests and answers.
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
        let known = [Self::Provider, Self::StoreCredit].into_iter().find(|target| target.as_str() == raw);
        known.ok_or_else(|| Invalid::new("unknown_value", "must be \"original\" or \"store_credit\""))
    }
}

/// Money owed back, or given back, of one captured attempt.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Refund {
    /// How it stands.
    pub status: RefundStatus,
    /// Index of the attempt whose money it is.
    pub attempt: usize,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// Where it goes.
    #[serde(default, skip_serializing_if = "is_provider")]
    pub target: RefundTarget,
    /// Index of the return it is for; its units go back to stock with the money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_return: Option<usize>,
    /// Why, in the words of the staff, if it was neither for a return nor for a payment that the order did not need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who of the staff decided it; nobody did when the order's own rules owe it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<UserId>,
    /// The staff's request, so that a retry finds it and owes nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<IdempotencyKey>,
    /// The provider's id of the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<String>,
    /// How often it was owed anew after it had failed: each try has a key of its own.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retries: u32,
    /// Whether the units of its return went back to stock, which a second try must not do again.
    #[serde(default, skip_serializing_if = "is_false")]
    pub restocked: bool,
}

impl RefundStatus {
    /// The word clients see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

impl Refund {
    /// Money of an attempt that is owed by the order's own rules.
    pub(super) const fn pending(attempt: usize, amount_minor: i64, target: RefundTarget) -> Self {
        let status = RefundStatus::Pending;
        let (for_return, reason, granted_by, request, refund_id) = (None, None, None, None, None);
        let (retries, restocked) = (0, false);
        Self {
            status,
            attempt,
            amount_minor,
            target,
            for_return,
            reason,
            granted_by,
            request,
            refund_id,
            retries,
            restocked,
        }
    }
}

impl Order {
    /// All money given back, in minor units.
    pub fn refunded_minor(&self) -> i64 {
        self.refunds.iter().filter(|r| r.status == RefundStatus::Completed).map(|r| r.amount_minor).sum()
    }

    /// All money owed back or given back, in minor units.
    pub fn owed_minor(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount_minor).sum()
    }

    /// The most that the staff can give back with one more refund, in minor units: what is left of the capture that paid.
    /// (All others are owed back whole.) Of an order that is still to be sent not all of it: that one is cancelled instead,
    /// so that its units come back too.
    pub fn refundable_minor(&self) -> i64 {
        let left = self.largest_unrefunded_capture().map_or(0, |(_, left)| left);
        match self.status {
            OrderStatus::Paid => left - 1,
            OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::PartiallyRefunded => left,
            _ => 0,
        }
    }

    /// The refund that an earlier run of this request made owed.
    pub fn refund_by_key(&self, key: &str) -> Option<(usize, &Refund)> {
        let same_key = |refund: &Refund| refund.request.as_ref().is_some_and(|request| request.key == key);
        self.refunds.iter().enumerate().find(|(_, refund)| same_key(refund))
    }

    /// The attempt of whose money the most is left, and how much, in minor units; `None` when none has any left.
    pub(super) fn largest_unrefunded_capture(&self) -> Option<(usize, i64)> {
        let left = (0..self.attempts.len()).map(|index| (index, self.unrefunded_minor(index)));
        left.filter(|(_, left)| *left > 0).max_by_key(|(_, left)| *left)
    }

    /// What was taken by an attempt and is not owed back, in minor units.
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
const fn is_zero(tries: &u32) -> bool {
    *tries == 0
}
