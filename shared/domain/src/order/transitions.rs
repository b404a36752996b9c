//! The order's life: a pure function from an order and an event to the next order.
//!
//! `pending_payment → paid → shipped → delivered`, and `→ cancelled | expired | refunded | partially_refunded`.
//! An event that was applied before changes nothing (`Ok` with an equal order), so every message may come twice.

use super::{
    AttemptStatus, Happening, MAX_PAYMENT_ATTEMPTS, Order, OrderStatus, PaymentAttempt, PaymentMethod, Refund,
    RefundStatus, TimelineEntry,
};
use crate::cart::RequestMark;
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
        request: Option<RequestMark>,
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
    /// The provider gave a refund.
    RefundSettled {
        /// Which refund.
        refund: usize,
        /// The provider's id of it.
        refund_id: String,
    },
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
    /// No money was taken, and none will be.
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
}

/// Why an event cannot happen to an order as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// It is not waiting for a payment.
    #[error("the order is not waiting for a payment")]
    NotPayable,
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
    /// There is no such attempt or refund.
    #[error("the order has no such payment attempt or refund")]
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
            Event::RefundSettled { refund, refund_id } => next.settle_refund(refund, refund_id, now)?,
        }
        Ok(next)
    }

    fn start_payment(
        &mut self,
        method: PaymentMethod,
        token: String,
        request: Option<RequestMark>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        match self.status {
            OrderStatus::PendingPayment if now >= self.hold_expires_at => return Err(TransitionError::HoldExpired),
            OrderStatus::PendingPayment => {}
            OrderStatus::Expired => return Err(TransitionError::HoldExpired),
            _ => return Err(TransitionError::NotPayable),
        }
        if self.processing_attempt().is_some() {
            return Err(TransitionError::PaymentInProgress);
        }
        if self.attempts.len() >= MAX_PAYMENT_ATTEMPTS {
            return Err(TransitionError::TooManyAttempts);
        }
        self.attempts.push(PaymentAttempt {
            status: AttemptStatus::Processing,
            method,
            started_at: now,
            request,
            token: Some(token),
            payment_id: None,
            decline_code: None,
            action_url: None,
            captured_minor: 0,
        });
        self.record(Happening::PaymentStarted, now);
        Ok(())
    }

    fn settle_payment(
        &mut self,
        index: usize,
        outcome: ProviderOutcome,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let attempt = self.attempts.get_mut(index).ok_or(TransitionError::Unknown)?;
        if matches!(attempt.status, AttemptStatus::Completed | AttemptStatus::Failed) {
            return Ok(()); // settled before
        }
        match outcome {
            ProviderOutcome::Declined { code } => {
                attempt.status = AttemptStatus::Failed;
                attempt.token = None;
                attempt.action_url = None;
                attempt.decline_code = Some(code);
                self.record(Happening::PaymentFailed, now);
            }
            ProviderOutcome::ActionRequired { payment_id, action_url } => {
                if attempt.status == AttemptStatus::Processing {
                    attempt.status = AttemptStatus::RequiresAction;
                    attempt.payment_id = Some(payment_id);
                    attempt.action_url = action_url;
                    self.record(Happening::PaymentActionRequired, now);
                }
            }
            ProviderOutcome::Captured { payment_id, amount_minor } => {
                attempt.status = AttemptStatus::Completed;
                attempt.token = None;
                attempt.action_url = None;
                attempt.payment_id = Some(payment_id);
                attempt.captured_minor = amount_minor;
                self.accept_capture(index, amount_minor, now);
            }
        }
        Ok(())
    }

    /// Money was taken. It pays the order if that still waits for it; otherwise it is owed back.
    fn accept_capture(&mut self, attempt: usize, amount_minor: i64, now: Timestamp) {
        if self.status == OrderStatus::PendingPayment {
            self.status = OrderStatus::Paid;
            self.record(Happening::Paid, now);
        } else {
            self.owe_refund(attempt, amount_minor, now);
        }
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
        self.record(Happening::Expired, now);
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
                self.record(Happening::Cancelled, now);
                Ok(())
            }
            OrderStatus::Paid => {
                self.status = OrderStatus::Cancelled;
                self.record(Happening::Cancelled, now);
                for attempt in 0..self.attempts.len() {
                    let left = self.attempts[attempt].captured_minor - self.owed_or_refunded_minor(attempt);
                    if left > 0 {
                        self.owe_refund(attempt, left, now);
                    }
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

    fn settle_refund(&mut self, index: usize, refund_id: String, now: Timestamp) -> Result<(), TransitionError> {
        let refund = self.refunds.get_mut(index).ok_or(TransitionError::Unknown)?;
        if refund.status == RefundStatus::Completed {
            return Ok(()); // settled before
        }
        refund.status = RefundStatus::Completed;
        refund.refund_id = Some(refund_id);
        self.record(Happening::Refunded, now);
        if self.captured_minor() == self.refunded_minor() {
            self.status = OrderStatus::Refunded;
            self.release_stock();
        }
        Ok(())
    }

    fn owe_refund(&mut self, attempt: usize, amount_minor: i64, now: Timestamp) {
        self.refunds.push(Refund { status: RefundStatus::Pending, attempt, amount_minor, refund_id: None });
        self.record(Happening::RefundDue, now);
    }

    fn owed_or_refunded_minor(&self, attempt: usize) -> i64 {
        self.refunds.iter().filter(|refund| refund.attempt == attempt).map(|refund| refund.amount_minor).sum()
    }

    /// The order no longer keeps units out of stock; the store gives them back in the same transaction.
    fn release_stock(&mut self) {
        for line in &mut self.lines {
            line.allocation.clear();
        }
    }

    fn record(&mut self, what: Happening, at: Timestamp) {
        self.timeline.push(TimelineEntry { at, what });
    }
}

#[cfg(test)]
mod tests;
