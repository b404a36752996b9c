//! Concurrent calls from several threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Calls a function concurrently from several threads, with the number of each, and returns the results in that order.
pub fn concurrently<T: Send>(threads: usize, call: impl Fn(usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let call = &call;
        let running: Vec<_> = (0..threads).map(|number| scope.spawn(move || call(number))).collect();
        running.into_iter().map(|thread| thread.join().expect("the thread does not panic")).collect()
    })
}

/// Calls a function for every item from several threads, and returns the results in the order of the items.
pub fn map_concurrently<'i, I: Sync, T: Send>(
    threads: usize,
    items: &'i [I],
    call: impl Fn(&'i I) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = concurrently(threads.min(items.len()), |_| {
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
