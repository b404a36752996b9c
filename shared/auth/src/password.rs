//! Passwords: argon2id with the parameters of OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane), stored
//! as PHC strings, so that stronger parameters can be introduced without breaking older hashes.
//!
//! Hashing occupies a core for some tens of milliseconds. It runs on the calling thread, not on a blocking pool: a
//! Lambda function handles one request at a time, so it blocks no other request.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use souk_domain::effects::Random;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// The hash of an unknown password with the same parameters. It is verified if the account does not exist, so that the
/// response takes as long as for an existing account.
const UNKNOWN_ACCOUNT_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$MnSYdPhdWB62dyS62E/PoQ$nI4TIoWVoNqG7I1orO2uAGtdKnqdmtsMpLekbnq4BFA";

/// A password that cannot be hashed, or a stored hash that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("argon2: {0}")]
pub struct PasswordError(#[from] argon2::password_hash::Error);

/// Hashes a new password to a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. Callers limit the length.
pub fn hash(password: &str, random: &dyn Random) -> Result<String, PasswordError> {
    let mut salt = [0; SALT_BYTES];
    random.fill(&mut salt);
    let salt = SaltString::encode_b64(&salt)?;
    Ok(argon2()?.hash_password(password.as_bytes(), &salt)?.to_string())
}

/// Whether a password matches a stored hash. `None` stands for an account that does not exist: false, after the same
/// time. Callers limit the length.
pub fn verify(password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
    let parsed = PasswordHash::new(stored.unwrap_or(UNKNOWN_ACCOUNT_HASH))?;
    match Argon2::default().verify_password(password.as_bytes(), &parsed) {
        Ok(()) => Ok(stored.is_some()),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(argon2::password_hash::Error::from)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use souk_testkit::SeededRandom;

    use super::*;

    const PARAMETERS: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

    #[test]
    fn only_the_correct_password_matches() {
        let random = SeededRandom::new(1);
        let stored = hash("correct horse", &random).expect("hashed");
        assert!(stored.starts_with(PARAMETERS), "{stored}");
        assert!(verify("correct horse", Some(&stored)).expect("checked"));
        for wrong in ["correct hors", "Correct horse", "correct horse ", ""] {
            assert!(!verify(wrong, Some(&stored)).expect("checked"), "{wrong}");
        }
        assert_ne!(stored, hash("correct horse", &random).expect("hashed"), "every hash has its own salt");
    }

    #[test]
    fn no_password_matches_an_unknown_account() {
        assert!(UNKNOWN_ACCOUNT_HASH.starts_with(PARAMETERS));
        for guess in ["", "password", "nobody"] {
            assert!(!verify(guess, None).expect("checked"), "{guess}");
        }
    }

    #[test]
    fn an_unknown_account_takes_as_long_as_a_known_one() {
        let stored = hash("correct horse", &SeededRandom::new(1)).expect("hashed");
        // The fastest of several runs, because other work on the machine only adds time.
        let fastest = |stored: Option<&str>| -> Duration {
            let run = |_| {
                let started = Instant::now();
                verify("wrong", stored).expect("checked");
                started.elapsed()
            };
            (0..5).map(run).min().expect("runs")
        };
        let (known, unknown) = (fastest(Some(&stored)), fastest(None));
        assert!(unknown < known * 3 && known < unknown * 3, "{known:?} and {unknown:?}");
    }

    #[test]
    fn a_damaged_hash_is_an_error_and_not_a_wrong_password() {
        for damaged in ["", "plain", "$argon2id$v=19$m=0,t=0,p=0$c2FsdHNhbHQ$aGFzaA"] {
            assert!(verify("x", Some(damaged)).is_err(), "{damaged}");
        }
    }
}
