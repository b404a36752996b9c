//! `POST /admin/orders/{order_id}/returns/{return_id}/reject`: rejects a return, with an optional reason. Idempotent.
//! The shopper may request a return of the same units again.

use schemars::JsonSchema;
use souk_domain::order::{Event, MAX_REASON_BYTES, MAX_REASON_CHARS};
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, OrderConflict, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::ordinal_id::OrdinalId;
use crate::staff_order_context::StaffOrderContext;
use crate::view::OrderResponse;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "reject-return",
        "POST /admin/orders/{order_id}/returns/{return_id}/reject",
        Caller::Staff(Permission::OrdersWrite),
        Tag::StaffOrders,
    )
    .summary("Rejects a return")
    .description("The shopper may request a return of the same units again.")
    .repeated("The same decision leaves the order unchanged; another one is refused with 409 `return_already_decided`.")
    .optional_body::<RejectReturnRequest>(r#"{"reason": "it was worn"}"#)
    .answers::<OrderResponse<'_>>(200, "The order with the rejected return.")
    .problem_with::<OrderConflict>(409, "return_already_decided", "The return was accepted.")
}

/// Rejects a return.
pub struct RejectReturn(pub StaffOrderContext);

impl RejectReturn {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(StaffOrderContext::from_dependencies(deps)?))
    }
}

/// The request of `POST /admin/orders/{order_id}/returns/{return_id}/reject`.
#[derive(JsonSchema)]
pub struct RejectReturnRequest {
    /// Why, for the shopper.
    #[schemars(length(min = 1, max = MAX_REASON_CHARS))]
    pub reason: Option<String>,
}

impl Endpoint for RejectReturn {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::OrdersWrite)?;
        let OrdinalId(index) = request.path_id("return_id", "return of this order")?;
        let mut fields = request.optional_fields()?;
        let reason = fields.optional_text_within("reason", MAX_REASON_CHARS, MAX_REASON_BYTES);
        let (reason,) = fields.finish((reason,))?;

        self.0.apply(request, Permission::OrdersWrite, &Event::ReturnRejected { index, reason }).await
    }
}
