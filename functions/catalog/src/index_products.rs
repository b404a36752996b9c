//! Updates the search index and the shared cache from the products stream, from the inventory stream when the stock of a
//! product reaches or leaves zero, and from the categories stream when a category was renamed, moved, merged, deleted or
//! restored: then all products in it are indexed again.
//!
//! A record only says which product changed. Its present state and stock are read, strongly consistent. The version of
//! an index write is the time just before that read, so of two writes of one product, also from both streams at once,
//! the one that read later wins: it has seen every change that the other has. (The product's own version does not
//! suffice: stock changes without it.) A change after a read has a record of its own. So replays and reordering do no
//! harm. The same holds for the category tree, which decides the category of a document and is read after that time,
//! too: whoever writes a document last has read the last tree.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde::Deserialize;
use souk_catalog::CachedProducts;
use souk_domain::catalog::Product;
use souk_domain::category_tree::CategoryTree;
use souk_domain::effects::Clock;
use souk_domain::ids::{CategoryId, ProductId};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::stream::{Change, ChangeHandler, Failure};
use souk_search::{IndexOperation, Indexed, IndexedProduct, SearchIndex};
use souk_store::{Categories, Inventory, Products, StoreError};

/// The longest wait for the index at start: the first batch makes it as well.
const START_TIMEOUT: Duration = Duration::from_secs(3);
/// Products of a category that are read at once, and those of one bulk request.
const PAGE_PRODUCTS: i32 = 2_000;
const BULK_PRODUCTS: usize = 500;

/// Indexes changed products.
pub struct IndexProducts {
    /// The search index.
    pub search: SearchIndex,
    /// The products table.
    pub products: Products,
    /// Updates the shared cache.
    pub cache: CachedProducts,
    /// The inventory table.
    pub inventory: Inventory,
    /// The category tree, which documents are made with.
    pub categories: Categories,
    /// For the versions of index writes.
    pub clock: Arc<dyn Clock>,
}

impl IndexProducts {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            search: deps.search()?,
            products: deps.products()?,
            cache: deps.cached_products()?,
            inventory: deps.inventory()?,
            categories: deps.categories()?,
            clock: deps.clock(),
        })
    }
}

/// The part of a key that says what to index: of products and inventory the one, of categories the other.
#[derive(Deserialize)]
#[serde(untagged)]
enum Key {
    Product { product_id: ProductId },
    Category { category_id: CategoryId },
}

/// Why products could not be indexed.
type Reasons = BTreeMap<ProductId, Reason>;

struct Reason {
    text: String,
    /// Whether a retry would fail as well.
    permanent: bool,
}

impl ChangeHandler for IndexProducts {
    async fn warm_up(&self) {
        let _ = tokio::time::timeout(START_TIMEOUT, self.search.ensure_index()).await;
    }

    /// Indexes every change that can be indexed, even if others fail. Lambda retries from the first change that failed
    /// temporarily, which repeats some.
    async fn handle(&self, changes: &[Change]) -> Vec<Failure> {
        let keys: Vec<_> = changes.iter().map(|change| (change, change.key::<Key>())).collect();
        let (mut product_ids, mut category_ids) = (BTreeSet::new(), BTreeSet::new());
        for (_, key) in &keys {
            match key {
                Ok(Key::Product { product_id }) => {
                    product_ids.insert(product_id);
                }
                Ok(Key::Category { category_id }) => {
                    category_ids.insert(category_id);
                }
                Err(_) => {}
            }
        }
        let reasons = self.index(&product_ids).await;
        let mut failed_categories = BTreeMap::new();
        for category_id in category_ids {
            if let Err(reason) = self.index_category(category_id).await {
                failed_categories.insert(category_id, reason);
            }
        }
        let failed = |(change, key): &(&Change, Result<Key, _>)| match key {
            Ok(Key::Product { product_id }) => reasons.get(product_id).map(|Reason { text, permanent }| {
                if *permanent { change.failed_permanently(text) } else { change.failed(text) }
            }),
            Ok(Key::Category { category_id }) => failed_categories.get(category_id).map(|text| change.failed(text)),
            Err(error) => Some(change.failed_permanently(error)),
        };
        keys.iter().filter_map(failed).collect()
    }
}

impl IndexProducts {
    /// Indexes all products that are in a category or were before it was merged or deleted. Idempotent; `Err` is why it
    /// has to be repeated.
    ///
    /// A product that was written a moment ago may be missing in the index by category, which is eventually consistent.
    /// Its own record is then usually handled after this change, with the new tree. The wait of the stream for a batch
    /// lets the index by category catch up; `compare-index` finds what remains.
    async fn index_category(&self, category_id: &CategoryId) -> Result<(), String> {
        let tree = self.categories.tree().await.map_err(|error| error.to_string())?;
        let mut indexed = 0;
        for within in tree.ids_within(category_id) {
            let mut after = None;
            loop {
                let page = self.products.ids_in_category(&within, after.as_ref(), PAGE_PRODUCTS).await;
                let page = page.map_err(|error| error.to_string())?;
                let parts = page.chunks(BULK_PRODUCTS).map(|part| part.iter().collect::<BTreeSet<_>>());
                let parts: Vec<_> = parts.collect();
                let outcomes = join_all(parts.iter().map(|part| self.index(part))).await;
                for (product_id, Reason { text, permanent }) in outcomes.into_iter().flatten() {
                    if !permanent {
                        return Err(text);
                    }
                    tracing::error!(function = "index-products", %product_id, text, "not indexed with its category");
                }
                indexed += page.len();
                after = page.last().cloned();
                if after.is_none() {
                    break;
                }
            }
        }
        tracing::info!(function = "index-products", %category_id, indexed, "a category was indexed");
        Ok(())
    }

    /// Indexes the present state of each product once; deleted products are removed. Returns the failures.
    async fn index(&self, product_ids: &BTreeSet<&ProductId>) -> Reasons {
        let read_at = self.clock.now(); // before anything is read
        let version = read_at.as_millis();
        if product_ids.is_empty() {
            return Reasons::new();
        }
        let tree = match self.categories.tree().await {
            Ok(tree) => tree,
            Err(error) => return all_failed(Reasons::new(), product_ids.iter().copied(), &error.to_string()),
        };
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
                Some(product) => IndexOperation::Put(Box::new(as_indexed(product, &tree, &available, version))),
            })
            .collect();
        let states = readable.iter().map(|&product_id| (product_id, products.get(product_id)));
        let (cached, indexed) = tokio::join!(self.cache.changed(states, read_at), self.search.bulk(&operations));
        if let Err(cause) = cached {
            // Not a failure of the records: the index must not wait for the cache, whose entries expire.
            let products = operations.len();
            tracing::warn!(function = "index-products", products, %cause, "the shared cache was not updated");
        }
        match indexed {
            Err(error) => all_failed(reasons, readable, &error.to_string()),
            Ok(outcomes) => {
                for (product_id, outcome) in readable.into_iter().zip(outcomes) {
                    if let Indexed::Failed(text) = outcome {
                        reasons.insert(product_id.clone(), Reason { text, permanent: true });
                    }
                }
                reasons
            }
        }
    }

    /// The products that exist. If they cannot be read together because one item is corrupt, each is read alone, so
    /// that only that one fails.
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
                            let permanent = matches!(error, StoreError::Corrupt { .. });
                            reasons.insert(product_id.clone(), Reason { text: error.to_string(), permanent });
                        }
                    }
                }
                (products, reasons)
            }
            Err(error) => (HashMap::new(), all_failed(Reasons::new(), ids(), &error.to_string())),
        }
    }
}

/// A product with its present category and its stock, as all were read just after that time.
pub(crate) fn as_indexed(
    product: &Product,
    tree: &CategoryTree,
    available: &HashMap<ProductId, u32>,
    read_at_ms: i64,
) -> IndexedProduct {
    let category = tree.current(&product.category);
    IndexedProduct {
        product: Product { version: read_at_ms, category, ..product.clone() },
        in_stock: available.get(&product.product_id).is_some_and(|available| *available > 0),
    }
}

/// A failure of all products is an outage, so it is temporary.
fn all_failed<'a>(mut reasons: Reasons, product_ids: impl IntoIterator<Item = &'a ProductId>, text: &str) -> Reasons {
    let reason = || Reason { text: text.to_owned(), permanent: false };
    reasons.extend(product_ids.into_iter().map(|product_id| (product_id.clone(), reason())));
    reasons
}

#[cfg(test)]
mod tests;
