//! Time-based one-time codes (RFC 6238), as an authenticator app makes them. Separate from the code of the shop, so
//! that each implementation checks the other.

use std::time::Duration;

use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::{Pause, now};

/// The length of a step.
const STEP_SECONDS: u64 = 30;
/// How many steps ahead of time the shop accepts a code, and how many steps late.
const ACCEPTED_STEPS: u64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Six digits.
    pub digits: String,
    /// The step to which it belongs.
    pub step: u64,
}

impl Code {
    /// How long the shop still accepts it.
    pub fn valid_for(&self) -> Duration {
        let end = Duration::from_secs((self.step + ACCEPTED_STEPS + 1) * STEP_SECONDS);
        end.saturating_sub(now())
    }
}

/// Makes the codes of one secret, each once: the shop refuses a code of a step that was used.
#[derive(Clone)]
pub struct Authenticator {
    secret: Vec<u8>,
    last_step: u64,
}

impl Authenticator {
    /// Of a secret in base32, none of whose codes after `last_step` were used.
    pub fn new(secret: &str, last_step: u64) -> Result<Self> {
        Ok(Self { secret: decoded(secret).context("the secret is not base32")?, last_step })
    }

    /// The step of the latest code.
    pub const fn last_step(&self) -> u64 {
        self.last_step
    }

    /// The next code that was not used. Waits until the shop accepts it.
    pub fn next_code(&mut self, pause: Pause) -> Result<Code> {
        let step = next_step(self.last_step, now());
        pause(wait(step, now()))?;
        self.last_step = step;
        Ok(Code { digits: code(&self.secret, step)?, step })
    }
}

/// The current step, or the one after the latest.
fn next_step(last_step: u64, now: Duration) -> u64 {
    (now.as_secs() / STEP_SECONDS).max(last_step + 1)
}

/// How long it takes until the shop accepts the code of a step.
fn wait(step: u64, now: Duration) -> Duration {
    Duration::from_secs(step.saturating_sub(ACCEPTED_STEPS) * STEP_SECONDS).saturating_sub(now)
}

fn code(secret: &[u8], step: u64) -> Result<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).context("the secret is no key")?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[digest.len() - 1] & 0xf);
    let word = digest[offset..offset + 4].iter().fold(0, |word: u32, byte| word << 8 | u32::from(*byte));
    Ok(format!("{:06}", (word & 0x7fff_ffff) % 1_000_000))
}

/// Decodes base32 (RFC 4648), with padding or without.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut length) = (Vec::new(), 0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let value = BASE32.iter().position(|known| *known == letter.to_ascii_uppercase())?;
        bits = bits << 5 | u32::try_from(value).ok()?;
        length += 5;
        if length >= 8 {
            length -= 8;
            bytes.push(u8::try_from(bits >> length & 0xff).ok()?);
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: its secret, and the last six digits of its codes.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = decoded("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("base32");
        assert_eq!(secret, b"12345678901234567890");
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(&secret, seconds / STEP_SECONDS).expect("a code"), expected, "{seconds}");
        }
    }

    #[test]
    fn a_step_is_used_once_and_at_most_one_step_early() {
        let now = Duration::from_secs(1_000 * STEP_SECONDS + 7);
        assert_eq!(next_step(0, now), 1_000);
        assert_eq!((next_step(1_000, now), wait(1_001, now)), (1_001, Duration::ZERO));
        assert_eq!((next_step(1_001, now), wait(1_002, now)), (1_002, Duration::from_secs(23)));
    }

    #[test]
    fn only_base32_is_a_secret() {
        for bad in ["", "=", "A1", "ab cd"] {
            assert!(Authenticator::new(bad, 0).is_err(), "{bad:?}");
        }
        assert_eq!(decoded("mzxw6==="), Some(b"foo".to_vec()));
    }
}
