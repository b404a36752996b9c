//! `POST /auth/logout`: ends the session of a refresh token. Idempotent: always 204.

use souk_auth::RefreshTokens;
use souk_identity::refresh_tokens;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::Sessions;

use crate::refresh::{EXAMPLE, RefreshTokenRequest, read_token};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("logout", "POST /auth/logout", Caller::Anyone, Tag::Accounts)
        .summary("Ends the session of a refresh token")
        .description(
            "Staff endpoints, account endpoints and payments refuse access tokens of the session at once. The others \
             accept them until they expire: at most 16 minutes after they were issued.",
        )
        .repeated("Nothing changes: the session has already ended.")
        .body::<RefreshTokenRequest>(EXAMPLE)
        .answers_empty(204, "The session has ended, or there was none with this token.")
}

/// Logs a user out.
pub struct Logout {
    /// The sessions table.
    pub sessions: Sessions,
    /// Verifies refresh tokens.
    pub refresh_tokens: RefreshTokens,
}

impl Logout {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self { sessions: deps.sessions()?, refresh_tokens: refresh_tokens(deps).await? })
    }
}

impl Endpoint for Logout {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let token = read_token(request)?;
        // A used token also ends its session: whoever holds it may end the session.
        if let Some(claims) = self.refresh_tokens.verify(&token) {
            self.sessions.end(&claims.user_id, &claims.session_id).await?;
        }
        Ok(Reply::no_content())
    }
}
