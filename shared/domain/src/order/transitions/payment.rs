//! Attempts to pay, and money that arrives.

use super::{ProviderOutcome, TransitionError};
use crate::cart::RequestMark;
use crate::order::{
    AttemptStatus, Happening, MAX_PAYMENT_ATTEMPTS, Order, OrderStatus, PaymentAttempt, PaymentMethod, RefundTarget,
};
use crate::stock::Allocation;
use crate::time::Timestamp;

impl Order {
    pub(super) fn start_payment(
        &mut self,
        method: PaymentMethod,
        token: String,
        request: Option<RequestMark>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        self.check_payable(now)?;
        self.attempts.push(PaymentAttempt { token: Some(token), ..PaymentAttempt::new(method, request, now) });
        self.record(Happening::PaymentStarted, now);
        Ok(())
    }

    pub(super) fn check_payable(&self, now: Timestamp) -> Result<(), TransitionError> {
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
        Ok(())
    }

    /// Store credit needs no provider: the attempt begins and ends in one step.
    pub(super) fn pay_by_store_credit(
        &mut self,
        request: Option<RequestMark>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        self.check_payable(now)?;
        let attempt = PaymentAttempt::new(PaymentMethod::StoreCredit, request, now);
        let payment_id = Some(format!("credit_{}_{}", self.order_id, self.attempts.len()));
        let status = AttemptStatus::Completed;
        self.attempts.push(PaymentAttempt { status, payment_id, captured_minor: self.total_minor, ..attempt });
        self.status = OrderStatus::Paid;
        self.record(Happening::Paid, now);
        Ok(())
    }

    pub(super) fn settle_payment(
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
                attempt.complete(payment_id, amount_minor);
                self.accept_capture(index, amount_minor, now);
            }
        }
        Ok(())
    }

    /// Money was taken. It pays the order if that still waits for it; otherwise it is owed back.
    pub(super) fn accept_capture(&mut self, attempt: usize, amount_minor: i64, now: Timestamp) {
        if self.status == OrderStatus::PendingPayment {
            self.status = OrderStatus::Paid;
            self.record(Happening::Paid, now);
        } else {
            self.owe_refund(attempt, amount_minor, RefundTarget::Provider, None, now);
        }
    }

    /// Money came after the hold had ended. The caller found units for every line and takes them in the transaction that
    /// saves this step; if they are gone by then, it settles the payment instead, and the money goes back.
    pub(super) fn revive(
        &mut self,
        index: usize,
        payment_id: String,
        amount_minor: i64,
        allocations: Vec<Vec<Allocation>>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let attempt = self.attempts.get_mut(index).ok_or(TransitionError::Unknown)?;
        if matches!(attempt.status, AttemptStatus::Completed | AttemptStatus::Failed) {
            return Ok(()); // settled before
        }
        let units = |parts: &[Allocation]| parts.iter().map(|part| part.quantity).sum::<u32>();
        let fits = allocations.len() == self.lines.len()
            && self.lines.iter().zip(&allocations).all(|(line, parts)| units(parts) == line.quantity.get());
        if self.status != OrderStatus::Expired || !fits {
            return Err(TransitionError::NotRevivable);
        }
        attempt.complete(payment_id, amount_minor);
        for (line, parts) in self.lines.iter_mut().zip(allocations) {
            line.allocation = parts;
        }
        self.status = OrderStatus::Paid;
        self.record(Happening::HeldAgain, now);
        self.record(Happening::Paid, now);
        Ok(())
    }
}

impl PaymentAttempt {
    fn new(method: PaymentMethod, request: Option<RequestMark>, now: Timestamp) -> Self {
        Self {
            status: AttemptStatus::Processing,
            method,
            started_at: now,
            request,
            token: None,
            payment_id: None,
            decline_code: None,
            action_url: None,
            captured_minor: 0,
        }
    }

    /// The money was taken; the token has served.
    fn complete(&mut self, payment_id: String, amount_minor: i64) {
        self.status = AttemptStatus::Completed;
        self.token = None;
        self.action_url = None;
        self.payment_id = Some(payment_id);
        self.captured_minor = amount_minor;
    }
}
