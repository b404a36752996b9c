//! `PUT /admin/inventory/{product_id}`: sets the available units of a product to the counted number.

use schemars::JsonSchema;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::MAX_AVAILABLE;

use crate::inventory_context::{
    ChangeStockRequest, InventoryContext, KEY_ANSWER, KEY_STORED, MAX_REASON_CHARS, StockResponse,
};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "count-inventory",
        "PUT /admin/inventory/{product_id}",
        Caller::Staff(Permission::StockWrite),
        Tag::StaffStock,
    )
    .summary("Sets the stock of a product to the counted units")
    .description("Units that orders hold are not in stock, so they are not counted.")
    .idempotency_key(KEY_ANSWER, KEY_STORED)
    .body::<CountInventoryRequest>(r#"{"available": 120, "reason": "stocktaking"}"#)
    .answers::<StockResponse<'_>>(200, "The stock after the change.")
}

/// The request of `PUT /admin/inventory/{product_id}`.
#[derive(JsonSchema)]
pub struct CountInventoryRequest {
    /// The counted units.
    #[schemars(range(min = 0, max = MAX_AVAILABLE))]
    pub available: u32,
    /// Why, for the history. Without it: `counted`.
    #[schemars(length(min = 1, max = MAX_REASON_CHARS))]
    pub reason: Option<String>,
}

/// Sets a product's stock to a counted number.
pub struct CountInventory(pub InventoryContext);

impl CountInventory {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(InventoryContext::from_dependencies(deps)?))
    }
}

impl Endpoint for CountInventory {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let stock_request = ChangeStockRequest::read(request)?;
        let mut fields = request.fields()?;
        let available = fields.integer("available", 0..=i64::from(MAX_AVAILABLE));
        let reason = fields.optional_text("reason", MAX_REASON_CHARS);
        let (available, reason) = fields.finish((available, reason))?;

        let available = u32::try_from(available).map_err(Problem::internal)?;
        let entry = self.0.entry(&stock_request, reason.unwrap_or_else(|| "counted".to_owned())).await?;
        let outcome = self.0.inventory.count(stock_request.product_id(), available, &entry).await?;
        stock_request.response(outcome, u64::from(available), &entry.reason)
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::Fixture;

    fn count(product_id: &str, body: &str) -> Request {
        let request = Request::new("PUT", "/admin/inventory/x").with_path("product_id", product_id).with_json(body);
        request.from_staff(user(9))
    }

    #[tokio::test]
    async fn the_count_becomes_what_was_counted() {
        let shop = Fixture::start().await;
        shop.product("1399").await;
        let endpoint = CountInventory(shop.context());
        for (before, available) in [(0, 7), (7, 1_000_000_000), (1_000_000_000, 0)] {
            let reply = endpoint.handle(&count("1399", &format!(r#"{{"available": {available}}}"#))).await;
            let expected = format!(r#"{{"product_id":"1399","available":{available}}}"#);
            let reply = reply.expect("counted");
            assert_eq!(reply.body(), expected);
            let audited = reply.audited().expect("for the audit log").json();
            let expected = format!(r#"{{"available":{available},"reason":"counted"}}"#);
            assert_eq!(audited, (format!(r#"{{"available":{before}}}"#).as_str(), expected.as_str()));
            assert_eq!(shop.available("1399").await, available);
        }
    }

    #[tokio::test]
    async fn an_invalid_request_is_rejected_and_changes_nothing() {
        let shop = Fixture::start().await;
        shop.product("1399").await;
        let endpoint = CountInventory(shop.context());
        let answer = async |request: &Request| {
            endpoint
                .handle(request)
                .await
                .map(|reply| reply.status())
                .map_err(|problem| (problem.status(), problem.code()))
        };
        let good = r#"{"available": 7}"#;
        for bad in [r#"{"available": -1}"#, r#"{"available": 1000000001}"#, r#"{"available": 1.5}"#, "{}"] {
            assert_eq!(answer(&count("1399", bad)).await, Err((422, "invalid_fields")), "{bad}");
        }
        assert_eq!(answer(&count("1399", "{")).await, Err((400, "malformed_json")));
        assert_eq!(answer(&count("unknown", good)).await, Err((404, "not_found")));
        assert_eq!(answer(&count("no id", good)).await, Err((404, "not_found")));
        let shopper = count("1399", good).from_user(user(1));
        assert_eq!(answer(&shopper).await, Err((403, "forbidden")));
        let anonymous = Request::new("PUT", "/").with_path("product_id", "1399").with_json(good);
        assert_eq!(answer(&anonymous).await, Err((401, "token_required")));
        assert_eq!(shop.available("1399").await, 0);
    }
}
