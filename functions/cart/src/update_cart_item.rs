//! `PATCH /cart/items/{product_id}`: sets the quantity of a product in the caller's cart.

use schemars::JsonSchema;
use souk_domain::ids::ProductId;
use souk_domain::quantity::{MAX_QUANTITY, Quantity};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::CartContext;
use crate::cart_response::CartResponse;
use crate::context::QuantityLimit;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("update-cart-item", "PATCH /cart/items/{product_id}", Caller::Guest, Tag::Cart)
        .summary("Sets the quantity of a product in the cart")
        .repeated("The quantity stays as requested.")
        .body::<UpdateCartItemRequest>(r#"{"quantity": 3}"#)
        .answers::<CartResponse>(200, "The cart with the new quantity.")
        .problem(404, "not_found", "The product is not in the cart.")
        .problem_with::<QuantityLimit>(409, "quantity_limit", "The line would have more units than one order may have.")
}

/// The request of `PATCH /cart/items/{product_id}`.
#[derive(JsonSchema)]
pub struct UpdateCartItemRequest {
    /// The new number of units.
    #[schemars(range(min = 1, max = MAX_QUANTITY))]
    pub quantity: u32,
}

/// Sets the quantity of a product in the cart.
pub struct UpdateCartItem {
    /// Dependencies of the cart functions.
    pub context: CartContext,
}

impl UpdateCartItem {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { context: CartContext::from_dependencies(deps)? })
    }
}

impl Endpoint for UpdateCartItem {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.user()?;
        let product_id: ProductId = request.path_id("product_id", "product in the cart")?;
        let mut fields = request.fields()?;
        let quantity = fields.checked_integer("quantity", Quantity::new);
        let (quantity,) = fields.finish((quantity,))?;

        let not_there = |_| Problem::not_found("product in the cart");
        let product = self.context.products.get_many([&product_id], true).await?.remove(&product_id);
        let change = self.context.change(caller, |cart| {
            cart.set_quantity(&product_id, quantity).map_err(not_there)?;
            product.as_ref().map_or(Ok(()), |product| self.context.check_limit(cart, product))
        });
        let change = change.await?;
        Ok(Reply::ok(&self.context.response(&change).await?))
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome, request_of};

    fn set(product_id: &str, body: &str) -> Request {
        request_of(1, "PATCH", "/cart/items/x").with_path("product_id", product_id).with_json(body)
    }

    #[tokio::test]
    async fn the_quantity_is_set() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 5).await;
        shop.put_in_cart(&user(1), "a", 2).await;
        let endpoint = UpdateCartItem { context: shop.context.clone() };
        for _ in 0..2 {
            let reply = endpoint.handle(&set("a", r#"{"quantity": 4}"#)).await.expect("set");
            assert_eq!(reply.status(), 200);
            assert!(reply.body().ends_with(r#""total_amount":4.00,"currency":"USD"}"#), "{}", reply.body());
        }
        assert_eq!(shop.lines(&user(1)).await, [("a".to_owned(), 4)]);
    }

    #[tokio::test]
    async fn invalid_changes_are_rejected() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 5).await;
        shop.put_in_cart(&user(1), "a", 2).await;
        let endpoint = UpdateCartItem { context: shop.context.clone() };
        for bad in ["0", "1000000000", "1.5", "\"2\""] {
            let body = format!(r#"{{"quantity": {bad}}}"#);
            assert_eq!(outcome(&endpoint.handle(&set("a", &body)).await), (422, "invalid_fields"), "{bad}");
        }
        assert_eq!(outcome(&endpoint.handle(&set("b", r#"{"quantity": 1}"#)).await), (404, "not_found"));
        assert_eq!(outcome(&endpoint.handle(&set("a b", r#"{"quantity": 1}"#)).await), (404, "not_found"));
        let anonymous = Request::new("PATCH", "/cart/items/a").with_json("{}");
        assert_eq!(outcome(&endpoint.handle(&anonymous).await), (401, "token_required"));
        assert_eq!(shop.lines(&user(1)).await, [("a".to_owned(), 2)]);
    }

    #[tokio::test]
    async fn a_quantity_above_what_one_order_may_have_is_refused() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 50).await;
        shop.put_in_cart(&user(1), "a", 9).await;
        let endpoint = UpdateCartItem { context: CartContext { max_per_order: 3, ..shop.context.clone() } };
        let problem = endpoint.handle(&set("a", r#"{"quantity": 4}"#)).await.expect_err("refused");
        assert_eq!((problem.status(), problem.code()), (409, "quantity_limit"));
        assert_eq!(problem.member("max_per_order"), Some("3"));
        assert_eq!(shop.lines(&user(1)).await, [("a".to_owned(), 9)]);
        assert_eq!(outcome(&endpoint.handle(&set("a", r#"{"quantity": 3}"#)).await), (200, ""));
        assert_eq!(shop.lines(&user(1)).await, [("a".to_owned(), 3)]);
    }
}
