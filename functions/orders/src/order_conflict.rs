//! The further members of a problem whose cause is the state of an order, in the HTTP contract.

use schemars::JsonSchema;
use souk_domain::order::OrderStatus;

/// Inline: a problem is described by all of its parts together.
#[derive(JsonSchema)]
#[schemars(inline, description = "Further members of a problem whose cause is the state of the order.")]
pub struct OrderConflict {
    /// The status of the order, if it is the reason.
    #[schemars(
        skip_serializing_if = "Option::is_none",
        extend("enum" = OrderStatus::ALL.map(OrderStatus::as_str))
    )]
    pub order_status: Option<String>,
}
