//! Shipping, arriving, and coming back.

use super::TransitionError;
use crate::order::{
    Happening, MAX_RETURNS, Order, OrderStatus, RefundTarget, Return, ReturnItem, ReturnStatus, Shipment,
};
use crate::time::Timestamp;

impl Order {
    pub(super) fn ship(&mut self, shipment: Shipment, now: Timestamp) -> Result<(), TransitionError> {
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

    pub(super) fn deliver(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        match self.status {
            OrderStatus::Delivered | OrderStatus::PartiallyRefunded => Ok(()), // delivered before
            OrderStatus::Shipped => {
                self.status = self.arrived();
                self.record(Happening::Delivered, now);
                Ok(())
            }
            _ => Err(TransitionError::NotDeliverable),
        }
    }

    pub(super) fn request_return(&mut self, items: Vec<ReturnItem>, now: Timestamp) -> Result<(), TransitionError> {
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

    pub(super) fn accept_return(
        &mut self,
        index: usize,
        target: RefundTarget,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
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

    pub(super) fn reject_return(&mut self, index: usize, now: Timestamp) -> Result<(), TransitionError> {
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

    /// The units of a return go back to the shards they came from.
    pub(super) fn release_returned(&mut self, index: usize) {
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
