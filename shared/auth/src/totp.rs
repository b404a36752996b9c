//! The second factor: time-based codes (TOTP, RFC 6238) as all authenticator apps make them (SHA-1, 6 digits, 30 s), and
//! recovery codes for a lost device.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use souk_domain::effects::Random;
use souk_domain::time::Timestamp;
use totp_rs::{Builder, Secret, Totp};

/// How many recovery codes an account gets.
pub const RECOVERY_CODES: usize = 10;

/// Length of the secret, as RFC 4226 section 4 recommends.
const SECRET_BYTES: usize = 20;
const STEP_SECONDS: u64 = 30;
/// Accepted steps before and after the current one: the clock of a phone may differ, and typing takes time.
const SKEW_STEPS: u64 = 1;
/// Length of a recovery code: 120 bits. From 112 bits on, storing a fast hash is enough (OWASP ASVS 5.0, 6.5.2).
const RECOVERY_CODE_BYTES: usize = 15;
const RECOVERY_CODE_CHARS: usize = 24;
const RECOVERY_CODE_GROUP: usize = 4;

/// A new secret in base32, as people type it into their app.
pub fn new_secret(random: &dyn Random) -> String {
    let mut bytes = [0; SECRET_BYTES];
    random.fill(&mut bytes);
    Secret::new_stack(bytes).to_base32()
}

/// The secret as a URI, for a QR code.
pub fn otpauth_uri(secret: &str, shop: &str, account: &str) -> String {
    let (shop, account) = (percent_encoded(shop), percent_encoded(account));
    format!("otpauth://totp/{shop}:{account}?secret={secret}&issuer={shop}&algorithm=SHA1&digits=6&period=30")
}

/// The step that a code belongs to; `None` if the code is wrong.
///
/// A code works once: steps up to `last_step`, the step of the last accepted code, are refused. Callers store the
/// returned step with a condition, so that of two concurrent requests one succeeds.
pub fn verify(secret: &str, code: &str, now: Timestamp, last_step: u64) -> Option<u64> {
    let totp = totp(secret)?;
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let current = current_step(now)?;
    let mut steps = current.saturating_sub(SKEW_STEPS)..=current.saturating_add(SKEW_STEPS);
    steps.find(|step| *step > last_step && totp.check(&code, step.saturating_mul(STEP_SECONDS)).is_some())
}

/// The code of a time, as an app would show it; `None` if the secret is malformed. For tools and tests.
pub fn code_at(secret: &str, now: Timestamp) -> Option<String> {
    Some(totp(secret)?.generate(current_step(now)?.checked_mul(STEP_SECONDS)?).to_string())
}

fn current_step(now: Timestamp) -> Option<u64> {
    u64::try_from(now.as_seconds()).ok().map(|seconds| seconds / STEP_SECONDS)
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    // Each step is checked separately, because the step of the code is stored.
    Builder::new().with_secret(secret).with_step_duration(STEP_SECONDS).with_skew(0).build().ok()
}

/// Percent-encodes all but unreserved characters (RFC 3986).
fn percent_encoded(raw: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    raw.bytes().map(encode).collect()
}

/// New recovery codes. It has no `Debug`, so that it cannot be logged by accident.
pub struct RecoveryCodes {
    /// The codes for the user, which are shown once: `abcd-efgh-ijkl-mnop-qrst-uvwx`.
    pub codes: Vec<String>,
    /// The hashes that are stored, in the same order.
    pub hashes: Vec<String>,
}

/// Makes [`RECOVERY_CODES`] codes.
pub fn new_recovery_codes(random: &dyn Random) -> RecoveryCodes {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| new_recovery_code(random)).collect();
    let hashes = codes.iter().filter_map(|code| recovery_code_hash(code)).collect();
    RecoveryCodes { codes, hashes }
}

/// The stored hash that a recovery code belongs to; `None` if the code is wrong. Callers remove the hash with a
/// condition, so that the code works once.
pub fn matching_recovery_code<'a>(code: &str, hashes: &'a [String]) -> Option<&'a String> {
    let hash = recovery_code_hash(code)?;
    hashes.iter().find(|stored| **stored == hash)
}

/// Whether a code has the form of a recovery code, which no code of an app has.
pub fn is_recovery_code(code: &str) -> bool {
    recovery_code_hash(code).is_some()
}

fn new_recovery_code(random: &dyn Random) -> String {
    let mut bytes = [0; RECOVERY_CODE_BYTES];
    random.fill(&mut bytes);
    let letters: Vec<char> = Secret::new(bytes.into()).to_base32().to_lowercase().chars().collect();
    let groups = letters.chunks(RECOVERY_CODE_GROUP).map(|group| group.iter().collect());
    groups.collect::<Vec<String>>().join("-")
}

/// Separators and upper case do not matter.
fn recovery_code_hash(code: &str) -> Option<String> {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    (letters.len() == RECOVERY_CODE_CHARS).then(|| URL_SAFE_NO_PAD.encode(Sha256::digest(letters.to_ascii_lowercase())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use souk_domain::effects::Clock;
    use souk_testkit::{FixedClock, SeededRandom};

    use super::*;

    /// `12345678901234567890`, the secret of the RFC's test vectors.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    /// RFC 6238, appendix B: the last 6 of 8 digits.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (seconds, code) in VECTORS {
            assert_eq!(code_at(SECRET, at(seconds)).as_deref(), Some(code));
            let step = u64::try_from(seconds).expect("positive") / 30;
            assert_eq!(verify(SECRET, code, at(seconds), 0), Some(step));
        }
        assert_eq!(verify(SECRET, " 081 804 ", at(1_111_111_109), 0), Some(37_037_036), "as apps show it");
    }

    #[test]
    fn a_code_is_valid_for_one_step_around() {
        // 1_111_111_109 is the last second of its step.
        let (last_second, code) = VECTORS[1];
        let verify = |seconds| verify(SECRET, code, at(seconds), 0).is_some();
        assert!(verify(last_second + 30) && !verify(last_second + 31));
        assert!(verify(last_second - 59) && !verify(last_second - 60));
    }

    #[test]
    fn a_code_works_once() {
        let (seconds, code) = VECTORS[1];
        let step = verify(SECRET, code, at(seconds), 0).expect("accepted");
        assert_eq!(verify(SECRET, code, at(seconds), step), None);
        assert_eq!(verify(SECRET, code, at(seconds + 30), step), None);
        assert_eq!(verify(SECRET, code, at(seconds), step + 5), None, "nor an older one");
        let next = code_at(SECRET, at(seconds + 30)).expect("a code");
        assert_eq!(verify(SECRET, &next, at(seconds), step), Some(step + 1));
    }

    #[test]
    fn malformed_codes_and_secrets_are_refused() {
        for bad in ["", "28708", "2870822", "+87082", "28708a", "２８７０８２", "-87082", "287082\0"] {
            assert_eq!(verify(SECRET, bad, at(59), 0), None, "{bad}");
        }
        for bad in ["", "1", "GEZDGNBV", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ!"] {
            assert_eq!(verify(bad, "287082", at(59), 0), None, "{bad}");
        }
        assert_eq!(verify(SECRET, "287082", at(-1), 0), None);
        let last = Timestamp::from_millis(i64::MAX);
        assert_eq!(verify(SECRET, "abcdef", last, 0), None, "no overflow");
    }

    #[test]
    fn a_new_secret_works_in_an_app() {
        let (random, now) = (SeededRandom::new(1), FixedClock::new().now());
        let secret = new_secret(&random);
        assert_eq!(secret.len(), 32);
        assert_ne!(secret, new_secret(&random));
        let code = code_at(&secret, now).expect("a code");
        assert!(verify(&secret, &code, now, 0).is_some());
        assert_eq!(verify(SECRET, &code, now, 0), None);
    }

    #[test]
    fn the_uri_names_shop_and_account() {
        assert_eq!(
            otpauth_uri(SECRET, "Ann's Shop: Ink", "zoë@example.com"),
            format!(
                "otpauth://totp/Ann%27s%20Shop%3A%20Ink:zo%C3%AB%40example.com?secret={SECRET}\
                 &issuer=Ann%27s%20Shop%3A%20Ink&algorithm=SHA1&digits=6&period=30"
            )
        );
    }

    #[test]
    fn a_recovery_code_is_found_however_it_is_typed() {
        let RecoveryCodes { codes, hashes } = new_recovery_codes(&SeededRandom::new(1));
        assert_eq!((codes.len(), hashes.len()), (RECOVERY_CODES, RECOVERY_CODES));
        assert_eq!(codes[0].len(), 29, "{}", codes[0]);
        for (code, hash) in codes.iter().zip(&hashes) {
            for typed in [code.clone(), code.to_uppercase(), code.replace('-', ""), code.replace('-', " ")] {
                assert_eq!(matching_recovery_code(&typed, &hashes), Some(hash));
            }
        }
        assert_eq!(matching_recovery_code(&codes[0], &hashes[1..]), None, "a used code");
        let other = new_recovery_codes(&SeededRandom::new(2)).codes;
        for bad in ["", "-", &codes[0][1..], &format!("{}a", codes[0]), &other[0], &hashes[0]] {
            assert_eq!(matching_recovery_code(bad, &hashes), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_verified_or_refused(secret in ".{0,40}", code in ".{0,10}", now: i64, last_step: u64) {
            prop_assert_eq!(verify(&secret, &code, Timestamp::from_millis(now), last_step), None);
            let step = verify(SECRET, &code, Timestamp::from_millis(now), last_step);
            prop_assert!(step.is_none_or(|step| step > last_step));
        }
    }
}
