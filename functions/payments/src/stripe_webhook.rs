//! `POST /webhooks/stripe`: what Stripe tells by itself. The way in which payments end that a shopper or a bank goes on
//! with, and a second way for all others.
//!
//! An answer other than 200 has Stripe send the event again, for three days, and show it in its dashboard. So 200 means
//! that the event is dealt with, or is none of ours.

use serde::Serialize;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{Event, Order, ProviderOutcome, RefundStatus};
use souk_payment::stripe::{Notice, RefundNews, Webhook, WebhookError};
use souk_payment::{Charge, RefundOutcome};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::person::needs_a_person;
use crate::{Payments, provider};

/// Stripe's largest events have some tens of kilobytes.
const MAX_EVENT_BYTES: usize = 256 * 1024;

/// The endpoint.
pub struct StripeWebhook {
    /// What payments stand on.
    pub payments: Payments,
    /// Reads what Stripe signed; none when the shop does not use Stripe.
    pub webhook: Option<Webhook>,
}

#[derive(Serialize)]
struct Answer {
    /// What was done, for whoever looks at the delivery in Stripe's dashboard.
    outcome: &'static str,
}

impl Endpoint for StripeWebhook {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let webhook = self.webhook.as_ref().ok_or_else(|| Problem::not_found("webhook"))?;
        let body = request.body("application/json", MAX_EVENT_BYTES)?;
        let signature = request.header("stripe-signature").unwrap_or_default();
        let notice = webhook.read(signature, body, self.payments.clock.now()).await.map_err(|e| problem(&e))?;
        let outcome = match notice {
            Notice::Ignored => "ignored",
            Notice::Payment { user_id, order_id, attempt, payment_id, outcome } => {
                let order = self.order(&user_id, &order_id).await?;
                self.payment(&order, attempt, payment_id, outcome).await?
            }
            Notice::Refund { user_id, order_id, refund, retry, news } => {
                let order = self.order(&user_id, &order_id).await?;
                self.refund(&order, refund, retry, news).await?
            }
        };
        Ok(Reply::ok(&Answer { outcome }))
    }
}

impl StripeWebhook {
    /// With what the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { payments: Payments::from_dependencies(deps)?, webhook: provider::webhook(deps)? })
    }

    /// An order is written before its payment is made, so one that is missing is another shop's on the same account, or
    /// lost. Both want a person: 404 keeps the event alive at Stripe, and the line is there to be found.
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
            // Not the last word, and perhaps an old one: how does it stand now?
            None => match Payments::charge(order, index) {
                Some(charge) => self.ask(Charge { payment_id: Some(payment_id.clone()), ..charge }).await?,
                None => return Ok("settled before"),
            },
        };
        let is_captured = matches!(outcome, ProviderOutcome::Captured { .. });
        let settled = self.payments.settle(order, index, outcome).await.map_err(Problem::settlement_failed)?;
        let known = settled.attempts.get(index).and_then(|attempt| attempt.payment_id.as_deref());
        if is_captured && known != Some(&payment_id) {
            // Against all rules: one attempt took money twice. Its order knows of one; a person must give back the other.
            needs_a_person(&order.order_id, "one attempt took money twice", &payment_id);
        }
        Ok(if settled == *order { "settled before" } else { "settled" })
    }

    async fn ask(&self, charge: Charge) -> Result<ProviderOutcome, Problem> {
        let asked = Payments::within_bounds(self.payments.provider.charge_again(&charge)).await;
        asked.map_err(|error| Problem::unavailable("payment_unavailable", error))
    }

    async fn refund(
        &self,
        order: &Order,
        refund: usize,
        retry: u32,
        news: RefundNews,
    ) -> Result<&'static str, Problem> {
        let Some(state) = order.refunds.get(refund) else {
            needs_a_person(&order.order_id, "a webhook names an unknown refund", "");
            return Err(Problem::not_found("refund"));
        };
        if state.retries != retry {
            return Ok("settled before");
        }
        let event = match news {
            RefundNews::Underway => return Ok("ignored"),
            RefundNews::Ended(RefundOutcome::Given { refund_id }) => Event::RefundSettled { refund, refund_id },
            RefundNews::Ended(RefundOutcome::Failed { refund_id }) => {
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

fn problem(error: &WebhookError) -> Problem {
    match error {
        WebhookError::Signature(why) => Problem::malformed("invalid_signature", *why),
        WebhookError::Malformed => Problem::malformed("malformed_event", "the event cannot be read"),
        WebhookError::Unavailable(why) => Problem::unavailable("temporarily_unavailable", why),
    }
}

#[cfg(test)]
mod tests;
