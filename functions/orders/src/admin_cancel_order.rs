//! `POST /admin/orders/{order_id}/cancel`: cancels an order that is not shipped, like the shopper's own endpoint: a
//! refund of a paid order becomes due, and its units are restocked with the refund.

use souk_domain::order::Event;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::order_conflict::OrderConflict;
use crate::staff_order_context::StaffOrderContext;
use crate::view::{self, OrderResponse, Viewer};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("admin-cancel-order", "POST /admin/orders/{order_id}/cancel", Tag::StaffOrders)
        .caller(Caller::Staff)
        .summary("Cancels a shopper's order that is not shipped yet")
        .description(
            "The units of an unpaid order are back in stock at once. For a paid order a refund of all that was paid \
             becomes due, and its units are restocked when the refund completes.",
        )
        .repeated("the order unchanged")
        .answers::<OrderResponse<'_>>(200, "The cancelled order.")
        .problem(
            409,
            "payment_in_progress",
            "A payment of the order is being processed; try again after `Retry-After` seconds.",
        )
        .problem_with::<OrderConflict>(409, "not_cancellable", "The order is shipped or expired.")
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
        let order = self.0.apply(request, &Event::Cancelled).await?;
        Ok(Reply::ok(&view::detail(&order, Viewer::Staff)?))
    }
}
