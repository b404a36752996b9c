//! A seeded random number generator for tests and tools. Its sequence never changes: the sample catalogue and the
//! measured relevance depend on it, and the crates that offer small generators do not promise that for theirs.

/// `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub struct SeededRng(u64);

impl SeededRng {
    /// A generator whose sequence depends on the seed and the stream.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mixed = Self(seed).next_u64() ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(mixed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        assert!(low <= high, "an empty range");
        low + self.next_u64() % (high - low + 1)
    }

    /// An index into a collection of this length.
    pub fn index(&mut self, length: usize) -> usize {
        assert!(length > 0, "an empty collection");
        let last = u64::try_from(length - 1).unwrap_or(u64::MAX);
        usize::try_from(self.between(0, last)).unwrap_or(0)
    }

    /// One of the choices.
    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.index(choices.len())]
    }

    /// This many different choices, or all of them if there are fewer.
    pub fn pick_several<'a, T>(&mut self, choices: &'a [T], count: usize) -> Vec<&'a T> {
        let mut left: Vec<&T> = choices.iter().collect();
        (0..count.min(left.len())).map(|_| left.swap_remove(self.index(left.len()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_depends_on_seed_and_stream_only() {
        let first = |seed, stream| SeededRng::new(seed, stream).next_u64();
        assert_eq!(first(1, 0), first(1, 0));
        assert_ne!(first(1, 0), first(2, 0));
        assert_ne!(first(1, 0), first(1, 1));
    }

    #[test]
    fn several_choices_are_different_ones() {
        let mut several: Vec<i32> = SeededRng::new(1, 0).pick_several(&[1, 2, 3, 4], 9).into_iter().copied().collect();
        several.sort_unstable();
        assert_eq!(several, [1, 2, 3, 4]);
    }
}
