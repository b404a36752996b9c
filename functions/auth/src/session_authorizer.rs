//! The HTTP API's authorizer of staff routes, account routes and payments: verifies the access token, and reads its
//! session. The API does not cache the response, so a session that has ended is refused at once. A change of roles ends
//! the sessions of the account, so it takes effect at once as well.

use std::sync::Arc;

use souk_auth::{AccessTokenVerifier, Caller};
use souk_domain::effects::Clock;
use souk_domain::time::Timestamp;
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};
use souk_store::{Sessions, StoreError};

use crate::authorizer_event::{AuthorizerRequest, AuthorizerResponse, Context, log, verify};
use crate::key_store::access_token_verifier;

/// Verifies access tokens and their sessions for the API.
pub struct SessionAuthorizer {
    /// The keys that verify tokens.
    pub tokens: AccessTokenVerifier,
    /// The sessions table.
    pub sessions: Sessions,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl SessionAuthorizer {
    /// With the verification keys of the shop.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        let tokens = access_token_verifier(deps).await?;
        Ok(Self { tokens, sessions: deps.sessions()?, clock: deps.clock() })
    }
}

impl DirectHandler for SessionAuthorizer {
    type Request = AuthorizerRequest;
    type Response = AuthorizerResponse;

    async fn handle(&self, request: AuthorizerRequest, _: Timestamp) -> Result<AuthorizerResponse, Error> {
        let context = match verify(&request, &self.tokens).await {
            Ok(caller) => self.context(&caller).await,
            Err(refused) => refused,
        };
        log("session-authorizer", &context);
        Ok(context.into())
    }
}

impl SessionAuthorizer {
    /// An eventually consistent read almost always finds a session that has just begun. If it finds none, a strongly
    /// consistent read decides, so that nobody is refused right after the log-in.
    async fn context(&self, caller: &Caller) -> Context {
        let now = self.clock.now();
        let (user_id, session_id) = (&caller.user_id, &caller.session_id);
        let read = async |consistent| {
            let session = self.sessions.get(user_id, session_id, consistent).await?;
            Ok::<_, StoreError>(session.filter(|session| session.is_active(now)))
        };
        let found = match read(false).await {
            Ok(None) => read(true).await,
            found => found,
        };
        match found {
            Ok(Some(session)) => Context::of_session(caller, session.permissions(now), session.second_factor),
            Ok(None) => Context::refused("session_ended"),
            Err(error) => {
                tracing::error!(function = "session-authorizer", %error, "the session cannot be read");
                Context::refused("unavailable")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_domain::permission::Role;
    use souk_runtime::http::Endpoint;

    use super::*;
    use crate::fixture::{Fixture, post, refresh_body};

    async fn ask(shop: &Fixture, session: &Value) -> Value {
        let authorizer = SessionAuthorizer {
            tokens: shop.verifier().await,
            sessions: shop.stores.sessions.clone(),
            clock: shop.clock.clone(),
        };
        let header = format!("Bearer {}", session["token"].as_str().expect("a token"));
        let response =
            authorizer.handle(AuthorizerRequest { identity_source: vec![header] }, Timestamp::from_millis(0));
        serde_json::to_value(response.await.expect("a response")).expect("JSON")["context"].clone()
    }

    #[tokio::test]
    async fn a_session_that_has_ended_is_refused_at_once() {
        let shop = Fixture::with_account().await;
        let session = shop.logged_in().await;
        assert_eq!(ask(&shop, &session).await["kind"], "shopper");
        shop.logout().handle(&post(&refresh_body(&session))).await.expect("logged out");
        assert_eq!(ask(&shop, &session).await, json!({"token_problem": "session_ended"}));
    }

    #[tokio::test]
    async fn permissions_and_the_second_factor_come_from_the_session() {
        let shop = Fixture::with_account().await;
        shop.grant(&[Role::Support]).await;
        let without = ask(&shop, &shop.logged_in().await).await;
        assert_eq!(
            (&without["permissions"], &without["second_factor"]),
            (&json!("catalogue:read stock:read orders:read accounts:read"), &json!("no"))
        );
        shop.enrol_second_factor().await;
        let with = ask(&shop, &shop.logged_in_with_code().await).await;
        assert_eq!(with["second_factor"], "yes");
    }

    #[tokio::test]
    async fn permissions_end_after_a_working_day() {
        let shop = Fixture::with_account().await;
        shop.grant(&[Role::Stock]).await;
        let session = shop.logged_in().await;
        for seconds in [12 * 60 * 60 - 1, 1] {
            shop.clock.advance_seconds(seconds);
            let session = shop.refresh().await.handle(&post(&refresh_body(&session))).await.expect("refreshed");
            let permissions = ask(&shop, &session.body_json()).await["permissions"].clone();
            assert_eq!(permissions.is_null(), seconds == 1, "{permissions}");
        }
    }

    #[tokio::test]
    async fn permissions_end_with_the_grant() {
        let shop = Fixture::with_account().await;
        shop.grant_until(&[Role::Stock], shop.clock.now().plus_seconds(60)).await;
        let session = shop.logged_in().await;
        assert_ne!(ask(&shop, &session).await["permissions"], Value::Null);
        shop.clock.advance_seconds(60);
        assert_eq!(ask(&shop, &session).await["permissions"], Value::Null);
    }
}
