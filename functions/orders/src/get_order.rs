//! `GET /orders/{order_id}`: one order with its lines, payment and timeline.

use souk_domain::ids::OrderId;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Orders;

use crate::view::{self, OrderResponse, Viewer};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("get-order", "GET /orders/{order_id}", Caller::Guest, Tag::Orders)
        .summary("Shows an order with its payment, returns, refunds and timeline")
        .answers::<OrderResponse<'_>>(200, "The order.")
}

/// Shows an order to its shopper.
pub struct GetOrder {
    /// The orders table.
    pub orders: Orders,
}

impl GetOrder {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { orders: deps.orders()? })
    }
}

impl Endpoint for GetOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let user_id = &request.user()?.user_id;
        let order_id: OrderId = request.path_id("order_id", "order")?;
        // The key begins with the caller's id, so a shopper finds no orders of others.
        let order = self.orders.get(user_id, &order_id).await?.ok_or_else(|| Problem::not_found("order"))?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Shopper)?))
    }
}
