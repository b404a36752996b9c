//! Caching of lists: the entries of a list are read and refreshed together.

use std::hash::Hash;
use std::time::Duration;

use souk_cache::{Fresh, TtlCache};
use souk_domain::time::Timestamp;

/// A list that has to read some entries also reads those that expire within this time. So the next lists are complete
/// for a while, instead of reading one entry after another.
const READ_AHEAD: Duration = Duration::from_millis(500);

/// The keys of a list, divided by whether their values are cached.
#[derive(Debug)]
pub(crate) struct CachedPart<'a, K, V> {
    pub(crate) known: Vec<(&'a K, V)>,
    /// Keys that must be read.
    pub(crate) missing: Vec<&'a K>,
}

/// Divides the keys of a list into those whose values may be shown for at least `needed`, and those to read.
pub(crate) fn cached_part<'a, K: Clone + Eq + Hash, V: Clone>(
    cache: &TtlCache<K, V>,
    keys: impl IntoIterator<Item = &'a K>,
    needed: Duration,
    now: Timestamp,
) -> CachedPart<'a, K, V> {
    let keys: Vec<_> = keys.into_iter().collect();
    let values = cache.get_many(keys.iter().copied(), now);
    let is_fresh = |value: &Option<Fresh<V>>, needed| value.as_ref().is_some_and(|value| value.left >= needed);
    let is_complete = values.iter().all(|value| is_fresh(value, needed));
    let needed = if is_complete { needed } else { needed + READ_AHEAD };
    let mut part = CachedPart { known: Vec::new(), missing: Vec::new() };
    for (key, value) in keys.into_iter().zip(values) {
        match value.filter(|value| value.left >= needed) {
            Some(value) => part.known.push((key, value.value)),
            None => part.missing.push(key),
        }
    }
    part
}

/// How long the whole list may be shown: as long as the entry that expires first.
pub(crate) fn time_left<'a, K: Clone + Eq + Hash + 'a, V: Clone>(
    cache: &TtlCache<K, V>,
    keys: impl IntoIterator<Item = &'a K>,
    now: Timestamp,
) -> Duration {
    let values = cache.get_many(keys, now).into_iter();
    // An empty list stays valid about as long as one that was just read.
    values.map(|value| value.map_or(Duration::ZERO, |value| value.left)).min().unwrap_or(READ_AHEAD)
}

#[cfg(test)]
mod tests {
    use souk_cache::Lifetime;
    use souk_testkit::SeededRandom;

    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + milliseconds)
    }

    #[test]
    fn a_list_that_has_to_read_also_reads_what_would_soon_expire() {
        let (cache, random) = (TtlCache::new(100_000, |_, _| 8), SeededRandom::new(7));
        let insert = |numbers: std::ops::Range<usize>, moment, ttl_ms| {
            let lifetime = Lifetime::with_jitter(moment, Duration::from_millis(ttl_ms), &random);
            for n in numbers {
                cache.insert(n, n, lifetime);
            }
        };
        insert(0..2, at(0), 1_000);
        insert(2..4, at(400), 1_000);
        let keys = [0, 1, 2, 3, 4];
        let missing = |count: usize, needed| {
            let part = cached_part(&cache, &keys[..count], needed, at(600));
            part.missing.into_iter().copied().collect::<Vec<_>>()
        };
        let left_ms = |count: usize| time_left(&cache, &keys[..count], at(600)).as_millis();
        assert_eq!(missing(4, MILLISECOND), [0; 0], "all are fresh");
        assert_eq!(missing(5, MILLISECOND), [0, 1, 4]);
        assert!((150..400).contains(&left_ms(4)), "as long as the oldest");
        insert(2..4, at(600), 3_000);
        assert_eq!(missing(4, Duration::from_millis(400)), [0, 1], "and what would expire too soon");
        assert_eq!((left_ms(5), left_ms(0)), (0, 500));
        insert(0..5, at(600), 1_000);
        assert!((750..=1_000).contains(&left_ms(5)));
    }
}
