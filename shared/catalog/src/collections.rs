//! The collections, cached in the memory of this process: anyone may list them.

use std::sync::Arc;

use souk_cache::{Lifetime, SingleFlight, TtlCache};
use souk_domain::collection::Collection;
use souk_domain::effects::Clock;
use souk_domain::ids::CollectionId;
use souk_search::CollectionFilter;
use souk_store::{Collections, StoreError};

use crate::{CachedCategories, freshness};

/// Memory of all collections: a hundred of the largest ones take a third of it.
const LIMIT_BYTES: usize = 2 * 1024 * 1024;
/// Memory of a collection beside its texts: mostly that of up to 60 brands, names and values of attributes.
const COLLECTION_BYTES: usize = 2_048;

/// All collections, sorted by id.
type All = Arc<Vec<Collection>>;

/// The collections, at most [`freshness::COLLECTIONS`] old. Concurrent callers share one read.
#[derive(Clone)]
pub struct CachedCollections {
    collections: Collections,
    caches: Arc<Caches>,
    clock: Arc<dyn Clock>,
}

struct Caches {
    all: TtlCache<(), All>,
    in_flight: SingleFlight<(), Result<All, String>>,
}

impl CachedCollections {
    /// An empty cache in front of the collections.
    pub fn new(collections: Collections, clock: Arc<dyn Clock>) -> Self {
        let all = TtlCache::new(LIMIT_BYTES, |(), all: &All| all.iter().map(bytes).sum());
        Self { collections, caches: Arc::new(Caches { all, in_flight: SingleFlight::default() }), clock }
    }

    /// All collections, sorted by id.
    pub async fn all(&self) -> Result<All, StoreError> {
        let started_at = self.clock.now();
        if let Some(all) = self.caches.all.get(&(), started_at) {
            return Ok(all);
        }
        let read = async {
            let all = Arc::new(self.collections.all().await.map_err(|error| error.to_string())?);
            self.caches.all.insert((), Arc::clone(&all), Lifetime::new(started_at, freshness::COLLECTIONS));
            Ok::<All, String>(all)
        };
        self.caches.in_flight.run((), Box::pin(read)).await.map_err(StoreError::Unavailable)
    }

    /// The filters of a collection today; `None` if there is no such collection. A category of its rule that staff have
    /// merged or deleted since counts as the one that replaces it.
    pub async fn filter(
        &self,
        collection_id: &CollectionId,
        categories: &CachedCategories,
    ) -> Result<Option<CollectionFilter>, StoreError> {
        let all = self.all().await?;
        let Some(collection) = all.iter().find(|collection| collection.collection_id == *collection_id) else {
            return Ok(None);
        };
        let mut rule = collection.rule.clone();
        let replacement = match &rule.category_id {
            Some(category_id) => categories.replacement(category_id).await,
            None => None,
        };
        rule.category_id = replacement.or(rule.category_id);
        Ok(Some(CollectionFilter::new(&rule, self.clock.now())))
    }
}

fn bytes(collection: &Collection) -> usize {
    collection.collection_id.as_str().len() + collection.name.len() + collection.rule.text_bytes() + COLLECTION_BYTES
}
