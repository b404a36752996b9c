//! `DELETE /cart`: takes everything out of the caller's cart. Twice is as good as once.

use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::CartStores;

/// The endpoint.
pub struct ClearCart {
    /// What carts stand on.
    pub stores: CartStores,
}

impl ClearCart {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { stores: CartStores::from_dependencies(deps)? })
    }
}

impl Endpoint for ClearCart {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let user_id = &request.user()?.user_id;
        // What the cart remembers of earlier requests stays: a retried checkout still finds its order.
        let change = self.stores.change(user_id, |cart| {
            cart.lines.clear();
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
    async fn everything_is_taken_out_of_ones_own_cart() {
        let shop = Fixture::start().await;
        for (shopper, product) in [(1, "a"), (1, "b"), (2, "a")] {
            shop.put_in_cart(&user(shopper), product, 2).await;
        }
        let endpoint = ClearCart { stores: shop.stores.clone() };
        for _ in 0..2 {
            let reply = endpoint.handle(&of(1, "DELETE", "/cart")).await.expect("cleared");
            assert_eq!((reply.status(), reply.body()), (200, r#"{"items":[],"total_amount":0.00,"currency":"USD"}"#));
        }
        assert_eq!((shop.lines(&user(1)).await.len(), shop.lines(&user(2)).await.len()), (0, 1));
        assert_eq!(outcome(&endpoint.handle(&Request::new("DELETE", "/cart")).await), (401, "token_required"));
    }
}
