//! A circuit breaker: stops calls to a dependency that does not answer. Pure: the time is passed in.
//!
//! Each process has its own, and a shop may have a thousand processes. So the interval between trial calls doubles with
//! every trial that fails, and is jittered: together the processes leave a recovering dependency room to recover.

use std::time::{Duration, Instant};

/// Consecutive failures that open the breaker.
const FAILURE_THRESHOLD: u32 = 3;
/// Interval before the first trial call of an open breaker, jitter apart.
const FIRST_INTERVAL: Duration = Duration::from_secs(1);
/// Longest interval between two trial calls: how late a process may notice that the dependency is back.
pub const LONGEST_INTERVAL: Duration = Duration::from_secs(32);

/// Counts the consecutive failures of a dependency. Closed, it allows all calls. Open, it allows single trial calls and
/// spares all others the wait. The first success closes it.
#[derive(Debug)]
pub struct CircuitBreaker {
    consecutive_failures: u32,
    /// Until the first answer one failure opens it.
    is_cold: bool,
    /// Set while the breaker is open.
    open: Option<Open>,
    /// The state of the jitter.
    jitter: u64,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    next_trial: Instant,
    /// The interval before it, jitter apart.
    interval: Duration,
}

impl CircuitBreaker {
    /// A closed breaker, whose jitter follows from the seed. Give each process another. Until the first answer one failure
    /// opens it: while a dependency hangs, every new process would otherwise send several calls.
    pub const fn seeded(seed: u64) -> Self {
        Self { consecutive_failures: 0, is_cold: true, open: None, jitter: seed }
    }

    /// A closed breaker that several failures open from the start, with the jitter of a seed.
    pub const fn tolerant(seed: u64) -> Self {
        Self { consecutive_failures: 0, is_cold: false, open: None, jitter: seed }
    }

    /// Whether a call may be made now. While the breaker is open, single callers may make trial calls. A trial whose
    /// outcome is never recorded counts as failed and does not block the next one.
    pub fn allows_call(&mut self, now: Instant) -> bool {
        match self.open {
            Some(open) if now < open.next_trial => false,
            Some(open) => {
                self.open_for(now, (open.interval * 2).min(LONGEST_INTERVAL));
                true
            }
            None => true,
        }
    }

    /// Records that a call was answered.
    pub const fn record_success(&mut self) {
        self.consecutive_failures = 0;
        self.is_cold = false;
        self.open = None;
    }

    /// Records that a call was not answered.
    pub fn record_failure(&mut self, now: Instant) {
        self.consecutive_failures = self.consecutive_failures.saturating_add(1);
        let threshold = if self.is_cold { 1 } else { FAILURE_THRESHOLD };
        if self.open.is_none() && self.consecutive_failures >= threshold {
            self.open_for(now, FIRST_INTERVAL);
        }
    }

    fn open_for(&mut self, now: Instant, interval: Duration) {
        self.jitter = next(self.jitter);
        let half = interval / 2;
        let half_ms = u64::try_from(half.as_millis()).unwrap_or(u64::MAX).max(1);
        let wait = half + Duration::from_millis(self.jitter % half_ms);
        self.open = Some(Open { next_trial: now + wait, interval });
    }
}

/// The next of a sequence of well-mixed numbers (`SplitMix64`).
const fn next(state: u64) -> u64 {
    let mixed = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(now: Instant) -> CircuitBreaker {
        let mut breaker = CircuitBreaker::tolerant(7);
        for _ in 0..FAILURE_THRESHOLD {
            assert!(breaker.allows_call(now));
            breaker.record_failure(now);
        }
        breaker
    }

    #[test]
    fn single_failures_keep_it_closed() {
        let (mut breaker, now) = (CircuitBreaker::tolerant(7), Instant::now());
        breaker.record_success();
        for _ in 0..10 {
            breaker.record_failure(now);
            breaker.record_failure(now);
            breaker.record_success();
            assert!(breaker.allows_call(now));
        }
    }

    #[test]
    fn the_first_failure_opens_it_in_a_new_process() {
        let (mut breaker, now) = (CircuitBreaker::seeded(7), Instant::now());
        assert!(breaker.allows_call(now));
        breaker.record_failure(now);
        assert!(!breaker.allows_call(now));
    }

    #[test]
    fn an_open_breaker_allows_trials_at_growing_intervals() {
        let now = Instant::now();
        let (mut breaker, mut at) = (open(now), now);
        let mut interval = FIRST_INTERVAL;
        for _ in 0..10 {
            assert!(!breaker.allows_call(at), "after {interval:?}");
            assert!(
                !breaker.allows_call(at + (interval / 2).saturating_sub(Duration::from_millis(1))),
                "after {interval:?}"
            );
            at += interval;
            assert!(breaker.allows_call(at), "after {interval:?}");
            // Whether its outcome is recorded or not, it does not block the next one.
            if interval > FIRST_INTERVAL {
                breaker.record_failure(at);
            }
            interval = (interval * 2).min(LONGEST_INTERVAL);
        }
    }

    #[test]
    fn one_success_closes_it() {
        let now = Instant::now();
        let mut breaker = open(now);
        assert!(breaker.allows_call(now + FIRST_INTERVAL));
        breaker.record_success();
        assert!(breaker.allows_call(now + FIRST_INTERVAL) && breaker.allows_call(now + FIRST_INTERVAL));
    }

    /// What a hanging dependency gets from a fleet of cold processes that each serve ten requests a second.
    #[test]
    fn a_thousand_cold_processes_send_few_trials() {
        const PROCESSES: u64 = 1_000;
        const STEP: Duration = Duration::from_millis(100);
        const STEPS: usize = 1_200;
        let began = Instant::now();
        let mut fleet: Vec<_> = (0..PROCESSES).map(|seed| CircuitBreaker::seeded(next(seed))).collect();
        let mut calls = vec![0_usize; STEPS];
        for (number, sent) in calls.iter_mut().enumerate() {
            let now = began + STEP * u32::try_from(number).expect("few");
            for breaker in &mut fleet {
                if breaker.allows_call(now) {
                    breaker.record_failure(now);
                    *sent += 1;
                }
            }
        }
        assert_eq!(calls[0], 1_000, "each process finds out with one call");
        let in_second = |second: usize| calls[second * 10..second * 10 + 10].iter().sum::<usize>();
        let worst = (60..120).map(in_second).max().expect("seconds");
        assert!(worst < 80, "{worst} trials in a second");
        let after_a_minute: usize = calls[600..].iter().sum();
        assert!((2_000..3_500).contains(&after_a_minute), "{after_a_minute} trials in a minute, not 60,000");
    }
}
