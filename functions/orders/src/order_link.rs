//! Signed links to orders: they show one order to whoever has the link, also without a token, until they expire.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use souk_auth::MacKey;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::time::Timestamp;
use souk_domain::validation::Invalid;
use souk_runtime::{Dependencies, Error};

/// How long a link is valid.
pub const LINK_SECONDS: i64 = 90 * 24 * 60 * 60;

const PURPOSE: &str = "souk order link 1";
const CLAIMS_BYTES: usize = UserId::BYTES + OrderId::BYTES + 4;
const CODE_BYTES: usize = 32;
const TOKEN_BYTES: usize = CLAIMS_BYTES + CODE_BYTES;

/// The content of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLink {
    /// Owner of the order.
    pub user_id: UserId,
    /// The order.
    pub order_id: OrderId,
    /// When the link expires, in seconds since the Unix epoch.
    pub expires_at: u32,
}

/// A token of the right form. It may still be forged or expired.
#[derive(Debug, Clone, Copy)]
pub struct OrderLinkToken([u8; TOKEN_BYTES]);

impl FromStr for OrderLinkToken {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let mut token = [0; TOKEN_BYTES];
        match URL_SAFE_NO_PAD.decode_slice(raw, &mut token) {
            Ok(TOKEN_BYTES) => Ok(Self(token)),
            _ => Err(Invalid::new("invalid_format", "must be the token of a link")),
        }
    }
}

/// Signs and verifies links.
#[derive(Clone)]
pub struct OrderLinks(MacKey);

impl OrderLinks {
    /// Links that are signed with this key.
    pub const fn new(key: MacKey) -> Self {
        Self(key)
    }

    /// Reads the key from the secret that the environment names.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        let client = aws_sdk_secretsmanager::Client::new(deps.sdk());
        Ok(Self(MacKey::read(&client, deps.config().text("ORDER_LINK_SECRET")?).await?))
    }

    /// The token of a link.
    pub fn issue(&self, link: &OrderLink) -> String {
        let mut token = Vec::with_capacity(TOKEN_BYTES);
        token.extend_from_slice(&link.user_id.to_bytes());
        token.extend_from_slice(&link.order_id.to_bytes());
        token.extend_from_slice(&link.expires_at.to_be_bytes());
        token.extend_from_slice(&self.0.tag(PURPOSE, &token));
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The link of a token, if it was issued here and has not expired.
    pub fn verify(&self, token: &OrderLinkToken, now: Timestamp) -> Option<OrderLink> {
        let (claims, code) = token.0.split_first_chunk::<CLAIMS_BYTES>()?;
        if !self.0.verify(PURPOSE, claims, code) {
            return None;
        }
        let (user_id, rest) = claims.split_first_chunk()?;
        let (order_id, expires_at) = rest.split_first_chunk()?;
        let expires_at = u32::from_be_bytes(*expires_at.first_chunk()?);
        let (user_id, order_id) = (UserId::from_bytes(*user_id), OrderId::from_bytes(*order_id));
        (now.as_seconds() < i64::from(expires_at)).then_some(OrderLink { user_id, order_id, expires_at })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

    /// Length of a token: 68 bytes in base64url.
    const TOKEN_CHARS: usize = 91;
    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn links(secret: &str) -> OrderLinks {
        OrderLinks::new(MacKey::from_secret(secret).expect("a key"))
    }

    fn link(user_id: [u8; 16], order_id: [u8; 16], valid_seconds: u32) -> OrderLink {
        let now = u32::try_from(NOW.as_seconds()).expect("before 2106");
        let (user_id, order_id) = (UserId::from_bytes(user_id), OrderId::from_bytes(order_id));
        OrderLink { user_id, order_id, expires_at: now + valid_seconds }
    }

    fn verify(links: &OrderLinks, token: &str, now: Timestamp) -> Option<OrderLink> {
        token.parse().ok().and_then(|token| links.verify(&token, now))
    }

    /// A link is in mails and bookmarks: a new version of the shop must still read it.
    #[test]
    fn the_form_of_tokens_is_stable() {
        let token = links(SECRET).issue(&link([1; 16], [2; 16], 60));
        assert_eq!(
            token,
            "AQEBAQEBAQEBAQEBAQEBAQICAgICAgICAgICAgICAgJrBTV4jFPBKq11TRwTcii_FzEF-rxUQhocob-EPAmpzR4IdvA"
        );
    }

    #[test]
    fn a_link_expires() {
        let (links, link) = (links(SECRET), link([1; 16], [2; 16], 60));
        let token = links.issue(&link);
        assert_eq!(verify(&links, &token, NOW.plus_seconds(59)), Some(link));
        assert_eq!(verify(&links, &token, NOW.plus_seconds(60)), None);
    }

    proptest! {
        #[test]
        fn a_token_names_its_order_and_only_with_the_secret_that_signed_it(
            user_id: [u8; 16], order_id: [u8; 16], seconds in 1_u32..10_000_000, secret in ".{32,80}", other in ".{32,80}",
        ) {
            let link = link(user_id, order_id, seconds);
            let token = links(&secret).issue(&link);
            prop_assert_eq!(verify(&links(&secret), &token, NOW), Some(link));
            // HMAC pads keys with zero bytes.
            let padded = |secret: &str| secret.trim_end_matches('\0').to_owned();
            prop_assume!(padded(&secret) != padded(&other));
            prop_assert_eq!(verify(&links(&other), &token, NOW), None);
        }

        #[test]
        fn any_changed_byte_is_refused(user_id: [u8; 16], order_id: [u8; 16], position in 0..TOKEN_BYTES, change in 1_u8..) {
            let links = links(SECRET);
            let mut token = URL_SAFE_NO_PAD.decode(links.issue(&link(user_id, order_id, 60))).expect("base64");
            token[position] ^= change;
            prop_assert_eq!(verify(&links, &URL_SAFE_NO_PAD.encode(token), NOW), None);
        }

        #[test]
        fn any_changed_added_or_removed_character_is_refused(position in 0_usize..TOKEN_CHARS, character in "[ -~]", user_id: [u8; 16]) {
            let links = links(SECRET);
            let token = links.issue(&link(user_id, [2; 16], 60));
            prop_assert_eq!(token.len(), TOKEN_CHARS);
            let (before, after) = token.split_at(position);
            let changed = [before, &character, &after[1..]].concat();
            prop_assert!(changed == token || verify(&links, &changed, NOW).is_none(), "{changed}");
            for other in [[before, &character, after].concat(), [before, &after[1..]].concat(), before.to_owned()] {
                prop_assert_eq!(verify(&links, &other, NOW), None);
            }
        }

        #[test]
        fn any_text_is_refused(token in "\\PC{0,120}", bytes: [u8; TOKEN_BYTES]) {
            for token in [token, URL_SAFE_NO_PAD.encode(bytes)] {
                prop_assert_eq!(verify(&links(SECRET), &token, NOW), None);
            }
        }
    }
}
