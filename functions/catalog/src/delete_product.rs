//! `DELETE /admin/products/{product_id}`: removes a product from the shop. Orders keep its name and price, and its
//! stock is kept in case it returns.

use souk_domain::catalog::Product;
use souk_domain::ids::ProductId;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Products;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "delete-product",
        "DELETE /admin/products/{product_id}",
        Caller::Staff(Permission::CatalogueWrite),
        Tag::StaffCatalogue,
    )
    .summary("Removes a product from the shop")
    .description(
        "Orders keep its name and price. Carts keep it as not available. Its stock is kept in case it returns.",
    )
    .repeated("Refused with 404 `not_found`, because the product is already removed.")
    .answers_empty(204, "The product is removed.")
    .problem(404, "not_found", "There is no such product.")
}

/// Removes a product from the shop.
pub struct DeleteProduct {
    /// The products table.
    pub products: Products,
}

impl DeleteProduct {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { products: deps.products()? })
    }
}

impl Endpoint for DeleteProduct {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueWrite)?;
        let product_id: ProductId = request.path_id("product_id", "product")?;
        match self.products.delete(&product_id).await? {
            Some(deleted) => Ok(Reply::no_content().audit(&deleted, &None::<Product>)),
            None => Err(Problem::not_found("product")),
        }
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome, sku};

    fn delete(product_id: &str) -> Request {
        Request::new("DELETE", "/admin/products/x").with_path("product_id", product_id)
    }

    #[tokio::test]
    async fn staff_alone_take_a_product_out_once() {
        let shop = Fixture::start().await;
        shop.import(r#"{"sku": "1399", "name": "HP 364", "price": 9}"#).await;
        let endpoint = DeleteProduct { products: shop.products.clone() };
        let answer = async |request: Request| outcome(&endpoint.handle(&request).await).0;
        assert_eq!(answer(delete("1399")).await, 401);
        assert_eq!(answer(delete("1399").from_user(user(1))).await, 403);
        assert!(shop.products.get(&sku("1399")).await.expect("read").is_some());

        let deleted = endpoint.handle(&delete("1399").from_staff(user(9))).await.expect("deleted");
        let (before, after) = deleted.audited().expect("for the audit log").json();
        assert_eq!((deleted.status(), after), (204, "null"));
        assert!(before.contains(r#""price_minor":900"#), "{before}");
        assert_eq!(answer(delete("1399").from_staff(user(9))).await, 404);
        assert_eq!(answer(delete("no id").from_staff(user(9))).await, 404);
        assert_eq!(shop.products.get(&sku("1399")).await.expect("read"), None);
    }
}
