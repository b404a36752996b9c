//! Public keys that verify access tokens: Ed25519, as JSON Web Keys (RFC 7517, RFC 8037).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A public key with its times of validity, in seconds since the Unix epoch.
///
/// A key that still signs has no end yet: `signs_until` and `not_after` are set when its successor is scheduled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationKey {
    /// The key id: the thumbprint of the key.
    pub kid: String,
    /// The 32 bytes of the public key in base64url.
    pub x: String,
    /// Earliest time at which the key signs.
    pub not_before: i64,
    /// Latest time at which the key signs. A token with a later time of issue is forged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs_until: Option<i64>,
    /// From this time on no token of the key is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<i64>,
}

impl VerificationKey {
    /// A key without an end. `x` is the public key in base64url.
    pub fn new(x: String, not_before: i64) -> Self {
        Self { kid: thumbprint(&x), x, not_before, signs_until: None, not_after: None }
    }

    /// Whether the key may have issued a token at this time.
    pub fn signs_at(&self, seconds: i64) -> bool {
        self.not_before <= seconds && self.signs_until.is_none_or(|end| seconds <= end)
    }

    /// Whether tokens of the key are no longer accepted at this time.
    pub fn has_ended(&self, seconds: i64) -> bool {
        self.not_after.is_some_and(|end| end <= seconds)
    }

    /// The key as a JSON Web Key.
    pub fn jwk(&self) -> Jwk<'_> {
        Jwk { kty: KEY_TYPE, crv: CURVE, x: &self.x, kid: &self.kid, key_use: "sig", alg: "EdDSA" }
    }
}

const KEY_TYPE: &str = "OKP";
const CURVE: &str = "Ed25519";

/// A public key as a member of a JSON Web Key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Jwk<'a> {
    /// Always `OKP`: an octet key pair.
    pub kty: &'static str,
    /// Always `Ed25519`.
    pub crv: &'static str,
    /// The public key in base64url.
    pub x: &'a str,
    /// The key id in the header of tokens.
    pub kid: &'a str,
    /// Always `sig`: the key verifies signatures.
    #[serde(rename = "use")]
    pub key_use: &'static str,
    /// Always `EdDSA`.
    pub alg: &'static str,
}

/// The thumbprint of an Ed25519 public key (RFC 7638, RFC 8037 appendix A.3) in base64url. So a new key always has a
/// new key id.
pub fn thumbprint(x: &str) -> String {
    // Only the required members, in lexicographic order and without white space.
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"{CURVE}","kty":"{KEY_TYPE}","x":"{x}"}}"#)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwaaPJHURo";

    #[test]
    fn the_key_id_is_the_thumbprint_of_the_rfc() {
        // RFC 8037, appendix A.3.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        assert_eq!(VerificationKey::new(x.to_owned(), 0).kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_ne!(thumbprint(X), thumbprint(x));
    }

    #[test]
    fn a_key_counts_between_its_times() {
        let mut key = VerificationKey::new(X.to_owned(), 100);
        assert!(!key.signs_at(99) && key.signs_at(100) && key.signs_at(i64::MAX) && !key.has_ended(i64::MAX));
        (key.signs_until, key.not_after) = (Some(200), Some(300));
        assert!(key.signs_at(200) && !key.signs_at(201));
        assert!(!key.has_ended(299) && key.has_ended(300));
    }

    #[test]
    fn the_published_form_says_nothing_about_the_times() {
        let key = VerificationKey::new(X.to_owned(), 100);
        let expected = json!({"kty": "OKP", "crv": "Ed25519", "x": X, "kid": key.kid, "use": "sig", "alg": "EdDSA"});
        assert_eq!(serde_json::to_value(key.jwk()).ok(), Some(expected));
    }

    #[test]
    fn a_key_without_an_end_has_no_such_members() {
        let key = VerificationKey::new(X.to_owned(), 100);
        let stored = serde_json::to_value(&key).expect("JSON");
        assert_eq!(stored, json!({"kid": key.kid, "x": X, "not_before": 100}));
        assert_eq!(serde_json::from_value::<VerificationKey>(stored).ok(), Some(key));
    }
}
