//! What this process remembers: a bounded number of bytes, each entry for a moment only, as nobody tells a process that
//! something has changed.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use souk_domain::effects::Random;
use souk_domain::time::Timestamp;

/// When a list has to read something anyway, it reads with it what would soon be read for its own sake: what holds less
/// than this longer than is needed. So the next list lasts for a while, instead of reading one product after another.
const READ_ALONG_MS: i64 = 500;
/// What an entry takes beside its key and value: pointers, the table's slack.
const ENTRY_BYTES: usize = 160;

/// Two generations: when the young one is full it becomes the old one, and what the old one held is forgotten unless it
/// was asked for meanwhile. That keeps what is popular without a list to maintain on every read.
#[derive(Debug)]
pub struct Near<K, V> {
    /// How long what a list shows has to hold.
    needed_ms: i64,
    generation_bytes: usize,
    young: Generation<K, V>,
    old: Generation<K, V>,
}

#[derive(Debug)]
struct Generation<K, V> {
    entries: HashMap<K, Entry<V>>,
    bytes: usize,
}

#[derive(Debug, Clone)]
struct Entry<V> {
    value: V,
    bytes: usize,
    read: Reading,
}

/// When something was read, and for how long it holds.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    at: Timestamp,
    fresh_ms: i64,
}

/// What is remembered of a list.
#[derive(Debug)]
pub(crate) struct Remembered<'a, K, V> {
    pub(crate) known: Vec<(&'a K, V)>,
    /// To be read.
    pub(crate) missing: Vec<&'a K>,
}

impl<K, V> Default for Generation<K, V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), bytes: 0 }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Near<K, V> {
    /// Remembers at most so many bytes.
    pub fn new(limit_bytes: usize) -> Self {
        let (young, old) = (Generation::default(), Generation::default());
        Self { needed_ms: 1, generation_bytes: limit_bytes / 2, young, old }
    }

    /// Lists only what holds for so long.
    pub(crate) fn needed(self, needed_ms: u32) -> Self {
        Self { needed_ms: i64::from(needed_ms), ..self }
    }

    /// What is remembered of a list, and what of it has to be read.
    pub(crate) fn list<'a>(&mut self, wanted: impl IntoIterator<Item = &'a K>, now: Timestamp) -> Remembered<'a, K, V> {
        let remembered: Vec<_> = wanted.into_iter().map(|key| (key, self.fresh(key, now))).collect();
        let holds = |found: &Option<(V, i64)>, needed_ms| found.as_ref().is_some_and(|(_, left)| *left >= needed_ms);
        let complete = remembered.iter().all(|(_, found)| holds(found, self.needed_ms));
        let needed_ms = self.needed_ms + if complete { 0 } else { READ_ALONG_MS };
        let mut list = Remembered { known: Vec::new(), missing: Vec::new() };
        for (key, found) in remembered {
            match found.filter(|(_, left_ms)| *left_ms >= needed_ms) {
                Some((value, _)) => list.known.push((key, value)),
                None => list.missing.push(key),
            }
        }
        list
    }

    /// How long all of these stay fresh: not at all if one of them is not.
    pub(crate) fn lasts<'a>(&mut self, listed: impl IntoIterator<Item = &'a K>, now: Timestamp) -> Duration
    where
        K: 'a,
    {
        let left_ms = |key| self.fresh(key, now).map_or(0, |(_, left_ms)| left_ms);
        // Of nothing: somewhat, as a list that has just been read.
        let least_ms = listed.into_iter().map(left_ms).min().unwrap_or(READ_ALONG_MS);
        Duration::from_millis(u64::try_from(least_ms).unwrap_or_default())
    }

    /// What is remembered and fresh.
    pub fn get(&mut self, key: &K, now: Timestamp) -> Option<V> {
        self.fresh(key, now).map(|(value, _)| value)
    }

    /// And how long it stays so, in milliseconds.
    fn fresh(&mut self, key: &K, now: Timestamp) -> Option<(V, i64)> {
        if let Some(entry) = self.young.entries.get(key) {
            return entry.fresh(now);
        }
        let entry = self.old.entries.remove(key)?;
        let fresh = entry.fresh(now)?;
        self.insert(key.clone(), entry);
        Some(fresh)
    }

    /// Remembers a value. Together with its key it has so many bytes.
    pub fn put(&mut self, key: K, value: V, bytes: usize, read: Reading) {
        self.insert(key, Entry { value, bytes: bytes + ENTRY_BYTES, read });
    }

    fn insert(&mut self, key: K, entry: Entry<V>) {
        if entry.bytes > self.generation_bytes {
            return;
        }
        if self.young.bytes + entry.bytes > self.generation_bytes {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.bytes += entry.bytes;
        if let Some(replaced) = self.young.entries.insert(key, entry) {
            self.young.bytes -= replaced.bytes;
        }
    }
}

impl<V: Clone> Entry<V> {
    fn fresh(&self, now: Timestamp) -> Option<(V, i64)> {
        let left_ms = self.read.left_ms(now);
        (left_ms > 0).then(|| (self.value.clone(), left_ms))
    }
}

impl Reading {
    /// Of that moment, taken before the reading began. Holds for so long, up to a quarter less: not all processes read the
    /// same again at the same moment.
    pub(crate) fn at(at: Timestamp, longest_ms: u32, random: &dyn Random) -> Self {
        let jitter = i64::try_from(random.below(u64::from(longest_ms / 4))).unwrap_or_default();
        Self { at, fresh_ms: i64::from(longest_ms) - jitter }
    }

    /// Of that moment, for exactly so long.
    pub fn lasting(at: Timestamp, lasts: Duration) -> Self {
        Self { at, fresh_ms: i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX) }
    }

    /// How long it still holds, in milliseconds. A clock that was set back makes everything stale rather than fresh for
    /// long.
    fn left_ms(self, now: Timestamp) -> i64 {
        let age_ms = now.as_millis() - self.at.as_millis();
        if age_ms < 0 { 0 } else { (self.fresh_ms - age_ms).max(0) }
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::ids::ProductId;
    use souk_testkit::SeededRandom;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn id(n: usize) -> ProductId {
        format!("p-{n}").parse().expect("an id")
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millis(NOW.as_millis() + milliseconds)
    }

    /// Together they expire.
    fn put(
        near: &mut Near<ProductId, usize>,
        numbers: std::ops::Range<usize>,
        moment: Timestamp,
        random: &SeededRandom,
    ) {
        let reading = Reading::at(moment, 1_000, random);
        for n in numbers {
            near.put(id(n), n, 8, reading);
        }
    }

    #[test]
    fn entries_are_fresh_for_about_a_second() {
        let (mut near, random) = (Near::new(100_000), SeededRandom::new(7));
        for n in 0..100 {
            put(&mut near, n..n + 1, NOW, &random);
        }
        let fresh = |near: &mut Near<_, usize>, when| (0..100).filter(|n| near.get(&id(*n), when) == Some(*n)).count();
        assert_eq!((fresh(&mut near, at(0)), fresh(&mut near, at(750))), (100, 100));
        assert!((1..100).contains(&fresh(&mut near, at(900))), "what was read apart expires apart");
        assert_eq!((fresh(&mut near, at(1_000)), fresh(&mut near, at(-1))), (0, 0));
    }

    #[test]
    fn a_list_that_has_to_read_reads_along_what_would_soon_expire() {
        let (mut near, random) = (Near::new(100_000), SeededRandom::new(7));
        put(&mut near, 0..2, NOW, &random);
        put(&mut near, 2..4, at(400), &random);
        let ids: Vec<_> = (0..5).map(id).collect();
        let missing = |near: &mut Near<_, usize>, count: usize, when| {
            let missing: Vec<_> = near.list(&ids[..count], when).missing.into_iter().cloned().collect();
            missing
        };
        assert_eq!(missing(&mut near, 4, at(600)), [], "all are fresh");
        assert_eq!(missing(&mut near, 5, at(600)), [id(0), id(1), id(4)]);
        let lasts = |near: &mut Near<_, usize>, count: usize| near.lasts(&ids[..count], at(600)).as_millis();
        assert!((150..400).contains(&lasts(&mut near, 4)), "as long as the oldest");
        let mut near = near.needed(400);
        for n in 2..4 {
            near.put(id(n), n, 8, Reading::at(at(600), 3_000, &random));
        }
        assert_eq!(missing(&mut near, 4, at(600)), [id(0), id(1)], "and what holds too short");
        assert_eq!((lasts(&mut near, 5), lasts(&mut near, 0)), (0, 500));
        put(&mut near, 0..5, at(600), &random);
        assert!((750..=1_000).contains(&lasts(&mut near, 5)));
    }

    #[test]
    fn memory_is_bounded_and_the_popular_stay() {
        let (mut near, random) = (Near::new(20_000), SeededRandom::new(7));
        let reading = Reading::at(NOW, 1_000, &random);
        for n in 0..1_000 {
            near.put(id(n), n, 50, reading);
            assert_eq!(near.get(&id(0), NOW), Some(0), "asked for all the time, forgotten after {n}");
            assert!(near.young.bytes + near.old.bytes <= 20_000);
        }
        let kept = near.young.entries.len() + near.old.entries.len();
        assert!((40..=100).contains(&kept), "{kept}");
        near.put(id(5_000), 1, 1_000_000, reading);
        assert_eq!(near.get(&id(5_000), NOW), None);
    }

    #[test]
    fn a_newer_reading_takes_the_place_of_the_older() {
        let (mut near, random) = (Near::new(100_000), SeededRandom::new(7));
        for value in 0..50 {
            near.put(id(1), value, 100, Reading::at(at(value), 1_000, &random));
        }
        assert_eq!((near.get(&id(1), at(60)), near.young.entries.len()), (Some(49), 1));
        assert!(near.young.bytes < 400, "{}", near.young.bytes);
    }
}
