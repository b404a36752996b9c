//! A value that is read again once it is too old.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use souk_domain::effects::Clock;
use souk_domain::time::Timestamp;
use tokio::sync::Mutex;

use crate::keys::{KeyError, KeyFuture};

pub(crate) struct Cached<T> {
    state: RwLock<State<T>>,
    /// Held during a read. The other tasks wait for its result, because after a pause of the process the value may be
    /// hours old.
    reading: Mutex<()>,
}

struct State<T> {
    value: Arc<T>,
    /// When the last read began, also if it failed.
    attempted_at: Timestamp,
    /// The error of the last read.
    failure: Option<KeyError>,
}

impl<T> Cached<T> {
    pub(crate) fn new(value: T, read_at: Timestamp) -> Self {
        let state = State { value: Arc::new(value), attempted_at: read_at, failure: None };
        Self { state: RwLock::new(state), reading: Mutex::new(()) }
    }

    /// The value of the last successful read.
    pub(crate) fn get(&self) -> Arc<T> {
        Arc::clone(&self.state().value)
    }

    /// Reads the value again if the last read began at least `interval_seconds` ago. A failed read keeps the value and
    /// counts as a read; its error is returned until a read succeeds.
    pub(crate) async fn refresh<'a>(
        &self,
        clock: &dyn Clock,
        interval_seconds: i64,
        read: impl FnOnce() -> KeyFuture<'a, T>,
    ) -> Result<(), KeyError> {
        if self.is_due(clock.now(), interval_seconds) {
            let _reading = self.reading.lock().await;
            let now = clock.now();
            if self.is_due(now, interval_seconds) {
                let outcome = read().await;
                self.store(now, outcome);
            }
        }
        self.state().failure.clone().map_or(Ok(()), Err)
    }

    fn is_due(&self, now: Timestamp, interval_seconds: i64) -> bool {
        let attempted_at = self.state().attempted_at;
        // Also due if the clock was set back.
        !(attempted_at..attempted_at.plus_seconds(interval_seconds)).contains(&now)
    }

    fn store(&self, attempted_at: Timestamp, outcome: Result<T, KeyError>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.attempted_at = attempted_at;
        match outcome {
            Ok(value) => (state.value, state.failure) = (Arc::new(value), None),
            Err(error) => state.failure = Some(error),
        }
    }

    fn state(&self) -> RwLockReadGuard<'_, State<T>> {
        // No holder of the lock can panic in the middle of a change.
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use souk_testkit::FixedClock;

    use super::*;

    struct Source(AtomicU32);

    impl Source {
        fn read(&self) -> KeyFuture<'_, u32> {
            Box::pin(async {
                tokio::task::yield_now().await;
                match self.0.fetch_add(1, Ordering::SeqCst) {
                    3 => Err(KeyError::Unavailable("down".to_owned())),
                    n => Ok(n),
                }
            })
        }
    }

    #[tokio::test]
    async fn tasks_that_need_a_new_value_share_one_read() {
        let (clock, source) = (FixedClock::new(), Source(AtomicU32::new(1)));
        let cached = Cached::new(0, clock.now());
        clock.advance_seconds(3600);
        let task = async || {
            cached.refresh(&clock, 60, || source.read()).await.expect("read");
            *cached.get()
        };
        assert_eq!(tokio::join!(task(), task(), task()), (1, 1, 1), "none goes on with the old value");
    }

    #[tokio::test]
    async fn a_failed_read_keeps_the_value_until_the_next_one() {
        let (clock, source) = (FixedClock::new(), Source(AtomicU32::new(2)));
        let cached = Cached::new(0, clock.now());
        let mut results = Vec::new();
        for seconds in [59, 1, 59, 1, 59, 1] {
            clock.advance_seconds(seconds);
            let outcome = cached.refresh(&clock, 60, || source.read()).await;
            results.push((*cached.get(), outcome.is_ok()));
        }
        assert_eq!(results, [(0, true), (2, true), (2, true), (2, false), (2, false), (4, true)]);
        clock.advance_seconds(-10);
        assert!(cached.refresh(&clock, 60, || source.read()).await.is_ok());
        assert_eq!(*cached.get(), 5, "a clock that was set back does not keep the value for ever");
    }
}
