//! `POST /auth/guest`: starts the session of a guest, who fills a cart, orders and pays without an account.

use souk_domain::ids::UserId;
use souk_identity::{Attempts, SessionIssuer, SessionResponse};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("create-guest", "POST /auth/guest", Caller::Anyone, Tag::Accounts)
        .summary("Starts the session of a guest")
        .description(
            "A guest fills a cart, orders and pays without an account. Orders of guests need a `contact`. A cart that \
             a guest leaves alone is kept for 30 days. When the guest logs in or registers with \
             `guest_refresh_token`, the cart is merged. At most 200 guests in 15 minutes for an IP address.",
        )
        .repeated("Starts the session of another guest.")
        .answers::<SessionResponse<'_>>(201, "The session of a new guest.")
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
}

/// Starts sessions of guests.
pub struct CreateGuest {
    /// Limits the guests from a network address.
    pub attempts: Attempts,
    /// Starts the session.
    pub sessions: SessionIssuer,
}

impl CreateGuest {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            attempts: Attempts::from_dependencies(deps).await?,
            sessions: SessionIssuer::from_dependencies(deps).await?,
        })
    }
}

impl Endpoint for CreateGuest {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let _ = self.attempts.count_address("guest", request).await?;
        let user_id = UserId::new(self.sessions.clock.now(), &*self.sessions.random);
        self.sessions.open_for_guest(201, user_id, request).await
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::account::CallerKind;
    use souk_identity::PER_ADDRESS;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn post() -> Request {
        Request::new("POST", "/auth/guest")
    }

    #[tokio::test]
    async fn each_guest_is_another_user() {
        let shop = Fixture::start().await;
        let create = shop.create_guest().await;
        let first = create.handle(&post()).await.expect("a guest").body_json();
        let second = create.handle(&post()).await.expect("a guest").body_json();
        assert_ne!(first["user_id"], second["user_id"]);
        assert_eq!((&first["kind"], shop.caller(&first).await.kind), (&"guest".into(), CallerKind::Guest));
    }

    #[tokio::test]
    async fn guests_are_limited_for_an_address() {
        let shop = Fixture::start().await;
        let create = shop.create_guest().await;
        for _ in 0..PER_ADDRESS.max_attempts {
            assert_eq!(outcome(&create.handle(&post()).await), (201, ""));
        }
        assert_eq!(outcome(&create.handle(&post()).await), (429, "too_many_attempts"));
    }
}
