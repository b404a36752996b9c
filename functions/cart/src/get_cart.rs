//! `GET /cart`: the caller's cart.

use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::CartContext;
use crate::cart_response::CartResponse;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("get-cart", "GET /cart", Caller::Guest, Tag::Cart)
        .summary("Shows the cart at current prices")
        .answers::<CartResponse>(200, "The cart.")
}

/// Returns the caller's cart.
pub struct GetCart {
    /// Dependencies of the cart functions.
    pub context: CartContext,
}

impl GetCart {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { context: CartContext::from_dependencies(deps)? })
    }
}

impl Endpoint for GetCart {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let cart = self.context.carts.get(&request.user()?.user_id).await?;
        Ok(Reply::ok(&self.context.response(&cart).await?))
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome, request_of};

    #[tokio::test]
    async fn an_empty_cart_is_a_cart() {
        let shop = Fixture::start().await;
        let reply = GetCart { context: shop.context }.handle(&request_of(1, "GET", "/cart")).await.expect("a cart");
        assert_eq!((reply.status(), reply.body()), (200, r#"{"items":[],"total_amount":0.00,"currency":"USD"}"#));
    }

    #[tokio::test]
    async fn prices_and_stock_are_current() {
        let shop = Fixture::start().await;
        shop.product("a", 1_250, 2).await;
        shop.put_in_cart(&user(1), "a", 3).await;
        shop.product("a", 9, 2).await; // the price has fallen
        let reply = GetCart { context: shop.context }.handle(&request_of(1, "GET", "/cart")).await.expect("a cart");
        let item = r#"{"product_id":"a","name":"Product a","price":0.09,"quantity":3,"line_total":0.27,"#;
        let stock = r#""available":false,"stock_quantity":2}"#;
        let cart = format!(r#"{{"items":[{item}{stock}],"total_amount":0.27,"currency":"USD"}}"#);
        assert_eq!(reply.body(), cart);
    }

    #[tokio::test]
    async fn a_deleted_product_is_listed_but_not_part_of_the_total() {
        let shop = Fixture::start().await;
        shop.product("a", 1_250, 2).await;
        shop.put_in_cart(&user(1), "gone", 3).await;
        shop.put_in_cart(&user(1), "a", 2).await;
        let reply = GetCart { context: shop.context }.handle(&request_of(1, "GET", "/cart")).await.expect("a cart");
        let gone = r#"{"product_id":"gone","name":null,"price":null,"quantity":3,"line_total":null,"#;
        assert!(reply.body().contains(gone) && reply.body().contains(r#""total_amount":25.00"#), "{}", reply.body());
        let available = |n: usize| reply.body_json()["items"][n]["available"].as_bool();
        assert_eq!((available(0), available(1)), (Some(false), Some(true)));
    }

    #[tokio::test]
    async fn a_cart_is_visible_to_its_owner_only() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 9).await;
        shop.put_in_cart(&user(1), "a", 1).await;
        let endpoint = GetCart { context: shop.context };
        let others = endpoint.handle(&request_of(2, "GET", "/cart")).await.expect("a cart");
        assert!(others.body().starts_with(r#"{"items":[]"#));
        assert_eq!(outcome(&endpoint.handle(&Request::new("GET", "/cart")).await), (401, "token_required"));
    }
}
