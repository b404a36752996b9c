//! `GET /products`: browse, search, filter and sort, with live stock.
//!
//! | parameter | what |
//! |---|---|
//! | `category_id` | a department or a category |
//! | `search` | what the shopper typed |
//! | `brand` | repeated: any of them |
//! | `attr.<name>=<value>` | an attribute as [get-product](crate::get_product) shows it, `attr.Colour=Cyan` or `attr.Page yield=750`; values of one name are alternatives, names all have to hold |
//! | `min_price`, `max_price` | decimals in the shop's currency, both inclusive |
//! | `in_stock` | `true`: only what can be had; `false`: only what is sold out |
//! | `sort` | `relevance` (default), `price_asc`, `price_desc`, `newest`, `name` |
//! | `page`, `limit` | from 1; 1 to 100, default 20; within the first 10,000 products, beyond them 422 `too_deep` |
//! | `cursor` | `next_cursor` of an earlier answer to the same search, instead of `page`: the only way beyond 10,000 |
//! | `facets` | `false` leaves them out and makes the answer faster |
//! | `highlight` | `true` adds `name_html` to products: the name, escaped, with what was searched for in `<mark>` |
//!
//! OpenSearch says which products, in which order; DynamoDB what they are and how many there are. When OpenSearch does
//! not answer, plain browsing still works (see [`browse`]) and the rest is 503 `search_unavailable`.

mod asked;
mod browse;
mod facets;

use serde::Serialize;
use souk_cache::{CachedProducts, CachedStock};
use souk_domain::catalog::Product;
use souk_domain::ids::ProductId;
use souk_domain::money::Currency;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_search::{SearchIndex, SearchPage};
use souk_store::{Categories, Products};

use crate::synonyms::KnownSynonyms;
use crate::view::{self, ProductSummary};
use asked::Asked;
use facets::FacetsView;

/// How long anyone may keep a list: as long as this process keeps the stock in it.
const CACHE_SECONDS: u32 = 1;

/// The endpoint.
pub struct ListProducts {
    /// Finds them.
    pub search: SearchIndex,
    /// What they are.
    pub documents: CachedProducts,
    /// How many there are.
    pub stock: CachedStock,
    /// Which there are, for browsing without search.
    pub products: Products,
    /// The tree, for browsing without search.
    pub categories: Categories,
    /// Words that mean the same.
    pub synonyms: KnownSynonyms,
    /// Of the shop.
    pub currency: Currency,
}

impl ListProducts {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            search: deps.search()?.remembering(),
            documents: deps.cached_products()?,
            stock: deps.cached_stock()?,
            products: deps.products()?,
            categories: deps.categories()?,
            synonyms: KnownSynonyms::new(deps.synonyms()?, deps.clock()),
            currency: deps.currency()?,
        })
    }
}

#[derive(Serialize)]
struct Page<'a> {
    products: Vec<Found<'a>>,
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
    /// What the shopper most likely meant to type. Products that match it are among those found.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<&'a str>,
    /// Only ever `true`: no product has all words, these have some of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    relaxed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<FacetsView<'a>>,
    /// Only ever `true`: search is down, so the order is by id, there are no facets, and `total` may be too low.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    degraded: bool,
}

#[derive(Serialize)]
struct Found<'a> {
    #[serde(flatten)]
    product: ProductSummary<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_html: Option<String>,
}

impl Endpoint for ListProducts {
    async fn warm_up(&self) {
        let _ = self.search.warm_up().await; // without it, the first request looks again
        self.synonyms.current().await;
    }

    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let mut asked = Asked::read(request, self.currency)?;
        if asked.query.text.is_some() {
            asked.query.synonyms = self.synonyms.current().await;
        }
        let (found, degraded) = match self.search.search(&asked.query).await {
            Ok(found) => (found, false),
            Err(cause) if asked.is_plain_browsing() => {
                tracing::warn!(function = "list-products", request_id = request.request_id(), %cause, "search is down");
                (self.browse(&asked).await?, true)
            }
            Err(error) => return Err(error.into()),
        };
        self.page(&asked, &found, degraded).await
    }
}

impl ListProducts {
    /// What was found as it is now. A product that is gone, but still in the index, is left out.
    async fn page(&self, asked: &Asked, found: &SearchPage, degraded: bool) -> Result<Reply, Problem> {
        let documents = self.documents.recent(&found.product_ids).await?;
        let products = &documents.products;
        let shards = products.values().map(|product| (&product.product_id, product.stock_shards));
        let stock = self.stock.available_many(shards).await?;
        let summary = |product_id: &ProductId| {
            let stock_quantity = stock.available.get(product_id).copied().unwrap_or(0);
            let product = products.get(product_id)?;
            Some(Found { product: view::summary(product, stock_quantity), name_html: name_html(product, found) })
        };
        let reply = Reply::ok(&Page {
            products: found.product_ids.iter().filter_map(summary).collect(),
            total: found.total,
            page: asked.page,
            limit: asked.limit,
            currency: self.currency.code(),
            next_cursor: found.next.as_ref().map(ToString::to_string),
            did_you_mean: found.meant.as_deref(),
            relaxed: found.relaxed,
            facets: asked.query.facets.then(|| FacetsView::new(&found.facets, self.currency)),
            degraded,
        });
        let lasts = documents.lasts.min(stock.lasts);
        Ok(reply.cacheable(CACHE_SECONDS).lasting(lasts).looked_up(documents.lookups))
    }
}

/// The marked name, if the product is still called so.
fn name_html(product: &Product, found: &SearchPage) -> Option<String> {
    let highlight = found.highlights.get(&product.product_id)?;
    (highlight.plain() == product.name).then(|| highlight.to_html())
}

#[cfg(test)]
mod tests;
