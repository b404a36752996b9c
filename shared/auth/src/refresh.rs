//! Refresh tokens. They are opaque to clients, and only their hash is stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use souk_domain::effects::Random;
use souk_domain::ids::FamilyId;

/// How long a refresh token is valid. Every use returns a new one, so a user who returns within this time stays logged
/// in.
pub const REFRESH_TOKEN_SECONDS: i64 = 30 * 24 * 60 * 60;

const SECRET_BYTES: usize = 32;

/// One token of a family: `<family id>.<256 random bits in base64url>`.
///
/// The family id finds the session in one read; every rotation makes a new secret. It has neither `Debug` nor
/// `Display`, so that it cannot be logged by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    family_id: FamilyId,
    secret: [u8; SECRET_BYTES],
}

impl RefreshToken {
    /// The next token of a family.
    pub fn new(family_id: FamilyId, random: &dyn Random) -> Self {
        let mut secret = [0; SECRET_BYTES];
        random.fill(&mut secret);
        Self { family_id, secret }
    }

    /// Parses a token from a client; `None` if it is malformed.
    pub fn parse(raw: &str) -> Option<Self> {
        let (family_id, secret) = raw.split_once('.')?;
        let secret = URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
        Some(Self { family_id: family_id.parse().ok()?, secret })
    }

    /// The token as sent to the client.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.family_id, URL_SAFE_NO_PAD.encode(self.secret))
    }

    /// The family.
    pub const fn family_id(&self) -> &FamilyId {
        &self.family_id
    }

    /// The stored hash: SHA-256 in base64url. A fast hash suffices, because 256 random bits cannot be guessed.
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.secret))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use souk_domain::effects::Clock;
    use souk_testkit::{FixedClock, SeededRandom};

    use super::*;

    #[test]
    fn a_token_survives_the_way_to_the_client_and_back() {
        let random = SeededRandom::new(1);
        let family_id = FamilyId::new(FixedClock::new().now(), &random);
        let token = RefreshToken::new(family_id.clone(), &random);
        let back = RefreshToken::parse(&token.expose()).expect("a token");
        assert_eq!((back.family_id(), back.hash()), (&family_id, token.hash()));
        assert!(!token.hash().contains(&token.expose()[37..]), "the hash does not contain the secret");

        let next = RefreshToken::new(family_id, &random);
        assert_eq!(next.family_id(), token.family_id());
        assert_ne!(next.hash(), token.hash());
    }

    #[test]
    fn malformed_tokens_are_refused() {
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let long = format!("{id}.{}", "A".repeat(10_000));
        for bad in ["", ".", "x.y", id, &format!("{id}."), &format!("{id}.QUJD"), &format!("{id}.!"), &long] {
            assert!(RefreshToken::parse(bad).is_none(), "{bad}");
        }
    }

    const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    proptest! {
        #[test]
        fn a_text_is_a_token_or_refused(text in ".{0,100}", family in "[0-9a-fA-F-]{36}|.{0,40}", secret in "[A-Za-z0-9_-]{40,46}") {
            for raw in [text, format!("{family}.{secret}")] {
                if let Some(token) = RefreshToken::parse(&raw) {
                    prop_assert_eq!(token.expose(), raw);
                }
            }
        }

        #[test]
        fn every_token_survives(family_id in UUID, secret in any::<[u8; SECRET_BYTES]>()) {
            let token = RefreshToken { family_id: family_id.parse()?, secret };
            prop_assert!(RefreshToken::parse(&token.expose()) == Some(token));
        }
    }
}
