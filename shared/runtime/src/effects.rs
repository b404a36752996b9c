//! The system's clock and random numbers.

use std::time::{SystemTime, UNIX_EPOCH};

use souk_domain::effects::{Clock, Random};
use souk_domain::time::Timestamp;

/// The system clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        // Without randomness no id and no token can be made. Failing is better than a guessable one.
        getrandom::fill(buffer).expect("the operating system gives random numbers");
    }
}
