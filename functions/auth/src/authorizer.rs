//! The HTTP API's Lambda authorizer (payload 2.0, simple response): verifies the access token before any function runs.

use serde::{Deserialize, Serialize};
use souk_auth::{AccessTokens, TokenError};
use souk_domain::time::Timestamp;
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};

use crate::access_tokens;

/// Verifies access tokens for the API.
pub struct Authorizer {
    /// The signing keys, with which tokens are verified.
    pub tokens: AccessTokens,
}

impl Authorizer {
    /// With the signing keys from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self { tokens: access_tokens(deps).await? })
    }
}

impl DirectHandler for Authorizer {
    type Request = AuthorizerRequest;
    type Response = AuthorizerResponse;

    async fn handle(&self, request: AuthorizerRequest, _: Timestamp) -> Result<AuthorizerResponse, Error> {
        Ok(authorize(&request, &self.tokens).await)
    }
}

/// The request of API Gateway: the identity source, which is the `Authorization` header.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizerRequest {
    #[serde(default)]
    identity_source: Vec<String>,
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

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Context {
    Caller { user_id: String, role: &'static str },
    Refused { token_problem: &'static str },
}

/// Verifies the token of a request.
pub async fn authorize(request: &AuthorizerRequest, tokens: &AccessTokens) -> AuthorizerResponse {
    let header = request.identity_source.first().map(String::as_str).unwrap_or_default();
    let context = match bearer(header) {
        None => Context::Refused { token_problem: "invalid" },
        Some(token) => match tokens.verify(token).await {
            Ok(caller) => Context::Caller { user_id: caller.user_id.into(), role: caller.role.as_str() },
            Err(TokenError::Expired) => Context::Refused { token_problem: "expired" },
            Err(TokenError::Invalid) => Context::Refused { token_problem: "invalid" },
            // Not a failure of the function: that would be a 500, which anybody with a made-up `kid` could cause.
            Err(TokenError::UnknownKey(_)) => Context::Refused { token_problem: "unavailable" },
        },
    };
    log(&context);
    AuthorizerResponse { is_authorized: true, context }
}

/// The token of `Bearer <token>`; the scheme's case does not count (RFC 9110, section 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn log(context: &Context) {
    match context {
        Context::Caller { user_id, role } => tracing::info!(function = "authorizer", user_id, role, "token"),
        Context::Refused { token_problem } => tracing::info!(function = "authorizer", token_problem, "token"),
    }
}

#[cfg(test)]
mod tests {
    use souk_auth::ACCESS_TOKEN_SECONDS;

    use super::*;
    use crate::fixture::Fixture;

    fn refused(token_problem: &'static str) -> AuthorizerResponse {
        AuthorizerResponse { is_authorized: true, context: Context::Refused { token_problem } }
    }

    #[tokio::test]
    async fn a_good_token_names_its_caller_and_any_other_says_why_not() {
        let shop = Fixture::with_account().await;
        let tokens = shop.tokens().await;
        let session = shop.signed_in().await;
        let token = session["token"].as_str().expect("a token");
        let ask = async |header: &str| {
            let request = AuthorizerRequest { identity_source: vec![header.to_owned()] };
            authorize(&request, &tokens).await
        };
        let user_id = session["user_id"].as_str().expect("an id").to_owned();
        let caller = AuthorizerResponse { is_authorized: true, context: Context::Caller { user_id, role: "shopper" } };
        assert_eq!(ask(&format!("Bearer {token}")).await, caller);
        assert_eq!(ask(&format!("bearer {token}")).await, caller);
        for bad in ["", "Bearer", "Bearer x", token, &format!("Basic {token}"), &format!("Bearer {token}x")] {
            assert_eq!(ask(bad).await, refused("invalid"), "{bad}");
        }
        shop.clock.advance_seconds(ACCESS_TOKEN_SECONDS + 60);
        assert_eq!(ask(&format!("Bearer {token}")).await, refused("expired"));
    }

    #[test]
    fn an_event_without_identity_is_read_too() {
        let request: AuthorizerRequest = serde_json::from_str("{\"version\":\"2.0\"}").expect("an event");
        assert!(request.identity_source.is_empty());
    }
}
