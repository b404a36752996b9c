//! Errors of a search while OpenSearch does not answer. Needs no OpenSearch.

use std::time::{Duration, Instant};

use souk_search::{SearchError, SearchIndex, SearchLimits, SearchQuery};
use tokio::net::TcpListener;

use crate::fixture::{Scratch, random};

/// The time limit of a search, in milliseconds.
const LIMIT_MS: u64 = 1_500;
/// Guards against a search without a limit, and leaves the rest to a slow machine.
const LATEST: Duration = Duration::from_secs(15);

async fn refusal(url: &str) -> SearchError {
    let started = Instant::now();
    let index = SearchIndex::at(url, SearchLimits::of_search(LIMIT_MS), random());
    let error = index.search(&SearchQuery::default()).await.expect_err("no answer");
    assert!(started.elapsed() < LATEST, "{:?}", started.elapsed());
    error
}

#[tokio::test]
async fn a_server_that_is_down_is_unavailable_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let mut refused_at_once = false;
    for _ in 0..3 {
        let error = refusal(&url).await;
        assert!(matches!(error, SearchError::Unavailable(_)), "{error}");
        // On a very slow machine the time limit of the search may end first.
        refused_at_once |= !error.to_string().contains("no answer within");
    }
    assert!(refused_at_once, "a refused connection must not wait for the limit of the search");
}

#[tokio::test]
async fn a_server_that_hangs_is_unavailable_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let error = refusal(&url).await;
    assert!(matches!(error, SearchError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn without_an_index_search_is_unavailable() {
    let Some(scratch) = Scratch::new() else { return };
    let error = scratch.index.search(&SearchQuery::default()).await.expect_err("no index");
    assert!(matches!(error, SearchError::Unavailable(_)), "{error}");
}
