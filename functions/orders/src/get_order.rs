//! `GET /orders/{order_id}`: one order with its lines, payment and timeline.

use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request, own_order};
use souk_store::ShopperOrders;

use crate::view::{self, OrderResponse, Viewer};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("get-order", "GET /orders/{order_id}", Caller::Guest, Tag::Orders)
        .summary("Shows an order with its payment, returns, refunds and timeline")
        .answers::<OrderResponse<'_>>(200, "The order.")
}

/// Shows an order to its shopper.
pub struct GetOrder {
    /// The orders of callers.
    pub orders: ShopperOrders,
}

impl GetOrder {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { orders: deps.shopper_orders()? })
    }
}

impl Endpoint for GetOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let order = own_order(request, &self.orders).await?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Shopper)?))
    }
}
