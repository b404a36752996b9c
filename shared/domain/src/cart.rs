//! A shopper's cart, with the recent requests by which retries are recognised.

mod merge;
mod recent_requests;
mod unpaid_orders;

use serde::{Deserialize, Serialize};

use crate::account::CallerKind;
use crate::idempotency::IdempotencyKey;
use crate::ids::{OrderId, ProductId, UserId};
use crate::order::MAX_LINES;
use crate::quantity::{MAX_QUANTITY, Quantity};
use crate::time::Timestamp;

pub use recent_requests::{Addition, Checkout, RecentAdditions, RecentCheckouts};
use recent_requests::{KeyReused, RecentRequests};
pub use unpaid_orders::{
    HoldBounds, HoldRefusal, MAX_UNPAID_ORDERS, ReviewedOrders, UnpaidOrder, UnpaidOrders, is_new,
};

/// How long the cart of a guest is kept after its last change, in seconds.
pub const GUEST_CART_SECONDS: i64 = 30 * 24 * 60 * 60;

/// One product in the cart. Name and price are not stored; they are read when the cart is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// The product.
    pub product_id: ProductId,
    /// Units.
    pub quantity: Quantity,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// Owner of the cart.
    pub user_id: UserId,
    /// Lines in the order in which they were added.
    #[serde(default)]
    pub lines: Vec<CartLine>,
    /// Recent checkouts.
    #[serde(default, skip_serializing_if = "RecentRequests::is_empty")]
    pub recent_checkouts: RecentCheckouts,
    /// Recent additions.
    #[serde(default, skip_serializing_if = "RecentRequests::is_empty")]
    pub recent_additions: RecentAdditions,
    /// Orders that may be unpaid.
    #[serde(default, skip_serializing_if = "UnpaidOrders::is_empty")]
    pub unpaid_orders: UnpaidOrders,
    /// When DynamoDB deletes the cart, in seconds since the Unix epoch. Only a guest's cart expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
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

impl From<KeyReused> for CartError {
    fn from(KeyReused: KeyReused) -> Self {
        Self::KeyReused
    }
}

impl Cart {
    /// The cart of a user who has none yet.
    pub const fn empty(user_id: UserId) -> Self {
        Self {
            user_id,
            lines: Vec::new(),
            recent_checkouts: RecentRequests::new(),
            recent_additions: RecentRequests::new(),
            unpaid_orders: UnpaidOrders::new(),
            expires_at: None,
            version: 0,
        }
    }

    /// Adds units of a product, once for each idempotency key that is remembered. `Ok(false)`: the request is a replay.
    pub fn add(
        &mut self,
        product_id: ProductId,
        quantity: Quantity,
        request: Option<&IdempotencyKey>,
        now: Timestamp,
    ) -> Result<bool, CartError> {
        if let Some(request) = request {
            if self.recent_additions.find(request, now)?.is_some() {
                return Ok(false);
            }
            self.recent_additions.push(Addition::new(request, now));
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
    pub fn placed_by(&self, request: &IdempotencyKey, now: Timestamp) -> Result<Option<&OrderId>, CartError> {
        Ok(self.recent_checkouts.find(request, now)?.map(Checkout::order_id))
    }

    /// Whether one of the recent checkouts placed this order.
    pub fn has_placed(&self, order_id: &OrderId) -> bool {
        self.recent_checkouts.contains(order_id)
    }

    /// The empty cart after its lines were ordered.
    #[must_use]
    pub fn checked_out(&self, order_id: OrderId, request: Option<&IdempotencyKey>, now: Timestamp) -> Self {
        let mut after = Self { lines: Vec::new(), ..self.clone() };
        after.forget_expired_requests(now);
        after.recent_checkouts.push(Checkout::new(order_id, request));
        after
    }

    /// Sets when the cart expires. Before each write, so that a guest's cart is kept while the guest changes it.
    pub const fn set_expiry(&mut self, kind: CallerKind, now: Timestamp) {
        self.expires_at = match kind {
            CallerKind::Guest => Some(now.plus_seconds(GUEST_CART_SECONDS).as_seconds()),
            CallerKind::Shopper => None,
        };
    }

    /// Removes the requests and orders that are too old to be remembered. Before each write, so that they take no space.
    pub fn forget_expired_requests(&mut self, now: Timestamp) {
        self.recent_checkouts.forget_expired(now);
        self.recent_additions.forget_expired(now);
        self.unpaid_orders.forget_expired(now);
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

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

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
        cart.add(product(1), quantity(2), None, NOW).expect("added");
        cart.add(product(1), quantity(3), None, NOW).expect("added");
        assert_eq!(cart.lines, [CartLine { product_id: product(1), quantity: quantity(5) }]);
        assert_eq!(cart.add(product(1), quantity(9_999), None, NOW), Err(CartError::TooManyUnits));
    }

    #[test]
    fn the_number_of_lines_is_limited() {
        let mut cart = cart();
        for n in 0..MAX_LINES {
            cart.add(product(n), quantity(1), None, NOW).expect("added");
        }
        assert_eq!(cart.add(product(MAX_LINES), quantity(1), None, NOW), Err(CartError::TooManyLines));
    }

    #[test]
    fn a_replayed_addition_is_applied_once() {
        let mut cart = cart();
        let mut add = |fingerprint, now| {
            let request = idempotency_key("k", fingerprint);
            let added = cart.add(product(1), quantity(2), Some(&request), now);
            (added, cart.lines[0].quantity.get())
        };
        assert_eq!(add("f", NOW), (Ok(true), 2));
        assert_eq!(add("f", NOW.plus_seconds(86_400)), (Ok(false), 2));
        assert_eq!(add("other", NOW), (Err(CartError::KeyReused), 2));
        assert_eq!(add("f", NOW.plus_seconds(86_401)), (Ok(true), 4));
    }

    #[test]
    fn only_the_cart_of_a_guest_expires() {
        let mut cart = cart();
        cart.set_expiry(CallerKind::Guest, NOW);
        assert_eq!(cart.expires_at, Some(NOW.as_seconds() + 30 * 86_400));
        cart.set_expiry(CallerKind::Guest, NOW.plus_seconds(60));
        assert_eq!(cart.expires_at, Some(NOW.as_seconds() + 30 * 86_400 + 60));
        cart.set_expiry(CallerKind::Shopper, NOW);
        assert_eq!(cart.expires_at, None);
    }

    #[test]
    fn a_checkout_is_found_by_its_idempotency_key() {
        // Made at NOW.
        let order_id: OrderId = "01a20c57-f260-7000-8000-000000000002".parse().expect("id");
        let mut before = cart();
        before.add(product(1), quantity(1), Some(&idempotency_key("a", "f")), NOW).expect("added");
        let after = before.checked_out(order_id.clone(), Some(&idempotency_key("k", "f")), NOW);
        assert!(after.lines.is_empty() && after.has_placed(&order_id));
        assert_eq!(after.placed_by(&idempotency_key("k", "f"), NOW.plus_seconds(86_400)), Ok(Some(&order_id)));
        assert_eq!(after.placed_by(&idempotency_key("k", "g"), NOW), Err(CartError::KeyReused));
        assert_eq!(after.placed_by(&idempotency_key("other", "f"), NOW), Ok(None));
        assert_eq!(after.placed_by(&idempotency_key("a", "f"), NOW), Ok(None), "a key of an addition");
        assert_eq!(after.placed_by(&idempotency_key("k", "f"), NOW.plus_seconds(86_401)), Ok(None));
    }

    #[test]
    fn a_checkout_removes_expired_requests() {
        let order_id = |n: u64| -> OrderId { format!("01a20c57-f260-7000-8000-{n:012}").parse().expect("id") };
        let mut before = cart();
        before.add(product(1), quantity(1), Some(&idempotency_key("a", "f")), NOW).expect("added");
        let first = before.checked_out(order_id(1), None, NOW);
        let second = first.checked_out(order_id(2), None, NOW.plus_seconds(86_400));
        assert!(second.has_placed(&order_id(1)) && !second.recent_additions.is_empty());
        let third = second.checked_out(order_id(3), None, NOW.plus_seconds(86_401));
        assert!(!third.has_placed(&order_id(1)) && third.has_placed(&order_id(3)) && third.recent_additions.is_empty());
    }
}
