//! `POST /orders/{order_id}/pay`: one attempt to pay.
//!
//! The attempt is written before the provider is asked and settled after it answered. A crash in between leaves a
//! `processing` attempt behind, which `check-payment` settles by asking again with the same key.

use std::sync::Arc;

use serde::Serialize;
use souk_domain::effects::Random;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{
    AttemptStatus, Event, Order, PaymentAttempt, PaymentMethod, ProviderOutcome, TransitionError,
};
use souk_domain::validation::FieldError;
use souk_payment::ProviderError;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, PROCESSING_RETRY_SECONDS, Problem, Reply, Request};
use souk_store::StepError;

use crate::Payments;

const MAX_TOKEN_CHARS: usize = 500;

/// The endpoint.
pub struct PayOrder {
    /// What payments stand on.
    pub payments: Payments,
    /// Marks requests that came without a key.
    pub random: Arc<dyn Random>,
}

impl PayOrder {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            payments: Payments::from_dependencies(deps)?.with_store_credit(deps.users()?),
            random: deps.random(),
        })
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<&'a str>,
    status: &'static str,
    order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_url: Option<&'a str>,
}

impl Endpoint for PayOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let user_id = &request.user()?.user_id;
        let order_id: OrderId = request.path_id("order_id", "order")?;
        let keyed = request.idempotency_key()?;
        let (token, method) = read(request)?;
        let order =
            self.payments.steps.orders.get(user_id, &order_id).await?.ok_or_else(|| Problem::not_found("order"))?;
        if let Some((index, attempt)) =
            keyed.as_ref().and_then(|idempotency_key| order.attempt_by_key(&idempotency_key.key))
        {
            return replay(&order, index, attempt, keyed.as_ref());
        }
        let idempotency_key = request.idempotency_key_or_random(&*self.random)?;
        let method = method.unwrap_or(order.payment_method);
        let request = Some(idempotency_key.clone());
        if method == PaymentMethod::StoreCredit {
            let paid = Event::PaidByStoreCredit { request };
            let (order, attempt) = self.start(user_id, &order_id, &paid, &idempotency_key).await?;
            return answer(&order, attempt);
        }
        let token = token.ok_or_else(|| Problem::invalid(vec![token_required()]))?;
        let started = Event::PaymentStarted { method, token, request };
        let (order, attempt) = self.start(user_id, &order_id, &started, &idempotency_key).await?;
        self.charge(&order, attempt).await
    }
}

/// Every method but store credit needs a token, and which method it is may depend on the order.
fn read(request: &Request) -> Result<(Option<String>, Option<PaymentMethod>), Problem> {
    let mut fields = request.fields()?;
    let token = fields.optional_text("payment_token", MAX_TOKEN_CHARS);
    let method = fields.optional_parsed::<PaymentMethod>("payment_method");
    fields.finish((token, method))
}

fn token_required() -> FieldError {
    FieldError::new("payment_token", "required", "must be given")
}

impl PayOrder {
    /// Saves the attempt and returns its index. If an earlier or concurrent run of this request saved it, that one is
    /// returned. For an order that is already paid, the attempt that paid it is returned: the client may have lost the
    /// response to another request, and must not be charged again.
    async fn start(
        &self,
        user_id: &UserId,
        order_id: &OrderId,
        started: &Event,
        idempotency_key: &IdempotencyKey,
    ) -> Result<(Order, usize), Problem> {
        let (order, index) = match self.payments.apply(user_id, order_id, started).await {
            Ok(order) => {
                let index = order.attempt_by_key(&idempotency_key.key).map(|(index, _)| index);
                (order, index)
            }
            Err(StepError::Refused { order, reason: TransitionError::AlreadyPaid }) => {
                let index = order.paying_attempt().map(|(index, _)| index);
                (*order, index)
            }
            Err(StepError::InsufficientStoreCredit) => return Err(declined(Some("insufficient_store_credit"))),
            Err(error) => return Err(error.into()),
        };
        let index = index.ok_or_else(|| Problem::internal("the order lacks its payment attempt"))?;
        Ok((order, index))
    }

    /// Asks the provider and settles what it says.
    async fn charge(&self, order: &Order, index: usize) -> Result<Reply, Problem> {
        let Some(charge) = Payments::charge(order, index) else {
            return answer(order, index); // settled meanwhile
        };
        let outcome = match Payments::within_bounds(self.payments.provider.charge(&charge)).await {
            Ok(outcome) => outcome,
            Err(ProviderError::Unknown(_)) => return answer(order, index), // `check-payment` asks again
            Err(refused @ ProviderError::Refused(_)) => return Err(self.refused(order, index, &refused).await?),
        };
        let settled = self.payments.settle(order, index, outcome).await.map_err(Problem::settlement_failed)?;
        answer(&settled, index)
    }

    /// The provider will not do what we ask of it: our fault, and nothing was taken. The shopper may pay another way.
    async fn refused(&self, order: &Order, index: usize, refused: &ProviderError) -> Result<Problem, Problem> {
        let declined = ProviderOutcome::Declined { code: "payment_unavailable".to_owned() };
        self.payments.settle(order, index, declined).await.map_err(Problem::settlement_failed)?;
        Ok(Problem::unavailable("payment_unavailable", refused))
    }
}

/// The answer that an earlier run of this request got, or will get.
fn replay(
    order: &Order,
    index: usize,
    attempt: &PaymentAttempt,
    idempotency_key: Option<&IdempotencyKey>,
) -> Result<Reply, Problem> {
    if attempt.request.as_ref() != idempotency_key {
        return Err(Problem::idempotency_key_reused());
    }
    if attempt.status == AttemptStatus::Processing {
        let detail = "this request is still being processed";
        return Err(Problem::conflict("request_in_progress", detail).retry_after(PROCESSING_RETRY_SECONDS));
    }
    answer(order, index)
}

/// How an attempt stands, in HTTP.
fn answer(order: &Order, index: usize) -> Result<Reply, Problem> {
    let attempt = order.attempts.get(index).ok_or_else(|| Problem::internal("a started attempt is missing"))?;
    let (http_status, status) = match attempt.status {
        AttemptStatus::Completed => (200, "completed"),
        AttemptStatus::RequiresAction => (202, "requires_action"),
        AttemptStatus::Processing => (202, "processing"),
        AttemptStatus::Failed => return Err(declined(attempt.decline_code.as_deref())),
    };
    let body = Answer {
        payment_id: attempt.payment_id.as_deref(),
        status,
        order_id: order.order_id.as_str(),
        action_url: attempt.action_url.as_deref(),
    };
    Ok(Reply::json(http_status, &body))
}

fn declined(decline_code: Option<&str>) -> Problem {
    let problem = Problem::new(402, "payment_declined", "the payment was declined; try again or pay another way");
    problem.with("decline_code", decline_code)
}

#[cfg(test)]
mod tests;
