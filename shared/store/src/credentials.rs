//! Credentials of accounts, by address: the password, the second factor, and a version that each change increments.
//!
//! Sessions are created only if the version is still the one that the login read, so a login that races with a change
//! of the password cannot leave a session behind.

mod second_factor;
mod status;

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::{Deserialize, Serialize};
use souk_domain::account::Email;
use souk_domain::ids::UserId;

use crate::StoreError;
use crate::conditional::WriteOutcome;
use crate::table::{Item, Table, key, number, text};

pub use status::CredentialStatus;

/// The credentials table.
#[derive(Clone)]
pub struct Credentials {
    table: Table,
}

/// The credentials of one account. Without `Debug`, because it would show secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The address of the account.
    pub email: Email,
    /// The account.
    pub user_id: UserId,
    /// Argon2id as a PHC string.
    pub password_hash: String,
    /// Incremented by every change of the password, the second factor or the staff grant.
    pub version: u64,
    /// The second factor, if one was set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp: Option<Totp>,
    /// Hashes of the unused recovery codes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty", with = "serde_dynamo::string_set")]
    pub recovery_codes: BTreeSet<String>,
}

/// A second factor: time-based one-time passwords (RFC 6238).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totp {
    /// The shared secret, in base32.
    pub secret: String,
    /// Whether a code of it was entered. Until then login does not ask for a code.
    pub confirmed: bool,
    /// The time step of the last code that was accepted. No code of this step or an earlier one is accepted again.
    pub last_step: u64,
}

/// Credentials as they were read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CredentialRef {
    /// The address.
    pub email: Email,
    /// The account. An address that was freed and claimed again has another.
    pub user_id: UserId,
    /// The version.
    pub version: u64,
}

/// The outcome of a change of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum CredentialOutcome {
    /// The credentials were changed and have the next version.
    Changed,
    /// They were changed or deleted since they were read. Nothing was written.
    Conflict,
}

impl Credential {
    /// Credentials of a new account, with a password only.
    pub const fn new(email: Email, user_id: UserId, password_hash: String) -> Self {
        Self { email, user_id, password_hash, version: 1, totp: None, recovery_codes: BTreeSet::new() }
    }

    /// The version that was read.
    pub fn reference(&self) -> CredentialRef {
        CredentialRef { email: self.email.clone(), user_id: self.user_id.clone(), version: self.version }
    }

    /// The second factor that login requires.
    pub fn second_factor(&self) -> Option<&Totp> {
        self.totp.as_ref().filter(|totp| totp.confirmed)
    }
}

impl Credentials {
    /// The credentials of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The credentials for an address, strongly consistent.
    pub async fn get(&self, email: &Email) -> Result<Option<Credential>, StoreError> {
        self.table.get(credential_key(email), true).await
    }

    /// Changes the password if the credentials have the version that was read.
    pub async fn change_password(
        &self,
        seen: &CredentialRef,
        password_hash: &str,
    ) -> Result<CredentialOutcome, StoreError> {
        let request = self
            .table
            .update(credential_key(&seen.email))
            .update_expression("SET password_hash = :hash, version = version + :one")
            .condition_expression("user_id = :user AND version = :seen")
            .expression_attribute_values(":hash", text(password_hash))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":user", text(&seen.user_id))
            .expression_attribute_values(":seen", number(seen.version));
        // A hash has a random salt. If this one is stored, the SDK sent the request again after a response was lost.
        self.changed(request, |stored| stored.password_hash == password_hash).await
    }

    /// Replaces the hash of an unchanged password by one with other parameters. The version stays. `false` if the
    /// password was changed since.
    pub async fn upgrade_hash(&self, email: &Email, old_hash: &str, new_hash: &str) -> Result<bool, StoreError> {
        let request = self
            .table
            .update(credential_key(email))
            .update_expression("SET password_hash = :new")
            .condition_expression("password_hash = :old")
            .expression_attribute_values(":new", text(new_hash))
            .expression_attribute_values(":old", text(old_hash));
        Ok(self.changed(request, |stored| stored.password_hash == new_hash).await? == CredentialOutcome::Changed)
    }

    /// Sends a change. `is_repeated` finds out from the stored credentials whether this change was written before.
    async fn changed(
        &self,
        request: aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder,
        is_repeated: impl FnOnce(&Credential) -> bool + Send,
    ) -> Result<CredentialOutcome, StoreError> {
        Ok(match self.table.update_if::<Credential>(request).await? {
            WriteOutcome::Written(_) => CredentialOutcome::Changed,
            WriteOutcome::Refused(Some(stored)) if is_repeated(&stored) => CredentialOutcome::Changed,
            WriteOutcome::Refused(_) => CredentialOutcome::Conflict,
        })
    }

    /// Creates credentials if no account has the address.
    pub(crate) fn insert_action(&self, credential: &Credential) -> Result<TransactWriteItem, StoreError> {
        let item = self.table.write(credential)?;
        self.table.put_action(item, |put| put.condition_expression("attribute_not_exists(email)"))
    }

    /// Deletes the credentials of an account, if they exist. Fails if another account has the address.
    pub(crate) fn delete_action(&self, email: &Email, user_id: &UserId) -> Result<TransactWriteItem, StoreError> {
        self.table.delete_action(credential_key(email), |delete| {
            delete
                .condition_expression("attribute_not_exists(email) OR user_id = :user")
                .expression_attribute_values(":user", text(user_id))
        })
    }

    /// Increments the version of the credentials of an account.
    pub(crate) fn next_version_action(&self, email: &Email, user_id: &UserId) -> Result<TransactWriteItem, StoreError> {
        self.table.update_action(credential_key(email), |update| {
            update
                .update_expression("SET version = version + :one")
                .condition_expression("user_id = :user")
                .expression_attribute_values(":one", number(1))
                .expression_attribute_values(":user", text(user_id))
        })
    }

    /// Requires the version that was read.
    pub(crate) fn unchanged_check(&self, seen: &CredentialRef) -> Result<TransactWriteItem, StoreError> {
        self.table.check_action(credential_key(&seen.email), |check| {
            check
                .condition_expression("user_id = :user AND version = :seen")
                .expression_attribute_values(":user", text(&seen.user_id))
                .expression_attribute_values(":seen", number(seen.version))
        })
    }
}

fn credential_key(email: &Email) -> Item {
    key([("email", email.as_str())])
}
