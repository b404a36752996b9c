//! `POST /admin/orders/{order_id}/refunds`: refunds a part of an order without a return.
//!
//! A repeated request would refund twice, so a client that may retry sends an `Idempotency-Key`. The refund stores the
//! key for as long as the order exists.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::effects::Random;
use souk_domain::money::{Currency, Money};
use souk_domain::order::{Event, MAX_REASON_CHARS, RefundGrant, RefundStatus, RefundTarget};
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, OrderConflict, Tag};
use souk_runtime::http::{Amount, Endpoint, Problem, Reply, Request};

use crate::ordinal_id::OrdinalId;
use crate::staff_order_context::StaffOrderContext;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("grant-refund", "POST /admin/orders/{order_id}/refunds", Caller::Staff(Permission::RefundsWrite), Tag::StaffOrders)
        .summary("Refunds a part of an order without a return")
        .description(
            "It may be called repeatedly, but refunds never exceed the payment. An order that is not shipped yet \
             cannot be refunded in full: cancel it instead, which also restocks its units. The refund is paid out \
             shortly afterwards: the order shows its status.",
        )
        .idempotency_key("The answer is the same refund, as it was granted.", "as long as the order")
        .body::<GrantRefundRequest>(r#"{"amount": 5.00, "refund_to": "original", "reason": "arrived late"}"#)
        .answers::<GrantRefundResponse<'_>>(201, "The refund, which is due.")
        .link("retry-refund", &[("order_id", "$request.path.order_id"), ("refund_id", "$response.body#/refund_id")])
        .problem_with::<NotRefundable>(409, "not_refundable", "The amount exceeds `refundable_amount`.")
}

/// Grants a refund without a return.
pub struct GrantRefund {
    /// Finds the order and applies the refund to it.
    pub context: StaffOrderContext,
    /// For a key of requests that have no `Idempotency-Key`.
    pub random: Arc<dyn Random>,
    /// The currency of the shop.
    pub currency: Currency,
}

impl GrantRefund {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            context: StaffOrderContext::from_dependencies(deps)?,
            random: deps.random(),
            currency: deps.currency()?,
        })
    }
}

/// The request of `POST /admin/orders/{order_id}/refunds`.
#[derive(JsonSchema)]
pub struct GrantRefundRequest {
    /// How much, in the order's currency and with at most its decimals.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub amount: Amount,
    /// `original`: to the payment method of the order. `store_credit`: to the account's store credit. What was paid
    /// with store credit is always refunded as store credit.
    #[schemars(extend("enum" = RefundTarget::ALL.map(RefundTarget::as_str)))]
    pub refund_to: String,
    /// Why, for the shopper.
    #[schemars(length(min = 1, max = MAX_REASON_CHARS))]
    pub reason: String,
}

/// Further members of `not_refundable`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct NotRefundable {
    /// The status of the order.
    #[schemars(flatten)]
    pub conflict: OrderConflict,
    /// What can be refunded at most.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub refundable_amount: Option<Amount>,
    /// ISO 4217.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// The refund as it was granted. A retry with the same `Idempotency-Key` gets it again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "GrantedRefund")]
struct GrantRefundResponse<'a> {
    /// The order.
    order_id: &'a str,
    /// Its id within the order.
    refund_id: OrdinalId,
    /// The amount that is refunded.
    amount: Amount,
    /// ISO 4217.
    currency: &'a str,
    /// Where it is paid to: `store_credit` also if the order was paid with store credit.
    #[schemars(extend("enum" = RefundTarget::ALL.map(RefundTarget::as_str)))]
    refund_to: &'static str,
    /// Why, for the shopper.
    #[schemars(with = "String")]
    reason: Option<&'a str>,
    /// Its status when it was granted.
    #[schemars(extend("enum" = [RefundStatus::Pending.as_str()]))]
    status: &'static str,
}

impl Endpoint for GrantRefund {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let granted_by = request.staff(Permission::RefundsWrite)?.user_id.clone();
        // Always with a key: if a response of DynamoDB is lost, the event must not be applied twice.
        let idempotency_key = request.idempotency_key_or_random(&*self.random)?;
        let mut fields = request.fields()?;
        let amount = fields.positive_money("amount", self.currency);
        let target = fields.parsed::<RefundTarget>("refund_to");
        let reason = fields.text("reason", MAX_REASON_CHARS);
        let (amount, target, reason) = fields.finish((amount, target, reason))?;

        let grant = RefundGrant { amount, target, reason, granted_by, request: idempotency_key.clone() };
        let order = self.context.apply(request, &Event::RefundGranted(grant)).await?;
        let missing = || Problem::internal("the granted refund is not in the order");
        let (index, refund) = order.refund_by_key(&idempotency_key.key).ok_or_else(missing)?;
        let body = GrantRefundResponse {
            order_id: order.order_id.as_str(),
            refund_id: OrdinalId(index),
            amount: Amount(Money::from_minor(refund.amount_minor, order.currency)),
            currency: order.currency.code(),
            refund_to: refund.target.as_str(),
            reason: refund.reason.as_deref(),
            status: RefundStatus::Pending.as_str(),
        };
        Ok(Reply::json(201, &body))
    }
}
