//! Stock for lists.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use souk_cache::{Lifetime, TtlCache};
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::ProductId;
use souk_store::{Inventory, StoreError};

use crate::freshness;
use crate::list_cache::{CachedPart, cached_part, time_left};

/// Enough for some twenty thousand counts.
const LIMIT_BYTES: usize = 4 * 1024 * 1024;
/// Remaining freshness that a cached count needs to be used: any.
const NEEDED: Duration = Duration::from_millis(1);

/// Available units of some products.
#[derive(Debug, Default)]
pub struct StockCounts {
    /// In units.
    pub available: HashMap<ProductId, u32>,
    /// How long all of these may be shown.
    pub fresh_for: Duration,
}

/// Stock cached in the memory of this process, for lists only: never for a product page, a cart or an order.
#[derive(Clone)]
pub struct CachedStock {
    inventory: Inventory,
    cache: Arc<TtlCache<ProductId, u32>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl CachedStock {
    /// A cache in front of the inventory table.
    pub fn new(inventory: Inventory, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let cache = TtlCache::new(LIMIT_BYTES, |product_id: &ProductId, _| product_id.as_str().len());
        Self { inventory, cache: Arc::new(cache), clock, random }
    }

    /// Available units of each product, given its number of stock shards. A product without a count has 0.
    pub async fn available_many<'a>(
        &self,
        products: impl IntoIterator<Item = (&'a ProductId, u32)>,
    ) -> Result<StockCounts, StoreError> {
        let read_at = self.clock.now(); // before anything is read
        let shards: HashMap<_, _> = products.into_iter().collect();
        let CachedPart { known, missing } = cached_part(&self.cache, shards.keys().copied(), NEEDED, read_at);
        let mut counts = StockCounts::default();
        counts.available.extend(known.into_iter().map(|(product_id, count)| (product_id.clone(), count)));
        if !missing.is_empty() {
            let to_read = missing.iter().map(|product_id| (*product_id, shards.get(product_id).copied().unwrap_or(1)));
            let read = self.inventory.available_many(to_read, false).await?;
            let lifetime = Lifetime::with_jitter(read_at, freshness::STOCK, &*self.random);
            for product_id in missing {
                let count = read.get(product_id).copied().unwrap_or(0);
                self.cache.insert(product_id.clone(), count, lifetime);
                counts.available.insert(product_id.clone(), count);
            }
        }
        counts.fresh_for = time_left(&self.cache, shards.keys().copied(), self.clock.now());
        Ok(counts)
    }
}
