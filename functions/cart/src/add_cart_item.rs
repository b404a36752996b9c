//! `POST /cart/items`: adds units of a product to the caller's cart.
//!
//! A cart may contain more units than are in stock: the response states what is available, and only an order allocates
//! stock.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::cart::CartError;
use souk_domain::effects::Random;
use souk_domain::ids::{MAX_PRODUCT_ID_CHARS, ProductId};
use souk_domain::quantity::{MAX_QUANTITY, Quantity};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, PRODUCT_ID_PATTERN, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::CartContext;
use crate::cart_response::CartResponse;
use crate::context::QuantityLimit;

const ITEM_ADDED: &str = "Item added";

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("add-cart-item", "POST /cart/items", Caller::Guest, Tag::Cart)
        .summary("Adds units of a product to the cart")
        .description(
            "The cart may contain more units than are in stock: `available` says so, and only an order takes stock.",
        )
        .idempotency_key(
            "Adds the units once. The answer shows the current cart.",
            "for 24 hours, for the cart's last 16 additions",
        )
        .body::<AddCartItemRequest>(r#"{"product_id": "OUT-0000472", "quantity": 2}"#)
        .answers::<AddCartItemResponse>(201, "The cart with the added units.")
        .link("place-order", &[])
        .problem(404, "product_not_found", "There is no such product.")
        .problem(409, "cart_full", "The cart has as many different products as it may have.")
        .problem_with::<QuantityLimit>(409, "quantity_limit", "The line would have more units than one order may have.")
}

/// Adds units of a product to the cart.
pub struct AddCartItem {
    /// Dependencies of the cart functions.
    pub context: CartContext,
    /// Makes idempotency keys for requests without one.
    pub random: Arc<dyn Random>,
}

impl AddCartItem {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { context: CartContext::from_dependencies(deps)?, random: deps.random() })
    }
}

/// The request of `POST /cart/items`.
#[derive(JsonSchema)]
pub struct AddCartItemRequest {
    /// The id of the product.
    #[schemars(length(max = MAX_PRODUCT_ID_CHARS), regex(pattern = PRODUCT_ID_PATTERN))]
    pub product_id: String,
    /// How many units to add.
    #[schemars(range(min = 1, max = MAX_QUANTITY))]
    pub quantity: u32,
}

/// The cart after units were added.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CartAddition")]
struct AddCartItemResponse {
    /// Always `Item added`.
    #[schemars(extend("const" = ITEM_ADDED))]
    message: &'static str,
    /// The cart with the added units.
    cart: CartResponse,
}

impl Endpoint for AddCartItem {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.user()?;
        // Every request gets a key: a save whose response was lost must not add the units again when it is retried.
        let idempotency_key = request.idempotency_key_or_random(&*self.random)?;
        let mut fields = request.fields()?;
        let product_id = fields.parsed::<ProductId>("product_id");
        let quantity = fields.checked_integer("quantity", Quantity::new);
        let (product_id, quantity) = fields.finish((product_id, quantity))?;

        // Strongly consistent, so that a product can be added as soon as staff created it.
        let product = self.context.products.get_many([&product_id], true).await?.remove(&product_id);
        let now = self.context.clock.now();
        let change = self.context.change(caller, |cart| {
            let added = cart.add(product_id.clone(), quantity, Some(&idempotency_key), now).map_err(refusal)?;
            // Not checked for a replay: the product existed when it was added.
            match &product {
                _ if !added => Ok(()),
                None => Err(product_not_found()),
                Some(product) => self.context.check_limit(cart, product),
            }
        });
        let cart = self.context.response(&change.await?).await?;
        Ok(Reply::json(201, &AddCartItemResponse { message: ITEM_ADDED, cart }))
    }
}

fn product_not_found() -> Problem {
    Problem::new(404, "product_not_found", "there is no such product")
}

fn refusal(error: CartError) -> Problem {
    match error {
        CartError::TooManyLines => Problem::conflict("cart_full", error.to_string()),
        CartError::TooManyUnits => Problem::conflict("quantity_limit", error.to_string()),
        CartError::KeyReused => Problem::idempotency_key_reused(),
        CartError::NotInCart => Problem::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use souk_domain::catalog::Product;
    use souk_domain::effects::Clock;
    use souk_domain::order::MAX_LINES;
    use souk_fixtures::save_product;
    use souk_testkit::{product, user};

    use super::*;
    use crate::fixture::{Fixture, outcome, request_of};

    fn endpoint(shop: &Fixture) -> AddCartItem {
        AddCartItem { context: shop.context.clone(), random: shop.random.clone() }
    }

    fn add(product_id: &str, quantity: &str) -> Request {
        let body = format!(r#"{{"product_id": "{product_id}", "quantity": {quantity}}}"#);
        request_of(1, "POST", "/cart/items").with_json(&body)
    }

    #[tokio::test]
    async fn an_item_is_added_with_the_agreed_response() {
        let shop = Fixture::start().await;
        shop.product("a", 69_999, 5).await;
        let reply = endpoint(&shop).handle(&add("a", "2")).await.expect("added");
        let item = r#"{"product_id":"a","name":"Product a","price":699.99,"quantity":2,"line_total":1399.98,"available":true,"stock_quantity":5}"#;
        let cart = format!(r#"{{"items":[{item}],"total_amount":1399.98,"currency":"USD"}}"#);
        assert_eq!(reply.status(), 201);
        assert_eq!(reply.body(), format!(r#"{{"message":"Item added","cart":{cart}}}"#));

        let reply = endpoint(&shop).handle(&add("a", "4")).await.expect("more than there is");
        assert!(reply.body().contains(r#""quantity":6,"line_total":4199.94,"available":false"#), "{}", reply.body());
    }

    #[tokio::test]
    async fn the_cart_of_a_guest_expires_30_days_after_its_last_change() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 5).await;
        let expiry = async || shop.context.carts.get(&user(1)).await.expect("a cart").expires_at;
        for _ in 0..2 {
            let as_guest = add("a", "1").from_guest(user(1));
            assert_eq!(outcome(&endpoint(&shop).handle(&as_guest).await), (201, ""));
            assert_eq!(expiry().await, Some(shop.clock.now().as_seconds() + 30 * 86_400));
            shop.clock.advance_seconds(3_600);
        }
        assert_eq!(outcome(&endpoint(&shop).handle(&add("a", "1")).await), (201, ""));
        assert_eq!(expiry().await, None, "that of an account does not");
    }

    #[tokio::test]
    async fn invalid_quantities_are_rejected() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 5).await;
        for bad in ["0", "-1", "1000000000", "1.5", "1.0", "1e2", "\"2\"", "null", "99999999999999999999999", "[]"] {
            assert_eq!(outcome(&endpoint(&shop).handle(&add("a", bad)).await), (422, "invalid_fields"), "{bad}");
        }
        let problem = endpoint(&shop).handle(&add("a b", "0")).await.expect_err("two bad fields");
        let fields: Vec<_> = problem.errors().iter().map(|error| (error.field.as_str(), error.code)).collect();
        assert_eq!(fields, [("product_id", "invalid_format"), ("quantity", "out_of_range")]);
        assert_eq!(outcome(&endpoint(&shop).handle(&add("a", "").with_json("{")).await), (400, "malformed_json"));
        let anonymous = Request::new("POST", "/cart/items").with_json("{}");
        assert_eq!(outcome(&endpoint(&shop).handle(&anonymous).await), (401, "token_required"));
        assert!(shop.lines(&user(1)).await.is_empty());
    }

    #[tokio::test]
    async fn an_unknown_product_cannot_be_added() {
        let shop = Fixture::start().await;
        assert_eq!(outcome(&endpoint(&shop).handle(&add("a", "1")).await), (404, "product_not_found"));
        assert!(shop.lines(&user(1)).await.is_empty());
    }

    #[tokio::test]
    async fn a_retry_with_its_key_adds_nothing() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 5).await;
        let keyed = || add("a", "2").with_header("idempotency-key", "k-1");
        let first = endpoint(&shop).handle(&keyed()).await.expect("added");
        let again = endpoint(&shop).handle(&keyed()).await.expect("found");
        assert_eq!((again.status(), again.body()), (201, first.body()));
        let other = add("a", "3").with_header("idempotency-key", "k-1");
        assert_eq!(outcome(&endpoint(&shop).handle(&other).await), (422, "idempotency_key_reused"));
        shop.clock.advance_seconds(86_400);
        assert_eq!(outcome(&endpoint(&shop).handle(&keyed()).await), (201, ""));
        assert_eq!(shop.lines(&user(1)).await, [("a".to_owned(), 2)]);
        shop.clock.advance_seconds(1);
        assert_eq!(outcome(&endpoint(&shop).handle(&keyed()).await), (201, ""));
        assert_eq!(shop.lines(&user(1)).await, [("a".to_owned(), 4)], "the key is forgotten after 24 hours");
    }

    #[tokio::test]
    async fn concurrent_requests_with_one_key_add_once() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 5).await;
        let (endpoint, request) = (endpoint(&shop), add("a", "2").with_header("idempotency-key", "k-1"));
        let outcomes = join_all((0..8).map(|_| endpoint.handle(&request))).await;
        assert!(outcomes.iter().all(|reply| outcome(reply) == (201, "")));
        assert_eq!(shop.lines(&user(1)).await, [("a".to_owned(), 2)]);
    }

    #[tokio::test]
    async fn concurrent_additions_are_all_applied() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 5).await;
        shop.product("b", 100, 5).await;
        let endpoint = endpoint(&shop);
        // As many as attempts of a save: each time one of them conflicts, another one is saved.
        let requests: Vec<_> = (0..8).map(|n| add(if n % 2 == 0 { "a" } else { "b" }, "3")).collect();
        let outcomes = join_all(requests.iter().map(|request| endpoint.handle(request))).await;
        assert!(outcomes.iter().all(|reply| outcome(reply) == (201, "")));
        let mut lines = shop.lines(&user(1)).await;
        lines.sort();
        assert_eq!(lines, [("a".to_owned(), 12), ("b".to_owned(), 12)]);
    }

    #[tokio::test]
    async fn a_cart_has_limits() {
        let shop = Fixture::start().await;
        for n in 0..MAX_LINES {
            shop.put_in_cart(&user(1), &format!("p{n}"), 1).await;
        }
        shop.product("a", 100, 5).await;
        shop.product("p0", 100, 5).await;
        assert_eq!(outcome(&endpoint(&shop).handle(&add("a", "1")).await), (409, "cart_full"));
        let too_many = MAX_QUANTITY.to_string();
        assert_eq!(outcome(&endpoint(&shop).handle(&add("p0", &too_many)).await), (409, "quantity_limit"));
        assert_eq!(shop.lines(&user(1)).await.len(), MAX_LINES);
    }

    #[tokio::test]
    async fn a_line_has_at_most_what_the_product_or_the_shop_allows_in_one_order() {
        let shop = Fixture::start().await;
        shop.product("a", 100, 50).await;
        save_product(&shop.context.products, Product { max_per_order: Some(2), ..product("b") }).await;
        save_product(&shop.context.products, Product { max_per_order: Some(5), ..product("c") }).await;
        let with_limit = |max_per_order| AddCartItem {
            context: CartContext { max_per_order, ..shop.context.clone() },
            random: shop.random.clone(),
        };
        let endpoint = with_limit(3);
        for (name, most) in [("a", 3), ("b", 2), ("c", 5)] {
            let all = add(name, &most.to_string()).with_header("idempotency-key", name);
            assert_eq!(outcome(&endpoint.handle(&all).await), (201, ""), "{name}");
            let problem = endpoint.handle(&add(name, "1")).await.expect_err("refused");
            assert_eq!((problem.status(), problem.code()), (409, "quantity_limit"), "{name}");
            assert_eq!(problem.member("max_per_order"), Some(most.to_string().as_str()), "{name}");
        }
        let lines = [("a", 3), ("b", 2), ("c", 5)].map(|(name, units)| (name.to_owned(), units));
        assert_eq!(shop.lines(&user(1)).await, lines);

        let again = add("a", "3").with_header("idempotency-key", "a");
        assert_eq!(outcome(&with_limit(1).handle(&again).await), (201, ""), "a retry adds nothing");
        assert_eq!(outcome(&with_limit(0).handle(&add("a", "40")).await), (201, ""), "0 is no limit");
    }
}
