//! `POST /auth/refresh`: exchanges a refresh token for the next pair of tokens.
//!
//! Each token can be used once. Reuse means that it was copied, and ends the session. Two tabs that refresh at once,
//! and a client whose response was lost, also send a used token: within seconds they get the tokens that the first
//! request got. A made-up token ends nothing: its authentication code is wrong.

use schemars::JsonSchema;
use souk_identity::{SessionIssuer, SessionResponse};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::RotationOutcome;

/// Maximum length of a refresh token, in characters.
const MAX_TOKEN_CHARS: usize = 200;

/// An example of a refresh token in a body.
pub(crate) const EXAMPLE: &str = r#"{"refresh_token": "AZpA2CNbcGCq0BDAkjoXnQGaQNgjW3BgqtAQwJI6F50AAAAAq2Yx0Jt7RkWmPzC4vHsLbN8eGdUfTaKiOoQw3XyZ5ME"}"#;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("refresh", "POST /auth/refresh", Caller::Anyone, Tag::Accounts)
        .summary("Exchanges a refresh token for the next pair of tokens")
        .description(
            "A refresh token can be used once, within 30 days. Within 20 seconds after it was used it gets the same \
             refresh token again: for tabs that refresh at the same time, and for a client that lost the answer. \
             Later, a used token counts as stolen and ends its session. A session ends 90 days after it began (a \
             parameter of the shop), however often it is refreshed.",
        )
        .repeated("Within 20 seconds: the same refresh token. Later: 401 `refresh_token_reused`.")
        .body::<RefreshTokenRequest>(EXAMPLE)
        .answers::<SessionResponse<'_>>(200, "The next pair of tokens of the session.")
        .problem(401, "refresh_token_invalid", "The session has ended, or the token was never issued: log in again.")
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
    /// Issues tokens of the session.
    pub sessions: SessionIssuer,
}

impl Refresh {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self { sessions: SessionIssuer::from_dependencies(deps).await? })
    }
}

impl Endpoint for Refresh {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let token = read_token(request)?;
        let issuer = &self.sessions;
        let claims = issuer.refresh_tokens.verify(&token).ok_or_else(invalid)?;
        let now = issuer.clock.now();
        let expires_at = issuer.expiry(claims.session_id.created_at(), now).as_seconds();
        let rotated =
            issuer.sessions.rotate(&claims.user_id, &claims.session_id, claims.rotation, now, expires_at).await?;
        match rotated {
            RotationOutcome::Rotated(session) | RotationOutcome::Repeated(session) => {
                issuer.response(200, &session).await
            }
            RotationOutcome::Reused => Err(reused()),
            RotationOutcome::Ended => Err(invalid()),
        }
    }
}

/// The refresh token in a body.
pub(crate) fn read_token(request: &Request) -> Result<String, Problem> {
    let mut fields = request.fields()?;
    let token = fields.verbatim("refresh_token", 1..=MAX_TOKEN_CHARS);
    let (token,) = fields.finish((token,))?;
    Ok(token)
}

fn invalid() -> Problem {
    Problem::unauthorized("refresh_token_invalid", "the session has ended; log in again")
}

fn reused() -> Problem {
    Problem::unauthorized("refresh_token_reused", "this token was used before, so the session was ended; log in again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, outcome, post, refresh_body};

    const INVALID: (u16, &str) = (401, "refresh_token_invalid");
    const DAY: i64 = 24 * 60 * 60;

    #[tokio::test]
    async fn reuse_after_the_grace_ends_the_session() {
        let shop = Fixture::with_account().await;
        let refresh = shop.refresh().await;
        let first = shop.logged_in().await;
        let second = refresh.handle(&post(&refresh_body(&first))).await.expect("rotated").body_json();
        shop.clock.advance_seconds(21);
        assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&first))).await), (401, "refresh_token_reused"));
        assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&second))).await), INVALID);
    }

    #[tokio::test]
    async fn a_second_tab_and_a_lost_response_get_the_tokens_of_the_first() {
        let shop = Fixture::with_account().await;
        let refresh = shop.refresh().await;
        let first = shop.logged_in().await;
        let second = refresh.handle(&post(&refresh_body(&first))).await.expect("rotated").body_json();
        shop.clock.advance_seconds(20);
        let again = refresh.handle(&post(&refresh_body(&first))).await.expect("repeated").body_json();
        assert_eq!(again["refresh_token"], second["refresh_token"]);
        assert!(refresh.handle(&post(&refresh_body(&second))).await.is_ok());
    }

    #[tokio::test]
    async fn a_token_of_two_rotations_ago_is_reused_at_once() {
        let shop = Fixture::with_account().await;
        let refresh = shop.refresh().await;
        let first = shop.logged_in().await;
        let second = refresh.handle(&post(&refresh_body(&first))).await.expect("rotated").body_json();
        assert!(refresh.handle(&post(&refresh_body(&second))).await.is_ok());
        assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&first))).await), (401, "refresh_token_reused"));
    }

    #[tokio::test]
    async fn a_made_up_token_ends_nothing() {
        let shop = Fixture::with_account().await;
        let refresh = shop.refresh().await;
        let session = shop.logged_in().await;
        let token = session["refresh_token"].as_str().expect("a token");
        for at in [5, 30, 45, token.len() - 3] {
            let letter = if &token[at..=at] == "A" { "B" } else { "A" };
            let mut changed = token.to_owned();
            changed.replace_range(at..=at, letter);
            let body = serde_json::json!({"refresh_token": changed}).to_string();
            assert_eq!(outcome(&refresh.handle(&post(&body)).await), INVALID, "{at}");
        }
        assert!(refresh.handle(&post(&refresh_body(&session))).await.is_ok());
    }

    #[tokio::test]
    async fn a_session_ends_by_logout_idleness_and_age() {
        let shop = Fixture::with_account().await;
        let refresh = shop.refresh().await;
        let session = shop.logged_in().await;
        for _ in 0..2 {
            assert_eq!(outcome(&shop.logout().handle(&post(&refresh_body(&session))).await), (204, ""));
        }
        assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&session))).await), INVALID);

        let session = shop.logged_in().await;
        shop.clock.advance_seconds(30 * DAY);
        assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&session))).await), INVALID);

        let mut session = shop.logged_in().await;
        for _ in 0..4 {
            shop.clock.advance_seconds(20 * DAY);
            session = refresh.handle(&post(&refresh_body(&session))).await.expect("refreshed").body_json();
        }
        shop.clock.advance_seconds(10 * DAY);
        assert_eq!(outcome(&refresh.handle(&post(&refresh_body(&session))).await), INVALID, "90 days after the log-in");
    }

    #[tokio::test]
    async fn a_malformed_token_is_rejected() {
        let shop = Fixture::start().await;
        let refresh = shop.refresh().await;
        assert_eq!(outcome(&refresh.handle(&post(r#"{"refresh_token": "x"}"#)).await), INVALID);
        assert_eq!(outcome(&refresh.handle(&post(r#"{"refresh_token": 5}"#)).await), (422, "invalid_fields"));
        assert_eq!(outcome(&refresh.handle(&post("{}")).await), (422, "invalid_fields"));
    }
}
