//! `GET /admin/returns?status=requested&cursor=&limit=`: open returns, which staff have to accept or reject, oldest
//! order first. An order shows all its returns.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::cursor::ListId;
use souk_domain::ids::OrderId;
use souk_domain::order::{Order, ReturnStatus};
use souk_domain::permission::Permission;
use souk_domain::validation::Invalid;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{self, Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::{Orders, StaffOrderList};

use crate::view::ReturnView;

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;
/// A page ends after the order with which its returns exceed this size. The returns of one order have at most 64 KB (as they
/// are stored), so an answer stays below the 6 MB of a Lambda function.
const MAX_PAGE_BYTES: usize = 2 * 1024 * 1024;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("list-returns", "GET /admin/returns", Caller::Staff(Permission::OrdersRead), Tag::StaffOrders)
        .summary("Lists the returns that staff have to accept or reject, oldest order first")
        .query(
            "status",
            contract::one_of(&[ReturnStatus::Requested.as_str()]),
            "Only `requested` is valid. `GET /admin/orders/{order_id}` shows decided returns.",
        )
        .query("cursor", contract::cursor(), "`next_cursor` of the page before. Without it: the first page.")
        .query(
            "limit",
            contract::page_limit(MAX_LIMIT, DEFAULT_LIMIT),
            "The maximum number of orders on a page. Each may have several returns.",
        )
        .answers::<ListReturnsResponse<'_>>(200, "A page of returns.")
}

/// Lists the open returns.
pub struct ListReturns {
    /// The orders table.
    pub orders: Orders,
}

impl ListReturns {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { orders: deps.orders()? })
    }
}

/// The value of `status`. Only requested returns can be listed.
struct RequestedStatus;

impl FromStr for RequestedStatus {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let expected = "must be \"requested\"; returns that are decided are shown in their order";
        if raw == ReturnStatus::Requested.as_str() { Ok(Self) } else { Err(Invalid::new("unknown_value", expected)) }
    }
}

/// A page of open returns.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReturnList")]
struct ListReturnsResponse<'a> {
    /// Those of the oldest order first.
    returns: Vec<OpenReturn<'a>>,
    /// The cursor of the next page; null on the last page. A page may have no returns although more follow.
    next_cursor: Option<String>,
}

/// A return that staff have to decide about, with its order.
#[derive(Serialize, JsonSchema)]
struct OpenReturn<'a> {
    /// The order.
    order_id: &'a str,
    /// The account that placed the order.
    user_id: &'a str,
    /// ISO 4217.
    currency: &'a str,
    #[serde(flatten)]
    listed: ReturnView<'a>,
}

impl Endpoint for ListReturns {
    /// The limit counts orders. Each may have several open returns.
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::OrdersRead)?;
        let mut query = request.query();
        let status = query.optional_parsed::<RequestedStatus>("status");
        let list = ListId::new(["returns", ReturnStatus::Requested.as_str()]);
        let after = query.optional_cursor::<OrderId>(Some(list));
        let limit = query.optional_integer("limit", 1..=MAX_LIMIT);
        let (_, after, limit) = query.finish((status, after, limit))?;

        let limit = usize::try_from(limit.unwrap_or(DEFAULT_LIMIT)).map_err(Problem::internal)?;
        let page = self.orders.list_for_staff(StaffOrderList::OpenReturns, false, after.as_ref(), limit).await?;
        let shown = shown_orders(&page.orders)?;
        let next = if shown < page.orders.len() {
            page.orders.get(shown.saturating_sub(1)).map(|order| order.order_id.clone())
        } else {
            page.next
        };
        let returns = page.orders.iter().take(shown).flat_map(open_returns).collect();
        Ok(Reply::ok(&ListReturnsResponse { returns, next_cursor: next.map(|order_id| list.cursor(&order_id)) }))
    }
}

/// How many orders fill a page: up to and including the one with which it exceeds [`MAX_PAGE_BYTES`].
fn shown_orders(orders: &[Order]) -> Result<usize, Problem> {
    let mut bytes = 0;
    for (place, order) in orders.iter().enumerate() {
        for entry in open_returns(order) {
            bytes += serde_json::to_vec(&entry).map_err(Problem::internal)?.len();
        }
        if bytes > MAX_PAGE_BYTES {
            return Ok(place + 1);
        }
    }
    Ok(orders.len())
}

fn open_returns(order: &Order) -> impl Iterator<Item = OpenReturn<'_>> {
    let open = order.returns.iter().enumerate().filter(|(_, entry)| entry.status == ReturnStatus::Requested);
    open.filter_map(|(index, _)| {
        let (order_id, user_id) = (order.order_id.as_str(), order.user_id.as_str());
        Some(OpenReturn {
            order_id,
            user_id,
            currency: order.currency.code(),
            listed: ReturnView::listed(order, index)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use souk_domain::idempotency::IdempotencyKey;
    use souk_domain::order::{Event, ReturnItem};
    use souk_domain::quantity::Quantity;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome, sku};

    /// What a Lambda function may answer, in bytes.
    const MAX_ANSWER_BYTES: usize = 6 * 1_000_000;
    const _: () = assert!(MAX_PAGE_BYTES + MAX_ORDER_BYTES < MAX_ANSWER_BYTES);
    /// More than the returns of one order have in an answer. Quotes take twice the bytes that are bounded.
    const MAX_ORDER_BYTES: usize = 128 * 1_024;

    fn list() -> Request {
        Request::new("GET", "/admin/returns").from_staff(user(9))
    }

    #[tokio::test]
    async fn returns_are_listed_until_they_are_decided() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let order_id = shop.delivered_order(&user(1), "a", 3).await;
        for key in ["k", "l"] {
            let quantity = Quantity::new(1).expect("one");
            let items = vec![ReturnItem { product_id: sku("a"), quantity, reason: "too small".to_owned() }];
            let request = IdempotencyKey { key: key.to_owned(), fingerprint: String::new() };
            shop.apply(&user(1), &order_id, Event::ReturnRequested { items, request }).await;
        }
        let endpoint = ListReturns { orders: shop.orders.clone() };
        let page = async || endpoint.handle(&list().with_query("status", "requested")).await.expect("listed");
        let listed = page().await;
        assert!(listed.body().starts_with(&format!(
            r#"{{"returns":[{{"order_id":"{order_id}","user_id":"{}","currency":"USD","return_id":"1","status":"requested","#,
            user(1)
        )));
        assert_eq!(listed.body_json()["returns"].as_array().map(Vec::len), Some(2));
        shop.apply(&user(1), &order_id, Event::ReturnRejected { index: 0, reason: None }).await;
        let left = page().await.body_json();
        assert_eq!((left["returns"][0]["return_id"].as_str(), left["next_cursor"].is_null()), (Some("2"), true));
        shop.apply(&user(1), &order_id, Event::ReturnRejected { index: 1, reason: None }).await;
        assert_eq!(page().await.body(), r#"{"returns":[],"next_cursor":null}"#);
    }

    #[tokio::test]
    async fn pages_of_the_largest_returns_end_before_an_answer_is_too_large() {
        const ORDERS: usize = 30;
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let order_id = shop.delivered_order(&user(1), "a", 1).await;
        let delivered = shop.order(&user(1), &order_id).await;
        let mut expected = 0;
        for number in 1..=ORDERS {
            expected += shop.largest_order(&delivered, &user(2), number).await.returns.len();
        }
        let endpoint = ListReturns { orders: shop.orders.clone() };
        let (mut seen, mut pages, mut cursor) = (Vec::new(), 0, String::new());
        loop {
            let request = list().with_query("limit", "100").with_query("cursor", &cursor);
            let page = endpoint.handle(&request).await.expect("listed");
            let bytes = page.body().len();
            assert!(bytes < MAX_PAGE_BYTES + MAX_ORDER_BYTES, "{bytes} bytes");
            pages += 1;
            let body = page.body_json();
            let text = |entry: &serde_json::Value, name: &str| entry[name].as_str().expect("a text").to_owned();
            let returns = body["returns"].as_array().expect("a list");
            seen.extend(returns.iter().map(|entry| (text(entry, "order_id"), text(entry, "return_id"))));
            let Some(next) = body["next_cursor"].as_str() else { break };
            next.clone_into(&mut cursor);
        }
        assert!(pages > 1, "{ORDERS} orders were on one page");
        assert_eq!(seen.len(), expected, "each return is on a page");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), expected, "no return is on two pages");
    }

    #[tokio::test]
    async fn a_long_reason_is_cut_in_the_list() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let order_id = shop.delivered_order(&user(1), "a", 3).await;
        // Four bytes a character: the cut counts characters.
        let (long, short) = ("\u{1f4a5}".repeat(100) + "x", "\u{1f4a5}".repeat(100));
        for (key, reason) in [("k", &long), ("l", &short)] {
            let quantity = Quantity::new(1).expect("one");
            let items = vec![ReturnItem { product_id: sku("a"), quantity, reason: reason.clone() }];
            let request = IdempotencyKey { key: key.to_owned(), fingerprint: String::new() };
            shop.apply(&user(1), &order_id, Event::ReturnRequested { items, request }).await;
        }
        let endpoint = ListReturns { orders: shop.orders.clone() };
        let body = endpoint.handle(&list()).await.expect("listed").body_json();
        let (first, second) = (&body["returns"][0]["items"][0], &body["returns"][1]["items"][0]);
        assert_eq!((first["reason"].as_str(), first["reason_cut"].as_bool()), (Some(&*short), Some(true)));
        assert_eq!((second["reason"].as_str(), second.get("reason_cut")), (Some(&*short), None));
        let stored = shop.order(&user(1), &order_id).await;
        let whole = serde_json::to_value(ReturnView::of(&stored, 0)).expect("JSON");
        assert_eq!((whole["items"][0]["reason"].as_str(), whole["items"][0].get("reason_cut")), (Some(&*long), None));
    }

    #[tokio::test]
    async fn there_is_one_list_and_it_is_for_staff() {
        let shop = Fixture::start().await;
        let endpoint = ListReturns { orders: shop.orders.clone() };
        assert_eq!(outcome(&endpoint.handle(&list()).await), (200, ""));
        let accepted = list().with_query("status", "accepted");
        assert_eq!(outcome(&endpoint.handle(&accepted).await), (422, "invalid_fields"));
        assert_eq!(outcome(&endpoint.handle(&list().from_user(user(1))).await), (403, "forbidden"));
    }
}
