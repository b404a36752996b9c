//! Bounds on attempts to pay and on cancellations of paid orders.
//!
//! Whoever tests stolen cards makes many attempts that fail. So an attempt is counted before it is made and released when
//! it succeeds: for the account or guest, for the network address, and for the card by the fingerprint that the payment
//! provider gives. The provider keeps its fee for a payment that is refunded, so cancellations of paid orders are
//! bounded, too.
//!
//! When the store of the counts is not available, requests pass: a shop that takes no money is the greater damage.

use std::sync::Arc;

use souk_auth::Pseudonyms;
use souk_domain::effects::Clock;
use souk_domain::ids::UserId;
use souk_runtime::http::{Problem, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{AttemptOutcome, Limit, Limits, StoreError};

const HOUR_SECONDS: i64 = 60 * 60;
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;
/// Attempts of an account or guest in an hour, unless the shop says otherwise.
const MAX_PER_SHOPPER: u32 = 20;
/// Cancellations of paid orders by an account or guest in a day, unless the shop says otherwise.
const MAX_CANCELLATIONS: u32 = 5;
/// Attempts from a network address in an hour. Higher, because many shoppers may share one.
pub const PAYMENTS_PER_ADDRESS: Limit = Limit { max_attempts: 60, window_seconds: HOUR_SECONDS };
/// Attempts with a card in a day.
pub const PAYMENTS_PER_CARD: Limit = Limit { max_attempts: 10, window_seconds: DAY_SECONDS };
/// Cancellations of paid orders from a network address in a day.
pub const CANCELLATIONS_PER_ADDRESS: Limit = Limit { max_attempts: 20, window_seconds: DAY_SECONDS };

/// Counts attempts to pay and cancellations.
#[derive(Clone)]
pub struct PaymentLimits {
    /// The limits table.
    pub limits: Limits,
    /// Makes the pseudonyms of addresses and cards.
    pub pseudonyms: Pseudonyms,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// Attempts to pay of an account or guest.
    pub payments_per_shopper: Limit,
    /// Cancellations of paid orders by an account or guest.
    pub cancellations_per_shopper: Limit,
    /// Whether network addresses and cards are counted as well: `LIMITS=on`.
    pub counts_addresses_and_cards: bool,
}

/// What was counted for a request.
#[derive(Debug, Default)]
#[must_use]
pub struct CountedPayment {
    keys: Vec<String>,
}

/// What a limit is for.
#[derive(Clone, Copy)]
enum Bound {
    Payment,
    Cancellation,
}

impl PaymentLimits {
    /// Reads its configuration from the environment, and the key of the pseudonyms.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        let config = deps.config();
        let max_payments = config.parsed("MAX_PAYMENT_ATTEMPTS", MAX_PER_SHOPPER)?;
        let max_cancellations = config.parsed("MAX_PAID_CANCELLATIONS", MAX_CANCELLATIONS)?;
        Ok(Self {
            limits: deps.limits()?,
            pseudonyms: crate::pseudonyms(deps).await?,
            clock: deps.clock(),
            payments_per_shopper: Limit { max_attempts: max_payments, window_seconds: HOUR_SECONDS },
            cancellations_per_shopper: Limit { max_attempts: max_cancellations, window_seconds: DAY_SECONDS },
            // Only the word "off" switches it off.
            counts_addresses_and_cards: config.optional("LIMITS") != Some("off"),
        })
    }

    /// Counts an attempt to pay, for the caller and for the network address of the request.
    pub async fn count_payment(&self, shopper: &UserId, request: &Request) -> Result<CountedPayment, Problem> {
        let mut counted = CountedPayment::default();
        let key = format!("pay-shopper#{shopper}");
        self.count(&mut counted, key, self.payments_per_shopper, Bound::Payment).await?;
        if self.counts_addresses_and_cards {
            let key = format!("pay-address#{}", self.pseudonyms.ip(request.source_address()));
            self.count(&mut counted, key, PAYMENTS_PER_ADDRESS, Bound::Payment).await?;
        }
        Ok(counted)
    }

    /// Counts the attempt for its card, too.
    pub async fn count_card(&self, counted: &mut CountedPayment, fingerprint: &str) -> Result<(), Problem> {
        let key = format!("pay-card#{}", self.pseudonyms.card(fingerprint));
        self.count(counted, key, PAYMENTS_PER_CARD, Bound::Payment).await
    }

    /// Counts the cancellation of a paid order.
    pub async fn count_cancellation(&self, shopper: &UserId, request: &Request) -> Result<CountedPayment, Problem> {
        let mut counted = CountedPayment::default();
        let key = format!("cancel-shopper#{shopper}");
        self.count(&mut counted, key, self.cancellations_per_shopper, Bound::Cancellation).await?;
        if self.counts_addresses_and_cards {
            let key = format!("cancel-address#{}", self.pseudonyms.ip(request.source_address()));
            self.count(&mut counted, key, CANCELLATIONS_PER_ADDRESS, Bound::Cancellation).await?;
        }
        Ok(counted)
    }

    /// Gives back what was counted, because the payment succeeded or nothing was tried. A failure is only logged: the
    /// shopper has one attempt less in this window.
    pub async fn release(&self, counted: CountedPayment) {
        for key in counted.keys {
            if let Err(error) = self.limits.release(&key).await {
                tracing::warn!(%error, "an attempt to pay stays counted");
            }
        }
    }

    async fn count(
        &self,
        counted: &mut CountedPayment,
        key: String,
        limit: Limit,
        bound: Bound,
    ) -> Result<(), Problem> {
        match self.limits.count(&key, limit, self.clock.now()).await {
            Ok(AttemptOutcome::Counted) => counted.keys.push(key),
            Ok(AttemptOutcome::LimitReached { retry_after_seconds }) => {
                self.release(std::mem::take(counted)).await;
                return Err(refusal(bound, &key, retry_after_seconds));
            }
            Err(error @ (StoreError::Unavailable(_) | StoreError::Conflict)) => {
                tracing::error!(event = "limits_unavailable", %error, "an attempt to pay is not counted");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// Logs and answers a refusal. template.yaml counts these lines, and an alarm rings on a burst. The key is an id or a
/// pseudonym.
fn refusal(bound: Bound, key: &str, retry_after_seconds: i64) -> Problem {
    let seconds = u64::try_from(retry_after_seconds).unwrap_or(1);
    match bound {
        Bound::Payment => {
            tracing::warn!(event = "payment_attempts_refused", subject = key, "payment attempt refused");
            let detail = "too many attempts to pay failed; wait before the next one";
            Problem::new(429, "too_many_payment_attempts", detail).retry_after(seconds)
        }
        Bound::Cancellation => {
            tracing::warn!(event = "cancellation_refused", subject = key, "cancellation refused");
            let detail = "too many paid orders were cancelled; ask the shop to cancel this one";
            Problem::conflict("cancellation_limited", detail)
        }
    }
}
