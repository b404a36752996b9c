//! Accounts: the kinds of callers, and the e-mail addresses of accounts.
//!
//! The permissions of staff are in [`crate::permission`].

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::time::Timestamp;
use crate::unicode::composed;
use crate::validation::{Invalid, looks_like_card_number};

/// Longest text that is read as an address, in bytes.
const MAX_RAW_BYTES: usize = 1_024;
/// Longest part before the `@` (RFC 5321, 4.5.3.1.1), in bytes.
const MAX_LOCAL_BYTES: usize = 64;
/// Longest domain (RFC 5321, 4.5.3.1.2), in bytes.
const MAX_DOMAIN_BYTES: usize = 253;

/// The kind of the caller of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerKind {
    /// A user without a verified address: a guest, or an account whose address is pending.
    Guest,
    /// An account with a verified address.
    Shopper,
}

impl CallerKind {
    /// The name in tokens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Shopper => "shopper",
        }
    }
}

impl FromStr for CallerKind {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        [Self::Guest, Self::Shopper]
            .into_iter()
            .find(|kind| kind.as_str() == raw)
            .ok_or_else(|| Invalid::new("unknown_value", "must be \"guest\" or \"shopper\""))
    }
}

/// An account that is registered or claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub user_id: UserId,
    /// Its address, which it alone has.
    pub email: Email,
    /// When the address was verified.
    pub verified_at: Timestamp,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Guests whose orders belong to this account, oldest first, at most [`MAX_GUESTS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guest_ids: Vec<UserId>,
}

/// Maximum number of guests whose orders belong to an account.
pub const MAX_GUESTS: usize = 20;

/// An e-mail address in the one form in which it is compared and stored: normalised to NFC, in lower case, and with an
/// ASCII domain (UTS 46), so that all spellings of an address are one account.
///
/// The syntax does not show whether an address is deliverable, so only addresses that would break keys and headers are
/// rejected.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// The lower-case address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("invalid_format", "must be an e-mail address");
        if raw.len() > MAX_RAW_BYTES {
            return Err(Invalid::new("too_long", "must be an e-mail address"));
        }
        if looks_like_card_number(raw) {
            return Err(Invalid::new("card_number", "must be an e-mail address, never a card number"));
        }
        let (local, domain) = raw.trim().rsplit_once('@').ok_or_else(invalid)?;
        let local = normalized_local_part(local).ok_or_else(invalid)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| invalid())?;
        if domain.len() > MAX_DOMAIN_BYTES || !domain.contains('.') || domain.ends_with('.') {
            return Err(invalid());
        }
        Ok(Self(format!("{local}@{domain}")))
    }
}

/// The part before the `@` in NFC and lower case; none if it is empty, too long, or would break a key or a header.
fn normalized_local_part(raw: &str) -> Option<String> {
    // Lower case of a composed letter can be decomposed, so the result is composed again.
    let local = composed(&composed(raw).to_lowercase());
    let is_plain =
        !local.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '@' | '<' | '>' | '"' | ',' | ';'));
    (is_plain && (1..=MAX_LOCAL_BYTES).contains(&local.len())).then_some(local)
}

impl TryFrom<String> for Email {
    type Error = Invalid;

    fn try_from(raw: String) -> Result<Self, Invalid> {
        raw.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_converted_to_lower_case() {
        assert_eq!("  Ann@Example.COM ".parse::<Email>().map(String::from), Ok("ann@example.com".to_owned()));
    }

    #[test]
    fn all_spellings_of_an_address_are_one() {
        let same = |spellings: &[&str]| {
            let emails: Vec<_> = spellings.iter().map(|raw| raw.parse::<Email>().expect(raw)).collect();
            assert!(emails.iter().all(|email| *email == emails[0]), "{emails:?}");
        };
        same(&["zo\u{eb}@example.com", "zoe\u{308}@example.com", "ZO\u{cb}@example.com", "ZOE\u{308}@Example.com"]);
        same(&[
            "ann@b\u{fc}cher.example",
            "ann@bu\u{308}cher.example",
            "ann@xn--bcher-kva.example",
            "ANN@B\u{dc}CHER.example",
        ]);
        same(&["ann@example.com", "ann@ex\u{ff41}mple.com", "ann@example\u{3002}com"]);
    }

    proptest! {
        #[test]
        fn normalisation_is_stable(raw in "\\PC{1,20}@[a-z\u{e4}\u{f6}\u{fc}]{1,10}\\.[a-z]{2,3}") {
            if let Ok(email) = raw.parse::<Email>() {
                prop_assert_eq!(email.as_str().parse::<Email>(), Ok(email.clone()));
            }
        }

        #[test]
        fn any_text_is_an_address_or_refused(raw in "\\PC{0,60}") {
            let _ = raw.parse::<Email>();
        }
    }

    #[test]
    fn invalid_addresses_are_rejected() {
        for bad in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "ann@host",
            "a b@example.com",
            "ann@exa mple.com",
            "ann@-x.com",
            "a@b@c.de",
            "ann@example.com.",
            "ann<x>@example.com",
            "ann\r\nbcc:b@example.com",
            "ann@exa_mple.com",
            "ann@xn--a.example",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }
}
