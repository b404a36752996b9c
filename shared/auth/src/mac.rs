//! Message authentication codes: HMAC-SHA-256 (RFC 2104) with a key from a secret.

use aws_sdk_secretsmanager::Client;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::keys::KeyError;
use crate::secrets::read_text;

/// Length of a code, in bytes.
pub(crate) const TAG_BYTES: usize = 32;
/// Minimum length of the secret. A shorter one was probably not generated.
const MIN_SECRET_CHARS: usize = 32;

/// A key for codes. Every use has its own purpose, so that the code of one use is never valid for another.
#[derive(Clone)]
pub struct MacKey(Hmac<Sha256>);

impl MacKey {
    /// The key of a secret text of at least 32 random characters.
    pub fn from_secret(text: &str) -> Result<Self, KeyError> {
        let too_short = KeyError::Malformed("it has less than 32 characters");
        if text.chars().count() < MIN_SECRET_CHARS {
            return Err(too_short);
        }
        Hmac::new_from_slice(text.as_bytes()).map(Self).map_err(|_| too_short)
    }

    /// Reads the key from Secrets Manager. The client has to have time-outs.
    pub async fn read(client: &Client, secret_id: &str) -> Result<Self, KeyError> {
        let text = read_text(client, secret_id).await?;
        Self::from_secret(&text.ok_or_else(|| KeyError::Unavailable("there is no such secret".to_owned()))?)
    }

    /// The code of a message.
    pub fn tag(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.mac(purpose, message).finalize().into_bytes().into()
    }

    /// Whether a code belongs to a message. Compares in constant time.
    pub fn verify(&self, purpose: &str, message: &[u8], tag: &[u8]) -> bool {
        self.mac(purpose, message).verify_slice(tag).is_ok()
    }

    fn mac(&self, purpose: &str, message: &[u8]) -> Hmac<Sha256> {
        // No purpose contains a zero byte, so purpose and message cannot be split in another way.
        self.0.clone().chain_update(purpose).chain_update([0]).chain_update(message)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_code_belongs_to_its_key_purpose_and_message() {
        let key = MacKey::from_secret(SECRET).expect("a key");
        let tag = key.tag("a", b"message");
        assert!(key.verify("a", b"message", &tag));
        for (purpose, message) in
            [("b", b"message".as_slice()), ("a", b"massage"), ("amessage", b""), ("", b"a\0message")]
        {
            assert!(!key.verify(purpose, message, &tag), "{purpose}");
        }
        assert!(!key.verify("a", b"message", &tag[..31]) && !key.verify("a", b"message", b""));
        let other = MacKey::from_secret(&SECRET.to_uppercase()).expect("a key");
        assert!(!other.verify("a", b"message", &tag));
    }

    #[test]
    fn the_code_is_hmac_sha_256() {
        // Computed with Python's hmac module.
        let key = MacKey::from_secret(SECRET).expect("a key");
        assert_eq!(URL_SAFE_NO_PAD.encode(key.tag("a", b"message")), "p42VVH62o39U-tZQcHfn3XiWTBl8CsoElRSVXrOsWD4");
    }

    #[test]
    fn a_short_secret_is_refused_and_not_quoted() {
        for bad in ["", "hunter2", &SECRET[1..]] {
            let error = MacKey::from_secret(bad).err().expect("refused").to_string();
            assert!(bad.is_empty() || !error.contains(bad), "{error}");
        }
    }
}
