//! Accounts and their roles.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::time::Timestamp;
use crate::validation::{Invalid, looks_like_card_number};

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Fills a cart and places orders.
    Shopper,
    /// Also manages products, stock and orders.
    Staff,
}

impl Role {
    /// The name in tokens and in the users table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Staff => "staff",
        }
    }
}

impl FromStr for Role {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        match raw {
            "shopper" => Ok(Self::Shopper),
            "staff" => Ok(Self::Staff),
            _ => Err(Invalid::new("unknown_value", "must be \"shopper\" or \"staff\"")),
        }
    }
}

/// An e-mail address in lower case, which makes it unique.
///
/// The syntax does not show whether an address is deliverable, so only addresses that would break keys and headers are
/// rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        if looks_like_card_number(raw) {
            return Err(Invalid::new("card_number", "must be an e-mail address, never a card number"));
        }
        let address = raw.trim().to_lowercase();
        let (local, host) = address.rsplit_once('@').ok_or_else(invalid)?;
        let plain = !address.chars().any(|c| c.is_whitespace() || c.is_control());
        let host_ok = host.len() <= 253
            && host.split('.').count() >= 2
            && host.split('.').all(|label| {
                !label.is_empty() && !label.starts_with('-') && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if plain && host_ok && (1..=64).contains(&local.len()) && !local.contains('@') {
            Ok(Self(address))
        } else {
            Err(invalid())
        }
    }
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

/// A stored account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Id of the account.
    pub user_id: UserId,
    /// Unique address.
    pub email: Email,
    /// Argon2id hash in PHC string format.
    pub password_hash: String,
    /// Role of the account.
    pub role: Role,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Hash of the `Idempotency-Key` of the registration, by which a retry is recognised.
    pub registration_key: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_converted_to_lower_case() {
        assert_eq!("  Ann@Example.COM ".parse::<Email>().map(String::from), Ok("ann@example.com".to_owned()));
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
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }
}
