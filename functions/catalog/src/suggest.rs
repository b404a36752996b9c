//! `GET /products/suggest?q=`: products, categories and brands that begin with what a shopper types, misspelt or not.
//!
//! All of it comes from the index. Neither price nor stock is shown, so that nothing else has to be read.

use schemars::JsonSchema;
use serde::Serialize;
use souk_catalog::SearchReader;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Parameter, Tag, page_limit, text};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_search::Suggestions;

const MAX_CHARS: usize = 100;
const DEFAULT_LIMIT: u32 = 6;
const MAX_LIMIT: i64 = 10;
/// For how long anyone may keep a response: as long as suggestions are kept here.
const CACHE_SECONDS: u32 = 60;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("suggest", "GET /products/suggest", Caller::Anyone, Tag::Catalogue)
        .summary("Suggests products, categories and brands for what a shopper has typed so far")
        .description("Their words begin with the typed text or, if there are none, with a similar one.")
        .parameter(Parameter::query("q", text(MAX_CHARS), "The text so far.").required())
        .query(
            "limit",
            page_limit(MAX_LIMIT, DEFAULT_LIMIT.into()),
            "The maximum number of products. There are at most 4 categories and 4 brands.",
        )
        .answers_cacheable::<SuggestResponse<'_>>("The suggestions, best first.")
        .problem(503, "search_unavailable", "Search does not answer.")
}

/// Suggests products, categories and brands.
pub struct Suggest {
    /// Searches the index.
    pub search: SearchReader,
}

impl Suggest {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { search: deps.search_reader()? })
    }
}

/// Suggestions for an incomplete text.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Suggestions")]
struct SuggestResponse<'a> {
    /// Best first.
    products: Vec<ProductSuggestion<'a>>,
    /// Departments and categories, those with most products first.
    categories: Vec<CategorySuggestion<'a>>,
    /// Those with most products first.
    brands: &'a [String],
}

/// A suggested product.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProductSuggestion")]
struct ProductSuggestion<'a> {
    /// The id of the product.
    id: &'a str,
    /// Its name.
    name: &'a str,
    /// Its brand. Null if it has none.
    brand: Option<&'a str>,
}

/// A suggested department or category.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CategorySuggestion")]
struct CategorySuggestion<'a> {
    /// Send it as `category_id` to `GET /products`.
    id: &'a str,
    /// Its name.
    name: &'a str,
}

impl Endpoint for Suggest {
    async fn warm_up(&self) {
        let _ = self.search.suggest_cached("a", 1).await; // fetches the names, which the first request would wait for
    }

    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let mut fields = request.query();
        let typed = fields.text("q", MAX_CHARS);
        let limit = fields.optional_integer("limit", 1..=MAX_LIMIT);
        let (typed, limit) = fields.finish((typed, limit))?;
        let limit = limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT);
        let suggestions = self.search.suggest_cached(&typed, limit).await?;
        Ok(Reply::ok(&response(&suggestions)).cacheable(CACHE_SECONDS))
    }
}

fn response(suggestions: &Suggestions) -> SuggestResponse<'_> {
    let products = suggestions.products.iter();
    let categories = suggestions.categories.iter();
    SuggestResponse {
        products: products
            .map(|p| ProductSuggestion { id: p.product_id.as_str(), name: &p.name, brand: p.brand.as_deref() })
            .collect(),
        categories: categories.map(|c| CategorySuggestion { id: c.category_id.as_str(), name: &c.name }).collect(),
        brands: &suggestions.brands,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use souk_runtime::stream::ChangeHandler as _;
    use souk_testkit::FixedClock;

    use super::*;
    use crate::fixture::{Fixture, TestIndex, change, outcome, unreachable_index};

    fn get(parameters: &[(&str, &str)]) -> Request {
        let request = Request::new("GET", "/products/suggest");
        parameters.iter().fold(request, |request, (name, value)| request.with_query(name, value))
    }

    #[tokio::test]
    async fn names_are_completed() {
        let Some(scratch) = TestIndex::new() else { return };
        let shop = Fixture::start().await;
        shop.import(
            r#"{"sku": "1", "name": "HP 364 cyan", "brand": "HP", "price": 12.5, "category": ["Printing", "Ink cartridges"]}
{"sku": "2", "name": "Canon ink tank", "brand": "Canon", "price": 9, "category": ["Printing", "Ink cartridges"]}"#,
        )
        .await;
        let all: Vec<_> = ["1", "2"].map(change).into();
        assert_eq!(shop.indexer(&scratch.index).handle(&all).await.len(), 0);
        scratch.index.refresh().await.expect("refreshed");
        let endpoint = Suggest { search: SearchReader::new(scratch.index.clone(), shop.clock.clone()) };
        let reply = endpoint.handle(&get(&[("q", "in"), ("limit", "1")])).await.expect("suggested");
        let expected = r#"{"products":[{"id":"2","name":"Canon ink tank","brand":"Canon"}],"categories":[{"id":"printing.ink-cartridges","name":"Ink cartridges"}],"brands":[]}"#;
        assert_eq!(reply.body(), expected);
        assert_eq!(reply.headers()["cache-control"], "public, max-age=60");
        let reply = endpoint.handle(&get(&[("q", "cnaon")])).await.expect("suggested");
        assert_eq!(reply.body_json()["brands"], serde_json::json!(["Canon"]));
        scratch.remove().await;
    }

    #[tokio::test]
    async fn bad_parameters_and_broken_search_are_reported() {
        let endpoint = Suggest { search: SearchReader::new(unreachable_index(), Arc::new(FixedClock::new())) };
        let long = "x".repeat(101);
        for (parameters, field) in
            [(&[][..], "q"), (&[("q", " ")], "q"), (&[("q", &long)], "q"), (&[("q", "a"), ("limit", "11")], "limit")]
        {
            let problem = endpoint.handle(&get(parameters)).await.expect_err("refused");
            assert_eq!((problem.status(), problem.errors()[0].field.as_str()), (422, field));
        }
        assert_eq!(outcome(&endpoint.handle(&get(&[("q", "ink")])).await), (503, "search_unavailable"));
        // A text without letters needs no search.
        assert_eq!(outcome(&endpoint.handle(&get(&[("q", "***")])).await), (200, ""));
    }
}
