//! `GET /orders?cursor=&limit=`: the shopper's orders, newest first.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::cursor::ListId;
use souk_domain::ids::OrderId;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{self, Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::ShopperOrders;

use crate::view::{self, OrderSummary, Viewer};

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("list-orders", "GET /orders", Caller::Guest, Tag::Orders)
        .summary("Lists the shopper's orders, newest first")
        .description("An account's list has the orders that it placed as a guest before its address was verified.")
        .query("cursor", contract::cursor(), "`next_cursor` of the page before. Without it: the first page.")
        .query("limit", contract::page_limit(MAX_LIMIT, DEFAULT_LIMIT), "The maximum number of orders on a page.")
        .answers::<ListOrdersResponse<'_>>(200, "A page of orders.")
}

/// Lists the orders of the shopper.
pub struct ListOrders {
    /// The orders of callers.
    pub orders: ShopperOrders,
}

impl ListOrders {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { orders: deps.shopper_orders()? })
    }
}

/// A page of orders.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OrderList")]
struct ListOrdersResponse<'a> {
    /// Newest first.
    orders: Vec<OrderSummary<'a>>,
    /// The cursor of the next page; null on the last page.
    next_cursor: Option<String>,
}

impl Endpoint for ListOrders {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.user()?;
        let mut query = request.query();
        let list = ListId::new(["orders", caller.user_id.as_str()]);
        let after = query.optional_cursor::<OrderId>(Some(list));
        let limit = query.optional_integer("limit", 1..=MAX_LIMIT);
        let (after, limit) = query.finish((after, limit))?;

        let limit = i32::try_from(limit.unwrap_or(DEFAULT_LIMIT)).map_err(Problem::internal)?;
        let page = self.orders.list(&caller.user_id, caller.kind, after.as_ref(), limit).await?;
        let orders = page.orders.iter().map(|order| view::summary(order, Viewer::Shopper)).collect();
        Ok(Reply::ok(&ListOrdersResponse { orders, next_cursor: page.next.map(|order_id| list.cursor(&order_id)) }))
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};
    use crate::get_order::GetOrder;

    #[tokio::test]
    async fn history_is_newest_first_page_by_page() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            shop.put_in_cart(&user(1), "a", 2).await;
            shop.clock.advance_seconds(1);
            ids.insert(0, shop.place(&user(1)).await.to_string());
        }
        let endpoint = ListOrders { orders: shop.shopper_orders() };
        let list = || Request::new("GET", "/orders").from_user(user(1));
        let first = endpoint.handle(&list().with_query("limit", "2")).await.expect("listed").body_json();
        assert_eq!(
            (first["orders"][0]["order_id"].as_str(), first["orders"][1]["order_id"].as_str()),
            (Some(&*ids[0]), Some(&*ids[1]))
        );
        let cursor = first["next_cursor"].as_str().expect("more");
        let rest =
            endpoint.handle(&list().with_query("limit", "2").with_query("cursor", cursor)).await.expect("listed");
        assert_eq!(rest.body_json()["orders"][0]["order_id"].as_str(), Some(&*ids[2]));
        assert!(rest.body().contains(r#""total_amount":2.00"#) && rest.body().contains(r#""next_cursor":null"#));

        assert_eq!(outcome(&endpoint.handle(&list().with_query("limit", "0")).await), (422, "invalid_fields"));
        assert_eq!(outcome(&endpoint.handle(&list().with_query("cursor", "x")).await), (422, "invalid_fields"));
        let of_another = list().with_query("cursor", cursor).from_user(user(2));
        assert_eq!(outcome(&endpoint.handle(&of_another).await), (422, "invalid_fields"));
        assert_eq!(outcome(&endpoint.handle(&Request::new("GET", "/orders")).await), (401, "token_required"));
        shop.assert_reconciled().await;
    }

    /// A query ends after 1 MB of stored orders, whatever the limit.
    #[tokio::test]
    async fn each_of_the_largest_orders_is_on_one_page() {
        const ORDERS: usize = 15;
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let order_id = shop.delivered_order(&user(1), "a", 1).await;
        let delivered = shop.order(&user(1), &order_id).await;
        let mut stored = Vec::new();
        for number in 1..=ORDERS {
            stored.insert(0, shop.largest_order(&delivered, &user(2), number).await.order_id.to_string());
        }
        let endpoint = ListOrders { orders: shop.shopper_orders() };
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let list = Request::new("GET", "/orders").from_user(user(2)).with_query("limit", "100");
            let page = endpoint.handle(&list.with_query("cursor", &cursor)).await.expect("listed");
            assert!(page.body().len() < ORDERS * 500, "{} bytes", page.body().len());
            let body = page.body_json();
            let orders = body["orders"].as_array().expect("a list");
            seen.extend(orders.iter().map(|order| order["order_id"].as_str().expect("an id").to_owned()));
            let Some(next) = body["next_cursor"].as_str() else { break };
            next.clone_into(&mut cursor);
        }
        assert_eq!(seen, stored);
    }

    /// The account of shopper 1 and its guests 2 and 3. Shopper 4 is another person.
    #[tokio::test]
    async fn orders_of_its_guests_belong_to_an_account() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let mut ids = Vec::new();
        for shopper in [1, 2, 4, 3, 2, 1, 3] {
            shop.put_in_cart(&user(shopper), "a", 2).await;
            shop.clock.advance_seconds(1);
            ids.insert(0, (shopper, shop.place(&user(shopper)).await));
        }
        let endpoint = ListOrders { orders: shop.shopper_orders() };
        let list = async |request: Request| {
            let (mut seen, mut cursor) = (Vec::new(), None::<String>);
            loop {
                let request =
                    request.clone().with_query("limit", "2").with_query("cursor", cursor.as_deref().unwrap_or(""));
                let page = endpoint.handle(&request).await.expect("listed").body_json();
                let orders = page["orders"].as_array().expect("a list");
                seen.extend(orders.iter().map(|order| order["order_id"].as_str().expect("an id").to_owned()));
                cursor = page["next_cursor"].as_str().map(str::to_owned);
                if cursor.is_none() {
                    return seen;
                }
            }
        };
        let of = |owners: &[u32]| -> Vec<String> {
            ids.iter().filter(|(owner, _)| owners.contains(owner)).map(|(_, id)| id.to_string()).collect()
        };
        let request = || Request::new("GET", "/orders");
        assert_eq!(list(request().from_user(user(1))).await, of(&[1]), "no guest is linked yet");
        shop.account(&user(1), "ann@example.com", &[user(2), user(3)]).await;
        assert_eq!(list(request().from_user(user(1))).await, of(&[1, 2, 3]));
        assert_eq!(list(request().from_guest(user(1))).await, of(&[1]), "a session of before the address was verified");
        assert_eq!(list(request().from_guest(user(2))).await, of(&[2]));
        assert_eq!(list(request().from_user(user(4))).await, of(&[4]));

        let get = GetOrder { orders: shop.shopper_orders() };
        for (owner, order_id) in &ids {
            let of_order = || Request::new("GET", "/orders/x").with_path("order_id", order_id.as_str());
            let expected = if *owner == 4 { (404, "not_found") } else { (200, "") };
            assert_eq!(outcome(&get.handle(&of_order().from_user(user(1))).await), expected);
            let as_guest = if *owner == 1 { (200, "") } else { (404, "not_found") };
            assert_eq!(outcome(&get.handle(&of_order().from_guest(user(1))).await), as_guest);
        }
    }

    #[tokio::test]
    async fn one_order_is_shown_to_its_owner_only() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        shop.put_in_cart(&user(1), "a", 2).await;
        let order_id = shop.place(&user(1)).await;
        let endpoint = GetOrder { orders: shop.shopper_orders() };
        let get = |shopper| {
            let request = Request::new("GET", "/orders/x").with_path("order_id", order_id.as_str());
            request.from_user(user(shopper))
        };
        let reply = endpoint.handle(&get(1)).await.expect("found");
        let line = r#""lines":[{"product_id":"a","name":"Product a","price":1.00,"quantity":2,"line_total":2.00}]"#;
        assert!(reply.body().contains(line), "{}", reply.body());
        assert!(
            reply.body().contains(r#""timeline":[{"at":"2026-11-24T06:57:00.000Z","event":"placed","amount":2.00}]"#)
        );
        assert!(reply.body().contains(r#""contact":{"email":"ann@example.com"}"#), "{}", reply.body());
        assert_eq!(outcome(&endpoint.handle(&get(2)).await), (404, "not_found"));
        shop.assert_reconciled().await;
    }
}
