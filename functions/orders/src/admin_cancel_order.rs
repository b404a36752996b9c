//! `POST /admin/orders/{order_id}/cancel`: cancels an order that is not shipped, like the shopper's own endpoint: a
//! refund of a paid order becomes due, and its units are restocked with the refund.

use souk_domain::order::Event;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::cancel_order::cancellation;
use crate::staff_order_context::StaffOrderContext;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let operation = Operation::new(
        "admin-cancel-order",
        "POST /admin/orders/{order_id}/cancel",
        Caller::Staff(Permission::OrdersWrite),
        Tag::StaffOrders,
    )
    .summary("Cancels a shopper's order that is not shipped yet");
    cancellation(operation)
}

/// Cancels an order for staff.
pub struct AdminCancelOrder(pub StaffOrderContext);

impl AdminCancelOrder {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffOrderContext::from_dependencies(deps)?))
    }
}

impl Endpoint for AdminCancelOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        self.0.apply(request, Permission::OrdersWrite, &Event::Cancelled).await
    }
}
