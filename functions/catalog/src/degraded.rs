//! Browsing while OpenSearch or the cache is broken, in every way that a connection can break: what shoppers are told, how
//! soon, and how it comes back by itself.

use std::time::{Duration, Instant};

use serde_json::json;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::stream::ChangeHandler as _;
use souk_testkit::{Fault, Proxy};

use crate::fixture::{Fixture, Scratch, change, outcome};
use crate::get_product::GetProduct;
use crate::list_products::ListProducts;

/// No request may take longer, whatever is broken. Each has 1.5 s for search and 0.25 s for the cache; wide, because a slow
/// machine needs time as well, and far below [`SLOW`], which a request without a limit of its own would take.
const LATEST: Duration = Duration::from_secs(15);
/// The delay of a slow answer.
const SLOW: Duration = Duration::from_mins(1);
/// How soon everything works again once nothing is broken any more: the shop tries once a second. Wide, against never.
const BACK_WITHIN: Duration = Duration::from_mins(1);
/// Requests after which the circuit breaker is open.
const UNTIL_OPEN: usize = 3;
/// Requests while something is broken.
const REQUESTS: usize = 6;
/// The fastest request with an open circuit breaker waits for nothing that is broken: less than the shortest limit of a
/// search. The fastest, because other work on this machine only ever adds.
const WITHOUT_WAIT: Duration = Duration::from_millis(700);

const SHOP: &str = r#"{"sku": "1", "name": "HP 364 cyan", "price": 12.5, "category": ["Printing", "Ink cartridges"], "available": 3}
{"sku": "2", "name": "HP 364 black", "price": 9, "category": ["Printing", "Ink cartridges"]}"#;

/// A shop whose products are in the index.
async fn indexed() -> Option<(Fixture, Scratch)> {
    let scratch = Scratch::new()?;
    let shop = Fixture::start().await;
    shop.import(SHOP).await;
    assert_eq!(shop.indexer(&scratch.index).handle(&["1", "2"].map(change)).await.len(), 0);
    scratch.index.refresh().await.expect("refreshed");
    Some((shop, scratch))
}

fn browse() -> Request {
    Request::new("GET", "/products").with_query("category_id", "printing")
}

fn search() -> Request {
    Request::new("GET", "/products").with_query("search", "cyan")
}

/// The answer of an endpoint, and how long it took.
async fn timed<E: Endpoint>(endpoint: &E, request: &Request) -> (Result<Reply, Problem>, Duration) {
    let started = Instant::now();
    let result = endpoint.handle(request).await;
    let took = started.elapsed();
    assert!(took < LATEST, "{took:?}");
    (result, took)
}

/// The answer of an endpoint, in time.
async fn ask<E: Endpoint>(endpoint: &E, request: &Request) -> Result<Reply, Problem> {
    timed(endpoint, request).await.0
}

/// Shoppers browse, and searches are refused; both soon without a wait.
async fn is_degraded(endpoint: &ListProducts, why: &str) {
    let mut fastest = [LATEST; 2];
    for n in 0..REQUESTS {
        let (reply, browsing) = timed(endpoint, &browse()).await;
        let reply = reply.expect("browsing works");
        let body = reply.body_json();
        let products = body["products"].as_array().expect("products").len();
        assert_eq!((products, body["degraded"].as_bool()), (2, Some(true)), "{why}");
        assert_eq!(body["products"][0]["stock_quantity"], 3, "{why}");
        let (refused, searching) = timed(endpoint, &search()).await;
        assert_eq!(outcome(&refused), (503, "search_unavailable"), "{why}");
        if n >= UNTIL_OPEN {
            fastest = [fastest[0].min(browsing), fastest[1].min(searching)];
        }
    }
    assert!(fastest.iter().all(|took| *took < WITHOUT_WAIT), "{why}: {fastest:?}");
}

/// By itself, within seconds.
async fn is_back(endpoint: &ListProducts, why: &str) {
    let healed = Instant::now();
    loop {
        let reply = ask(endpoint, &browse()).await.expect("browsing works");
        if reply.body_json().get("degraded").is_none() {
            break;
        }
        assert!(healed.elapsed() < BACK_WITHIN, "{why}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let found = ask(endpoint, &search()).await.expect("searching works");
    assert_eq!(found.body_json()["total"], 1, "{why}");
}

#[tokio::test]
async fn without_opensearch_shoppers_browse_and_search_comes_back() {
    let Some((shop, scratch)) = indexed().await else { return };
    for fault in [
        Fault::Refuse,
        Fault::Hang,
        Fault::Cut,
        Fault::Slow(SLOW),
        Fault::Status(429),
        Fault::Status(500),
        Fault::Status(503),
    ] {
        let proxy = Proxy::to(scratch.url()).await;
        let endpoint = shop.list_products(&scratch.over(&proxy));
        is_back(&endpoint, "nothing is broken yet").await;
        proxy.set(fault);
        is_degraded(&endpoint, &format!("{fault:?}")).await;
        proxy.set(Fault::None);
        is_back(&endpoint, &format!("{fault:?}")).await;
    }
    scratch.remove().await;
}

#[tokio::test]
async fn a_red_index_is_no_answer_and_comes_back() {
    let Some(scratch) = Scratch::new() else { return };
    let shop = Fixture::start().await;
    shop.import(SHOP).await;
    // A node that does not exist is required to hold its only shard, which then nobody does.
    let settings = json!({ "index.routing.allocation.require._name": "nowhere" });
    let body = json!({ "settings": settings, "aliases": { scratch.alias(): {} } }).to_string();
    scratch.index.warm_up().await.expect("its address is known"); // and the process's cryptography, for the next line
    let (http, url) = (reqwest::Client::new(), format!("{}/{}", scratch.url(), scratch.name()));
    let made =
        http.put(format!("{url}?wait_for_active_shards=0")).header("content-type", "application/json").body(body);
    assert!(made.send().await.expect("answered").status().is_success());
    let endpoint = shop.list_products(&scratch.index);
    is_degraded(&endpoint, "red").await;

    assert!(http.delete(url).send().await.expect("answered").status().is_success());
    assert_eq!(shop.indexer(&scratch.index).handle(&["1", "2"].map(change)).await.len(), 0);
    scratch.index.refresh().await.expect("refreshed");
    is_back(&endpoint, "red").await;
    scratch.remove().await;
}

#[tokio::test]
async fn without_the_cache_the_table_answers() {
    let Ok(redis) = std::env::var("SOUK_CONTRACT_REDIS") else {
        eprintln!("skipped: SOUK_CONTRACT_REDIS names no Redis");
        return;
    };
    let shop = Fixture::start().await;
    shop.import(SHOP).await;
    let page = Request::new("GET", "/products/1").with_path("product_id", "1");
    for fault in [Fault::Refuse, Fault::Hang, Fault::Cut, Fault::Slow(SLOW)] {
        let proxy = Proxy::to(&redis).await;
        let products = shop.products_cached_at(&format!("redis://{}", proxy.address()));
        let endpoint = GetProduct { products, inventory: shop.inventory.clone() };
        for broken in [false, true, false] {
            proxy.set(if broken { fault } else { Fault::None });
            let mut fastest = LATEST;
            for n in 0..REQUESTS {
                let (reply, took) = timed(&endpoint, &page).await;
                let reply = reply.expect("a page");
                assert!(reply.body().contains(r#""price":12.50"#) && reply.body().contains(r#""stock_quantity":3"#));
                fastest = if n >= UNTIL_OPEN { fastest.min(took) } else { fastest };
            }
            assert!(fastest < WITHOUT_WAIT, "{fault:?}: {fastest:?}");
        }
        let healed = Instant::now();
        while ask(&endpoint, &page).await.expect("a page").lookups().is_none_or(|found| found.shared == 0) {
            assert!(healed.elapsed() < BACK_WITHIN, "{fault:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
