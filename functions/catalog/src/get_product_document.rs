//! `GET /products/{product_id}/document`: a product without its stock, which caches may keep.

use souk_catalog::{CachedCategories, CachedProducts};
use souk_domain::ids::ProductId;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::view::{self, ProductDocument};

/// For how long anyone may keep a document. A change of the product is visible that much later.
const CACHE_SECONDS: u32 = 60;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("get-product-document", "GET /products/{product_id}/document", Caller::Anyone, Tag::Catalogue)
        .summary("Shows a product without its stock")
        .description(
            "For pages with many visitors: caches keep it for a minute, and the stock comes from `GET /inventory`. The cart \
             and the order have the current price.",
        )
        .answers_cacheable::<ProductDocument<'_>>("The product without its stock.")
        .problem(404, "not_found", "There is no such product.")
}

/// Shows the document of a product.
pub struct GetProductDocument {
    /// The products.
    pub documents: CachedProducts,
    /// The present names of their categories.
    pub categories: CachedCategories,
}

impl GetProductDocument {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { documents: deps.cached_products()?, categories: deps.cached_categories()? })
    }
}

impl Endpoint for GetProductDocument {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let product_id: ProductId = request.path_id("product_id", "product")?;
        let found = self.documents.current([&product_id]).await?;
        let product = found.products.get(&product_id).ok_or_else(|| Problem::not_found("product"))?;
        let category = self.categories.current_path(&product.category).await;
        Ok(Reply::ok(&view::document(product, &category)).cacheable(CACHE_SECONDS).looked_up(found.lookups))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, outcome};

    #[tokio::test]
    async fn a_document_has_everything_but_the_stock() {
        let shop = Fixture::start().await;
        shop.import(
            r#"{"sku": "1399", "name": "HP 364XL", "brand": "HP", "category": ["Printing"], "price": 12.5,
                "attributes": {"Yield": 750.10}, "available": 7}"#,
        )
        .await;
        let endpoint = GetProductDocument { documents: shop.cached_products(), categories: shop.cached_categories() };
        let get = |id| Request::new("GET", "/products/x/document").with_path("product_id", id);
        let reply = endpoint.handle(&get("1399")).await.expect("found");
        for part in [
            r#"{"id":"1399","name":"HP 364XL","price":12.50,"currency":"USD","sku":"1399","brand":"HP""#,
            r#""category":[{"id":"printing","name":"Printing"}],"attributes":{"Yield":750.10}"#,
            r#""version":1795503420000,"updated_at":"2026-11-24T06:57:00.000Z"}"#,
        ] {
            assert!(reply.body().contains(part), "{part} in {}", reply.body());
        }
        assert!(!reply.body().contains("stock_quantity"), "{}", reply.body());
        assert_eq!(reply.headers()["cache-control"], "public, max-age=60");
        for unknown in ["1400", "no id", ""] {
            assert_eq!(outcome(&endpoint.handle(&get(unknown)).await), (404, "not_found"));
        }
    }
}
