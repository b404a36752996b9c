//! `POST /admin/orders/{order_id}/deliver`: marks a shipped order as delivered. Idempotent.

use souk_domain::order::Event;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, OrderConflict, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::staff_order_context::StaffOrderContext;
use crate::view::OrderResponse;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "deliver-order",
        "POST /admin/orders/{order_id}/deliver",
        Caller::Staff(Permission::OrdersWrite),
        Tag::StaffOrders,
    )
    .summary("Marks a shipped order as delivered")
    .description("From then on the shopper can return units of it.")
    .repeated("The order stays unchanged.")
    .answers::<OrderResponse<'_>>(200, "The delivered order.")
    .problem_with::<OrderConflict>(409, "not_deliverable", "The order is not shipped.")
}

/// Marks an order as delivered.
pub struct DeliverOrder(pub StaffOrderContext);

impl DeliverOrder {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffOrderContext::from_dependencies(deps)?))
    }
}

impl Endpoint for DeliverOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        self.0.apply(request, Permission::OrdersWrite, &Event::Delivered).await
    }
}
