//! `POST /admin/orders/{order_id}/ship`: marks a paid order as shipped. Idempotent for the same shipment.

use std::str::FromStr;

use schemars::JsonSchema;
use souk_domain::order::{Event, Shipment};
use souk_domain::permission::Permission;
use souk_domain::validation::Invalid;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, OrderConflict, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::staff_order_context::StaffOrderContext;
use crate::view::OrderResponse;

const MAX_CARRIER_CHARS: usize = 60;
const MAX_TRACKING_CHARS: usize = 64;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "ship-order",
        "POST /admin/orders/{order_id}/ship",
        Caller::Staff(Permission::OrdersWrite),
        Tag::StaffOrders,
    )
    .summary("Marks a paid order as shipped")
    .repeated("The same shipment leaves the order unchanged; another one is refused with 409 `not_shippable`.")
    .body::<ShipOrderRequest>(r#"{"carrier": "DHL", "tracking_number": "00340434161094042557"}"#)
    .answers::<OrderResponse<'_>>(200, "The shipped order.")
    .link("deliver-order", &[("order_id", "$request.path.order_id")])
    .problem_with::<OrderConflict>(
        409,
        "not_shippable",
        "The order is not paid, or it is shipped already, with another shipment.",
    )
}

/// Marks an order as shipped.
pub struct ShipOrder(pub StaffOrderContext);

impl ShipOrder {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffOrderContext::from_dependencies(deps)?))
    }
}

/// The request of `POST /admin/orders/{order_id}/ship`.
#[derive(JsonSchema)]
pub struct ShipOrderRequest {
    /// The carrier, as the shopper sees it.
    #[schemars(length(min = 1, max = MAX_CARRIER_CHARS))]
    pub carrier: String,
    /// The carrier's number of the shipment.
    #[schemars(length(min = 1, max = MAX_TRACKING_CHARS), regex(pattern = "^ *[A-Za-z0-9._/-][A-Za-z0-9._/ -]*$"))]
    pub tracking_number: String,
}

/// A carrier's tracking number. It is not checked for card numbers: many tracking numbers have as many digits, and one
/// in ten passes the card checksum.
struct TrackingNumber(String);

impl FromStr for TrackingNumber {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let trimmed = raw.trim();
        let fits = (1..=MAX_TRACKING_CHARS).contains(&trimmed.len());
        let plain = trimmed.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'/' | b'_' | b' '));
        if fits && plain {
            return Ok(Self(trimmed.to_owned()));
        }
        let expected = format!("must have 1 to {MAX_TRACKING_CHARS} letters, digits, blanks or any of - . / _");
        Err(Invalid::new("invalid_format", expected))
    }
}

impl Endpoint for ShipOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::OrdersWrite)?;
        let mut fields = request.fields()?;
        let carrier = fields.text("carrier", MAX_CARRIER_CHARS);
        let tracking_number = fields.parsed::<TrackingNumber>("tracking_number");
        let (carrier, tracking_number) = fields.finish((carrier, tracking_number))?;

        let shipment = Shipment { carrier, tracking_number: tracking_number.0 };
        self.0.apply(request, Permission::OrdersWrite, &Event::Shipped(shipment)).await
    }
}
