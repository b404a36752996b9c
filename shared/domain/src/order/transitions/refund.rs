//! Money that is owed back or given back.

use super::{RefundGrant, TransitionError};
use crate::idempotency::IdempotencyKey;
use crate::order::{Order, OrderStatus, PaymentMethod, Refund, RefundStatus, RefundTarget, TimelineEvent};
use crate::time::Timestamp;

impl Order {
    pub(super) fn settle_refund(
        &mut self,
        index: usize,
        refund_id: String,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let refund = self.refunds.get_mut(index).ok_or(TransitionError::Unknown)?;
        if refund.status != RefundStatus::Pending {
            return Ok(()); // settled before
        }
        refund.status = RefundStatus::Completed;
        refund.refund_id = Some(refund_id);
        let for_return = refund.for_return.filter(|_| !refund.restocked);
        refund.restocked = refund.for_return.is_some();
        self.record_of(TimelineEvent::Refunded, index, now);
        if let Some(returned) = for_return {
            self.release_returned_units(returned);
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
            OrderStatus::Delivered => self.status = self.status_after_delivery(),
            _ => {}
        }
        Ok(())
    }

    /// The money is still here, and owed. What went back to stock along with it stays there: the goods did come back.
    pub(super) fn fail_refund(
        &mut self,
        index: usize,
        retry: u32,
        refund_id: String,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let refund = self.refunds.get_mut(index).ok_or(TransitionError::Unknown)?;
        if refund.status == RefundStatus::Failed || refund.retries != retry {
            return Ok(()); // heard before
        }
        if refund.target == RefundTarget::StoreCredit {
            return Err(TransitionError::NotRefundable); // given by this shop itself: that does not fail
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
            other => other,
        };
        Ok(())
    }

    /// A failed refund is tried again under a new key, perhaps another way.
    pub(super) fn retry_refund(
        &mut self,
        index: usize,
        target: RefundTarget,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let refund = self.refunds.get_mut(index).ok_or(TransitionError::Unknown)?;
        if refund.status != RefundStatus::Failed {
            return Ok(()); // being tried, or given
        }
        refund.status = RefundStatus::Pending;
        refund.target = target;
        refund.refund_id = None;
        refund.retries += 1;
        self.record_of(TimelineEvent::RefundDue, index, now);
        Ok(())
    }

    /// The status of an order that is with the shopper: whether some of its price went back.
    pub(super) fn status_after_delivery(&self) -> OrderStatus {
        let paid = self.captured_minor() - self.refunded_minor();
        if paid < self.total_minor { OrderStatus::PartiallyRefunded } else { OrderStatus::Delivered }
    }

    /// Owes part of the money back because the staff says so.
    pub(super) fn grant_refund(&mut self, grant: RefundGrant, now: Timestamp) -> Result<(), TransitionError> {
        if self.is_replay(&grant.request)? {
            return Ok(()); // granted before
        }
        let (attempt, _) = self.largest_unrefunded_capture().ok_or(TransitionError::NotRefundable)?;
        let amount_minor = grant.amount.minor();
        if grant.amount.currency() != self.currency || !(1..=self.refundable_minor()).contains(&amount_minor) {
            return Err(TransitionError::NotRefundable);
        }
        let owed = Refund::pending(attempt, amount_minor, self.refund_target(attempt, grant.target));
        let (reason, granted_by, request) = (Some(grant.reason), Some(grant.granted_by), Some(grant.request));
        self.add_refund(Refund { reason, granted_by, request, ..owed }, now);
        Ok(())
    }

    pub(super) fn add_refund(&mut self, refund: Refund, now: Timestamp) {
        self.record_of(TimelineEvent::RefundDue, self.refunds.len(), now);
        self.refunds.push(refund);
    }

    /// Where the money of an attempt goes if it is asked to go there: what was paid with store credit stays store credit.
    pub(super) fn refund_target(&self, attempt: usize, requested: RefundTarget) -> RefundTarget {
        match self.attempts[attempt].method {
            PaymentMethod::StoreCredit => RefundTarget::StoreCredit,
            _ => requested,
        }
    }

    /// Whether an earlier run of this request was applied. A key that came with another request is refused, whichever of
    /// the order's calls that was.
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
