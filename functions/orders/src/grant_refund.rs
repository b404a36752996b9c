//! `POST /admin/orders/{order_id}/refunds`: the staff gives some of an order's money back, without a return.
//!
//! Twice the same call would give twice: a client that may retry sends an `Idempotency-Key`, which the refund keeps for as
//! long as the order is kept.

use std::sync::Arc;

use serde::Serialize;
use souk_domain::effects::Random;
use souk_domain::money::{Currency, Money};
use souk_domain::order::{Event, MAX_REASON_CHARS, RefundGrant, RefundStatus, RefundTarget};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Amount, Endpoint, Problem, Reply, Request};

use crate::part_id::PartId;
use crate::staff_desk::StaffDesk;

/// The endpoint.
pub struct GrantRefund {
    /// What calls about one order stand on.
    pub desk: StaffDesk,
    /// Marks requests that came without a key.
    pub random: Arc<dyn Random>,
    /// Of the shop.
    pub currency: Currency,
}

impl GrantRefund {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { desk: StaffDesk::from_dependencies(deps)?, random: deps.random(), currency: deps.currency()? })
    }
}

/// The same for the first answer and for every replay: what was true when the refund became due.
#[derive(Serialize)]
struct Granted<'a> {
    order_id: &'a str,
    refund_id: PartId,
    amount: Amount,
    currency: &'a str,
    target: &'static str,
    reason: Option<&'a str>,
    status: &'static str,
}

impl Endpoint for GrantRefund {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let granted_by = request.staff()?.user_id.clone();
        // Marked in any case: a step whose answer got lost must not be taken once more when it is tried again.
        let idempotency_key = request.idempotency_key_or_random(&*self.random)?;
        let mut fields = request.fields()?;
        let amount = fields.money("amount", self.currency);
        let target = fields.parsed::<RefundTarget>("target");
        let reason = fields.text("reason", MAX_REASON_CHARS);
        let (amount, target, reason) = fields.finish((amount, target, reason))?;

        let grant = RefundGrant { amount, target, reason, granted_by, request: idempotency_key.clone() };
        let order = self.desk.step(request, &Event::RefundGranted(grant)).await?;
        let missing = || Problem::internal("a granted refund is missing");
        let (index, refund) = order.refund_by_key(&idempotency_key.key).ok_or_else(missing)?;
        let body = Granted {
            order_id: order.order_id.as_str(),
            refund_id: PartId(index),
            amount: Amount(Money::from_minor(refund.amount_minor, order.currency)),
            currency: order.currency.code(),
            target: refund.target.as_str(),
            reason: refund.reason.as_deref(),
            status: RefundStatus::Pending.as_str(),
        };
        Ok(Reply::json(201, &body))
    }
}
