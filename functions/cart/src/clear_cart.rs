//! `DELETE /cart`: removes everything from the caller's cart. Idempotent.

use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::CartContext;
use crate::cart_response::CartResponse;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("clear-cart", "DELETE /cart", Caller::Guest, Tag::Cart)
        .summary("Removes everything from the cart")
        .repeated("Nothing changes: the cart is already empty.")
        .answers::<CartResponse>(200, "The cart.")
}

/// Clears the cart.
pub struct ClearCart {
    /// Dependencies of the cart functions.
    pub context: CartContext,
}

impl ClearCart {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { context: CartContext::from_dependencies(deps)? })
    }
}

impl Endpoint for ClearCart {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.user()?;
        // The idempotency keys of earlier requests stay, so that a retried checkout still finds its order.
        let change = self.context.change(caller, |cart| {
            cart.lines.clear();
            Ok(())
        });
        Ok(Reply::ok(&self.context.response(&change.await?).await?))
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::effects::Clock;
    use souk_domain::idempotency::IdempotencyKey;
    use souk_domain::quantity::Quantity;
    use souk_store::SaveOutcome;
    use souk_testkit::{sku, user};

    use super::*;
    use crate::fixture::{Fixture, outcome, request_of};

    #[tokio::test]
    async fn clearing_keeps_the_requests_of_24_hours() {
        let shop = Fixture::start().await;
        for (hours, keeps) in [(24, true), (25, false)] {
            let mut cart = shop.context.carts.get(&user(1)).await.expect("a cart");
            let key = IdempotencyKey { key: hours.to_string(), fingerprint: String::new() };
            let one = Quantity::new(1).expect("one");
            cart.add(sku("a"), one, Some(&key), shop.clock.now()).expect("added");
            assert_eq!(shop.context.carts.save(&mut cart).await.expect("saved"), SaveOutcome::Saved);
            shop.clock.advance_seconds(hours * 3600);
            let endpoint = ClearCart { context: shop.context.clone() };
            endpoint.handle(&request_of(1, "DELETE", "/cart")).await.expect("cleared");
            let cart = shop.context.carts.get(&user(1)).await.expect("a cart");
            assert_eq!((cart.lines.len(), cart.recent_additions.is_empty()), (0, !keeps), "after {hours} hours");
        }
    }

    #[tokio::test]
    async fn only_the_callers_cart_is_cleared() {
        let shop = Fixture::start().await;
        for (shopper, product) in [(1, "a"), (1, "b"), (2, "a")] {
            shop.put_in_cart(&user(shopper), product, 2).await;
        }
        let endpoint = ClearCart { context: shop.context.clone() };
        for _ in 0..2 {
            let reply = endpoint.handle(&request_of(1, "DELETE", "/cart")).await.expect("cleared");
            assert_eq!((reply.status(), reply.body()), (200, r#"{"items":[],"total_amount":0.00,"currency":"USD"}"#));
        }
        assert_eq!((shop.lines(&user(1)).await.len(), shop.lines(&user(2)).await.len()), (0, 1));
        assert_eq!(outcome(&endpoint.handle(&Request::new("DELETE", "/cart")).await), (401, "token_required"));
    }
}
