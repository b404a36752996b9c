//! Refunds.

use super::{RefundApproval, RefundGrant, TransitionError};
use crate::idempotency::IdempotencyKey;
use crate::ids::UserId;
use crate::order::{Order, OrderStatus, PaymentMethod, Refund, RefundStatus, RefundTarget, TimelineEvent};
use crate::time::Timestamp;

impl Order {
    /// A try of a refund was paid out. `retry` says which one: while a failed refund is tried again, the success of the
    /// earlier try may still arrive, and the refund would count as paid although the new try fails.
    pub(super) fn settle_refund(
        &mut self,
        index: usize,
        retry: u32,
        (target, refund_id): (RefundTarget, String),
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let refund = self.refunds.get_mut(index).ok_or(TransitionError::Unknown)?;
        if refund.status != RefundStatus::Pending || refund.retries != retry {
            return Ok(()); // already settled, or tried again since
        }
        if refund.target != target {
            return Err(TransitionError::NotRefundable);
        }
        refund.status = RefundStatus::Completed;
        refund.refund_id = Some(refund_id);
        let for_return = refund.for_return.filter(|_| !refund.restocked);
        refund.restocked = refund.for_return.is_some();
        self.record_of(TimelineEvent::Refunded, index, now);
        if let Some(returned) = for_return {
            self.release_returned_units(returned);
        }
        let is_fully_refunded = self.captured_minor() == self.refunded_minor();
        match self.status {
            // Never shipped: the last refund restocks all units.
            OrderStatus::Cancelled | OrderStatus::Expired if is_fully_refunded => {
                self.status = OrderStatus::Refunded;
                self.release_stock();
            }
            OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::PartiallyRefunded if is_fully_refunded => {
                self.status = OrderStatus::Refunded;
            }
            OrderStatus::Delivered => self.status = self.status_after_delivery(),
            OrderStatus::PendingPayment
            | OrderStatus::Paid
            | OrderStatus::Shipped
            | OrderStatus::Cancelled
            | OrderStatus::Expired
            | OrderStatus::Refunded
            | OrderStatus::PartiallyRefunded => {}
        }
        Ok(())
    }

    /// The refund is due again. Units that it restocked stay in stock: the goods were returned.
    pub(super) fn fail_refund(
        &mut self,
        index: usize,
        retry: u32,
        refund_id: String,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let refund = self.refunds.get_mut(index).ok_or(TransitionError::Unknown)?;
        if refund.status == RefundStatus::Failed || refund.retries != retry {
            return Ok(()); // already recorded
        }
        if refund.target == RefundTarget::StoreCredit {
            return Err(TransitionError::NotRefundable); // the shop credits it itself, so it cannot fail
        }
        refund.status = RefundStatus::Failed;
        refund.refund_id = Some(refund_id);
        self.record_of(TimelineEvent::RefundFailed, index, now);
        self.status = match self.status {
            OrderStatus::Refunded | OrderStatus::PartiallyRefunded if self.has_occurred(TimelineEvent::Delivered) => {
                self.status_after_delivery()
            }
            OrderStatus::Refunded if self.shipment.is_some() => OrderStatus::Shipped,
            OrderStatus::Refunded if self.has_occurred(TimelineEvent::Cancelled) => OrderStatus::Cancelled,
            OrderStatus::Refunded => OrderStatus::Expired,
            unchanged @ (OrderStatus::PendingPayment
            | OrderStatus::Paid
            | OrderStatus::Shipped
            | OrderStatus::Delivered
            | OrderStatus::Cancelled
            | OrderStatus::Expired
            | OrderStatus::PartiallyRefunded) => unchanged,
        };
        Ok(())
    }

    /// Retries a failed refund with a new idempotency key, possibly to another target.
    pub(super) fn retry_refund(
        &mut self,
        index: usize,
        target: RefundTarget,
        account: Option<UserId>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let failed = self.refunds.get(index).ok_or(TransitionError::Unknown)?;
        if failed.status != RefundStatus::Failed {
            return Ok(()); // pending or completed
        }
        // Store credit cannot fail, so it adds one retry for each refund at most.
        if target == RefundTarget::Provider && self.has_too_many_retries() {
            return Err(TransitionError::TooManyRetries);
        }
        // Only the provider fails, so the attempt was not paid with store credit.
        let account = self.credit_account(failed.attempt, target, account)?;
        let refund = &mut self.refunds[index];
        refund.status = RefundStatus::Pending;
        refund.target = target;
        refund.account = account;
        refund.refund_id = None;
        refund.retries += 1;
        self.record_of(TimelineEvent::RefundDue, index, now);
        Ok(())
    }

    /// Status of a delivered order: depends on whether some of its price was refunded.
    pub(super) fn status_after_delivery(&self) -> OrderStatus {
        let paid = self.captured_minor() - self.refunded_minor();
        if paid < self.total_minor { OrderStatus::PartiallyRefunded } else { OrderStatus::Delivered }
    }

    /// Adds a refund granted by staff.
    pub(super) fn grant_refund(&mut self, grant: RefundGrant, now: Timestamp) -> Result<(), TransitionError> {
        if self.is_replay(&grant.request)? {
            return Ok(()); // a replay
        }
        if self.has_too_many_refunds() {
            return Err(TransitionError::TooManyRefunds);
        }
        let (attempt, _) = self.largest_unrefunded_capture().ok_or(TransitionError::NotRefundable)?;
        let amount_minor = grant.amount.minor();
        if grant.amount.currency() != self.currency || !(1..=self.refundable_minor()).contains(&amount_minor) {
            return Err(TransitionError::NotRefundable);
        }
        let refund = self.refund_to(attempt, amount_minor, grant.target, grant.account)?;
        let alone_minor = self.unapproved_minor(&grant.granted_by).saturating_add(amount_minor);
        let approved_by = match grant.approval {
            RefundApproval::ApprovedBy(approver) => Some(approver),
            RefundApproval::RequiredAbove(most) if alone_minor > most => return Err(TransitionError::ApprovalRequired),
            RefundApproval::RequiredAbove(_) | RefundApproval::NotRequired => None,
        };
        let (reason, granted_by, request) = (Some(grant.reason), Some(grant.granted_by), Some(grant.request));
        self.add_refund(Refund { reason, granted_by, approved_by, request, ..refund }, now);
        Ok(())
    }

    pub(super) fn add_refund(&mut self, refund: Refund, now: Timestamp) {
        self.record_of(TimelineEvent::RefundDue, self.refunds.len(), now);
        self.refunds.push(refund);
    }

    /// A refund that staff decided on. `account` is as in [`RefundGrant::account`].
    pub(super) fn refund_to(
        &self,
        attempt: usize,
        amount_minor: i64,
        requested: RefundTarget,
        account: Option<UserId>,
    ) -> Result<Refund, TransitionError> {
        let account = self.credit_account(attempt, requested, account)?;
        Ok(Refund { account, ..Refund::pending(attempt, amount_minor, self.refund_target(attempt, requested)) })
    }

    /// The account to credit, unless the order and the attempt say which. What was paid with store credit goes back to the
    /// account that paid.
    fn credit_account(
        &self,
        attempt: usize,
        requested: RefundTarget,
        account: Option<UserId>,
    ) -> Result<Option<UserId>, TransitionError> {
        let by_credit = self.attempts.get(attempt).is_some_and(|paid| paid.method == PaymentMethod::StoreCredit);
        match requested {
            RefundTarget::StoreCredit if !by_credit => {
                let account = account.ok_or(TransitionError::StoreCreditUnavailable)?;
                Ok(Some(account).filter(|account| *account != self.user_id))
            }
            RefundTarget::Provider | RefundTarget::StoreCredit => Ok(None),
        }
    }

    /// The target of a refund of an attempt: what was paid with store credit is refunded to store credit.
    pub(super) fn refund_target(&self, attempt: usize, requested: RefundTarget) -> RefundTarget {
        match self.attempts[attempt].method {
            PaymentMethod::StoreCredit => RefundTarget::StoreCredit,
            PaymentMethod::CreditCard | PaymentMethod::Paypal | PaymentMethod::BankTransfer => requested,
        }
    }

    /// Whether an earlier call of this request was applied. A key that was used for another request about this order is
    /// refused.
    pub(super) fn is_replay(&self, request: &IdempotencyKey) -> Result<bool, TransitionError> {
        let attempts = self.attempts.iter().filter_map(|attempt| attempt.request.as_ref());
        let refunds = self.refunds.iter().filter_map(|refund| refund.request.as_ref());
        let mut known_keys = attempts.chain(refunds).chain(self.returns.iter().map(|entry| &entry.request));
        match known_keys.find(|known| known.key == request.key) {
            None => Ok(false),
            Some(known) if known == request => Ok(true),
            Some(_) => Err(TransitionError::KeyReused),
        }
    }
}
