//! The public id of a refund that waits for a second person.

use std::str::FromStr;

use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::OrderId;
use souk_domain::validation::Invalid;

/// Length of a hashed idempotency key, in characters.
const KEY_CHARS: usize = 22;

/// The id of the order and the hashed idempotency key of the request, so that a retry of the request finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefundRequestId(String);

impl RefundRequestId {
    pub(crate) fn of(order_id: &OrderId, key: &IdempotencyKey) -> Self {
        Self(format!("{order_id}.{}", key.key))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RefundRequestId {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let is_key = |key: &str| {
            key.len() == KEY_CHARS && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        let parts = raw.split_once('.').filter(|(order_id, key)| order_id.parse::<OrderId>().is_ok() && is_key(key));
        parts.map(|_| Self(raw.to_owned())).ok_or_else(|| Invalid::new("invalid_format", "must be an id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_an_order_and_a_key() {
        let order_id = "0190a5a0-0000-7000-8000-000000000001";
        let key = IdempotencyKey { key: "a-_9".repeat(5) + "ab", fingerprint: String::new() };
        let id = RefundRequestId::of(&order_id.parse().expect("an id"), &key);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        for bad in
            ["", ".", order_id, &format!("{order_id}."), &format!("{order_id}.short"), &format!("{}x", id.as_str())]
        {
            assert!(bad.parse::<RefundRequestId>().is_err(), "{bad}");
        }
    }
}
