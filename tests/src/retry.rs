//! Retries as clients should do them: after `Retry-After`, with exponential backoff and jitter, a bounded number of
//! times.

use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::Duration;

use souk_rng::SeededRng;

use crate::contract::is_timed_out;
use crate::response::Response;
use crate::text::print_line;
use crate::wait::fails_fast;

/// Attempts of a request, which take about half a minute.
pub const ATTEMPTS: u32 = 10;
/// Bound of the wait before the second attempt. It doubles with each further attempt.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// Bound of any wait, without jitter.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Waits after the attempt with this number, counted from 0: a random time up to a bound that doubles; after
/// `Retry-After` that time in addition.
pub fn wait(attempt: u32, answer: Option<&Response>, rng: &mut SeededRng) {
    let asked = answer.and_then(|answer| answer.header("retry-after").parse().ok()).map(Duration::from_secs);
    let bound = (FIRST_WAIT * 2_u32.pow(attempt.min(16))).min(LONGEST_WAIT);
    let millis = rng.index(usize::try_from(bound.as_millis()).expect("a short time"));
    let jitter = Duration::from_millis(u64::try_from(millis).expect("a short time"));
    thread::sleep(asked.map_or(jitter, |asked| asked.min(LONGEST_WAIT) + jitter));
}

/// Sends until the answer is something else than 503 with `Retry-After`, or than a function's that the emulator ended, at
/// most [`ATTEMPTS`] times. Returns the last answer and the number of attempts.
pub(crate) fn until_served(send: impl Fn() -> Response) -> (Response, u32) {
    let mut rng = SeededRng::new(RandomState::new().hash_one("jitter"), 0);
    for attempt in 1..ATTEMPTS {
        let answer = send();
        let is_busy = answer.status == 503 && !answer.header("retry-after").is_empty();
        let stood_still = is_timed_out(&answer);
        if fails_fast() || !(is_busy || stood_still) {
            return (answer, attempt);
        }
        if stood_still {
            print_line(&format!("sent again, because the emulator stood still: {answer}"));
        }
        wait(attempt - 1, Some(&answer), &mut rng);
    }
    (send(), ATTEMPTS)
}
