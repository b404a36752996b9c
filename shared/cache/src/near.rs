//! What this process remembers: a bounded number of bytes, each entry for a moment only, as nobody tells a process that
//! something has changed.

use std::collections::HashMap;

use souk_domain::effects::Random;
use souk_domain::ids::ProductId;
use souk_domain::time::Timestamp;

/// Longest that anything is remembered in a process, in milliseconds.
pub const PROCESS_MS: u32 = 1_000;
/// Entries of one list expire at different moments, up to so much earlier.
const JITTER_MS: u64 = 250;
/// What an entry takes beside its value: keys, pointers, the table's slack.
const ENTRY_BYTES: usize = 160;

/// Two generations: when the young one is full it becomes the old one, and what the old one held is forgotten unless it
/// was asked for meanwhile. That keeps what is popular without a list to maintain on every read.
#[derive(Debug)]
pub(crate) struct Near<V> {
    generation_bytes: usize,
    young: Generation<V>,
    old: Generation<V>,
}

#[derive(Debug)]
struct Generation<V> {
    entries: HashMap<ProductId, Entry<V>>,
    bytes: usize,
}

#[derive(Debug, Clone)]
struct Entry<V> {
    value: V,
    bytes: usize,
    read_at: Timestamp,
    fresh_ms: i64,
}

impl<V> Default for Generation<V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), bytes: 0 }
    }
}

impl<V: Clone> Near<V> {
    /// Remembers at most so many bytes.
    pub(crate) fn new(limit_bytes: usize) -> Self {
        Self { generation_bytes: limit_bytes / 2, young: Generation::default(), old: Generation::default() }
    }

    /// What is remembered and fresh.
    pub(crate) fn get(&mut self, product_id: &ProductId, now: Timestamp) -> Option<V> {
        if let Some(entry) = self.young.entries.get(product_id) {
            return entry.fresh(now);
        }
        let entry = self.old.entries.remove(product_id)?;
        let value = entry.fresh(now)?;
        self.insert(product_id.clone(), entry);
        Some(value)
    }

    /// Remembers a value of `bytes` that was read at that moment (taken before the reading began).
    pub(crate) fn put(
        &mut self,
        product_id: ProductId,
        value: V,
        bytes: usize,
        read_at: Timestamp,
        random: &dyn Random,
    ) {
        let jitter = i64::try_from(random.below(JITTER_MS)).unwrap_or_default();
        let bytes = bytes + ENTRY_BYTES + 2 * product_id.as_str().len();
        self.insert(product_id, Entry { value, bytes, read_at, fresh_ms: i64::from(PROCESS_MS) - jitter });
    }

    fn insert(&mut self, product_id: ProductId, entry: Entry<V>) {
        if entry.bytes > self.generation_bytes {
            return;
        }
        if self.young.bytes + entry.bytes > self.generation_bytes {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.bytes += entry.bytes;
        if let Some(replaced) = self.young.entries.insert(product_id, entry) {
            self.young.bytes -= replaced.bytes;
        }
    }
}

impl<V: Clone> Entry<V> {
    /// A clock that was set back makes everything stale rather than fresh for long.
    fn fresh(&self, now: Timestamp) -> Option<V> {
        let age_ms = now.as_millis() - self.read_at.as_millis();
        (0..self.fresh_ms).contains(&age_ms).then(|| self.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::SeededRandom;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn id(n: usize) -> ProductId {
        format!("p-{n}").parse().expect("an id")
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millis(NOW.as_millis() + milliseconds)
    }

    #[test]
    fn entries_are_fresh_for_about_a_second() {
        let (mut near, random) = (Near::new(100_000), SeededRandom::new(7));
        for n in 0..100 {
            near.put(id(n), n, 8, NOW, &random);
        }
        let fresh = |near: &mut Near<usize>, when| (0..100).filter(|n| near.get(&id(*n), when) == Some(*n)).count();
        assert_eq!((fresh(&mut near, at(0)), fresh(&mut near, at(750))), (100, 100));
        assert!((1..100).contains(&fresh(&mut near, at(900))), "they expire one by one");
        assert_eq!((fresh(&mut near, at(1_000)), fresh(&mut near, at(-1))), (0, 0));
    }

    #[test]
    fn memory_is_bounded_and_the_popular_stay() {
        let (mut near, random) = (Near::new(20_000), SeededRandom::new(7));
        for n in 0..1_000 {
            near.put(id(n), n, 40, NOW, &random);
            assert_eq!(near.get(&id(0), NOW), Some(0), "asked for all the time, forgotten after {n}");
            assert!(near.young.bytes + near.old.bytes <= 20_000);
        }
        let kept = near.young.entries.len() + near.old.entries.len();
        assert!((40..=100).contains(&kept), "{kept}");
        near.put(id(5_000), 1, 1_000_000, NOW, &random);
        assert_eq!(near.get(&id(5_000), NOW), None);
    }

    #[test]
    fn a_newer_reading_takes_the_place_of_the_older() {
        let (mut near, random) = (Near::new(100_000), SeededRandom::new(7));
        for value in 0..50 {
            near.put(id(1), value, 100, at(value), &random);
        }
        assert_eq!((near.get(&id(1), at(60)), near.young.entries.len()), (Some(49), 1));
        assert!(near.young.bytes < 400, "{}", near.young.bytes);
    }
}
