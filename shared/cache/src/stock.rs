//! Stock for lists.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use souk_domain::effects::{Clock, Random};
use souk_domain::ids::ProductId;
use souk_store::{Inventory, StoreError};

use crate::near::Near;

/// Enough for some twenty thousand counts.
const LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// Counts that are at most a second old, for lists. Never for a product page, a cart or an order.
#[derive(Clone)]
pub struct CachedStock {
    inventory: Inventory,
    near: Arc<Mutex<Near<u32>>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl CachedStock {
    /// On top of the inventory.
    pub fn new(inventory: Inventory, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { inventory, near: Arc::new(Mutex::new(Near::new(LIMIT_BYTES))), clock, random }
    }

    /// What is free of each product, given over how many shards it is spread. A product without a count has 0.
    pub async fn available_many<'a>(
        &self,
        products: impl IntoIterator<Item = (&'a ProductId, u32)>,
    ) -> Result<HashMap<ProductId, u32>, StoreError> {
        let read_at = self.clock.now(); // before anything is read
        let (mut available, mut missing) = (HashMap::new(), Vec::new());
        {
            let mut near = self.near.lock().unwrap_or_else(PoisonError::into_inner);
            for (product_id, shards) in products {
                match near.get(product_id, read_at) {
                    Some(count) => drop(available.insert(product_id.clone(), count)),
                    None => missing.push((product_id, shards)),
                }
            }
        }
        if missing.is_empty() {
            return Ok(available);
        }
        let counts = self.inventory.available_many(missing.iter().copied(), false).await?;
        let mut near = self.near.lock().unwrap_or_else(PoisonError::into_inner);
        for (product_id, _) in missing {
            let count = counts.get(product_id).copied().unwrap_or(0);
            near.put(product_id.clone(), count, size_of::<u32>(), read_at, &*self.random);
            available.insert(product_id.clone(), count);
        }
        Ok(available)
    }
}
