//! The order's life: a pure function from an order and an event to the next order.
//!
//! `pending_payment → paid → shipped → delivered`, and `→ cancelled | expired | refunded | partially_refunded`.
//! An event that was applied before changes nothing (`Ok` with an equal order), so every message may come twice.

use super::{
    AttemptStatus, Happening, MAX_PAYMENT_ATTEMPTS, MAX_RETURNS, Order, OrderStatus, PaymentAttempt, PaymentMethod,
    Refund, RefundStatus, RefundTarget, Return, ReturnItem, ReturnStatus, Shipment, TimelineEntry,
};
use crate::cart::RequestMark;
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
    /// The account's store credit pays, in the transaction that saves this.
    PaidByStoreCredit {
        /// The client's request.
        request: Option<RequestMark>,
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
    ReturnRequested(Vec<ReturnItem>),
    /// The staff took a return back.
    ReturnAccepted {
        /// Which return.
        index: usize,
        /// Where its money goes.
        target: RefundTarget,
    },
    /// The staff did not take a return back.
    ReturnRejected {
        /// Which return.
        index: usize,
    },
    /// The staff gives money back without a return.
    RefundGranted {
        /// How much, in minor units.
        amount_minor: i64,
        /// Where it goes.
        target: RefundTarget,
    },
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
    #[error("there is less to refund")]
    NotRefundable,
    /// It is not an expired order, or the units do not match its lines.
    #[error("the order cannot be held again")]
    NotRevivable,
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
            Event::ReturnRequested(items) => next.request_return(items, now)?,
            Event::ReturnAccepted { index, target } => next.accept_return(index, target, now)?,
            Event::ReturnRejected { index } => next.reject_return(index, now)?,
            Event::RefundGranted { amount_minor, target } => next.grant_refund(amount_minor, target, None, now)?,
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
        self.check_payable(now)?;
        self.attempts.push(PaymentAttempt { token: Some(token), ..PaymentAttempt::new(method, request, now) });
        self.record(Happening::PaymentStarted, now);
        Ok(())
    }

    fn check_payable(&self, now: Timestamp) -> Result<(), TransitionError> {
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
    fn pay_by_store_credit(&mut self, request: Option<RequestMark>, now: Timestamp) -> Result<(), TransitionError> {
        self.check_payable(now)?;
        let attempt = PaymentAttempt::new(PaymentMethod::StoreCredit, request, now);
        let payment_id = Some(format!("credit_{}_{}", self.order_id, self.attempts.len()));
        let status = AttemptStatus::Completed;
        self.attempts.push(PaymentAttempt { status, payment_id, captured_minor: self.total_minor, ..attempt });
        self.status = OrderStatus::Paid;
        self.record(Happening::Paid, now);
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
                attempt.complete(payment_id, amount_minor);
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
            self.owe_refund(attempt, amount_minor, RefundTarget::Provider, None, now);
        }
    }

    /// Money came after the hold had ended. The caller found units for every line and takes them in the transaction that
    /// saves this step; if they are gone by then, it settles the payment instead, and the money goes back.
    fn revive(
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
                        let target = self.natural_target(attempt);
                        self.owe_refund(attempt, left, target, None, now);
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
        let for_return = refund.for_return;
        self.record(Happening::Refunded, now);
        if let Some(returned) = for_return {
            self.release_returned(returned);
        }
        let all_money_is_back = self.captured_minor() == self.refunded_minor();
        match self.status {
            // Never sent: with the last of the money, everything goes back to stock.
            OrderStatus::Cancelled | OrderStatus::Expired if all_money_is_back => {
                self.status = OrderStatus::Refunded;
                self.release_stock();
            }
            OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::PartiallyRefunded if all_money_is_back => {
                self.status = OrderStatus::Refunded;
            }
            OrderStatus::Delivered => self.status = OrderStatus::PartiallyRefunded,
            _ => {}
        }
        Ok(())
    }

    fn ship(&mut self, shipment: Shipment, now: Timestamp) -> Result<(), TransitionError> {
        match self.status {
            OrderStatus::Shipped if self.shipment.as_ref() == Some(&shipment) => Ok(()), // shipped before
            OrderStatus::Paid => {
                self.status = OrderStatus::Shipped;
                self.shipment = Some(shipment);
                self.record(Happening::Shipped, now);
                Ok(())
            }
            _ => Err(TransitionError::NotShippable),
        }
    }

    fn deliver(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        match self.status {
            OrderStatus::Delivered => Ok(()), // delivered before
            OrderStatus::Shipped => {
                self.status = OrderStatus::Delivered;
                self.record(Happening::Delivered, now);
                Ok(())
            }
            _ => Err(TransitionError::NotDeliverable),
        }
    }

    fn request_return(&mut self, items: Vec<ReturnItem>, now: Timestamp) -> Result<(), TransitionError> {
        if !matches!(self.status, OrderStatus::Delivered | OrderStatus::PartiallyRefunded) || items.is_empty() {
            return Err(TransitionError::NotReturnable);
        }
        if self.returns.len() >= MAX_RETURNS {
            return Err(TransitionError::TooManyReturns);
        }
        self.returns.push(Return { status: ReturnStatus::Requested, items: Vec::new() });
        for item in items {
            if item.quantity.get() > self.returnable(&item.product_id) {
                return Err(TransitionError::NotReturnable);
            }
            // One by one, so that two items of one product count together.
            if let Some(entry) = self.returns.last_mut() {
                entry.items.push(item);
            }
        }
        self.record(Happening::ReturnRequested, now);
        Ok(())
    }

    fn accept_return(&mut self, index: usize, target: RefundTarget, now: Timestamp) -> Result<(), TransitionError> {
        let entry = self.returns.get_mut(index).ok_or(TransitionError::Unknown)?;
        match entry.status {
            ReturnStatus::Accepted => return Ok(()), // accepted before
            ReturnStatus::Rejected => return Err(TransitionError::NotReturnable),
            ReturnStatus::Requested => entry.status = ReturnStatus::Accepted,
        }
        let items = entry.items.clone();
        self.record(Happening::ReturnAccepted, now);
        self.grant_refund(self.return_value_minor(&items), target, Some(index), now)
    }

    fn reject_return(&mut self, index: usize, now: Timestamp) -> Result<(), TransitionError> {
        let entry = self.returns.get_mut(index).ok_or(TransitionError::Unknown)?;
        match entry.status {
            ReturnStatus::Rejected => Ok(()), // rejected before
            ReturnStatus::Accepted => Err(TransitionError::NotReturnable),
            ReturnStatus::Requested => {
                entry.status = ReturnStatus::Rejected;
                self.record(Happening::ReturnRejected, now);
                Ok(())
            }
        }
    }

    /// Owes part of the money back, out of the first capture that has so much left.
    fn grant_refund(
        &mut self,
        amount_minor: i64,
        target: RefundTarget,
        for_return: Option<usize>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        use OrderStatus::{Delivered, PartiallyRefunded, Shipped};
        if amount_minor <= 0 || !matches!(self.status, Shipped | Delivered | PartiallyRefunded) {
            return Err(TransitionError::NotRefundable);
        }
        let left = |index: &usize| self.attempts[*index].captured_minor - self.owed_or_refunded_minor(*index);
        let attempt = (0..self.attempts.len()).find(|index| left(index) >= amount_minor);
        let attempt = attempt.ok_or(TransitionError::NotRefundable)?;
        let target = match self.natural_target(attempt) {
            RefundTarget::StoreCredit => RefundTarget::StoreCredit,
            RefundTarget::Provider => target,
        };
        self.owe_refund(attempt, amount_minor, target, for_return, now);
        Ok(())
    }

    /// Where the money of an attempt came from.
    fn natural_target(&self, attempt: usize) -> RefundTarget {
        match self.attempts[attempt].method {
            PaymentMethod::StoreCredit => RefundTarget::StoreCredit,
            _ => RefundTarget::Provider,
        }
    }

    fn owe_refund(
        &mut self,
        attempt: usize,
        amount_minor: i64,
        target: RefundTarget,
        for_return: Option<usize>,
        now: Timestamp,
    ) {
        let status = RefundStatus::Pending;
        self.refunds.push(Refund { status, attempt, amount_minor, target, for_return, refund_id: None });
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

    /// The units of a return go back to the shards they came from.
    fn release_returned(&mut self, index: usize) {
        let items = self.returns.get(index).map(|entry| entry.items.clone()).unwrap_or_default();
        for item in items {
            let mut missing = item.quantity.get();
            for line in self.lines.iter_mut().filter(|line| line.product_id == item.product_id) {
                for part in &mut line.allocation {
                    let freed = part.quantity.min(missing);
                    part.quantity -= freed;
                    missing -= freed;
                }
                line.allocation.retain(|part| part.quantity > 0);
            }
        }
    }

    fn record(&mut self, what: Happening, at: Timestamp) {
        self.timeline.push(TimelineEntry { at, what });
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

#[cfg(test)]
mod tests;
