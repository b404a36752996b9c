//! Bounds on attempts to pay and on cancellations of paid orders.
//!
//! Whoever tests stolen cards makes many attempts that fail. So a failed attempt is counted: for the account or guest, for
//! the network address, and for the card by the fingerprint that the payment provider gives. The counts are read before an
//! attempt, so attempts under way at the same moment can exceed a bound: of one shopper as many as the rate class `pay`
//! admits, of many guests as many as `pay-order` runs at once. A payment that succeeds costs no write. The provider keeps its fee for a payment that is refunded, so cancellations of paid
//! orders are bounded, too. These are counted before they are made.
//!
//! When the store of the counts is not available, requests pass: a shop that takes no money is the greater damage.

use std::sync::Arc;

use futures_util::future::join_all;
use souk_auth::Pseudonyms;
use souk_domain::account::CallerKind;
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
/// Cancellations of paid orders by guests from a network address in a day.
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

/// Counters of an attempt to pay, none of which is at its bound.
#[derive(Debug, Default)]
#[must_use]
pub struct PaymentCounters(Vec<(String, Limit)>);

/// What was counted for a cancellation.
#[derive(Debug, Default)]
#[must_use]
pub struct CountedCancellation(Vec<String>);

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
            counts_addresses_and_cards: config.has_limits(),
        })
    }

    /// Fails if the caller, the network address or the card has too many failed attempts to pay. `card` is the
    /// fingerprint, if it is known.
    pub async fn check_payment(
        &self,
        shopper: &UserId,
        card: Option<&str>,
        request: &Request,
    ) -> Result<PaymentCounters, Problem> {
        let mut counters = vec![(format!("pay-shopper#{shopper}"), self.payments_per_shopper)];
        if self.counts_addresses_and_cards {
            let address = self.pseudonyms.ip(request.source_address());
            counters.push((format!("pay-address#{address}"), PAYMENTS_PER_ADDRESS));
            let card = card.map(|card| format!("pay-card#{}", self.pseudonyms.card(card)));
            counters.extend(card.map(|key| (key, PAYMENTS_PER_CARD)));
        }
        let now = self.clock.now();
        let waits = counters.iter().map(|(key, limit)| self.limits.seconds_to_wait(key, *limit, now));
        for ((key, _), wait) in counters.iter().zip(join_all(waits).await) {
            if let Some(seconds) = tolerate_outage(wait)?.flatten() {
                return Err(payment_refused(key, seconds));
            }
        }
        Ok(PaymentCounters(counters))
    }

    /// Counts a failed attempt. An error is only logged, because the attempt has its outcome.
    pub async fn count_failed_payment(&self, counters: PaymentCounters) {
        let now = self.clock.now();
        let counts = counters.0.iter().map(|(key, limit)| self.limits.count(key, *limit, now));
        for counted in join_all(counts).await {
            if let Err(error) = counted {
                tracing::error!(event = "rate_limits_unavailable", %error, "a failed attempt to pay is not counted");
            }
        }
    }

    /// Counts the cancellation of a paid order, before it is made. Those of guests are counted for the network address,
    /// too: an account has its own count, and shares its address with others.
    pub async fn count_cancellation(&self, request: &Request) -> Result<CountedCancellation, Problem> {
        let caller = request.user()?;
        let mut counters = vec![(format!("cancel-shopper#{}", caller.user_id), self.cancellations_per_shopper)];
        if self.counts_addresses_and_cards && caller.kind == CallerKind::Guest {
            let address = self.pseudonyms.ip(request.source_address());
            counters.push((format!("cancel-address#{address}"), CANCELLATIONS_PER_ADDRESS));
        }
        let mut counted = CountedCancellation::default();
        for (key, limit) in counters {
            match tolerate_outage(self.limits.count(&key, limit, self.clock.now()).await)? {
                Some(AttemptOutcome::Counted) => counted.0.push(key),
                Some(AttemptOutcome::LimitReached { .. }) => {
                    self.release(counted).await;
                    return Err(cancellation_refused(&key));
                }
                None => {}
            }
        }
        Ok(counted)
    }

    /// Gives back what was counted, because the order was not cancelled. A failure is only logged: the shopper has one
    /// cancellation less in this window.
    pub async fn release(&self, counted: CountedCancellation) {
        for key in counted.0 {
            if let Err(error) = self.limits.release(&key).await {
                tracing::warn!(%error, "a cancellation stays counted");
            }
        }
    }
}

/// `None` if the store is not available: the request passes without that limit.
fn tolerate_outage<T>(outcome: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match outcome {
        Ok(outcome) => Ok(Some(outcome)),
        Err(error @ (StoreError::Unavailable(_) | StoreError::Conflict)) => {
            tracing::error!(event = "rate_limits_unavailable", %error, "a payment or cancellation is not limited");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Logs and answers a refusal. template.yaml counts these lines, and an alarm rings on a burst. The key is an id or a
/// pseudonym.
fn payment_refused(key: &str, retry_after_seconds: u64) -> Problem {
    tracing::warn!(event = "payment_attempts_refused", subject = key, "payment attempt refused");
    let detail = "too many attempts to pay failed; wait before the next one";
    Problem::too_many_requests("too_many_attempts", detail, retry_after_seconds)
}

fn cancellation_refused(key: &str) -> Problem {
    tracing::warn!(event = "cancellation_refused", subject = key, "cancellation refused");
    let detail = "too many paid orders were cancelled; ask the shop to cancel this one";
    Problem::conflict("cancellation_limited", detail)
}
