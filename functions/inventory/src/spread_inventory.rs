//! `PUT /admin/inventory/{product_id}/shards`: changes the number of shards of a product's stock: more for a flash
//! sale, fewer afterwards. Checkouts continue meanwhile.
//!
//! Idempotent: a repeated request continues where an interrupted one stopped.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::ids::ProductId;
use souk_domain::permission::Permission;
use souk_domain::stock::MAX_SHARDS;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::{LedgerEntry, SpreadOutcome, StockSpread, StoreError};

use crate::InventoryContext;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "spread-inventory",
        "PUT /admin/inventory/{product_id}/shards",
        Caller::Staff(Permission::StockWrite),
        Tag::StaffStock,
    )
    .summary("Spreads the stock of a product over a number of shards")
    .description(
        "More shards let more orders of one product be placed at the same time: spread it before a flash sale, and \
             reduce the shards afterwards. Orders can be placed meanwhile.",
    )
    .repeated("Nothing changes, or the work continues where the first request stopped.")
    .body::<SpreadInventoryRequest>(r#"{"shards": 16}"#)
    .answers::<SpreadInventoryResponse<'_>>(200, "The stock is spread over the shards.")
    .problem(503, "busy", "Concurrent orders, or another request for this product, prevented it: send it again.")
}

/// The request of `PUT /admin/inventory/{product_id}/shards`.
#[derive(JsonSchema)]
pub struct SpreadInventoryRequest {
    /// The new number of shards.
    #[schemars(range(min = 1, max = MAX_SHARDS))]
    pub shards: u32,
}

/// Changes the number of shards of a product's stock.
pub struct SpreadInventory(pub InventoryContext);

impl SpreadInventory {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(InventoryContext::from_dependencies(deps)?))
    }
}

/// The stock of a product after it was spread.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SpreadStock")]
struct SpreadInventoryResponse<'a> {
    /// The id of the product.
    product_id: &'a str,
    /// The number of shards.
    shards: u32,
    /// Units in stock over all shards when they were last read.
    available: u32,
}

/// The number of shards before or after, for the audit log.
#[derive(Serialize)]
struct AuditedSpread {
    shards: u32,
}

impl Endpoint for SpreadInventory {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let staff = request.staff(Permission::StockWrite)?.user_id.clone();
        let product_id: ProductId = request.path_id("product_id", "product")?;
        let mut fields = request.fields()?;
        let shards = fields.integer("shards", 1..=i64::from(MAX_SHARDS));
        let (shards,) = fields.finish((shards,))?;

        let shards = u32::try_from(shards).map_err(Problem::internal)?;
        let InventoryContext { inventory, products, clock, random } = &self.0;
        // Without an idempotency key: a repeated request has to continue the work, not return an earlier response.
        let entry = LedgerEntry::new(format!("spread over {shards} shards"), staff, clock.now(), None, &**random);
        let before =
            products.get_many([&product_id], true).await?.remove(&product_id).map(|product| product.stock_shards);
        let spread = StockSpread { inventory: inventory.clone(), products: products.clone() };
        match spread.spread(&product_id, shards, &entry).await {
            Ok(SpreadOutcome::Spread { available }) => {
                let reply = Reply::ok(&SpreadInventoryResponse { product_id: product_id.as_str(), shards, available });
                Ok(reply.audit(&before.map(|shards| AuditedSpread { shards }), &AuditedSpread { shards }))
            }
            Ok(SpreadOutcome::ProductNotFound) => Err(Problem::not_found("product")),
            Err(StoreError::Conflict) => Err(Problem::unavailable("busy", "concurrent checkouts prevented the change")),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn spread(product_id: &str, body: &str) -> Request {
        let request = Request::new("PUT", "/admin/inventory/x/shards").with_path("product_id", product_id);
        request.with_json(body).from_staff(user(9))
    }

    #[tokio::test]
    async fn the_number_of_shards_changes_without_losing_a_unit() {
        let shop = Fixture::start().await;
        shop.product("hot").await;
        shop.count("hot", 100).await;
        let endpoint = SpreadInventory(shop.context());
        let mut seen = 1;
        for (shards, levels) in [(4, vec![25; 4]), (3, vec![34, 33, 33]), (1, vec![100])] {
            for _ in 0..2 {
                let reply =
                    endpoint.handle(&spread("hot", &format!(r#"{{"shards": {shards}}}"#))).await.expect("spread");
                assert_eq!(reply.body(), format!(r#"{{"product_id":"hot","shards":{shards},"available":100}}"#));
                let audited = [seen, shards].map(|shards| format!(r#"{{"shards":{shards}}}"#));
                let [before, after] = &audited;
                assert_eq!(reply.audited().expect("for the audit log").json(), (before.as_str(), after.as_str()));
                seen = shards;
            }
            let counts = shop.inventory.counts(&"hot".parse().expect("id")).await.expect("counts");
            assert_eq!(counts.iter().map(|count| count.available).collect::<Vec<_>>(), levels);
            assert_eq!(shop.stock_shards("hot").await, shards);
        }
    }

    #[tokio::test]
    async fn a_product_that_was_never_counted_can_be_spread_and_is_filled_evenly() {
        let shop = Fixture::start().await;
        shop.product("new").await;
        let endpoint = SpreadInventory(shop.context());
        let reply = endpoint.handle(&spread("new", r#"{"shards": 3}"#)).await.expect("spread");
        assert_eq!(reply.body(), r#"{"product_id":"new","shards":3,"available":0}"#);
        shop.count("new", 8).await;
        let counts = shop.inventory.counts(&"new".parse().expect("id")).await.expect("counts");
        assert_eq!(counts.iter().map(|count| count.available).collect::<Vec<_>>(), [3, 3, 2]);
    }

    #[tokio::test]
    async fn concurrent_contradictory_calls_leave_a_consistent_state() {
        let shop = Fixture::start().await;
        shop.product("hot").await;
        shop.count("hot", 1_000).await;
        let endpoint = SpreadInventory(shop.context());
        let requests = [16, 1, 64, 3, 16, 1].map(|shards| spread("hot", &format!(r#"{{"shards": {shards}}}"#)));
        for result in join_all(requests.iter().map(|request| endpoint.handle(request))).await {
            assert!(matches!(outcome(&result), (200, "") | (503, "busy")), "{result:?}");
        }
        assert_eq!(shop.available("hot").await, 1_000);
        let reply = endpoint.handle(&spread("hot", r#"{"shards": 5}"#)).await.expect("spread");
        assert_eq!(reply.body(), r#"{"product_id":"hot","shards":5,"available":1000}"#);
        let counts = shop.inventory.counts(&"hot".parse().expect("id")).await.expect("counts");
        assert_eq!((counts.len(), shop.stock_shards("hot").await), (5, 5));
    }

    #[tokio::test]
    async fn invalid_requests_are_rejected() {
        let shop = Fixture::start().await;
        shop.product("hot").await;
        let endpoint = SpreadInventory(shop.context());
        for bad in [r#"{"shards": 0}"#, r#"{"shards": 65}"#, r#"{"shards": 1.5}"#, r#"{"shards": "4"}"#, "{}"] {
            assert_eq!(outcome(&endpoint.handle(&spread("hot", bad)).await), (422, "invalid_fields"), "{bad}");
        }
        let good = r#"{"shards": 4}"#;
        assert_eq!(outcome(&endpoint.handle(&spread("unknown", good)).await), (404, "not_found"));
        assert_eq!(outcome(&endpoint.handle(&spread("no id", good)).await), (404, "not_found"));
        let shopper = spread("hot", good).from_user(user(1));
        assert_eq!(outcome(&endpoint.handle(&shopper).await), (403, "forbidden"));
        let anonymous = Request::new("PUT", "/").with_path("product_id", "hot").with_json(good);
        assert_eq!(outcome(&endpoint.handle(&anonymous).await), (401, "token_required"));
    }
}
