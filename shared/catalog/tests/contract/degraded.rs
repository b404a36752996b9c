//! Lists and products while OpenSearch, a table or the shared cache fails, with every fault of a connection: the
//! results of the readers, their latency, and that they recover by themselves.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use souk_catalog::{CatalogError, CatalogReader, ProductList};
use souk_search::{IndexOperation, Indexed, IndexedProduct, SearchError, SearchIndex, SearchQuery};
use souk_testkit::{Fault, Proxy};

use crate::fake_search::{FakeResponse, FakeSearch};
use crate::fixture::{Shop, id, index_at, redis_url};

/// No request may take longer, whatever is broken. Each has 1.5 s for search and 0.25 s for the cache; wide, because a
/// slow machine needs time as well, and far below [`SLOW`], which a request without a limit of its own would take.
const LATEST: Duration = Duration::from_secs(15);
/// The delay of a slow answer.
const SLOW: Duration = Duration::from_mins(1);
/// How soon everything works again after the fault ends: the shop tries once a second, so the bound is wide.
const BACK_WITHIN: Duration = Duration::from_mins(1);
/// Requests after which the circuit breaker is open.
const UNTIL_OPEN: usize = 3;
/// Requests during a fault.
const REQUESTS: usize = 6;
/// Bound of the fastest request with an open circuit breaker: less than the shortest time limit of a search. The
/// fastest counts, because other work on this machine only adds time.
const WITHOUT_WAIT: Duration = Duration::from_millis(700);

static INDICES: AtomicU32 = AtomicU32::new(0);

/// An index for one test, with both products of [`Shop::stock`].
struct Scratch {
    index: SearchIndex,
    url: String,
    alias: String,
}

impl Scratch {
    /// None if there is no OpenSearch.
    fn new() -> Option<Self> {
        let Ok(url) = std::env::var("SOUK_CONTRACT_OPENSEARCH") else {
            eprintln!("skipped: SOUK_CONTRACT_OPENSEARCH names no OpenSearch");
            return None;
        };
        let alias = format!("test-reader-{}-{}", std::process::id(), INDICES.fetch_add(1, Ordering::SeqCst));
        Some(Self { index: index_at(&url).with_alias(&alias), url, alias })
    }

    async fn fill(&self, shop: &Shop) {
        let mut operations = Vec::new();
        for name in ["a", "b"] {
            let product = shop.products.get(&id(name)).await.expect("read").expect("a product");
            operations.push(IndexOperation::Put(Box::new(IndexedProduct { product, in_stock: name == "a" })));
        }
        let outcomes = self.index.bulk(&operations).await.expect("written");
        assert_eq!(outcomes, [Indexed::Done, Indexed::Done]);
        self.index.refresh().await.expect("refreshed");
    }

    /// The same index through a proxy that injects faults.
    fn over(&self, proxy: &Proxy) -> SearchIndex {
        index_at(&format!("http://{}", proxy.address())).with_alias(&self.alias)
    }

    async fn remove(self) {
        let url = format!("{}/{}-v*", self.url, self.alias);
        let names = reqwest::get(format!("{url}/_alias")).await.expect("asked").text().await.expect("answered");
        let names: serde_json::Value = serde_json::from_str(&names).expect("JSON");
        for name in names.as_object().expect("indices").keys() {
            let removed = reqwest::Client::new().delete(format!("{}/{name}", self.url)).send().await.expect("removed");
            assert!(removed.status().is_success(), "{}", removed.status());
        }
    }
}

fn browse() -> SearchQuery {
    SearchQuery { category_id: Some("printing".parse().expect("an id")), ..SearchQuery::default() }
}

fn search() -> SearchQuery {
    SearchQuery { text: Some("a".to_owned()), ..SearchQuery::default() }
}

/// The result of a reader, and how long it took.
async fn timed(reader: &CatalogReader, query: SearchQuery) -> (Result<ProductList, CatalogError>, Duration) {
    let started = Instant::now();
    let result = reader.list(query).await;
    let took = started.elapsed();
    assert!(took < LATEST, "{took:?}");
    (result, took)
}

/// Browsing works and searches are refused, both without a wait once the circuit breaker is open.
async fn is_degraded(reader: &CatalogReader, why: &str) {
    let mut fastest = [LATEST; 2];
    for n in 0..REQUESTS {
        let (list, browsing) = timed(reader, browse()).await;
        let list = list.expect("browsing works");
        assert!(list.degraded.is_some(), "{why}");
        assert_eq!(list.page.product_ids, [id("a"), id("b")], "{why}");
        assert_eq!(list.products.get(&id("a")).map(|(_, available)| available), Some(3), "{why}");
        let (refused, searching) = timed(reader, search()).await;
        assert!(matches!(refused, Err(CatalogError::Search(SearchError::Unavailable(_)))), "{why}");
        if n >= UNTIL_OPEN {
            fastest = [fastest[0].min(browsing), fastest[1].min(searching)];
        }
    }
    assert!(fastest.iter().all(|took| *took < WITHOUT_WAIT), "{why}: {fastest:?}");
}

/// Asserts that it recovers by itself within seconds.
async fn is_back(reader: &CatalogReader, why: &str) {
    let healed = Instant::now();
    loop {
        let (list, _) = timed(reader, browse()).await;
        if list.expect("browsing works").degraded.is_none() {
            break;
        }
        assert!(healed.elapsed() < BACK_WITHIN, "{why}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (found, _) = timed(reader, search()).await;
    assert_eq!(found.expect("searching works").page.total, 1, "{why}");
}

#[tokio::test]
async fn without_opensearch_shoppers_browse_and_search_recovers() {
    let Some(scratch) = Scratch::new() else { return };
    let shop = Shop::open().await;
    shop.stock().await;
    scratch.fill(&shop).await;
    for fault in [
        Fault::Refuse,
        Fault::Hang,
        Fault::Cut,
        Fault::Slow(SLOW),
        Fault::Status(429),
        Fault::Status(500),
        Fault::Status(503),
    ] {
        let proxy = Proxy::to(&scratch.url).await;
        let why = format!("{fault:?}");
        is_back(&shop.reader(scratch.over(&proxy)), "nothing is broken yet").await;
        // A new reader with empty caches.
        let reader = shop.reader(scratch.over(&proxy));
        proxy.set(fault);
        is_degraded(&reader, &why).await;
        proxy.set(Fault::None);
        is_back(&reader, &why).await;
    }
    scratch.remove().await;
}

#[tokio::test]
async fn a_red_index_is_an_outage_and_recovers() {
    let Some(scratch) = Scratch::new() else { return };
    let shop = Shop::open().await;
    shop.stock().await;
    // A node that does not exist is required to hold its only shard, so no node does.
    let settings = serde_json::json!({ "index.routing.allocation.require._name": "nowhere" });
    let body = serde_json::json!({ "settings": settings, "aliases": { scratch.alias.as_str(): {} } }).to_string();
    let (http, url) = (reqwest::Client::new(), format!("{}/{}-red", scratch.url, scratch.alias));
    let created =
        http.put(format!("{url}?wait_for_active_shards=0")).header("content-type", "application/json").body(body);
    assert!(created.send().await.expect("answered").status().is_success());
    let reader = shop.reader(scratch.index.clone());
    is_degraded(&reader, "red").await;

    assert!(http.delete(url).send().await.expect("answered").status().is_success());
    scratch.fill(&shop).await;
    is_back(&reader, "red").await;
    scratch.remove().await;
}

#[tokio::test]
async fn without_the_shared_cache_product_pages_come_from_the_table() {
    let Some(redis) = redis_url() else { return };
    let shop = Shop::open().await;
    shop.stock().await;
    for fault in [Fault::Refuse, Fault::Hang, Fault::Cut, Fault::Slow(SLOW)] {
        let proxy = Proxy::to(&redis).await;
        let reader = shop.product_reader(Some(&format!("redis://{}", proxy.address())));
        let page = async || {
            let started = Instant::now();
            let page = reader.current(&id("a")).await.expect("a page");
            let took = started.elapsed();
            assert!(took < LATEST, "{took:?}");
            (page, took)
        };
        for broken in [false, true, false] {
            proxy.set(if broken { fault } else { Fault::None });
            let mut fastest = LATEST;
            for n in 0..REQUESTS {
                let (page, took) = page().await;
                let (product, available) = page.get(&id("a")).expect("a product");
                assert_eq!((product.name.as_str(), available), ("a of 1", 3));
                fastest = if n >= UNTIL_OPEN { fastest.min(took) } else { fastest };
            }
            assert!(fastest < WITHOUT_WAIT, "{fault:?}: {fastest:?}");
        }
        let healed = Instant::now();
        while page().await.0.lookups.shared == 0 {
            assert!(healed.elapsed() < BACK_WITHIN, "{fault:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test]
async fn without_opensearch_a_collection_is_refused_like_a_search() {
    let shop = Shop::open().await;
    shop.stock().await;
    let reader = shop.reader(index_at("http://127.0.0.1:1"));
    let collection_id = Some("sale".parse().expect("an id"));
    let refused = reader.list(SearchQuery { collection_id, ..browse() }).await;
    assert!(matches!(refused, Err(CatalogError::Search(SearchError::Unavailable(_)))), "{refused:?}");
}

#[tokio::test]
async fn without_the_categories_table_a_collection_is_listed_as_long_as_its_rule_is_kept() {
    let shop = Shop::open().await;
    shop.stock().await;
    let fake = FakeSearch::start(FakeResponse { product_ids: vec!["a"], total: 100, ..FakeResponse::default() }).await;
    let reader = shop.reader(index_at(&fake.url));
    let query = || SearchQuery { collection_id: Some("sale".parse().expect("an id")), ..SearchQuery::default() };
    reader.list(query()).await.expect("listed");
    let request = shop.database.client.put_item().table_name(shop.database.table("categories"));
    let request = request.item("tree_id", AttributeValue::S("collections".to_owned()));
    request.item("category_id", AttributeValue::S("sale".to_owned())).send().await.expect("damaged");
    reader.list(query()).await.expect("kept");
    shop.clock.advance_seconds(10);
    assert!(matches!(reader.list(query()).await, Err(CatalogError::Store(_))));
    reader.list(SearchQuery::default()).await.expect("other lists do not need it");
}

#[tokio::test]
async fn without_the_synonyms_table_searches_use_the_synonyms_known_before() {
    let shop = Shop::open().await;
    shop.stock().await;
    let request = shop.database.client.put_item().table_name(shop.database.table("synonyms"));
    let request = request.item("list_id", AttributeValue::S("search".to_owned()));
    request.item("version", AttributeValue::N("7".to_owned())).send().await.expect("damaged");
    let fake = FakeSearch::start(FakeResponse { product_ids: vec!["a"], total: 1, ..FakeResponse::default() }).await;
    let list = shop.reader(index_at(&fake.url)).list(search()).await.expect("listed");
    assert!(list.degraded.is_none() && list.products.get(&id("a")).is_some());
}

#[tokio::test]
async fn when_a_table_cannot_be_read_lists_fail_unless_everything_is_kept() {
    let shop = Shop::open().await;
    shop.stock().await;
    let fake = FakeSearch::start(FakeResponse { product_ids: vec!["a"], total: 100, ..FakeResponse::default() }).await;
    let reader = shop.reader(index_at(&fake.url));
    reader.list(SearchQuery::default()).await.expect("listed");
    let request = shop.database.client.put_item().table_name(shop.database.table("inventory"));
    let request = request.item("product_id", AttributeValue::S("a".to_owned()));
    request.item("shard", AttributeValue::S("local#0".to_owned())).send().await.expect("damaged");
    reader.list(SearchQuery::default()).await.expect("kept");
    shop.clock.advance_seconds(1);
    assert!(matches!(reader.list(SearchQuery::default()).await, Err(CatalogError::Store(_))));
}
