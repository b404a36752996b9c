//! The category tree, cached in the memory of this process: anyone may ask for it, and a list without search needs it.

use std::sync::Arc;

use souk_cache::{Lifetime, SingleFlight, TtlCache};
use souk_domain::catalog::Category;
use souk_domain::effects::Clock;
use souk_store::{Categories, StoreError};

use crate::freshness;

/// Memory of the tree: enough for some ten thousand categories. A larger tree is not kept.
const LIMIT_BYTES: usize = 8 * 1024 * 1024;
/// Memory of a category beside its texts.
const CATEGORY_BYTES: usize = 96;

/// The tree, sorted by id, so that a parent comes before its children.
type Tree = Arc<Vec<Category>>;

/// The category tree, at most [`freshness::CATEGORIES`] old. Concurrent callers share one read.
#[derive(Clone)]
pub struct CachedCategories {
    categories: Categories,
    caches: Arc<Caches>,
    clock: Arc<dyn Clock>,
}

struct Caches {
    tree: TtlCache<(), Tree>,
    in_flight: SingleFlight<(), Result<Tree, String>>,
}

impl CachedCategories {
    /// An empty cache in front of the categories table.
    pub fn new(categories: Categories, clock: Arc<dyn Clock>) -> Self {
        let tree = TtlCache::new(LIMIT_BYTES, |(), tree: &Tree| tree.iter().map(bytes).sum());
        Self { categories, caches: Arc::new(Caches { tree, in_flight: SingleFlight::default() }), clock }
    }

    /// All categories, sorted by id.
    pub async fn all(&self) -> Result<Tree, StoreError> {
        let started_at = self.clock.now();
        if let Some(tree) = self.caches.tree.get(&(), started_at) {
            return Ok(tree);
        }
        let read = async {
            let tree = Arc::new(self.categories.all().await.map_err(|error| error.to_string())?);
            self.caches.tree.insert((), Arc::clone(&tree), Lifetime::new(started_at, freshness::CATEGORIES));
            Ok::<Tree, String>(tree)
        };
        self.caches.in_flight.run((), Box::pin(read)).await.map_err(StoreError::Unavailable)
    }
}

fn bytes(category: &Category) -> usize {
    let parent = category.parent_id.as_ref().map_or(0, |parent| parent.as_str().len());
    category.category_id.as_str().len() + category.name.len() + parent + CATEGORY_BYTES
}
