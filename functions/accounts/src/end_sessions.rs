//! `DELETE /account/sessions`: ends all other sessions of the caller, or all of them.

use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{self, Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Sessions;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("end-sessions", "DELETE /account/sessions", Caller::Guest, Tag::Accounts)
        .checks_session()
        .summary("Ends all other sessions of the account")
        .description(
            "Staff endpoints, account endpoints and payments refuse access tokens of an ended session at once. The \
             others accept them until they expire: at most 16 minutes after they were issued.",
        )
        .query("include_current", contract::flag(), "`true` also ends the session of this request.")
        .repeated("Ends the sessions that began since. With `include_current`: 401 `session_ended`.")
        .answers_empty(204, "The sessions have ended.")
}

/// Ends sessions.
pub struct EndSessions {
    /// The sessions table.
    pub sessions: Sessions,
}

impl EndSessions {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { sessions: deps.sessions()? })
    }
}

impl Endpoint for EndSessions {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.user()?;
        let mut query = request.query();
        let include_current = query.optional_flag("include_current");
        let (include_current,) = query.finish((include_current,))?;
        let kept = Some(&caller.session_id).filter(|_| include_current != Some(true));
        self.sessions.end_all(&caller.user_id, kept).await?;
        Ok(Reply::no_content())
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::account::CallerKind;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn delete() -> Request {
        Request::new("DELETE", "/account/sessions").from_user(user(1))
    }

    #[tokio::test]
    async fn all_others_end_and_the_current_one_only_if_it_is_included() {
        let shop = Fixture::start().await;
        let endpoint = EndSessions { sessions: shop.stores.sessions.clone() };
        let (current, _) = shop.start_two_sessions(&user(1), CallerKind::Shopper).await;
        shop.start_two_sessions(&user(2), CallerKind::Shopper).await;
        for request in [delete(), delete().with_query("include_current", "false")] {
            assert_eq!(outcome(&endpoint.handle(&request).await), (204, ""));
            assert_eq!(shop.session_ids(&user(1)).await, std::slice::from_ref(&current));
        }
        let wrong = delete().with_query("include_current", "yes");
        assert_eq!(outcome(&endpoint.handle(&wrong).await), (422, "invalid_fields"));
        let all = delete().with_query("include_current", "true").from_guest(user(1));
        for _ in 0..2 {
            assert_eq!(outcome(&endpoint.handle(&all).await), (204, ""));
            assert!(shop.session_ids(&user(1)).await.is_empty());
        }
        assert_eq!(shop.session_ids(&user(2)).await.len(), 2);
    }
}
