//! The HTTP API's authorizer of staff routes, account routes and payments: verifies the access token, and reads its
//! session. The API does not cache its answer, so a session that has ended is refused at once, and so is a member of
//! staff whose roles have changed: a change of roles ends the account's sessions.
//!
//! On staff routes it also reads the grant, at the same time. Many functions write sessions, few write grants, so a
//! session alone gives no permission: the caller has those permissions that both give. Whether there is a session, and
//! whether its log-in used a second factor, only the session says.

use std::sync::Arc;

use souk_auth::{AccessTokenVerifier, Caller};
use souk_domain::effects::Clock;
use souk_domain::permission::Permissions;
use souk_domain::time::Timestamp;
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};
use souk_store::{Session, Sessions, StaffGrant, StaffGrants, StoreError};

use crate::authorizer_event::{AuthorizerRequest, AuthorizerResponse, Context, log, verify};
use crate::key_store::access_token_verifier;

/// Verifies access tokens and their sessions for the API.
pub struct SessionAuthorizer {
    /// The keys that verify tokens.
    pub tokens: AccessTokenVerifier,
    /// The sessions table.
    pub sessions: Sessions,
    /// The table of staff grants.
    pub grants: StaffGrants,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl SessionAuthorizer {
    /// With the verification keys of the shop.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        let tokens = access_token_verifier(deps).await?;
        Ok(Self { tokens, sessions: deps.sessions()?, grants: deps.staff_grants()?, clock: deps.clock() })
    }
}

impl DirectHandler for SessionAuthorizer {
    type Request = AuthorizerRequest;
    type Response = AuthorizerResponse;

    async fn handle(&self, request: AuthorizerRequest, _: Timestamp) -> Result<AuthorizerResponse, Error> {
        let context = match verify(&request, &self.tokens).await {
            Ok(caller) => self.context(&caller, request.is_for_staff()).await,
            Err(refused) => refused,
        };
        log("session-authorizer", &context);
        Ok(context.into())
    }
}

impl SessionAuthorizer {
    async fn context(&self, caller: &Caller, is_for_staff: bool) -> Context {
        self.read(caller, is_for_staff).await.unwrap_or_else(|error| {
            tracing::error!(function = "session-authorizer", %error, "the session or the grant cannot be read");
            Context::refused("unavailable")
        })
    }

    async fn read(&self, caller: &Caller, is_for_staff: bool) -> Result<Context, StoreError> {
        let now = self.clock.now();
        if !is_for_staff {
            let session = self.session(caller, now).await?;
            return Ok(session.map_or(Context::refused("session_ended"), |session| {
                Context::of_session(caller, Permissions::NONE, session.second_factor)
            }));
        }
        let grant = self.grants.get_eventually_consistent(&caller.user_id);
        let (session, grant) = tokio::try_join!(self.session(caller, now), grant)?;
        let Some(session) = session else { return Ok(Context::refused("session_ended")) };
        let permissions = self.permissions(&session, grant.as_ref(), now).await?;
        Ok(Context::of_session(caller, permissions, session.second_factor))
    }

    /// One eventually consistent read finds a session that began a moment ago in almost every case. If it finds none, a
    /// consistent read decides, so that nobody is refused right after the log-in.
    async fn session(&self, caller: &Caller, now: Timestamp) -> Result<Option<Session>, StoreError> {
        for consistent in [false, true] {
            let session = self.sessions.get(&caller.user_id, &caller.session_id, consistent).await?;
            if let Some(session) = session.filter(|session| session.is_active(now)) {
                return Ok(Some(session));
            }
        }
        Ok(None)
    }

    /// The permissions that session and grant give. A grant that gives less than the session may be an old copy, so a
    /// consistent read decides.
    async fn permissions(
        &self,
        session: &Session,
        grant: Option<&StaffGrant>,
        now: Timestamp,
    ) -> Result<Permissions, StoreError> {
        let of_session = session.permissions(now);
        let both = |grant: Option<&StaffGrant>| {
            grant.map_or(Permissions::NONE, |grant| grant.permissions(now)).intersection(of_session)
        };
        if both(grant) == of_session {
            return Ok(of_session);
        }
        Ok(both(self.grants.get(&session.user_id).await?.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_domain::permission::{Permission, Role};
    use souk_runtime::http::Endpoint;
    use souk_store::{GrantOutcome, StaffSession};

    use super::*;
    use crate::fixture::{Fixture, post, refresh_body};

    /// Asks for a staff route.
    async fn ask(shop: &Fixture, session: &Value) -> Value {
        ask_for(shop, session, "GET /admin/orders").await
    }

    async fn ask_for(shop: &Fixture, session: &Value, route: &str) -> Value {
        let authorizer = SessionAuthorizer {
            tokens: shop.verifier().await,
            sessions: shop.stores.sessions.clone(),
            grants: shop.stores.staff_grants.clone(),
            clock: shop.clock.clone(),
        };
        let header = format!("Bearer {}", session["token"].as_str().expect("a token"));
        let request = AuthorizerRequest { identity_source: vec![header], route_key: route.to_owned() };
        let response = authorizer.handle(request, Timestamp::from_millis(0));
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
    async fn a_session_that_claims_permissions_has_only_those_of_the_grant() {
        let shop = Fixture::with_account().await;
        let session = shop.logged_in().await;
        let caller = shop.caller(&session).await;
        // What a function writes that may put sessions, and no grants.
        let stored = shop.stores.sessions.get(&caller.user_id, &caller.session_id, true).await.expect("read");
        let all = Permissions::of(&Permission::ALL);
        let staff = Some(StaffSession { permissions: all, expires_at: None });
        let forged = Session { staff, second_factor: true, ..stored.expect("a session") };
        let forge = async || shop.stores.sessions.create(&forged).await.expect("written");
        forge().await;
        assert_eq!(ask(&shop, &session).await["permissions"], Value::Null);
        shop.grant(&[Role::Stock]).await;
        forge().await;
        assert_eq!(ask(&shop, &session).await["permissions"], "catalogue:read stock:read stock:write");
        shop.grant_until(&[Role::Stock], shop.clock.now().plus_seconds(60)).await;
        shop.clock.advance_seconds(60);
        assert_eq!(ask(&shop, &session).await["permissions"], Value::Null, "the grant has ended");
    }

    #[tokio::test]
    async fn permissions_that_a_grant_does_not_give_any_more_end_with_it() {
        let shop = Fixture::with_account().await;
        shop.grant(&[Role::Stock, Role::Orders]).await;
        let session = shop.logged_in().await;
        let granted = "catalogue:read stock:read stock:write orders:read orders:write";
        assert_eq!(ask(&shop, &session).await["permissions"], granted);
        // A process that crashed before it ended the sessions.
        shop.grant(&[Role::Orders]).await;
        assert_eq!(ask(&shop, &session).await["permissions"], "stock:read orders:read orders:write");
        shop.grant(&[Role::Administrator]).await;
        assert_eq!(ask(&shop, &session).await["permissions"], granted, "new ones need a new log-in");
        let user_id = shop.credential().await.user_id;
        let (stores, email) = (&shop.stores, shop.credential().await.email);
        let deleted = stores.staff_grants.delete(&stores.credentials, &user_id, &email, None).await.expect("answered");
        assert_eq!((deleted, ask(&shop, &session).await["permissions"].is_null()), (GrantOutcome::Changed, true));
    }

    #[tokio::test]
    async fn other_routes_get_no_permissions() {
        let shop = Fixture::with_account().await;
        shop.grant(&[Role::Administrator]).await;
        let session = shop.logged_in().await;
        for route in ["GET /account", "POST /orders/{order_id}/pay", ""] {
            let context = ask_for(&shop, &session, route).await;
            assert_eq!((&context["kind"], &context["permissions"]), (&json!("shopper"), &Value::Null), "{route}");
        }
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
