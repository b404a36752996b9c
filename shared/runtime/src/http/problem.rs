//! Errors as clients get them: RFC 9457 problem details with a stable `code`.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::value::RawValue;
use souk_catalog::CatalogError;
use souk_domain::validation::FieldError;
use souk_search::SearchError;
use souk_store::StoreError;

use super::reply::Reply;

/// An error response. The client gets everything but the `cause`, which is only logged.
#[derive(Debug)]
pub struct Problem {
    status: u16,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    extra: BTreeMap<&'static str, Box<RawValue>>,
    retry_after_seconds: Option<u64>,
    cause: Option<String>,
}

/// `Retry-After` when the shop is overloaded or a part of it is not available.
const RETRY_SOON_SECONDS: u64 = 1;

/// The members that every problem may have.
const STANDARD_MEMBERS: [&str; 7] = ["type", "title", "status", "code", "detail", "request_id", "errors"];

impl Problem {
    /// Any problem.
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            extra: BTreeMap::new(),
            retry_after_seconds: None,
            cause: None,
        }
    }

    /// 400: the request cannot be parsed.
    pub fn malformed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(400, code, detail)
    }

    /// 401: the caller is not authenticated.
    pub fn unauthorized(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(401, code, detail)
    }

    /// 403: the caller lacks the permission.
    pub fn forbidden() -> Self {
        Self::new(403, "forbidden", "this account may not do that")
    }

    /// 404: it does not exist or belongs to another user. The response does not say which.
    pub fn not_found(what: &str) -> Self {
        Self::new(404, "not_found", format!("there is no such {what}"))
    }

    /// 409: the request conflicts with the current state.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(409, code, detail)
    }

    /// 422: fields are invalid; all of them are listed.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => format!("{} {}", only.field, only.message),
            many => format!("{} fields are not valid", many.len()),
        };
        Self { errors, ..Self::new(422, "invalid_fields", detail) }
    }

    /// 422: the idempotency key was used for a different request.
    pub fn idempotency_key_reused() -> Self {
        Self::new(422, "idempotency_key_reused", "this Idempotency-Key was used for another request")
    }

    /// 429: the caller has made too many of these requests, and may make the next one after this time.
    pub fn too_many_requests(code: &'static str, detail: impl Into<String>, retry_after_seconds: u64) -> Self {
        Self::new(429, code, detail).retry_after(retry_after_seconds)
    }

    /// 503: a part of the shop is not available; the client may retry soon.
    pub fn unavailable(code: &'static str, cause: impl std::fmt::Display) -> Self {
        let problem = Self::new(503, code, "this is not available right now; please try again");
        problem.retry_after(RETRY_SOON_SECONDS).caused_by(cause)
    }

    /// 500: an internal error.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::new(500, "internal_error", "something went wrong on our side").caused_by(cause)
    }

    /// With an extension member. Its name must not be one of the standard members'.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        debug_assert!(!STANDARD_MEMBERS.contains(&name), "{name} is a standard member");
        // Serialised at once: a `serde_json::Value` would turn amounts of money into floats.
        if let Ok(value) = serde_json::value::to_raw_value(&value) {
            self.extra.insert(name, value);
        }
        self
    }

    /// Sets `Retry-After`.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Sets the internal cause, for the log only.
    #[must_use]
    pub fn caused_by(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The invalid fields.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// An extension member as JSON.
    pub fn member(&self, name: &str) -> Option<&str> {
        self.extra.get(name).map(|value| value.get())
    }

    /// The internal cause, for the log.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The schema of every problem.
    pub fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<ProblemBody<'_>>()
    }

    /// The response to a request.
    pub fn into_reply(self, request_id: &str) -> Reply {
        let body = ProblemBody {
            kind: format!("urn:souk:problem:{}", self.code),
            title: title(self.status),
            status: self.status,
            code: self.code,
            detail: &self.detail,
            request_id,
            errors: self.errors.iter().map(InvalidField::of).collect(),
            extra: &self.extra,
        };
        let reply = Reply::json(self.status, &body).with_header("content-type", "application/problem+json");
        match self.retry_after_seconds {
            Some(seconds) => reply.with_header("retry-after", &seconds.to_string()),
            None => reply,
        }
    }
}

/// Problem details (RFC 9457). Some codes have further members.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
struct ProblemBody<'a> {
    /// `urn:souk:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The name of the status, for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What went wrong. Stable: clients decide by it.
    code: &'static str,
    /// What went wrong, for people.
    detail: &'a str,
    /// The id of the request in the shop's log.
    request_id: &'a str,
    /// All invalid fields of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<InvalidField<'a>>,
    #[serde(flatten)]
    #[schemars(skip)]
    extra: &'a BTreeMap<&'static str, Box<RawValue>>,
}

/// An invalid field.
#[derive(Serialize, JsonSchema)]
struct InvalidField<'a> {
    /// Its name; members of nested objects after a dot.
    field: &'a str,
    /// What is wrong. Stable.
    code: &'static str,
    /// What is wrong, for people. Begins with a verb: "must be …".
    message: &'a str,
}

impl<'a> InvalidField<'a> {
    fn of(error: &'a FieldError) -> Self {
        Self { field: &error.field, code: error.code, message: &error.message }
    }
}

fn title(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::unavailable("temporarily_unavailable", error),
            StoreError::Conflict => {
                Self::unavailable("temporarily_unavailable", "too many writers of one item at the same time")
            }
            StoreError::Corrupt { .. } | StoreError::Rejected(_) => Self::internal(error),
        }
    }
}

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Search(error) => error.into(),
            CatalogError::Store(error) => error.into(),
        }
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Unavailable(_) => Self::unavailable("search_unavailable", error),
            SearchError::Rejected(_) => Self::internal(error),
        }
    }
}
