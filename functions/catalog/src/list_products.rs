//! `GET /products`: lists products by category, collection, text and filters, with live stock.
//!
//! When OpenSearch does not answer, a page of a category still works, marked as `degraded`, and the rest is 503
//! `search_unavailable`: see [`CatalogReader`].

mod facets;
mod params;

use schemars::JsonSchema;
use serde::Serialize;
use souk_catalog::{CatalogReader, ProductList};
use souk_domain::catalog::Product;
use souk_domain::ids::{CategoryId, ProductId};
use souk_domain::money::Currency;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_search::SearchPage;

use crate::view::{self, ProductSummary};
use facets::FacetsView;
use params::ListProductsParams;

/// For how long anyone may keep a list: as long as the stock in it is kept here.
const CACHE_SECONDS: u32 = 1;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let operation = Operation::new("list-products", "GET /products", Caller::Anyone, Tag::Catalogue)
        .summary("Lists products by category, collection, text and filters, with live stock")
        .description(
            "Without parameters, lists all products. A parameter without a value counts as left out.\n\n\
             `page` reaches the first 10,000 products. `cursor` has no such limit: send the `next_cursor` of a page to \
             get the page after it.\n\n\
             If search does not answer, the list of a category, or of all products, still works as long as it is in the \
             default order and has no other filter. It is marked as `degraded`. The list of a collection needs search.",
        )
        .answers_cacheable::<ListProductsResponse<'_>>("A page of the list.")
        .problem(503, "search_unavailable", "Search does not answer, and the list needs it.");
    params::declare(operation)
}

/// Lists products.
pub struct ListProducts {
    /// Finds them, and looks them up.
    pub catalog: CatalogReader,
    /// The currency of the shop.
    pub currency: Currency,
}

impl ListProducts {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { catalog: deps.catalog_reader()?, currency: deps.currency()? })
    }
}

/// A page of a list of products.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProductList")]
struct ListProductsResponse<'a> {
    /// In the order of `sort`. A product that was deleted a moment ago is left out, so there may be fewer than `limit`
    /// on a page that is not the last.
    products: Vec<ListedProduct<'a>>,
    /// How many products there are on all pages. A lower bound if a text matches more than 100,000.
    total: u64,
    /// The number of the page, from 1. Absent with a cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    /// The maximum number of products on a page.
    limit: u32,
    /// ISO 4217, of all prices.
    currency: &'a str,
    /// `cursor` of the next page. Absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// The corrected text. Products that match it are among those listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<&'a str>,
    /// Only ever `true`: no product matches all words, these match some of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("const" = true))]
    relaxed: bool,
    /// The category of the list, if staff have merged or deleted the one in the request: this one replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    category_id: Option<&'a str>,
    /// Absent with `facets=false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<FacetsView<'a>>,
    /// Only ever `true`: search does not answer, so the order is by id, the facets are empty, and `total` is a lower
    /// bound.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("const" = true))]
    degraded: bool,
}

/// A product in a list. Its stock may be about a second old.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ListedProduct")]
struct ListedProduct<'a> {
    #[serde(flatten)]
    product: ProductSummary<'a>,
    /// With `highlight=true`: the name as HTML, escaped, with its matches in `<mark>`. Absent if nothing in it matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_html: Option<String>,
}

impl Endpoint for ListProducts {
    async fn warm_up(&self) {
        self.catalog.warm_up().await;
    }

    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let ListProductsParams { query, page, limit } = ListProductsParams::read(request, self.currency)?;
        let (shows_facets, list_id) = (query.facets, query.list_id());
        let list = self.catalog.list(query).await?;
        if let Some(cause) = &list.degraded {
            let request_id = request.request_id();
            tracing::warn!(function = "list-products", request_id, %cause, "search is down; listed from the table");
        }
        let ProductList { page: found, products, degraded, replacement } = &list;
        let listed = |product_id: &ProductId| {
            let (product, available) = products.get(product_id)?; // one that is gone may still be in the index
            Some(ListedProduct { product: view::summary(product, available), name_html: name_html(product, found) })
        };
        let reply = Reply::ok(&ListProductsResponse {
            products: found.product_ids.iter().filter_map(listed).collect(),
            total: found.total,
            page,
            limit,
            currency: self.currency.code(),
            next_cursor: found.next.as_ref().map(|position| list_id.cursor(position)),
            did_you_mean: found.did_you_mean.as_deref(),
            relaxed: found.relaxed,
            category_id: replacement.as_ref().map(CategoryId::as_str),
            facets: shows_facets.then(|| FacetsView::new(&found.facets, self.currency)),
            degraded: degraded.is_some(),
        });
        Ok(reply.cacheable(CACHE_SECONDS).reusable_for(products.fresh_for).looked_up(products.lookups))
    }
}

/// The name with its matches marked, unless the product has another name by now.
fn name_html(product: &Product, found: &SearchPage) -> Option<String> {
    let highlight = found.highlights.get(&product.product_id)?;
    (highlight.plain() == product.name).then(|| highlight.to_html())
}

#[cfg(test)]
mod tests;
