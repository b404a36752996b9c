//! A cache in the memory of one process, bounded in bytes. Entries expire, because nothing notifies a process of
//! changes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use souk_domain::effects::Random;
use souk_domain::time::Timestamp;

/// Memory of an entry beside its key and value: pointers, and the spare room of the hash table.
const ENTRY_BYTES: usize = 160;

/// A bounded cache whose entries expire. The time is passed in, so that tests decide it.
///
/// It evicts by two generations: when the young one is full, it becomes the old one, and the previous old one is
/// dropped. Reading an old entry makes it young again, so popular entries stay without a list of the order of reads.
#[derive(Debug)]
pub struct TtlCache<K, V> {
    generations: Mutex<Generations<K, V>>,
    generation_bytes: usize,
    weigh: fn(&K, &V) -> usize,
}

#[derive(Debug)]
struct Generations<K, V> {
    young: Generation<K, V>,
    old: Generation<K, V>,
}

#[derive(Debug)]
struct Generation<K, V> {
    entries: HashMap<K, Entry<V>>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: usize,
    lifetime: Lifetime,
}

/// When a value was read, and how long it may be shown from then on.
#[derive(Debug, Clone, Copy)]
pub struct Lifetime {
    read_at: Timestamp,
    ttl: Duration,
}

/// A value that has not expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh<V> {
    /// The value.
    pub value: V,
    /// How long it may still be shown.
    pub left: Duration,
}

impl Lifetime {
    /// `read_at` is a moment before the read began.
    pub const fn new(read_at: Timestamp, ttl: Duration) -> Self {
        Self { read_at, ttl }
    }

    /// A lifetime up to a quarter shorter, so that processes that read at the same moment do not refresh at the same
    /// moment.
    pub fn with_jitter(read_at: Timestamp, ttl: Duration, random: &dyn Random) -> Self {
        let quarter_ms = u64::try_from(ttl.as_millis() / 4).unwrap_or(u64::MAX);
        Self { read_at, ttl: ttl.saturating_sub(Duration::from_millis(random.below(quarter_ms))) }
    }

    /// `None` once expired. If the clock was set back, everything counts as expired.
    fn left(self, now: Timestamp) -> Option<Duration> {
        let age_ms = u64::try_from(now.as_millis() - self.read_at.as_millis()).ok()?;
        self.ttl.checked_sub(Duration::from_millis(age_ms)).filter(|left| !left.is_zero())
    }
}

impl<K: Clone + Eq + Hash, V: Clone> TtlCache<K, V> {
    /// A cache of at most `limit_bytes`; `weigh` returns the approximate bytes of a key and its value.
    pub fn new(limit_bytes: usize, weigh: fn(&K, &V) -> usize) -> Self {
        let generations = Generations { young: Generation::default(), old: Generation::default() };
        Self { generations: Mutex::new(generations), generation_bytes: limit_bytes / 2, weigh }
    }

    /// The value of a key, unless it has expired.
    pub fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        self.lock().get(key, now, self.generation_bytes).map(|fresh| fresh.value)
    }

    /// The values of several keys, in their order.
    pub fn get_many<'a>(&self, keys: impl IntoIterator<Item = &'a K>, now: Timestamp) -> Vec<Option<Fresh<V>>>
    where
        K: 'a,
    {
        let mut generations = self.lock();
        keys.into_iter().map(|key| generations.get(key, now, self.generation_bytes)).collect()
    }

    /// Keeps a value, in place of an earlier one. One that is larger than half of the cache is not kept.
    pub fn insert(&self, key: K, value: V, lifetime: Lifetime) {
        let bytes = (self.weigh)(&key, &value) + ENTRY_BYTES;
        self.lock().insert(key, Entry { value, bytes, lifetime }, self.generation_bytes);
    }

    fn lock(&self) -> MutexGuard<'_, Generations<K, V>> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Generations<K, V> {
    fn get(&mut self, key: &K, now: Timestamp, generation_bytes: usize) -> Option<Fresh<V>> {
        if let Some(entry) = self.young.entries.get(key) {
            return entry.fresh(now);
        }
        let entry = self.old.entries.remove(key)?;
        let fresh = entry.fresh(now)?;
        self.insert(key.clone(), entry, generation_bytes);
        Some(fresh)
    }

    fn insert(&mut self, key: K, entry: Entry<V>, generation_bytes: usize) {
        if entry.bytes > generation_bytes {
            return;
        }
        if self.young.bytes + entry.bytes > generation_bytes {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.bytes += entry.bytes;
        if let Some(replaced) = self.young.entries.insert(key, entry) {
            self.young.bytes -= replaced.bytes;
        }
    }
}

impl<K, V> Default for Generation<K, V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), bytes: 0 }
    }
}

impl<V: Clone> Entry<V> {
    fn fresh(&self, now: Timestamp) -> Option<Fresh<V>> {
        self.lifetime.left(now).map(|left| Fresh { value: self.value.clone(), left })
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use souk_testkit::SeededRandom;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);
    const SECOND: Duration = Duration::from_secs(1);

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millis(NOW.as_millis() + milliseconds)
    }

    fn key(n: usize) -> String {
        format!("p-{n}")
    }

    fn cache(limit_bytes: usize, weigh: fn(&String, &usize) -> usize) -> TtlCache<String, usize> {
        TtlCache::new(limit_bytes, weigh)
    }

    fn insert(cache: &TtlCache<String, usize>, numbers: Range<usize>, lifetime: Lifetime) {
        for n in numbers {
            cache.insert(key(n), n, lifetime);
        }
    }

    fn held(cache: &TtlCache<String, usize>) -> (usize, usize) {
        let generations = cache.lock();
        let entries = generations.young.entries.len() + generations.old.entries.len();
        (entries, generations.young.bytes + generations.old.bytes)
    }

    #[test]
    fn entries_expire_after_about_their_time_to_live() {
        let (cache, random) = (cache(100_000, |_, _| 8), SeededRandom::new(7));
        for n in 0..100 {
            insert(&cache, n..n + 1, Lifetime::with_jitter(NOW, SECOND, &random));
        }
        let fresh = |when| (0..100).filter(|n| cache.get(&key(*n), when) == Some(*n)).count();
        assert_eq!((fresh(at(0)), fresh(at(750))), (100, 100));
        assert!((1..100).contains(&fresh(at(900))), "separate reads expire separately");
        assert_eq!((fresh(at(1_000)), fresh(at(-1))), (0, 0));
    }

    #[test]
    fn values_say_how_long_they_may_still_be_shown() {
        let cache = cache(100_000, |_, _| 8);
        insert(&cache, 0..1, Lifetime::new(NOW, SECOND));
        let keys = [key(0), key(1)];
        let left = |when| {
            let many = cache.get_many(&keys, when);
            many.into_iter().map(|fresh| fresh.map(|fresh| fresh.left.as_millis())).collect::<Vec<_>>()
        };
        assert_eq!(
            (left(at(0)), left(at(999)), left(at(1_000))),
            (vec![Some(1_000), None], vec![Some(1), None], vec![None, None])
        );
    }

    #[test]
    fn memory_is_bounded_and_popular_entries_stay() {
        let (cache, lifetime) =
            (cache(20_000, |_, value| if *value == 5_000 { 1_000_000 } else { 50 }), Lifetime::new(NOW, SECOND));
        for n in 0..1_000 {
            insert(&cache, n..n + 1, lifetime);
            assert_eq!(cache.get(&key(0), NOW), Some(0), "read all the time, evicted after {n}");
            assert!(held(&cache).1 <= 20_000);
        }
        assert!((40..=100).contains(&held(&cache).0), "{:?}", held(&cache));
        insert(&cache, 5_000..5_001, lifetime);
        assert_eq!(cache.get(&key(5_000), NOW), None);
    }

    #[test]
    fn a_newer_value_replaces_the_older_one() {
        let cache = cache(100_000, |_, _| 100);
        for value in 0..50 {
            cache.insert(key(1), value, Lifetime::new(at(0), SECOND));
        }
        assert_eq!((cache.get(&key(1), at(60)), held(&cache).0), (Some(49), 1));
        assert!(held(&cache).1 < 400, "{:?}", held(&cache));
    }
}
