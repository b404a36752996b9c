//! Returns.

use serde::{Deserialize, Serialize};

use crate::idempotency::IdempotencyKey;
use crate::ids::ProductId;
use crate::order::Order;
use crate::order::size::{MAX_REASON_BYTES, MAX_RETURNED_BYTES, MAX_RETURNS, RETURN_ITEM_BYTES};
use crate::quantity::{MAX_QUANTITY, Quantity};
use crate::validation::{Invalid, looks_like_card_number};

/// Maximum length of a stored reason, in characters. Each later step pays for the size of the order.
pub const MAX_REASON_CHARS: usize = 200;

/// Status of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnStatus {
    /// Requested by the shopper.
    Requested,
    /// Accepted by staff; its refund is due.
    Accepted,
    /// Rejected by staff.
    Rejected,
}

impl ReturnStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Requested, Self::Accepted, Self::Rejected];

    /// The name in responses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }
}

/// Returned units of one product.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReturnItem {
    /// The product.
    #[serde(rename = "p")]
    pub product_id: ProductId,
    /// Units.
    #[serde(rename = "q")]
    pub quantity: Quantity,
    /// Reason given by the shopper.
    #[serde(rename = "r")]
    pub reason: String,
}

/// A return.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Return {
    /// Status.
    pub status: ReturnStatus,
    /// Returned products.
    pub items: Vec<ReturnItem>,
    /// Idempotency key of the shopper's request, by which a retry is recognised.
    pub request: IdempotencyKey,
    /// Reason given by staff for a rejection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<String>,
}

impl ReturnItem {
    /// One item for each product, in the order of the first of each. Different reasons for one product are joined.
    pub fn merged(items: impl IntoIterator<Item = Self>) -> Result<Vec<Self>, Invalid> {
        let mut merged: Vec<Self> = Vec::new();
        for item in items {
            let Some(known) = merged.iter_mut().find(|known| known.product_id == item.product_id) else {
                merged.push(item);
                continue;
            };
            let units = u64::from(known.quantity.get()) + u64::from(item.quantity.get());
            known.quantity = Quantity::new(units).map_err(|_| {
                let message = format!("one product must have at most {MAX_QUANTITY} units together");
                Invalid::new("out_of_range", message)
            })?;
            if !known.reason.split("; ").any(|reason| reason == item.reason) {
                known.reason = format!("{}; {}", known.reason, item.reason);
            }
            if looks_like_card_number(&known.reason) {
                return Err(Invalid::new(
                    "card_number",
                    "the reasons for one product look like a card number together",
                ));
            }
            let is_long = known.reason.chars().count() > MAX_REASON_CHARS || known.reason.len() > MAX_REASON_BYTES;
            if is_long {
                let message =
                    format!("the reasons for one product must have at most {MAX_REASON_CHARS} characters together");
                return Err(Invalid::new("too_long", message));
            }
        }
        Ok(merged)
    }

    /// What it adds to the size of a stored order, in bytes.
    fn stored_bytes(&self) -> usize {
        RETURN_ITEM_BYTES + self.product_id.as_str().len() + self.reason.len()
    }
}

impl Order {
    /// Whether the returns have no room for these items: [`MAX_RETURNS`] and [`MAX_RETURNED_BYTES`].
    pub(super) fn has_too_many_returns(&self, items: &[ReturnItem]) -> bool {
        let stored = self.returns.iter().flat_map(|entry| &entry.items).chain(items).map(ReturnItem::stored_bytes);
        self.returns.len() >= MAX_RETURNS || stored.sum::<usize>() > MAX_RETURNED_BYTES
    }

    /// Whether a return waits for a decision of staff.
    pub fn has_open_return(&self) -> bool {
        self.returns.iter().any(|entry| entry.status == ReturnStatus::Requested)
    }

    /// Whether the units of a return are back in stock: since its refund completed, or at once if no refund was due.
    pub fn is_restocked(&self, index: usize) -> bool {
        let refund = self.refunds.iter().find(|refund| refund.for_return == Some(index));
        let accepted = self.returns.get(index).is_some_and(|entry| entry.status == ReturnStatus::Accepted);
        accepted && refund.is_none_or(|refund| refund.restocked)
    }

    /// The return that an earlier call of this request created.
    pub fn return_by_key(&self, key: &str) -> Option<(usize, &Return)> {
        self.returns.iter().enumerate().find(|(_, entry)| entry.request.key == key)
    }

    /// Ordered units of a product without those in returns that were not rejected.
    pub fn returnable(&self, product_id: &ProductId) -> u32 {
        let ordered: u32 =
            self.lines.iter().filter(|line| line.product_id == *product_id).map(|line| line.quantity.get()).sum();
        let returns = self.returns.iter().filter(|r| r.status != ReturnStatus::Rejected).flat_map(|r| &r.items);
        let returned: u32 = returns.filter(|item| item.product_id == *product_id).map(|item| item.quantity.get()).sum();
        ordered.saturating_sub(returned)
    }

    /// Price of the returned units at placement, in minor units.
    pub fn return_value_minor(&self, items: &[ReturnItem]) -> i64 {
        let price = |item: &ReturnItem| {
            let line = self.lines.iter().find(|line| line.product_id == item.product_id);
            line.map_or(0, |line| line.unit_price_minor * i64::from(item.quantity.get()))
        };
        items.iter().map(price).sum()
    }
}
