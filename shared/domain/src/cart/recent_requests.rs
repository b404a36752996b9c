//! The requests that a cart remembers, so that a retry is recognised.
//!
//! They are stored in the cart, which each of these requests writes anyway. A list is one binary attribute with entries
//! of a fixed size, so that both lists and an empty cart stay well below 1 KB, DynamoDB's write unit.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::idempotency::IdempotencyKey;
use crate::ids::OrderId;
use crate::time::Timestamp;

/// How long a request is remembered, unless more recent ones need its place.
const REMEMBERED_SECONDS: i64 = 24 * 60 * 60;

/// Recent additions to a cart.
pub type RecentAdditions = RecentRequests<Addition>;
/// Recent checkouts of a cart.
pub type RecentCheckouts = RecentRequests<Checkout>;

/// The most recent requests of one kind, newest last. Serialized as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentRequests<E>(Vec<E>);

/// The key of a remembered request was used for another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyReused;

impl<E: Entry> RecentRequests<E> {
    /// No requests.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether no request is remembered.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The earlier run of a request.
    pub(super) fn find(&self, request: &IdempotencyKey, now: Timestamp) -> Result<Option<&E>, KeyReused> {
        let wanted = KeyDigest::of(request);
        let mut remembered = self.0.iter().filter(|entry| is_remembered(*entry, now));
        match remembered.find(|entry| entry.request().is_some_and(|known| known.key == wanted.key)) {
            None => Ok(None),
            Some(entry) if entry.request() == Some(wanted) => Ok(Some(entry)),
            Some(_) => Err(KeyReused),
        }
    }

    /// Remembers a request, if need be in place of the oldest one.
    pub(super) fn push(&mut self, entry: E) {
        self.0.push(entry);
        let excess = self.0.len().saturating_sub(E::MAX);
        self.0.drain(..excess);
    }

    /// Also remembers the requests of another cart, the most recent ones of both.
    pub(super) fn merge(&mut self, other: &Self)
    where
        E: Clone,
    {
        let is_known =
            |entry: &E| entry.request().is_some() && self.0.iter().any(|own| own.request() == entry.request());
        let added: Vec<_> = other.0.iter().filter(|entry| !is_known(entry)).cloned().collect();
        self.0.extend(added);
        self.0.sort_by_key(Entry::at_seconds);
        let excess = self.0.len().saturating_sub(E::MAX);
        self.0.drain(..excess);
    }

    /// Removes the requests that are too old.
    pub(super) fn forget_expired(&mut self, now: Timestamp) {
        self.0.retain(|entry| is_remembered(entry, now));
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * E::BYTES);
        self.0.iter().for_each(|entry| entry.encode(&mut bytes));
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.chunks(E::BYTES).map(E::decode).collect::<Option<_>>().map(Self)
    }
}

impl RecentCheckouts {
    /// Whether one of them placed this order, however long ago.
    pub(super) fn contains(&self, order_id: &OrderId) -> bool {
        self.0.iter().any(|checkout| checkout.order_id == *order_id)
    }
}

/// Compares whole seconds, so that no request is forgotten early.
fn is_remembered(entry: &impl Entry, now: Timestamp) -> bool {
    now.as_seconds() - entry.at_seconds() <= REMEMBERED_SECONDS
}

/// A remembered request.
pub trait Entry: Sized {
    /// Number of entries that are kept.
    const MAX: usize;
    /// Encoded length.
    const BYTES: usize;

    /// What is known of its idempotency key, if it had one.
    fn request(&self) -> Option<KeyDigest>;

    /// When it was processed, in seconds since the Unix epoch.
    fn at_seconds(&self) -> i64;

    /// Appends its bytes.
    fn encode(&self, bytes: &mut Vec<u8>);

    /// The entry of [`Self::BYTES`] bytes.
    fn decode(bytes: &[u8]) -> Option<Self>;
}

/// An [`IdempotencyKey`] in 12 bytes. Among the few keys of one cart, 8 bytes tell keys apart. The fingerprint only
/// detects a mistake of the client, and 4 bytes miss one in four billion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyDigest {
    key: [u8; Self::KEY_BYTES],
    fingerprint: [u8; Self::FINGERPRINT_BYTES],
}

impl KeyDigest {
    const KEY_BYTES: usize = 8;
    const FINGERPRINT_BYTES: usize = 4;
    const BYTES: usize = Self::KEY_BYTES + Self::FINGERPRINT_BYTES;
    /// Stands for a request without a key.
    const NONE: Self = Self { key: [0; Self::KEY_BYTES], fingerprint: [0; Self::FINGERPRINT_BYTES] };

    fn of(request: &IdempotencyKey) -> Self {
        Self { key: digest(&request.key), fingerprint: digest(&request.fingerprint) }
    }

    fn encode(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.key);
        bytes.extend(self.fingerprint);
    }

    /// Also returns the bytes that follow.
    fn decode(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (key, bytes) = bytes.split_first_chunk()?;
        let (fingerprint, bytes) = bytes.split_first_chunk()?;
        Some((Self { key: *key, fingerprint: *fingerprint }, bytes))
    }
}

/// The first bytes of the SHA-256 hash.
fn digest<const N: usize>(text: &str) -> [u8; N] {
    let hash: [u8; 32] = Sha256::digest(text).into();
    std::array::from_fn(|index| hash[index])
}

/// An addition to a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    request: KeyDigest,
    at_seconds: u32,
}

impl Addition {
    pub(super) fn new(request: &IdempotencyKey, now: Timestamp) -> Self {
        Self { request: KeyDigest::of(request), at_seconds: u32::try_from(now.as_seconds()).unwrap_or(u32::MAX) }
    }
}

impl Entry for Addition {
    const MAX: usize = 16;
    const BYTES: usize = KeyDigest::BYTES + size_of::<u32>();

    fn request(&self) -> Option<KeyDigest> {
        Some(self.request)
    }

    fn at_seconds(&self) -> i64 {
        i64::from(self.at_seconds)
    }

    fn encode(&self, bytes: &mut Vec<u8>) {
        self.request.encode(bytes);
        bytes.extend(self.at_seconds.to_be_bytes());
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (request, bytes) = KeyDigest::decode(bytes)?;
        Some(Self { request, at_seconds: u32::from_be_bytes(bytes.try_into().ok()?) })
    }
}

/// A completed checkout. Its time is that of its order's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    order_id: OrderId,
    request: Option<KeyDigest>,
}

impl Checkout {
    pub(super) fn new(order_id: OrderId, request: Option<&IdempotencyKey>) -> Self {
        Self { order_id, request: request.map(KeyDigest::of) }
    }

    pub(super) const fn order_id(&self) -> &OrderId {
        &self.order_id
    }
}

impl Entry for Checkout {
    const MAX: usize = 8;
    const BYTES: usize = OrderId::BYTES + KeyDigest::BYTES;

    fn request(&self) -> Option<KeyDigest> {
        self.request
    }

    fn at_seconds(&self) -> i64 {
        self.order_id.created_at().as_seconds()
    }

    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.order_id.to_bytes());
        self.request.unwrap_or(KeyDigest::NONE).encode(bytes);
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (order_id, bytes) = bytes.split_first_chunk()?;
        let (request, rest) = KeyDigest::decode(bytes)?;
        let request = (request != KeyDigest::NONE).then_some(request);
        rest.is_empty().then(|| Self { order_id: OrderId::from_bytes(*order_id), request })
    }
}

impl<E: Entry> Default for RecentRequests<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Entry> Serialize for RecentRequests<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.to_bytes())
    }
}

impl<'de, E: Entry> Deserialize<'de> for RecentRequests<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_entries(deserializer, E::BYTES, Self::from_bytes)
    }
}

/// Reads a list that is stored as bytes, with entries of a fixed size.
pub(super) fn deserialize_entries<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    entry_bytes: usize,
    read: fn(&[u8]) -> Option<T>,
) -> Result<T, D::Error> {
    deserializer.deserialize_bytes(BytesVisitor { entry_bytes, read })
}

struct BytesVisitor<T> {
    entry_bytes: usize,
    read: fn(&[u8]) -> Option<T>,
}

impl<T> Visitor<'_> for BytesVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entries of {} bytes each", self.entry_bytes)
    }

    fn visit_bytes<R: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, R> {
        (self.read)(bytes).ok_or_else(|| R::invalid_length(bytes.len(), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_999);

    fn idempotency_key(n: usize) -> IdempotencyKey {
        IdempotencyKey { key: format!("key {n}"), fingerprint: format!("fingerprint {n}") }
    }

    fn order_id(n: usize) -> OrderId {
        let millis = u64::try_from(NOW.as_millis()).expect("after 1970");
        let [_, _, time @ ..] = millis.to_be_bytes();
        let mut bytes = [0; OrderId::BYTES];
        bytes[..6].copy_from_slice(&time);
        bytes[15] = u8::try_from(n).expect("small");
        OrderId::from_bytes(bytes)
    }

    fn additions(number: usize) -> RecentAdditions {
        let mut list = RecentRequests::new();
        (0..number).for_each(|n| list.push(Addition::new(&idempotency_key(n), NOW)));
        list
    }

    fn checkouts(number: usize) -> RecentCheckouts {
        let mut list = RecentRequests::new();
        (0..number).for_each(|n| list.push(Checkout::new(order_id(n), Some(&idempotency_key(n)))));
        list
    }

    #[test]
    fn the_last_ones_are_kept() {
        let (additions, checkouts) = (additions(17), checkouts(9));
        let added: Vec<_> =
            (0..17).map(|n| additions.find(&idempotency_key(n), NOW).expect("same request").is_some()).collect();
        assert_eq!((added[0], added[1..].iter().all(|known| *known)), (false, true));
        let placed: Vec<_> = (0..9)
            .map(|n| checkouts.find(&idempotency_key(n), NOW).expect("same request").map(Checkout::order_id))
            .collect();
        assert_eq!(placed[0], None);
        assert_eq!(placed[1..], (1..9).map(order_id).collect::<Vec<_>>().iter().map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn two_carts_remember_the_most_recent_requests_of_both() {
        let at = |n: usize, seconds| Addition::new(&idempotency_key(n), NOW.plus_seconds(seconds));
        let (mut own, mut other) = (RecentAdditions::new(), RecentAdditions::new());
        (0..10).for_each(|n| own.push(at(n, 2 * i64::try_from(n).expect("small"))));
        (5..15).for_each(|n| other.push(at(n + 10, 2 * i64::try_from(n - 5).expect("small") + 1)));
        other.push(at(9, 18));
        own.merge(&other);
        assert_eq!(own.0.len(), Addition::MAX);
        assert!(own.0.is_sorted_by_key(Entry::at_seconds), "the oldest is dropped next");
        let known = |n| own.find(&idempotency_key(n), NOW).expect("same request").is_some();
        assert_eq!((known(1), known(2), known(16), known(17), known(24)), (false, true, false, true, true));
    }

    #[test]
    fn a_request_is_forgotten_after_24_hours() {
        let (mut additions, mut checkouts) = (additions(1), checkouts(1));
        let (key, last, late) = (idempotency_key(0), NOW.plus_seconds(86_400), NOW.plus_seconds(86_401));
        assert!(matches!(additions.find(&key, last), Ok(Some(_))));
        assert!(matches!(checkouts.find(&key, last), Ok(Some(_))));
        assert_eq!((additions.find(&key, late), checkouts.find(&key, late)), (Ok(None), Ok(None)));

        additions.forget_expired(last);
        checkouts.forget_expired(last);
        assert!(!additions.is_empty() && !checkouts.is_empty());
        additions.forget_expired(late);
        checkouts.forget_expired(late);
        assert!(additions.is_empty() && checkouts.is_empty());
    }

    #[test]
    fn a_key_of_another_request_is_refused_until_it_is_forgotten() {
        let other = IdempotencyKey { fingerprint: "other".to_owned(), ..idempotency_key(0) };
        assert_eq!(additions(1).find(&other, NOW), Err(KeyReused));
        assert_eq!(additions(1).find(&other, NOW.plus_seconds(86_401)), Ok(None));
    }

    #[test]
    fn lists_are_read_as_they_were_written() {
        let mut checkouts = checkouts(7);
        checkouts.push(Checkout::new(order_id(7), None));
        assert!(checkouts.contains(&order_id(7)) && !checkouts.contains(&order_id(8)));
        assert_eq!((checkouts.to_bytes().len(), additions(16).to_bytes().len()), (8 * 28, 16 * 16));
        assert_eq!(RecentRequests::from_bytes(&checkouts.to_bytes()), Some(checkouts.clone()));
        assert_eq!(RecentRequests::from_bytes(&additions(16).to_bytes()), Some(additions(16)));
        assert_eq!(RecentRequests::from_bytes(&[]), Some(RecentAdditions::new()));
        for cut in 1..Checkout::BYTES {
            assert_eq!(RecentCheckouts::from_bytes(&checkouts.to_bytes()[cut..]), None, "{cut}");
        }
    }
}
