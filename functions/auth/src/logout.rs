//! `POST /auth/logout`: ends the session of a refresh token. Idempotent: always 204.

use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::{RefreshTokenStatus, Sessions};

use crate::refresh::{EXAMPLE, RefreshTokenRequest, read_token};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("logout", "POST /auth/logout", Caller::Anyone, Tag::Accounts)
        .summary("Ends the session of a refresh token")
        .description("Access tokens of the session stay valid until they expire, 15 minutes after they were issued.")
        .repeated("Nothing changes: the session has already ended.")
        .body::<RefreshTokenRequest>(EXAMPLE)
        .answers_empty(204, "The session has ended, or there was none with this token.")
}

/// Logs a user out.
pub struct Logout {
    /// The sessions table.
    pub sessions: Sessions,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Logout {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { sessions: deps.sessions()?, clock: deps.clock() })
    }
}

impl Endpoint for Logout {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        if let Some(token) = read_token(request)? {
            // A reused token ends its session as well.
            let presented = self.sessions.check(token.family_id(), &token.hash(), self.clock.now()).await?;
            if let RefreshTokenStatus::Current(session) = presented {
                self.sessions.end(&session.family_id).await?;
            }
        }
        Ok(Reply::no_content())
    }
}
