//! `GET /admin/orders/{order_id}`: any order since its first payment attempt.

use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Orders;

use crate::staff_order_context::find_order;
use crate::view::{self, OrderResponse, Viewer};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "admin-get-order",
        "GET /admin/orders/{order_id}",
        Caller::Staff(Permission::OrdersRead),
        Tag::StaffOrders,
    )
    .summary("Shows any shopper's order")
    .description("Staff see an order from a moment after its first payment attempt on.")
    .answers::<OrderResponse<'_>>(200, "The order.")
}

/// Shows an order to staff.
pub struct AdminGetOrder {
    /// The orders table.
    pub orders: Orders,
}

impl AdminGetOrder {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { orders: deps.orders()? })
    }
}

impl Endpoint for AdminGetOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let (user_id, order_id) = find_order(&self.orders, request, Permission::OrdersRead).await?;
        let order = self.orders.get(&user_id, &order_id).await?.ok_or_else(|| Problem::not_found("order"))?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
