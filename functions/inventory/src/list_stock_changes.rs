//! `GET /admin/inventory/{product_id}/history?cursor=&limit=`: the changes of a product's stock, newest first. Each
//! names its cause: an order and its owner, or a member of staff and the reason.

use std::collections::HashMap;

use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::Value;
use souk_domain::cursor::ListId;
use souk_domain::ids::ProductId;
use souk_domain::permission::Permission;
use souk_domain::stock::Cause;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag, cursor, page_limit};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::{HistoryEntry, HistoryPosition, Inventory, LedgerEntry};

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "list-stock-changes",
        "GET /admin/inventory/{product_id}/history",
        Caller::Staff(Permission::StockRead),
        Tag::StaffStock,
    )
    .summary("Lists the changes of the stock of a product, newest first")
    .description(
        "A change is listed a moment after it was made. A deleted product keeps its history; that of a product \
             without changes is empty.",
    )
    .query("cursor", cursor(), "`next_cursor` of the page before. Without it: the first page.")
    .query("limit", page_limit(MAX_LIMIT, DEFAULT_LIMIT), "The maximum number of changes on a page.")
    .answers::<ListStockChangesResponse<'_>>(200, "A page of changes.")
}

/// Lists the changes of a product's stock.
pub struct ListStockChanges {
    /// The inventory table, with the history.
    pub inventory: Inventory,
}

impl ListStockChanges {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { inventory: deps.inventory()? })
    }
}

/// A page of changes of the stock of a product.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StockChangeList")]
struct ListStockChangesResponse<'a> {
    /// Newest first.
    changes: Vec<ChangeView<'a>>,
    /// The cursor of the next page; null on the last page.
    next_cursor: Option<String>,
}

/// A change of one shard of the stock of a product.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StockChange")]
struct ChangeView<'a> {
    /// When it changed.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// The shard that changed: the stock of a popular product is spread over several.
    shard: &'a str,
    /// Units of the shard before the change.
    before: u32,
    /// Units of the shard after the change.
    after: u32,
    /// `after` less `before`.
    delta: i64,
    /// Null if the writer set no cause.
    cause: Option<CauseView<'a>>,
}

/// Why the stock changed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StockChangeCause", transform = describe_kind)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum CauseView<'a> {
    /// An order held units or returned them.
    Order {
        /// The order.
        order_id: &'a str,
        /// The account of the order.
        user_id: &'a str,
        /// The order's version after the step.
        order_version: u64,
    },
    /// Staff changed the stock.
    Staff {
        /// The id of the change. One change may change several shards.
        entry_id: &'a str,
        /// The account that made it. Null for an import by upload.
        changed_by: Option<&'a str>,
        /// The reason that was given.
        reason: Option<&'a str>,
    },
}

/// The member that tells the causes apart is no member of the enum, so no doc comment describes it.
fn describe_kind(schema: &mut Schema) {
    for cause in schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
        cause["properties"]["kind"]["description"] = "What changed the stock: an order or staff.".into();
    }
}

impl Endpoint for ListStockChanges {
    /// A deleted product keeps its history.
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::StockRead)?;
        let product_id: ProductId = request.path_id("product_id", "product")?;
        let mut query = request.query();
        let list = ListId::new(["stock-changes", product_id.as_str()]);
        let after = query.optional_cursor::<HistoryPosition>(Some(list));
        let limit = query.optional_integer("limit", 1..=MAX_LIMIT);
        let (after, limit) = query.finish((after, limit))?;

        let limit = i32::try_from(limit.unwrap_or(DEFAULT_LIMIT)).map_err(Problem::internal)?;
        let page = self.inventory.history(&product_id, after.as_ref(), limit).await?;
        let entry_ids = page.changes.iter().filter_map(|change| match &change.cause {
            Some(Cause::Entry { entry_id, .. }) => Some(entry_id.as_str()),
            Some(Cause::Order { .. }) | None => None,
        });
        let entries = self.inventory.ledger_entries(&product_id, entry_ids).await?;
        let changes = page.changes.iter().map(|change| view(change, &entries)).collect();
        let next_cursor = page.next.map(|position| list.cursor(&position));
        Ok(Reply::ok(&ListStockChangesResponse { changes, next_cursor }))
    }
}

fn view<'a>(change: &'a HistoryEntry, entries: &'a HashMap<String, LedgerEntry>) -> ChangeView<'a> {
    let cause = change.cause.as_ref().map(|cause| match cause {
        Cause::Order { order_id, user_id, version } => {
            CauseView::Order { order_id: order_id.as_str(), user_id: user_id.as_str(), order_version: *version }
        }
        Cause::Entry { entry_id, .. } => {
            let entry = entries.get(entry_id);
            CauseView::Staff {
                entry_id,
                changed_by: entry.and_then(|entry| Some(entry.changed_by.as_ref()?.as_str())),
                reason: entry.map(|entry| entry.reason.as_str()),
            }
        }
    });
    ChangeView {
        at: change.at.to_rfc3339(),
        shard: change.of_shard.as_str(),
        before: change.before,
        after: change.after,
        delta: i64::from(change.after) - i64::from(change.before),
        cause,
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn ask(query: &[(&str, &str)]) -> Request {
        let request = Request::new("GET", "/admin/inventory/1399/history").with_path("product_id", "1399");
        let request = request.from_staff(user(9));
        query.iter().fold(request, |request, (name, value)| request.with_query(name, value))
    }

    #[tokio::test]
    async fn changes_are_newest_first_page_by_page_with_their_causes() {
        let shop = Fixture::start().await;
        shop.count("1399", 5).await;
        shop.run_watch_stock("1399").await;
        let order = "0190a5a0-0000-7000-8000-000000000007";
        let (order_id, user_id) = (order.parse().expect("an id"), order.parse().expect("an id"));
        shop.set_available("1399", 3, Some(Cause::Order { order_id, user_id, version: 1 })).await;
        shop.run_watch_stock("1399").await;
        shop.set_available("1399", 9, None).await;
        shop.run_watch_stock("1399").await;

        let endpoint = ListStockChanges { inventory: shop.inventory.clone() };
        let page = endpoint.handle(&ask(&[("limit", "2")])).await.expect("listed").body_json();
        let expected = serde_json::json!([
            {"at": "2026-11-24T06:57:00.000Z", "shard": "local#0", "before": 3, "after": 9, "delta": 6, "cause": null},
            {"at": "2026-11-24T06:57:00.000Z", "shard": "local#0", "before": 5, "after": 3, "delta": -2,
                "cause": {"kind": "order", "order_id": order, "user_id": order, "order_version": 1}},
        ]);
        assert_eq!(page["changes"], expected);
        let cursor = page["next_cursor"].as_str().expect("more");
        let of_another = Request::new("GET", "/").with_path("product_id", "1400").with_query("cursor", cursor);
        let refused = endpoint.handle(&of_another.from_staff(user(9))).await;
        assert_eq!(outcome(&refused), (422, "invalid_fields"));
        let page = endpoint.handle(&ask(&[("limit", "2"), ("cursor", cursor)])).await.expect("listed").body_json();
        let cause = &page["changes"][0]["cause"];
        assert_eq!((cause["kind"].as_str(), cause["reason"].as_str()), (Some("staff"), Some("counted")));
        assert_eq!(cause["changed_by"].as_str(), Some(user(9).as_str()));
        assert_eq!((page["changes"].as_array().map(Vec::len), page["next_cursor"].as_str()), (Some(1), None));
    }

    #[tokio::test]
    async fn invalid_requests_are_rejected() {
        let shop = Fixture::start().await;
        let endpoint = ListStockChanges { inventory: shop.inventory.clone() };
        let problem = endpoint.handle(&ask(&[("limit", "0"), ("cursor", "~h#")])).await.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|e| e.field.as_str()).collect();
        assert_eq!((problem.status(), fields), (422, vec!["cursor", "limit"]));
        assert_eq!(outcome(&endpoint.handle(&ask(&[]).from_user(user(1))).await), (403, "forbidden"));
        let anonymous = Request::new("GET", "/").with_path("product_id", "1399");
        assert_eq!(outcome(&endpoint.handle(&anonymous).await), (401, "token_required"));
        let reply = endpoint.handle(&ask(&[])).await.expect("nothing happened yet");
        assert_eq!(reply.body(), r#"{"changes":[],"next_cursor":null}"#);
    }
}
