//! Stock for lists.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use souk_domain::effects::{Clock, Random};
use souk_domain::ids::ProductId;
use souk_store::{Inventory, StoreError};

use crate::near::{Near, Reading, Remembered};

/// How long counts are remembered at most, in milliseconds.
pub const STOCK_MS: u32 = 1_000;
/// Enough for some twenty thousand counts.
const LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// What is free of some products.
#[derive(Debug, Default)]
pub struct Counts {
    /// In units.
    pub available: HashMap<ProductId, u32>,
    /// How long lists may go on showing all of these.
    pub lasts: Duration,
}

/// Counts that are at most a second old, for lists. Never for a product page, a cart or an order.
#[derive(Clone)]
pub struct CachedStock {
    inventory: Inventory,
    near: Arc<Mutex<Near<ProductId, u32>>>,
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
    ) -> Result<Counts, StoreError> {
        let read_at = self.clock.now(); // before anything is read
        let shards: HashMap<_, _> = products.into_iter().collect();
        let Remembered { known, missing } = self.near().list(shards.keys().copied(), read_at);
        let mut counts = Counts::default();
        counts.available.extend(known.into_iter().map(|(product_id, count)| (product_id.clone(), count)));
        if !missing.is_empty() {
            let wanted = missing.iter().map(|product_id| (*product_id, shards.get(product_id).copied().unwrap_or(1)));
            let read = self.inventory.available_many(wanted, false).await?;
            let reading = Reading::at(read_at, STOCK_MS, &*self.random);
            let mut near = self.near();
            for product_id in missing {
                let count = read.get(product_id).copied().unwrap_or(0);
                near.put(product_id.clone(), count, product_id.as_str().len(), reading);
                counts.available.insert(product_id.clone(), count);
            }
        }
        counts.lasts = self.near().lasts(shards.keys().copied(), self.clock.now());
        Ok(counts)
    }

    fn near(&self) -> std::sync::MutexGuard<'_, Near<ProductId, u32>> {
        self.near.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
