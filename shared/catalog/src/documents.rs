//! Product documents through their caches: the memory of this process, then the cache that processes share, then the
//! table.

use std::collections::{BTreeSet, HashMap};
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Duration;

use souk_cache::{CachedBytes, Lifetime, SharedCache, SharedCacheError, SingleFlight, TtlCache, VersionedValue};
use souk_domain::catalog::{AttributeValue, Product};
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::ProductId;
use souk_domain::time::Timestamp;
use souk_store::{Products, StoreError};

use crate::freshness;
use crate::list_cache::{CachedPart, cached_part, time_left};

/// Memory of one process for documents: a sixteenth of the smallest function that lists products.
const LIMIT_BYTES: usize = 32 * 1024 * 1024;
/// Attempts to write a change to the shared cache.
const CHANGE_ATTEMPTS: u32 = 3;
/// Most products of one call to the shared cache.
const CALL_PRODUCTS: usize = 100;
/// Numbers the format of the values in the shared cache. Another format has other keys.
const FORMAT: u32 = 1;

/// The products table behind its caches.
#[derive(Clone)]
pub struct CachedProducts {
    inner: Arc<Inner>,
}

struct Inner {
    products: Products,
    cache: TtlCache<ProductId, Option<Arc<Product>>>,
    shared: Option<SharedCache>,
    reads: SingleFlight<ProductId, ReadOutcome>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// The outcome of a read for all waiting callers: the product if it exists, or why the table did not answer.
type ReadOutcome = Result<Option<Arc<Product>>, String>;

/// Products, and where they were found.
#[derive(Debug, Default)]
pub struct FoundProducts {
    /// The existing products.
    pub products: HashMap<ProductId, Arc<Product>>,
    /// Where they were found.
    pub lookups: Lookups,
    /// How long lists may show all of these.
    pub fresh_for: Duration,
}

/// Number of products by where they were found, for the hit ratio in the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lookups {
    /// In the memory of this process, or in a read that was in flight.
    pub process: u32,
    /// In the shared cache.
    pub shared: u32,
    /// In the table.
    pub table: u32,
}

impl Lookups {
    /// The same products when a cached response is sent again.
    #[must_use]
    pub const fn again(self) -> Self {
        Self { process: self.process + self.shared + self.table, shared: 0, table: 0 }
    }
}

impl AddAssign for Lookups {
    fn add_assign(&mut self, other: Self) {
        self.process += other.process;
        self.shared += other.shared;
        self.table += other.table;
    }
}

impl CachedProducts {
    /// Caches in front of the products table, with or without a shared cache.
    pub fn new(
        products: Products,
        shared: Option<SharedCache>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let cache = TtlCache::new(LIMIT_BYTES, |product_id: &ProductId, product: &Option<Arc<Product>>| {
            product_id.as_str().len() + product.as_deref().map_or(0, bytes_of)
        });
        let reads = SingleFlight::default();
        Self { inner: Arc::new(Inner { products, cache, shared, reads, clock, random }) }
    }

    /// The shared cache at a URL. Several shops may use it: the namespace is the name of the products table.
    pub fn shared_cache(url: &str, products_table: &str, random: &dyn Random) -> Result<SharedCache, SharedCacheError> {
        SharedCache::at(url, &format!("{products_table}:p{FORMAT}"), random)
    }

    /// Products for lists, through the memory of this process.
    pub async fn recent<'a>(
        &self,
        product_ids: impl IntoIterator<Item = &'a ProductId>,
    ) -> Result<FoundProducts, StoreError> {
        let Inner { cache, clock, .. } = &*self.inner;
        let product_ids: Vec<_> = product_ids.into_iter().collect();
        let mut found = FoundProducts::default();
        // At least as fresh as the stock of the list, so that documents do not shorten the life of the list.
        let part = cached_part(cache, product_ids.iter().copied(), freshness::STOCK, clock.now());
        let CachedPart { known, missing } = part;
        for (product_id, product) in known {
            found.lookups.process += 1;
            found.add(product_id, product);
        }
        self.look_up(missing.into_iter().cloned().collect(), &mut found).await?;
        found.fresh_for = time_left(cache, product_ids, clock.now());
        Ok(found)
    }

    /// Products for product pages and carts, from the shared cache, which the stream keeps up to date, or from the
    /// table.
    pub async fn current<'a>(
        &self,
        product_ids: impl IntoIterator<Item = &'a ProductId>,
    ) -> Result<FoundProducts, StoreError> {
        let mut found = FoundProducts::default();
        self.look_up(product_ids.into_iter().cloned().collect(), &mut found).await?;
        Ok(found)
    }

    /// Writes the current state of products (`None`: deleted), read from the table after `read_at`, to the shared
    /// cache. From then on it returns nothing older. If the write fails, it returns the previous state until that
    /// expires.
    pub async fn changed<'a>(
        &self,
        states: impl IntoIterator<Item = (&'a ProductId, Option<&'a Product>)>,
        read_at: Timestamp,
    ) -> Result<(), SharedCacheError> {
        let Some(shared) = &self.inner.shared else { return Ok(()) };
        let states = states.into_iter().map(|(product_id, product)| self.inner.value(product_id, product, read_at));
        let states: Vec<_> = states.collect();
        for chunk in states.chunks(CALL_PRODUCTS) {
            let mut attempts = 0;
            while let Err(error) = shared.change(chunk).await {
                attempts += 1;
                if attempts == CHANGE_ATTEMPTS || matches!(error, SharedCacheError::CircuitOpen) {
                    return Err(error);
                }
                let wait_ms = 1 + self.inner.random.below(50 << attempts);
                tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            }
        }
        Ok(())
    }

    /// Reads the products that no other caller is reading, and waits for the others.
    async fn look_up(&self, product_ids: BTreeSet<ProductId>, found: &mut FoundProducts) -> Result<(), StoreError> {
        let mut claim = self.inner.reads.claim(product_ids);
        let (own, pending) = (claim.own(), claim.take_pending());
        if !own.is_empty() {
            match self.inner.read(&own).await {
                Ok(read) => {
                    claim.complete(|product_id| Ok(read.products.get(product_id).cloned()));
                    found.join(read);
                }
                Err(error) => {
                    // The unreadable item need not be the one that the waiting callers need, so each of them reads by
                    // itself.
                    if let StoreError::Unavailable(reason) = &error {
                        claim.complete(|_| Err(reason.clone()));
                    }
                    return Err(error);
                }
            }
        }
        let mut abandoned = Vec::new();
        for pending in pending {
            let product_id = pending.key.clone();
            match pending.outcome().await {
                Some(Ok(product)) => {
                    found.lookups.process += 1;
                    found.add(&product_id, product);
                }
                Some(Err(reason)) => return Err(StoreError::Unavailable(reason)),
                None => abandoned.push(product_id),
            }
        }
        if !abandoned.is_empty() {
            found.join(self.inner.read(&abandoned).await?);
        }
        Ok(())
    }
}

impl Inner {
    /// Reads the shared cache, and the table for the rest, which is then stored in the cache.
    async fn read(&self, product_ids: &[ProductId]) -> Result<FoundProducts, StoreError> {
        let read_at = self.clock.now(); // before anything is read
        let (mut found, missing) = self.read_shared(product_ids).await;
        if !missing.product_ids.is_empty() {
            found.lookups.table += u32::try_from(missing.product_ids.len()).unwrap_or(u32::MAX);
            let read = self.products.get_many(missing.product_ids.iter().copied(), false).await?;
            if let Some(shared) = missing.fill {
                let value = |product_id: &ProductId| self.value(product_id, read.get(product_id), read_at);
                for chunk in missing.product_ids.chunks(CALL_PRODUCTS) {
                    let values: Vec<_> = chunk.iter().copied().map(value).collect();
                    // If the write fails, the next read goes to the table again.
                    let _ = shared.fill(&values).await;
                }
            }
            found.products.extend(read.into_iter().map(|(product_id, product)| (product_id, Arc::new(product))));
        }
        let lifetime = Lifetime::with_jitter(read_at, freshness::PRODUCTS, &*self.random);
        for product_id in product_ids {
            self.cache.insert(product_id.clone(), found.products.get(product_id).cloned(), lifetime);
        }
        Ok(found)
    }

    /// Reads the shared cache, if there is one and it answers.
    async fn read_shared<'a>(&self, product_ids: &'a [ProductId]) -> (FoundProducts, Missing<'a, '_>) {
        let (mut found, mut missing) = (FoundProducts::default(), Missing { product_ids: Vec::new(), fill: None });
        for chunk in product_ids.chunks(CALL_PRODUCTS) {
            let cached = match &self.shared {
                Some(shared) => {
                    let keys: Vec<_> = chunk.iter().map(ProductId::as_str).collect();
                    shared.get(&keys).await.inspect(|_| missing.fill = Some(shared)).unwrap_or_default()
                }
                None => Vec::new(),
            };
            let cached = cached.into_iter().chain(std::iter::repeat_with(|| None));
            for (product_id, cached) in chunk.iter().zip(cached) {
                let product = match cached {
                    // An unreadable value is read from the table and replaced.
                    Some(CachedBytes::Value(json)) => serde_json::from_slice(&json).ok().map(Some),
                    Some(CachedBytes::Absent) => Some(None),
                    None => None,
                };
                match product {
                    Some(product) => {
                        found.lookups.shared += 1;
                        found.add(product_id, product.map(Arc::new));
                    }
                    None => missing.product_ids.push(product_id),
                }
            }
        }
        (found, missing)
    }

    /// The entry of the shared cache for a product, or for its absence, whose version is the time of the read.
    fn value(&self, product_id: &ProductId, product: Option<&Product>, read_at: Timestamp) -> VersionedValue {
        let jitter_ms = u64::try_from(freshness::SHARED_PRODUCTS_JITTER.as_millis()).unwrap_or(u64::MAX);
        VersionedValue {
            key: product_id.as_str().to_owned(),
            version: product.map_or(read_at.as_millis(), |product| product.version),
            // Our own type, with string keys: it always serialises.
            value: product.map(|product| serde_json::to_vec(product).expect("a product serialises")),
            ttl: match product {
                Some(_) => {
                    freshness::SHARED_PRODUCTS.saturating_sub(Duration::from_millis(self.random.below(jitter_ms)))
                }
                None => freshness::SHARED_ABSENCE,
            },
        }
    }
}

/// Products that the shared cache does not have.
struct Missing<'a, 'c> {
    product_ids: Vec<&'a ProductId>,
    /// The shared cache, if it answers.
    fill: Option<&'c SharedCache>,
}

impl FoundProducts {
    fn add(&mut self, product_id: &ProductId, product: Option<Arc<Product>>) {
        if let Some(product) = product {
            self.products.insert(product_id.clone(), product);
        }
    }

    fn join(&mut self, other: Self) {
        self.products.extend(other.products);
        self.lookups += other.lookups;
    }
}

/// Approximate memory of a product.
fn bytes_of(product: &Product) -> usize {
    const AROUND_TEXT: usize = 32;
    let texts = [&product.description, &product.brand, &product.image_url, &product.thumbnail_url, &product.released];
    let optional = texts.iter().filter_map(|text| text.as_ref()).map(String::len);
    let categories = product.category.categories().iter().map(|c| 2 * c.category_id.as_str().len() + c.name.len());
    let attributes = product.attributes.iter().map(|(name, value)| match value {
        AttributeValue::Text(text) | AttributeValue::Number(text) => name.len() + text.len(),
        AttributeValue::Flag(_) => name.len(),
    });
    let eans = product.ean.iter().map(String::len);
    let parts = optional.chain(categories).chain(attributes).chain(eans);
    size_of::<Product>() + product.name.len() + parts.map(|part| part + 2 * AROUND_TEXT).sum::<usize>()
}
