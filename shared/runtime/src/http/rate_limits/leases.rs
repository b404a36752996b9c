//! Tokens that this process has taken from buckets and not handed out yet. No I/O: the time is passed in.

use std::collections::HashMap;

use souk_domain::rate_limit::{Grant, Rate};
use souk_domain::time::MICROS_PER_SECOND;

use super::{RateOutcome, seconds};

/// Maximum callers that a process remembers, at about 200 bytes each. Above it, the process forgets the expired ones, and
/// all of them if few have expired.
const MAX_LEASES: usize = 10_000;

/// Maximum time for which a process assumes that a bucket is empty after it has a token again.
const LONGEST_WAIT_MICROS: i64 = 4 * MICROS_PER_SECOND;
/// Maximum doublings of the time for which the store is not asked about an empty bucket.
const MAX_DOUBLINGS: u32 = 4;

/// What is known of each bucket, by its key.
#[derive(Debug, Default)]
pub(super) struct Leases(HashMap<String, Lease>);

/// What is known of a bucket.
#[derive(Debug, Clone, Copy)]
struct Lease {
    /// Tokens that were taken and not handed out.
    tokens: u32,
    /// Requests that were admitted without a token.
    owed: u32,
    /// How many tokens to take next. Doubles each time, so that one request in each of a hundred processes does not
    /// take a hundred portions.
    portion: u32,
    /// When the bucket will be full, as of the last answer of the store.
    full_at: i64,
    /// How often in a row the bucket was empty.
    times_empty: u32,
    /// Until when the bucket is taken to be empty.
    empty_until: i64,
    /// When this is forgotten.
    expires_at: i64,
}

/// What to do with a request.
#[derive(Debug)]
pub(super) enum LeaseDecision {
    /// The outcome is known.
    Decided(RateOutcome),
    /// Ask the store for tokens.
    Ask {
        /// Tokens to take.
        wanted: u32,
        /// When the bucket will be full, as far as is known; else 0.
        known_full_at: i64,
    },
}

impl Leases {
    /// Decides about a request, if that is possible without the store.
    pub(super) fn decide(&mut self, key: &str, rate: Rate, now: i64) -> LeaseDecision {
        let Some(lease) = self.0.get_mut(key).filter(|lease| lease.expires_at > now) else {
            let owed = u32::from(rate.trusts_first_request());
            self.insert(key, Lease::new(rate, owed, now), now);
            if owed == 0 {
                return LeaseDecision::Ask { wanted: 1, known_full_at: 0 };
            }
            return LeaseDecision::Decided(RateOutcome::Admitted { rate, remaining: None, full_in: 0 });
        };
        if lease.empty_until > now {
            return LeaseDecision::Decided(lease.refused(rate, now));
        }
        if lease.tokens > 0 {
            lease.tokens -= 1;
            return LeaseDecision::Decided(lease.admitted(rate, now));
        }
        LeaseDecision::Ask { wanted: lease.portion.saturating_add(lease.owed), known_full_at: lease.full_at }
    }

    /// Records the store's answer, and decides about the request for which it was asked.
    pub(super) fn granted(&mut self, key: &str, rate: Rate, grant: Grant, now: i64) -> RateOutcome {
        // The lease is gone if many other callers came meanwhile.
        let mut lease = self.0.get(key).copied().unwrap_or_else(|| Lease::new(rate, 0, now));
        lease.full_at = grant.full_at;
        lease.expires_at = expiry(rate, now);
        let outcome = if grant.tokens == 0 {
            // At least the time in which a portion accrues: otherwise each process would ask for each single token. The time
            // doubles with each refusal, because other processes take the tokens that accrue.
            let portion_micros = rate.interval_micros() * i64::from(rate.largest_lease());
            let longer = portion_micros.min(MICROS_PER_SECOND) << lease.times_empty.min(MAX_DOUBLINGS);
            let wait = rate.wait_micros(grant.full_at, now).max(longer.min(LONGEST_WAIT_MICROS));
            lease.times_empty = lease.times_empty.saturating_add(1);
            lease.empty_until = now.saturating_add(wait);
            lease.refused(rate, now)
        } else {
            lease.times_empty = 0;
            let left = grant.tokens - 1;
            let paid = lease.owed.min(left);
            lease.owed -= paid;
            lease.tokens = lease.tokens.saturating_add(left - paid);
            lease.portion = lease.portion.saturating_mul(2).min(rate.largest_lease());
            lease.admitted(rate, now)
        };
        self.insert(key, lease, now);
        outcome
    }

    fn insert(&mut self, key: &str, lease: Lease, now: i64) {
        if self.0.len() >= MAX_LEASES && !self.0.contains_key(key) {
            self.0.retain(|_, lease| lease.expires_at > now);
            // Otherwise each new caller would cause another pass over all leases.
            if self.0.len() > MAX_LEASES / 2 {
                self.0.clear();
            }
        }
        self.0.insert(key.to_owned(), lease);
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.0.len()
    }
}

impl Lease {
    const fn new(rate: Rate, owed: u32, now: i64) -> Self {
        Self { tokens: 0, owed, portion: 1, full_at: 0, times_empty: 0, empty_until: 0, expires_at: expiry(rate, now) }
    }

    fn admitted(&self, rate: Rate, now: i64) -> RateOutcome {
        let remaining = rate.available(self.full_at, now).saturating_add(self.tokens).min(rate.requests());
        RateOutcome::Admitted { rate, remaining: Some(remaining), full_in: self.full_at.saturating_sub(now) }
    }

    fn refused(&self, rate: Rate, now: i64) -> RateOutcome {
        let retry_after_seconds = seconds(self.empty_until.saturating_sub(now)).max(1);
        RateOutcome::Refused { rate, retry_after_seconds }
    }
}

/// A bucket that nobody used for as long as it takes to fill is full, or nearly.
const fn expiry(rate: Rate, now: i64) -> i64 {
    now.saturating_add(rate.capacity_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_503_420_000_000;

    fn rate() -> Rate {
        Rate::new(1_200, 60).expect("a rate")
    }

    #[test]
    fn the_memory_for_callers_is_bounded() {
        let mut leases = Leases::default();
        for caller in 0..3 * MAX_LEASES {
            let decision = leases.decide(&caller.to_string(), rate(), NOW);
            assert!(matches!(decision, LeaseDecision::Decided(RateOutcome::Admitted { .. })));
            assert!(leases.len() <= MAX_LEASES);
        }
    }

    #[test]
    fn a_first_request_is_paid_for_by_the_second() {
        let mut leases = Leases::default();
        assert!(matches!(leases.decide("a", rate(), NOW), LeaseDecision::Decided(_)));
        let LeaseDecision::Ask { wanted, known_full_at } = leases.decide("a", rate(), NOW) else {
            panic!("the store is asked")
        };
        assert_eq!((wanted, known_full_at), (2, 0));
        let outcome = leases.granted("a", rate(), Grant { tokens: 2, full_at: NOW + 100_000 }, NOW);
        assert_eq!(outcome, RateOutcome::Admitted { rate: rate(), remaining: Some(1_198), full_in: 100_000 });
        let LeaseDecision::Ask { wanted, .. } = leases.decide("a", rate(), NOW) else { panic!("no token is left") };
        assert_eq!(wanted, 2, "the portion has doubled, and nothing is owed");
    }

    #[test]
    fn a_small_bucket_is_asked_at_once() {
        let (mut leases, rate) = (Leases::default(), Rate::new(79, 60).expect("a rate"));
        assert!(matches!(leases.decide("a", rate, NOW), LeaseDecision::Ask { wanted: 1, known_full_at: 0 }));
    }

    #[test]
    fn an_empty_bucket_is_remembered_and_then_asked_again() {
        let (mut leases, rate) = (Leases::default(), Rate::new(20, 60).expect("a rate"));
        let empty = Grant { tokens: 0, full_at: NOW + rate.capacity_micros() };
        assert!(matches!(leases.decide("a", rate, NOW), LeaseDecision::Ask { .. }));
        let refused = leases.granted("a", rate, empty, NOW);
        assert_eq!(refused, RateOutcome::Refused { rate, retry_after_seconds: 3 });
        let later = NOW + 2_000_001;
        let LeaseDecision::Decided(refused) = leases.decide("a", rate, later) else { panic!("remembered") };
        assert_eq!(refused, RateOutcome::Refused { rate, retry_after_seconds: 1 });
        assert!(matches!(leases.decide("a", rate, NOW + 3_000_000), LeaseDecision::Ask { .. }));
    }
}
