//! Chance that comes out the same for the same seed.

/// `SplitMix64` (Steele, Lea and Flood, 2014).
pub struct Chance(u64);

impl Chance {
    /// A row of numbers of its own for every (seed, stream).
    pub fn new(seed: u64, stream: u64) -> Self {
        let mixed = Self(seed).next() ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(mixed)
    }

    /// A number from zero up to, but without, the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a small number");
        usize::try_from(self.next() % bound).expect("a small number")
    }

    /// So many different ones of `choices`, or all of them if there are no more.
    pub fn some<'a, T>(&mut self, choices: &'a [T], count: usize) -> Vec<&'a T> {
        let mut left: Vec<&T> = choices.iter().collect();
        (0..count.min(left.len())).map(|_| left.swap_remove(self.below(left.len()))).collect()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
