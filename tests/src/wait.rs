//! Waiting for effects of queues and streams.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long the effect of a queue or a stream may take. Wide: it guards against an effect that never comes, and must
/// hold on a slow machine that runs other tests.
pub const SOON_SECONDS: u64 = 240;

/// The longest wait of this process, in seconds.
static LONGEST_WAIT: AtomicU64 = AtomicU64::new(u64::MAX);

/// Limits every wait of this process from now on, and stops retries after a 503: for tests that expect most calls to
/// fail. `None` undoes it.
pub fn fail_fast(seconds: Option<u64>) {
    LONGEST_WAIT.store(seconds.unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// Whether [`fail_fast`] is in force.
pub(crate) fn fails_fast() -> bool {
    LONGEST_WAIT.load(Ordering::Relaxed) != u64::MAX
}

/// Whether every function must limit its callers.
static EXPECTS_LIMITS: AtomicBool = AtomicBool::new(false);

/// While [`fail_fast`] is in force, lets calls fail that no function has limited. For a shop whose functions ask the
/// store of limits for each request.
pub fn expect_limits() {
    EXPECTS_LIMITS.store(true, Ordering::Relaxed);
}

/// Whether [`expect_limits`] is in force.
pub(crate) fn expects_limits() -> bool {
    EXPECTS_LIMITS.load(Ordering::Relaxed)
}

/// Polls until the function returns a value; fails after this many seconds.
pub fn eventually<T>(seconds: u64, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let (started, seconds) = (Instant::now(), seconds.min(LONGEST_WAIT.load(Ordering::Relaxed)));
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < Duration::from_secs(seconds), "within {seconds} s it did not happen that {what}");
        thread::sleep(Duration::from_millis(250));
    }
}
