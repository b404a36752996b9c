//! `GET /products`: lists products by category, text and filters, with live stock.
//!
//! | parameter | meaning |
//! |---|---|
//! | `category_id` | a department or a category |
//! | `search` | the text that the shopper typed |
//! | `brand` | repeated: any of them |
//! | `attr.<name>=<value>` | an attribute as [get-product](crate::get_product) shows it, `attr.Colour=Cyan` or `attr.Page yield=750`; values of one name are alternatives, all names must match |
//! | `min_price`, `max_price` | decimals in the shop's currency, both inclusive |
//! | `in_stock` | `true`: only products in stock; `false`: only those sold out |
//! | `sort` | `relevance` (default), `price_asc`, `price_desc`, `newest`, `name` |
//! | `page`, `limit` | from 1; 1 to 100, default 20; within the first 10,000 products, beyond them 422 `too_deep` |
//! | `cursor` | `next_cursor` of an earlier response to the same search, instead of `page`: the only way beyond 10,000 |
//! | `facets` | `false` leaves them out and makes the response faster |
//! | `highlight` | `true` adds `name_html` to products: the name, escaped, with its matches in `<mark>` |
//!
//! When OpenSearch does not answer, a page of a category still works, marked as `degraded`, and the rest is 503
//! `search_unavailable`: see [`CatalogReader`].

mod facets;
mod params;

use serde::Serialize;
use souk_catalog::{CatalogReader, ProductList};
use souk_domain::catalog::Product;
use souk_domain::ids::ProductId;
use souk_domain::money::Currency;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_search::SearchPage;

use crate::view::{self, ProductSummary};
use facets::FacetsView;
use params::ListProductsParams;

/// For how long anyone may keep a list: as long as the stock in it is kept here.
const CACHE_SECONDS: u32 = 1;

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

#[derive(Serialize)]
struct ListProductsResponse<'a> {
    products: Vec<ListedProduct<'a>>,
    /// On all pages.
    total: u64,
    /// Absent with a cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    limit: u32,
    currency: &'a str,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// The corrected text. Products that match it are among those listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<&'a str>,
    /// Only ever `true`: no product matches all words, these match some of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    relaxed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<FacetsView<'a>>,
    /// Only ever `true`: search is down, so the order is by id, there are no facets, and `total` is a lower bound.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    degraded: bool,
}

#[derive(Serialize)]
struct ListedProduct<'a> {
    #[serde(flatten)]
    product: ProductSummary<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_html: Option<String>,
}

impl Endpoint for ListProducts {
    async fn warm_up(&self) {
        self.catalog.warm_up().await;
    }

    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let ListProductsParams { query, page, limit } = ListProductsParams::read(request, self.currency)?;
        let shows_facets = query.facets;
        let list = self.catalog.list(query).await?;
        if let Some(cause) = &list.degraded {
            let request_id = request.request_id();
            tracing::warn!(function = "list-products", request_id, %cause, "search is down; listed from the table");
        }
        let ProductList { page: found, products, degraded } = &list;
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
            next_cursor: found.next.as_ref().map(ToString::to_string),
            did_you_mean: found.did_you_mean.as_deref(),
            relaxed: found.relaxed,
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
