//! A fake OpenSearch with the responses that a test sets.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;

/// The response to every search.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakeResponse {
    /// The products of the page.
    pub(crate) product_ids: Vec<&'static str>,
    /// Number of matches.
    pub(crate) total: u64,
    /// The brand in facets and suggestions.
    pub(crate) brand: &'static str,
    /// Every search is answered with 503.
    pub(crate) is_down: bool,
}

pub(crate) struct FakeSearch {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    answer: FakeResponse,
    requests: u32,
}

impl FakeSearch {
    pub(crate) async fn start(answer: FakeResponse) -> Self {
        let state = Arc::new(Mutex::new(State { answer, requests: 0 }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let served = Arc::clone(&state);
        let respond = move || {
            let mut state = served.lock().unwrap_or_else(PoisonError::into_inner);
            state.requests += 1;
            std::future::ready(response(&state.answer))
        };
        let router = Router::new().fallback(respond);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// Sets the response from now on.
    pub(crate) fn set(&self, answer: FakeResponse) {
        self.lock().answer = answer;
    }

    /// How many requests were answered.
    pub(crate) fn requests(&self) -> u32 {
        self.lock().requests
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn response(answer: &FakeResponse) -> (StatusCode, String) {
    if answer.is_down {
        return (StatusCode::SERVICE_UNAVAILABLE, "{}".to_owned());
    }
    let hits: Vec<_> = answer.product_ids.iter().map(|id| json!({ "_id": id, "_source": { "name": id } })).collect();
    let counted = |key: &str| json!({ "buckets": [{ "key": key, "doc_count": 1 }] });
    let (key, label) = (answer.brand.to_lowercase(), format!("{}\u{1f}{}", answer.brand.to_lowercase(), answer.brand));
    let aggregations = json!({ "brands": counted(&key), "brand_labels": counted(&label) });
    let hits = json!({ "total": { "value": answer.total }, "hits": hits });
    (StatusCode::OK, json!({ "hits": hits, "aggregations": aggregations }).to_string())
}
