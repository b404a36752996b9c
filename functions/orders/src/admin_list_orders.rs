//! `GET /admin/orders?status=&sort=&cursor=&limit=`: the orders with one status, oldest first.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::cursor::ListId;
use souk_domain::ids::OrderId;
use souk_domain::order::OrderStatus;
use souk_domain::permission::Permission;
use souk_domain::validation::Invalid;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{self, Caller, Operation, Parameter, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::{Orders, StaffOrderList};

use crate::view::{self, OrderSummary, Viewer};

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let statuses = contract::one_of(&OrderStatus::ALL.map(OrderStatus::as_str));
    let mut sort = contract::one_of(&["oldest", "newest"]);
    sort.insert("default".to_owned(), "oldest".into());
    Operation::new("admin-list-orders", "GET /admin/orders", Caller::Staff(Permission::OrdersRead), Tag::StaffOrders)
        .summary("Lists the orders with a status")
        .description(
            "`status=paid` lists the orders to ship. Staff see an order from a moment after its first payment attempt \
             on. An order without a payment attempt is in no list, even after it has expired.",
        )
        .parameter(Parameter::query("status", statuses, "The status of the orders.").required())
        .query("sort", sort, "The order of the list, by the time of placement.")
        .query("cursor", contract::cursor(), "`next_cursor` of the page before. Without it: the first page.")
        .query("limit", contract::page_limit(MAX_LIMIT, DEFAULT_LIMIT), "The maximum number of orders on a page.")
        .answers::<AdminListOrdersResponse<'_>>(200, "A page of orders.")
}

/// Lists orders by status for staff.
pub struct AdminListOrders {
    /// The orders table.
    pub orders: Orders,
}

impl AdminListOrders {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { orders: deps.orders()? })
    }
}

/// The sort order, by time of placement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Sort {
    /// For staff who work through the list.
    #[default]
    Oldest,
    /// For recent orders.
    Newest,
}

impl Sort {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Oldest => "oldest",
            Self::Newest => "newest",
        }
    }
}

impl FromStr for Sort {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        match raw {
            "oldest" => Ok(Self::Oldest),
            "newest" => Ok(Self::Newest),
            _ => Err(Invalid::new("unknown_value", "must be \"oldest\" or \"newest\"")),
        }
    }
}

/// A page of orders for staff.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StaffOrderList")]
struct AdminListOrdersResponse<'a> {
    /// In the order of `sort`.
    orders: Vec<OrderSummary<'a>>,
    /// The cursor of the next page; null on the last page. A page may have fewer orders than `limit` although more
    /// follow.
    next_cursor: Option<String>,
}

impl Endpoint for AdminListOrders {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::OrdersRead)?;
        let mut query = request.query();
        let status = query.parsed::<OrderStatus>("status");
        let sort = query.optional_parsed::<Sort>("sort");
        let list = status.zip(sort).map(|(status, sort)| list_id(status, sort.unwrap_or_default()));
        let after = query.optional_cursor::<OrderId>(list);
        let limit = query.optional_integer("limit", 1..=MAX_LIMIT);
        let (status, sort, after, limit) = query.finish((status, sort, after, limit))?;

        let limit = usize::try_from(limit.unwrap_or(DEFAULT_LIMIT)).map_err(Problem::internal)?;
        let sort = sort.unwrap_or_default();
        let (list, newest_first) = (StaffOrderList::Status(status), sort == Sort::Newest);
        let page = self.orders.list_for_staff(list, newest_first, after.as_ref(), limit).await?;
        let orders = page.orders.iter().map(|order| view::summary(order, Viewer::Staff)).collect();
        let next_cursor = page.next.map(|order_id| list_id(status, sort).cursor(&order_id));
        Ok(Reply::ok(&AdminListOrdersResponse { orders, next_cursor }))
    }
}

fn list_id(status: OrderStatus, sort: Sort) -> ListId {
    ListId::new(["staff-orders", status.as_str(), sort.as_str()])
}

#[cfg(test)]
mod tests {
    use souk_domain::order::{Event, Shipment};
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn list(query: &[(&str, &str)]) -> Request {
        let request = Request::new("GET", "/admin/orders").from_staff(user(9));
        query.iter().fold(request, |request, (name, value)| request.with_query(name, value))
    }

    fn ids(page: &serde_json::Value) -> Vec<String> {
        let orders = page["orders"].as_array().expect("a list").iter();
        orders.map(|order| order["order_id"].as_str().expect("an id").to_owned()).collect()
    }

    #[tokio::test]
    async fn orders_of_a_status_come_oldest_first_page_by_page() {
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let mut placed = Vec::new();
        for n in 0..5 {
            shop.clock.advance_seconds(1);
            placed.push(shop.paid_order(&user(1 + n % 2), "a", 1).await.to_string());
        }
        let endpoint = AdminListOrders { orders: shop.orders.clone() };
        let page = async |query: &[(&str, &str)]| endpoint.handle(&list(query)).await.expect("listed").body_json();
        let first = page(&[("status", "paid"), ("limit", "3")]).await;
        assert_eq!(
            (ids(&first), first["orders"][1]["user_id"].as_str()),
            (placed[..3].to_vec(), Some(user(2).as_str()))
        );
        let cursor = first["next_cursor"].as_str().expect("more");
        let rest = page(&[("status", "paid"), ("limit", "3"), ("cursor", cursor)]).await;
        assert_eq!((ids(&rest), rest["next_cursor"].is_null()), (placed[3..].to_vec(), true));
        for other in [("status", "shipped"), ("sort", "newest")] {
            let status = if other.0 == "status" { other } else { ("status", "paid") };
            let refused = endpoint.handle(&list(&[status, other, ("cursor", cursor)])).await;
            assert_eq!(outcome(&refused), (422, "invalid_fields"), "{other:?}");
        }
        placed.reverse();
        assert_eq!(ids(&page(&[("status", "paid"), ("sort", "newest")]).await), placed);

        let shipment = Shipment { carrier: "DHL".to_owned(), tracking_number: "1".to_owned() };
        shop.apply(&user(1), &placed[0].parse().expect("an id"), Event::Shipped(shipment)).await;
        assert_eq!(ids(&page(&[("status", "shipped")]).await), placed[..1]);
        assert_eq!(ids(&page(&[("status", "paid"), ("sort", "newest")]).await), placed[1..]);
    }

    #[tokio::test]
    async fn the_largest_orders_are_listed_briefly() {
        const ORDERS: usize = 30;
        let shop = Fixture::start().await;
        shop.product("a", 100, &[50]).await;
        let order_id = shop.delivered_order(&user(1), "a", 1).await;
        let delivered = shop.order(&user(1), &order_id).await;
        for number in 1..=ORDERS {
            shop.largest_order(&delivered, &user(2), number).await;
        }
        let endpoint = AdminListOrders { orders: shop.orders.clone() };
        let page = endpoint.handle(&list(&[("status", "delivered"), ("limit", "100")])).await.expect("listed");
        assert_eq!(ids(&page.body_json()).len(), ORDERS + 1);
        // A hundred of them have less than a hundredth of the 6 MB of an answer.
        assert!(page.body().len() < (ORDERS + 1) * 500, "{} bytes", page.body().len());
    }

    #[tokio::test]
    async fn invalid_parameters_are_rejected() {
        let shop = Fixture::start().await;
        let endpoint = AdminListOrders { orders: shop.orders.clone() };
        let all_bad = list(&[("status", "sent"), ("sort", "up"), ("cursor", "x"), ("limit", "101")]);
        let problem = endpoint.handle(&all_bad).await.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|error| (error.field.as_str(), error.code)).collect();
        let expected = [
            ("status", "unknown_value"),
            ("sort", "unknown_value"),
            ("cursor", "invalid_format"),
            ("limit", "out_of_range"),
        ];
        assert_eq!(fields, expected);
        assert_eq!(outcome(&endpoint.handle(&list(&[])).await), (422, "invalid_fields"));
        let shopper = list(&[("status", "paid")]).from_user(user(1));
        assert_eq!(outcome(&endpoint.handle(&shopper).await), (403, "forbidden"));
    }
}
