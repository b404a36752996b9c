//! Product documents through the cache.

use std::collections::{BTreeSet, HashMap};
use std::ops::AddAssign;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use souk_domain::catalog::{AttributeValue, Product};
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::ProductId;
use souk_domain::time::Timestamp;
use souk_store::{Products, StoreError};

use crate::flights::{Flights, Landed};
use crate::near::{Near, Reading, Remembered};
use crate::shared::{Kept, NoAnswer, SharedCache, State};
use crate::stock::STOCK_MS;

/// How long a process remembers documents at most, in milliseconds: with the moments until the stream has told the shared
/// cache, a changed price is shown within five seconds. Lists show what holds for as long as the stock beside it.
pub const DOCUMENTS_MS: u32 = 3_000;
/// What one process remembers of documents: a sixteenth of the smallest function that lists products.
const LIMIT_BYTES: usize = 32 * 1024 * 1024;
/// How often the shared cache is told of a change.
const TELL_TRIES: u32 = 3;
/// Most products of one call to the shared cache.
const CALL_PRODUCTS: usize = 100;

/// The products table behind its cache.
#[derive(Clone)]
pub struct CachedProducts {
    inner: Arc<Inner>,
}

struct Inner {
    products: Products,
    near: Mutex<Near<ProductId, Option<Arc<Product>>>>,
    shared: Option<SharedCache>,
    flights: Flights,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// Products, and where they were found.
#[derive(Debug, Default)]
pub struct Found {
    /// Those that exist.
    pub products: HashMap<ProductId, Arc<Product>>,
    /// Where all were found.
    pub lookups: Lookups,
    /// How long lists may go on showing all of these.
    pub lasts: Duration,
}

/// How many products were looked up where: the hit ratio, as the log has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lookups {
    /// This process remembered, or was reading them already.
    pub process: u32,
    /// The shared cache had them.
    pub shared: u32,
    /// They were read from the table.
    pub table: u32,
}

impl Lookups {
    /// Of the same documents, when they are shown again without being looked up.
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
    /// In front of a table, with a shared cache or without.
    pub fn new(
        products: Products,
        shared: Option<SharedCache>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let near = Mutex::new(Near::new(LIMIT_BYTES).needed(STOCK_MS));
        Self { inner: Arc::new(Inner { products, near, shared, flights: Flights::default(), clock, random }) }
    }

    /// For lists: as they were at most three seconds ago in this process, else as [`current`](Self::current).
    pub async fn recent<'a>(&self, product_ids: impl IntoIterator<Item = &'a ProductId>) -> Result<Found, StoreError> {
        let product_ids: Vec<_> = product_ids.into_iter().collect();
        let mut found = Found::default();
        let Remembered { known, missing } = self.inner.near().list(product_ids.iter().copied(), self.inner.clock.now());
        for (product_id, product) in known {
            found.lookups.process += 1;
            found.add(product_id, product);
        }
        self.look_up(missing.into_iter().cloned().collect(), &mut found).await?;
        found.lasts = self.inner.near().lasts(product_ids, self.inner.clock.now());
        Ok(found)
    }

    /// For product pages and carts: as the shared cache has them, which the stream keeps up to date, or the table.
    pub async fn current<'a>(&self, product_ids: impl IntoIterator<Item = &'a ProductId>) -> Result<Found, StoreError> {
        let mut found = Found::default();
        self.look_up(product_ids.into_iter().cloned().collect(), &mut found).await?;
        Ok(found)
    }

    /// Tells the shared cache what products are now (none: deleted), as read from the table after that moment. Nothing
    /// older is answered from then on. When the cache does not take it, what it has goes on being shown for five minutes
    /// at most.
    pub async fn changed<'a>(
        &self,
        states: impl IntoIterator<Item = (&'a ProductId, Option<&'a Product>)>,
        read_at: Timestamp,
    ) -> Result<(), NoAnswer> {
        let Some(shared) = &self.inner.shared else { return Ok(()) };
        let states = states.into_iter().map(|(product_id, product)| State { product_id, product, read_at });
        let states: Vec<_> = states.collect();
        for chunk in states.chunks(CALL_PRODUCTS) {
            let mut tries = 0;
            while let Err(error) = shared.change(chunk, &*self.inner.random).await {
                tries += 1;
                if tries == TELL_TRIES || matches!(error, NoAnswer::Resting) {
                    return Err(error);
                }
                let wait_ms = 1 + self.inner.random.below(50 << tries);
                tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            }
        }
        Ok(())
    }

    /// Reads what nobody else is reading, and waits for what others read.
    async fn look_up(&self, wanted: BTreeSet<ProductId>, found: &mut Found) -> Result<(), StoreError> {
        let mut boarding = self.inner.flights.board(wanted);
        let mine = boarding.mine();
        if !mine.is_empty() {
            match self.read(&mine).await {
                Ok(read) => {
                    boarding.land(|product_id| Landed::Read(read.products.get(product_id).cloned()));
                    found.join(read);
                }
                Err(error) => {
                    if let StoreError::Unavailable(reason) = &error {
                        boarding.land(|_| Landed::Unavailable(reason.clone()));
                    }
                    return Err(error); // an item that cannot be read need not be the one that others wait for
                }
            }
        }
        let mut abandoned = Vec::new();
        for awaited in boarding.others() {
            let product_id = awaited.product_id.clone();
            match awaited.outcome().await {
                Some(Landed::Read(product)) => {
                    found.lookups.process += 1;
                    found.add(&product_id, product);
                }
                Some(Landed::Unavailable(reason)) => return Err(StoreError::Unavailable(reason)),
                None => abandoned.push(product_id),
            }
        }
        if !abandoned.is_empty() {
            found.join(self.read(&abandoned).await?);
        }
        Ok(())
    }

    /// From the shared cache, the rest from the table, which fills the cache.
    async fn read(&self, product_ids: &[ProductId]) -> Result<Found, StoreError> {
        let inner = &*self.inner;
        let read_at = inner.clock.now(); // before anything is read
        let (mut found, mut missing, mut shared) = (Found::default(), Vec::new(), None);
        for chunk in product_ids.chunks(CALL_PRODUCTS) {
            let kept = match &inner.shared {
                Some(cache) => cache.get(chunk).await.inspect(|_| shared = Some(cache)).unwrap_or_default(),
                None => Vec::new(),
            };
            let kept = kept.into_iter().chain(std::iter::repeat_with(|| Kept::Nothing));
            for (product_id, kept) in chunk.iter().zip(kept) {
                found.lookups.shared += u32::from(kept != Kept::Nothing);
                match kept {
                    Kept::Product(product) => found.add(product_id, Some(Arc::from(product))),
                    Kept::NoProduct => {}
                    Kept::Nothing => missing.push(product_id),
                }
            }
        }
        if !missing.is_empty() {
            found.lookups.table += u32::try_from(missing.len()).unwrap_or(u32::MAX);
            let read = inner.products.get_many(missing.iter().copied(), false).await?;
            if let Some(cache) = shared {
                let state = |product_id| State { product_id, product: read.get(product_id), read_at };
                for chunk in missing.chunks(CALL_PRODUCTS) {
                    let states: Vec<_> = chunk.iter().copied().map(state).collect();
                    // Without it, the next one reads the table again.
                    let _ = cache.fill(&states, &*inner.random).await;
                }
            }
            found.products.extend(read.into_iter().map(|(product_id, product)| (product_id, Arc::new(product))));
        }
        let reading = Reading::at(read_at, DOCUMENTS_MS, &*inner.random);
        let mut near = inner.near();
        for product_id in product_ids {
            let product = found.products.get(product_id).cloned();
            let bytes = product.as_deref().map_or(0, bytes_of);
            near.put(product_id.clone(), product, bytes + product_id.as_str().len(), reading);
        }
        drop(near);
        Ok(found)
    }
}

impl Inner {
    fn near(&self) -> std::sync::MutexGuard<'_, Near<ProductId, Option<Arc<Product>>>> {
        self.near.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Found {
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

/// About what a product takes in memory: its texts, and what stands around them.
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
