//! Passwords: argon2id with the parameters of OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane), stored
//! as PHC strings, so that stronger parameters can be introduced without breaking older hashes ([`needs_upgrade`]).
//!
//! A password is normalised first (NFC, as NIST SP 800-63B-4 section 3.1.1.2 recommends), because two keyboards may
//! encode the same letter differently.
//!
//! Hashing occupies a core for some tens of milliseconds, on the calling thread. So endpoints hash in the bounded
//! `HashQueue` of `souk-identity`.

use std::borrow::Cow;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use icu_normalizer::ComposingNormalizerBorrowed;
use souk_domain::effects::Random;
use souk_domain::validation::Invalid;
use zxcvbn::{Score, zxcvbn};

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// Maximum characters that zxcvbn checks. It tries every reading of symbols as letters: 32 characters take up to 0.1 s,
/// and 100 characters up to a second.
const CHECKED_CHARS: usize = 32;
/// Minimum length of a part of an address or a name that is searched for.
const MIN_CONTEXT_CHARS: usize = 3;
/// Minimum number of characters besides address and name.
const MIN_OTHER_CHARS: usize = 8;

/// The hash of an unknown password with the same parameters. It is verified if the account does not exist, so that the
/// response takes as long as for an existing account.
const UNKNOWN_ACCOUNT_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$MnSYdPhdWB62dyS62E/PoQ$nI4TIoWVoNqG7I1orO2uAGtdKnqdmtsMpLekbnq4BFA";

/// A password that cannot be hashed, or a stored hash that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("argon2: {0}")]
pub struct PasswordError(#[from] argon2::password_hash::Error);

/// The error of a password that an attacker tries first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password is common or easy to guess")]
pub struct WeakPassword;

impl From<WeakPassword> for Invalid {
    fn from(_: WeakPassword) -> Self {
        Self::new("common_password", "must not be a common or easily guessed password, an address or the shop's name")
    }
}

/// The length of a password in characters, as it is hashed.
pub fn length(password: &str) -> usize {
    normalized(password).chars().count()
}

/// Checks a new password: it must not be on zxcvbn's list of common passwords, nor made of a few words of its lists, of
/// repetitions or sequences, or of the `context`: the address and the name of the shop. Any characters will do. Callers
/// limit the length.
pub fn check_new(password: &str, context: &[&str]) -> Result<(), WeakPassword> {
    let password = normalized(password);
    let checked: String = password.chars().take(CHECKED_CHARS).collect();
    let context = context_words(context);
    let words: Vec<&str> = context.iter().map(String::as_str).collect();
    if is_made_of(&password, &words) || zxcvbn(&checked, &words).score() <= Score::One {
        return Err(WeakPassword);
    }
    Ok(())
}

/// The words in lower case and the parts of each: `ann@example.com`, `example`, `ann` and `com`; longest first.
fn context_words(context: &[&str]) -> Vec<String> {
    let lower: Vec<String> = context.iter().map(|word| normalized(word).trim().to_lowercase()).collect();
    let parts = lower.iter().flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
    let all = lower.iter().map(String::as_str).chain(parts);
    let mut words: Vec<String> =
        all.filter(|word| word.chars().count() >= MIN_CONTEXT_CHARS).map(str::to_owned).collect();
    words.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    words.dedup();
    words
}

/// Whether a password has one of the words and little else. zxcvbn rates a name that is repeated with blanks as strong.
fn is_made_of(password: &str, words: &[&str]) -> bool {
    let lower = password.to_lowercase();
    let rest = words.iter().fold(lower.clone(), |rest, word| rest.replace(word, ""));
    rest != lower && rest.chars().filter(|c| !c.is_whitespace()).count() < MIN_OTHER_CHARS
}

/// Hashes a new password to a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. Callers limit the length.
pub fn hash(password: &str, random: &dyn Random) -> Result<String, PasswordError> {
    let mut salt = [0; SALT_BYTES];
    random.fill(&mut salt);
    let salt = SaltString::encode_b64(&salt)?;
    Ok(argon2()?.hash_password(normalized(password).as_bytes(), &salt)?.to_string())
}

/// Whether a password matches a stored hash. `None` stands for an account that does not exist: false, after the same
/// time. Callers limit the length.
pub fn verify(password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
    let parsed = PasswordHash::new(stored.unwrap_or(UNKNOWN_ACCOUNT_HASH))?;
    match Argon2::default().verify_password(normalized(password).as_bytes(), &parsed) {
        Ok(()) => Ok(stored.is_some()),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether a stored hash is weaker than a new one would be. Then the password is hashed again at the next login, when
/// it is known.
pub fn needs_upgrade(stored: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(stored) else {
        return true;
    };
    let is_current = parsed.algorithm == argon2::ARGON2ID_IDENT && parsed.version == Some(Version::V0x13.into());
    let is_as_strong =
        |params: Params| params.m_cost() >= MEMORY_KIB && params.t_cost() >= PASSES && params.p_cost() >= LANES;
    !is_current || !Params::try_from(&parsed).is_ok_and(is_as_strong)
}

fn normalized(password: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(password)
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
        let run = |stored: Option<&str>| -> Duration {
            let started = Instant::now();
            verify("wrong", stored).expect("checked");
            started.elapsed()
        };
        // The fastest of many runs in alternation, because other work on the machine only adds time, for a while.
        let runs: Vec<_> = (0..20).map(|_| (run(Some(&stored)), run(None))).collect();
        let known = runs.iter().map(|(known, _)| *known).min().expect("runs");
        let unknown = runs.iter().map(|(_, unknown)| *unknown).min().expect("runs");
        assert!(unknown < known * 3 && known < unknown * 3, "{known:?} and {unknown:?}");
    }

    #[test]
    fn a_damaged_hash_is_an_error_and_not_a_wrong_password() {
        for damaged in ["", "plain", "$argon2id$v=19$m=0,t=0,p=0$c2FsdHNhbHQ$aGFzaA"] {
            assert!(verify("x", Some(damaged)).is_err(), "{damaged}");
        }
    }

    /// Passwords that an attacker tries first, with an address and a shop's name.
    const CONTEXT: [&str; 2] = ["ann.smith@example.com", "Souk Market"];

    #[test]
    fn common_passwords_are_refused() {
        let refused = [
            "password",
            "12345678",
            "        ",
            "               ",
            "aaaaaaaaaaaaaaa",
            "123456789012345",
            "passwordpassword",
            "P4ssw0rdP4ssw0rd",
            "Password1234567",
            "qwertyuiopasdfgh",
            "abcdefghijklmno",
            "iloveyou1234567",
        ];
        for password in refused {
            assert_eq!(check_new(password, &CONTEXT), Err(WeakPassword), "{password}");
            assert_eq!(check_new(password, &[]), Err(WeakPassword), "{password} without a context");
        }
    }

    #[test]
    fn address_and_name_of_the_shop_are_refused() {
        let refused = [
            "ann.smith@example.com",
            "Ann.Smith@Example.COM",
            "ann.smith@example.com1",
            "annsmithexamplecom",
            "Souk Market",
            "soukmarketsoukmarket",
            "SOUK souk Souk souk",
            "Souk-Market-2026",
        ];
        for password in refused {
            assert_eq!(check_new(password, &CONTEXT), Err(WeakPassword), "{password}");
        }
        assert_eq!(check_new("ann.smith@example.com", &["bob@example.org"]), Ok(()), "it is refused for the address");
        let long = "someone.with.a.rather.long.name@an-equally-long-domain.example.com";
        assert_eq!(check_new(long, &[long]), Err(WeakPassword), "longer than what zxcvbn checks");
    }

    #[test]
    fn other_passwords_are_accepted_without_rules_of_composition() {
        let accepted = [
            "correct horse battery staple",
            "correcthorsebatterystaple",
            "kein vogel liest im regen",
            "ключ под старым ковриком",
            "market day brings seven goats",
            "728193645501926",
        ];
        for password in accepted {
            assert_eq!(check_new(password, &CONTEXT), Ok(()), "{password}");
        }
        let invalid = Invalid::from(WeakPassword);
        assert_eq!(invalid.code, "common_password");
    }

    #[test]
    fn no_password_takes_long_to_check() {
        // The symbols that zxcvbn reads as more than one letter.
        let worst: String = "z2%7+5$07l1|!18@963<(8{4[".chars().cycle().take(128).collect();
        check_new("the lists are built by the first call", &CONTEXT).expect("accepted");
        let started = Instant::now();
        check_new(&worst, &CONTEXT).expect("accepted");
        assert!(started.elapsed() < Duration::from_secs(5), "{:?} in a debug build", started.elapsed());
    }

    #[test]
    fn the_encoding_of_a_letter_does_not_matter() {
        let (nfc, nfd) = ("zo\u{eb} drinks caf\u{e9} noir", "zoe\u{308} drinks cafe\u{301} noir");
        for (typed_first, typed_later) in [(nfc, nfd), (nfd, nfc)] {
            let stored = hash(typed_first, &SeededRandom::new(1)).expect("hashed");
            assert!(verify(typed_later, Some(&stored)).expect("checked"));
        }
        assert_eq!((length(nfc), length(nfd)), (20, 20));
        assert_eq!(length("\u{1f600}\u{1f600}"), 2, "characters and not bytes");
    }

    #[test]
    fn weaker_hashes_are_upgraded() {
        let current = hash("correct horse", &SeededRandom::new(1)).expect("hashed");
        assert!(!needs_upgrade(&current));
        assert!(!needs_upgrade(UNKNOWN_ACCOUNT_HASH));
        assert!(!needs_upgrade(&current.replace("m=19456,t=2", "m=65536,t=3")), "a stronger one stays");
        let weaker = [
            ("m=19456", "m=4096"),
            ("t=2", "t=1"),
            ("argon2id", "argon2i"),
            ("argon2id", "argon2d"),
            ("v=19", "v=16"),
            ("$argon2id$v=19$m=19456,t=2,p=1", "$pbkdf2-sha256$i=600000"),
        ];
        for (from, to) in weaker {
            assert!(needs_upgrade(&current.replace(from, to)), "{to}");
        }
        assert!(needs_upgrade("") && needs_upgrade("plain"));
    }

    #[test]
    fn an_older_hash_still_matches() {
        let params = Params::new(8, 1, 1, None).expect("parameters");
        let salt = SaltString::encode_b64(&[7; SALT_BYTES]).expect("a salt");
        let older = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password(b"correct horse", &salt)
            .expect("hashed")
            .to_string();
        assert!(needs_upgrade(&older));
        assert!(verify("correct horse", Some(&older)).expect("checked"));
        assert!(!verify("wrong horse", Some(&older)).expect("checked"));
    }
}
