//! Randomness that repeats.

/// `SplitMix64` (Steele, Lea and Flood, 2014): the same seed gives the same numbers for ever and everywhere.
pub struct Seeded(u64);

impl Seeded {
    /// A generator of its own for every (seed, stream).
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut first = Self(seed);
        let mixed = first.next() ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(mixed)
    }

    /// The next number.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        assert!(low <= high, "an empty range");
        low + self.next() % (high - low + 1)
    }

    /// One of them.
    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        let last = u64::try_from(choices.len() - 1).unwrap_or(u64::MAX);
        choices[usize::try_from(self.between(0, last)).unwrap_or(0)]
    }
}
