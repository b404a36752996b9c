//! Guests for load tests, with the content of their carts. Registering would hash a password and send an e-mail for each.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::caller::Caller;
use crate::concurrency::map_concurrently;
use crate::product::Product;
use crate::shop::Shop;

/// How many guests get a session and fill their carts at the same time; few enough for a slow machine.
const PREPARE_AT_ONCE: usize = 8;

/// Product ids and quantities.
pub(crate) type Basket = Vec<(String, u32)>;

/// A guest and the content of its cart.
pub struct Guest {
    pub(crate) caller: Caller,
    cart: Mutex<Basket>,
}

impl Shop {
    /// New guests with empty carts.
    pub fn guests(&'static self, count: usize) -> Vec<Guest> {
        map_concurrently(PREPARE_AT_ONCE, &vec![(); count], |()| Guest { caller: self.guest(), cart: Mutex::default() })
    }

    /// New guests with one unit of this product in their carts.
    pub fn guests_with(&'static self, product: &Product, count: usize) -> Vec<Caller> {
        map_concurrently(PREPARE_AT_ONCE, &vec![(); count], |()| {
            let guest = self.guest();
            guest.add(product, 1);
            guest
        })
    }
}

impl Guest {
    /// Puts exactly this basket into the cart, and locks the guest until the guard is dropped. Whoever places the
    /// order must clear the guard's basket.
    pub(crate) fn fill_cart(&self, basket: &[(String, u32)]) -> MutexGuard<'_, Basket> {
        let mut cart = self.cart.lock().unwrap_or_else(PoisonError::into_inner);
        if *cart != basket {
            if !cart.is_empty() {
                self.caller.delete("/cart").is(200);
            }
            for (product_id, quantity) in basket {
                let body = json!({"product_id": product_id, "quantity": quantity});
                self.caller.post_with_key("/cart/items", body).is(201);
            }
            *cart = basket.to_vec();
        }
        cart
    }
}
