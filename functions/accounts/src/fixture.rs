//! Fixture for the tests of this service: its stores on one in-process DynamoDB, queues in memory, and fixed keys.

mod aws;

use std::ops::Deref;
use std::sync::Arc;

use aws_types::SdkConfig;
use serde_json::Value;
use souk_auth::{one_time, password, totp};
use souk_domain::account::{Account, CallerKind, Email};
use souk_domain::effects::Clock;
use souk_domain::ids::{SessionId, UserId};
use souk_domain::mail::MailRequest;
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;
use souk_fixtures::Stores;
use souk_fixtures::identity::{Identity, PASSWORD};
use souk_runtime::http::{Problem, Reply, Request};
use souk_runtime::queues::MailQueue;
use souk_store::{
    ClaimOutcome, Credential, CredentialOutcome, GrantOutcome, OneTimeToken, REGISTRATION_SECONDS, Registration,
    Session, StaffGrant, TokenPurpose,
};
use souk_testkit::{Database, FixedClock, SeededRandom};

pub(crate) use souk_fixtures::outcome;

use crate::own_account::OwnAccounts;
use crate::pending_accounts::PendingAccounts;

use aws::Aws;

/// A shop. [`Identity`] issues its tokens.
pub(crate) struct Fixture {
    identity: Identity,
    /// The AWS of the shop. It records calls, and fails them if a test asks for that.
    pub(crate) aws: Aws,
    /// The configuration of its AWS clients.
    pub(crate) sdk: SdkConfig,
    /// Its tables.
    pub(crate) database: Database,
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
        let aws = Aws::new(&database);
        let sdk = aws.sdk_config(&database);
        let stores = Stores::with_client(&aws_sdk_dynamodb::Client::new(&sdk), &database, random.clone());
        Self { identity: Identity::new(stores, Arc::new(FixedClock::new()), random), aws, sdk, database }
    }

    /// Starts with the account of `ann@example.com`.
    pub(crate) async fn with_account() -> Self {
        let shop = Self::start().await;
        shop.claim(&email(), PASSWORD).await;
        shop
    }

    /// Creates an account with a verified address.
    pub(crate) async fn claim(&self, email: &Email, password: &str) -> UserId {
        let now = self.clock.now();
        let user_id = UserId::new(now, &*self.random);
        let account = Account {
            user_id: user_id.clone(),
            email: email.clone(),
            verified_at: now,
            created_at: now,
            guest_ids: Vec::new(),
        };
        let credential = Credential::new(email.clone(), user_id.clone(), self.hash(password));
        let claimed = self.stores.accounts.claim(&self.stores.credentials, &account, &credential).await;
        assert_eq!(claimed.expect("written"), ClaimOutcome::Claimed);
        user_id
    }

    pub(crate) fn hash(&self, password: &str) -> String {
        password::hash(password, &*self.random).expect("hashed")
    }

    /// Creates a pending account.
    pub(crate) async fn pending(&self, email: &Email, password: &str) -> UserId {
        let now = self.clock.now();
        let registration = Registration {
            email: email.clone(),
            user_id: UserId::new(now, &*self.random),
            password_hash: self.hash(password),
            created_at: now,
            guest_ids: Vec::new(),
            expires_at: now.plus_seconds(REGISTRATION_SECONDS).as_seconds(),
        };
        self.stores.registrations.put(&registration).await.expect("stored");
        registration.user_id
    }

    /// Stores a one-time token of a mail and returns it as in the link.
    pub(crate) async fn link(&self, purpose: TokenPurpose, user_id: Option<&UserId>, version: Option<u64>) -> String {
        let token = one_time::new_token(&*self.random);
        let expires_at = self.clock.now().plus_seconds(3_600);
        let stored = OneTimeToken {
            user_id: user_id.cloned(),
            credentials_version: version,
            ..OneTimeToken::new(token.hash, purpose, email(), expires_at)
        };
        self.stores.one_time_tokens.create(&stored).await.expect("stored");
        token.token
    }

    pub(crate) async fn credential(&self) -> Credential {
        self.stores.credentials.get(&email()).await.expect("read").expect("an account")
    }

    /// The account of `ann@example.com`.
    pub(crate) async fn account(&self) -> Account {
        let user_id = self.credential().await.user_id;
        self.stores.accounts.get(&user_id).await.expect("read").expect("an account")
    }

    pub(crate) async fn grant(&self, roles: &[Role], expires_at: Option<Timestamp>) {
        let user_id = self.credential().await.user_id;
        let granted_at = self.clock.now();
        let roles = roles.to_vec();
        let grant = StaffGrant { user_id, email: email(), roles, expires_at, granted_by: None, granted_at };
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

    /// The current code of the second factor, also of one that is not confirmed.
    pub(crate) async fn code(&self) -> String {
        let second_factor = self.credential().await.totp.expect("a second factor");
        totp::code_at(&second_factor.secret, self.clock.now()).expect("a code")
    }

    /// Whether the stored password of `ann@example.com` is this one.
    pub(crate) async fn has_password(&self, password: &str) -> bool {
        password::verify(password, Some(&self.credential().await.password_hash)).expect("verified")
    }

    /// Starts a session of a user. One with the user's id is that of requests of [`Request::from_user`].
    pub(crate) async fn start_session(&self, user_id: &UserId, kind: CallerKind, session_id: SessionId) {
        let now = self.clock.now();
        let session = Session {
            user_id: user_id.clone(),
            session_id,
            kind,
            created_at: now,
            expires_at: now.plus_seconds(1_000_000).as_seconds(),
            rotation: 0,
            rotated_at: now,
            device: Some("a phone".to_owned()),
            pending_email: None,
            staff: None,
            second_factor: false,
        };
        self.stores.sessions.create(&session).await.expect("created");
    }

    /// Starts the session of requests of [`Request::from_user`] and another one.
    pub(crate) async fn start_two_sessions(&self, user_id: &UserId, kind: CallerKind) -> (SessionId, SessionId) {
        let current: SessionId = user_id.as_str().parse().expect("an id");
        let other = SessionId::new(self.clock.now(), &*self.random);
        self.start_session(user_id, kind, current.clone()).await;
        self.start_session(user_id, kind, other.clone()).await;
        (current, other)
    }

    /// The ids of the active sessions of a user.
    pub(crate) async fn session_ids(&self, user_id: &UserId) -> Vec<SessionId> {
        let sessions = self.stores.sessions.list(user_id, self.clock.now()).await.expect("read");
        sessions.into_iter().map(|session| session.session_id).collect()
    }

    pub(crate) fn own_accounts(&self) -> OwnAccounts {
        OwnAccounts { accounts: self.stores.accounts.clone(), credentials: self.stores.credentials.clone() }
    }

    pub(crate) fn pending_accounts(&self) -> PendingAccounts {
        let Stores { registrations, sessions, .. } = self.stores.clone();
        PendingAccounts { registrations, sessions, clock: self.clock.clone() }
    }

    pub(crate) fn mail_queue(&self) -> MailQueue {
        MailQueue::new(&self.sdk, "https://queues/mail")
    }

    /// The mails that were requested since the last call.
    pub(crate) fn mails(&self) -> Vec<MailRequest> {
        let messages = self.aws.take_messages("mail").into_iter();
        messages.map(|message| serde_json::from_value(message).expect("a request for a mail")).collect()
    }
}

pub(crate) fn email() -> Email {
    "ann@example.com".parse().expect("an address")
}

pub(crate) fn request(method: &str, body: &Value) -> Request {
    Request::new(method, "/").with_json(&body.to_string())
}

/// The parts of a response that could reveal an account: its status, and its body without ids and tokens.
pub(crate) fn shape(answer: Result<Reply, Problem>) -> (u16, Vec<String>) {
    match answer {
        Ok(reply) if reply.body().is_empty() => (reply.status(), Vec::new()),
        Ok(reply) => {
            let body = reply.body_json();
            (reply.status(), body.as_object().into_iter().flat_map(|members| members.keys().cloned()).collect())
        }
        Err(problem) => {
            let reply = problem.into_reply("request-1");
            (reply.status(), vec![reply.body().to_owned()])
        }
    }
}
