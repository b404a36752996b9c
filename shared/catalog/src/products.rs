//! Products with their stock, with the freshness that each kind of page needs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use souk_cache::SharedCache;
use souk_domain::catalog::Product;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::ProductId;
use souk_domain::stock::total;
use souk_store::{Inventory, Products, StoreError};

use crate::{CachedProducts, CachedStock, Lookups};

/// Products and their stock.
#[derive(Clone)]
pub struct ProductReader {
    documents: CachedProducts,
    stock: CachedStock,
    inventory: Inventory,
}

/// Products and stock for a list: both through the memory of this process.
#[derive(Debug, Default)]
pub struct ListedProducts {
    /// Those that exist.
    pub products: HashMap<ProductId, Arc<Product>>,
    /// Available units. A product without a count has 0.
    pub available: HashMap<ProductId, u32>,
    /// Where the products were found.
    pub lookups: Lookups,
    /// How long all of this may be shown.
    pub fresh_for: Duration,
}

/// Products and stock for product pages and carts: stock is strongly consistent.
#[derive(Debug, Default)]
pub struct CurrentProducts {
    /// Those that exist.
    pub products: HashMap<ProductId, Arc<Product>>,
    /// Available units. A product without a count has 0.
    pub available: HashMap<ProductId, u32>,
    /// Where the products were found.
    pub lookups: Lookups,
}

impl ProductReader {
    /// Caches in front of both tables, with or without a shared cache.
    pub fn new(
        products: Products,
        inventory: Inventory,
        shared: Option<SharedCache>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            documents: CachedProducts::new(products, shared, Arc::clone(&clock), Arc::clone(&random)),
            stock: CachedStock::new(inventory.clone(), clock, random),
            inventory,
        }
    }

    /// Products for a list.
    pub async fn list(&self, product_ids: &[ProductId]) -> Result<ListedProducts, StoreError> {
        let found = self.documents.recent(product_ids).await?;
        let counts = self.stock.available_many(shards(&found.products)).await?;
        Ok(ListedProducts {
            products: found.products,
            available: counts.available,
            lookups: found.lookups,
            fresh_for: found.fresh_for.min(counts.fresh_for),
        })
    }

    /// One product for a product page. Document and stock are read concurrently.
    pub async fn current(&self, product_id: &ProductId) -> Result<CurrentProducts, StoreError> {
        let (found, counts) = tokio::join!(self.documents.current([product_id]), self.inventory.counts(product_id));
        let found = found?;
        // An unknown product has no stock to fail on.
        let available = if found.products.is_empty() {
            HashMap::new()
        } else {
            HashMap::from([(product_id.clone(), total(&counts?))])
        };
        Ok(CurrentProducts { products: found.products, available, lookups: found.lookups })
    }

    /// Products for a cart. Documents are read first, because they state the number of shards of the stock.
    pub async fn current_many<'a>(
        &self,
        product_ids: impl IntoIterator<Item = &'a ProductId>,
    ) -> Result<CurrentProducts, StoreError> {
        let found = self.documents.current(product_ids).await?;
        let available = self.inventory.available_many(shards(&found.products), true).await?;
        Ok(CurrentProducts { products: found.products, available, lookups: found.lookups })
    }
}

/// Number of stock shards of each product.
fn shards(products: &HashMap<ProductId, Arc<Product>>) -> impl Iterator<Item = (&ProductId, u32)> {
    products.values().map(|product| (&product.product_id, product.stock_shards))
}

impl ListedProducts {
    /// A product and its available units.
    pub fn get(&self, product_id: &ProductId) -> Option<(&Product, u32)> {
        get(&self.products, &self.available, product_id)
    }
}

impl CurrentProducts {
    /// A product and its available units.
    pub fn get(&self, product_id: &ProductId) -> Option<(&Product, u32)> {
        get(&self.products, &self.available, product_id)
    }
}

fn get<'a>(
    products: &'a HashMap<ProductId, Arc<Product>>,
    available: &HashMap<ProductId, u32>,
    product_id: &ProductId,
) -> Option<(&'a Product, u32)> {
    let product = products.get(product_id)?;
    Some((product, available.get(product_id).copied().unwrap_or(0)))
}
