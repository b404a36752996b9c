//! Rate limits of callers, before a request reaches its endpoint (docs/limits.md).
//!
//! A bucket is in a store that all processes share. A process takes tokens from it in portions and hands them out
//! without asking, and it remembers that a bucket is empty. So neither a request nor a refusal needs a write of its own.

mod leases;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use lambda_http::{Body, Response};
use souk_cache::SharedCache;
use souk_domain::circuit_breaker::CircuitBreaker;
use souk_domain::effects::{Clock, Random};
use souk_domain::network::ClientNetwork;
use souk_domain::rate_limit::{Grant, Rate, RateClass, RateLimits};
use souk_domain::time::MICROS_PER_SECOND;
use souk_store::Limits;

use super::problem::Problem;
use super::request::{Request, short_hash};
use leases::{LeaseDecision, Leases};

/// Longest wait for the store. DynamoDB answers in a few milliseconds; the rest is for the TLS handshake of a new
/// process.
const STORE_TIMEOUT: Duration = Duration::from_millis(500);
const MICROS_PER_MILLISECOND: i64 = 1_000;

/// Where the buckets are.
pub enum RateStore {
    /// In a Valkey or Redis.
    Cache(Box<SharedCache>),
    /// In the limits table.
    Table(Limits),
}

impl RateStore {
    /// `Err` for the log.
    async fn take(&self, key: &str, rate: Rate, wanted: u32, known_full_at: i64, now: i64) -> Result<Grant, String> {
        match self {
            Self::Cache(cache) => cache.take(key, rate, wanted, now).await.map_err(|error| error.to_string()),
            Self::Table(limits) => {
                limits.take(key, rate, wanted, known_full_at, now).await.map_err(|error| error.to_string())
            }
        }
    }
}

/// Limits the requests of each caller.
pub struct Limiter(Option<ActiveLimiter>);

struct ActiveLimiter {
    rates: RateLimits,
    store: RateStore,
    /// Makes network addresses unrecognisable in the store.
    salt: String,
    clock: Arc<dyn Clock>,
    leases: Mutex<Leases>,
    breaker: Mutex<CircuitBreaker>,
}

/// Whether a request may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum RateOutcome {
    /// The shop has no limits.
    Off,
    /// The request is admitted.
    Admitted {
        /// The rate of the class.
        rate: Rate,
        /// About how many requests are left. `None` if the process has not asked the store yet.
        remaining: Option<u32>,
        /// Microseconds until the bucket is full.
        full_in: i64,
    },
    /// The request is refused.
    Refused {
        /// The rate of the class.
        rate: Rate,
        /// Seconds until the next request is admitted, at least 1.
        retry_after_seconds: u64,
    },
    /// The store did not answer. The caller of this function decides what to do.
    Unavailable,
}

/// The outcome for a request, and its class.
pub(super) struct RateDecision {
    class: RateClass,
    outcome: RateOutcome,
}

impl Limiter {
    /// Admits every request.
    pub const fn off() -> Self {
        Self(None)
    }

    /// Limits callers at these rates. `salt` is a text that outsiders do not know.
    pub fn new(rates: RateLimits, store: RateStore, salt: &str, clock: Arc<dyn Clock>, random: &dyn Random) -> Self {
        let (leases, breaker) = (Mutex::default(), Mutex::new(CircuitBreaker::tolerant(random.below(u64::MAX))));
        Self(Some(ActiveLimiter { rates, store, salt: salt.to_owned(), clock, leases, breaker }))
    }

    /// Counts a request of a caller. `caller` is stored, so it must not reveal a person.
    pub async fn count(&self, class: RateClass, caller: &str) -> RateOutcome {
        let Some(active) = &self.0 else { return RateOutcome::Off };
        active.count(class, caller).await
    }

    /// Counts a request by its route and caller. If the store does not answer, the request goes on. Attempts to log in and
    /// to register have limits of their own, which slow them down then (`souk_identity::Attempts`).
    pub(super) async fn admit(&self, function: &'static str, request: &Request) -> RateDecision {
        let class = request.rate_class();
        let Some(active) = &self.0 else { return RateDecision { class, outcome: RateOutcome::Off } };
        let outcome = active.count(class, &active.caller(request)).await;
        if outcome == RateOutcome::Unavailable {
            // template.yaml counts these lines, and an alarm rings.
            tracing::warn!(event = "rate_limits_unavailable", function, class = class.name(), "request not limited");
        }
        RateDecision { class, outcome }
    }
}

impl ActiveLimiter {
    /// The account or the guest, else the network.
    fn caller(&self, request: &Request) -> String {
        if let Some(identity) = &request.identity {
            return identity.user_id.as_str().to_owned();
        }
        let network = ClientNetwork::parse(request.source_address()).to_string();
        short_hash(&[self.salt.as_bytes(), network.as_bytes()])
    }

    async fn count(&self, class: RateClass, caller: &str) -> RateOutcome {
        let (rate, now) = (self.rates.of(class), self.now());
        let key = format!("rate#{}#{caller}", class.name());
        let (wanted, known_full_at) = match self.leases().decide(&key, rate, now) {
            LeaseDecision::Decided(outcome) => return outcome,
            LeaseDecision::Ask { wanted, known_full_at } => (wanted, known_full_at),
        };
        match self.take(&key, rate, wanted, known_full_at, now).await {
            Some(grant) => self.leases().granted(&key, rate, grant, now),
            None => RateOutcome::Unavailable,
        }
    }

    /// `None` if the store does not answer.
    async fn take(&self, key: &str, rate: Rate, wanted: u32, known_full_at: i64, now: i64) -> Option<Grant> {
        if !self.breaker().allows_call(Instant::now()) {
            return None;
        }
        let taken = self.store.take(key, rate, wanted, known_full_at, now);
        let cause = match tokio::time::timeout(STORE_TIMEOUT, taken).await {
            Ok(Ok(grant)) => {
                self.breaker().record_success();
                return Some(grant);
            }
            Ok(Err(cause)) => cause,
            Err(_) => format!("no answer within {} ms", STORE_TIMEOUT.as_millis()),
        };
        self.breaker().record_failure(Instant::now());
        tracing::warn!(cause, "the store of rate limits failed");
        None
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millis().saturating_mul(MICROS_PER_MILLISECOND)
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn breaker(&self) -> MutexGuard<'_, CircuitBreaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RateDecision {
    /// The problem of a refused request.
    pub(super) fn refusal(&self) -> Option<Problem> {
        let RateOutcome::Refused { retry_after_seconds, .. } = self.outcome else { return None };
        let detail = "too many requests of this kind; wait before the next one";
        Some(Problem::too_many_requests("rate_limited", detail, retry_after_seconds))
    }

    /// Adds `RateLimit-Policy` and `RateLimit` (IETF draft-ietf-httpapi-ratelimit-headers). A response that anyone may
    /// cache does not get `RateLimit`, which is about one caller. While the store does not answer, there is neither.
    pub(super) fn add_headers(&self, response: &mut Response<Body>) {
        let (rate, remaining) = match self.outcome {
            RateOutcome::Off | RateOutcome::Unavailable => return,
            RateOutcome::Admitted { rate, remaining, full_in } => {
                (rate, remaining.map(|remaining| (remaining, seconds(full_in))))
            }
            RateOutcome::Refused { rate, retry_after_seconds } => (rate, Some((0, retry_after_seconds))),
        };
        let name = self.class.name();
        let headers = response.headers_mut();
        set(headers, "ratelimit-policy", &format!("\"{name}\";q={};w={}", rate.requests(), rate.seconds()));
        let is_public = headers.get("cache-control").is_some_and(|value| value.as_bytes().starts_with(b"public"));
        if let Some((remaining, reset)) = remaining.filter(|_| !is_public) {
            set(headers, "ratelimit", &format!("\"{name}\";r={remaining};t={reset}"));
        }
    }
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// Whole seconds, rounded up.
fn seconds(micros: i64) -> u64 {
    u64::try_from(micros).unwrap_or(0).div_ceil(MICROS_PER_SECOND.unsigned_abs())
}
