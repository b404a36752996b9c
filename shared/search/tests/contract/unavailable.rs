//! What callers are told when OpenSearch does not answer, and how soon. Needs no OpenSearch.

use std::time::{Duration, Instant};

use souk_search::{SearchError, SearchIndex, SearchQuery};
use tokio::net::TcpListener;

use crate::fixture::{Scratch, random};

async fn refusal(url: &str, bound: Duration) -> SearchError {
    let started = Instant::now();
    let error = SearchIndex::at(url, random()).search(&SearchQuery::default()).await.expect_err("no answer");
    assert!(started.elapsed() < bound, "{:?}", started.elapsed());
    error
}

#[tokio::test]
async fn a_server_that_is_down_is_unavailable_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = refusal(&url, Duration::from_millis(500)).await;
    assert!(matches!(error, SearchError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn a_server_that_hangs_is_unavailable_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let error = refusal(&url, Duration::from_millis(1_900)).await;
    assert!(matches!(error, SearchError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn without_an_index_search_is_unavailable() {
    let Some(scratch) = Scratch::new() else { return };
    let error = scratch.index.search(&SearchQuery::default()).await.expect_err("no index");
    assert!(matches!(error, SearchError::Unavailable(_)), "{error}");
}
