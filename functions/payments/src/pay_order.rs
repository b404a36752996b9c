//! `POST /orders/{order_id}/pay`: one payment attempt.
//!
//! The attempt is saved before the provider is called and settled after its response. A crash in between leaves a
//! `processing` attempt, which `check-payment` settles with the same idempotency key.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::account::CallerKind;
use souk_domain::effects::Random;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::order::{
    AttemptStatus, Event, MAX_TOKEN_BYTES, Order, OrderStatus, PaymentAttempt, PaymentMethod, PaymentMethods,
    ProviderMethod, ProviderOutcome, StoreCreditEvent, TransitionError,
};
use souk_domain::validation::{FieldError, Invalid, looks_like_card_number};
use souk_identity::{PaymentCounters, PaymentLimits};
use souk_payment::ProviderError;
use souk_runtime::contract::{Caller, Operation, OrderConflict, Tag};
use souk_runtime::http::{Endpoint, PROCESSING_RETRY_SECONDS, Problem, Reply, Request, own_order};
use souk_runtime::{Dependencies, Error};
use souk_store::{ShopperOrders, StepError, StoreCreditSteps};

use crate::PaymentContext;

/// Time-out of the look-up of a card. Short, because the payment follows within the time-out of the function.
const CARD_TIMEOUT: Duration = Duration::from_millis(1_500);
/// The status of a decline. Only declines are counted: a payment that needs the shopper may still succeed.
const DECLINED: u16 = 402;
/// How many of the newest orders of an account may show that it has paid before.
const HISTORY_ORDERS: i32 = 10;
/// Tokens of Stripe (`pm_…`, `ctoken_…`, `tok_…`) and of the sandbox: letters, digits and underscores, of which at least one
/// letter comes first. A card number is no token.
const TOKEN_PATTERN: &str = "^[A-Za-z][A-Za-z0-9_]*$";

/// A token of the payment provider.
struct PaymentToken(String);

impl FromStr for PaymentToken {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        // A digit run as long as a card number is none of a provider's token, whatever precedes it.
        if looks_like_card_number(raw) {
            return Err(Invalid::new("card_number", "must be a token of the payment provider, never a card number"));
        }
        let is_token = raw.starts_with(|c: char| c.is_ascii_alphabetic())
            && raw.len() <= MAX_TOKEN_BYTES
            && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if is_token { Ok(Self(raw.to_owned())) } else { Err(Invalid::new("invalid_format", EXPECTED_TOKEN)) }
    }
}

/// States what a token is.
const EXPECTED_TOKEN: &str = "must be a token of the payment provider: up to 255 letters, digits and underscores";

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("pay-order", "POST /orders/{order_id}/pay", Caller::Guest, Tag::Payments)
        .checks_session()
        .summary("Pays an order")
        .description(
            "A declined order can be paid again, also another way, until `hold_expires_at` of the order. An order that \
             is already paid answers 200 with the payment that paid it, whatever the request says, and charges \
             nothing.\n\nA shop in sandbox mode takes the tokens `sandbox_success`, `sandbox_decline`, \
             `sandbox_requires_action`, `sandbox_timeout_after_charge` and `sandbox_timeout_before_charge`.\n\nStore \
             credit is that of the caller's account, also for an order that it placed as a guest. A free order needs none.",
        )
        .idempotency_key(
            "The answer of the same attempt once it is known; until then 409 `request_in_progress`.",
            "as long as the order",
        )
        .body::<PayOrderRequest>(r#"{"payment_token": "sandbox_success"}"#)
        .answers::<PayOrderResponse<'_>>(200, "The order is paid.")
        .answers::<PayOrderResponse<'_>>(
            202,
            "The outcome is not known yet. With the status `requires_action`, send the shopper to `action_url`. \
             `GET /orders/{order_id}` shows the outcome once it is known: within minutes, for a bank transfer within \
             days.",
        )
        .link("get-order", &[("order_id", "$request.path.order_id")])
        .link("ship-order", &[("order_id", "$request.path.order_id")])
        .problem_with::<Declined>(
            402,
            "payment_declined",
            "The payment was declined. `decline_code` says why, if the caller is an account that has paid before.",
        )
        .problem_with::<OrderConflict>(409, "hold_expired", "The order was not paid in time. Place a new one.")
        .problem_with::<OrderConflict>(409, "not_payable", "The order is cancelled or refunded.")
        .problem_with::<OrderConflict>(
            409,
            "store_credit_unavailable",
            "The caller has no account with a verified address, and so no store credit.",
        )
        .problem(409, "payment_in_progress", "Another payment of the order is being processed.")
        .problem(409, "request_in_progress", "The first request with this `Idempotency-Key` is being processed.")
        .problem_with::<OrderConflict>(
            409,
            "too_many_payment_attempts",
            "The order has as many payment attempts as it may have. Place a new one.",
        )
        .problem(
            429,
            "too_many_attempts",
            "Too many attempts to pay failed, of the caller, from this network address or with this card. Wait \
             `Retry-After` seconds.",
        )
        .problem(503, "payment_unavailable", "This way to pay does not work at the moment. Nothing was charged.")
}

/// The request of `POST /orders/{order_id}/pay`.
#[derive(JsonSchema)]
pub struct PayOrderRequest {
    /// The one-time token of the payment provider for the shopper's card or account. Required unless the order is paid
    /// with store credit. Never send a card number.
    #[schemars(length(min = 1, max = MAX_TOKEN_BYTES), regex(pattern = TOKEN_PATTERN))]
    pub payment_token: Option<String>,
    /// How to pay. Without it: as the order says.
    #[schemars(extend("enum" = payment_methods_or_null()))]
    pub payment_method: Option<String>,
}

/// Further members of `payment_declined`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct Declined {
    /// With `payment_declined`: why, such as `card_declined`, `insufficient_funds`, `expired_card`, `incorrect_cvc`,
    /// `authentication_required`, `invalid_token`, `payment_method_unavailable`, `insufficient_store_credit` or
    /// `abandoned`. More may follow. Guests, and accounts that have not paid an order yet, only get
    /// `insufficient_store_credit`.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
}

/// The values of an optional payment method.
fn payment_methods_or_null() -> Vec<Option<&'static str>> {
    PaymentMethod::ALL.iter().map(|method| Some(method.as_str())).chain([None]).collect()
}

/// Pays an order with a provider's token or with store credit.
pub struct PayOrder {
    /// The orders of callers.
    pub orders: ShopperOrders,
    /// Dependencies of the payment functions.
    pub payments: PaymentContext,
    /// Pays with store credit.
    pub store_credit: StoreCreditSteps,
    /// Bounds the attempts.
    pub limits: PaymentLimits,
    /// The payment methods that the shop accepts.
    pub methods: PaymentMethods,
    /// Makes idempotency keys for requests without one.
    pub random: Arc<dyn Random>,
}

impl PayOrder {
    /// Reads its configuration from the environment, and the key of the pseudonyms.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            orders: deps.shopper_orders()?,
            payments: PaymentContext::from_dependencies(deps)?,
            store_credit: deps.store_credit_steps()?,
            limits: PaymentLimits::from_dependencies(deps).await?,
            methods: deps.config().parsed("PAYMENT_METHODS", PaymentMethods::all())?,
            random: deps.random(),
        })
    }
}

/// A payment of an order.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Payment")]
struct PayOrderResponse<'a> {
    /// The id of the payment at the payment provider, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    payment_id: Option<&'a str>,
    /// `completed`: the order is paid. `requires_action`: the shopper has to confirm the payment at `action_url`.
    /// `processing`: the payment provider has not decided yet.
    #[schemars(extend("enum" = ["completed", "processing", "requires_action"]))]
    status: &'static str,
    /// The order.
    order_id: &'a str,
    /// Where the shopper confirms the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("format" = "uri"))]
    action_url: Option<&'a str>,
}

impl Endpoint for PayOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.user()?;
        // A guest has no store credit.
        let account = (caller.kind == CallerKind::Shopper).then(|| caller.user_id.clone());
        let client_key = request.idempotency_key()?;
        let (token, method) = read_body(request)?;
        let order = own_order(request, &self.orders).await?;
        if let Some((index, attempt)) =
            client_key.as_ref().and_then(|idempotency_key| order.attempt_by_key(&idempotency_key.key))
        {
            return replay(&order, index, attempt, client_key.as_ref());
        }
        let idempotency_key = request.idempotency_key_or_random(&*self.random)?;
        let method = method.unwrap_or(order.payment_method);
        self.check_method(method, &order)?;
        let Some(method) = method.provider_method() else {
            let key = Some(idempotency_key.clone());
            let (event, now) = (StoreCreditEvent::Paid { account, request: key }, self.payments.clock.now());
            let paid = self.store_credit.apply(&order.user_id, &order.order_id, &event, now).await;
            let (order, attempt) = saved_attempt(paid, &idempotency_key)?;
            return response(&order, attempt);
        };
        let token = token.ok_or_else(|| Problem::invalid(vec![token_required()]))?;
        let counters = self.check_limits(request, &order, method, &token).await?;
        let general_decline = !self.has_history(request).await?;
        let event = Event::PaymentStarted { method, token, request: Some(idempotency_key.clone()), general_decline };
        let started = self.payments.apply(&order.user_id, &order.order_id, &event).await;
        let was_tried = started.is_ok();
        let (order, attempt) = saved_attempt(started, &idempotency_key)?;
        let reply = self.charge(&order, attempt).await;
        if was_tried && reply.as_ref().is_err_and(|problem| problem.status() == DECLINED) {
            self.limits.count_failed_payment(counters).await;
        }
        reply
    }
}

/// Reads the token and the method. Every method except store credit needs a token, and the order may determine the
/// method.
fn read_body(request: &Request) -> Result<(Option<String>, Option<PaymentMethod>), Problem> {
    let mut fields = request.fields()?;
    let token =
        fields.optional_parsed::<PaymentToken>("payment_token").map(|token| token.map(|PaymentToken(token)| token));
    let method = fields.optional_parsed::<PaymentMethod>("payment_method");
    fields.finish((token, method))
}

fn token_required() -> FieldError {
    FieldError::new("payment_token", "required", "must be given")
}

/// The order and the index of the attempt after a step that starts one. If an earlier or concurrent call of this
/// request saved the attempt, it is that one. For an order that is already paid, it is the attempt that paid it: the
/// client may have lost the response to another request, and must not be charged again.
fn saved_attempt(step: Result<Order, StepError>, idempotency_key: &IdempotencyKey) -> Result<(Order, usize), Problem> {
    let (order, index) = match step {
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

impl PayOrder {
    /// Fails if the caller, the network address or the card has too many failed attempts. An order that is not payable
    /// is not charged, so nothing is checked.
    async fn check_limits(
        &self,
        request: &Request,
        order: &Order,
        method: ProviderMethod,
        token: &str,
    ) -> Result<PaymentCounters, Problem> {
        if order.status != OrderStatus::PendingPayment {
            return Ok(PaymentCounters::default());
        }
        let knows_cards = self.limits.counts_addresses_and_cards && method == ProviderMethod::CreditCard;
        let card = if knows_cards { self.card(token).await } else { None };
        self.limits.check_payment(&request.user()?.user_id, card.as_deref(), request).await
    }

    /// The fingerprint of the card. Without it, the attempt is counted for the caller and the address only: the payment
    /// matters more.
    async fn card(&self, token: &str) -> Option<String> {
        let found = tokio::time::timeout(CARD_TIMEOUT, self.payments.provider.card_fingerprint(token)).await;
        match found {
            Ok(Ok(fingerprint)) => fingerprint,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the card is not counted");
                None
            }
            Err(_) => {
                tracing::warn!(error = "timed out", "the card is not counted");
                None
            }
        }
    }

    /// Whether the caller is an account that has paid an order before, and kept it. Others get declines without a code.
    async fn has_history(&self, request: &Request) -> Result<bool, Problem> {
        let caller = request.user()?;
        if caller.kind != CallerKind::Shopper {
            return Ok(false);
        }
        let page = self.orders.list(&caller.user_id, caller.kind, None, HISTORY_ORDERS).await;
        // Without its history, the shopper pays, and a decline has no code.
        let orders = page.map_or_else(|_| Vec::new(), |page| page.orders);
        Ok(orders.iter().any(|order| order.captured_minor() > order.owed_minor()))
    }

    /// Fails if the shop does not accept a method. A free order takes no money, so store credit pays it in every shop.
    fn check_method(&self, method: PaymentMethod, order: &Order) -> Result<(), Problem> {
        if method == PaymentMethod::StoreCredit && order.total_minor == 0 {
            return Ok(());
        }
        self.methods.check(method).map_err(|invalid| Problem::invalid(vec![invalid.at("payment_method")]))
    }

    /// Calls the provider and settles its outcome.
    async fn charge(&self, order: &Order, index: usize) -> Result<Reply, Problem> {
        let Some(charge) = PaymentContext::charge_request(order, index) else {
            return response(order, index); // already settled
        };
        let outcome = match PaymentContext::with_timeout(self.payments.provider.charge(&charge)).await {
            Ok(outcome) => outcome,
            Err(ProviderError::Unknown(_)) => return response(order, index), // `check-payment` determines it later
            Err(error @ ProviderError::Refused(_)) => return Err(self.refused(order, index, &error).await?),
        };
        let settled = self.payments.settle(order, index, outcome).await.map_err(Problem::settlement_failed)?;
        response(&settled, index)
    }

    /// The provider rejected the request, and nothing was captured. The cause is on our side; the shopper may pay
    /// another way.
    async fn refused(&self, order: &Order, index: usize, error: &ProviderError) -> Result<Problem, Problem> {
        let declined = ProviderOutcome::Declined { code: "payment_unavailable".to_owned() };
        self.payments.settle(order, index, declined).await.map_err(Problem::settlement_failed)?;
        Ok(Problem::unavailable("payment_unavailable", error))
    }
}

/// The response to a replayed request.
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
    response(order, index)
}

/// The response for the status of an attempt.
fn response(order: &Order, index: usize) -> Result<Reply, Problem> {
    let attempt = order.attempts.get(index).ok_or_else(|| Problem::internal("a started attempt is missing"))?;
    let (http_status, status) = match attempt.status {
        AttemptStatus::Completed => (200, "completed"),
        AttemptStatus::RequiresAction => (202, "requires_action"),
        AttemptStatus::Processing => (202, "processing"),
        AttemptStatus::Failed => return Err(declined(attempt.shopper_decline_code())),
    };
    let body = PayOrderResponse {
        payment_id: attempt.payment_id.as_deref(),
        status,
        order_id: order.order_id.as_str(),
        action_url: attempt.action_url.as_deref(),
    };
    Ok(Reply::json(http_status, &body))
}

fn declined(decline_code: Option<&str>) -> Problem {
    let problem = Problem::new(402, "payment_declined", "the payment was declined; try again or pay another way");
    match decline_code {
        Some(code) => problem.with("decline_code", code),
        None => problem,
    }
}

#[cfg(test)]
mod tests;
