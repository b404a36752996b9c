//! JSON whose numbers stay text, so that amounts of money never become floats.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;

/// A JSON value, read by paths such as `products.0.price`.
#[derive(Clone)]
pub struct Json(Box<RawValue>);

/// The types of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`, `false`
    Flag,
    /// `12.50`
    Number,
    /// `"text"`
    Text,
    /// `[…]`
    List,
    /// `{…}`
    Object,
}

impl Json {
    /// Reads a document.
    pub fn parse(document: &str) -> Option<Self> {
        serde_json::from_str(document).ok().map(Self)
    }

    /// The value at a path; the empty path is the value itself.
    pub fn at(&self, path: &str) -> Option<Self> {
        path.split('.').filter(|name| !name.is_empty()).try_fold(self.clone(), |value, name| {
            let found = match name.parse::<usize>() {
                Ok(index) => serde_json::from_str::<Vec<Box<RawValue>>>(value.raw()).ok()?.into_iter().nth(index),
                Err(_) => serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(value.raw()).ok()?.remove(name),
            };
            found.map(Self)
        })
    }

    /// The text of a string, anything else as it was written: `Ink`, `12.50`, `true`.
    pub fn text(&self, path: &str) -> String {
        let value = self.must(path);
        serde_json::from_str::<String>(value.raw()).unwrap_or_else(|_| value.raw().to_owned())
    }

    /// An amount of money in minor units, written with exactly two decimals.
    pub fn minor(&self, path: &str) -> i64 {
        let raw = self.must(path).raw().to_owned();
        let (whole, fraction) = raw.split_once('.').unwrap_or((&raw, ""));
        assert!(fraction.len() == 2, "{path} is not a number with two decimals in {self}");
        format!("{whole}{fraction}").parse().unwrap_or_else(|_| panic!("{path} is not an amount in {self}"))
    }

    /// A whole number.
    pub fn whole(&self, path: &str) -> i64 {
        self.must(path).raw().parse().unwrap_or_else(|_| panic!("{path} is not a whole number in {self}"))
    }

    /// The elements of a list.
    pub fn list(&self, path: &str) -> Vec<Self> {
        let elements = serde_json::from_str::<Vec<Box<RawValue>>>(self.must(path).raw());
        elements.unwrap_or_else(|_| panic!("{path} is not a list in {self}")).into_iter().map(Self).collect()
    }

    /// One member of each element of a list: `texts("errors", "field")`.
    pub fn texts(&self, path: &str, member: &str) -> Vec<String> {
        self.list(path).iter().map(|element| element.text(member)).collect()
    }

    /// The type of the value at a path.
    pub fn kind(&self, path: &str) -> Kind {
        match self.must(path).raw().as_bytes().first() {
            Some(b'"') => Kind::Text,
            Some(b'[') => Kind::List,
            Some(b'{') => Kind::Object,
            Some(b't' | b'f') => Kind::Flag,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// Fails unless every one of these is there and has that type.
    pub fn has(&self, members: &[(&str, Kind)]) {
        for (path, kind) in members {
            assert_eq!(self.kind(path), *kind, "{path} in {self}");
        }
    }

    /// As it was written.
    pub fn raw(&self) -> &str {
        self.0.get()
    }

    fn must(&self, path: &str) -> Self {
        self.at(path).unwrap_or_else(|| panic!("there is no {path} in {self}"))
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_as_they_were_written() {
        let json = Json::parse(r#" {"products": [{"price": 12.50, "name": "Ink \"x\""}], "total": 1} "#).expect("JSON");
        assert_eq!((json.text("products.0.price").as_str(), json.minor("products.0.price")), ("12.50", 1_250));
        assert_eq!((json.text("products.0.name").as_str(), json.whole("total")), ("Ink \"x\"", 1));
        assert_eq!((json.kind("products"), json.kind("total")), (Kind::List, Kind::Number));
        assert!(json.at("products.1").is_none() && Json::parse("{").is_none());
    }
}
