//! Latencies from the moment a request was due, not from when it was sent: a stall delays all requests that come
//! meanwhile (Gil Tene's "coordinated omission").

use std::collections::BTreeMap;
use std::time::Duration;

/// A request that is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done {
    /// The kind of call.
    pub(crate) kind: &'static str,
    /// The HTTP status; 0 without a response.
    pub(crate) status: u16,
    /// The time since it was due.
    pub(crate) latency: Duration,
}

/// Later responses do not count towards the throughput.
const HELD_WITHIN: Duration = Duration::from_secs(1);

const HEADING: &str = "asked   held/s     p50 ms     p99 ms   p99.9 ms     max ms   not 200";

/// One line for each kind of call, and one for all.
pub(crate) fn print(name: &str, done: &[Done], duration: Duration) {
    let mut kinds: BTreeMap<&str, Vec<Done>> = BTreeMap::new();
    for done in done {
        kinds.entry(done.kind).or_default().push(*done);
        kinds.entry("~all").or_default().push(*done);
    }
    println!("\n{name:<15} calls       {HEADING}");
    for (kind, done) in kinds {
        let mut times: Vec<Duration> = done.iter().map(|done| done.latency).collect();
        times.sort_unstable();
        let at = |per_mille: usize| ms(times[(times.len() - 1) * per_mille / 1_000]);
        let held = done.iter().filter(|done| done.status == 200 && done.latency < HELD_WITHIN).count();
        let held = held as u64 / duration.as_secs().max(1);
        let others = done.iter().filter(|done| done.status != 200).count();
        println!(
            "{:<15} {:<8} {:>8} {held:>8} {:>10} {:>10} {:>10} {:>10} {others:>9}",
            "",
            kind.trim_start_matches('~'),
            done.len(),
            at(500),
            at(990),
            at(999),
            at(1_000)
        );
    }
}

fn ms(time: Duration) -> String {
    format!("{}.{}", time.as_millis(), time.as_micros() / 100 % 10)
}
