//! The product index as callers see it.

use std::sync::Arc;
use std::time::Duration;

use aws_types::SdkConfig;
use opensearch::http::Method;
use serde_json::{Value, json};
use souk_domain::effects::Random;

use crate::SearchError;
use crate::answer::{SearchAnswer, SearchPage};
use crate::mapping::{self, index_body};
use crate::node::{Call, Node};
use crate::query::{self, SearchQuery, Wanted};
use crate::spelling::{self, Corrections};
use crate::text::{Word, words};

/// The alias of the living product index.
pub const PRODUCTS: &str = "products";

/// A whole search, finding the domain and all its steps included.
const SEARCH_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Making an index.
const MANAGE_TIMEOUT: Duration = Duration::from_secs(10);
/// With fewer hits than this, misspelling is suspected.
const FEW_HITS: u64 = 3;

/// The product index of one domain.
#[derive(Clone)]
pub struct SearchIndex {
    pub(crate) node: Arc<Node>,
    pub(crate) alias: String,
}

impl SearchIndex {
    /// The products of an OpenSearch domain of this account. The domain is looked up on first use, and again as long as
    /// that fails; `random` gives the jitter of retries.
    pub fn connect(sdk: &SdkConfig, domain: &str, random: Arc<dyn Random>) -> Self {
        Self { node: Arc::new(Node::of_domain(sdk, domain, random)), alias: PRODUCTS.to_owned() }
    }

    /// The products of a node at an address that needs no signature.
    pub fn at(url: &str, random: Arc<dyn Random>) -> Self {
        Self { node: Arc::new(Node::at(url, random)), alias: PRODUCTS.to_owned() }
    }

    /// The same node, another alias: for tests, and for looking at an index before it goes live.
    #[must_use]
    pub fn with_alias(self, alias: &str) -> Self {
        Self { alias: alias.to_owned(), ..self }
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
        let made = self.manage(Method::Put, &index, Some(index_body(&self.alias))).await?;
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

    /// Searches. All words are looked for; if that finds little, also what may have been meant by misspelt ones; if
    /// nothing, fewer and fewer of them.
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        let too_long = |_| SearchError::Unavailable(format!("no answer within {} ms", SEARCH_TIMEOUT.as_millis()));
        tokio::time::timeout(SEARCH_TIMEOUT, self.search_in_steps(query)).await.map_err(too_long)?
    }

    async fn search_in_steps(&self, query: &SearchQuery) -> Result<SearchPage, SearchError> {
        let text = query.text.as_deref().unwrap_or_default().trim();
        if text.is_empty() {
            return self.page(query, None).await;
        }
        let words = words(text);
        let required = words.iter().filter(|word| word.required).count();
        if required == 0 {
            return Ok(SearchPage::default());
        }
        let none = Corrections::new();
        let exact = self.page(query, Some(&Wanted { words: &words, corrections: &none, matching: required })).await?;
        if exact.total >= FEW_HITS {
            return Ok(exact);
        }
        let corrections = self.corrections(&words).await?;
        if !corrections.is_empty() {
            let wanted = Wanted { words: &words, corrections: &corrections, matching: required };
            let corrected = self.page(query, Some(&wanted)).await?;
            if corrected.total > exact.total {
                return Ok(corrected);
            }
        }
        if exact.total > 0 {
            return Ok(exact);
        }
        for matching in relaxations(required) {
            let wanted = Wanted { words: &words, corrections: &corrections, matching };
            let relaxed = self.page(query, Some(&wanted)).await?;
            if relaxed.total > 0 {
                return Ok(relaxed);
            }
        }
        Ok(exact)
    }

    async fn page(&self, query: &SearchQuery, wanted: Option<&Wanted<'_>>) -> Result<SearchPage, SearchError> {
        self.ask(&query::body(query, wanted)).await?.try_into()
    }

    async fn corrections(&self, words: &[Word]) -> Result<Corrections, SearchError> {
        let asked = spelling::asked(words);
        if asked.is_empty() {
            return Ok(Corrections::new());
        }
        let answer = self.ask(&spelling::body(&asked)).await?;
        Ok(spelling::chosen(&asked, answer.suggested()))
    }

    async fn ask(&self, body: &Value) -> Result<SearchAnswer, SearchError> {
        let path = format!("{}/_search", self.alias);
        let call = Call {
            method: Method::Post,
            path: &path,
            parameters: &[("allow_partial_search_results", "false")],
            body: Some(body.to_string()),
            timeout: SEARCH_TIMEOUT,
        };
        self.node.call(call).await?.read()
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

/// How many of the required words to insist on, step by step: all but one, half, one.
fn relaxations(required: usize) -> Vec<usize> {
    let mut steps = vec![required.saturating_sub(1), required.div_ceil(2), 1];
    steps.retain(|matching| (1..required).contains(matching));
    steps.dedup();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_given_up_step_by_step() {
        assert_eq!(relaxations(1), [0; 0]);
        assert_eq!(relaxations(2), [1]);
        assert_eq!(relaxations(3), [2, 1]);
        assert_eq!(relaxations(6), [5, 3, 1]);
    }
}
