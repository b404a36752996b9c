//! `DELETE /cart/items/{product_id}`: takes a product out of the caller's cart. Twice is as good as once.

use souk_domain::ids::ProductId;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::CartStores;

/// The endpoint.
pub struct RemoveCartItem {
    /// What carts stand on.
    pub stores: CartStores,
}

impl RemoveCartItem {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { stores: CartStores::from_dependencies(deps)? })
    }
}

impl Endpoint for RemoveCartItem {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let user_id = &request.user()?.user_id;
        let product_id: ProductId = request.path_id("product_id", "product")?;
        let change = self.stores.change(user_id, |cart| {
            cart.remove(&product_id);
            Ok(())
        });
        Ok(Reply::ok(&self.stores.view(&change.await?).await?))
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, of, outcome};

    #[tokio::test]
    async fn a_product_is_taken_out_once_or_twice() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 5).await;
        shop.put_in_cart(&user(1), "gone", 2).await;
        shop.put_in_cart(&user(1), "a", 2).await;
        let endpoint = RemoveCartItem { stores: shop.stores.clone() };
        for _ in 0..2 {
            let request = of(1, "DELETE", "/cart/items/gone").with_path("product_id", "gone");
            let reply = endpoint.handle(&request).await.expect("removed");
            assert_eq!((reply.status(), reply.body_json()["items"].as_array().map(Vec::len)), (200, Some(1)));
        }
        assert_eq!(shop.lines(&user(1)).await, [("a".to_owned(), 2)]);
        let anonymous = Request::new("DELETE", "/cart/items/a").with_path("product_id", "a");
        assert_eq!(outcome(&endpoint.handle(&anonymous).await), (401, "token_required"));
    }
}
