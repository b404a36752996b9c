//! Fixture for the tests of this service: its stores on one in-process DynamoDB and a fixed signing key.

use std::sync::Arc;

use souk_auth::{AccessTokens, KeyFuture, KeySet, KeySource, SigningKey};
use souk_domain::account::{Email, Role};
use souk_fixtures::Stores;
use souk_runtime::http::{Endpoint, Request};
use souk_store::{Limits, RoleChangeOutcome, Sessions, Users};
use souk_testkit::{Database, FixedClock, SeededRandom};

pub(crate) use souk_fixtures::outcome;

use crate::SessionContext;
use crate::login::Login;
use crate::refresh::Refresh;
use crate::register::Register;

const ACCOUNT: &str = r#"{"email": "ann@example.com", "password": "correct horse"}"#;

pub(crate) struct Fixture {
    pub(crate) users: Users,
    pub(crate) sessions: Sessions,
    pub(crate) clock: Arc<FixedClock>,
    limits: Limits,
    random: Arc<SeededRandom>,
}

struct FixedKeys;

impl KeySource for FixedKeys {
    fn read(&self) -> KeyFuture<'_> {
        let secret = format!(r#"{{"kid":"test","seed":"{}"}}"#, "s".repeat(64));
        Box::pin(async move { Ok(KeySet { current: SigningKey::from_secret(&secret)?, previous: None }) })
    }
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let Stores { users, sessions, limits, .. } = Stores::on(&database, random.clone());
        Self { users, sessions, limits, clock: Arc::new(FixedClock::new()), random }
    }

    /// Starts with an account.
    pub(crate) async fn with_account() -> Self {
        let shop = Self::start().await;
        assert!(shop.register().await.handle(&post(ACCOUNT)).await.is_ok());
        shop
    }

    pub(crate) async fn tokens(&self) -> AccessTokens {
        AccessTokens::load(FixedKeys, self.clock.clone(), self.random.clone()).await.expect("keys")
    }

    async fn context(&self) -> SessionContext {
        SessionContext {
            sessions: self.sessions.clone(),
            tokens: self.tokens().await,
            clock: self.clock.clone(),
            random: self.random.clone(),
        }
    }

    pub(crate) async fn register(&self) -> Register {
        Register { users: self.users.clone(), context: self.context().await }
    }

    pub(crate) async fn login(&self) -> Login {
        Login { users: self.users.clone(), limits: self.limits.clone(), context: self.context().await }
    }

    pub(crate) async fn refresh(&self) -> Refresh {
        Refresh { users: self.users.clone(), context: self.context().await }
    }

    /// Logs in and returns the response.
    pub(crate) async fn signed_in(&self) -> serde_json::Value {
        self.login().await.handle(&post(ACCOUNT)).await.expect("signed in").body_json()
    }

    pub(crate) async fn make_staff(&self) {
        let email: Email = "ann@example.com".parse().expect("an address");
        let known = self.users.credentials(&email).await.expect("read").expect("an account");
        let change = self.users.set_role(&known.user_id, &email, Role::Staff).await.expect("set");
        assert_eq!(change, RoleChangeOutcome::Changed);
    }
}

pub(crate) fn post(body: &str) -> Request {
    Request::new("POST", "/auth").with_json(body)
}

pub(crate) fn refresh_body(signed_in: &serde_json::Value) -> String {
    format!(r#"{{"refresh_token": {}}}"#, signed_in["refresh_token"])
}
