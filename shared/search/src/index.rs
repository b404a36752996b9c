//! The product index as callers see it.

use std::sync::Arc;
use std::time::Duration;

use aws_types::SdkConfig;
use futures_util::future::join_all;
use opensearch::http::Method;
use serde_json::{Value, json};
use souk_domain::effects::Random;

use crate::SearchError;
use crate::mapping::{self, index_body};
use crate::node::{Call, Node};
use crate::response::SearchResponse;

/// The alias of the live product index.
pub const PRODUCTS: &str = "products";

/// Creating an index.
const MANAGE_TIMEOUT: Duration = Duration::from_secs(10);

/// The product index of one domain. Every search asks OpenSearch; `souk-catalog` caches.
#[derive(Clone)]
pub struct SearchIndex {
    pub(crate) node: Arc<Node>,
    pub(crate) alias: String,
    /// Shards of the indices that are created here.
    pub(crate) shards: u32,
    limits: SearchLimits,
}

impl SearchIndex {
    /// The products of an OpenSearch domain, at its endpoint. `random` gives the jitter of retries.
    pub fn connect(sdk: &SdkConfig, endpoint: &str, limits: SearchLimits, random: Arc<dyn Random>) -> Self {
        Self::of_node(Node::of_service(sdk, endpoint, random), limits)
    }

    /// The products of a node at an address that needs no signature.
    pub fn at(url: &str, limits: SearchLimits, random: Arc<dyn Random>) -> Self {
        Self::of_node(Node::at(url, random), limits)
    }

    fn of_node(node: Node, limits: SearchLimits) -> Self {
        Self { node: Arc::new(node), alias: PRODUCTS.to_owned(), shards: 1, limits }
    }

    /// The index behind another alias of the same node, for tests.
    #[must_use]
    pub fn with_alias(self, alias: &str) -> Self {
        Self { alias: alias.to_owned(), ..self }
    }

    /// Creates indices with this number of shards instead of one. Existing indices do not change until `reindex`.
    #[must_use]
    pub fn with_shards(self, shards: u32) -> Self {
        Self { shards, ..self }
    }

    /// The time limits.
    pub const fn limits(&self) -> SearchLimits {
        self.limits
    }

    /// Makes the index and its alias unless the alias exists. Safe when several do it at once.
    pub async fn ensure_index(&self) -> Result<(), SearchError> {
        if self.manage(Method::Head, &format!("_alias/{}", self.alias), None).await?.status == 200 {
            return Ok(());
        }
        let index = format!("{}-v{}", self.alias, mapping::VERSION);
        let made = self.manage(Method::Put, &index, Some(index_body(&self.alias, self.shards))).await?;
        if made.cause().is_some_and(|cause| cause.kind == "resource_already_exists_exception") {
            // Another process has just created it, or it has lost its alias.
            let add = json!({ "actions": [{ "add": { "index": index, "alias": self.alias } }] });
            return self.manage(Method::Post, "_aliases", Some(add)).await?.read::<Value>().map(|_| ());
        }
        made.read::<Value>().map(|_| ())
    }

    /// Makes all writes visible at once instead of within a second. For tests and tools.
    pub async fn refresh(&self) -> Result<(), SearchError> {
        let path = format!("{}/_refresh", self.alias);
        self.manage(Method::Post, &path, None).await?.read::<Value>().map(|_| ())
    }

    /// Sends several search requests at once; their responses in the same order, or an error. Waits for all of them,
    /// also when one has failed: another may be the trial of the half-open circuit breaker, whose success closes it.
    pub(crate) async fn post_searches(
        &self,
        requests: Vec<Value>,
        limit: Duration,
    ) -> Result<Vec<SearchResponse>, SearchError> {
        join_all(requests.into_iter().map(|request| self.post_search(request, limit))).await.into_iter().collect()
    }

    /// Sends one search request, as a step of an operation with this time limit.
    pub(crate) async fn post_search(&self, mut request: Value, limit: Duration) -> Result<SearchResponse, SearchError> {
        // OpenSearch stops at this time and reports it, so that a partial response becomes an error.
        request["timeout"] = json!(format!("{}ms", (limit * 7 / 10).as_millis()));
        let call = Call {
            method: Method::Post,
            path: &format!("{}/_search", self.alias),
            parameters: &[("allow_partial_search_results", "false")],
            body: Some(request.to_string()),
            timeout: limit,
        };
        self.node.call(call).await?.read()
    }

    pub(crate) async fn manage(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<crate::node::Response, SearchError> {
        let body = body.map(|body| body.to_string());
        self.node.call(Call { method, path, parameters: &[], body, timeout: MANAGE_TIMEOUT }).await
    }
}

/// Time limits of operations that shoppers wait for.
#[derive(Debug, Clone, Copy)]
pub struct SearchLimits {
    /// Time limit of a search with all its steps.
    pub search: Duration,
    /// Time limit of suggestions.
    pub suggest: Duration,
}

impl SearchLimits {
    /// The limits of a shop whose searches may take this long. Suggestions have half of it: a shopper types on meanwhile.
    pub const fn of_search(milliseconds: u64) -> Self {
        Self { search: Duration::from_millis(milliseconds), suggest: Duration::from_millis(milliseconds / 2) }
    }
}

/// The outcome of `work`, or an error once the time limit is over. Callers box `work`, because the compiler limits how
/// deep futures nest.
pub async fn within_limit<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, SearchError>>,
) -> Result<T, SearchError> {
    let too_late = |_| SearchError::Unavailable(format!("no answer within {} ms", limit.as_millis()));
    tokio::time::timeout(limit, work).await.map_err(too_late)?
}
