//! Faults of requests to Stripe, on demand.

use std::collections::VecDeque;
use std::str::FromStr;

use serde::Deserialize;

use crate::SeededRandom;

/// A fault of one write request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// No effect and no response.
    TimeoutBefore,
    /// The effect, and no response.
    TimeoutAfter,
    /// No effect; 500, which is stored for the key.
    ErrorBefore,
    /// The effect; 500, which is stored for the key.
    ErrorAfter,
    /// 429, no effect, and nothing is stored for the key.
    RateLimited,
    /// 503, no effect, and nothing is stored for the key.
    Unavailable,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 6] = [
        Self::TimeoutBefore,
        Self::TimeoutAfter,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::RateLimited,
        Self::Unavailable,
    ];
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        serde_json::from_value(raw.into()).map_err(|e| e.to_string())
    }
}

/// The next faults.
#[derive(Default)]
pub(super) struct Faults {
    next: VecDeque<Option<Fault>>,
    per_mille: u64,
    random: Option<SeededRandom>,
}

impl Faults {
    /// Queues faults for the next requests, one each; `None` is a request without a fault.
    pub(super) fn queue(&mut self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.next.extend(faults);
    }

    /// Injects a random fault into this many of a thousand requests from now on.
    pub(super) fn at_random(&mut self, per_mille: u64, seed: u64) {
        self.per_mille = per_mille;
        self.random = Some(SeededRandom::new(seed));
    }

    /// The fault of this request.
    pub(super) fn take(&mut self) -> Option<Fault> {
        use souk_domain::effects::Random as _;
        if let Some(next) = self.next.pop_front() {
            return next;
        }
        let random = self.random.as_ref()?;
        let kinds = Fault::ALL.len() as u64;
        let hit = random.below(1_000) < self.per_mille;
        hit.then(|| usize::try_from(random.below(kinds)).map_or(Fault::ALL[0], |index| Fault::ALL[index]))
    }
}
