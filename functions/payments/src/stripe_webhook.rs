//! `POST /webhooks/stripe`: receives Stripe's events. They settle payments that a shopper or a bank completes later,
//! and are a second way to settle all others.
//!
//! For any status other than 200 Stripe retries the event for three days and shows it in its dashboard. So 200 means
//! that the event was processed or does not concern this shop.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::money::{Currency, Money};
use souk_domain::order::{AttemptStatus, Event, Order, ProviderOutcome, RefundStatus};
use souk_payment::stripe::{RefundUpdate, Webhook, WebhookError, WebhookEvent};
use souk_payment::{ChargeRequest, RefundOutcome};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, RequestBody, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::escalation::{foreign_event, needs_a_person};
use crate::{PaymentContext, configured_provider};

/// Maximum size of an event. Stripe's largest events have some tens of kilobytes.
const MAX_EVENT_BYTES: usize = 256 * 1024;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let body = RequestBody {
        media_type: "application/json",
        required: true,
        schema: event_schema,
        example: r#"{"type": "charge.succeeded", "data": {"object": {"id": "ch_1"}}}"#,
    };
    Operation::new("stripe-webhook", "POST /webhooks/stripe", Caller::Stripe, Tag::Payments)
        .summary("Receives an event of Stripe")
        .description("For shops that use Stripe. Stripe sends an event again, for three days, until the answer is 200.")
        .repeated("An event that was already processed changes nothing.")
        .any_body(body)
        .answers::<StripeWebhookResponse>(200, "The event was processed, or does not concern this shop.")
        .problem(400, "invalid_signature", "The signature is missing, not valid, or older than five minutes.")
        .problem(400, "malformed_event", "The event is signed, but cannot be read.")
        .problem(404, "not_found", "The shop does not use Stripe, or has no such order or refund.")
        .problem(413, "body_too_large", "The body has more than 262,144 bytes.")
        .problem(503, "payment_unavailable", "Stripe could not be asked for the state of the payment.")
}

/// Stripe describes its events. The shop reads the members that this names.
fn event_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "description": "An event of Stripe: https://docs.stripe.com/api/events/object",
        "properties": {
            "type": {"type": "string", "description": "What happened."},
            "data": {
                "type": "object",
                "properties": {"object": {"type": "object", "description": "The payment intent or refund."}},
                "required": ["object"],
            },
        },
        "required": ["type", "data"],
    })
}

/// Settles payments and refunds that Stripe reports.
pub struct StripeWebhook {
    /// Dependencies of the payment functions.
    pub payments: PaymentContext,
    /// Verifies and reads events; `None` if the shop does not use Stripe.
    pub webhook: Option<Webhook>,
}

/// What an event did.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StripeEventOutcome")]
struct StripeWebhookResponse {
    /// What was done, shown with the delivery in Stripe's dashboard.
    #[schemars(extend("enum" = ["ignored", "settled", "settled before"]))]
    outcome: &'static str,
}

impl Endpoint for StripeWebhook {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let webhook = self.webhook.as_ref().ok_or_else(|| Problem::not_found("webhook"))?;
        let body = request.body("application/json", MAX_EVENT_BYTES)?;
        let signature = request.header("stripe-signature").unwrap_or_default();
        let event = webhook.read(signature, body, self.payments.clock.now()).await.map_err(|e| problem(&e))?;
        let outcome = match event {
            WebhookEvent::Ignored => "ignored",
            WebhookEvent::Foreign(what) => {
                foreign_event(what);
                "ignored"
            }
            WebhookEvent::Payment { user_id, order_id, attempt, payment_id, currency, outcome } => {
                let order = self.order(&user_id, &order_id).await?;
                if is_own_payment(&order, attempt, &payment_id, currency, outcome.as_ref()) {
                    self.payment(&order, attempt, payment_id, outcome).await?
                } else {
                    needs_a_person(&order_id, "a webhook is about another payment", &payment_id);
                    "ignored"
                }
            }
            WebhookEvent::Refund { user_id, order_id, refund, retry, payment_id, amount, update } => {
                let order = self.order(&user_id, &order_id).await?;
                if is_own_refund(&order, refund, payment_id.as_deref(), amount) {
                    self.refund(&order, refund, retry, update).await?
                } else {
                    needs_a_person(&order_id, "a webhook is about another refund", payment_id.as_deref().unwrap_or(""));
                    "ignored"
                }
            }
        };
        Ok(Reply::ok(&StripeWebhookResponse { outcome }))
    }
}

impl StripeWebhook {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { payments: PaymentContext::from_dependencies(deps)?, webhook: configured_provider::webhook(deps)? })
    }

    /// An order is saved before its payment is created, so a missing order belongs to another shop on the same account,
    /// or was lost. An operator has to look: 404 makes Stripe retry the event, and the log line raises an alarm.
    async fn order(&self, user_id: &UserId, order_id: &OrderId) -> Result<Order, Problem> {
        let order = self.payments.steps.orders.get(user_id, order_id).await?;
        order.ok_or_else(|| {
            needs_a_person(order_id, "a webhook names an unknown order", "");
            Problem::not_found("order")
        })
    }

    async fn payment(
        &self,
        order: &Order,
        index: usize,
        payment_id: String,
        outcome: Option<ProviderOutcome>,
    ) -> Result<&'static str, Problem> {
        let outcome = match outcome {
            Some(outcome) => outcome,
            // The event is not final and may be old, so the provider is asked for the current outcome.
            None => match PaymentContext::charge_request(order, index) {
                Some(charge) => {
                    self.current_outcome(ChargeRequest { payment_id: Some(payment_id.clone()), ..charge }).await?
                }
                None => return Ok("settled before"),
            },
        };
        let is_captured = matches!(outcome, ProviderOutcome::Captured { .. });
        let settled = self.payments.settle(order, index, outcome).await.map_err(Problem::settlement_failed)?;
        let known = settled.attempts.get(index).and_then(|attempt| attempt.payment_id.as_deref());
        if is_captured && known != Some(&payment_id) {
            // This must not happen: one attempt captured money twice. The order has one capture; an operator has to
            // refund the other.
            needs_a_person(&order.order_id, "one attempt took money twice", &payment_id);
        }
        Ok(if settled == *order { "settled before" } else { "settled" })
    }

    async fn current_outcome(&self, charge: ChargeRequest) -> Result<ProviderOutcome, Problem> {
        let outcome = PaymentContext::with_timeout(self.payments.provider.resolve_charge(&charge)).await;
        outcome.map_err(|error| Problem::unavailable("payment_unavailable", error))
    }

    async fn refund(
        &self,
        order: &Order,
        refund: usize,
        retry: u32,
        update: RefundUpdate,
    ) -> Result<&'static str, Problem> {
        let Some(state) = order.refunds.get(refund) else {
            needs_a_person(&order.order_id, "a webhook names an unknown refund", "");
            return Err(Problem::not_found("refund"));
        };
        if state.retries != retry {
            return Ok("settled before");
        }
        let event = match update {
            RefundUpdate::Pending => return Ok("ignored"),
            RefundUpdate::Final(RefundOutcome::Accepted { refund_id }) => {
                Event::RefundSettled { refund, retry, refund_id }
            }
            RefundUpdate::Final(RefundOutcome::Failed { refund_id }) => {
                if state.status != RefundStatus::Failed {
                    needs_a_person(&order.order_id, "a refund failed", &refund_id);
                }
                Event::RefundFailed { refund, retry, refund_id }
            }
        };
        let settled = self.payments.apply(&order.user_id, &order.order_id, &event).await;
        Ok(if settled.map_err(Problem::settlement_failed)? == *order { "settled before" } else { "settled" })
    }
}

/// Whether an event is about the payment of this attempt. Another payment that names the attempt in its metadata was made
/// by hand or by another system with the shop's key.
///
/// Another capture of an attempt that is paid may be a second one, which `payment` reports.
fn is_own_payment(
    order: &Order,
    attempt: usize,
    payment_id: &str,
    currency: Option<Currency>,
    outcome: Option<&ProviderOutcome>,
) -> bool {
    let Some(state) = order.attempts.get(attempt) else { return false };
    let is_named = state.payment_id.as_deref() == Some(payment_id);
    let is_known = is_named || state.payment_id.is_none() || state.status == AttemptStatus::Completed;
    // What the attempt's own payment captured is settled whatever it is, as `check-payment` does.
    let has_amount = match outcome {
        Some(ProviderOutcome::Captured { amount_minor, .. }) => is_named || *amount_minor == order.total_minor,
        _ => true,
    };
    state.method.provider_method().is_some() && is_known && has_amount && currency == Some(order.currency)
}

/// Whether an event is about this refund of this order. Whether the order has such a refund is checked later.
fn is_own_refund(order: &Order, refund: usize, payment_id: Option<&str>, amount: Option<Money>) -> bool {
    order.refunds.get(refund).is_none_or(|state| {
        let paid = order.attempts.get(state.attempt).and_then(|attempt| attempt.payment_id.as_deref());
        paid == payment_id && amount == Some(Money::from_minor(state.amount_minor, order.currency))
    })
}

fn problem(error: &WebhookError) -> Problem {
    match error {
        WebhookError::Signature(why) => Problem::malformed("invalid_signature", *why),
        WebhookError::Malformed => Problem::malformed("malformed_event", "the event cannot be read"),
        WebhookError::Unavailable(why) => Problem::unavailable("temporarily_unavailable", why),
    }
}

#[cfg(test)]
mod tests;
