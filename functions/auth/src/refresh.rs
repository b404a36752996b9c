//! `POST /auth/refresh`: exchanges a refresh token for the next pair of tokens. Each token can be used once; reuse
//! means that it was copied, and ends its family.
//!
//! A client whose response was lost also sends an old token. It cannot be distinguished from a thief, so it has to log
//! in again.

use schemars::JsonSchema;
use souk_auth::{Caller, REFRESH_TOKEN_SECONDS, RefreshToken};
use souk_runtime::contract::{self, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{RefreshTokenStatus, RotationOutcome, Users};

use crate::SessionContext;
use crate::context::SessionResponse;

/// Maximum length of a refresh token, in characters.
const MAX_TOKEN_CHARS: usize = 200;

/// An example of a refresh token in a body.
pub(crate) const EXAMPLE: &str =
    r#"{"refresh_token": "01a20cdb-a67a-7160-aad0-10c0923a179d.q2Yx0Jt7RkWmPzC4vHsLbN8eGdUfTaKiOoQw3XyZ5ME"}"#;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("refresh", "POST /auth/refresh", contract::Caller::Anyone, Tag::Accounts)
        .summary("Exchanges a refresh token for the next pair of tokens")
        .description(
            "A refresh token can be used once, within 30 days. So a client must not refresh twice at the same time, \
             and a client that lost the answer has to log in again. The new access token has the current role of the \
             account. Earlier access tokens stay valid until they expire.",
        )
        .repeated("Refused with 401 `refresh_token_reused`: a used token counts as stolen, and its session has ended.")
        .body::<RefreshTokenRequest>(EXAMPLE)
        .answers::<SessionResponse<'_>>(200, "The next pair of tokens of the session.")
        .problem(401, "refresh_token_invalid", "The session has ended, or there is none with this token: log in again.")
        .problem(401, "refresh_token_reused", "The token was used before, so its session was ended: log in again.")
}

/// The request of `POST /auth/refresh` and `POST /auth/logout`.
#[derive(JsonSchema)]
pub struct RefreshTokenRequest {
    /// The `refresh_token` of the latest registration, log-in or refresh of the session.
    #[schemars(length(min = 1, max = MAX_TOKEN_CHARS))]
    pub refresh_token: String,
}

/// Refreshes a session.
pub struct Refresh {
    /// The users table: the new token has the current role of the account.
    pub users: Users,
    /// Dependencies of session functions.
    pub context: SessionContext,
}

impl Refresh {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self { users: deps.users()?, context: SessionContext::from_dependencies(deps).await? })
    }
}

impl Endpoint for Refresh {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let token = read_token(request)?.ok_or_else(invalid)?;
        let now = self.context.clock.now();
        let session = match self.context.sessions.check(token.family_id(), &token.hash(), now).await? {
            RefreshTokenStatus::Current(session) => session,
            RefreshTokenStatus::Reused => return Err(reused()),
            RefreshTokenStatus::Unknown => return Err(invalid()),
        };
        let user = self.users.get(&session.user_id).await?.ok_or_else(invalid)?;
        let next = RefreshToken::new(session.family_id.clone(), &*self.context.random);
        let expires_at = now.plus_seconds(REFRESH_TOKEN_SECONDS);
        match self.context.sessions.rotate(&session, &next.hash(), expires_at).await? {
            RotationOutcome::Rotated => {
                self.context.session_response(200, &Caller { user_id: user.user_id, role: user.role }, &next)
            }
            RotationOutcome::Reused => Err(reused()),
            RotationOutcome::SessionEnded => Err(invalid()),
        }
    }
}

/// The refresh token in a body; `None` if it is malformed.
pub(crate) fn read_token(request: &Request) -> Result<Option<RefreshToken>, Problem> {
    let mut fields = request.fields()?;
    let token = fields.verbatim("refresh_token", 1..=MAX_TOKEN_CHARS);
    let (token,) = fields.finish((token,))?;
    Ok(RefreshToken::parse(&token))
}

fn invalid() -> Problem {
    Problem::unauthorized("refresh_token_invalid", "the session has ended; log in again")
}

fn reused() -> Problem {
    Problem::unauthorized("refresh_token_reused", "this token was used before, so the session was ended; log in again")
}

#[cfg(test)]
mod tests {
    use souk_domain::account::Role;

    use super::*;
    use crate::fixture::{Fixture, outcome, post, refresh_body};
    use crate::logout::Logout;

    #[tokio::test]
    async fn each_token_is_valid_once_and_reuse_ends_the_family() {
        let shop = Fixture::with_account().await;
        let refresh = shop.refresh().await;
        let first = shop.signed_in().await;
        let second = refresh.handle(&post(&refresh_body(&first))).await.expect("rotated").body_json();
        assert!(shop.tokens().await.verify(second["token"].as_str().expect("a token")).await.is_ok());
        assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&first))).await), (401, "refresh_token_reused"));
        assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&second))).await), (401, "refresh_token_invalid"));
    }

    #[tokio::test]
    async fn a_session_ends_by_expiry_and_by_logout() {
        let shop = Fixture::with_account().await;
        let refresh = shop.refresh().await;
        let session = shop.signed_in().await;
        let logout = Logout { sessions: shop.sessions.clone(), clock: shop.clock.clone() };
        for _ in 0..2 {
            assert_eq!(outcome(&logout.handle(&post(&refresh_body(&session))).await), (204, ""));
        }
        assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&session))).await), (401, "refresh_token_invalid"));

        let session = shop.signed_in().await;
        shop.clock.advance_seconds(REFRESH_TOKEN_SECONDS);
        assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&session))).await), (401, "refresh_token_invalid"));
    }

    #[tokio::test]
    async fn a_new_role_is_in_the_next_token() {
        let shop = Fixture::with_account().await;
        let session = shop.signed_in().await;
        shop.make_staff().await;
        let body = shop.refresh().await.handle(&post(&refresh_body(&session))).await.expect("rotated").body_json();
        let caller = shop.tokens().await.verify(body["token"].as_str().expect("a token")).await.expect("good");
        assert_eq!(caller.role, Role::Staff);
    }

    #[tokio::test]
    async fn a_malformed_token_is_rejected() {
        let shop = Fixture::start().await;
        let refresh = shop.refresh().await;
        assert_eq!(outcome(&refresh.handle(&post(r#"{"refresh_token": "x"}"#)).await), (401, "refresh_token_invalid"));
        assert_eq!(outcome(&refresh.handle(&post(r#"{"refresh_token": 5}"#)).await), (422, "invalid_fields"));
        assert_eq!(outcome(&refresh.handle(&post("{}")).await), (422, "invalid_fields"));
    }
}
