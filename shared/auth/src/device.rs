//! Device tokens. A device that has logged in to an account proves it in the next log-in, so that strangers' wrong
//! passwords do not count for it. A token gives nothing but a counter of its own.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use souk_domain::account::Email;
use souk_domain::effects::Random;
use souk_domain::time::Timestamp;

use crate::mac::{MacKey, TAG_BYTES};

const PURPOSE: &str = "souk device token 1";
/// How long a device stays known after its last log-in.
const VALID_SECONDS: i64 = 180 * 24 * 60 * 60;
const ID_BYTES: usize = 16;
const TIME_BYTES: usize = size_of::<i64>();
const CLAIMS_BYTES: usize = ID_BYTES + TIME_BYTES + 1;
const TOKEN_BYTES: usize = CLAIMS_BYTES + TAG_BYTES;
/// Length of a token: 57 bytes in base64url.
const TOKEN_CHARS: usize = 76;

/// What a token says about a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceClaims {
    id: [u8; ID_BYTES],
    /// Whether a code of the second factor was accepted from the device.
    pub second_factor: bool,
}

impl DeviceClaims {
    /// A device that was not known before.
    pub fn new(second_factor: bool, random: &dyn Random) -> Self {
        let mut id = [0; ID_BYTES];
        random.fill(&mut id);
        Self { id, second_factor }
    }

    /// The same device after another log-in, with an accepted code of the second factor or without.
    #[must_use]
    pub const fn with_second_factor(self, second_factor: bool) -> Self {
        Self { id: self.id, second_factor: self.second_factor || second_factor }
    }

    /// The random id of the device, in base64url.
    pub fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.id)
    }
}

/// Issues and verifies device tokens: `base64url(device id ‖ time ‖ second factor ‖ HMAC-SHA-256)`. The code also covers
/// the e-mail address of the account, so a token is valid for one address and does not contain it.
#[derive(Clone)]
pub struct DeviceTokens(MacKey);

impl DeviceTokens {
    /// Tokens with the key in `PSEUDONYM_SECRET`.
    pub const fn new(key: MacKey) -> Self {
        Self(key)
    }

    /// The token of a device for the account of an address.
    pub fn issue(&self, email: &Email, device: &DeviceClaims, now: Timestamp) -> String {
        let mut token = Vec::with_capacity(TOKEN_BYTES);
        token.extend_from_slice(&device.id);
        token.extend_from_slice(&now.as_seconds().to_be_bytes());
        token.push(u8::from(device.second_factor));
        let tag = self.0.tag(PURPOSE, &message(&token, email));
        token.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The device of a token from a client; `None` if it was not issued here for the address, or too long ago.
    pub fn verify(&self, token: &str, email: &Email, now: Timestamp) -> Option<DeviceClaims> {
        if token.len() != TOKEN_CHARS {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (claims, tag) = bytes.split_at_checked(CLAIMS_BYTES)?;
        if !self.0.verify(PURPOSE, &message(claims, email), tag) {
            return None;
        }
        let (id, rest) = claims.split_first_chunk::<ID_BYTES>()?;
        let (issued_at, rest) = rest.split_first_chunk::<TIME_BYTES>()?;
        let is_valid = now.as_seconds() < i64::from_be_bytes(*issued_at).saturating_add(VALID_SECONDS);
        is_valid.then(|| DeviceClaims { id: *id, second_factor: rest == [1] })
    }
}

/// What the code covers. The claims have a fixed length, so they and the address cannot be split in another way.
fn message(claims: &[u8], email: &Email) -> Vec<u8> {
    [claims, email.as_str().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use souk_domain::effects::Clock as _;
    use souk_testkit::{FixedClock, SeededRandom};

    use super::*;

    fn tokens(secret: &str) -> DeviceTokens {
        DeviceTokens::new(MacKey::from_secret(&secret.repeat(32)).expect("a key"))
    }

    fn email(raw: &str) -> Email {
        raw.parse().expect("an address")
    }

    #[test]
    fn a_token_is_valid_for_one_address_and_half_a_year() {
        let (tokens, clock, ann) = (tokens("a"), FixedClock::new(), email("ann@example.com"));
        let device = DeviceClaims::new(true, &SeededRandom::new(1));
        let token = tokens.issue(&ann, &device, clock.now());
        assert_eq!(token.len(), TOKEN_CHARS);
        assert_eq!(tokens.verify(&token, &ann, clock.now()), Some(device));
        assert_eq!(tokens.verify(&token, &email("bob@example.com"), clock.now()), None);
        clock.advance_seconds(VALID_SECONDS - 1);
        assert_eq!(tokens.verify(&token, &ann, clock.now()), Some(device));
        clock.advance_seconds(1);
        assert_eq!(tokens.verify(&token, &ann, clock.now()), None);
    }

    #[test]
    fn a_made_up_token_is_refused() {
        let (now, ann) = (FixedClock::new().now(), email("ann@example.com"));
        let device = DeviceClaims::new(false, &SeededRandom::new(1));
        assert_eq!(tokens("a").verify(&tokens("b").issue(&ann, &device, now), &ann, now), None, "another key");
        let good = tokens("a").issue(&ann, &device, now);
        for bad in ["", "x", &good[1..], &format!("{good}A"), &"!".repeat(TOKEN_CHARS), &"A".repeat(TOKEN_CHARS)] {
            assert_eq!(tokens("a").verify(bad, &ann, now), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_character_of_a_token_can_be_changed(at in 0..TOKEN_CHARS, letter in "[A-Za-z0-9_-]") {
            let (tokens, now, ann) = (tokens("a"), FixedClock::new().now(), email("ann@example.com"));
            let good = tokens.issue(&ann, &DeviceClaims::new(false, &SeededRandom::new(1)), now);
            let mut changed = good.clone();
            changed.replace_range(at..=at, &letter);
            prop_assert_eq!(tokens.verify(&changed, &ann, now).is_some(), changed == good);
        }
    }
}
