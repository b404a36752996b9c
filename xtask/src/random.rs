//! Randomness: unguessable from the system, and repeatable from a seed.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;

use anyhow::{Context, Result};

/// Unguessable bytes as hexadecimal digits.
pub(crate) fn hex(bytes: usize) -> Result<String> {
    let mut buffer = vec![0; bytes];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut buffer)).context("cannot read /dev/urandom")?;
    Ok(buffer.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok(); // writing to a string cannot fail
        text
    }))
}

/// `SplitMix64` (Steele, Lea and Flood, 2014): the same seed gives the same numbers for ever and everywhere.
pub(crate) struct Seeded(u64);

impl Seeded {
    /// A generator of its own for every (seed, stream).
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut first = Self(seed);
        let mixed = first.next() ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(mixed)
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        assert!(low <= high, "an empty range");
        low + self.next() % (high - low + 1)
    }

    /// One of them.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        let last = u64::try_from(choices.len() - 1).unwrap_or(u64::MAX);
        choices[usize::try_from(self.between(0, last)).unwrap_or(0)]
    }
}
