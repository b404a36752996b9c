//! Payment attempts and captures.

use super::{ProviderOutcome, TransitionError};
use crate::idempotency::IdempotencyKey;
use crate::ids::UserId;
use crate::order::size::{MAX_ACTION_URL_BYTES, MAX_DECLINE_CODE_BYTES, cut};
use crate::order::{
    AttemptStatus, MAX_PAYMENT_ATTEMPTS, Order, OrderStatus, PaymentAttempt, PaymentMethod, ProviderMethod, Refund,
    RefundTarget, TimelineEvent,
};
use crate::stock::Allocation;
use crate::time::Timestamp;

/// Reports that a payment is pending within this interval count as one. It is more than half of the interval between
/// two checks ([`crate::message::PENDING_CHECK_SECONDS`]): if a webhook or a redrive starts a second chain of checks,
/// one of the two chains ends.
const PENDING_DEDUPLICATION_SECONDS: i64 = 600;

impl Order {
    pub(super) fn start_payment(
        &mut self,
        method: ProviderMethod,
        token: String,
        request: Option<IdempotencyKey>,
        general_decline: bool,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        if self.has_started(request.as_ref())? {
            return Ok(());
        }
        self.check_payable(now)?;
        let attempt = PaymentAttempt::new(method.into(), request, now);
        self.attempts.push(PaymentAttempt { token: Some(token), general_decline, ..attempt });
        self.record_of(TimelineEvent::PaymentStarted, self.attempts.len() - 1, now);
        Ok(())
    }

    /// Whether an earlier call of this request started an attempt. Two calls may race: the second one to save has to
    /// find the attempt of the first instead of starting another.
    fn has_started(&self, request: Option<&IdempotencyKey>) -> Result<bool, TransitionError> {
        request.map_or(Ok(false), |request| self.is_replay(request))
    }

    fn check_payable(&self, now: Timestamp) -> Result<(), TransitionError> {
        match self.status {
            OrderStatus::PendingPayment if now >= self.hold_expires_at => return Err(TransitionError::HoldExpired),
            OrderStatus::PendingPayment => {}
            OrderStatus::Expired => return Err(TransitionError::HoldExpired),
            OrderStatus::Paid | OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::PartiallyRefunded => {
                return Err(TransitionError::AlreadyPaid);
            }
            OrderStatus::Cancelled | OrderStatus::Refunded => return Err(TransitionError::NotPayable),
        }
        if self.processing_attempt().is_some() {
            return Err(TransitionError::PaymentInProgress);
        }
        if self.attempts.len() >= MAX_PAYMENT_ATTEMPTS {
            return Err(TransitionError::TooManyAttempts);
        }
        Ok(())
    }

    /// Store credit needs no provider: the attempt starts and completes in one step. A free order takes no credit, so a guest
    /// can pay it.
    pub(super) fn pay_by_store_credit(
        &mut self,
        account: Option<UserId>,
        request: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        if self.has_started(request.as_ref())? {
            return Ok(());
        }
        self.check_payable(now)?;
        if account.is_none() && self.total_minor > 0 {
            return Err(TransitionError::StoreCreditUnavailable);
        }
        let account = account.filter(|account| *account != self.user_id);
        let attempt = PaymentAttempt { account, ..PaymentAttempt::new(PaymentMethod::StoreCredit, request, now) };
        let payment_id = Some(format!("credit_{}_{}", self.order_id, self.attempts.len()));
        let status = AttemptStatus::Completed;
        self.attempts.push(PaymentAttempt { status, payment_id, captured_minor: self.total_minor, ..attempt });
        self.status = OrderStatus::Paid;
        self.record_of(TimelineEvent::Paid, self.attempts.len() - 1, now);
        Ok(())
    }

    pub(super) fn settle_payment(
        &mut self,
        index: usize,
        outcome: ProviderOutcome,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let attempt = self.attempts.get_mut(index).ok_or(TransitionError::Unknown)?;
        let ended = matches!(attempt.status, AttemptStatus::Completed | AttemptStatus::Failed);
        match outcome {
            // A capture always counts, even after the provider reported a failure.
            ProviderOutcome::Captured { payment_id, amount_minor } => {
                if attempt.status != AttemptStatus::Completed {
                    attempt.complete(payment_id, amount_minor);
                    self.accept_capture(index, amount_minor, now);
                }
            }
            _ if ended => {} // already settled
            ProviderOutcome::Declined { code } => {
                attempt.fail(&code);
                self.record_of(TimelineEvent::PaymentFailed, index, now);
            }
            ProviderOutcome::ActionRequired { payment_id, action_url } => {
                if attempt.status == AttemptStatus::Processing {
                    attempt.require_action(payment_id, action_url);
                    self.record_action_required(index, now);
                }
            }
            ProviderOutcome::Pending { payment_id } => attempt.wait(payment_id, now),
        }
        Ok(())
    }

    /// Once for each attempt: a provider may alternate between an action and pending without a bound.
    fn record_action_required(&mut self, index: usize, now: Timestamp) {
        let event = TimelineEvent::PaymentActionRequired;
        if !self.timeline.iter().any(|entry| entry.event == event && entry.index == Some(index)) {
            self.record_of(event, index, now);
        }
    }

    /// A capture pays the order if the order is unpaid and the amount suffices; otherwise all of it becomes a refund.
    /// An excess amount becomes a refund, too.
    pub(super) fn accept_capture(&mut self, attempt: usize, amount_minor: i64, now: Timestamp) {
        let pays = self.status == OrderStatus::PendingPayment && amount_minor >= self.total_minor;
        if pays {
            self.status = OrderStatus::Paid;
            self.record_of(TimelineEvent::Paid, attempt, now);
        }
        let kept_minor = if pays { self.total_minor } else { 0 };
        if amount_minor > kept_minor {
            self.add_refund(Refund::pending(attempt, amount_minor - kept_minor, RefundTarget::Provider), now);
        }
    }

    /// A capture after the hold ended. The caller found units for every line; the transaction that saves this step
    /// takes them. If they are no longer available, the caller settles the payment instead, and the money is refunded.
    pub(super) fn revive(
        &mut self,
        index: usize,
        payment_id: String,
        amount_minor: i64,
        allocations: Vec<Vec<Allocation>>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let attempt = self.attempts.get_mut(index).ok_or(TransitionError::Unknown)?;
        if attempt.status == AttemptStatus::Completed {
            return Ok(()); // already settled
        }
        let units = |parts: &[Allocation]| parts.iter().map(|part| part.quantity).sum::<u32>();
        let fits = allocations.len() == self.lines.len()
            && self.lines.iter().zip(&allocations).all(|(line, parts)| units(parts) == line.quantity.get());
        // An erased order has no address to ship to.
        if self.status != OrderStatus::Expired || self.erased || amount_minor < self.total_minor || !fits {
            return Err(TransitionError::NotRevivable);
        }
        attempt.complete(payment_id, amount_minor);
        for (line, parts) in self.lines.iter_mut().zip(allocations) {
            line.allocation = parts;
        }
        self.status = OrderStatus::PendingPayment;
        self.record(TimelineEvent::HeldAgain, now);
        self.accept_capture(index, amount_minor, now);
        Ok(())
    }
}

impl PaymentAttempt {
    /// The decline code as the shopper may see it.
    pub fn shopper_decline_code(&self) -> Option<&str> {
        self.decline_code.as_deref().filter(|_| !self.general_decline)
    }

    fn new(method: PaymentMethod, request: Option<IdempotencyKey>, now: Timestamp) -> Self {
        Self {
            status: AttemptStatus::Processing,
            method,
            account: None,
            started_at: now,
            request,
            token: None,
            payment_id: None,
            decline_code: None,
            general_decline: false,
            action_url: None,
            captured_minor: 0,
            checked_at: None,
        }
    }

    /// Nothing was captured.
    fn fail(&mut self, code: &str) {
        self.status = AttemptStatus::Failed;
        self.token = None;
        self.action_url = None;
        self.decline_code = Some(cut(code, MAX_DECLINE_CODE_BYTES).to_owned());
    }

    /// The shopper has to act.
    fn require_action(&mut self, payment_id: String, action_url: Option<String>) {
        self.status = AttemptStatus::RequiresAction;
        self.payment_id = Some(payment_id);
        self.action_url = action_url.filter(|url| url.len() <= MAX_ACTION_URL_BYTES);
    }

    /// Whether the provider accepted the payment and said that it takes time, as a bank debit does. A payment whose call
    /// had no answer does not count, because its money may have been taken already.
    pub(crate) const fn takes_time(&self) -> bool {
        matches!(self.status, AttemptStatus::Processing) && self.payment_id.is_some() && self.checked_at.is_some()
    }

    /// The provider needs more time.
    fn wait(&mut self, payment_id: Option<String>, now: Timestamp) {
        self.payment_id = payment_id.or(self.payment_id.take());
        let reported_before = self.checked_at.is_some_and(|at| at.seconds_until(now) < PENDING_DEDUPLICATION_SECONDS);
        if self.status == AttemptStatus::Processing && reported_before {
            return;
        }
        self.status = AttemptStatus::Processing;
        self.action_url = None;
        self.checked_at = Some(now);
    }

    /// The money was captured; the token is no longer needed.
    fn complete(&mut self, payment_id: String, amount_minor: i64) {
        self.status = AttemptStatus::Completed;
        self.token = None;
        self.action_url = None;
        self.decline_code = None;
        self.payment_id = Some(payment_id);
        self.captured_minor = amount_minor;
    }
}
