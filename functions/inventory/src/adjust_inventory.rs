//! `POST /admin/inventory/{product_id}/adjustments`: adds received units or corrects the stock, with a reason.

use schemars::JsonSchema;
use souk_domain::permission::Permission;
use souk_domain::validation::FieldError;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::MAX_AVAILABLE;

use crate::inventory_context::{
    ChangeStockRequest, InventoryContext, KEY_ANSWER, KEY_STORED, MAX_REASON_CHARS, StockResponse,
};

/// The maximum change in either direction.
const MAX_DELTA: i64 = MAX_AVAILABLE as i64;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "adjust-inventory",
        "POST /admin/inventory/{product_id}/adjustments",
        Caller::Staff(Permission::StockWrite),
        Tag::StaffStock,
    )
    .summary("Adds units to the stock of a product, or removes some")
    .idempotency_key(KEY_ANSWER, KEY_STORED)
    .body::<AdjustInventoryRequest>(r#"{"delta": 24, "reason": "received"}"#)
    .answers::<StockResponse<'_>>(200, "The stock after the change.")
    .problem_with::<InsufficientStock>(409, "insufficient_stock", "More units would be removed than are in stock.")
    .problem_with::<StockLimitExceeded>(
        409,
        "stock_limit_exceeded",
        "There would be more units in stock than a product may have.",
    )
}

/// The request of `POST /admin/inventory/{product_id}/adjustments`.
#[derive(JsonSchema)]
pub struct AdjustInventoryRequest {
    /// Units to add. A negative number removes units.
    #[schemars(range(min = -MAX_DELTA, max = MAX_DELTA), extend("not" = {"const": 0}))]
    pub delta: i64,
    /// Why, for the history: `received`, `damaged`, …
    #[schemars(length(min = 1, max = MAX_REASON_CHARS))]
    pub reason: String,
}

/// Further members of `insufficient_stock`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct InsufficientStock {
    /// With `insufficient_stock`: the product.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<UnitsToRemove>>,
}

/// A product of which more units would be removed than are in stock.
#[derive(JsonSchema)]
pub struct UnitsToRemove {
    /// The id of the product.
    pub product_id: String,
    /// Units to remove.
    pub asked: u32,
    /// Units in stock.
    pub available: u32,
}

/// Further members of `stock_limit_exceeded`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct StockLimitExceeded {
    /// With `stock_limit_exceeded`: units in stock.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub available: Option<u32>,
}

/// Adds units to a product's stock, or removes some.
pub struct AdjustInventory(pub InventoryContext);

impl AdjustInventory {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(InventoryContext::from_dependencies(deps)?))
    }
}

impl Endpoint for AdjustInventory {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let stock_request = ChangeStockRequest::read(request)?;
        let mut fields = request.fields()?;
        let delta = fields.integer("delta", -MAX_DELTA..=MAX_DELTA);
        if delta == Some(0) {
            fields.refuse([FieldError::new("delta", "out_of_range", "must not be 0")]);
        }
        let reason = fields.text("reason", MAX_REASON_CHARS);
        let (delta, reason) = fields.finish((delta, reason))?;

        let entry = self.0.entry(&stock_request, reason).await?;
        let outcome = self.0.inventory.adjust(stock_request.product_id(), delta, &entry).await?;
        stock_request.response(outcome, delta.unsigned_abs(), &entry.reason)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn adjust(product_id: &str, body: &str) -> Request {
        let path = format!("/admin/inventory/{product_id}/adjustments");
        let request = Request::new("POST", &path).with_path("product_id", product_id).with_json(body);
        request.from_staff(user(9))
    }

    #[tokio::test]
    async fn units_are_added_and_removed_but_never_below_zero() {
        let shop = Fixture::start().await;
        shop.product("1399").await;
        let endpoint = AdjustInventory(shop.context());
        let reply = endpoint.handle(&adjust("1399", r#"{"delta": 5, "reason": "received"}"#)).await.expect("received");
        assert_eq!((reply.status(), reply.body()), (200, r#"{"product_id":"1399","available":5}"#));
        let audited = reply.audited().expect("for the audit log").json();
        assert_eq!(audited, (r#"{"available":0}"#, r#"{"available":5,"reason":"received"}"#));
        let reply = endpoint.handle(&adjust("1399", r#"{"delta": -2, "reason": "damaged"}"#)).await.expect("corrected");
        assert_eq!(reply.body(), r#"{"product_id":"1399","available":3}"#);

        let problem =
            endpoint.handle(&adjust("1399", r#"{"delta": -4, "reason": "lost"}"#)).await.expect_err("too few");
        assert_eq!((problem.status(), problem.code()), (409, "insufficient_stock"));
        assert_eq!(problem.member("items"), Some(r#"[{"asked":4,"available":3,"product_id":"1399"}]"#));
        let result = endpoint.handle(&adjust("1399", r#"{"delta": 1000000000, "reason": "received"}"#)).await;
        assert_eq!(outcome(&result), (409, "stock_limit_exceeded"));
        assert_eq!(shop.available("1399").await, 3);
    }

    #[tokio::test]
    async fn a_retry_with_its_key_counts_once() {
        let shop = Fixture::start().await;
        shop.product("1399").await;
        let endpoint = AdjustInventory(shop.context());
        let keyed = |body| adjust("1399", body).with_header("idempotency-key", "k1");
        for _ in 0..3 {
            let reply = endpoint.handle(&keyed(r#"{"delta": 5, "reason": "received"}"#)).await.expect("received");
            assert_eq!(reply.body(), r#"{"product_id":"1399","available":5}"#);
        }
        let result = endpoint.handle(&keyed(r#"{"delta": 6, "reason": "received"}"#)).await;
        assert_eq!(outcome(&result), (422, "idempotency_key_reused"));
        let unkeyed = adjust("1399", r#"{"delta": 5, "reason": "received"}"#);
        for available in [10, 15] {
            let reply = endpoint.handle(&unkeyed).await.expect("each counts");
            assert_eq!(reply.body_json()["available"], available);
        }
        // A retry gets the first response, even if stock has changed since.
        let reply = endpoint.handle(&keyed(r#"{"delta": 5, "reason": "received"}"#)).await.expect("found");
        assert_eq!(reply.audited().expect("for the audit log").json().0, r#"{"available":0}"#);
        assert_eq!(reply.body(), r#"{"product_id":"1399","available":5}"#);
        assert_eq!(shop.available("1399").await, 15);
    }

    #[tokio::test]
    async fn concurrent_adjustments_all_count_or_respond_503() {
        let shop = Fixture::start().await;
        shop.product("1399").await;
        let endpoint = AdjustInventory(shop.context());
        let request = adjust("1399", r#"{"delta": 1, "reason": "received"}"#);
        let results = join_all((0..10).map(|_| endpoint.handle(&request))).await;
        let done = results.iter().filter(|result| result.is_ok()).count();
        let refused = results.iter().filter(|result| outcome(result) == (503, "temporarily_unavailable")).count();
        assert_eq!((done + refused, u32::try_from(done).ok()), (10, Some(shop.available("1399").await)));
    }

    #[tokio::test]
    async fn all_bad_fields_are_named() {
        let shop = Fixture::start().await;
        shop.product("1399").await;
        let endpoint = AdjustInventory(shop.context());
        let problem = endpoint.handle(&adjust("1399", r#"{"delta": 0}"#)).await.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|e| (e.field.as_str(), e.code)).collect();
        assert_eq!(fields, [("delta", "out_of_range"), ("reason", "required")]);
        for bad in ["1000000001", "-1000000001", "1.0", "\"1\"", "10000000000000000000000"] {
            let result = endpoint.handle(&adjust("1399", &format!(r#"{{"delta": {bad}, "reason": "x"}}"#))).await;
            assert_eq!(outcome(&result), (422, "invalid_fields"), "{bad}");
        }
        let good = r#"{"delta": 1, "reason": "x"}"#;
        assert_eq!(outcome(&endpoint.handle(&adjust("unknown", good)).await), (404, "not_found"));
        let shopper = adjust("1399", good).from_user(user(1));
        assert_eq!(outcome(&endpoint.handle(&shopper).await), (403, "forbidden"));
    }
}
