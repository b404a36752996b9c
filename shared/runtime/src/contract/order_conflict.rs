//! The further members of a problem whose cause is the state of an order.

use schemars::JsonSchema;
use souk_domain::order::OrderStatus;

/// Further members of a problem whose cause is the state of the order.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct OrderConflict {
    /// The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
    #[schemars(
        skip_serializing_if = "Option::is_none",
        extend("enum" = OrderStatus::ALL.map(OrderStatus::as_str))
    )]
    pub order_status: Option<String>,
}
