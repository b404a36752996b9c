//! Merging the cart of a guest into the cart of the account that logs in or registers.

use souk_domain::account::CallerKind;
use souk_domain::cart::{Cart, UnpaidOrders};
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;

use super::Carts;
use crate::conditional::WriteOutcome;
use crate::table::{key, number};
use crate::{Inventory, StoreError};

/// Maximum attempts to merge while other writers change one of the carts.
const MAX_ATTEMPTS: u32 = 8;

impl Carts {
    /// Merges the cart of a guest into the cart of another user, as [`Cart::merge`] does, and empties the guest's cart in
    /// the same transaction. Safe to retry: after a merge the guest's cart has neither lines nor unpaid orders. `kind` is
    /// that of the other user.
    ///
    /// The guest's cart is not deleted: its versions would start again, and a change that read the cart before the merge
    /// could be saved over a new one, with the merged lines.
    pub async fn merge(
        &self,
        guest_id: &UserId,
        user_id: &UserId,
        kind: CallerKind,
        inventory: &Inventory,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if guest_id == user_id {
            return Ok(());
        }
        for attempt in 0..MAX_ATTEMPTS {
            let guest = self.get(guest_id).await?;
            if guest.lines.is_empty() && guest.unpaid_orders.is_empty() {
                return Ok(()); // merged before, or nothing to merge
            }
            let mut cart = self.get(user_id).await?;
            let products = guest.lines.iter().map(|line| (&line.product_id, 1));
            let available = inventory.available_many(products, true).await?;
            cart.merge(&guest, |product_id| available.get(product_id).copied().unwrap_or(0));
            cart.forget_expired_requests(now);
            cart.set_expiry(kind, now);
            let emptied = Cart { lines: Vec::new(), unpaid_orders: UnpaidOrders::new(), ..guest };
            let actions = vec![self.save_action(&cart)?, self.save_action(&emptied)?];
            if self.table.transact(actions).await?.is_ok() {
                return Ok(());
            }
            self.back_off(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    /// Removes the expiry of a cart, when the address of a pending account was verified. Idempotent.
    pub async fn keep(&self, user_id: &UserId) -> Result<(), StoreError> {
        let request = self
            .table
            .update(key([("user_id", user_id.as_str())]))
            .update_expression("SET version = version + :one REMOVE expires_at")
            .condition_expression("attribute_exists(expires_at)")
            .expression_attribute_values(":one", number(1));
        let (WriteOutcome::Written(_) | WriteOutcome::Refused(_)) = self.table.update_if::<Cart>(request).await?;
        Ok(())
    }
}
