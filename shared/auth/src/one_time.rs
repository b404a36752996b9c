//! Tokens that work once, such as those in mails: 256 random bits, of which only the hash is stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use souk_domain::effects::Random;

const TOKEN_BYTES: usize = 32;
/// Length of a token in base64url.
pub const TOKEN_CHARS: usize = 43;

/// A new token. It has no `Debug`, so that it cannot be logged by accident.
pub struct OneTimeToken {
    /// The token for the client.
    pub token: String,
    /// The hash that is stored.
    pub hash: String,
}

/// Makes a token.
pub fn new_token(random: &dyn Random) -> OneTimeToken {
    let mut bytes = [0; TOKEN_BYTES];
    random.fill(&mut bytes);
    OneTimeToken { token: URL_SAFE_NO_PAD.encode(bytes), hash: URL_SAFE_NO_PAD.encode(Sha256::digest(bytes)) }
}

/// The stored hash of a token from a client; `None` if it is malformed. A fast hash suffices, because 256 random bits
/// cannot be guessed.
pub fn hash(token: &str) -> Option<String> {
    let bytes = (token.len() == TOKEN_CHARS).then(|| URL_SAFE_NO_PAD.decode(token).ok()).flatten()?;
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use souk_testkit::SeededRandom;

    use super::*;

    #[test]
    fn a_token_is_found_by_its_hash() {
        let random = SeededRandom::new(1);
        let (first, second) = (new_token(&random), new_token(&random));
        assert_eq!(first.token.len(), TOKEN_CHARS);
        assert_eq!(hash(&first.token), Some(first.hash.clone()));
        assert!(first.token != second.token && first.hash != second.hash && first.hash != first.token);
    }

    #[test]
    fn malformed_tokens_are_refused() {
        let good = new_token(&SeededRandom::new(1)).token;
        let long = "A".repeat(10_000);
        for bad in
            ["", "x", &good[1..], &format!("{good}A"), &format!("{good}="), &"!".repeat(43), &"é".repeat(21), &long]
        {
            assert_eq!(hash(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn two_texts_never_name_the_same_token(token in "[A-Za-z0-9_-]{42}", a in "[A-Za-z0-9_-]", b in "[A-Za-z0-9_-]") {
            let (a, b) = (format!("{token}{a}"), format!("{token}{b}"));
            prop_assert!(a == b || hash(&a).is_none() || hash(&a) != hash(&b));
        }
    }
}
