//! `DELETE /account/sessions/{session_id}`: ends one session of the caller.

use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_domain::ids::SessionId;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Sessions;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("end-session", "DELETE /account/sessions/{session_id}", Caller::Guest, Tag::Accounts)
        .checks_session()
        .summary("Ends one session of the account")
        .description(
            "Also the session of this request. Staff endpoints, account endpoints and payments refuse access tokens \
             of an ended session at once. The others accept them until they expire: at most 16 minutes after they \
             were issued.",
        )
        .repeated("404 `not_found`: it has ended.")
        .answers_empty(204, "The session has ended.")
}

/// Ends a session.
pub struct EndSession {
    /// The sessions table.
    pub sessions: Sessions,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl EndSession {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { sessions: deps.sessions()?, clock: deps.clock() })
    }
}

impl Endpoint for EndSession {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.user()?;
        let session_id: SessionId = request.path_id("session_id", "session")?;
        // The key begins with the caller's id, so a caller cannot end another user's session.
        let session = self.sessions.get(&caller.user_id, &session_id, true).await?;
        if session.is_none_or(|session| !session.is_active(self.clock.now())) {
            return Err(Problem::not_found("session"));
        }
        self.sessions.end(&caller.user_id, &session_id).await?;
        Ok(Reply::no_content())
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::account::CallerKind;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn delete(session_id: &str) -> Request {
        Request::new("DELETE", "/account/sessions/x").from_user(user(1)).with_path("session_id", session_id)
    }

    #[tokio::test]
    async fn one_session_of_the_caller_ends() {
        let shop = Fixture::start().await;
        let endpoint = EndSession { sessions: shop.stores.sessions.clone(), clock: shop.clock.clone() };
        let (current, other) = shop.start_two_sessions(&user(1), CallerKind::Shopper).await;
        let (_, of_another) = shop.start_two_sessions(&user(2), CallerKind::Shopper).await;
        assert_eq!(outcome(&endpoint.handle(&delete(other.as_str())).await), (204, ""));
        assert_eq!(shop.session_ids(&user(1)).await, std::slice::from_ref(&current));
        for unknown in [other.as_str(), of_another.as_str(), "x"] {
            assert_eq!(outcome(&endpoint.handle(&delete(unknown)).await), (404, "not_found"), "{unknown}");
        }
        assert_eq!(shop.session_ids(&user(2)).await.len(), 2);
        assert_eq!(outcome(&endpoint.handle(&delete(current.as_str()).from_guest(user(1))).await), (204, ""));
        assert!(shop.session_ids(&user(1)).await.is_empty());
    }

    #[tokio::test]
    async fn an_expired_session_is_unknown() {
        let shop = Fixture::start().await;
        let endpoint = EndSession { sessions: shop.stores.sessions.clone(), clock: shop.clock.clone() };
        let (_, other) = shop.start_two_sessions(&user(1), CallerKind::Shopper).await;
        shop.clock.advance_seconds(1_000_000);
        assert_eq!(outcome(&endpoint.handle(&delete(other.as_str())).await), (404, "not_found"));
    }
}
