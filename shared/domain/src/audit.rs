//! The audit log: changes by staff, with the actor, the time, the client, and the values before and after.
//!
//! A change has two entries: one before it is tried and one with its outcome. Entries are only added.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::effects::Random;
use crate::ids::{MAX_CATEGORY_ID_CHARS, SessionId, UserId};
use crate::time::Timestamp;
use crate::validation::Invalid;

/// How long an entry is kept: two years.
pub const AUDIT_SECONDS: i64 = 2 * 365 * 24 * 60 * 60;
/// Longest subject, in characters.
pub const MAX_SUBJECT_CHARS: usize = 180;
/// Longest stored value, in bytes of its JSON.
pub const MAX_VALUE_BYTES: usize = 16 * 1024;

/// Longest id in a subject, in characters. Ids of categories are the longest.
const MAX_SUBJECT_ID_CHARS: usize = MAX_CATEGORY_ID_CHARS;

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The subject of the change.
    pub subject: AuditSubject,
    /// Its id. Ids of one subject or actor sort by time.
    pub entry_id: AuditEntryId,
    /// The actor.
    pub actor: AuditActor,
    /// The actor's session. None for an operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The name of the function that makes the change, such as `put-product`.
    pub action: String,
    /// The id of the request in the shop's log.
    pub request_id: String,
    /// The client's IP address. Empty for an operator.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source_address: String,
    /// The time of the entry.
    pub at: Timestamp,
    /// Whether the change is about to be tried, or how it ended.
    pub phase: AuditPhase,
    /// The HTTP status of the response. None before there is one, and for an operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The code of the problem that refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The value before the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<AuditValue>,
    /// The value after the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<AuditValue>,
    /// When it may be deleted, in seconds since the Unix epoch: DynamoDB's TTL.
    pub expires_at: i64,
}

/// Whether a change is about to be tried, or how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditPhase {
    /// It is about to be tried. If there is no second entry, the process ended meanwhile and the outcome is unknown.
    Requested,
    /// It was made, or had been made before.
    Succeeded,
    /// The shop refused it, and nothing changed.
    Refused,
    /// It failed, possibly after a part of it was made.
    Failed,
}

impl AuditPhase {
    /// All phases.
    pub const ALL: [Self; 4] = [Self::Requested, Self::Succeeded, Self::Refused, Self::Failed];

    /// The name in responses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Succeeded => "succeeded",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// The outcome that an HTTP status stands for.
    pub const fn of_status(status: u16) -> Self {
        match status {
            0..=399 => Self::Succeeded,
            400..=499 => Self::Refused,
            _ => Self::Failed,
        }
    }
}

/// The subject of a change: `product#1399`, `category#…`, `collection#…`, `order#…`, `account#…`, or a word such as `synonyms`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AuditSubject(String);

impl AuditSubject {
    /// A subject of a kind with an id. The id may be any text, such as a part of a path: characters that a subject
    /// cannot contain are replaced by `?`, and a long id is cut.
    pub fn of(kind: &str, id: &str) -> Self {
        let allowed = |c: char| if c.is_ascii_graphic() { c } else { '?' };
        let id: String = id.chars().take(MAX_SUBJECT_ID_CHARS).map(allowed).collect();
        Self(format!("{kind}#{id}"))
    }

    /// The only thing of its kind, such as `synonyms`.
    pub fn named(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// An order.
    pub fn order(order_id: &str) -> Self {
        Self::of("order", order_id)
    }

    /// A product, with its stock.
    pub fn product(product_id: &str) -> Self {
        Self::of("product", product_id)
    }

    /// A category.
    pub fn category(category_id: &str) -> Self {
        Self::of("category", category_id)
    }

    /// A collection.
    pub fn collection(collection_id: &str) -> Self {
        Self::of("collection", collection_id)
    }

    /// An account.
    pub fn account(user_id: &str) -> Self {
        Self::of("account", user_id)
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AuditSubject {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        if (1..=MAX_SUBJECT_CHARS).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_graphic()) {
            return Ok(Self(raw.to_owned()));
        }
        Err(Invalid::new("invalid_format", "must be a subject such as \"product#1399\" or \"synonyms\""))
    }
}

impl TryFrom<String> for AuditSubject {
    type Error = Invalid;

    fn try_from(raw: String) -> Result<Self, Invalid> {
        raw.parse()
    }
}

impl From<AuditSubject> for String {
    fn from(subject: AuditSubject) -> Self {
        subject.0
    }
}

/// The actor of a change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AuditActor {
    /// A member of staff.
    User(UserId),
    /// An operator who invoked a function in the AWS account. `CloudTrail` has the identity.
    Operator,
}

impl AuditActor {
    const OPERATOR: &'static str = "operator";

    /// As it is stored: the user id, or `operator`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::User(user_id) => user_id.as_str(),
            Self::Operator => Self::OPERATOR,
        }
    }
}

impl FromStr for AuditActor {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        if raw == Self::OPERATOR {
            return Ok(Self::Operator);
        }
        let expected = |_| Invalid::new("invalid_format", "must be a user id or \"operator\"");
        raw.parse().map(Self::User).map_err(expected)
    }
}

impl TryFrom<String> for AuditActor {
    type Error = Invalid;

    fn try_from(raw: String) -> Result<Self, Invalid> {
        raw.parse()
    }
}

impl From<AuditActor> for String {
    fn from(actor: AuditActor) -> Self {
        actor.as_str().to_owned()
    }
}

/// The id of an entry: its time in milliseconds, 128 random bits that the entries of one change share, and its number
/// among them. Nobody can guess the key of an entry, so a function that may only put items cannot overwrite one that
/// another process wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AuditEntryId(String);

impl AuditEntryId {
    const TIME_DIGITS: usize = 13;
    const RANDOM_DIGITS: usize = 32;

    /// The id of the first entry of a change.
    pub fn new(at: Timestamp, random: &dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        Self::from_parts(at, &format!("{:032x}", u128::from_be_bytes(bytes)), 0)
    }

    /// The id of the entry with the outcome. It sorts after the first one, also if the clock was set back.
    #[must_use]
    pub fn outcome(&self, at: Timestamp) -> Self {
        let (time, rest) = self.0.split_at(Self::TIME_DIGITS);
        let first = Timestamp::from_millis(time.parse().unwrap_or(0));
        Self::from_parts(at.max(first), rest.get(1..=Self::RANDOM_DIGITS).unwrap_or_default(), 1)
    }

    fn from_parts(at: Timestamp, random: &str, number: u8) -> Self {
        let millis = at.as_millis().max(0);
        Self(format!("{millis:0width$}-{random}-{number}", width = Self::TIME_DIGITS))
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AuditEntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AuditEntryId {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let digits = |part: &str, count: usize| {
            part.len() == count && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        let parts: Vec<&str> = raw.split('-').collect();
        match parts[..] {
            [time, random, number]
                if digits(time, Self::TIME_DIGITS)
                    && time.bytes().all(|b| b.is_ascii_digit())
                    && digits(random, Self::RANDOM_DIGITS)
                    && digits(number, 1) =>
            {
                Ok(Self(raw.to_owned()))
            }
            _ => Err(Invalid::new("invalid_format", "must be the id of an entry")),
        }
    }
}

impl TryFrom<String> for AuditEntryId {
    type Error = Invalid;

    fn try_from(raw: String) -> Result<Self, Invalid> {
        raw.parse()
    }
}

impl From<AuditEntryId> for String {
    fn from(id: AuditEntryId) -> Self {
        id.0
    }
}

/// A value before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedChange {
    /// `null` if the change created something.
    pub before: AuditValue,
    /// `null` if the change deleted something.
    pub after: AuditValue,
}

impl AuditedChange {
    /// Serializes both values, each cut to [`MAX_VALUE_BYTES`].
    pub fn new(before: &impl Serialize, after: &impl Serialize) -> Self {
        Self { before: AuditValue::of(before), after: AuditValue::of(after) }
    }

    /// The JSON of both values.
    pub fn json(&self) -> (&str, &str) {
        (self.before.json(), self.after.json())
    }
}

/// A value before or after a change: JSON text of at most [`MAX_VALUE_BYTES`].
///
/// A longer value is replaced by an object: `truncated` is true, `bytes` is the length of the whole JSON and `start`
/// its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuditValue(String);

/// The stored form of a value that is too long.
#[derive(Serialize)]
struct Truncated<'a> {
    truncated: bool,
    bytes: usize,
    start: &'a str,
}

impl AuditValue {
    /// Bytes for the members of [`Truncated`] around `start`.
    const MEMBERS_BYTES: usize = 80;

    /// The value as JSON. Amounts of money and other raw numbers stay as they are.
    pub fn of(value: &impl Serialize) -> Self {
        // Our own structs, with string keys: they always serialise.
        Self::bounded(serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()))
    }

    fn bounded(json: String) -> Self {
        if json.len() <= MAX_VALUE_BYTES {
            return Self(json);
        }
        // As long as it is written in JSON.
        let written = |c: char| match c {
            '"' | '\\' => 2,
            c if c.is_control() => 6,
            c => c.len_utf8(),
        };
        let (mut left, mut end) = (MAX_VALUE_BYTES - Self::MEMBERS_BYTES, 0);
        for c in json.chars() {
            match left.checked_sub(written(c)) {
                Some(rest) => left = rest,
                None => break,
            }
            end += c.len_utf8();
        }
        let truncated = Truncated { truncated: true, bytes: json.len(), start: &json[..end] };
        Self(serde_json::to_string(&truncated).unwrap_or_else(|_| "null".to_owned()))
    }

    /// The JSON text.
    pub fn json(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    struct Fixed(u8);
    impl Random for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn ids_sort_by_time_and_the_outcome_follows_its_request() {
        let at = Timestamp::from_millis;
        let first = AuditEntryId::new(at(1_795_503_420_000), &Fixed(0xab));
        assert_eq!(first.as_str(), format!("1795503420000-{}-0", "ab".repeat(16)));
        assert_eq!(first.as_str().parse(), Ok(first.clone()));
        for now in [1_795_503_420_000, 1_795_503_420_001, 1_795_503_000_000] {
            let outcome = first.outcome(at(now));
            assert!(first < outcome && outcome.as_str().parse() == Ok(outcome.clone()), "{outcome}");
        }
        assert!(first.outcome(at(1_795_503_420_001)) > AuditEntryId::new(at(1_795_503_420_000), &Fixed(0xff)));
        let long = format!("{first}0");
        for bad in ["", "x", &first.as_str()[1..], &long, &first.as_str().to_uppercase(), "0--0"] {
            assert!(bad.parse::<AuditEntryId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn subjects_and_actors_are_read_as_they_are_written() {
        let subjects =
            [AuditSubject::product("1399"), AuditSubject::of("order", "a b\u{e9}\n"), AuditSubject::named("synonyms")];
        assert_eq!(subjects.each_ref().map(AuditSubject::as_str), ["product#1399", "order#a?b??", "synonyms"]);
        for subject in subjects {
            assert_eq!(subject.as_str().parse(), Ok(subject));
        }
        let longest_id = "a".repeat(MAX_CATEGORY_ID_CHARS);
        let longest = AuditSubject::collection(&longest_id);
        assert_eq!(longest.as_str().strip_prefix("collection#"), Some(longest_id.as_str()));
        assert_eq!(longest.as_str().parse(), Ok(longest));
        for bad in ["", "a b", "order#\u{e9}", &"x".repeat(MAX_SUBJECT_CHARS + 1)] {
            assert!(bad.parse::<AuditSubject>().is_err(), "{bad}");
        }
        let user_id = "0190a5a0-0000-7000-8000-000000000001";
        for actor in [user_id, "operator"] {
            assert_eq!(actor.parse::<AuditActor>().expect("an actor").as_str(), actor);
        }
        assert!("ann@example.com".parse::<AuditActor>().is_err());
    }

    #[test]
    fn a_long_value_is_cut_and_marked_as_truncated() {
        let long = json!({"description": "x".repeat(MAX_VALUE_BYTES)});
        let cut = AuditValue::of(&long);
        let read: Value = serde_json::from_str(cut.json()).expect("JSON");
        assert_eq!((&read["truncated"], &read["bytes"]), (&json!(true), &json!(long.to_string().len())));
        assert!(long.to_string().starts_with(read["start"].as_str().expect("a text")));
        assert!(cut.json().len() > MAX_VALUE_BYTES - 100, "{}", cut.json().len());
        assert_eq!(AuditValue::of(&None::<u8>).json(), "null");
    }

    proptest! {
        #[test]
        fn a_stored_value_is_json_within_the_limit(text in "(\\PC|[\"\\\\\u{0}\n\u{e9}\u{1f600}]){0,40}", times in 0_usize..900) {
            let value = json!({"text": text.repeat(times)});
            let stored = AuditValue::of(&value);
            prop_assert!(stored.json().len() <= MAX_VALUE_BYTES);
            let read: Value = serde_json::from_str(stored.json()).expect("JSON");
            prop_assert_eq!(read == value, value.to_string().len() <= MAX_VALUE_BYTES);
        }

        #[test]
        fn any_part_of_a_path_makes_a_valid_subject(id in ".{0,300}") {
            let subject = AuditSubject::of("product", &id);
            prop_assert_eq!(subject.as_str().parse(), Ok(subject.clone()));
        }
    }
}
