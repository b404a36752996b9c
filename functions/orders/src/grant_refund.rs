//! `POST /admin/orders/{order_id}/refunds`: refunds a part of an order without a return.
//!
//! A repeated request would refund twice, so a client that may retry sends an `Idempotency-Key`. The refund stores the
//! key for as long as the order exists.

use std::sync::Arc;

use serde::Serialize;
use souk_domain::effects::Random;
use souk_domain::money::{Currency, Money};
use souk_domain::order::{Event, MAX_REASON_CHARS, RefundGrant, RefundStatus, RefundTarget};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Amount, Endpoint, Problem, Reply, Request};

use crate::ordinal_id::OrdinalId;
use crate::staff_order_context::StaffOrderContext;

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

/// The refund as it was granted, so that a retry gets the first response again.
#[derive(Serialize)]
struct GrantRefundResponse<'a> {
    order_id: &'a str,
    refund_id: OrdinalId,
    amount: Amount,
    currency: &'a str,
    target: &'static str,
    reason: Option<&'a str>,
    status: &'static str,
}

impl Endpoint for GrantRefund {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let granted_by = request.staff()?.user_id.clone();
        // Always with a key: if a response of DynamoDB is lost, the event must not be applied twice.
        let idempotency_key = request.idempotency_key_or_random(&*self.random)?;
        let mut fields = request.fields()?;
        let amount = fields.money("amount", self.currency);
        let target = fields.parsed::<RefundTarget>("target");
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
            target: refund.target.as_str(),
            reason: refund.reason.as_deref(),
            status: RefundStatus::Pending.as_str(),
        };
        Ok(Reply::json(201, &body))
    }
}
