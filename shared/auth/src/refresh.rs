//! Refresh tokens. They are opaque to clients. A token carries a message authentication code, so it cannot be forged.
//! The sessions table has the number of the latest token of a session.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use souk_domain::ids::{SessionId, UserId};
use uuid::Uuid;

use crate::mac::{MacKey, TAG_BYTES};

const PURPOSE: &str = "souk refresh token 1";
const ID_BYTES: usize = 16;
const CLAIMS_BYTES: usize = 2 * ID_BYTES + size_of::<u32>();
const TOKEN_BYTES: usize = CLAIMS_BYTES + TAG_BYTES;
/// Length of a token: 68 bytes in base64url.
const TOKEN_CHARS: usize = 91;

/// The content of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshClaims {
    /// The user of the session.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// How often the session had been refreshed when the token was issued.
    pub rotation: u32,
}

/// Issues and verifies refresh tokens: `base64url(user id ‖ session id ‖ rotation ‖ HMAC-SHA-256 of these)`.
#[derive(Clone)]
pub struct RefreshTokens(MacKey);

impl RefreshTokens {
    /// Tokens with the key in `REFRESH_TOKEN_SECRET`.
    pub const fn new(key: MacKey) -> Self {
        Self(key)
    }

    /// The token of a session after a number of rotations. Issuing it again returns the same token.
    pub fn issue(&self, user_id: &UserId, session_id: &SessionId, rotation: u32) -> String {
        let mut token = Vec::with_capacity(TOKEN_BYTES);
        token.extend_from_slice(&uuid_bytes(user_id.as_str()));
        token.extend_from_slice(&uuid_bytes(session_id.as_str()));
        token.extend_from_slice(&rotation.to_be_bytes());
        let tag = self.0.tag(PURPOSE, &token);
        token.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The content of a token from a client; `None` if it was not issued here.
    pub fn verify(&self, token: &str) -> Option<RefreshClaims> {
        if token.len() != TOKEN_CHARS {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (claims, tag) = bytes.split_at_checked(CLAIMS_BYTES)?;
        if !self.0.verify(PURPOSE, claims, tag) {
            return None;
        }
        let (user_id, rest) = claims.split_first_chunk::<ID_BYTES>()?;
        let (session_id, rotation) = rest.split_first_chunk::<ID_BYTES>()?;
        Some(RefreshClaims {
            user_id: Uuid::from_bytes(*user_id).to_string().parse().ok()?,
            session_id: Uuid::from_bytes(*session_id).to_string().parse().ok()?,
            rotation: u32::from_be_bytes(rotation.try_into().ok()?),
        })
    }
}

fn uuid_bytes(id: &str) -> [u8; ID_BYTES] {
    // Every id is a UUID, so the default is never used.
    Uuid::try_parse(id).unwrap_or_default().into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use souk_testkit::user;

    use super::*;

    fn tokens(secret: &str) -> RefreshTokens {
        RefreshTokens::new(MacKey::from_secret(&secret.repeat(32)).expect("a key"))
    }

    fn session(n: u32) -> SessionId {
        format!("0190a5a0-0000-7000-8000-{n:012}").parse().expect("a session id")
    }

    #[test]
    fn a_token_says_what_it_was_issued_for() {
        let tokens = tokens("a");
        let token = tokens.issue(&user(1), &session(2), 3);
        assert_eq!(token.len(), TOKEN_CHARS);
        assert_eq!(token, tokens.issue(&user(1), &session(2), 3), "two tabs get the same token");
        let claims = RefreshClaims { user_id: user(1), session_id: session(2), rotation: 3 };
        assert_eq!(tokens.verify(&token), Some(claims));
        for other in [(2, 2, 3), (1, 1, 3), (1, 2, 4)] {
            assert_ne!(token, tokens.issue(&user(other.0), &session(other.1), other.2));
        }
    }

    #[test]
    fn a_made_up_token_is_refused() {
        let foreign = tokens("b").issue(&user(1), &session(2), 3);
        let tokens = tokens("a");
        assert_eq!(tokens.verify(&foreign), None, "another key");
        // The attack on a token with a random secret: the right session and an invented rest.
        let mut bytes = URL_SAFE_NO_PAD.decode(tokens.issue(&user(1), &session(2), 3)).expect("base64url");
        bytes[CLAIMS_BYTES..].fill(7);
        assert_eq!(tokens.verify(&URL_SAFE_NO_PAD.encode(&bytes)), None);
        // A code of the same key for another purpose.
        let tag = MacKey::from_secret(&"a".repeat(32)).expect("a key").tag("other", &bytes[..CLAIMS_BYTES]);
        bytes[CLAIMS_BYTES..].copy_from_slice(&tag);
        assert_eq!(tokens.verify(&URL_SAFE_NO_PAD.encode(&bytes)), None);
    }

    #[test]
    fn malformed_tokens_are_refused() {
        let tokens = tokens("a");
        let good = tokens.issue(&user(1), &session(2), 3);
        let (long, older) = ("A".repeat(10_000), format!("0190a5a0-0000-7000-8000-000000000001.{}", "A".repeat(43)));
        for bad in ["", ".", &good[1..], &format!("{good}A"), &format!("{good}="), &"!".repeat(91), &long, &older] {
            assert_eq!(tokens.verify(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_token_survives(user_id in any::<[u8; 16]>(), session_id in any::<[u8; 16]>(), rotation: u32) {
            let claims = RefreshClaims {
                user_id: Uuid::from_bytes(user_id).to_string().parse()?,
                session_id: Uuid::from_bytes(session_id).to_string().parse()?,
                rotation,
            };
            let tokens = tokens("a");
            let token = tokens.issue(&claims.user_id, &claims.session_id, rotation);
            prop_assert_eq!(tokens.verify(&token), Some(claims));
        }

        #[test]
        fn no_character_of_a_token_can_be_changed(at in 0..TOKEN_CHARS, letter in "[A-Za-z0-9_-]") {
            let tokens = tokens("a");
            let good = tokens.issue(&user(1), &session(2), 3);
            let mut changed = good.clone();
            changed.replace_range(at..=at, &letter);
            prop_assert_eq!(tokens.verify(&changed).is_some(), changed == good);
        }

        #[test]
        fn any_text_is_refused(text in ".{0,100}", like in "[A-Za-z0-9_-]{91}") {
            let tokens = tokens("a");
            prop_assert_eq!((tokens.verify(&text), tokens.verify(&like)), (None, None));
        }
    }
}
