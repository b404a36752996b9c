//! State transitions of an order: a pure function from an order and an event to the next order.
//!
//! `pending_payment → paid → shipped → delivered`, and `→ cancelled | expired | refunded | partially_refunded`. An
//! event that was applied before changes nothing (`Ok` with an equal order), so every message may be delivered twice.

mod fulfilment;
mod payment;
mod refund;

use super::{Order, OrderStatus, ProviderMethod, Refund, RefundTarget, ReturnItem, Shipment, TimelineEvent};
use crate::idempotency::IdempotencyKey;
use crate::ids::UserId;
use crate::money::Money;
use crate::stock::Allocation;
use crate::time::Timestamp;

/// An event that changes an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// The shopper pays; the provider is called next.
    PaymentStarted {
        /// Payment method.
        method: ProviderMethod,
        /// The client's one-time token.
        token: String,
        /// Idempotency key of the request.
        request: Option<IdempotencyKey>,
        /// As in [`super::PaymentAttempt::general_decline`].
        general_decline: bool,
    },
    /// The provider reported an outcome of an attempt.
    PaymentSettled {
        /// Index of the attempt.
        attempt: usize,
        /// Outcome reported by the provider.
        outcome: ProviderOutcome,
    },
    /// The hold ended.
    HoldEnded,
    /// The shopper or staff cancels the order.
    Cancelled,
    /// A late capture for an expired order whose units are still available: the same transaction allocates them again.
    Revived {
        /// Index of the attempt.
        attempt: usize,
        /// Id of the payment at the provider.
        payment_id: String,
        /// Amount in minor units.
        amount_minor: i64,
        /// New allocation of each line, in the order of the lines.
        allocations: Vec<Vec<Allocation>>,
    },
    /// Staff shipped it.
    Shipped(Shipment),
    /// It was delivered.
    Delivered,
    /// The shopper requests a return.
    ReturnRequested {
        /// Returned products.
        items: Vec<ReturnItem>,
        /// Idempotency key of the request.
        request: IdempotencyKey,
    },
    /// Staff accept a return.
    ReturnAccepted {
        /// Index of the return.
        index: usize,
        /// Where its refund is paid to.
        target: RefundTarget,
        /// As in [`RefundGrant::account`].
        account: Option<UserId>,
        /// The member of staff.
        accepted_by: UserId,
    },
    /// Staff reject a return.
    ReturnRejected {
        /// Index of the return.
        index: usize,
        /// Reason, shown to the shopper.
        reason: Option<String>,
    },
    /// Staff grant a refund without a return.
    RefundGranted(RefundGrant),
    /// The provider paid out a refund.
    RefundSettled {
        /// Index of the refund.
        refund: usize,
        /// Its retry, as in [`super::Refund::retries`]. The success of an earlier one settles nothing.
        retry: u32,
        /// Id of the refund at the provider.
        refund_id: String,
    },
    /// A refund failed, possibly after it completed. The money is still due.
    RefundFailed {
        /// Index of the refund.
        refund: usize,
        /// Its retry, as in [`super::Refund::retries`].
        retry: u32,
        /// Id of that retry at the provider.
        refund_id: String,
    },
    /// Staff retry a failed refund.
    RefundRetried {
        /// Index of the refund.
        refund: usize,
        /// Where it is paid to this time.
        target: RefundTarget,
        /// As in [`RefundGrant::account`].
        account: Option<UserId>,
    },
    /// The account was deleted: contact and address of an order that was never paid are erased, and one that was paid is
    /// marked.
    Erased,
}

/// An event that changes an order and, in the same transaction, the store credit of an account. It is a type of its
/// own, so that only functions with access to accounts can apply it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StoreCreditEvent {
    /// Store credit pays the order.
    Paid {
        /// The account that pays. None if the caller is a guest, who has no store credit and can pay free orders only.
        account: Option<UserId>,
        /// Idempotency key of the request.
        request: Option<IdempotencyKey>,
    },
    /// A refund to store credit is paid out.
    Refunded {
        /// Index of the refund.
        refund: usize,
    },
}

/// A refund granted by staff.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RefundGrant {
    /// Amount.
    pub amount: Money,
    /// Where it is paid to.
    pub target: RefundTarget,
    /// For store credit, the account to which the order belongs: its owner, or the account that its owner was a guest of.
    /// None if it belongs to no account: then nobody could spend the credit, and the refund is refused.
    pub account: Option<UserId>,
    /// Reason, shown to the shopper.
    pub reason: String,
    /// The member of staff.
    pub granted_by: UserId,
    /// Idempotency key of the request.
    pub request: IdempotencyKey,
    /// Whether a second person has to approve it.
    pub approval: RefundApproval,
}

/// Whether a second person has to approve a refund that staff grant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RefundApproval {
    /// No second person has to approve it.
    NotRequired,
    /// A second person has to if the refunds that this person granted without approval, for this order and with this
    /// one, exceed the sum in minor units. So a large refund cannot be split into small ones.
    RequiredAbove(i64),
    /// This second person approved it.
    ApprovedBy(UserId),
}

/// The outcome of a payment reported by a provider.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ProviderOutcome {
    /// The money was captured.
    Captured {
        /// Id of the payment at the provider.
        payment_id: String,
        /// Amount in minor units.
        amount_minor: i64,
    },
    /// No money was captured, and none will be.
    Declined {
        /// Stable code of the decline.
        code: String,
    },
    /// The shopper has to complete an action.
    ActionRequired {
        /// Id of the payment at the provider.
        payment_id: String,
        /// URL at which the shopper completes it.
        action_url: Option<String>,
    },
    /// The payment takes time, or the provider could not be reached: check again later.
    Pending {
        /// Id of the payment at the provider, if known.
        payment_id: Option<String>,
    },
}

/// Why an order in its current state refuses an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// It is cancelled or refunded.
    #[error("the order is not waiting for a payment")]
    NotPayable,
    /// A payment has been captured for it: [`Order::paying_attempt`].
    #[error("the order is already paid")]
    AlreadyPaid,
    /// The hold has ended.
    #[error("the time to pay has passed")]
    HoldExpired,
    /// Another attempt is still open.
    #[error("a payment is still being processed")]
    PaymentInProgress,
    /// [`MAX_PAYMENT_ATTEMPTS`] reached.
    #[error("too many payment attempts")]
    TooManyAttempts,
    /// The hold has not ended yet.
    #[error("the hold has not ended yet")]
    HoldNotEnded,
    /// It is shipped or otherwise past cancellation.
    #[error("the order can no longer be cancelled")]
    NotCancellable,
    /// Only a paid order can be shipped.
    #[error("the order is not waiting to be shipped")]
    NotShippable,
    /// Only a shipped order can be delivered.
    #[error("the order is not shipped")]
    NotDeliverable,
    /// It is not delivered yet, or more is returned than was ordered.
    #[error("these units cannot be returned")]
    NotReturnable,
    /// [`super::MAX_RETURNS`] or [`super::size::MAX_RETURNED_BYTES`] reached.
    #[error("too many returns of one order")]
    TooManyReturns,
    /// [`super::size::MAX_GRANTED_REFUNDS`] reached.
    #[error("too many refunds of one order; cancel it or accept a return instead")]
    TooManyRefunds,
    /// [`super::size::MAX_REFUND_RETRIES`] reached. Store credit, which cannot fail, is still possible.
    #[error("too many retries of refunds of one order; refund it as store credit or at the payment provider")]
    TooManyRetries,
    /// The amount exceeds what is left to refund.
    #[error("the amount exceeds what can be refunded")]
    NotRefundable,
    /// The caller who pays, or the owner of the order that is refunded, has no account.
    #[error("only accounts with a verified address have store credit")]
    StoreCreditUnavailable,
    /// A second person has to approve the refund: [`RefundApproval::RequiredAbove`].
    #[error("a second person has to approve this refund")]
    ApprovalRequired,
    /// It is not expired, it is erased, or the allocations do not match its lines.
    #[error("the order cannot be held again")]
    NotRevivable,
    /// The return was decided before, and differently.
    #[error("the return was already decided differently")]
    AlreadyDecided,
    /// The idempotency key was used for another request about this order.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The attempt, refund or return does not exist.
    #[error("the order has no such payment attempt, refund or return")]
    Unknown,
}

impl Order {
    /// The order after an event. The store increments the version when it saves the order.
    pub fn apply(&self, event: Event, now: Timestamp) -> Result<Self, TransitionError> {
        let mut next = self.clone();
        match event {
            Event::PaymentStarted { method, token, request, general_decline } => {
                next.start_payment(method, token, request, general_decline, now)?;
            }
            Event::PaymentSettled { attempt, outcome } => next.settle_payment(attempt, outcome, now)?,
            Event::HoldEnded => next.end_hold(now)?,
            Event::Cancelled => next.cancel(now)?,
            Event::Revived { attempt, payment_id, amount_minor, allocations } => {
                next.revive(attempt, payment_id, amount_minor, allocations, now)?;
            }
            Event::Shipped(shipment) => next.ship(shipment, now)?,
            Event::Delivered => next.deliver(now)?,
            Event::ReturnRequested { items, request } => next.request_return(items, request, now)?,
            Event::ReturnAccepted { index, target, account, accepted_by } => {
                next.accept_return(index, (target, account), accepted_by, now)?;
            }
            Event::ReturnRejected { index, reason } => next.reject_return(index, reason, now)?,
            Event::RefundGranted(grant) => next.grant_refund(grant, now)?,
            Event::RefundSettled { refund, retry, refund_id } => {
                next.settle_refund(refund, retry, (RefundTarget::Provider, refund_id), now)?;
            }
            Event::RefundFailed { refund, retry, refund_id } => next.fail_refund(refund, retry, refund_id, now)?,
            Event::RefundRetried { refund, target, account } => next.retry_refund(refund, target, account, now)?,
            Event::Erased => next.erase()?,
        }
        Ok(next)
    }

    /// The order after an event that also changes store credit: by [`Order::credit_moves_since`].
    pub fn apply_store_credit(&self, event: StoreCreditEvent, now: Timestamp) -> Result<Self, TransitionError> {
        let mut next = self.clone();
        match event {
            StoreCreditEvent::Paid { account, request } => next.pay_by_store_credit(account, request, now)?,
            StoreCreditEvent::Refunded { refund } => {
                let refund_id = format!("credit_{}", self.refund_key(refund));
                // The shop credits it itself, in this step: there is no earlier try whose outcome could be late.
                let retry = self.refunds.get(refund).map_or(0, |refund| refund.retries);
                next.settle_refund(refund, retry, (RefundTarget::StoreCredit, refund_id), now)?;
            }
        }
        Ok(next)
    }

    fn end_hold(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        if self.status != OrderStatus::PendingPayment {
            return Ok(()); // already paid, cancelled or expired
        }
        if now < self.hold_expires_at {
            return Err(TransitionError::HoldNotEnded);
        }
        if self.payment_keeps_hold() {
            return Err(TransitionError::PaymentInProgress);
        }
        self.status = OrderStatus::Expired;
        self.release_stock();
        self.record(TimelineEvent::Expired, now);
        Ok(())
    }

    fn cancel(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        match self.status {
            OrderStatus::PendingPayment => {
                if self.processing_attempt().is_some() {
                    return Err(TransitionError::PaymentInProgress);
                }
                self.status = OrderStatus::Cancelled;
                self.release_stock();
                self.record(TimelineEvent::Cancelled, now);
                Ok(())
            }
            OrderStatus::Paid => {
                self.status = OrderStatus::Cancelled;
                self.record(TimelineEvent::Cancelled, now);
                for attempt in 0..self.attempts.len() {
                    let left = self.unrefunded_minor(attempt);
                    if left > 0 {
                        let target = self.refund_target(attempt, RefundTarget::Provider);
                        self.add_refund(Refund::pending(attempt, left, target), now);
                    }
                }
                // A free order: no refund restocks its units.
                if self.captured_minor() == self.refunded_minor() {
                    self.release_stock();
                }
                Ok(())
            }
            // Already cancelled; its refund is due or completed.
            OrderStatus::Cancelled | OrderStatus::Refunded => Ok(()),
            OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::Expired | OrderStatus::PartiallyRefunded => {
                Err(TransitionError::NotCancellable)
            }
        }
    }

    /// Releases all units of the order; the store restocks them in the same transaction.
    pub(super) fn release_stock(&mut self) {
        for line in &mut self.lines {
            line.allocation.clear();
        }
    }
}

#[cfg(test)]
mod tests;
