//! Shipment, delivery and returns.

use super::TransitionError;
use crate::idempotency::IdempotencyKey;
use crate::ids::UserId;
use crate::order::{
    Order, OrderStatus, Refund, RefundTarget, Return, ReturnItem, ReturnStatus, Shipment, TimelineEvent,
};
use crate::time::Timestamp;

impl Order {
    pub(super) fn ship(&mut self, shipment: Shipment, now: Timestamp) -> Result<(), TransitionError> {
        if self.shipment.as_ref() == Some(&shipment) {
            return Ok(()); // already shipped
        }
        if self.status != OrderStatus::Paid {
            return Err(TransitionError::NotShippable);
        }
        self.status = OrderStatus::Shipped;
        self.shipment = Some(shipment);
        self.record(TimelineEvent::Shipped, now);
        Ok(())
    }

    pub(super) fn deliver(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        if self.has_occurred(TimelineEvent::Delivered) {
            return Ok(()); // already delivered
        }
        if self.status != OrderStatus::Shipped {
            return Err(TransitionError::NotDeliverable);
        }
        self.status = self.status_after_delivery();
        self.record(TimelineEvent::Delivered, now);
        Ok(())
    }

    pub(super) fn request_return(
        &mut self,
        items: Vec<ReturnItem>,
        request: IdempotencyKey,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        if self.is_replay(&request)? {
            return Ok(()); // a replay
        }
        if !matches!(self.status, OrderStatus::Delivered | OrderStatus::PartiallyRefunded) || items.is_empty() {
            return Err(TransitionError::NotReturnable);
        }
        // Two items of one product are counted together.
        let items = ReturnItem::merged(items).map_err(|_| TransitionError::NotReturnable)?;
        if items.iter().any(|item| item.quantity.get() > self.returnable(&item.product_id)) {
            return Err(TransitionError::NotReturnable);
        }
        if self.has_too_many_returns(&items) {
            return Err(TransitionError::TooManyReturns);
        }
        let index = self.returns.len();
        self.returns.push(Return { status: ReturnStatus::Requested, items, request, rejection: None });
        self.record_of(TimelineEvent::ReturnRequested, index, now);
        Ok(())
    }

    /// Adds a refund of the price of the units, or of what is left of it after earlier refunds. The units are restocked
    /// when the refund completes, or at once if nothing is left to refund.
    pub(super) fn accept_return(
        &mut self,
        index: usize,
        (target, account): (RefundTarget, Option<UserId>),
        accepted_by: UserId,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let entry = self.returns.get_mut(index).ok_or(TransitionError::Unknown)?;
        match entry.status {
            ReturnStatus::Accepted => return self.check_same_acceptance(index, target),
            ReturnStatus::Rejected => return Err(TransitionError::AlreadyDecided),
            ReturnStatus::Requested => entry.status = ReturnStatus::Accepted,
        }
        let items = entry.items.clone();
        self.record_of(TimelineEvent::ReturnAccepted, index, now);
        match self.largest_unrefunded_capture() {
            Some((attempt, left)) if self.return_value_minor(&items) > 0 => {
                let amount_minor = self.return_value_minor(&items).min(left);
                let refund = self.refund_to(attempt, amount_minor, target, account)?;
                self.add_refund(Refund { for_return: Some(index), granted_by: Some(accepted_by), ..refund }, now);
            }
            Some(_) | None => self.release_returned_units(index),
        }
        Ok(())
    }

    /// Idempotent for the same decision, as far as it determines a refund.
    fn check_same_acceptance(&self, index: usize, target: RefundTarget) -> Result<(), TransitionError> {
        let refund = self.refunds.iter().find(|refund| refund.for_return == Some(index));
        let same = refund.is_none_or(|refund| refund.target == self.refund_target(refund.attempt, target));
        if same { Ok(()) } else { Err(TransitionError::AlreadyDecided) }
    }

    pub(super) fn reject_return(
        &mut self,
        index: usize,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        let entry = self.returns.get_mut(index).ok_or(TransitionError::Unknown)?;
        match entry.status {
            ReturnStatus::Rejected => Ok(()), // already rejected
            ReturnStatus::Accepted => Err(TransitionError::AlreadyDecided),
            ReturnStatus::Requested => {
                entry.status = ReturnStatus::Rejected;
                entry.rejection = reason;
                self.record_of(TimelineEvent::ReturnRejected, index, now);
                Ok(())
            }
        }
    }

    /// Releases the units of a return to the shards from which they were allocated.
    pub(super) fn release_returned_units(&mut self, index: usize) {
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
}
