//! Money that is owed back or given back.

use super::TransitionError;
use crate::order::{Happening, Order, OrderStatus, PaymentMethod, Refund, RefundStatus, RefundTarget};
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
            OrderStatus::Delivered => self.status = self.arrived(),
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
        if refund.target == RefundTarget::StoreCredit {
            return Err(TransitionError::NotRefundable); // given by this shop itself: that does not fail
        }
        if refund.status == RefundStatus::Failed || refund.retries != retry {
            return Ok(()); // heard before
        }
        refund.status = RefundStatus::Failed;
        refund.refund_id = Some(refund_id);
        self.record(Happening::RefundFailed, now);
        let happened = |what| self.timeline.iter().any(|entry| entry.what == what);
        self.status = match self.status {
            OrderStatus::Refunded | OrderStatus::PartiallyRefunded if happened(Happening::Delivered) => self.arrived(),
            OrderStatus::Refunded if self.shipment.is_some() => OrderStatus::Shipped,
            OrderStatus::Refunded if happened(Happening::Cancelled) => OrderStatus::Cancelled,
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
        self.record(Happening::RefundDue, now);
        Ok(())
    }

    /// The status of an order that is with the shopper: whether some of its price went back.
    pub(super) fn arrived(&self) -> OrderStatus {
        let paid = self.captured_minor() - self.refunded_minor();
        if paid < self.total_minor { OrderStatus::PartiallyRefunded } else { OrderStatus::Delivered }
    }

    /// Owes part of the money back, out of the first capture that has so much left.
    pub(super) fn grant_refund(
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
    pub(super) fn natural_target(&self, attempt: usize) -> RefundTarget {
        match self.attempts[attempt].method {
            PaymentMethod::StoreCredit => RefundTarget::StoreCredit,
            _ => RefundTarget::Provider,
        }
    }

    pub(super) fn owe_refund(
        &mut self,
        attempt: usize,
        amount_minor: i64,
        target: RefundTarget,
        for_return: Option<usize>,
        now: Timestamp,
    ) {
        let status = RefundStatus::Pending;
        let (refund_id, retries, restocked) = (None, 0, false);
        self.refunds.push(Refund { status, attempt, amount_minor, target, for_return, refund_id, retries, restocked });
        self.record(Happening::RefundDue, now);
    }

    pub(super) fn owed_or_refunded_minor(&self, attempt: usize) -> i64 {
        self.refunds.iter().filter(|refund| refund.attempt == attempt).map(|refund| refund.amount_minor).sum()
    }
}
