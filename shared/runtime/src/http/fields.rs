//! Reads the fields of a request and collects all their errors for one response.

#![expect(clippy::option_option, reason = "invalid, missing and present are three different cases")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use souk_domain::cursor::{self, ListId};
use souk_domain::money::{Currency, Money};
use souk_domain::validation::{FieldError, Invalid, looks_like_card_number, text, text_within};

use super::problem::Problem;

/// Members with codes of goods and shipments. Some look like card numbers by chance.
const CODES: [&str; 6] = ["ean", "gtin", "product_id", "product_ids", "sku", "tracking_number"];

/// The members of a JSON object, or the parameters of a query.
///
/// A member that looks like a card number is refused, even one that the endpoint does not read, and its value is never
/// repeated. Exempt are [`CODES`] and values that are parsed into a type with its own grammar ([`Fields::parsed`]).
///
/// Each reader returns `None` when the field is invalid and records why. [`Fields::finish`] then turns the tuple of all
/// results into either the values or one [`Problem`] that lists every invalid field.
#[derive(Debug)]
pub struct Fields<'a> {
    source: Source<'a>,
    errors: Vec<FieldError>,
    /// Names of members that look like card numbers.
    cards: BTreeSet<String>,
}

#[derive(Debug)]
enum Source<'a> {
    Body(BTreeMap<String, &'a RawValue>),
    Query(BTreeMap<&'a str, &'a str>),
}

/// One field as the client sent it.
enum Raw<'a> {
    Json(&'a RawValue),
    Text(&'a str),
}

impl<'a> Fields<'a> {
    /// The members of a JSON object.
    pub fn from_json(body: &'a [u8]) -> Result<Self, Problem> {
        let members: BTreeMap<String, &RawValue> = serde_json::from_slice(body).map_err(|error| {
            let detail = if error.is_data() { "the body must be a JSON object" } else { "the body is not valid JSON" };
            Problem::malformed("malformed_json", format!("{detail} (line {}, column {})", error.line(), error.column()))
        })?;
        let cards = card_members(members.iter().map(|(name, raw)| (name.as_str(), raw.get())));
        Ok(Self { source: Source::Body(members), errors: Vec::new(), cards })
    }

    /// The parameters of a query. Of a repeated one, the first.
    pub fn from_query(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut first = BTreeMap::new();
        for (name, value) in parameters {
            first.entry(name).or_insert(value);
        }
        let cards = card_members(first.iter().map(|(name, value)| (*name, *value)));
        Self { source: Source::Query(first), errors: Vec::new(), cards }
    }

    /// Turns off the rule about card numbers: for product documents, which have long numbers and no shopper's input.
    #[must_use]
    pub fn of_products(self) -> Self {
        Self { cards: BTreeSet::new(), ..self }
    }

    /// A text that is parsed into a type.
    pub fn parsed<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Option<T> {
        self.cards.remove(name);
        self.required(name, |raw| raw.text()?.parse())
    }

    /// Like the reader above, for an optional field.
    pub fn optional_parsed<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Option<Option<T>> {
        self.cards.remove(name);
        self.optional(name, |raw| raw.text()?.parse())
    }

    /// A text, trimmed, not empty.
    pub fn text(&mut self, name: &str, max_chars: usize) -> Option<String> {
        self.required(name, |raw| text(&raw.text()?, max_chars))
    }

    /// Like the reader above, for an optional field.
    pub fn optional_text(&mut self, name: &str, max_chars: usize) -> Option<Option<String>> {
        self.optional(name, |raw| text(&raw.text()?, max_chars))
    }

    /// Like [`Fields::text`], with a limit in bytes as well: for what is stored in an order.
    pub fn text_within(&mut self, name: &str, max_chars: usize, max_bytes: usize) -> Option<String> {
        self.required(name, |raw| text_within(&raw.text()?, max_chars, max_bytes))
    }

    /// Like the reader above, for an optional field.
    pub fn optional_text_within(&mut self, name: &str, max_chars: usize, max_bytes: usize) -> Option<Option<String>> {
        self.optional(name, |raw| text_within(&raw.text()?, max_chars, max_bytes))
    }

    /// A text exactly as the client sent it, such as a password.
    pub fn verbatim(&mut self, name: &str, chars: RangeInclusive<usize>) -> Option<String> {
        self.required(name, |raw| {
            let value = raw.text()?;
            let (min, max) = (chars.start(), chars.end());
            match value.chars().count() {
                n if n < *min => Err(Invalid::new("too_short", format!("must have at least {min} characters"))),
                n if n > *max => Err(Invalid::new("too_long", format!("must have at most {max} characters"))),
                _ => Ok(value),
            }
        })
    }

    /// A whole number within bounds.
    pub fn integer(&mut self, name: &str, bounds: RangeInclusive<i64>) -> Option<i64> {
        self.required(name, |raw| raw.integer(&bounds))
    }

    /// Like the reader above, for an optional field.
    pub fn optional_integer(&mut self, name: &str, bounds: RangeInclusive<i64>) -> Option<Option<i64>> {
        self.optional(name, |raw| raw.integer(&bounds))
    }

    /// A whole number that the domain validates.
    pub fn checked_integer<T>(&mut self, name: &str, check: impl FnOnce(u64) -> Result<T, Invalid>) -> Option<T> {
        self.required(name, |raw| {
            let number = raw.integer(&(i64::MIN..=i64::MAX))?;
            // Negative numbers are out of range like 0, for which the domain's error states the range.
            check(u64::try_from(number).unwrap_or(0))
        })
    }

    /// An amount of money.
    pub fn money(&mut self, name: &str, currency: Currency) -> Option<Money> {
        self.required(name, |raw| raw.money(currency))
    }

    /// An amount of money above 0.
    pub fn positive_money(&mut self, name: &str, currency: Currency) -> Option<Money> {
        self.required(name, |raw| {
            let amount = raw.money(currency)?;
            if amount.minor() > 0 { Ok(amount) } else { Err(Invalid::new("out_of_range", "must be more than 0")) }
        })
    }

    /// Like [`Fields::money`], for an optional field.
    pub fn optional_money(&mut self, name: &str, currency: Currency) -> Option<Option<Money>> {
        self.optional(name, |raw| raw.money(currency))
    }

    /// `true` or `false`, or missing.
    pub fn optional_flag(&mut self, name: &str) -> Option<Option<bool>> {
        self.optional(name, |raw| match raw.literal() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Invalid::new("wrong_type", "must be true or false")),
        })
    }

    /// The position that `cursor` names in a list. Without a list, because another parameter is invalid, only the form of
    /// the cursor is checked.
    pub fn optional_cursor<P: FromStr<Err = Invalid>>(&mut self, list: Option<ListId>) -> Option<Option<P>> {
        self.cards.remove("cursor");
        let position = self.optional("cursor", |raw| {
            let cursor = raw.text()?;
            list.map_or_else(|| cursor::check_form(&cursor).map(|()| None), |list| list.position(&cursor).map(Some))
        });
        match position? {
            None => Some(None),
            Some(position) => position.map(Some),
        }
    }

    /// A list of objects, each to be read with [`Fields::from_json`], which checks for card numbers itself.
    pub fn objects(&mut self, name: &str, expected: &str) -> Option<Vec<Box<RawValue>>> {
        self.cards.remove(name);
        self.required(name, |raw| raw.json(expected))
    }

    /// JSON of type `T`.
    pub fn json<T: DeserializeOwned>(&mut self, name: &str, expected: &str) -> Option<T> {
        self.required(name, |raw| raw.json(expected))
    }

    /// Like the reader above, for an optional field.
    pub fn optional_json<T: DeserializeOwned>(&mut self, name: &str, expected: &str) -> Option<Option<T>> {
        self.optional(name, |raw| raw.json(expected))
    }

    /// Records errors that involve more than one field.
    pub fn refuse(&mut self, errors: impl IntoIterator<Item = FieldError>) {
        self.errors.extend(errors);
    }

    /// All values, or one problem with all invalid fields.
    pub fn finish<T: AllRead>(mut self, read: T) -> Result<T::Values, Problem> {
        // Other errors of these fields are dropped: they might repeat the value.
        self.errors.retain(|error| !self.cards.contains(error.field.split(['.', '[']).next().unwrap_or_default()));
        self.errors.extend(self.cards.into_iter().map(|name| {
            FieldError::new(name, "card_number", "looks like a card number, which must never be sent here")
        }));
        match (self.errors.is_empty(), read.values()) {
            (true, Some(values)) => Ok(values),
            _ => Err(Problem::invalid(self.errors)),
        }
    }

    fn required<T>(&mut self, name: &str, read: impl FnOnce(&Raw<'_>) -> Result<T, Invalid>) -> Option<T> {
        match self.optional(name, read) {
            Some(None) => {
                self.errors.push(FieldError::new(name, "required", "must be given"));
                None
            }
            Some(value) => value,
            None => None,
        }
    }

    fn optional<T>(&mut self, name: &str, read: impl FnOnce(&Raw<'_>) -> Result<T, Invalid>) -> Option<Option<T>> {
        let raw = match &self.source {
            Source::Body(members) => members.get(name).filter(|raw| raw.get() != "null").map(|raw| Raw::Json(raw)),
            Source::Query(parameters) => {
                parameters.get(name).filter(|text| !text.is_empty()).map(|text| Raw::Text(text))
            }
        };
        let Some(raw) = raw else { return Some(None) };
        match read(&raw) {
            Ok(value) => Some(Some(value)),
            Err(invalid) => {
                self.errors.push(invalid.at(name));
                None
            }
        }
    }
}

/// The names of members that look like card numbers. A name that looks like one is not repeated.
fn card_members<'a>(members: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeSet<String> {
    let named = members.filter_map(|(name, value)| {
        if looks_like_card_number(name) {
            return Some("(a name)".to_owned());
        }
        (!CODES.contains(&name) && has_card_number(value)).then(|| name.to_owned())
    });
    named.collect()
}

/// Whether a value has a card number: in one of its texts and numbers, or split over a list of them.
fn has_card_number(raw: &str) -> bool {
    looks_like_card_number(&unescaped(raw))
}

/// Resolves JSON's escapes, which can spell any character by its number.
fn unescaped(raw: &str) -> Cow<'_, str> {
    let parsed = raw.contains('\\').then(|| serde_json::from_str::<serde_json::Value>(raw).ok()).flatten();
    parsed.map_or(Cow::Borrowed(raw), |value| {
        let mut texts = String::new();
        push_texts(&value, &mut texts);
        Cow::Owned(texts)
    })
}

/// All names, texts and numbers of a value without JSON's escapes: an escaped line feed would be a letter.
fn push_texts(value: &serde_json::Value, texts: &mut String) {
    match value {
        serde_json::Value::String(text) => texts.push_str(text),
        serde_json::Value::Number(number) => texts.push_str(&number.to_string()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| push_texts(value, texts)),
        serde_json::Value::Object(members) => members.iter().for_each(|(name, value)| {
            texts.push_str(name);
            texts.push(':');
            push_texts(value, texts);
        }),
        serde_json::Value::Null | serde_json::Value::Bool(_) => {}
    }
    texts.push(',');
}

impl Raw<'_> {
    fn text(&self) -> Result<String, Invalid> {
        match self {
            Self::Text(text) => Ok((*text).to_owned()),
            Self::Json(raw) => {
                serde_json::from_str(raw.get()).map_err(|_| Invalid::new("wrong_type", "must be a text"))
            }
        }
    }

    /// The text of a number or flag, which JSON and queries write alike.
    fn literal(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Json(raw) => raw.get(),
        }
    }

    fn integer(&self, bounds: &RangeInclusive<i64>) -> Result<i64, Invalid> {
        let literal = self.literal();
        let digits = literal.strip_prefix('-').unwrap_or(literal);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Invalid::new("wrong_type", "must be a whole number"));
        }
        // A number beyond 64 bits is out of any range.
        literal.parse().ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
            let range = format!("must be from {} to {}", bounds.start(), bounds.end());
            Invalid::new("out_of_range", range)
        })
    }

    fn money(&self, currency: Currency) -> Result<Money, Invalid> {
        Money::parse(self.literal(), currency)
    }

    fn json<T: DeserializeOwned>(&self, expected: &str) -> Result<T, Invalid> {
        serde_json::from_str(self.literal()).map_err(|_| Invalid::new("wrong_type", expected))
    }
}

/// Results of several readers.
pub trait AllRead {
    /// The values.
    type Values;

    /// All values, if none is missing.
    fn values(self) -> Option<Self::Values>;
}

macro_rules! all_read {
    ($($name:ident),+) => {
        #[expect(non_snake_case, reason = "type parameters double as variables")]
        impl<$($name),+> AllRead for ($(Option<$name>,)+) {
            type Values = ($($name,)+);

            fn values(self) -> Option<Self::Values> {
                let ($($name,)+) = self;
                Some(($($name?,)+))
            }
        }
    };
}

all_read!(A);
all_read!(A, B);
all_read!(A, B, C);
all_read!(A, B, C, D);
all_read!(A, B, C, D, E);
all_read!(A, B, C, D, E, F);
all_read!(A, B, C, D, E, F, G);
all_read!(A, B, C, D, E, F, G, H);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use souk_domain::ids::ProductId;
    use souk_domain::quantity::Quantity;

    use super::*;

    #[test]
    fn one_response_lists_all_invalid_fields() {
        let mut fields = Fields::from_json(br#"{"product_id": 7, "quantity": 0, "note": ""}"#).expect("an object");
        let product_id = fields.parsed::<ProductId>("product_id");
        let quantity = fields.checked_integer("quantity", Quantity::new);
        let price = fields.money("price", Currency::USD);
        let problem = fields.finish((product_id, quantity, price)).expect_err("three bad fields");
        let codes: Vec<_> = problem.errors().iter().map(|e| (e.field.as_str(), e.code)).collect();
        assert_eq!(codes, [("product_id", "wrong_type"), ("quantity", "out_of_range"), ("price", "required")]);
        assert_eq!(problem.status(), 422);
    }

    #[test]
    fn numbers_are_read_exactly() {
        let body = br#"{"price": 0.10, "count": 10000000000000000000000, "half": 1.5, "text": "5"}"#;
        let mut fields = Fields::from_json(body).expect("an object");
        assert_eq!(fields.money("price", Currency::USD).map(|m| m.minor()), Some(10));
        assert_eq!(fields.integer("count", 0..=10), None);
        assert_eq!(fields.integer("half", 0..=10), None);
        assert_eq!(fields.integer("text", 0..=10), None);
        let problem = fields.finish((Some(()),)).expect_err("bad fields");
        let codes: Vec<_> = problem.errors().iter().map(|e| e.code).collect();
        assert_eq!(codes, ["out_of_range", "wrong_type", "wrong_type"]);
    }

    #[test]
    fn a_body_that_is_not_an_object_is_malformed() {
        for (body, code) in [("", 400), ("[]", 400), ("{\"a\":", 400), ("null", 400), ("{\"a\":1}x", 400)] {
            assert_eq!(Fields::from_json(body.as_bytes()).map_err(|p| p.status()).err(), Some(code), "{body}");
        }
    }

    /// The depth of a body must not overflow the stack.
    #[test]
    fn a_deep_body_is_malformed_or_of_a_wrong_type() {
        for deep in ["[".repeat(64 * 1024), "{\"a\":".repeat(12_000), format!("{{\"a\":{}", "[".repeat(60_000))] {
            assert_eq!(Fields::from_json(deep.as_bytes()).map_err(|p| p.status()).err(), Some(400));
        }
        let closed = format!("{{\"a\":{}\"\\u0034\"{}}}", "[".repeat(30_000), "]".repeat(30_000));
        let mut fields = Fields::from_json(closed.as_bytes()).expect("an object");
        let read = fields.json::<serde_json::Value>("a", "must be flat");
        assert_eq!(fields.finish((read,)).map_err(|p| (p.status(), p.errors()[0].code)), Err((422, "wrong_type")));
    }

    /// Fields and codes of what was refused.
    fn refused(fields: Fields<'_>) -> Vec<(String, &'static str)> {
        let problem = fields.finish((Some(()),)).expect_err("refused");
        assert!(!problem.errors().iter().any(|e| e.message.contains("4242")));
        problem.errors().iter().map(|e| (e.field.clone(), e.code)).collect()
    }

    #[test]
    fn a_card_number_is_refused_in_any_member() {
        let card = "4242 4242 4242 4242";
        let bodies = [
            (format!(r#"{{"note": "{card}"}}"#), "note"),
            (r#"{"unread": 4242424242424242}"#.to_owned(), "unread"),
            (format!(r#"{{"address": {{"line1": ["x", "{card}"]}}}}"#), "address"),
            (r#"{"4242424242424242": "x"}"#.to_owned(), "(a name)"),
            (r#"{"escaped": ["\u0034242424242424242"]}"#.to_owned(), "escaped"),
            (r#"{"lines": "4242\n4242\t4242\n4242"}"#.to_owned(), "lines"),
            (r#"{"split": ["4242", "4242", "4242", "4242"]}"#.to_owned(), "split"),
            ("{\"wide\": \"\u{ff14}242_4242/4242,4242\"}".to_owned(), "wide"),
        ];
        for (body, field) in &bodies {
            let mut fields = Fields::from_json(body.as_bytes()).expect("an object");
            let _ = fields.optional_text("note", 5);
            assert_eq!(refused(fields), [((*field).to_owned(), "card_number")], "{body}");
        }
        let mut query = Fields::from_query([("search", "4242424242424242"), ("page", "none")]);
        let _ = query.optional_integer("page", 1..=2);
        assert_eq!(refused(query), [("page".to_owned(), "wrong_type"), ("search".to_owned(), "card_number")]);
    }

    #[test]
    fn codes_of_goods_are_not_card_numbers() {
        let body = br#"{"product_id": "4242424242424242", "other": "4242424242424242", "sku": "4242424242424242"}"#;
        let mut fields = Fields::from_json(body).expect("an object");
        assert!(fields.parsed::<ProductId>("product_id").is_some() && fields.parsed::<ProductId>("other").is_some());
        assert!(fields.finish((Some(()),)).is_ok());
        let document = Fields::from_json(br#"{"name": "Part 4242424242424242"}"#).expect("an object");
        assert!(document.of_products().finish((Some(()),)).is_ok());
    }

    #[test]
    fn queries_are_read_alike() {
        let mut fields = Fields::from_query([("page", "2"), ("in_stock", "true"), ("limit", "many"), ("brand", "")]);
        assert_eq!(fields.optional_integer("page", 1..=100), Some(Some(2)));
        assert_eq!(fields.optional_flag("in_stock"), Some(Some(true)));
        assert_eq!(fields.optional_text("brand", 10), Some(None));
        assert_eq!(fields.optional_integer("limit", 1..=100), None);
        assert_eq!(fields.finish((Some(()),)).map_err(|p| p.errors().len()), Err(1));
    }

    /// A member of a body: any name and any JSON, valid or not.
    const MEMBER: &str = r#""[a-d\\u0-9]{0,6}": ?("[^"]{0,10}"|-?[0-9]{1,24}(\.[0-9]{1,4})?([eE][+-]?[0-9]{1,4})?|[\[{}\]"a,:]{0,8}|null|true)"#;

    proptest! {
        #[test]
        fn a_body_is_read_or_refused(
            members in prop::collection::vec(MEMBER, 0..5),
            bytes in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let object = format!("{{{}}}", members.join(","));
            for body in [object.as_bytes(), &bytes] {
                let mut fields = match Fields::from_json(body) {
                    Ok(fields) => fields,
                    Err(problem) => {
                        prop_assert_eq!(problem.status(), 400);
                        continue;
                    }
                };
                let texts = (fields.optional_text("a", 5), fields.optional_parsed::<ProductId>("b")).values();
                let numbers = (fields.optional_integer("a", -9..=9), fields.optional_money("c", Currency::USD)).values();
                let others = (fields.optional_flag("d"), fields.objects("d", "must be a list of objects")).values();
                let status = fields.finish((texts, numbers, others)).map_err(|problem| problem.status()).err();
                prop_assert!(matches!(status, None | Some(422)), "{status:?}");
            }
        }
    }
}
