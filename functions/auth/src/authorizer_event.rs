//! The event of the HTTP API's Lambda authorizers (payload 2.0, simple response), and their response.

use serde::{Deserialize, Serialize};
use souk_auth::{AccessTokenVerifier, Caller, TokenError};
use souk_domain::permission::Permissions;

/// The request of API Gateway: the identity source, which is the `Authorization` header, and the route.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizerRequest {
    #[serde(default)]
    pub(crate) identity_source: Vec<String>,
    /// Such as `GET /admin/orders`.
    #[serde(default)]
    pub(crate) route_key: String,
}

impl AuthorizerRequest {
    /// Whether the route is one of staff. These paths, and no others, begin with `/admin/`.
    pub(crate) fn is_for_staff(&self) -> bool {
        self.route_key.split_once(' ').is_some_and(|(_, path)| path.starts_with("/admin/"))
    }
}

/// The response to API Gateway.
///
/// `is_authorized` is always true: with `false`, API Gateway answers 403 with its own body, but a client whose token
/// has expired needs a 401 with a `code` to know that it has to refresh. `Request::user()` rejects a request without
/// `user_id` in the context before a handler does anything.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizerResponse {
    is_authorized: bool,
    context: Context,
}

/// The authorizer's context: the caller, or why there is none.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Context {
    /// A caller.
    Caller {
        user_id: String,
        session_id: String,
        kind: &'static str,
        /// Separated by spaces.
        #[serde(skip_serializing_if = "String::is_empty")]
        permissions: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        second_factor: Option<&'static str>,
    },
    /// Why there is no caller.
    Refused { token_problem: &'static str },
}

impl Context {
    /// A caller whose session was not read.
    pub(crate) fn of_token(caller: &Caller) -> Self {
        Self::Caller {
            user_id: caller.user_id.to_string(),
            session_id: caller.session_id.to_string(),
            kind: caller.kind.as_str(),
            permissions: String::new(),
            second_factor: None,
        }
    }

    /// A caller with what session and grant say.
    pub(crate) fn of_session(caller: &Caller, permissions: Permissions, has_second_factor: bool) -> Self {
        Self::Caller {
            user_id: caller.user_id.to_string(),
            session_id: caller.session_id.to_string(),
            kind: caller.kind.as_str(),
            permissions: permissions.to_string(),
            second_factor: Some(if has_second_factor { "yes" } else { "no" }),
        }
    }

    /// No caller.
    pub(crate) const fn refused(token_problem: &'static str) -> Self {
        Self::Refused { token_problem }
    }
}

impl From<Context> for AuthorizerResponse {
    fn from(context: Context) -> Self {
        Self { is_authorized: true, context }
    }
}

/// Verifies the token of a request.
pub(crate) async fn verify(request: &AuthorizerRequest, tokens: &AccessTokenVerifier) -> Result<Caller, Context> {
    let header = request.identity_source.first().map(String::as_str).unwrap_or_default();
    let token = bearer(header).ok_or(Context::refused("invalid"))?;
    tokens.verify(token).await.map_err(|error| match error {
        TokenError::Expired => Context::refused("expired"),
        TokenError::Invalid => Context::refused("invalid"),
        // Not a failure of the function: that would be a 500, which anybody with a made-up `kid` could cause.
        TokenError::UnknownKey(_) => Context::refused("unavailable"),
    })
}

/// The token of `Bearer <token>`; the scheme's case does not count (RFC 9110, section 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Logs the caller, or why there is none.
pub(crate) fn log(function: &'static str, context: &Context) {
    match context {
        Context::Caller { user_id, session_id, kind, .. } => {
            tracing::info!(function, user_id, session_id, kind, "token");
        }
        Context::Refused { token_problem } => tracing::info!(function, token_problem, "token"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_without_identity_is_read_too() {
        let request: AuthorizerRequest = serde_json::from_str("{\"version\":\"2.0\"}").expect("an event");
        assert!(request.identity_source.is_empty() && !request.is_for_staff());
    }

    #[test]
    fn staff_routes_are_known_by_their_path() {
        let event = include_str!("../../../events/session-authorizer.json");
        let request: AuthorizerRequest = serde_json::from_str(event).expect("an event");
        assert!(request.is_for_staff(), "{}", request.route_key);
        for route in ["GET /account", "POST /orders/{order_id}/pay", "/admin/orders", "$default", ""] {
            assert!(!AuthorizerRequest { route_key: route.to_owned(), ..AuthorizerRequest::default() }.is_for_staff());
        }
    }
}
