//! A separate index for each test, with a small shop in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use souk_domain::catalog::{AttributeValue, CategoryPath, Product};
use souk_search::{
    IndexOperation, Indexed, IndexedProduct, SearchError, SearchIndex, SearchLimits, SearchPage, SearchQuery,
    Suggestions,
};
use souk_testkit::SeededRandom;

/// Attempts, and the time between them: a node that failed three times is not called for a second. Several, because a
/// shared node may be busy with other tests.
const MAX_ATTEMPTS: u32 = 5;
const AGAIN_AFTER: Duration = Duration::from_millis(1_100);
/// Long time limits, so that the results do not depend on the speed of the machine.
const LIMITS: SearchLimits = SearchLimits { search: Duration::from_mins(1), suggest: Duration::from_mins(1) };

static INDICES: AtomicU32 = AtomicU32::new(0);

/// An index that is removed at the end of its test.
pub(crate) struct Scratch {
    pub(crate) index: SearchIndex,
    pub(crate) alias: String,
    pub(crate) url: String,
}

pub(crate) fn random() -> Arc<SeededRandom> {
    Arc::new(SeededRandom::new(7))
}

impl Scratch {
    /// Without an index; `None` without an OpenSearch.
    pub(crate) fn new() -> Option<Self> {
        let Ok(url) = std::env::var("SOUK_CONTRACT_OPENSEARCH") else {
            eprintln!("skipped: SOUK_CONTRACT_OPENSEARCH names no OpenSearch");
            return None;
        };
        let number = INDICES.fetch_add(1, Ordering::SeqCst);
        let alias = format!("test-{}-{number}", std::process::id());
        Some(Self { index: SearchIndex::at(&url, LIMITS, random()).with_alias(&alias), alias, url })
    }

    /// With the products of the shop.
    pub(crate) async fn shop() -> Option<Self> {
        let scratch = Self::new()?;
        scratch.put(shop()).await;
        Some(scratch)
    }

    pub(crate) async fn put(&self, products: Vec<IndexedProduct>) {
        let operations: Vec<_> = products.into_iter().map(|product| IndexOperation::Put(Box::new(product))).collect();
        let outcomes = self.index.bulk(&operations).await.expect("written");
        assert!(outcomes.iter().all(|outcome| *outcome == Indexed::Done), "{outcomes:?}");
        self.index.refresh().await.expect("refreshed");
    }

    pub(crate) async fn search(&self, query: &SearchQuery) -> SearchPage {
        answered(|| self.index.search(query)).await
    }

    pub(crate) async fn suggest(&self, text: &str, limit: u32) -> Suggestions {
        answered(|| self.index.suggest(text, limit)).await
    }

    /// Ids found for a text.
    pub(crate) async fn find(&self, text: &str) -> Vec<String> {
        let page = self.search(&SearchQuery { text: Some(text.to_owned()), ..SearchQuery::default() }).await;
        ids(&page)
    }

    pub(crate) async fn remove(self) {
        let aliases = format!("{}/{}-v*/_alias", self.url, self.alias);
        let names = reqwest::get(aliases).await.expect("asked").text().await.expect("answered");
        let names: serde_json::Value = serde_json::from_str(&names).expect("JSON");
        for name in names.as_object().expect("indices").keys() {
            let removed = reqwest::Client::new().delete(format!("{}/{name}", self.url)).send().await.expect("removed");
            assert!(removed.status().is_success(), "{}", removed.status());
        }
    }
}

/// Retries a search that timed out. Fails if it is refused or keeps timing out.
async fn answered<T, A: Future<Output = Result<T, SearchError>>>(ask: impl Fn() -> A) -> T {
    for _ in 1..MAX_ATTEMPTS {
        match ask().await {
            Err(SearchError::Unavailable(_)) => tokio::time::sleep(AGAIN_AFTER).await,
            other => return other.expect("answered"),
        }
    }
    ask().await.expect("answered in time")
}

pub(crate) fn ids(page: &SearchPage) -> Vec<String> {
    page.product_ids.iter().map(ToString::to_string).collect()
}

pub(crate) fn product(id: &str, name: &str, brand: &str, category: [&str; 2], price_minor: i64) -> IndexedProduct {
    let product = Product {
        name: name.to_owned(),
        brand: Some(brand.to_owned()),
        category: CategoryPath::from_names(&category).expect("a path"),
        price_minor,
        ..souk_testkit::product(id)
    };
    IndexedProduct { product, in_stock: true }
}

pub(crate) fn shop() -> Vec<IndexedProduct> {
    const NOTEBOOKS: [&str; 2] = ["Computers", "Notebooks"];
    const BAGS: [&str; 2] = ["Bags & cases", "Notebook bags & backpacks"];
    const MONITORS: [&str; 2] = ["Monitors & projectors", "Monitors"];
    const KEYBOARDS: [&str; 2] = ["Input devices", "Keyboards & keypads"];
    const CABLES: [&str; 2] = ["Cables & adapters", "USB cables"];
    const INKS: [&str; 2] = ["Printing", "Ink cartridges"];
    let mut products = vec![
        product("nb-1", "Lenovo ThinkPad X13 notebook 13.3\" 16 GB", "Lenovo", NOTEBOOKS, 129_900),
        product("nb-2", "HP ProBook 450 note book 15.6\" 8GB", "HP", NOTEBOOKS, 84_900),
        product("bag-1", "Targus 15.6\" notebook backpack black", "Targus", BAGS, 4_990),
        product("mon-1", "Dell P2719H monitor 27\" Full HD", "Dell", MONITORS, 21_900),
        product("mon-2", "Samsung S24 monitor 24\" Full HD", "Samsung", MONITORS, 15_900),
        product("key-1", "Logitech K120 keyboard USB", "Logitech", KEYBOARDS, 1_490),
        product("key-2", "Cherry Stream wireless keyboards, pack of 2", "Cherry", KEYBOARDS, 8_990),
        product("cab-1", "Hama USB-C cable 2 m", "Hama", CABLES, 990),
        product("cab-2", "Hama USB-A cable 3 m", "Hama", CABLES, 790),
        product("cab-3", "Hama patch cable CAT6 1.5m", "Hama", ["Cables & adapters", "Networking cables"], 890),
        product("cab-4", "Hama patch cable CAT6 5 m", "Hama", ["Cables & adapters", "Networking cables"], 1_190),
        product("LC-1000BK", "Brother LC-1000BK ink cartridge black", "Brother", INKS, 2_190),
        product("LC-1100BK", "Brother LC-1100BK ink cartridge black", "Brother", INKS, 2_290),
    ];
    products[3].product.ean = vec!["5397184217696".to_owned()];
    products[4].in_stock = false;
    for (at, day) in [(0, "2020-01-07"), (1, "2019-03-01"), (3, "2018-11-20")] {
        products[at].product.released = Some(day.to_owned());
    }
    let colour = |value: &str| [("Product colour".to_owned(), AttributeValue::Text(value.to_owned()))];
    products[0].product.attributes = colour("Black").into();
    products[1].product.attributes = colour("Silver").into();
    products[2].product.attributes = colour("Black").into();
    products
}
