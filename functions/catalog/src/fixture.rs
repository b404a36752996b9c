//! Fixture for the tests of this service: its stores on one in-process DynamoDB, and indices of its own.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use souk_catalog::{CachedCategories, CachedCollections, CachedProducts, ProductReader};
use souk_domain::catalog::Category;
use souk_domain::money::Currency;
use souk_fixtures::{Stores, available, count_stock, stream_change};
use souk_runtime::http::{Endpoint, Request};
use souk_runtime::stream::Change;
use souk_search::{SearchIndex, SearchLimits, SearchQuery};
use souk_store::{Categories, Collections, Inventory, Products, SynonymLists};
use souk_testkit::{Database, FixedClock, Proxy, SeededRandom, user};

pub(crate) use souk_fixtures::outcome;
pub(crate) use souk_testkit::sku;

use crate::import::ImportContext;
use crate::import_products::ImportProducts;

static INDICES: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Fixture {
    database: Database,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) random: Arc<SeededRandom>,
    pub(crate) products: Products,
    pub(crate) categories: Categories,
    pub(crate) collections: Collections,
    pub(crate) inventory: Inventory,
    pub(crate) synonyms: SynonymLists,
}

/// An import request of staff.
pub(crate) fn import(lines: &str) -> Request {
    let request = Request::new("POST", "/admin/imports").with_json(lines);
    request.with_header("content-type", "application/x-ndjson").from_staff(user(9))
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let Stores { products, categories, collections, inventory, synonyms, .. } =
            Stores::on(&database, random.clone());
        Self {
            products,
            categories,
            collections,
            inventory,
            synonyms,
            clock: Arc::new(FixedClock::new()),
            random,
            database,
        }
    }

    pub(crate) fn import_endpoint(&self) -> ImportProducts {
        ImportProducts { context: self.import_context() }
    }

    pub(crate) fn import_context(&self) -> ImportContext {
        ImportContext {
            products: self.products.clone(),
            categories: self.categories.clone(),
            inventory: self.inventory.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            currency: Currency::USD,
        }
    }

    /// The collections behind a cache of their own.
    pub(crate) fn cached_collections(&self) -> CachedCollections {
        CachedCollections::new(self.collections.clone(), self.clock.clone())
    }

    /// The products behind a cache of their own.
    pub(crate) fn cached_products(&self) -> CachedProducts {
        CachedProducts::new(self.products.clone(), None, self.clock.clone(), self.random.clone())
    }

    /// The category tree behind a cache of its own.
    pub(crate) fn cached_categories(&self) -> CachedCategories {
        CachedCategories::new(self.categories.clone(), self.clock.clone())
    }

    /// Products and stock as shoppers see them.
    pub(crate) fn product_reader(&self) -> ProductReader {
        let (products, inventory) = (self.products.clone(), self.inventory.clone());
        ProductReader::new(products, inventory, None, self.clock.clone(), self.random.clone())
    }

    /// Imports valid lines. One product may span several lines.
    pub(crate) async fn import(&self, lines: &str) {
        let one_object = serde_json::from_str::<Value>(lines).is_ok();
        let lines = if one_object { lines.replace('\n', " ") } else { lines.to_owned() };
        let reply = self.import_endpoint().handle(&import(&lines)).await.expect("imported");
        assert!(reply.body().ends_with(r#""errors":[]}"#), "{}", reply.body());
    }

    pub(crate) async fn count(&self, name: &str, counted: u32) {
        count_stock(&self.inventory, &sku(name), counted, &*self.clock, &*self.random).await;
    }

    pub(crate) async fn delete(&self, name: &str) {
        let request = self.database.client.delete_item().table_name(self.database.table("products"));
        request.key("product_id", AttributeValue::S(name.to_owned())).send().await.expect("deleted");
    }

    /// A stream record of a changed category.
    pub(crate) fn category_change(name: &str) -> Change {
        stream_change(&serde_json::json!({
            "Keys": {"tree_id": {"S": "catalogue"}, "category_id": {"S": name}},
            "SequenceNumber": name,
            "SizeBytes": 1,
        }))
    }

    /// Stores a category as the first release did.
    pub(crate) async fn store_category(&self, category: &Category) {
        let request = self.database.client.put_item().table_name(self.database.table("categories"));
        let request = request.item("tree_id", AttributeValue::S("catalogue".to_owned()));
        let request = request.item("category_id", AttributeValue::S(category.category_id.to_string()));
        let request = request.item("name", AttributeValue::S(category.name.clone()));
        let parent_id = category.parent_id.iter().map(|parent_id| AttributeValue::S(parent_id.to_string()));
        let request = parent_id.fold(request, |request, parent_id| request.item("parent_id", parent_id));
        request.send().await.expect("written");
    }

    /// The ids of all categories, also of those that are gone.
    pub(crate) async fn category_ids(&self) -> Vec<String> {
        let tree = self.categories.recent_tree().await.expect("read");
        tree.records().map(|record| record.category_id.to_string()).collect()
    }

    /// Makes the item of a product unreadable.
    pub(crate) async fn corrupt_product(&self, name: &str) {
        let request = self.database.client.put_item().table_name(self.database.table("products"));
        request.item("product_id", AttributeValue::S(name.to_owned())).send().await.expect("damaged");
    }

    pub(crate) async fn available(&self, name: &str) -> u32 {
        available(&self.inventory, &sku(name)).await
    }
}

/// An index that the test removes at its end.
pub(crate) struct TestIndex {
    pub(crate) index: SearchIndex,
    url: String,
    pub(crate) alias: String,
}

impl TestIndex {
    /// None without an OpenSearch.
    pub(crate) fn new() -> Option<Self> {
        let Ok(url) = std::env::var("SOUK_CONTRACT_OPENSEARCH") else {
            eprintln!("skipped: SOUK_CONTRACT_OPENSEARCH names no OpenSearch");
            return None;
        };
        let alias = format!("test-catalog-{}-{}", std::process::id(), INDICES.fetch_add(1, Ordering::SeqCst));
        Some(Self { index: search_at(&url).with_alias(&alias), url, alias })
    }

    /// The same index through a proxy.
    pub(crate) fn through(&self, proxy: &Proxy) -> SearchIndex {
        search_at(&format!("http://{}", proxy.address())).with_alias(&self.alias)
    }

    /// The URL of its server.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The ids of the hits, in ascending order.
    pub(crate) async fn find(&self, query: &SearchQuery) -> Vec<String> {
        self.index.refresh().await.expect("refreshed");
        let page = self.index.search(query).await.expect("answered");
        let mut ids: Vec<_> = page.product_ids.iter().map(ToString::to_string).collect();
        ids.sort();
        ids
    }

    /// All indices of this test.
    pub(crate) async fn names(&self) -> Vec<String> {
        let answer = reqwest::get(format!("{}/{}-v*/_alias", self.url, self.alias)).await.expect("asked");
        let indices: Value = serde_json::from_str(&answer.text().await.expect("answered")).expect("JSON");
        indices.as_object().expect("indices").keys().cloned().collect()
    }

    pub(crate) async fn remove(self) {
        for name in self.names().await {
            let answer = reqwest::Client::new().delete(format!("{}/{name}", self.url)).send().await.expect("removed");
            assert!(answer.status().is_success(), "{}", answer.status());
        }
    }
}

/// An HTTP server that gives every request the same answer and keeps the bodies of the requests.
pub(crate) struct HttpServer {
    pub(crate) url: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl HttpServer {
    pub(crate) async fn start(answer: Value) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let bodies: Arc<Mutex<Vec<Value>>> = Arc::default();
        let kept = Arc::clone(&bodies);
        let router = axum::Router::new().fallback(move |body: axum::body::Bytes| {
            kept.lock().expect("no test has panicked").push(serde_json::from_slice(&body).unwrap_or_default());
            std::future::ready(answer.to_string())
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, bodies }
    }

    /// The bodies so far; null for one that is not JSON.
    pub(crate) fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().expect("no test has panicked").clone()
    }
}

/// Search that is down: the port is closed.
pub(crate) fn unreachable_index() -> SearchIndex {
    search_at("http://127.0.0.1:1")
}

/// A long time limit, for slow machines.
pub(crate) fn search_at(url: &str) -> SearchIndex {
    SearchIndex::at(url, SearchLimits::of_search(1_500), Arc::new(SeededRandom::new(7)))
}

/// A stream record of this product, which is also its sequence number.
pub(crate) fn change(name: &str) -> Change {
    stream_change(&serde_json::json!({
        "Keys": {"product_id": {"S": name}},
        "SequenceNumber": name,
        "SizeBytes": 1,
    }))
}
