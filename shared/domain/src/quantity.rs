//! How many units of a product a line of a cart or an order has.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::validation::Invalid;

/// Maximum units of one product in a cart.
pub const MAX_QUANTITY: u32 = 9_999;

/// Units of one product: 1 to [`MAX_QUANTITY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Quantity(NonZeroU32);

impl Quantity {
    /// Validates a number from a client.
    pub fn new(raw: u64) -> Result<Self, Invalid> {
        u32::try_from(raw)
            .ok()
            .filter(|quantity| *quantity <= MAX_QUANTITY)
            .and_then(NonZeroU32::new)
            .map(Self)
            .ok_or_else(|| Invalid::new("out_of_range", format!("must be a whole number from 1 to {MAX_QUANTITY}")))
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl TryFrom<u32> for Quantity {
    type Error = Invalid;

    fn try_from(raw: u32) -> Result<Self, Invalid> {
        Self::new(u64::from(raw))
    }
}

impl From<Quantity> for u32 {
    fn from(quantity: Quantity) -> Self {
        quantity.get()
    }
}
