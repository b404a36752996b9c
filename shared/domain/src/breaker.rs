//! When to stop asking a part that does not answer, and when to try it again. Pure: the time is passed in.

use std::time::{Duration, Instant};

/// Failures in a row after which a part is left alone.
const FAILURES: u32 = 3;
/// How long it is left alone before one caller tries it again.
const REST: Duration = Duration::from_secs(1);

/// Remembers how a part has answered lately. As long as it fails, one call a second is let through as a trial and all
/// others are spared the wait; the first answer brings all of them back.
#[derive(Debug, Default)]
pub struct Breaker {
    failures: u32,
    next_trial: Option<Instant>,
}

impl Breaker {
    /// Whether a call may be made now. Of callers that come while the part rests, one a second may: its outcome decides
    /// for the others, and when it never tells one, the next second brings another.
    pub fn admits(&mut self, now: Instant) -> bool {
        match self.next_trial {
            Some(next_trial) if now < next_trial => false,
            Some(_) => {
                self.next_trial = Some(now + REST);
                true
            }
            None => true,
        }
    }

    /// A call was answered.
    pub const fn succeeded(&mut self) {
        self.failures = 0;
        self.next_trial = None;
    }

    /// A call was not answered.
    pub fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.next_trial = Some(now + REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(now: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES {
            assert!(breaker.admits(now));
            breaker.failed(now);
        }
        breaker
    }

    #[test]
    fn single_failures_do_no_harm() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..10 {
            breaker.failed(now);
            breaker.failed(now);
            breaker.succeeded();
            assert!(breaker.admits(now));
        }
    }

    #[test]
    fn a_part_that_keeps_failing_is_tried_once_a_second() {
        let now = Instant::now();
        let mut breaker = broken(now);
        assert!(!breaker.admits(now) && !breaker.admits(now + REST / 2));
        assert!(breaker.admits(now + REST) && !breaker.admits(now + REST));
        breaker.failed(now + REST);
        assert!(!breaker.admits(now + REST + REST / 2));
        // a trial that never ends holds up no later one
        assert!(breaker.admits(now + 2 * REST) && breaker.admits(now + 3 * REST));
    }

    #[test]
    fn one_answer_brings_everybody_back() {
        let now = Instant::now();
        let mut breaker = broken(now);
        assert!(breaker.admits(now + REST));
        breaker.succeeded();
        assert!(breaker.admits(now + REST) && breaker.admits(now + REST));
    }
}
