//! The product index as callers see it.

use std::sync::Arc;
use std::time::Duration;

use aws_types::SdkConfig;
use opensearch::http::Method;
use serde_json::{Value, json};
use souk_domain::effects::Random;

use crate::SearchError;
use crate::mapping::{self, index_body};
use crate::node::{Call, Node};
use crate::remembering::Memories;

/// The alias of the living product index.
pub const PRODUCTS: &str = "products";

/// Making an index.
const MANAGE_TIMEOUT: Duration = Duration::from_secs(10);

/// The product index of one domain.
#[derive(Clone)]
pub struct SearchIndex {
    pub(crate) node: Arc<Node>,
    pub(crate) alias: String,
    /// Of the indices that this makes.
    pub(crate) shards: u32,
    /// Of a process that shows lists to shoppers.
    pub(crate) memories: Option<Arc<Memories>>,
}

impl SearchIndex {
    /// The products of an OpenSearch domain of this account. The domain is looked up on first use, and again as long as
    /// that fails; `random` gives the jitter of retries.
    pub fn connect(sdk: &SdkConfig, domain: &str, random: Arc<dyn Random>) -> Self {
        Self {
            node: Arc::new(Node::of_domain(sdk, domain, random)),
            alias: PRODUCTS.to_owned(),
            shards: 1,
            memories: None,
        }
    }

    /// The products of a node at an address that needs no signature.
    pub fn at(url: &str, random: Arc<dyn Random>) -> Self {
        Self { node: Arc::new(Node::at(url, random)), alias: PRODUCTS.to_owned(), shards: 1, memories: None }
    }

    /// The same node, another alias: for tests, and for looking at an index before it goes live.
    #[must_use]
    pub fn with_alias(self, alias: &str) -> Self {
        Self { alias: alias.to_owned(), ..self }
    }

    /// Makes indices of so many shards, instead of one. Those that exist stay as they are until `reindex`.
    #[must_use]
    pub fn with_shards(self, shards: u32) -> Self {
        Self { shards, ..self }
    }

    /// Gives answers of a moment ago again (see the module `remembering`). For shoppers' lists; whoever must see what has
    /// just been written does without.
    #[must_use]
    pub fn remembering(self) -> Self {
        Self { memories: Some(Arc::default()), ..self }
    }

    /// Looks up the domain, so that the first shopper need not wait for it. A failure does no harm: the next call tries
    /// again.
    pub async fn warm_up(&self) -> Result<(), SearchError> {
        self.node.find().await.map(|_| ())
    }

    /// Makes the index and its alias unless the alias exists. Safe when several do it at once.
    pub async fn ensure_index(&self) -> Result<(), SearchError> {
        if self.manage(Method::Head, &format!("_alias/{}", self.alias), None).await?.status == 200 {
            return Ok(());
        }
        let index = format!("{}-v{}", self.alias, mapping::VERSION);
        let made = self.manage(Method::Put, &index, Some(index_body(&self.alias, self.shards))).await?;
        if made.cause().is_some_and(|cause| cause.kind == "resource_already_exists_exception") {
            // Somebody else made it just now, or it lost its alias.
            let add = json!({ "actions": [{ "add": { "index": index, "alias": self.alias } }] });
            return self.manage(Method::Post, "_aliases", Some(add)).await?.read::<Value>().map(|_| ());
        }
        made.read::<Value>().map(|_| ())
    }

    /// Makes everything written so far visible at once; by itself that takes a second. For tests and tools.
    pub async fn refresh(&self) -> Result<(), SearchError> {
        let path = format!("{}/_refresh", self.alias);
        self.manage(Method::Post, &path, None).await?.read::<Value>().map(|_| ())
    }

    pub(crate) async fn manage(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<crate::node::Answer, SearchError> {
        let body = body.map(|body| body.to_string());
        self.node.call(Call { method, path, parameters: &[], body, timeout: MANAGE_TIMEOUT }).await
    }
}
