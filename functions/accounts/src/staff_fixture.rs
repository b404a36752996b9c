//! Fixture for the tests of the endpoints for staff: accounts by number, with roles and sessions.

use std::ops::Deref;

use souk_domain::account::{Account, CallerKind};
use souk_domain::audit::{AuditEntry, AuditSubject};
use souk_domain::effects::Clock;
use souk_domain::ids::UserId;
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;
use souk_fixtures::save_account;
use souk_runtime::http::audit::AuditContext;
use souk_store::{AuditLog, AuditReader, GrantOutcome, Session, StaffGrant, Table};
use souk_testkit::user;

use crate::fixture::Fixture;
use crate::staff_context::StaffContext;

/// A shop with accounts by number.
pub(crate) struct Staff(Fixture);

impl Deref for Staff {
    type Target = Fixture;

    fn deref(&self) -> &Fixture {
        &self.0
    }
}

impl Staff {
    pub(crate) async fn start() -> Self {
        Self(Fixture::start().await)
    }

    /// Starts with account 1, an administrator.
    pub(crate) async fn with_administrator() -> Self {
        let shop = Self::start().await;
        shop.member(1, "ann@example.com", &[Role::Administrator], None).await;
        shop
    }

    pub(crate) fn context(&self) -> StaffContext {
        StaffContext {
            accounts: self.stores.accounts.clone(),
            credentials: self.stores.credentials.clone(),
            grants: self.stores.staff_grants.clone(),
            sessions: self.stores.sessions.clone(),
            clock: self.clock.clone(),
        }
    }

    pub(crate) fn audit(&self) -> AuditContext {
        self.audit_of("audit")
    }

    /// The audit log in a table of this name.
    pub(crate) fn audit_of(&self, table: &str) -> AuditContext {
        AuditContext { log: AuditLog::new(self.table(table)), clock: self.clock.clone(), random: self.random.clone() }
    }

    /// The entries about an account, oldest first.
    pub(crate) async fn audit_entries(&self, number: u32) -> Vec<AuditEntry> {
        self.audit_entries_of(&user(number)).await
    }

    pub(crate) async fn audit_entries_of(&self, user_id: &UserId) -> Vec<AuditEntry> {
        let subject = AuditSubject::account(user_id.as_str());
        let page = AuditReader::new(self.table("audit")).by_subject(&subject, None, 50).await.expect("read");
        page.entries.into_iter().rev().collect()
    }

    fn table(&self, name: &str) -> Table {
        Table::new(aws_sdk_dynamodb::Client::new(&self.sdk), self.database.table(name), self.random.clone())
    }

    pub(crate) async fn account(&self, number: u32, address: &str) -> Account {
        let email = address.parse().expect("an address");
        save_account(&self.stores, user(number), email, self.clock.now()).await
    }

    /// An account with roles, which may end after a number of seconds.
    pub(crate) async fn member(&self, number: u32, address: &str, roles: &[Role], ends_in: Option<i64>) -> Account {
        let account = self.account(number, address).await;
        self.grant(&account, roles, ends_in).await;
        account
    }

    pub(crate) async fn grant(&self, account: &Account, roles: &[Role], ends_in: Option<i64>) {
        let now = self.clock.now();
        let grant = StaffGrant {
            user_id: account.user_id.clone(),
            email: account.email.clone(),
            roles: roles.to_vec(),
            expires_at: ends_in.map(|seconds| now.plus_seconds(seconds)),
            granted_by: None,
            granted_at: now,
        };
        let outcome = self.stores.staff_grants.put(&self.stores.credentials, &grant, None).await.expect("written");
        assert_eq!(outcome, GrantOutcome::Changed);
    }

    /// A session of a user. Its id is that of another number.
    pub(crate) async fn session(&self, number: u32, session: u32) {
        let now: Timestamp = self.clock.now();
        let session = Session {
            user_id: user(number),
            session_id: user(session).as_str().parse().expect("an id"),
            kind: CallerKind::Shopper,
            created_at: now,
            rotation: 0,
            rotated_at: now,
            device: Some("Firefox".to_owned()),
            pending_email: None,
            staff: None,
            second_factor: true,
            expires_at: now.plus_seconds(3_600).as_seconds(),
        };
        self.stores.sessions.create(&session).await.expect("written");
    }

    pub(crate) async fn sessions_of(&self, number: u32) -> usize {
        self.stores.sessions.list(&user(number), self.clock.now()).await.expect("listed").len()
    }

    pub(crate) async fn roles(&self, number: u32) -> Option<Vec<Role>> {
        self.stores.staff_grants.get(&user(number)).await.expect("read").map(|grant| grant.roles)
    }

    /// The version of the credentials of an account.
    pub(crate) async fn version(&self, number: u32) -> u64 {
        let account = self.stores.accounts.get(&user(number)).await.expect("read").expect("an account");
        self.stores.credentials.get(&account.email).await.expect("read").expect("credentials").version
    }
}
