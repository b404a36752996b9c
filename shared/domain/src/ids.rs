//! Opaque identifiers, one type for each entity, so that they cannot be confused.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::effects::Random;
use crate::time::Timestamp;
use crate::validation::Invalid;

/// Length of the longest product id, in characters.
pub const MAX_PRODUCT_ID_CHARS: usize = 64;
/// Length of the longest category id, in characters.
pub const MAX_CATEGORY_ID_CHARS: usize = 161;

/// Length of the longest collection id, in characters.
pub const MAX_COLLECTION_ID_CHARS: usize = 60;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $valid:expr, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as clients see it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(raw: &str) -> Result<Self, Invalid> {
                let valid: fn(&str) -> bool = $valid;
                if valid(raw) { Ok(Self(raw.to_owned())) } else { Err(Invalid::new("invalid_format", $expected)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(raw: String) -> Result<Self, Invalid> {
                raw.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn is_uuid(raw: &str) -> bool {
    raw.len() == 36 && Uuid::try_parse(raw).is_ok() && !raw.bytes().any(|b| b.is_ascii_uppercase())
}

/// Whether it is a valid product id (SKU). Product ids are used in URLs, keys and comma-separated lists.
fn is_sku(raw: &str) -> bool {
    (1..=MAX_PRODUCT_ID_CHARS).contains(&raw.len())
        && raw.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && raw.bytes().any(|b| b != b'.')
}

/// Most slugs of a category id.
const MAX_CATEGORY_ID_SLUGS: usize = 6;
/// The form of category ids as a regular expression.
pub const CATEGORY_ID_PATTERN: &str = r"^[a-z0-9-]+(\.[a-z0-9-]+){0,5}$";

/// Whether it is one to six slugs: of a category and of those around it when it was made.
fn is_category(raw: &str) -> bool {
    raw.len() <= MAX_CATEGORY_ID_CHARS
        && raw.split('.').count() <= MAX_CATEGORY_ID_SLUGS
        && raw.split('.').all(|slug| {
            !slug.is_empty() && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

/// Whether it is a slug chosen by staff: it is part of URLs.
fn is_collection(raw: &str) -> bool {
    (1..=MAX_COLLECTION_ID_CHARS).contains(&raw.len())
        && raw
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

id!(
    /// An account.
    UserId, is_uuid, "must be a user id"
);
id!(
    /// A session: one login on one device, with all tokens that it was refreshed with.
    SessionId, is_uuid, "must be a session id"
);
id!(
    /// An invitation to the staff of the shop.
    InvitationId, is_uuid, "must be an invitation id"
);
id!(
    /// An order: a UUIDv7, so that ids sort by time of placement.
    OrderId, is_uuid, "must be an order id"
);
id!(
    /// A product: its SKU.
    ProductId, is_sku, "must be 1 to 64 letters, digits, '-', '_' or '.'"
);
id!(
    /// A category: `printing` or `printing.ink-cartridges`.
    CategoryId, is_category, "must be a category id such as \"printing\" or \"printing.ink-cartridges\""
);

id!(
    /// A collection of products: `summer-sale`.
    CollectionId, is_collection, "must be 1 to 60 lower-case letters, digits and hyphens such as \"summer-sale\""
);

/// A new UUIDv7.
fn uuid_v7(now: Timestamp, random: &dyn Random) -> String {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string()
}

/// When a UUIDv7 was made: its first 48 bits.
fn made_at(uuid: [u8; 16]) -> Timestamp {
    let mut millis = [0; 8];
    millis[2..].copy_from_slice(&uuid[..6]);
    Timestamp::from_millis(i64::from_be_bytes(millis))
}

/// The bytes of ids that are UUIDs, for tokens and for short stored forms.
macro_rules! uuid_bytes {
    ($($name:ident),*) => {$(
        impl $name {
            /// Length of the id in bytes.
            pub const BYTES: usize = 16;

            /// The bytes of the UUID, as opposed to its 36 characters.
            pub fn to_bytes(&self) -> [u8; Self::BYTES] {
                // Every id is a UUID, so the default is never used.
                Uuid::try_parse(&self.0).unwrap_or_default().into_bytes()
            }

            /// The id with these bytes.
            pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
                Self(Uuid::from_bytes(bytes).to_string())
            }
        }
    )*};
}

uuid_bytes!(UserId, SessionId, OrderId);

impl UserId {
    /// A new id for an account.
    pub fn new(now: Timestamp, random: &dyn Random) -> Self {
        Self(uuid_v7(now, random))
    }

    /// When the id was made.
    pub fn created_at(&self) -> Timestamp {
        made_at(self.to_bytes())
    }
}

impl SessionId {
    /// A new id for a login.
    pub fn new(now: Timestamp, random: &dyn Random) -> Self {
        Self(uuid_v7(now, random))
    }

    /// When the id was made.
    pub fn created_at(&self) -> Timestamp {
        made_at(self.to_bytes())
    }
}

impl InvitationId {
    /// A new id for an invitation.
    pub fn new(now: Timestamp, random: &dyn Random) -> Self {
        Self(uuid_v7(now, random))
    }
}

impl OrderId {
    /// A new id for an order.
    pub fn new(now: Timestamp, random: &dyn Random) -> Self {
        Self(uuid_v7(now, random))
    }

    /// When the id was made.
    pub fn created_at(&self) -> Timestamp {
        made_at(self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;
    impl Random for Zeros {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }

    #[test]
    fn order_ids_sort_by_time() {
        let early = OrderId::new(Timestamp::from_millis(1_795_503_420_000), &Zeros);
        let late = OrderId::new(Timestamp::from_millis(1_795_503_420_001), &Zeros);
        assert!(early < late);
        assert_eq!(
            (early.created_at().as_millis(), late.created_at().as_millis()),
            (1_795_503_420_000, 1_795_503_420_001)
        );
        assert_eq!(OrderId::from_bytes(late.to_bytes()), late);
        assert_eq!(UserId::from_bytes(late.to_bytes()).as_str(), late.as_str());
        assert_eq!(early.as_str().parse(), Ok(early));
    }

    #[test]
    fn ids_are_checked() {
        assert!("1399".parse::<ProductId>().is_ok());
        for bad in ["", "a,b", "a b", "..", "~x", "a/b", &"x".repeat(65)] {
            assert!(bad.parse::<ProductId>().is_err(), "{bad}");
        }
        assert!("summer-sale-2026".parse::<CollectionId>().is_ok());
        for bad in ["", "Sale", "a b", "a--b", "-a", "a-", "a.b", "\u{e4}", &"x".repeat(61)] {
            assert!(bad.parse::<CollectionId>().is_err(), "{bad}");
        }
        assert!("printing.ink-cartridges".parse::<CategoryId>().is_ok());
        assert!("a.b.c.d.e.f".parse::<CategoryId>().is_ok());
        for bad in ["", "Printing", "a.b.c.d.e.f.g", "a..b", "."] {
            assert!(bad.parse::<CategoryId>().is_err(), "{bad}");
        }
        assert!("nonsense".parse::<OrderId>().is_err());
    }
}
