//! The order's life: a pure function from an order and an event to the next order.
//!
//! `pending_payment → paid → shipped → delivered`, and `→ cancelled | expired | refunded | partially_refunded`.
//! An event that was applied before changes nothing (`Ok` with an equal order), so every message may come twice.

mod fulfilment;
mod payment;
mod refund;

use super::{Order, OrderStatus, PaymentMethod, Refund, RefundTarget, ReturnItem, Shipment, TimelineEvent};
use crate::idempotency::IdempotencyKey;
use crate::ids::UserId;
use crate::money::Money;
use crate::stock::Allocation;
use crate::time::Timestamp;

/// What can happen to an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// The shopper pays: the provider is about to be asked.
    PaymentStarted {
        /// With what.
        method: PaymentMethod,
        /// The client's one-time token.
        token: String,
        /// The client's request.
        request: Option<IdempotencyKey>,
    },
    /// The provider's answer to an attempt is known.
    PaymentSettled {
        /// Which attempt.
        attempt: usize,
        /// What the provider said.
        outcome: ProviderOutcome,
    },
    /// The time to pay is over.
    HoldEnded,
    /// The shopper or the staff calls it off.
    Cancelled,
    /// The account's store credit pays, in the transaction that saves this.
    PaidByStoreCredit {
        /// The client's request.
        request: Option<IdempotencyKey>,
    },
    /// Money was taken for an expired order whose units are still there: they are held again, in the same transaction.
    Revived {
        /// Which attempt.
        attempt: usize,
        /// The provider's id of the payment.
        payment_id: String,
        /// How much, in minor units.
        amount_minor: i64,
        /// Where each line's units come from, in the order of the lines.
        allocations: Vec<Vec<Allocation>>,
    },
    /// The staff sends it.
    Shipped(Shipment),
    /// It arrived.
    Delivered,
    /// The shopper wants to send something back.
    ReturnRequested {
        /// What.
        items: Vec<ReturnItem>,
        /// The client's request.
        request: IdempotencyKey,
    },
    /// The staff took a return back.
    ReturnAccepted {
        /// Which return.
        index: usize,
        /// Where its money goes.
        target: RefundTarget,
        /// Who of the staff.
        accepted_by: UserId,
    },
    /// The staff did not take a return back.
    ReturnRejected {
        /// Which return.
        index: usize,
        /// Why, in words for the shopper.
        reason: Option<String>,
    },
    /// The staff gives money back without a return.
    RefundGranted(RefundGrant),
    /// The provider gave a refund.
    RefundSettled {
        /// Which refund.
        refund: usize,
        /// The provider's id of it.
        refund_id: String,
    },
    /// The provider could not give a refund, or took it back: the money is still here.
    RefundFailed {
        /// Which refund.
        refund: usize,
        /// Which try of it, as in [`super::Refund::retries`].
        retry: u32,
        /// The provider's id of that try.
        refund_id: String,
    },
    /// The staff has a failed refund tried again.
    RefundRetried {
        /// Which refund.
        refund: usize,
        /// Where its money goes this time.
        target: RefundTarget,
    },
}

/// Money that the staff gives back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RefundGrant {
    /// How much.
    pub amount: Money,
    /// Where it goes.
    pub target: RefundTarget,
    /// Why, in words for the shopper.
    pub reason: String,
    /// Who of the staff.
    pub granted_by: UserId,
    /// The client's request.
    pub request: IdempotencyKey,
}

/// What a provider says of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ProviderOutcome {
    /// The money was taken.
    Captured {
        /// The provider's id of the payment.
        payment_id: String,
        /// How much, in minor units.
        amount_minor: i64,
    },
    /// No money was taken, and none is to be expected.
    Declined {
        /// Why, as a stable code.
        code: String,
    },
    /// The shopper must do something.
    ActionRequired {
        /// The provider's id of the payment.
        payment_id: String,
        /// Where the shopper must go.
        action_url: Option<String>,
    },
    /// It takes time, or the provider could not be asked: to be asked again later.
    Pending {
        /// The provider's id of the payment, if it is known.
        payment_id: Option<String>,
    },
}

/// Why an event cannot happen to an order as it stands.
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
    /// It has gone too far to be called off.
    #[error("the order can no longer be cancelled")]
    NotCancellable,
    /// Only a paid order is shipped.
    #[error("the order is not waiting to be shipped")]
    NotShippable,
    /// Only a shipped order arrives.
    #[error("the order is not on its way")]
    NotDeliverable,
    /// Nothing was sent yet, or more is returned than was ordered.
    #[error("these units cannot be returned")]
    NotReturnable,
    /// [`MAX_RETURNS`] reached.
    #[error("too many returns of one order")]
    TooManyReturns,
    /// More than what was taken and is not owed back yet.
    #[error("there is less to refund, or nothing yet")]
    NotRefundable,
    /// It is not an expired order, or the units do not match its lines.
    #[error("the order cannot be held again")]
    NotRevivable,
    /// The return was accepted or rejected before, and not so.
    #[error("the return was decided before, and otherwise")]
    AlreadyDecided,
    /// The idempotency key came with another request about this order.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// There is no such attempt, refund or return.
    #[error("the order has no such payment attempt, refund or return")]
    Unknown,
}

impl Order {
    /// The order after an event. The version is left to the store, which counts it up when it saves.
    pub fn apply(&self, event: Event, now: Timestamp) -> Result<Self, TransitionError> {
        let mut next = self.clone();
        match event {
            Event::PaymentStarted { method, token, request } => next.start_payment(method, token, request, now)?,
            Event::PaymentSettled { attempt, outcome } => next.settle_payment(attempt, outcome, now)?,
            Event::HoldEnded => next.end_hold(now)?,
            Event::Cancelled => next.cancel(now)?,
            Event::PaidByStoreCredit { request } => next.pay_by_store_credit(request, now)?,
            Event::Revived { attempt, payment_id, amount_minor, allocations } => {
                next.revive(attempt, payment_id, amount_minor, allocations, now)?;
            }
            Event::Shipped(shipment) => next.ship(shipment, now)?,
            Event::Delivered => next.deliver(now)?,
            Event::ReturnRequested { items, request } => next.request_return(items, request, now)?,
            Event::ReturnAccepted { index, target, accepted_by } => {
                next.accept_return(index, target, accepted_by, now)?;
            }
            Event::ReturnRejected { index, reason } => next.reject_return(index, reason, now)?,
            Event::RefundGranted(grant) => next.grant_refund(grant, now)?,
            Event::RefundSettled { refund, refund_id } => next.settle_refund(refund, refund_id, now)?,
            Event::RefundFailed { refund, retry, refund_id } => next.fail_refund(refund, retry, refund_id, now)?,
            Event::RefundRetried { refund, target } => next.retry_refund(refund, target, now)?,
        }
        Ok(next)
    }

    fn end_hold(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        if self.status != OrderStatus::PendingPayment {
            return Ok(()); // paid, cancelled or expired before
        }
        if now < self.hold_expires_at {
            return Err(TransitionError::HoldNotEnded);
        }
        if self.processing_attempt().is_some() {
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
                // It was free: no refund will bring its units back.
                if self.captured_minor() == self.refunded_minor() {
                    self.release_stock();
                }
                Ok(())
            }
            // Called off before, and the money is on its way or back.
            OrderStatus::Cancelled | OrderStatus::Refunded => Ok(()),
            OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::Expired | OrderStatus::PartiallyRefunded => {
                Err(TransitionError::NotCancellable)
            }
        }
    }

    /// The order no longer keeps units out of stock; the store gives them back in the same transaction.
    pub(super) fn release_stock(&mut self) {
        for line in &mut self.lines {
            line.allocation.clear();
        }
    }
}

#[cfg(test)]
mod tests;
