//! HTTP responses as endpoints give them.

use std::borrow::Cow;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use souk_catalog::Lookups;
use souk_domain::audit::AuditedChange;
use souk_domain::money::Money;

/// A response. Not cacheable by default.
#[derive(Debug)]
pub struct Reply {
    status: u16,
    headers: HeaderMap,
    body: String,
    /// The compressed body, if it is sent compressed.
    pub(super) gzip: Option<Vec<u8>>,
    /// How long this process may use it for other requests.
    pub(super) reusable_for: Duration,
    consumed: Option<String>,
    lookups: Option<Lookups>,
    /// For the audit log. Never sent.
    audited: Option<AuditedChange>,
}

impl Reply {
    /// A JSON response.
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        // Our own wire structs, with string keys: they always serialise.
        Self::json_text(status, serde_json::to_string(body).expect("a wire struct serialises"))
    }

    /// A JSON response from its text.
    pub fn json_text(status: u16, body: String) -> Self {
        let reply = Self { body, ..Self::without_body(status) };
        reply.with_header("content-type", "application/json").with_header("cache-control", "no-store")
    }

    /// 200 with JSON.
    pub fn ok(body: &impl Serialize) -> Self {
        Self::json(200, body)
    }

    /// 204.
    pub fn no_content() -> Self {
        Self::without_body(204).with_header("cache-control", "no-store")
    }

    /// 202 without a body. The response does not reveal whether the request has an effect later.
    pub fn accepted() -> Self {
        Self::without_body(202).with_header("cache-control", "no-store")
    }

    pub(super) fn without_body(status: u16) -> Self {
        let (headers, body) = (HeaderMap::new(), String::new());
        Self {
            status,
            headers,
            body,
            gzip: None,
            reusable_for: Duration::ZERO,
            consumed: None,
            lookups: None,
            audited: None,
        }
    }

    /// Makes the response publicly cacheable for so many seconds.
    #[must_use]
    pub fn cacheable(self, seconds: u32) -> Self {
        self.with_header("cache-control", &format!("public, max-age={seconds}"))
    }

    /// Makes the response publicly cacheable, with a revalidation each time, which 304 answers without a body.
    #[must_use]
    pub fn revalidated(self) -> Self {
        self.with_header("cache-control", "public, no-cache")
    }

    /// Lets this process use a publicly cacheable response to `GET` for equal requests within that time.
    #[must_use]
    pub fn reusable_for(self, reusable_for: Duration) -> Self {
        Self { reusable_for, ..self }
    }

    /// With a header, which replaces one of that name. A value that HTTP does not allow is left out.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Adds the consumed capacity (`6 WRU`) to the log line of the request.
    #[must_use]
    pub fn consumed(mut self, consumed: impl std::fmt::Display) -> Self {
        self.consumed = Some(consumed.to_string());
        self
    }

    /// Adds to the request's log line where products were found.
    #[must_use]
    pub const fn looked_up(mut self, lookups: Lookups) -> Self {
        self.lookups = Some(lookups);
        self
    }

    /// Adds the values before and after the change to the audit log. They are not sent to the client. They must not
    /// contain personal data of shoppers, because audit entries cannot be deleted.
    #[must_use]
    pub fn audit(self, before: &impl Serialize, after: &impl Serialize) -> Self {
        Self { audited: Some(AuditedChange::new(before, after)), ..self }
    }

    /// The value of [`Reply::audit`].
    pub const fn audited(&self) -> Option<&AuditedChange> {
        self.audited.as_ref()
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The headers.
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The value of [`Reply::consumed`].
    pub fn consumption(&self) -> Option<&str> {
        self.consumed.as_deref()
    }

    /// The value of [`Reply::looked_up`].
    pub const fn lookups(&self) -> Option<Lookups> {
        self.lookups
    }

    /// Whether it is cacheable.
    pub(super) fn is_cacheable(&self) -> bool {
        self.status == 200 && self.headers.get("cache-control").is_some_and(|control| control != "no-store")
    }

    /// Its approximate memory.
    pub(super) fn bytes(&self) -> usize {
        const HEADERS: usize = 1_024;
        self.body.len() + self.gzip.as_ref().map_or(0, Vec::len) + HEADERS
    }

    /// The body as JSON, for tests.
    pub fn body_json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }
}

/// An amount in JSON: a number with exactly the currency's decimals.
#[derive(Debug, Clone, Copy)]
pub struct Amount(pub Money);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        raw_number(&self.0.to_string()).serialize(serializer)
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "number",
            "description": "An amount of money in the `currency` beside it, with exactly that currency's decimals, such as \
                `699.90`. It is exact. To keep it exact, read it as a decimal, or multiply it by 100 (by \
                1 or 1000 for currencies without or with three decimals) and round: amounts stay far below 2^53 minor units.",
            "examples": [699.99],
        })
    }
}

/// A JSON number with exactly this text, without floating point. Only `serde_json`'s writers keep it: never pass it
/// through `serde_json::to_value`.
pub fn raw_number(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned())
        .unwrap_or_else(|_| RawValue::from_string("null".to_owned()).expect("null is JSON"))
}
