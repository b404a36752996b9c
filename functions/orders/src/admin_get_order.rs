//! `GET /admin/orders/{order_id}`: any order that somebody tried to pay.

use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Orders;

use crate::staff_desk::find;
use crate::view::{self, Viewer};

/// The endpoint.
pub struct AdminGetOrder {
    /// Where orders are.
    pub orders: Orders,
}

impl AdminGetOrder {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { orders: deps.orders()? })
    }
}

impl Endpoint for AdminGetOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let (user_id, order_id) = find(&self.orders, request).await?;
        let order = self.orders.get(&user_id, &order_id).await?.ok_or_else(|| Problem::not_found("order"))?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
