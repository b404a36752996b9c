//! A shopper's cart, with the recent requests by which retries are recognised.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::idempotency::IdempotencyKey;
use crate::ids::{OrderId, ProductId, UserId};
use crate::validation::Invalid;

/// Maximum number of products in a cart. An order line takes an action of a transaction (DynamoDB allows 100), and a
/// line that is allocated from several shards takes several.
pub const MAX_LINES: usize = 50;
/// Maximum units of one product in a cart.
pub const MAX_QUANTITY: u32 = 9_999;
/// Number of recent checkouts and of recent additions that a cart keeps. Small, so that the item stays below 1 KB and
/// the cart write of a checkout costs two write units.
pub const MAX_REMEMBERED: usize = 4;

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

/// One product in the cart. Name and price are not stored; they are read when the cart is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// The product.
    pub product_id: ProductId,
    /// Units.
    pub quantity: Quantity,
}

/// A completed checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The order that it placed.
    pub order_id: OrderId,
    /// Idempotency key of the request, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<IdempotencyKey>,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// Owner of the cart.
    pub user_id: UserId,
    /// Lines in the order in which they were added.
    #[serde(default)]
    pub lines: Vec<CartLine>,
    /// Recent checkouts, newest last, at most [`MAX_REMEMBERED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkouts: Vec<Checkout>,
    /// Idempotency keys of recent additions, newest last, at most [`MAX_REMEMBERED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additions: Vec<IdempotencyKey>,
    /// 0 for a cart that was never saved; each save increments it.
    pub version: u64,
}

/// Why a change of a cart is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    /// [`MAX_LINES`] reached.
    #[error("a cart holds at most {MAX_LINES} different products")]
    TooManyLines,
    /// Adding to a line would exceed [`MAX_QUANTITY`].
    #[error("a cart holds at most {MAX_QUANTITY} of one product")]
    TooManyUnits,
    /// The product is not in the cart.
    #[error("the product is not in the cart")]
    NotInCart,
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
}

impl Cart {
    /// The cart of a user who has none yet.
    pub const fn empty(user_id: UserId) -> Self {
        Self { user_id, lines: Vec::new(), checkouts: Vec::new(), additions: Vec::new(), version: 0 }
    }

    /// Adds units of a product, once for each idempotency key. `Ok(false)`: the request is a replay.
    pub fn add(
        &mut self,
        product_id: ProductId,
        quantity: Quantity,
        request: Option<IdempotencyKey>,
    ) -> Result<bool, CartError> {
        if let Some(request) = request {
            if let Some(known) = self.additions.iter().find(|known| known.key == request.key) {
                return if known.fingerprint == request.fingerprint { Ok(false) } else { Err(CartError::KeyReused) };
            }
            remember(&mut self.additions, request);
        }
        if let Some(line) = self.lines.iter_mut().find(|line| line.product_id == product_id) {
            let sum = u64::from(line.quantity.get()) + u64::from(quantity.get());
            line.quantity = Quantity::new(sum).map_err(|_| CartError::TooManyUnits)?;
        } else if self.lines.len() < MAX_LINES {
            self.lines.push(CartLine { product_id, quantity });
        } else {
            return Err(CartError::TooManyLines);
        }
        Ok(true)
    }

    /// Sets the quantity of a product.
    pub fn set_quantity(&mut self, product_id: &ProductId, quantity: Quantity) -> Result<(), CartError> {
        let line = self.lines.iter_mut().find(|line| line.product_id == *product_id).ok_or(CartError::NotInCart)?;
        line.quantity = quantity;
        Ok(())
    }

    /// Removes a product. Idempotent: removing a product that is not in the cart is no error.
    pub fn remove(&mut self, product_id: &ProductId) {
        self.lines.retain(|line| line.product_id != *product_id);
    }

    /// The order that an earlier call of this request placed.
    pub fn placed_by(&self, request: &IdempotencyKey) -> Result<Option<&OrderId>, CartError> {
        let same_key = |checkout: &&Checkout| checkout.request.as_ref().is_some_and(|known| known.key == request.key);
        match self.checkouts.iter().find(same_key) {
            None => Ok(None),
            Some(checkout) if checkout.request.as_ref() == Some(request) => Ok(Some(&checkout.order_id)),
            Some(_) => Err(CartError::KeyReused),
        }
    }

    /// The empty cart after its lines were ordered.
    #[must_use]
    pub fn checked_out(&self, checkout: Checkout) -> Self {
        let mut after = Self { lines: Vec::new(), ..self.clone() };
        remember(&mut after.checkouts, checkout);
        after
    }
}

fn remember<T>(list: &mut Vec<T>, item: T) {
    list.push(item);
    if list.len() > MAX_REMEMBERED {
        list.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cart() -> Cart {
        Cart::empty("0190a5a0-0000-7000-8000-000000000001".parse().expect("id"))
    }

    fn product(n: usize) -> ProductId {
        format!("sku-{n}").parse().expect("id")
    }

    fn quantity(n: u64) -> Quantity {
        Quantity::new(n).expect("quantity")
    }

    fn idempotency_key(key: &str, fingerprint: &str) -> IdempotencyKey {
        IdempotencyKey { key: key.to_owned(), fingerprint: fingerprint.to_owned() }
    }

    #[test]
    fn quantities_are_bounded() {
        for bad in [0, 10_000, 1_000_000_000, u64::MAX] {
            assert!(Quantity::new(bad).is_err(), "{bad}");
        }
        assert_eq!(quantity(9_999).get(), 9_999);
    }

    #[test]
    fn additions_sum_up_to_the_limit() {
        let mut cart = cart();
        cart.add(product(1), quantity(2), None).expect("added");
        cart.add(product(1), quantity(3), None).expect("added");
        assert_eq!(cart.lines, [CartLine { product_id: product(1), quantity: quantity(5) }]);
        assert_eq!(cart.add(product(1), quantity(9_999), None), Err(CartError::TooManyUnits));
    }

    #[test]
    fn the_number_of_lines_is_limited() {
        let mut cart = cart();
        for n in 0..MAX_LINES {
            cart.add(product(n), quantity(1), None).expect("added");
        }
        assert_eq!(cart.add(product(MAX_LINES), quantity(1), None), Err(CartError::TooManyLines));
    }

    #[test]
    fn a_replayed_addition_is_applied_once() {
        let mut cart = cart();
        assert_eq!(cart.add(product(1), quantity(2), Some(idempotency_key("k", "f"))), Ok(true));
        assert_eq!(cart.add(product(1), quantity(2), Some(idempotency_key("k", "f"))), Ok(false));
        assert_eq!(cart.add(product(1), quantity(2), Some(idempotency_key("k", "other"))), Err(CartError::KeyReused));
        assert_eq!(cart.lines[0].quantity, quantity(2));
    }

    #[test]
    fn a_checkout_is_found_by_its_idempotency_key() {
        let order_id: OrderId = "0190a5a0-0000-7000-8000-000000000002".parse().expect("id");
        let mut before = cart();
        before.add(product(1), quantity(1), None).expect("added");
        let mut after =
            before.checked_out(Checkout { order_id: order_id.clone(), request: Some(idempotency_key("k", "f")) });
        assert!(after.lines.is_empty());
        assert_eq!(after.placed_by(&idempotency_key("k", "f")), Ok(Some(&order_id)));
        assert_eq!(after.placed_by(&idempotency_key("k", "g")), Err(CartError::KeyReused));
        assert_eq!(after.placed_by(&idempotency_key("other", "f")), Ok(None));
        for n in 0..MAX_REMEMBERED {
            after = after.checked_out(Checkout {
                order_id: order_id.clone(),
                request: Some(idempotency_key(&n.to_string(), "f")),
            });
        }
        assert_eq!(after.checkouts.len(), MAX_REMEMBERED);
        assert_eq!(after.placed_by(&idempotency_key("k", "f")), Ok(None));
    }
}
