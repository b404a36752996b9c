//! Waiting for effects of queues and streams.

use std::thread;
use std::time::{Duration, Instant};

/// How long the effect of a queue or a stream may take. Wide: it guards against an effect that never comes, and must
/// hold on a slow machine that runs other tests.
pub const SOON_SECONDS: u64 = 240;

/// Polls until the function returns a value; fails after this many seconds.
pub fn eventually<T>(seconds: u64, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < Duration::from_secs(seconds), "within {seconds} s it did not happen that {what}");
        thread::sleep(Duration::from_millis(250));
    }
}
