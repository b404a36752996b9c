//! Units that come back from the shopper.

use serde::{Deserialize, Serialize};

use crate::cart::Quantity;
use crate::idempotency::IdempotencyKey;
use crate::ids::ProductId;
use crate::order::Order;

/// Most returns of one order.
pub const MAX_RETURNS: usize = 10;

/// Longest reason that an order keeps, in characters. What it keeps is what each later step costs.
pub const MAX_REASON_CHARS: usize = 200;

/// How a return stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnStatus {
    /// The shopper wants to send something back.
    Requested,
    /// The staff took it back; its money is owed.
    Accepted,
    /// The staff did not take it back.
    Rejected,
}

impl ReturnStatus {
    /// The word clients see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }
}

/// Units of one product that a shopper sends back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReturnItem {
    /// Which product.
    #[serde(rename = "p")]
    pub product_id: ProductId,
    /// How many.
    #[serde(rename = "q")]
    pub quantity: Quantity,
    /// Why, in the shopper's words.
    #[serde(rename = "r")]
    pub reason: String,
}

/// Something sent back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Return {
    /// How it stands.
    pub status: ReturnStatus,
    /// What.
    pub items: Vec<ReturnItem>,
    /// The shopper's request, so that a retry finds it and asks for nothing more.
    pub request: IdempotencyKey,
    /// Why it was not taken back, in the words of the staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<String>,
}

impl Order {
    /// Whether the staff has to decide about a return.
    pub fn has_open_return(&self) -> bool {
        self.returns.iter().any(|entry| entry.status == ReturnStatus::Requested)
    }

    /// Whether the units of a return went back to stock: with its money, or at once when none was left to give.
    pub fn is_restocked(&self, index: usize) -> bool {
        let refund = self.refunds.iter().find(|refund| refund.for_return == Some(index));
        let accepted = self.returns.get(index).is_some_and(|entry| entry.status == ReturnStatus::Accepted);
        accepted && refund.is_none_or(|refund| refund.restocked)
    }

    /// The return that an earlier run of this request asked for.
    pub fn return_by_key(&self, key: &str) -> Option<(usize, &Return)> {
        self.returns.iter().enumerate().find(|(_, entry)| entry.request.key == key)
    }

    /// Units of a product that were ordered and are not on their way back yet.
    pub fn returnable(&self, product_id: &ProductId) -> u32 {
        let ordered: u32 =
            self.lines.iter().filter(|line| line.product_id == *product_id).map(|line| line.quantity.get()).sum();
        let returns = self.returns.iter().filter(|r| r.status != ReturnStatus::Rejected).flat_map(|r| &r.items);
        let returned: u32 = returns.filter(|item| item.product_id == *product_id).map(|item| item.quantity.get()).sum();
        ordered.saturating_sub(returned)
    }

    /// What the units of a return were sold for, in minor units.
    pub fn return_value_minor(&self, items: &[ReturnItem]) -> i64 {
        let price = |item: &ReturnItem| {
            let line = self.lines.iter().find(|line| line.product_id == item.product_id);
            line.map_or(0, |line| line.unit_price_minor * i64::from(item.quantity.get()))
        };
        items.iter().map(price).sum()
    }
}
