//! `PUT /admin/products/{product_id}`: creates a product or replaces the whole of it. Stock is not part of it.

use std::sync::Arc;

use souk_domain::catalog::Product;
use souk_domain::effects::Clock;
use souk_domain::ids::ProductId;
use souk_domain::money::Currency;
use souk_domain::stock::total;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::{Categories, Inventory, Products, SaveOutcome, StoreError};

use crate::product_fields::{next_version_of, product_from_fields};
use crate::view;

/// Attempts to write a product that other writers change at the same time.
const MAX_ATTEMPTS: u32 = 8;

/// Creates or replaces a product.
pub struct PutProduct {
    /// The products table.
    pub products: Products,
    /// The categories table.
    pub categories: Categories,
    /// The inventory table, for the response.
    pub inventory: Inventory,
    /// For the version of the product.
    pub clock: Arc<dyn Clock>,
    /// The currency of the shop.
    pub currency: Currency,
}

impl PutProduct {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            products: deps.products()?,
            categories: deps.categories()?,
            inventory: deps.inventory()?,
            clock: deps.clock(),
            currency: deps.currency()?,
        })
    }
}

impl Endpoint for PutProduct {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff()?;
        let product_id: ProductId = request.path_id("product_id", "product")?;
        let mut fields = request.fields()?.of_products();
        let draft = product_from_fields(&mut fields, Some(&product_id), self.currency);
        let (draft,) = fields.finish((draft,))?;

        // Before the product, so that the tree has every category that is in use.
        for category in draft.category.categories() {
            self.categories.ensure(category).await?;
        }
        let (product, status) = self.save(&draft).await?;
        let stock_quantity = total(&self.inventory.counts(&product_id).await?);
        Ok(Reply::json(status, &view::detail(&product, stock_quantity)))
    }
}

impl PutProduct {
    /// Writes the product over the stored one; 201 if there was none.
    async fn save(&self, draft: &Product) -> Result<(Product, u16), Problem> {
        for attempt in 0..MAX_ATTEMPTS {
            let seen = self.products.get(&draft.product_id).await?;
            let product = next_version_of(seen.as_ref(), draft, self.clock.now());
            match self.products.put(&product, seen.as_ref().map(|seen| seen.version)).await? {
                SaveOutcome::Saved => return Ok((product, if seen.is_none() { 201 } else { 200 })),
                SaveOutcome::VersionConflict => self.products.back_off(attempt).await,
            }
        }
        Err(StoreError::Conflict.into())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use souk_domain::account::Role;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome, sku};

    fn put(product_id: &str, body: &str) -> Request {
        let request = Request::new("PUT", "/admin/products/x").with_path("product_id", product_id).with_json(body);
        request.from_user(user(9), Role::Staff)
    }

    fn endpoint(shop: &Fixture) -> PutProduct {
        PutProduct {
            products: shop.products.clone(),
            categories: shop.categories.clone(),
            inventory: shop.inventory.clone(),
            clock: shop.clock.clone(),
            currency: Currency::USD,
        }
    }

    #[tokio::test]
    async fn a_product_is_created_then_replaced_as_a_whole() {
        let shop = Fixture::start().await;
        let endpoint = endpoint(&shop);
        let body =
            r#"{"sku": "1399", "name": "HP 364XL", "brand": "HP", "price": 12.50, "category": ["Printing", "Ink"]}"#;
        let reply = endpoint.handle(&put("1399", body)).await.expect("created");
        assert_eq!(reply.status(), 201);
        assert!(reply.body().contains(r#""price":12.50"#) && reply.body().contains(r#""stock_quantity":0"#));
        assert_eq!(shop.categories.all().await.expect("read").len(), 2);

        shop.count("1399", 3).await;
        let reply = endpoint.handle(&put("1399", r#"{"name": "HP 364", "price": 9}"#)).await.expect("replaced");
        assert_eq!(reply.status(), 200);
        assert!(reply.body().contains(r#""price":9.00"#) && reply.body().contains(r#""stock_quantity":3"#));
        let product = shop.products.get(&sku("1399")).await.expect("read").expect("a product");
        assert_eq!((product.name.as_str(), product.brand, product.category.leaf()), ("HP 364", None, None));
        assert_eq!(product.version, 1_795_503_420_001); // the clock stood still, the version did not
    }

    #[tokio::test]
    async fn its_shards_are_kept() {
        let shop = Fixture::start().await;
        let endpoint = endpoint(&shop);
        endpoint.handle(&put("hot", r#"{"name": "Hot", "price": 1}"#)).await.expect("created");
        let seen = shop.products.get(&sku("hot")).await.expect("read").expect("a product");
        let spread = Product { stock_shards: 8, version: seen.version + 1, ..seen.clone() };
        assert_eq!(shop.products.put(&spread, Some(seen.version)).await.expect("written"), SaveOutcome::Saved);
        endpoint.handle(&put("hot", r#"{"name": "Hot", "price": 2}"#)).await.expect("replaced");
        let product = shop.products.get(&sku("hot")).await.expect("read").expect("a product");
        assert_eq!((product.stock_shards, product.price_minor), (8, 200));
    }

    #[tokio::test]
    async fn concurrent_writers_succeed_or_get_a_retryable_error() {
        let shop = Fixture::start().await;
        let endpoint = endpoint(&shop);
        let request = put("a", r#"{"name": "A", "price": 1}"#);
        let results = join_all((0..5).map(|_| endpoint.handle(&request))).await;
        let created = results.iter().filter(|result| outcome(result) == (201, "")).count();
        assert_eq!(created, 1);
        for result in &results {
            assert!(matches!(outcome(result), (200 | 201, "") | (503, "temporarily_unavailable")));
        }
    }

    #[tokio::test]
    async fn bad_fields_are_reported_and_nothing_is_written() {
        let shop = Fixture::start().await;
        let endpoint = endpoint(&shop);
        let problem = endpoint.handle(&put("1399", r#"{"sku": "1400", "price": "9"}"#)).await.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|e| (e.field.as_str(), e.code)).collect();
        assert_eq!(fields, [("sku", "unknown_value"), ("name", "required"), ("price", "wrong_type")]);
        let good = r#"{"name": "HP 364", "price": 9}"#;
        let answer = async |request: &Request| outcome(&endpoint.handle(request).await).0;
        assert_eq!(answer(&put("no id", good)).await, 404);
        assert_eq!(answer(&put("1399", "[]")).await, 400);
        assert_eq!(answer(&put("1399", good).from_user(user(1), Role::Shopper)).await, 403);
        assert_eq!(answer(&Request::new("PUT", "/").with_path("product_id", "1399").with_json(good)).await, 401);
        assert_eq!(shop.products.get(&sku("1399")).await.expect("read"), None);
    }
}
