//! A circuit breaker: stops calls to a dependency that does not answer. Pure: the time is passed in.

use std::time::{Duration, Instant};

/// Consecutive failures that open the breaker.
const FAILURE_THRESHOLD: u32 = 3;
/// Interval between the trial calls of an open breaker.
const TRIAL_INTERVAL: Duration = Duration::from_secs(1);

/// Counts the consecutive failures of a dependency. Closed, it allows all calls. Open, it allows one trial call a
/// second and spares all others the wait. The first success closes it.
#[derive(Debug, Default)]
pub struct CircuitBreaker {
    consecutive_failures: u32,
    /// Set while the breaker is open.
    next_trial: Option<Instant>,
}

impl CircuitBreaker {
    /// Whether a call may be made now. While the breaker is open, one caller a second may make a trial call. A trial
    /// whose outcome is never recorded does not block the next one.
    pub fn allows_call(&mut self, now: Instant) -> bool {
        match self.next_trial {
            Some(next_trial) if now < next_trial => false,
            Some(_) => {
                self.next_trial = Some(now + TRIAL_INTERVAL);
                true
            }
            None => true,
        }
    }

    /// Records that a call was answered.
    pub const fn record_success(&mut self) {
        self.consecutive_failures = 0;
        self.next_trial = None;
    }

    /// Records that a call was not answered.
    pub fn record_failure(&mut self, now: Instant) {
        self.consecutive_failures = self.consecutive_failures.saturating_add(1);
        if self.consecutive_failures >= FAILURE_THRESHOLD {
            self.next_trial = Some(now + TRIAL_INTERVAL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(now: Instant) -> CircuitBreaker {
        let mut breaker = CircuitBreaker::default();
        for _ in 0..FAILURE_THRESHOLD {
            assert!(breaker.allows_call(now));
            breaker.record_failure(now);
        }
        breaker
    }

    #[test]
    fn single_failures_keep_it_closed() {
        let (mut breaker, now) = (CircuitBreaker::default(), Instant::now());
        for _ in 0..10 {
            breaker.record_failure(now);
            breaker.record_failure(now);
            breaker.record_success();
            assert!(breaker.allows_call(now));
        }
    }

    #[test]
    fn an_open_breaker_allows_one_trial_a_second() {
        let now = Instant::now();
        let mut breaker = open(now);
        assert!(!breaker.allows_call(now) && !breaker.allows_call(now + TRIAL_INTERVAL / 2));
        assert!(breaker.allows_call(now + TRIAL_INTERVAL) && !breaker.allows_call(now + TRIAL_INTERVAL));
        breaker.record_failure(now + TRIAL_INTERVAL);
        assert!(!breaker.allows_call(now + TRIAL_INTERVAL + TRIAL_INTERVAL / 2));
        // A trial without a recorded outcome does not block the next one.
        assert!(breaker.allows_call(now + 2 * TRIAL_INTERVAL) && breaker.allows_call(now + 3 * TRIAL_INTERVAL));
    }

    #[test]
    fn one_success_closes_it() {
        let now = Instant::now();
        let mut breaker = open(now);
        assert!(breaker.allows_call(now + TRIAL_INTERVAL));
        breaker.record_success();
        assert!(breaker.allows_call(now + TRIAL_INTERVAL) && breaker.allows_call(now + TRIAL_INTERVAL));
    }
}
