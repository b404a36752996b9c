//! Stripe: PaymentIntents made and confirmed in one call with what the shopper gave Stripe in the browser, and refunds.
//!
//! How an answer is found out rests on three of Stripe's rules:
//! - the same call with the same `Idempotency-Key` moves money once, but answers what the *first* one was answered, be it
//!   a 500: how a known intent stands now is read, never created again;
//! - keys are forgotten after a day at the earliest, and a call with a forgotten key is a new one: an old attempt is looked
//!   up by its metadata, and never sent again;
//! - the same key with other parameters is refused, as after a deployment that changed them: looked up as well.
//!
//! The token is a ConfirmationToken (`ctoken_…`, the better one: it brings along the mandate that a bank debit needs) or a
//! PaymentMethod (`pm_…`).

mod amount;
mod api;
mod intent;
mod secret;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use souk_domain::effects::{Clock, Random};
use souk_domain::order::{PaymentMethod, ProviderOutcome};

use self::api::{Answer, Api, Call};
use self::intent::{Intent, Page, Refund, Standing, decline_code};
use crate::{ABANDONED, Charge, PaymentProvider, ProviderError, RefundOutcome, RefundRequest};

pub use self::api::{API_VERSION, Bounds};
pub use self::secret::{ManagedSecret, SecretError, SecretSource, Secrets, StripeSecret};
pub use self::webhook::{Notice, RefundNews, TOLERANCE_SECONDS, Webhook, WebhookError, sign};

/// Stripe's own address.
pub const STRIPE_API_URL: &str = "https://api.stripe.com";

/// How long tidying up may hold up an answer that is known.
const TIDY_UP: Duration = Duration::from_millis(400);
/// How long after an attempt began its key is certain to be remembered, in seconds. Stripe keeps keys for 24 hours at least.
const KEY_LIFE_SECONDS: i64 = 20 * 3600;
/// How long after an attempt began Stripe's search is certain to know of it, in seconds. Stripe says "less than a minute".
const SEARCH_LAG_SECONDS: i64 = 900;

/// How Stripe is reached.
#[derive(Debug, Clone)]
pub struct StripeConfig {
    /// [`STRIPE_API_URL`], or a double of it.
    pub api_url: String,
    /// Where the shopper's browser comes back to after an action. Redirects (PayPal, most of 3-D Secure) need it.
    pub return_url: Option<String>,
    /// Of one question.
    pub bounds: Bounds,
}

/// The provider.
pub struct Stripe {
    api: Api,
    return_url: Option<String>,
    clock: Arc<dyn Clock>,
}

/// What a call about an intent taught.
enum Seen {
    /// The intent.
    Intent(Box<Intent>),
    /// Declined; of this intent, if one was made.
    Declined { code: String, payment_id: Option<String> },
    /// The call cannot tell: look for the intent.
    LookUp(String),
}

impl Stripe {
    /// Asks nobody yet. The error says what is wrong with the address.
    pub fn new(
        config: StripeConfig,
        secrets: Secrets,
        random: Arc<dyn Random>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let api = Api::new(&config.api_url, secrets, random, config.bounds)?;
        Ok(Self { api, return_url: config.return_url, clock })
    }

    /// Creates and confirms, or finds out what an earlier call with this key was answered.
    async fn create(&self, charge: &Charge) -> Result<Seen, ProviderError> {
        let Some(form) = self.create_form(charge) else {
            return Ok(Seen::Declined { code: "payment_method_unavailable".to_owned(), payment_id: None });
        };
        let call = Call::post("v1/payment_intents", form).once(&charge.idempotency_key);
        let answer = self.api.send(&call).await?;
        if answer.succeeded() {
            let intent: Intent = answer.read()?;
            // What is replayed is how it stood when it was made.
            return Ok(Seen::Intent(Box::new(if answer.replayed && !intent.is_final() {
                self.read(&intent.id).await?
            } else {
                intent
            })));
        }
        refusal(&answer)
    }

    /// None if Stripe does not offer that method, or cannot say that amount, in this currency.
    fn create_form(&self, charge: &Charge) -> Option<Vec<(&'static str, String)>> {
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

    async fn read(&self, payment_id: &str) -> Result<Intent, ProviderError> {
        let answer = self.api.send(&Call::get(format!("v1/payment_intents/{payment_id}"), vec![])).await?;
        if answer.succeeded() { answer.read() } else { Err(ProviderError::Unknown(answer.summary())) }
    }

    /// The intent of an attempt by its metadata; none if there is none.
    async fn look_up(&self, charge: &Charge) -> Result<Option<Intent>, ProviderError> {
        // Neither value can hold a quote: they are an id of ours and a number.
        let query = format!("metadata['order_id']:'{}' AND metadata['attempt']:'{}'", charge.order_id, charge.attempt);
        let answer = self.api.send(&Call::get("v1/payment_intents/search", vec![("query", query)])).await?;
        if !answer.succeeded() {
            return Err(ProviderError::Unknown(answer.summary()));
        }
        let found = answer.read::<Page<Intent>>()?.data;
        // One at most was made; if there are more against all expectation, the one that took money counts.
        Ok(found.into_iter().max_by_key(|intent| (intent.status == "succeeded", intent.status == "processing")))
    }

    async fn find_out(&self, charge: &Charge) -> Result<ProviderOutcome, ProviderError> {
        if let Some(payment_id) = &charge.payment_id {
            let intent = self.read(payment_id).await?;
            return self.outcome(intent).await;
        }
        let age_seconds = charge.started_at.seconds_until(self.clock.now());
        let mut unclear = "not sent again".to_owned();
        if age_seconds < KEY_LIFE_SECONDS {
            match self.create(charge).await? {
                Seen::LookUp(why) => unclear = why,
                seen => return self.settle(seen).await,
            }
        }
        match self.look_up(charge).await? {
            Some(intent) => self.outcome(intent).await,
            None if age_seconds < SEARCH_LAG_SECONDS => Err(ProviderError::Unknown(unclear)),
            // It never came about. If it did all the same, the webhook says so, and money counts whenever it comes.
            None => Ok(ProviderOutcome::Declined { code: ABANDONED.to_owned() }),
        }
    }

    async fn settle(&self, seen: Seen) -> Result<ProviderOutcome, ProviderError> {
        match seen {
            Seen::Intent(intent) => self.outcome(*intent).await,
            Seen::Declined { code, payment_id } => {
                if let Some(payment_id) = payment_id {
                    self.call_off(&payment_id).await;
                }
                Ok(ProviderOutcome::Declined { code })
            }
            Seen::LookUp(unclear) => Err(ProviderError::Unknown(unclear)),
        }
    }

    async fn outcome(&self, intent: Intent) -> Result<ProviderOutcome, ProviderError> {
        match intent.standing()? {
            Standing::Outcome(outcome) => Ok(outcome),
            Standing::Stuck { code } => {
                self.call_off(&intent.id).await;
                Ok(ProviderOutcome::Declined { code })
            }
        }
    }

    /// Tidies up an intent that took nothing and that nobody can confirm any more: its client secret never left us. So
    /// whether this succeeds does not matter.
    async fn call_off(&self, payment_id: &str) {
        let _ = tokio::time::timeout(TIDY_UP, self.api.send(&cancellation(payment_id))).await;
    }

    async fn give_up(&self, payment_id: &str) -> Result<ProviderOutcome, ProviderError> {
        let answer = self.api.send(&cancellation(payment_id)).await?;
        // Stripe refuses to cancel what has succeeded, is being processed or was cancelled before.
        let intent = if answer.succeeded() { answer.read()? } else { self.read(payment_id).await? };
        match intent.standing()? {
            Standing::Outcome(ProviderOutcome::ActionRequired { .. }) => Err(ProviderError::Unknown(answer.summary())),
            Standing::Outcome(outcome) => Ok(outcome),
            Standing::Stuck { code } => Ok(ProviderOutcome::Declined { code }),
        }
    }

    /// Keys are forgotten, and a refund may be asked for days later, from a dead-letter queue: so Stripe's list is looked
    /// at first. That is no hot path.
    async fn give_back(&self, request: &RefundRequest) -> Result<RefundOutcome, ProviderError> {
        let listed = vec![("payment_intent", request.payment_id.clone()), ("limit", "100".to_owned())];
        let answer = self.api.send(&Call::get("v1/refunds", listed)).await?;
        if !answer.succeeded() {
            return Err(refund_refusal(&answer));
        }
        let given = answer.read::<Page<Refund>>()?.data;
        let same = |refund: &Refund| refund.metadata.get("refund_key") == Some(&request.idempotency_key);
        if let Some(refund) = given.iter().find(|refund| same(refund)) {
            return Ok(refund.outcome());
        }
        let too_fine = || ProviderError::Refused("Stripe cannot say this amount".to_owned());
        let form = vec![
            ("payment_intent", request.payment_id.clone()),
            ("amount", amount::to_stripe(request.amount).ok_or_else(too_fine)?.to_string()),
            ("metadata[user_id]", request.user_id.to_string()),
            ("metadata[order_id]", request.order_id.to_string()),
            ("metadata[refund]", request.refund.to_string()),
            ("metadata[retry]", request.retry.to_string()),
            ("metadata[refund_key]", request.idempotency_key.clone()),
        ];
        let answer = self.api.send(&Call::post("v1/refunds", form).once(&request.idempotency_key)).await?;
        if answer.succeeded() { Ok(answer.read::<Refund>()?.outcome()) } else { Err(refund_refusal(&answer)) }
    }
}

impl PaymentProvider for Stripe {
    fn charge<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        async { self.settle(self.create(charge).await?).await }.boxed()
    }

    fn charge_again<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        async {
            // An earlier call may have been heard before our key became bad.
            self.find_out(charge).await.map_err(|error| match error {
                ProviderError::Refused(reason) if is_about_us(&reason) => ProviderError::Unknown(reason),
                other => other,
            })
        }
        .boxed()
    }

    fn cancel<'a>(&'a self, payment_id: &'a str) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.give_up(payment_id).boxed()
    }

    fn refund<'a>(&'a self, request: &'a RefundRequest) -> BoxFuture<'a, Result<RefundOutcome, ProviderError>> {
        self.give_back(request).boxed()
    }
}

/// Stripe's word for a method. A bank transfer is a debit of the shopper's account, which the shop's currency decides:
/// it has an end that Stripe tells us. A transfer that the shopper makes (`customer_balance`) may come never, in part, or
/// in a month, and needs a Customer at Stripe.
fn method_type(method: PaymentMethod, currency: &str) -> Option<&'static str> {
    match (method, currency) {
        (PaymentMethod::CreditCard, _) => Some("card"),
        (PaymentMethod::Paypal, _) => Some("paypal"),
        (PaymentMethod::BankTransfer, "USD") => Some("us_bank_account"),
        (PaymentMethod::BankTransfer, "EUR") => Some("sepa_debit"),
        (PaymentMethod::BankTransfer, "GBP") => Some("bacs_debit"),
        (PaymentMethod::BankTransfer, "CAD") => Some("acss_debit"),
        (PaymentMethod::BankTransfer, "AUD") => Some("au_becs_debit"),
        (PaymentMethod::BankTransfer | PaymentMethod::StoreCredit, _) => None,
    }
}

fn cancellation(payment_id: &str) -> Call<'static> {
    let form = vec![("cancellation_reason", "abandoned".to_owned())];
    Call::post(format!("v1/payment_intents/{payment_id}/cancel"), form)
}

/// What an answer means that did not make an intent (<https://docs.stripe.com/api/errors>).
fn refusal(answer: &Answer) -> Result<Seen, ProviderError> {
    let error = answer.error();
    let param = error.param.as_deref().unwrap_or_default();
    let declined = |code: &str| Ok(Seen::Declined { code: code.to_owned(), payment_id: None });
    match (answer.status, error.kind.as_str()) {
        (402, _) | (_, "card_error") => {
            let code = decline_code(&error);
            Ok(Seen::Declined { code, payment_id: error.payment_intent.map(|intent| intent.id) })
        }
        (400, "idempotency_error") => Ok(Seen::LookUp(answer.summary())),
        (500..=599, _) if answer.replayed => Ok(Seen::LookUp(answer.summary())),
        (400 | 404, _) if is_token(param) => declined("invalid_token"),
        (400, _) if param.starts_with("payment_method_types") => declined("payment_method_unavailable"),
        (400, _) if error.code.as_deref() == Some("amount_too_small") => declined("amount_too_small"),
        (400, _) if error.code.as_deref() == Some("amount_too_large") => declined("amount_too_large"),
        (400 | 404, _) => Err(ProviderError::Refused(answer.summary())),
        (401 | 403, _) if !answer.in_doubt => Err(ProviderError::Refused(answer.summary())),
        _ => Err(ProviderError::Unknown(answer.summary())),
    }
}

/// Whether a parameter is what the client sent as its token, or part of it.
fn is_token(param: &str) -> bool {
    let name = param.split('[').next().unwrap_or_default();
    matches!(name, "payment_method" | "confirmation_token" | "mandate" | "mandate_data")
}

/// Whether Stripe refused us rather than the request.
fn is_about_us(summary: &str) -> bool {
    summary.starts_with("401") || summary.starts_with("403")
}

fn refund_refusal(answer: &Answer) -> ProviderError {
    match answer.status {
        // More than is left, or not refundable: nothing that asking again would change.
        400 | 402 | 404 if answer.error().kind != "idempotency_error" => ProviderError::Refused(answer.summary()),
        _ => ProviderError::Unknown(answer.summary()),
    }
}
