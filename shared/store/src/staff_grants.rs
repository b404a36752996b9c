//! Grants of roles to accounts. Each change also increments the version of the account's credentials, so that a login
//! that read the earlier grant cannot create a session.

use aws_sdk_dynamodb::types::TransactWriteItem;
use aws_sdk_dynamodb::types::builders::DeleteBuilder;
use serde::{Deserialize, Serialize};
use souk_domain::account::Email;
use souk_domain::ids::UserId;
use souk_domain::permission::{Permissions, Role};
use souk_domain::time::Timestamp;

use crate::table::{Item, Table, key, number, text};
use crate::{Credentials, StoreError};

/// The table of grants.
#[derive(Clone)]
pub struct StaffGrants {
    table: Table,
}

/// The roles of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffGrant {
    /// The account.
    pub user_id: UserId,
    /// Its address.
    pub email: Email,
    /// Its roles.
    pub roles: Vec<Role>,
    /// From this time on the grant has no effect. Stored as `valid_until`, because `expires_at` is the TTL of other
    /// tables and a grant must stay on record.
    #[serde(default, rename = "valid_until", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The administrator who granted it. None: the operator, with the function `grant-roles`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<UserId>,
    /// When it was granted.
    pub granted_at: Timestamp,
}

/// Another administrator, who must remain when one is removed. This prevents two administrators from removing each
/// other concurrently: each removal requires the grant that the other one deletes.
#[derive(Debug, Clone, Copy)]
pub struct OtherAdministrator<'a> {
    /// An administrator other than the one that the write changes.
    pub user_id: &'a UserId,
    /// The current time, for the expiry of that administrator's grant.
    pub now: Timestamp,
    /// Whether that administrator's grant must be one without an end.
    pub is_permanent: bool,
}

/// The outcome of a change of a grant. Unless it was changed, nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum GrantOutcome {
    /// The grant was written or deleted.
    Changed,
    /// No account with this id has this address.
    AccountNotFound,
    /// The account has no grant to delete.
    NotGranted,
    /// The other account is not an administrator any more.
    NoOtherAdministrator,
}

impl StaffGrant {
    /// Whether the grant has an effect.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// The permissions that it gives.
    pub fn permissions(&self, now: Timestamp) -> Permissions {
        if self.is_active(now) { Permissions::of_roles(&self.roles) } else { Permissions::NONE }
    }

    /// Whether the account may manage staff.
    pub fn is_administrator(&self, now: Timestamp) -> bool {
        self.is_active(now) && self.roles.contains(&Role::Administrator)
    }
}

impl StaffGrants {
    /// The grants of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The grant of an account, strongly consistent. It may have expired.
    pub async fn get(&self, user_id: &UserId) -> Result<Option<StaffGrant>, StoreError> {
        self.table.get(grant_key(user_id), true).await
    }

    /// The same, eventually consistent: usually as it was a second ago.
    pub async fn get_eventually_consistent(&self, user_id: &UserId) -> Result<Option<StaffGrant>, StoreError> {
        self.table.get(grant_key(user_id), false).await
    }

    /// All grants, in any order, strongly consistent. Some may have expired.
    pub async fn list(&self) -> Result<Vec<StaffGrant>, StoreError> {
        self.table.read_all().await
    }

    /// Writes the grant of an account in place of an earlier one. The account must exist, so its address is verified.
    ///
    /// If the account stops being an administrator, `other` names another one, who must still be an administrator.
    pub async fn put(
        &self,
        credentials: &Credentials,
        grant: &StaffGrant,
        other: Option<OtherAdministrator<'_>>,
    ) -> Result<GrantOutcome, StoreError> {
        let put = self.table.put_action(self.table.write(grant)?, |put| put)?;
        self.change(credentials, (&grant.user_id, &grant.email), put, other).await
    }

    /// Deletes the grant of an account.
    ///
    /// If the account is an administrator, `other` names another one, who must still be an administrator.
    pub async fn delete(
        &self,
        credentials: &Credentials,
        user_id: &UserId,
        email: &Email,
        other: Option<OtherAdministrator<'_>>,
    ) -> Result<GrantOutcome, StoreError> {
        let delete = self.delete_action(user_id, |delete| delete.condition_expression("attribute_exists(user_id)"))?;
        self.change(credentials, (user_id, email), delete, other).await
    }

    async fn change(
        &self,
        credentials: &Credentials,
        (user_id, email): (&UserId, &Email),
        change: TransactWriteItem,
        other: Option<OtherAdministrator<'_>>,
    ) -> Result<GrantOutcome, StoreError> {
        let mut actions = vec![change, credentials.next_version_action(email, user_id)?];
        if let Some(other) = other {
            actions.push(self.administrator_check(other)?);
        }
        let Err(failed) = self.table.transact(actions).await? else { return Ok(GrantOutcome::Changed) };
        Ok(match failed.first() {
            Some(0) => GrantOutcome::NotGranted,
            Some(1) => GrantOutcome::AccountNotFound,
            _ => GrantOutcome::NoOtherAdministrator,
        })
    }

    /// Deletes a grant, as an action of a transaction.
    pub(crate) fn delete_action(
        &self,
        user_id: &UserId,
        complete: impl FnOnce(DeleteBuilder) -> DeleteBuilder,
    ) -> Result<TransactWriteItem, StoreError> {
        self.table.delete_action(grant_key(user_id), complete)
    }

    /// Requires that another account is an administrator.
    pub(crate) fn administrator_check(&self, other: OtherAdministrator<'_>) -> Result<TransactWriteItem, StoreError> {
        let is_administrator = "contains(#roles, :administrator)";
        let (condition, is_timed) = if other.is_permanent {
            (format!("{is_administrator} AND attribute_not_exists(valid_until)"), false)
        } else {
            (format!("{is_administrator} AND (attribute_not_exists(valid_until) OR valid_until > :now)"), true)
        };
        self.table.check_action(grant_key(other.user_id), |check| {
            let check = check
                .condition_expression(condition)
                .expression_attribute_names("#roles", "roles") // a reserved word
                .expression_attribute_values(":administrator", text(Role::Administrator.as_str()));
            if is_timed { check.expression_attribute_values(":now", number(other.now.as_millis())) } else { check }
        })
    }
}

fn grant_key(user_id: &UserId) -> Item {
    key([("user_id", user_id.as_str())])
}
