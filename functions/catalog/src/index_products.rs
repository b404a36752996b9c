//! The products stream and the zero crossings of the inventory stream feed the search index, and tell the shared cache.
//!
//! A record only says which product changed. What it is now, and whether any of it is in stock, is read afresh and
//! strongly consistent. The version of what is written to the index is the time just before that reading, so of two
//! writes of one product, also of the two streams at once, the one that read later wins: it has seen every change that
//! the other has. (The product's own version would not do: stock changes without it.) A change that happens after a
//! reading brings a record of its own. So replays and disorder are harmless.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use souk_cache::CachedProducts;
use souk_domain::catalog::Product;
use souk_domain::effects::Clock;
use souk_domain::ids::ProductId;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::stream::{Change, ChangeHandler, Failure};
use souk_search::{IndexOperation, Indexed, IndexedProduct, SearchIndex};
use souk_store::{Inventory, Products, StoreError};

/// The longest wait for the index at start: the first batch makes it as well.
const START_TIMEOUT: Duration = Duration::from_secs(3);

/// The handler.
pub struct IndexProducts {
    /// Where products are found.
    pub search: SearchIndex,
    /// Where they are.
    pub products: Products,
    /// Where others may remember them.
    pub cache: CachedProducts,
    /// Where stock is.
    pub inventory: Inventory,
    /// The time, which orders what is written.
    pub clock: Arc<dyn Clock>,
}

impl IndexProducts {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            search: deps.search()?,
            products: deps.products()?,
            cache: deps.cached_products()?,
            inventory: deps.inventory()?,
            clock: deps.clock(),
        })
    }
}

/// The part of either table's key that matters.
#[derive(Deserialize)]
struct Key {
    product_id: ProductId,
}

/// Why products could not be indexed.
type Reasons = BTreeMap<ProductId, Reason>;

struct Reason {
    text: String,
    /// Whether it will be the same next time.
    lasting: bool,
}

impl ChangeHandler for IndexProducts {
    async fn warm_up(&self) {
        let _ = tokio::time::timeout(START_TIMEOUT, self.search.ensure_index()).await;
    }

    /// Every change that can be indexed is, whatever becomes of the others; Lambda delivers again from the first one on
    /// that failed for now, which repeats some.
    async fn handle(&self, changes: &[Change]) -> Vec<Failure> {
        let keys: Vec<_> = changes.iter().map(|change| (change, change.key::<Key>())).collect();
        let product_ids = keys.iter().filter_map(|(_, key)| Some(&key.as_ref().ok()?.product_id)).collect();
        let reasons = self.index(&product_ids).await;
        let failed = |(change, key): (&Change, Result<Key, _>)| match key {
            Ok(key) => reasons
                .get(&key.product_id)
                .map(|Reason { text, lasting }| if *lasting { change.hopeless(text) } else { change.failed(text) }),
            Err(error) => Some(change.hopeless(error)),
        };
        keys.into_iter().filter_map(failed).collect()
    }
}

impl IndexProducts {
    /// Writes the products as they are, each once; those that are gone are deleted. Says which failed.
    async fn index(&self, product_ids: &BTreeSet<&ProductId>) -> Reasons {
        let read_at = self.clock.now(); // before anything is read
        let version = read_at.as_millis();
        let (products, mut reasons) = self.read(product_ids).await;
        let readable: Vec<_> = product_ids.iter().copied().filter(|id| !reasons.contains_key(*id)).collect();
        let shards = products.values().map(|product| (&product.product_id, product.stock_shards));
        let available = match self.inventory.available_many(shards, true).await {
            Ok(available) => available,
            Err(error) => return all_failed(reasons, readable, &error.to_string()),
        };
        let operations: Vec<_> = readable
            .iter()
            .map(|&product_id| match products.get(product_id) {
                None => IndexOperation::Delete { product_id: product_id.clone(), version },
                Some(product) => IndexOperation::Put(Box::new(as_indexed(product, &available, version))),
            })
            .collect();
        let states = readable.iter().map(|&product_id| (product_id, products.get(product_id)));
        let (told, written) = tokio::join!(self.cache.changed(states, read_at), self.search.bulk(&operations));
        if let Err(cause) = told {
            // Not a failure of the records: the index must not wait for the cache, which forgets within five minutes.
            tracing::warn!(function = "index-products", products = operations.len(), %cause, "the cache was not told");
        }
        match written {
            Err(error) => all_failed(reasons, readable, &error.to_string()),
            Ok(outcomes) => {
                for (product_id, outcome) in readable.into_iter().zip(outcomes) {
                    if let Indexed::Failed(text) = outcome {
                        reasons.insert(product_id.clone(), Reason { text, lasting: true });
                    }
                }
                reasons
            }
        }
    }

    /// The products that are there. When they cannot be read together because one of them is damaged, each is read
    /// alone, so that it holds up nobody else.
    async fn read(&self, product_ids: &BTreeSet<&ProductId>) -> (HashMap<ProductId, Product>, Reasons) {
        let ids = || product_ids.iter().copied();
        match self.products.get_many(ids(), true).await {
            Ok(products) => (products, Reasons::new()),
            Err(StoreError::Corrupt { .. }) => {
                let (mut products, mut reasons) = (HashMap::new(), Reasons::new());
                for product_id in ids() {
                    match self.products.get_many([product_id], true).await {
                        Ok(found) => products.extend(found),
                        Err(error) => {
                            let lasting = matches!(error, StoreError::Corrupt { .. });
                            reasons.insert(product_id.clone(), Reason { text: error.to_string(), lasting });
                        }
                    }
                }
                (products, reasons)
            }
            Err(error) => (HashMap::new(), all_failed(Reasons::new(), ids(), &error.to_string())),
        }
    }
}

/// What holds for all of them is an outage, and passes.
/// A product and its stock, as they were read just after that moment.
pub(crate) fn as_indexed(product: &Product, available: &HashMap<ProductId, u32>, read_at_ms: i64) -> IndexedProduct {
    IndexedProduct {
        product: Product { version: read_at_ms, ..product.clone() },
        in_stock: available.get(&product.product_id).is_some_and(|available| *available > 0),
    }
}

fn all_failed<'a>(mut reasons: Reasons, product_ids: impl IntoIterator<Item = &'a ProductId>, text: &str) -> Reasons {
    let reason = || Reason { text: text.to_owned(), lasting: false };
    reasons.extend(product_ids.into_iter().map(|product_id| (product_id.clone(), reason())));
    reasons
}

#[cfg(test)]
mod tests;
