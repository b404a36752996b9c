//! A products table of each test's own, and caches in front of it.

use std::sync::Arc;

use souk_cache::{CachedProducts, Found, Lookups, SharedCache};
use souk_domain::catalog::Product;
use souk_store::{Products, SaveOutcome, Table};
use souk_testkit::{Database, FixedClock, SeededRandom};

pub(crate) use souk_testkit::sku as id;

pub(crate) struct Shop {
    pub(crate) products: Products,
    pub(crate) clock: Arc<FixedClock>,
    namespace: String,
    random: Arc<SeededRandom>,
}

/// `redis://host:port`, if there is one.
pub(crate) fn redis_url() -> Option<String> {
    let url = std::env::var("SOUK_CONTRACT_REDIS").ok();
    if url.is_none() {
        eprintln!("skipped: SOUK_CONTRACT_REDIS names no Redis");
    }
    url
}

pub(crate) fn product(name: &str, version: i64) -> Product {
    Product { name: format!("{name} of {version}"), version, ..souk_testkit::product(name) }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let name = database.table("products");
        let products = Products::new(Table::new(database.client, name.clone(), random.clone()));
        Self { products, clock: Arc::new(FixedClock::new()), namespace: name, random }
    }

    /// The cache of one process.
    pub(crate) fn process(&self, redis_url: Option<&str>) -> CachedProducts {
        let shared = redis_url.map(|url| SharedCache::at(url, &self.namespace).expect("a url"));
        CachedProducts::new(self.products.clone(), shared, self.clock.clone(), self.random.clone())
    }

    /// The key of a product in the shared cache.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:p1:{name}", self.namespace)
    }

    pub(crate) async fn write(&self, product: &Product, seen: Option<i64>) {
        assert_eq!(self.products.put(product, seen).await.expect("written"), SaveOutcome::Saved);
    }
}

/// Names of the products, and where they were found: process, shared, table.
pub(crate) fn told(found: &Found) -> (Vec<&str>, [u32; 3]) {
    let mut names: Vec<_> = found.products.values().map(|product| product.name.as_str()).collect();
    names.sort_unstable();
    let Lookups { process, shared, table } = found.lookups;
    (names, [process, shared, table])
}
