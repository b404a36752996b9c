//! Changes grants of roles.
//!
//! A session keeps the permissions of its login. So a change ends all sessions of the account: before, because then a
//! crash in between leaves nobody with the earlier permissions, and after, for what a login created meanwhile. A login
//! that read the earlier grant creates no session, because each change also changes the version of the credentials.
//!
//! Nobody gives away more time than the own grant has: a new grant ends with that of the administrator who makes it, at the
//! latest. Otherwise an administrator for a week could stay one with a second account.

use std::sync::Arc;

use souk_domain::account::Account;
use souk_domain::effects::Clock;
use souk_domain::ids::UserId;
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_store::{Accounts, Credentials, GrantOutcome, Sessions, StaffGrant, StaffGrants};

use crate::administrators::{GrantError, earlier_end, is_extended, is_leaving, still_administrator, who_stays};

/// Maximum attempts to change a grant while the administrators change.
const MAX_ATTEMPTS: u32 = 3;

/// Dependencies of changes of grants.
#[derive(Clone)]
pub struct StaffContext {
    /// The accounts table.
    pub accounts: Accounts,
    /// The credentials table.
    pub credentials: Credentials,
    /// The table of staff grants.
    pub grants: StaffGrants,
    /// The sessions table.
    pub sessions: Sessions,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

/// The roles that replace the earlier ones of an account.
#[derive(Debug, Clone)]
pub(crate) struct Roles {
    /// The roles.
    pub(crate) roles: Vec<Role>,
    /// When they end.
    pub(crate) expires_at: Option<Timestamp>,
}

/// The outcome of a change of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GrantChange {
    /// The grant before.
    pub(crate) before: Option<StaffGrant>,
    /// The grant after.
    pub(crate) after: Option<StaffGrant>,
}

impl StaffContext {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            accounts: deps.accounts()?,
            credentials: deps.credentials()?,
            grants: deps.staff_grants()?,
            sessions: deps.sessions()?,
            clock: deps.clock(),
        })
    }

    /// An account with a verified address.
    pub(crate) async fn account(&self, user_id: &UserId) -> Result<Account, GrantError> {
        self.accounts.get(user_id).await?.ok_or(GrantError::NoAccount)
    }

    /// Gives an account these roles, or none, in the name of an administrator, with whose grant they end at the latest (of
    /// the operator, if it is none, who may also replace the last administrator). Idempotent.
    pub(crate) async fn change(
        &self,
        account: &Account,
        roles: Option<&Roles>,
        administrator: Option<&UserId>,
    ) -> Result<GrantChange, GrantError> {
        for _ in 0..MAX_ATTEMPTS {
            let now = self.clock.now();
            let before = self.grants.get(&account.user_id).await?;
            let asked = roles.map(|roles| new_grant(account, roles, administrator, now));
            let after = self.not_outlasting(administrator, asked.clone(), now).await?;
            let stays = self.who_stays(account, before.as_ref(), after.as_ref(), administrator, now).await?;
            if administrator == Some(&account.user_id) && changes_own(before.as_ref(), asked.as_ref(), now) {
                return Err(GrantError::OwnGrant);
            }
            self.sessions.end_all(&account.user_id, None).await?;
            let other = stays.as_ref().map(|grant| still_administrator(grant, now));
            let outcome = match &after {
                Some(grant) => self.grants.put(&self.credentials, grant, other).await?,
                None if before.is_none() => GrantOutcome::NotGranted,
                None => self.grants.delete(&self.credentials, &account.user_id, &account.email, other).await?,
            };
            match outcome {
                // `NotGranted`: deleted before, possibly by this request, whose response to the SDK was lost.
                GrantOutcome::Changed | GrantOutcome::NotGranted => {
                    self.sessions.end_all(&account.user_id, None).await?;
                    return Ok(GrantChange { before, after });
                }
                GrantOutcome::AccountNotFound => return Err(GrantError::NoAccount),
                GrantOutcome::NoOtherAdministrator => {}
            }
        }
        Err(GrantError::Busy)
    }

    /// A grant that ends with that of the administrator who makes it, at the latest.
    async fn not_outlasting(
        &self,
        administrator: Option<&UserId>,
        grant: Option<StaffGrant>,
        now: Timestamp,
    ) -> Result<Option<StaffGrant>, GrantError> {
        let Some(grant) = grant else { return Ok(None) };
        let Some(administrator) = administrator else { return Ok(Some(grant)) };
        let end = self.administrator(administrator, now).await?.expires_at;
        Ok(Some(StaffGrant { expires_at: earlier_end(grant.expires_at, end), ..grant }))
    }

    /// The grant of an administrator, who must still be one.
    pub(crate) async fn administrator(&self, user_id: &UserId, now: Timestamp) -> Result<StaffGrant, GrantError> {
        let grant = self.grants.get(user_id).await?.filter(|grant| grant.is_administrator(now));
        grant.ok_or(GrantError::NoAdministrator)
    }

    async fn who_stays(
        &self,
        account: &Account,
        before: Option<&StaffGrant>,
        after: Option<&StaffGrant>,
        administrator: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Option<StaffGrant>, GrantError> {
        if administrator.is_none() {
            return Ok(None);
        }
        who_stays(&self.grants, &account.user_id, before, after, now).await
    }
}

/// Whether a change of the own grant is one that another administrator has to make.
fn changes_own(before: Option<&StaffGrant>, after: Option<&StaffGrant>, now: Timestamp) -> bool {
    is_leaving(before, after, now) || is_extended(before, after, now)
}

fn new_grant(account: &Account, roles: &Roles, administrator: Option<&UserId>, now: Timestamp) -> StaffGrant {
    StaffGrant {
        user_id: account.user_id.clone(),
        email: account.email.clone(),
        roles: roles.roles.clone(),
        expires_at: roles.expires_at,
        granted_by: administrator.cloned(),
        granted_at: now,
    }
}
