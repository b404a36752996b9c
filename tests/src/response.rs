//! Responses, and the rules for all of them.

use std::fmt;

use ureq::http::HeaderMap;

use crate::json::{Json, Kind};

/// Words, in lower case, that would disclose internals.
const INTERNALS: [&str; 15] = [
    "arn:aws",
    "dynamodb",
    "opensearch",
    "elasticsearch",
    "amazonaws",
    "secretsmanager",
    "conditionalcheck",
    "validationexception",
    "resourcenotfound",
    "panicked",
    "backtrace",
    "traceback",
    ".rs:",
    "souk_",
    "souk-",
];

/// An HTTP response.
pub struct Response {
    request: String,
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as it came.
    pub body: String,
}

impl Response {
    /// The response to a request (`POST /orders`). Fails when it discloses internals.
    pub(crate) fn new(request: String, status: u16, headers: HeaderMap, body: String) -> Self {
        let answer = Self { request, status, headers, body };
        // A random token of a success may spell a word in mixed case.
        let text = if status < 400 { answer.body.clone() } else { answer.body.to_lowercase() };
        if let Some(word) = INTERNALS.iter().find(|word| text.contains(**word)) {
            panic!("{answer} discloses internals: {word}");
        }
        answer
    }

    /// A header's text, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Asserts the status and returns the body, which must be JSON.
    pub fn is(&self, status: u16) -> Json {
        assert_eq!(self.status, status, "{self}");
        Json::parse(&self.body).unwrap_or_else(|| panic!("{self} is not JSON"))
    }

    /// Asserts that the response is a problem (RFC 9457) with this status and code, and returns its details.
    pub fn is_problem(&self, status: u16, code: &str) -> Json {
        let problem = self.is(status);
        assert_eq!(self.header("content-type"), "application/problem+json", "{self}");
        problem.has(&[("type", Kind::Text), ("title", Kind::Text), ("detail", Kind::Text), ("request_id", Kind::Text)]);
        assert_eq!((problem.text("code").as_str(), problem.whole("status")), (code, i64::from(status)), "{self}");
        assert!(!problem.text("request_id").is_empty() && !problem.text("detail").is_empty(), "{self}");
        problem
    }

    /// Asserts a 422 and returns the names of its invalid fields.
    pub fn bad_fields(&self) -> Vec<String> {
        let problem = self.is_problem(422, "invalid_fields");
        for error in problem.list("errors") {
            error.has(&[("field", Kind::Text), ("code", Kind::Text), ("message", Kind::Text)]);
        }
        problem.texts("errors", "field")
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request, status, body, .. } = self;
        write!(f, "{request} answered {status} {body}")
    }
}
