//! Stripe: PaymentIntents, created and confirmed in one call with the token that the browser got from Stripe, and
//! refunds.
//!
//! How an outcome is determined follows from three of Stripe's rules:
//! - Repeating a call with the same `Idempotency-Key` moves money once, but returns the *first* response, even if that was a
//!   500. So the state of a known intent is read, and the intent is never created again.
//! - Keys are forgotten after a day at the earliest, and a call with a forgotten key is a new one. So an old attempt is
//!   searched by its metadata, and never sent again.
//! - The same key with other parameters is refused, for example after a deployment that changed them. Then the attempt is
//!   searched as well.
//!
//! The token is a ConfirmationToken (`ctoken_…`, preferred: it contains the mandate that a bank debit needs) or a
//! PaymentMethod (`pm_…`).

mod amount;
mod client;
mod intent;
mod secret;
mod webhook;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use souk_domain::effects::{Clock, Random};
use souk_domain::order::{ProviderMethod, ProviderOutcome};

use self::client::{StripeClient, StripeRequest, StripeResponse};
use self::intent::{IntentState, decline_code};
use self::wire::{Intent, Page, PaymentToken, Refund};
use crate::{ABANDONED, ChargeRequest, PaymentProvider, ProviderError, RefundOutcome, RefundRequest};

pub use self::client::{API_VERSION, CallLimits};
pub use self::secret::{CachedSecret, SecretError, SecretSource, SecretsManagerSecret, StripeSecret};
pub use self::webhook::{RefundUpdate, TOLERANCE_SECONDS, Webhook, WebhookError, WebhookEvent, sign};

/// Address of Stripe's API.
pub const STRIPE_API_URL: &str = "https://api.stripe.com";

/// Time-out of the clean-up of an intent after its outcome is known.
const CLEANUP_TIMEOUT: Duration = Duration::from_millis(400);
/// Age of an attempt up to which Stripe certainly stores its idempotency key, in seconds. Stripe keeps keys for at
/// least 24 hours.
const KEY_LIFETIME_SECONDS: i64 = 20 * 3600;
/// Age of an attempt from which Stripe's search certainly finds it, in seconds. Stripe documents "less than a minute".
const SEARCH_LAG_SECONDS: i64 = 900;

/// Configuration of the adapter.
#[derive(Debug, Clone)]
pub struct StripeConfig {
    /// [`STRIPE_API_URL`], or the address of a fake.
    pub api_url: String,
    /// Where the shopper's browser returns after an action. Redirects (PayPal, most of 3-D Secure) need it.
    pub return_url: Option<String>,
    /// Time-outs and retries of each call.
    pub limits: CallLimits,
}

/// The payment provider Stripe.
pub struct Stripe {
    client: StripeClient,
    return_url: Option<String>,
    clock: Arc<dyn Clock>,
}

/// Outcome of a call that creates an intent.
enum CreateOutcome {
    /// The intent was created.
    Intent(Box<Intent>),
    /// Declined; with the id of the intent, if one was created.
    Declined { code: String, payment_id: Option<String> },
    /// Unknown: the intent has to be searched.
    Search(String),
}

impl Stripe {
    /// Makes no call yet. The error states what is wrong with the address.
    pub fn new(
        config: StripeConfig,
        secret: CachedSecret,
        random: Arc<dyn Random>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let client = StripeClient::new(&config.api_url, secret, random, config.limits)?;
        Ok(Self { client, return_url: config.return_url, clock })
    }

    /// Creates and confirms an intent, or returns the outcome of an earlier call with this key.
    async fn create(&self, charge: &ChargeRequest) -> Result<CreateOutcome, ProviderError> {
        let Some(form) = self.create_form(charge) else {
            return Ok(CreateOutcome::Declined { code: "payment_method_unavailable".to_owned(), payment_id: None });
        };
        let call = StripeRequest::post("v1/payment_intents", form).with_idempotency_key(&charge.idempotency_key);
        let response = self.client.send(&call).await?;
        if response.succeeded() {
            let intent: Intent = response.read()?;
            // A replayed response has the state at creation.
            return Ok(CreateOutcome::Intent(Box::new(if response.replayed && !intent.is_final() {
                self.get_intent(&intent.id).await?
            } else {
                intent
            })));
        }
        creation_error(&response)
    }

    /// `None` if Stripe does not support the method or the amount in this currency.
    fn create_form(&self, charge: &ChargeRequest) -> Option<Vec<(&'static str, String)>> {
        let currency = charge.amount.currency();
        let token = if charge.token.starts_with("ctoken_") { "confirmation_token" } else { "payment_method" };
        let mut form = vec![
            ("amount", amount::to_stripe(charge.amount)?.to_string()),
            ("currency", currency.code().to_lowercase()),
            ("payment_method_types[]", method_type(charge.method, currency.code())?.to_owned()),
            (token, charge.token.clone()),
            ("confirm", "true".to_owned()),
            ("metadata[user_id]", charge.user_id.to_string()),
            ("metadata[order_id]", charge.order_id.to_string()),
            ("metadata[attempt]", charge.attempt.to_string()),
        ];
        form.extend(self.return_url.clone().map(|url| ("return_url", url)));
        Some(form)
    }

    async fn get_intent(&self, payment_id: &str) -> Result<Intent, ProviderError> {
        let response =
            self.client.send(&StripeRequest::get(format!("v1/payment_intents/{payment_id}"), vec![])).await?;
        if response.succeeded() { response.read() } else { Err(ProviderError::Unknown(response.summary())) }
    }

    /// Searches the intent of an attempt by its metadata.
    async fn search_intent(&self, charge: &ChargeRequest) -> Result<Option<Intent>, ProviderError> {
        // Neither value can contain a quote: one is an order id, the other a number.
        let query = format!("metadata['order_id']:'{}' AND metadata['attempt']:'{}'", charge.order_id, charge.attempt);
        let response =
            self.client.send(&StripeRequest::get("v1/payment_intents/search", vec![("query", query)])).await?;
        if !response.succeeded() {
            return Err(ProviderError::Unknown(response.summary()));
        }
        let found = response.read::<Page<Intent>>()?.data;
        // At most one was created. If there are more, contrary to expectation, the one that captured money counts.
        Ok(found.into_iter().max_by_key(|intent| (intent.status == "succeeded", intent.status == "processing")))
    }

    async fn current_outcome(&self, charge: &ChargeRequest) -> Result<ProviderOutcome, ProviderError> {
        if let Some(payment_id) = &charge.payment_id {
            let intent = self.get_intent(payment_id).await?;
            return self.outcome(intent, charge).await;
        }
        let age_seconds = charge.started_at.seconds_until(self.clock.now());
        let mut reason = "not sent again".to_owned();
        if age_seconds < KEY_LIFETIME_SECONDS {
            match self.create(charge).await? {
                CreateOutcome::Search(why) => reason = why,
                outcome @ (CreateOutcome::Intent(_) | CreateOutcome::Declined { .. }) => {
                    return self.outcome_of_creation(outcome, charge).await;
                }
            }
        }
        match self.search_intent(charge).await? {
            Some(intent) => self.outcome(intent, charge).await,
            None if age_seconds < SEARCH_LAG_SECONDS => Err(ProviderError::Unknown(reason)),
            // It was never created. If it was after all, a webhook reports it, and a late capture still counts.
            None => Ok(ProviderOutcome::Declined { code: ABANDONED.to_owned() }),
        }
    }

    async fn outcome_of_creation(
        &self,
        created: CreateOutcome,
        charge: &ChargeRequest,
    ) -> Result<ProviderOutcome, ProviderError> {
        match created {
            CreateOutcome::Intent(intent) => self.outcome(*intent, charge).await,
            CreateOutcome::Declined { code, payment_id } => {
                if let Some(payment_id) = payment_id {
                    self.cancel_leftover(&payment_id).await;
                }
                Ok(ProviderOutcome::Declined { code })
            }
            CreateOutcome::Search(reason) => Err(ProviderError::Unknown(reason)),
        }
    }

    /// The outcome of a charge. An amount in another currency is not one of the order's.
    async fn outcome(&self, intent: Intent, charge: &ChargeRequest) -> Result<ProviderOutcome, ProviderError> {
        if intent.has_succeeded() && intent.currency() != Some(charge.amount.currency()) {
            return Err(ProviderError::Unknown("the payment is in another currency".to_owned()));
        }
        match intent.state()? {
            IntentState::Outcome(outcome) => Ok(outcome),
            IntentState::Unfinished { code } => {
                self.cancel_leftover(&intent.id).await;
                Ok(ProviderOutcome::Declined { code })
            }
        }
    }

    /// Cancels an intent that captured nothing and that nobody can confirm any more, because its client secret was
    /// never given out. So a failure does not matter.
    async fn cancel_leftover(&self, payment_id: &str) {
        let _ = tokio::time::timeout(CLEANUP_TIMEOUT, self.client.send(&cancellation(payment_id))).await;
    }

    async fn cancel_intent(&self, payment_id: &str) -> Result<ProviderOutcome, ProviderError> {
        let response = self.client.send(&cancellation(payment_id)).await?;
        // Stripe refuses to cancel what has succeeded, is being processed or was cancelled before.
        let intent = if response.succeeded() { response.read()? } else { self.get_intent(payment_id).await? };
        match intent.state()? {
            IntentState::Outcome(ProviderOutcome::ActionRequired { .. }) => {
                Err(ProviderError::Unknown(response.summary()))
            }
            IntentState::Outcome(outcome) => Ok(outcome),
            IntentState::Unfinished { code } => Ok(ProviderOutcome::Declined { code }),
        }
    }

    async fn fingerprint(&self, token: &str) -> Result<Option<String>, ProviderError> {
        let kind = match token.split_once('_') {
            Some(("ctoken", _)) => "confirmation_tokens",
            Some(("pm", _)) => "payment_methods",
            _ => return Ok(None),
        };
        // The token comes from a client: only the characters of an id may become part of a path.
        if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Ok(None);
        }
        let response = self.client.send(&StripeRequest::get(format!("v1/{kind}/{token}"), vec![])).await?;
        match response.status {
            200..=299 => {
                let token = response.read::<PaymentToken>()?;
                let previewed = token.payment_method_preview.and_then(|preview| preview.card);
                Ok(token.card.or(previewed).and_then(|card| card.fingerprint))
            }
            404 => Ok(None), // the charge will be declined
            _ => Err(ProviderError::Unknown(response.summary())),
        }
    }

    /// Stripe forgets idempotency keys, and a refund may be retried days later from a dead-letter queue. So the refunds
    /// of the payment are listed first.
    async fn refund_once(&self, request: &RefundRequest) -> Result<RefundOutcome, ProviderError> {
        let listed = vec![("payment_intent", request.payment_id.clone()), ("limit", "100".to_owned())];
        let response = self.client.send(&StripeRequest::get("v1/refunds", listed)).await?;
        if !response.succeeded() {
            return Err(refund_error(&response));
        }
        let existing = response.read::<Page<Refund>>()?.data;
        let same = |refund: &Refund| refund.metadata.get("refund_key") == Some(&request.idempotency_key);
        if let Some(refund) = existing.iter().find(|refund| same(refund)) {
            return Ok(refund.outcome());
        }
        let unsupported = || ProviderError::Refused("Stripe does not support this amount".to_owned());
        let form = vec![
            ("payment_intent", request.payment_id.clone()),
            ("amount", amount::to_stripe(request.amount).ok_or_else(unsupported)?.to_string()),
            ("metadata[user_id]", request.user_id.to_string()),
            ("metadata[order_id]", request.order_id.to_string()),
            ("metadata[refund]", request.refund.to_string()),
            ("metadata[retry]", request.retry.to_string()),
            ("metadata[refund_key]", request.idempotency_key.clone()),
        ];
        let response = self
            .client
            .send(&StripeRequest::post("v1/refunds", form).with_idempotency_key(&request.idempotency_key))
            .await?;
        if response.succeeded() { Ok(response.read::<Refund>()?.outcome()) } else { Err(refund_error(&response)) }
    }
}

impl PaymentProvider for Stripe {
    fn charge<'a>(&'a self, charge: &'a ChargeRequest) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        async { self.outcome_of_creation(self.create(charge).await?, charge).await }.boxed()
    }

    fn resolve_charge<'a>(
        &'a self,
        charge: &'a ChargeRequest,
    ) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        async {
            // An earlier call may have been executed before the API key became invalid.
            self.current_outcome(charge).await.map_err(|error| match error {
                ProviderError::Refused(reason) if is_authentication_error(&reason) => ProviderError::Unknown(reason),
                error @ (ProviderError::Unknown(_) | ProviderError::Refused(_)) => error,
            })
        }
        .boxed()
    }

    fn cancel<'a>(&'a self, payment_id: &'a str) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.cancel_intent(payment_id).boxed()
    }

    fn card_fingerprint<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Option<String>, ProviderError>> {
        self.fingerprint(token).boxed()
    }

    fn refund<'a>(&'a self, request: &'a RefundRequest) -> BoxFuture<'a, Result<RefundOutcome, ProviderError>> {
        self.refund_once(request).boxed()
    }
}

/// Stripe's name of a method. A bank transfer is a debit of the shopper's account, of the type that the shop's currency
/// determines: Stripe reports its end. A transfer made by the shopper (`customer_balance`) may never arrive, arrive in
/// part or after a month, and needs a Customer at Stripe.
fn method_type(method: ProviderMethod, currency: &str) -> Option<&'static str> {
    match (method, currency) {
        (ProviderMethod::CreditCard, _) => Some("card"),
        (ProviderMethod::Paypal, _) => Some("paypal"),
        (ProviderMethod::BankTransfer, "USD") => Some("us_bank_account"),
        (ProviderMethod::BankTransfer, "EUR") => Some("sepa_debit"),
        (ProviderMethod::BankTransfer, "GBP") => Some("bacs_debit"),
        (ProviderMethod::BankTransfer, "CAD") => Some("acss_debit"),
        (ProviderMethod::BankTransfer, "AUD") => Some("au_becs_debit"),
        (ProviderMethod::BankTransfer, _) => None,
    }
}

fn cancellation(payment_id: &str) -> StripeRequest<'static> {
    let form = vec![("cancellation_reason", "abandoned".to_owned())];
    StripeRequest::post(format!("v1/payment_intents/{payment_id}/cancel"), form)
}

/// The meaning of a response that created no intent (<https://docs.stripe.com/api/errors>).
fn creation_error(response: &StripeResponse) -> Result<CreateOutcome, ProviderError> {
    let error = response.error();
    let param = error.param.as_deref().unwrap_or_default();
    let declined = |code: &str| Ok(CreateOutcome::Declined { code: code.to_owned(), payment_id: None });
    match (response.status, error.kind.as_str()) {
        (402, _) | (_, "card_error") => {
            let code = decline_code(&error);
            Ok(CreateOutcome::Declined { code, payment_id: error.payment_intent.map(|intent| intent.id) })
        }
        (400, "idempotency_error") => Ok(CreateOutcome::Search(response.summary())),
        (500..=599, _) if response.replayed => Ok(CreateOutcome::Search(response.summary())),
        (400 | 404, _) if is_token(param) => declined("invalid_token"),
        (400, _) if param.starts_with("payment_method_types") => declined("payment_method_unavailable"),
        (400, _) if error.code.as_deref() == Some("amount_too_small") => declined("amount_too_small"),
        (400, _) if error.code.as_deref() == Some("amount_too_large") => declined("amount_too_large"),
        (400 | 404, _) => Err(ProviderError::Refused(response.summary())),
        (401 | 403, _) if !response.in_doubt => Err(ProviderError::Refused(response.summary())),
        _ => Err(ProviderError::Unknown(response.summary())),
    }
}

/// Whether a parameter is the token of the client, or part of it.
fn is_token(param: &str) -> bool {
    let name = param.split('[').next().unwrap_or_default();
    matches!(name, "payment_method" | "confirmation_token" | "mandate" | "mandate_data")
}

/// Whether Stripe rejected the API key rather than the request.
fn is_authentication_error(summary: &str) -> bool {
    summary.starts_with("401") || summary.starts_with("403")
}

fn refund_error(response: &StripeResponse) -> ProviderError {
    match response.status {
        // More than is left, or not refundable: a retry would not change that.
        400 | 402 | 404 if response.error().kind != "idempotency_error" => ProviderError::Refused(response.summary()),
        _ => ProviderError::Unknown(response.summary()),
    }
}
