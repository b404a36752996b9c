//! `POST /admin/orders/{order_id}/refunds/{refund_id}/retry`: retries a failed refund, optionally as store credit.
//! A refund that is pending or completed does not change.

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
        "retry-refund",
        "POST /admin/orders/{order_id}/refunds/{refund_id}/retry",
        Caller::Staff(Permission::RefundsWrite),
        Tag::StaffOrders,
    )
    .summary("Retries a failed refund, optionally as store credit")
    .repeated("A refund that is pending or completed stays unchanged.")
    .body::<RetryRefundRequest>(r#"{"refund_to": "store_credit"}"#)
    .answers::<OrderResponse<'_>>(200, "The order with the refund.")
    .problem_with::<OrderConflict>(
        409,
        "too_many_refund_retries",
        "Refunds of the order were retried 100 times. Only `store_credit` is still possible.",
    )
    .problem_with::<OrderConflict>(409, "store_credit_unavailable", STORE_CREDIT_UNAVAILABLE)
}

/// Retries a failed refund.
pub struct RetryRefund(pub RefundContext);

impl RetryRefund {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self(RefundContext::from_dependencies(deps)?))
    }
}

/// The request of `POST /admin/orders/{order_id}/refunds/{refund_id}/retry`.
#[derive(JsonSchema)]
pub struct RetryRefundRequest {
    /// `original`: to the payment method of the order. `store_credit`: to the store credit of the account to
    /// which the order belongs.
    #[schemars(extend("enum" = RefundTarget::ALL.map(RefundTarget::as_str)))]
    pub refund_to: String,
}

impl Endpoint for RetryRefund {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::RefundsWrite)?;
        let OrdinalId(refund) = request.path_id("refund_id", "refund of this order")?;
        let mut fields = request.fields()?;
        let target = fields.parsed::<RefundTarget>("refund_to");
        let (target,) = fields.finish((target,))?;

        let Self(RefundContext { orders, .. }) = self;
        let (user_id, order_id) = find_order(&orders.steps.orders, request, Permission::RefundsWrite).await?;
        let account = self.0.account(&user_id, target).await?;
        orders.apply_to(&user_id, &order_id, &Event::RefundRetried { refund, target, account }).await
    }
}
