//! `GET /products/{product_id}`: a product with its price and its live stock.

use souk_catalog::{CachedCategories, ProductReader};
use souk_domain::ids::ProductId;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::view::{self, ProductResponse};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("get-product", "GET /products/{product_id}", Caller::Anyone, Tag::Catalogue)
        .summary("Shows a product with its price and live stock")
        .description(
            "The stock is strongly consistent. Anyone may cache the response, but must revalidate it each time \
             (`If-None-Match`): the stock may have changed.",
        )
        .answers_cacheable::<ProductResponse<'_>>("The product.")
        .problem(404, "not_found", "There is no such product.")
}

/// Shows a product.
pub struct GetProduct {
    /// Products and their stock.
    pub products: ProductReader,
    /// The present names of its categories.
    pub categories: CachedCategories,
}

impl GetProduct {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { products: deps.product_reader()?, categories: deps.cached_categories()? })
    }
}

impl Endpoint for GetProduct {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let product_id: ProductId = request.path_id("product_id", "product")?;
        let found = self.products.current(&product_id).await?;
        let (product, available) = found.get(&product_id).ok_or_else(|| Problem::not_found("product"))?;
        let category = self.categories.current_path(&product.category).await;
        Ok(Reply::ok(&view::detail(product, &category, available)).revalidated().looked_up(found.lookups))
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::ids::CategoryId;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    #[tokio::test]
    async fn a_product_is_shown_with_its_stock() {
        let shop = Fixture::start().await;
        shop.import(
            r#"{"sku": "1399", "name": "HP 364XL", "brand": "HP", "category": ["Printing", "Ink cartridges"], "price": 12.5,
                "attributes": {"Colour": "Cyan", "Yield": 750.10, "Original": true}, "available": 7}"#,
        )
        .await;
        let endpoint = GetProduct { products: shop.product_reader(), categories: shop.cached_categories() };
        let get = |id| Request::new("GET", "/products/x").with_path("product_id", id);
        let reply = endpoint.handle(&get("1399")).await.expect("found");
        for part in [
            r#"{"id":"1399","name":"HP 364XL","price":12.50,"currency":"USD","stock_quantity":7,"sku":"1399","brand":"HP""#,
            r#""category":[{"id":"printing","name":"Printing"},{"id":"printing.ink-cartridges","name":"Ink cartridges"}]"#,
            r#""attributes":{"Colour":"Cyan","Original":true,"Yield":750.10}"#,
            r#""description":null"#,
            r#""version":1795503420000,"updated_at":"2026-11-24T06:57:00.000Z"}"#,
        ] {
            assert!(reply.body().contains(part), "{part} in {}", reply.body());
        }
        for unknown in ["1400", "no id", ""] {
            assert_eq!(outcome(&endpoint.handle(&get(unknown)).await), (404, "not_found"));
        }
    }

    #[tokio::test]
    async fn the_present_place_of_its_category_is_shown() {
        let shop = Fixture::start().await;
        shop.import(r#"{"sku": "1", "name": "n", "category": ["Printing", "Ink"], "price": 1}"#).await;
        let categories = async |name: &str, parent: Option<&str>| {
            let (name, parent) = (name.to_owned(), parent.map(|raw| raw.parse::<CategoryId>().expect("an id")));
            let category_id: CategoryId = "printing.ink".parse().expect("an id");
            let change = shop.categories.change(|tree| tree.put(&category_id, &name, parent.as_ref())).await;
            change.expect("written").expect("moved");
        };
        let endpoint = || GetProduct { products: shop.product_reader(), categories: shop.cached_categories() };
        let get = Request::new("GET", "/products/x").with_path("product_id", "1");
        categories("Cartridges", Some("printing")).await;
        let body = endpoint().handle(&get).await.expect("found").body_json();
        assert_eq!(body["category"][1], serde_json::json!({"id": "printing.ink", "name": "Cartridges"}));
        categories("Cartridges", None).await;
        let body = endpoint().handle(&get).await.expect("found").body_json();
        assert_eq!(body["category"], serde_json::json!([{"id": "printing.ink", "name": "Cartridges"}]));
    }
}
