//! Separate tables for each test, and readers of them.

use std::sync::Arc;

use souk_cache::SharedCache;
use souk_catalog::{
    CachedCategories, CachedCollections, CachedProducts, CachedSynonyms, CatalogReader, FoundProducts, Lookups,
    ProductReader, SearchReader,
};
use souk_domain::catalog::{CategoryPath, Product};
use souk_domain::effects::Clock as _;
use souk_search::{SearchIndex, SearchLimits};
use souk_store::{
    Categories, Collections, Inventory, LedgerEntry, Products, SaveOutcome, StockChangeOutcome, SynonymLists, Table,
};
use souk_testkit::{Database, FixedClock, SeededRandom};

pub(crate) use souk_testkit::sku as id;

pub(crate) struct Shop {
    pub(crate) products: Products,
    pub(crate) categories: Categories,
    pub(crate) collections: Collections,
    pub(crate) inventory: Inventory,
    pub(crate) synonyms: SynonymLists,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) database: Database,
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
        let table = |name| Table::new(database.client.clone(), database.table(name), random.clone());
        Self {
            products: Products::new(table("products")),
            categories: Categories::new(table("categories")),
            collections: Collections::new(table("categories")),
            inventory: Inventory::new(table("inventory"), "local"),
            synonyms: SynonymLists::new(table("synonyms")),
            clock: Arc::new(FixedClock::new()),
            random,
            database,
        }
    }

    /// The products as one process reads them.
    pub(crate) fn process(&self, redis_url: Option<&str>) -> CachedProducts {
        let shared = redis_url.map(|url| self.shared_cache(url));
        CachedProducts::new(self.products.clone(), shared, self.clock.clone(), self.random.clone())
    }

    fn shared_cache(&self, url: &str) -> SharedCache {
        CachedProducts::shared_cache(url, &self.namespace(), &*self.random).expect("a url")
    }

    /// Products and stock as one process reads them.
    pub(crate) fn product_reader(&self, redis_url: Option<&str>) -> ProductReader {
        let shared = redis_url.map(|url| self.shared_cache(url));
        let (products, inventory) = (self.products.clone(), self.inventory.clone());
        ProductReader::new(products, inventory, shared, self.clock.clone(), self.random.clone())
    }

    /// Lists as one process reads them.
    pub(crate) fn reader(&self, index: SearchIndex) -> CatalogReader {
        CatalogReader {
            search: SearchReader::new(index, self.clock.clone()),
            products: self.product_reader(None),
            synonyms: CachedSynonyms::new(self.synonyms.clone(), self.clock.clone()),
            table: self.products.clone(),
            categories: CachedCategories::new(self.categories.clone(), self.clock.clone()),
            collections: CachedCollections::new(self.collections.clone(), self.clock.clone()),
        }
    }

    /// The key of a product in the shared cache.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:p1:{name}", self.namespace())
    }

    fn namespace(&self) -> String {
        self.database.table("products")
    }

    pub(crate) async fn write(&self, product: &Product, seen: Option<i64>) {
        assert_eq!(self.products.put(product, seen).await.expect("written"), SaveOutcome::Saved);
    }

    /// Sets the available units of a product.
    pub(crate) async fn count(&self, name: &str, available: u32) {
        let entry = LedgerEntry::new("counted", souk_testkit::user(9), self.clock.now(), None, &*self.random);
        let change = self.inventory.count(&id(name), available, &entry).await.expect("counted");
        assert!(matches!(change, StockChangeOutcome::Changed { available: counted, .. } if counted == available));
    }

    /// Products a and b, in the category "printing.ink": 3 units of a, none of b.
    pub(crate) async fn stock(&self) {
        let category = CategoryPath::from_names(&["Printing", "Ink"]).expect("a path");
        for name in ["a", "b"] {
            self.write(&Product { category: category.clone(), ..product(name, 1) }, None).await;
        }
        let _ = self.categories.file(&[category]).await.expect("written");
        self.count("a", 3).await;
    }
}

/// An index at that address, with a long time limit for slow machines.
pub(crate) fn index_at(url: &str) -> SearchIndex {
    SearchIndex::at(url, SearchLimits::of_search(1_500), Arc::new(SeededRandom::new(7)))
}

/// Names of the products, and where they were found: process, shared, table.
pub(crate) fn summary(found: &FoundProducts) -> (Vec<&str>, [u32; 3]) {
    let mut names: Vec<_> = found.products.values().map(|product| product.name.as_str()).collect();
    names.sort_unstable();
    let Lookups { process, shared, table } = found.lookups;
    (names, [process, shared, table])
}
