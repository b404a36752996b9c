//! Signing keys: Ed25519 (RFC 8032), and the sources that they are read from.

use std::pin::Pin;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde::{Deserialize, Serialize};
use souk_domain::effects::Random;
use souk_domain::signing_key::{VerificationKey, thumbprint};

/// Keys are read again when the last read is this old. A planned change takes effect later than that
/// ([`crate::KeyRing`]).
pub(crate) const REREAD_SECONDS: i64 = 60;
/// Minimum interval between two reads because of a missing key: anyone can send an invented key id.
pub(crate) const MISSING_KEY_SECONDS: i64 = 5;

const SEED_BYTES: usize = 32;
/// Prefix of the 32-byte Ed25519 seed in a PKCS #8 document (RFC 8410, section 7).
const PKCS8_ED25519: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/// Why keys or secrets cannot be read. Never quotes a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The source did not respond, or refused the request.
    #[error("the keys cannot be read: {0}")]
    Unavailable(String),
    /// A secret does not have the expected form.
    #[error("the secret is not usable: {0}")]
    Malformed(&'static str),
    /// No key may sign now: the first one was not made yet.
    #[error("the secret has no key that may sign now")]
    NoSigningKey,
    /// A key that is to be revoked does not exist.
    #[error("there is no such key")]
    UnknownKey,
}

/// The future of a read.
pub type KeyFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyError>> + Send + 'a>>;

/// A source of private keys. It has to apply a time-out to its calls.
pub trait SigningKeySource: Send + Sync {
    /// Reads the current keys.
    fn read(&self) -> KeyFuture<'_, SigningKeys>;
}

/// A source of public keys. It has to apply a time-out to its calls.
pub trait VerificationKeySource: Send + Sync {
    /// Reads all keys, also those that do not sign yet or no longer.
    fn read(&self) -> KeyFuture<'_, Vec<VerificationKey>>;
}

/// A private key and when it signs, in seconds since the Unix epoch.
#[derive(Clone)]
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) x: String,
    pub(crate) private: EncodingKey,
    pub(crate) not_before: i64,
    pub(crate) signs_until: Option<i64>,
    seed: [u8; SEED_BYTES],
}

/// The content of the secret.
#[derive(Serialize, Deserialize)]
struct Secret {
    /// Missing in a secret that was only just created.
    #[serde(default)]
    keys: Vec<SecretKey>,
}

#[derive(Serialize, Deserialize)]
struct SecretKey {
    kid: String,
    /// The seed in base64url.
    d: String,
    not_before: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signs_until: Option<i64>,
}

impl SigningKey {
    /// A new key that signs from `not_before` on.
    pub(crate) fn generate(random: &dyn Random, not_before: i64) -> Result<Self, KeyError> {
        let mut seed = [0; SEED_BYTES];
        random.fill(&mut seed);
        Self::from_seed(seed, not_before)
    }

    fn from_seed(seed: [u8; SEED_BYTES], not_before: i64) -> Result<Self, KeyError> {
        let private = EncodingKey::from_ed_der(&[&PKCS8_ED25519[..], &seed].concat());
        let jwk = Jwk::from_encoding_key(&private, Algorithm::EdDSA);
        let Ok(AlgorithmParameters::OctetKeyPair(public)) = jwk.map(|jwk| jwk.algorithm) else {
            return Err(KeyError::Malformed("a seed does not make an Ed25519 key"));
        };
        let kid = thumbprint(&public.x);
        Ok(Self { kid, x: public.x, private, not_before, signs_until: None, seed })
    }

    fn from_secret(key: &SecretKey) -> Result<Self, KeyError> {
        let seed = URL_SAFE_NO_PAD.decode(&key.d).ok().and_then(|seed| seed.try_into().ok());
        let made =
            Self::from_seed(seed.ok_or(KeyError::Malformed("a seed is not 32 bytes in base64url"))?, key.not_before)?;
        if made.kid != key.kid {
            // Verifiers would know another key by this id.
            return Err(KeyError::Malformed("a key id is not the thumbprint of its key"));
        }
        Ok(Self { signs_until: key.signs_until, ..made })
    }

    fn to_secret(&self) -> SecretKey {
        SecretKey {
            kid: self.kid.clone(),
            d: URL_SAFE_NO_PAD.encode(self.seed),
            not_before: self.not_before,
            signs_until: self.signs_until,
        }
    }

    fn signs_at(&self, now: i64) -> bool {
        self.not_before <= now && self.signs_until.is_none_or(|end| now < end)
    }
}

/// The private keys in the secret. It has no `Debug`, so that it cannot be logged by accident.
#[derive(Clone, Default)]
pub struct SigningKeys(pub(crate) Vec<SigningKey>);

impl SigningKeys {
    /// From the content of the secret: `{"keys": [{"kid", "d", "not_before", "signs_until"}]}`. JSON without `keys` has
    /// no keys.
    pub fn parse(json: &str) -> Result<Self, KeyError> {
        // The parser's message may quote the secret.
        let secret: Secret = serde_json::from_str(json).map_err(|_| KeyError::Malformed("it is not JSON with keys"))?;
        secret.keys.iter().map(SigningKey::from_secret).collect::<Result<_, _>>().map(Self)
    }

    /// The content of the secret.
    pub fn to_json(&self) -> String {
        let secret = Secret { keys: self.0.iter().map(SigningKey::to_secret).collect() };
        // Text and numbers only, so the default is never used.
        serde_json::to_string(&secret).unwrap_or_default()
    }

    /// The ids of the keys, oldest first.
    pub fn key_ids(&self) -> Vec<&str> {
        self.0.iter().map(|key| key.kid.as_str()).collect()
    }

    /// The newest of the keys that sign at a time.
    pub(crate) fn signing_at(&self, now: i64) -> Option<&SigningKey> {
        self.0.iter().filter(|key| key.signs_at(now)).max_by_key(|key| key.not_before)
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::SeededRandom;

    use super::*;

    #[test]
    fn the_key_of_a_seed_is_that_of_the_rfc() {
        // RFC 8037, appendix A.1 to A.3.
        let json = r#"{"keys": [{"kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "not_before": 5}]}"#;
        let keys = SigningKeys::parse(json).expect("keys");
        assert_eq!(keys.0[0].x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!((keys.0[0].not_before, keys.0[0].signs_until), (5, None));
    }

    #[test]
    fn keys_survive_the_way_to_the_secret_and_back() {
        let random = SeededRandom::new(1);
        let mut keys = SigningKeys((0..3).map(|n| SigningKey::generate(&random, n).expect("a key")).collect());
        keys.0[0].signs_until = Some(1);
        let back = SigningKeys::parse(&keys.to_json()).expect("keys");
        assert_eq!(back.to_json(), keys.to_json());
        assert_eq!(back.key_ids(), keys.key_ids());
        assert!(keys.0[0].kid != keys.0[1].kid && keys.0[1].kid != keys.0[2].kid);
    }

    #[test]
    fn a_secret_without_keys_has_none() {
        for json in ["{}", r#"{"keys": []}"#, r#"{"kid": "1", "seed": "of the older form"}"#] {
            assert_eq!(SigningKeys::parse(json).expect("keys").0.len(), 0, "{json}");
        }
    }

    #[test]
    fn a_bad_secret_is_refused_and_not_quoted() {
        let other_kid = format!(r#"{{"keys": [{{"kid": "hunter2", "d": "{}", "not_before": 1}}]}}"#, "A".repeat(43));
        let bad = ["", "hunter2", "1", r#"{"keys": ["hunter2"]}"#, r#"{"keys": [{"kid": "a", "d": "hunter2"}]}"#];
        let short = r#"{"keys": [{"kid": "a", "d": "hunter2", "not_before": 1}]}"#;
        for bad in bad.into_iter().chain([short, &other_kid]) {
            let error = SigningKeys::parse(bad).err().expect("refused").to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn the_newest_key_signs() {
        let random = SeededRandom::new(1);
        let mut keys = SigningKeys([10, 20, 30].map(|n| SigningKey::generate(&random, n).expect("a key")).to_vec());
        (keys.0[0].signs_until, keys.0[1].signs_until) = (Some(20), Some(30));
        let at = |now| keys.signing_at(now).map(|key| key.not_before);
        assert_eq!(
            [9, 10, 19, 20, 29, 30, i64::MAX].map(at),
            [None, Some(10), Some(10), Some(20), Some(20), Some(30), Some(30)]
        );
    }
}
