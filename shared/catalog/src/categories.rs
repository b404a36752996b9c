//! The category tree, cached in the memory of this process: anyone may ask for it, and a list without search needs it.

use std::sync::Arc;
use std::time::Duration;

use souk_cache::{Lifetime, SingleFlight, TtlCache};
use souk_domain::catalog::CategoryPath;
use souk_domain::category_tree::{CategoryRecord, CategoryTree};
use souk_domain::effects::Clock;
use souk_domain::ids::CategoryId;
use souk_store::{Categories, StoreError};

use crate::freshness;

/// Memory of the tree: enough for as many categories as a shop can have. A larger tree is not kept.
const LIMIT_BYTES: usize = 16 * 1024 * 1024;
/// Memory of a category beside its texts.
const CATEGORY_BYTES: usize = 192;

/// Longest wait for the tree of those that can do without it.
const TIMEOUT: Duration = Duration::from_millis(500);

/// The category tree, at most [`freshness::CATEGORIES`] old. Concurrent callers share one read.
#[derive(Clone)]
pub struct CachedCategories {
    categories: Categories,
    caches: Arc<Caches>,
    clock: Arc<dyn Clock>,
}

struct Caches {
    tree: TtlCache<(), Arc<CategoryTree>>,
    in_flight: SingleFlight<(), Result<Arc<CategoryTree>, String>>,
}

impl CachedCategories {
    /// An empty cache in front of the categories table.
    pub fn new(categories: Categories, clock: Arc<dyn Clock>) -> Self {
        let tree = TtlCache::new(LIMIT_BYTES, |(), tree: &Arc<CategoryTree>| tree.records().map(bytes).sum());
        Self { categories, caches: Arc::new(Caches { tree, in_flight: SingleFlight::default() }), clock }
    }

    /// The tree.
    pub async fn tree(&self) -> Result<Arc<CategoryTree>, StoreError> {
        let started_at = self.clock.now();
        if let Some(tree) = self.caches.tree.get(&(), started_at) {
            return Ok(tree);
        }
        let read = async {
            let tree = Arc::new(self.categories.recent_tree().await.map_err(|error| error.to_string())?);
            self.caches.tree.insert((), Arc::clone(&tree), Lifetime::new(started_at, freshness::CATEGORIES));
            Ok::<Arc<CategoryTree>, String>(tree)
        };
        self.caches.in_flight.run((), Box::pin(read)).await.map_err(StoreError::Unavailable)
    }

    /// Where the category of a product is now. As it was stored with the product if the tree cannot be read: the page of
    /// a product does not fail for the names in it.
    pub async fn current_path(&self, stored: &CategoryPath) -> CategoryPath {
        if stored.leaf().is_none() {
            return CategoryPath::default();
        }
        self.tree_soon().await.map_or_else(|| stored.clone(), |tree| tree.current(stored))
    }

    /// The category that replaces a merged or deleted one. None for one that exists or never did, and if the tree cannot
    /// be read.
    pub async fn replacement(&self, category_id: &CategoryId) -> Option<CategoryId> {
        let tree = self.tree_soon().await?;
        let now = &tree.resolve(category_id)?.category_id;
        (now != category_id).then(|| now.clone())
    }

    async fn tree_soon(&self) -> Option<Arc<CategoryTree>> {
        tokio::time::timeout(TIMEOUT, self.tree()).await.ok()?.ok()
    }
}

fn bytes(record: &CategoryRecord) -> usize {
    let parent = record.parent_id.as_ref().map_or(0, |parent| parent.as_str().len());
    record.category_id.as_str().len() + record.name.len() + parent + CATEGORY_BYTES
}
