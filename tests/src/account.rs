//! Accounts for load tests, with the content of their carts.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::caller::Caller;
use crate::concurrency::map_concurrently;
use crate::shop::Shop;

/// Registering hashes a password, which takes a whole core, so more concurrency does not help.
pub(crate) const REGISTER_AT_ONCE: usize = 4;

/// Product ids and quantities.
pub(crate) type Basket = Vec<(String, u32)>;

/// An account and the content of its cart.
pub struct Account {
    pub(crate) caller: Caller,
    cart: Mutex<Basket>,
}

impl Shop {
    /// New shoppers.
    pub fn shoppers(&'static self, count: usize) -> Vec<Caller> {
        map_concurrently(REGISTER_AT_ONCE, &vec![(); count], |()| self.shopper())
    }

    /// New accounts with empty carts. Each takes about 50 ms of a core.
    pub fn accounts(&'static self, count: usize) -> Vec<Account> {
        let callers = self.shoppers(count).into_iter();
        callers.map(|caller| Account { caller, cart: Mutex::default() }).collect()
    }
}

impl Account {
    /// Puts exactly this basket into the cart, and locks the account until the guard is dropped. Whoever places the
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
