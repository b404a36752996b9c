//! `POST /admin/orders/{order_id}/returns/{return_id}/accept`: accepts a return after the units have arrived. Their
//! price, at most what is left to refund, becomes due; they are restocked with the refund. Idempotent for the same
//! target.

use schemars::JsonSchema;
use souk_domain::order::{Event, RefundTarget};
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, OrderConflict, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::ordinal_id::OrdinalId;
use crate::refund_context::{RefundContext, STORE_CREDIT_UNAVAILABLE};
use crate::staff_order_context::find_order;
use crate::view::OrderResponse;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "accept-return",
        "POST /admin/orders/{order_id}/returns/{return_id}/accept",
        Caller::Staff(Permission::OrdersWrite),
        Tag::StaffOrders,
    )
    .summary("Accepts a return after its units have arrived")
    .description(
        "A refund of the price of the units becomes due, limited to what earlier refunds left. The units are \
             restocked when the refund completes, or at once when nothing is left to refund.",
    )
    .repeated("The same decision leaves the order unchanged; another one is refused with 409 `return_already_decided`.")
    .body::<AcceptReturnRequest>(r#"{"refund_to": "original"}"#)
    .answers::<OrderResponse<'_>>(200, "The order with the accepted return and its refund.")
    .problem_with::<OrderConflict>(
        409,
        "return_already_decided",
        "The return was rejected, or accepted with another `refund_to`.",
    )
    .problem_with::<OrderConflict>(409, "store_credit_unavailable", STORE_CREDIT_UNAVAILABLE)
}

/// Accepts a return.
pub struct AcceptReturn(pub RefundContext);

impl AcceptReturn {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(RefundContext::from_dependencies(deps)?))
    }
}

/// The request of `POST /admin/orders/{order_id}/returns/{return_id}/accept`.
#[derive(JsonSchema)]
pub struct AcceptReturnRequest {
    /// `original`: to the payment method of the order. `store_credit`: to the store credit of the account to which the
    /// order belongs. What was paid with store credit always goes back to the account that paid.
    #[schemars(extend("enum" = RefundTarget::ALL.map(RefundTarget::as_str)))]
    pub refund_to: String,
}

impl Endpoint for AcceptReturn {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let accepted_by = request.staff(Permission::OrdersWrite)?.user_id.clone();
        let OrdinalId(index) = request.path_id("return_id", "return of this order")?;
        let mut fields = request.fields()?;
        let target = fields.parsed::<RefundTarget>("refund_to");
        let (target,) = fields.finish((target,))?;

        let Self(RefundContext { orders, .. }) = self;
        let (user_id, order_id) = find_order(&orders.steps.orders, request, Permission::OrdersWrite).await?;
        let account = self.0.account(&user_id, target).await?;
        let event = Event::ReturnAccepted { index, target, account, accepted_by };
        orders.apply_to(&user_id, &order_id, &event).await
    }
}
