//! End to end, over HTTP, against a deployed stack: what the tests in `tests/` stand on.
//!
//! `SOUK_STACK` names the `stack.json` of the stack, `target/local/stack.json` unless it does. Each test makes the
//! products and shoppers it needs, so that tests run side by side and again and again on one stack. Money is compared as
//! the text that was sent or as minor units, never as a float.

mod answer;
mod aws;
mod books;
mod caller;
mod capacity;
mod json;
pub mod process;
pub mod retry;
pub mod sale;
mod shop;
mod staff;
mod template;

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub use answer::Answer;
pub use caller::{Call, Caller};
pub use json::{Json, Kind};
pub use shop::{CATEGORY_ID, Product, Shop, checkout, credentials, fresh_email};
pub use staff::{parcel, returned};
pub use template::{Route, routes};

/// How long the effect of a queue or a stream may take. Wide: it guards against an effect that never comes, and must hold
/// on a slow machine that runs other tests.
pub const SOON_SECONDS: u64 = 240;

/// Polls until there is something to return; fails after so many seconds.
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

/// Past the test runner, which would keep what a test that passes says to itself.
pub fn say(line: &str) {
    writeln!(io::stdout(), "{line}").expect("standard output takes a line");
}

/// A word of twelve letters that nobody used before.
pub fn unique_word() -> String {
    let mut number = RandomState::new().hash_one("a word");
    let mut word = String::new();
    for _ in 0..12 {
        let letter = u8::try_from(number % 26).expect("below 26");
        word.push(char::from(b'a' + letter));
        number /= 26;
    }
    word
}

/// Calls a function from so many threads at once, with the number of each, and returns the results in that order.
pub fn at_once<T: Send>(threads: usize, call: impl Fn(usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let call = &call;
        let running: Vec<_> = (0..threads).map(|number| scope.spawn(move || call(number))).collect();
        running.into_iter().map(|thread| thread.join().expect("the thread ends well")).collect()
    })
}

/// Calls a function for every item, from so many threads that each take the next, and returns the results in the items'
/// order.
pub fn for_each<'i, I: Sync, T: Send>(threads: usize, items: &'i [I], call: impl Fn(&'i I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = at_once(threads.min(items.len()), |_| {
        let mut mine = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else { return mine };
            mine.push((number, call(item)));
        }
    });
    let mut done: Vec<_> = done.into_iter().flatten().collect();
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}
