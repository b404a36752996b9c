//! `GET /account/sessions`: the sessions of the caller, so that a user can recognise a stranger's.

use std::cmp::Reverse;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::effects::Clock;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Sessions;

/// Most sessions in a response. No person has more devices.
const MAX_LISTED: usize = 100;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("list-sessions", "GET /account/sessions", Caller::Guest, Tag::Accounts)
        .checks_session()
        .summary("Lists the sessions of the account")
        .description("The last used ones first, at most 100.")
        .answers::<ListSessionsResponse<'_>>(200, "The sessions that have not ended.")
}

/// The sessions of an account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SessionList")]
struct ListSessionsResponse<'a> {
    /// The last used one first.
    sessions: Vec<SessionItem<'a>>,
}

/// A session in a list: one log-in on one device.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ListedSession")]
struct SessionItem<'a> {
    /// The id of the session.
    session_id: &'a str,
    /// When it began.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When its tokens were issued last.
    #[schemars(extend("format" = "date-time"))]
    last_used_at: String,
    /// The `User-Agent` of the client at the log-in; null if it sent none.
    device: Option<&'a str>,
    /// Whether it is the session of this request.
    current: bool,
}

/// Lists sessions.
pub struct ListSessions {
    /// The sessions table.
    pub sessions: Sessions,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl ListSessions {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { sessions: deps.sessions()?, clock: deps.clock() })
    }
}

impl Endpoint for ListSessions {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.user()?;
        let mut sessions = self.sessions.list(&caller.user_id, self.clock.now()).await?;
        sessions.sort_by_key(|session| Reverse(session.rotated_at));
        let items = sessions.iter().take(MAX_LISTED).map(|session| SessionItem {
            session_id: session.session_id.as_str(),
            created_at: session.created_at.to_rfc3339(),
            last_used_at: session.rotated_at.to_rfc3339(),
            device: session.device.as_deref(),
            current: session.session_id == caller.session_id,
        });
        Ok(Reply::ok(&ListSessionsResponse { sessions: items.collect() }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_domain::account::CallerKind;
    use souk_domain::ids::SessionId;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    #[tokio::test]
    async fn the_callers_sessions_are_listed_and_the_current_one_is_marked() {
        let shop = Fixture::start().await;
        let endpoint = ListSessions { sessions: shop.stores.sessions.clone(), clock: shop.clock.clone() };
        let (current, other) = shop.start_two_sessions(&user(1), CallerKind::Shopper).await;
        shop.start_two_sessions(&user(2), CallerKind::Shopper).await;
        shop.clock.advance_seconds(60);
        let now = shop.clock.now();
        let end = now.plus_seconds(1_000).as_seconds();
        let _ = shop.stores.sessions.rotate(&user(1), &other, 0, now, end).await.expect("rotated");
        let get = Request::new("GET", "/account/sessions");
        let reply = endpoint.handle(&get.clone().from_user(user(1))).await.expect("listed");
        let item = |id: &SessionId, last_used_at: &str, current: bool| {
            json!({
                "session_id": id, "created_at": "2026-11-24T06:57:00.000Z", "last_used_at": last_used_at,
                "device": "a phone", "current": current,
            })
        };
        let expected =
            [item(&other, "2026-11-24T06:58:00.000Z", false), item(&current, "2026-11-24T06:57:00.000Z", true)];
        assert_eq!(reply.body_json(), json!({"sessions": expected}));

        shop.clock.advance_seconds(1_000);
        let left = endpoint.handle(&get.clone().from_guest(user(1))).await.expect("listed").body_json();
        assert_eq!(
            left["sessions"].as_array().map(Vec::len),
            Some(1),
            "expired ones are left out, and guests see theirs"
        );
        assert_eq!(outcome(&endpoint.handle(&get).await), (401, "token_required"));
    }
}
