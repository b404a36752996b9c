//! Secure randomness from the operating system. For repeatable randomness see `souk_rng::SeededRng`.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;

use anyhow::{Context, Result};

/// Random bytes as hexadecimal digits.
pub(crate) fn hex(bytes: usize) -> Result<String> {
    let mut buffer = vec![0; bytes];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut buffer)).context("cannot read /dev/urandom")?;
    Ok(buffer.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok(); // writing to a string cannot fail
        text
    }))
}
