//! `DELETE /cart/items/{product_id}`: removes a product from the caller's cart. Idempotent.

use souk_domain::ids::ProductId;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::CartContext;
use crate::cart_response::CartResponse;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("remove-cart-item", "DELETE /cart/items/{product_id}", Caller::Guest, Tag::Cart)
        .summary("Removes a product from the cart")
        .repeated("Nothing changes: the product is already removed.")
        .answers::<CartResponse>(200, "The cart.")
        .problem(404, "not_found", "The id in the path is not 1 to 64 letters, digits, `-`, `_` or `.`.")
}

/// Removes a product from the cart.
pub struct RemoveCartItem {
    /// Dependencies of the cart functions.
    pub context: CartContext,
}

impl RemoveCartItem {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { context: CartContext::from_dependencies(deps)? })
    }
}

impl Endpoint for RemoveCartItem {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.user()?;
        let product_id: ProductId = request.path_id("product_id", "product")?;
        let change = self.context.change(caller, |cart| {
            cart.remove(&product_id);
            Ok(())
        });
        Ok(Reply::ok(&self.context.response(&change.await?).await?))
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome, request_of};

    #[tokio::test]
    async fn removing_a_product_is_idempotent() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 5).await;
        shop.put_in_cart(&user(1), "gone", 2).await;
        shop.put_in_cart(&user(1), "a", 2).await;
        let endpoint = RemoveCartItem { context: shop.context.clone() };
        for _ in 0..2 {
            let request = request_of(1, "DELETE", "/cart/items/gone").with_path("product_id", "gone");
            let reply = endpoint.handle(&request).await.expect("removed");
            assert_eq!((reply.status(), reply.body_json()["items"].as_array().map(Vec::len)), (200, Some(1)));
        }
        assert_eq!(shop.lines(&user(1)).await, [("a".to_owned(), 2)]);
        let anonymous = Request::new("DELETE", "/cart/items/a").with_path("product_id", "a");
        assert_eq!(outcome(&endpoint.handle(&anonymous).await), (401, "token_required"));
    }
}
