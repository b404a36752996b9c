//! Fixture for the tests of this service: its stores on one in-process DynamoDB, and fixed keys.

use std::ops::Deref;
use std::sync::Arc;

use serde_json::{Value, json};
use souk_auth::{Caller, password, totp};
use souk_domain::account::{Account, Email};
use souk_domain::effects::Clock;
use souk_domain::ids::UserId;
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;
use souk_fixtures::Stores;
use souk_fixtures::identity::{Identity, PASSWORD};
use souk_runtime::http::{Endpoint, Request};
use souk_store::{ClaimOutcome, Credential, CredentialOutcome, GrantOutcome, StaffGrant};
use souk_testkit::{Database, FixedClock, SeededRandom};

pub(crate) use souk_fixtures::outcome;

use crate::create_guest::CreateGuest;
use crate::login::Login;
use crate::logout::Logout;
use crate::refresh::Refresh;

/// A shop. [`Identity`] issues its tokens.
pub(crate) struct Fixture {
    identity: Identity,
}

impl Deref for Fixture {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.identity
    }
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let stores = Stores::on(&database, random.clone());
        Self { identity: Identity::new(stores, Arc::new(FixedClock::new()), random) }
    }

    /// Starts with the account of `ann@example.com`.
    pub(crate) async fn with_account() -> Self {
        let shop = Self::start().await;
        let now = shop.clock.now();
        let user_id = UserId::new(now, &*shop.random);
        let account = Account {
            user_id: user_id.clone(),
            email: email(),
            verified_at: now,
            created_at: now,
            guest_ids: Vec::new(),
        };
        let hash = password::hash(PASSWORD, &*shop.random).expect("hashed");
        let credential = Credential::new(email(), user_id, hash);
        let claimed = shop.stores.accounts.claim(&shop.stores.credentials, &account, &credential).await;
        assert_eq!(claimed.expect("written"), ClaimOutcome::Claimed);
        shop
    }

    pub(crate) async fn credential(&self) -> Credential {
        self.stores.credentials.get(&email()).await.expect("read").expect("an account")
    }

    pub(crate) async fn grant(&self, roles: &[Role]) {
        self.put_grant(roles, None).await;
    }

    pub(crate) async fn grant_until(&self, roles: &[Role], end: Timestamp) {
        self.put_grant(roles, Some(end)).await;
    }

    async fn put_grant(&self, roles: &[Role], expires_at: Option<Timestamp>) {
        let user_id = self.credential().await.user_id;
        let granted_at = self.clock.now();
        let grant =
            StaffGrant { user_id, email: email(), roles: roles.to_vec(), expires_at, granted_by: None, granted_at };
        let outcome = self.stores.staff_grants.put(&self.stores.credentials, &grant, None).await.expect("written");
        assert_eq!(outcome, GrantOutcome::Changed);
    }

    /// Enrols a second factor, with the code of the step before the current one.
    pub(crate) async fn enrol_second_factor(&self) {
        let secret = totp::new_secret(&*self.random);
        let credentials = &self.stores.credentials;
        let seen = self.credential().await.reference();
        assert_eq!(credentials.set_pending_totp(&seen, &secret).await.expect("written"), CredentialOutcome::Changed);
        let hashes = totp::new_recovery_codes(&*self.random).hashes.into_iter().collect();
        let seen = self.credential().await.reference();
        assert_eq!(
            credentials.confirm_totp(&seen, &secret, 1, &hashes).await.expect("written"),
            CredentialOutcome::Changed
        );
    }

    /// The current code of the second factor.
    pub(crate) async fn code(&self) -> String {
        let credential = self.credential().await;
        let second_factor = credential.second_factor().expect("a second factor");
        totp::code_at(&second_factor.secret, self.clock.now()).expect("a code")
    }

    pub(crate) async fn create_guest(&self) -> CreateGuest {
        CreateGuest { attempts: self.attempts(), sessions: self.sessions().await }
    }

    pub(crate) async fn login(&self) -> Login {
        Login {
            credentials: self.stores.credentials.clone(),
            registrations: self.stores.registrations.clone(),
            accounts: self.stores.accounts.clone(),
            grants: self.stores.staff_grants.clone(),
            tokens: self.stores.one_time_tokens.clone(),
            attempts: self.attempts(),
            guests: self.guests(),
            sessions: self.sessions().await,
        }
    }

    pub(crate) async fn refresh(&self) -> Refresh {
        Refresh { sessions: self.sessions().await }
    }

    pub(crate) fn logout(&self) -> Logout {
        Logout { sessions: self.stores.sessions.clone(), refresh_tokens: self.refresh_tokens() }
    }

    /// Logs in and returns the response.
    pub(crate) async fn logged_in(&self) -> Value {
        self.login().await.handle(&post(&credentials(PASSWORD))).await.expect("logged in").body_json()
    }

    /// Logs in with a code of the second factor.
    pub(crate) async fn logged_in_with_code(&self) -> Value {
        let body = json!({"email": email(), "password": PASSWORD, "code": self.code().await});
        self.login().await.handle(&post(&body.to_string())).await.expect("logged in").body_json()
    }

    /// The caller of a session's access token.
    pub(crate) async fn caller(&self, session: &Value) -> Caller {
        let token = session["token"].as_str().expect("a token");
        self.verifier().await.verify(token).await.expect("a good token")
    }
}

pub(crate) fn email() -> Email {
    "ann@example.com".parse().expect("an address")
}

/// The body of a log-in of the account with this password.
pub(crate) fn credentials(password: &str) -> String {
    json!({"email": "ann@example.com", "password": password}).to_string()
}

pub(crate) fn post(body: &str) -> Request {
    Request::new("POST", "/auth").with_json(body)
}

pub(crate) fn refresh_body(session: &Value) -> String {
    json!({"refresh_token": session["refresh_token"]}).to_string()
}
