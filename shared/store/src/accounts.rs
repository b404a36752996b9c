//! Accounts: shoppers with a verified address. The credentials are in another table, by the address, which makes the
//! address unique and serves login with one read. An account that is not verified yet is a [`crate::Registration`].

use aws_sdk_dynamodb::types::TransactWriteItem;
use souk_domain::account::Account;
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;

use crate::guest_ids::link_guest;
use crate::staff_grants::OtherAdministrator;
use crate::table::{Item, Table, key};
use crate::{Credential, Credentials, GuestLinkOutcome, Registration, Registrations, StaffGrants, StoreError};

/// Maximum attempts to claim an address that other writers claim and free.
const MAX_ATTEMPTS: u32 = 4;

/// The accounts table.
#[derive(Clone)]
pub struct Accounts {
    table: Table,
}

/// The outcome of [`Accounts::claim`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum ClaimOutcome {
    /// The account was created and has the address.
    Claimed,
    /// Another account has the address. Nothing was written.
    AddressTaken,
    /// This account already has the address: the request is a retry. Nothing was written, and the stored password may
    /// have changed since.
    AlreadyMine,
}

/// The outcome of [`Accounts::delete`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum AccountDeletionOutcome {
    /// The account does not exist any more, or did not exist before.
    Deleted,
    /// The other account is not an administrator any more. Nothing was deleted.
    NoOtherAdministrator,
}

impl Accounts {
    /// The accounts of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// An account, strongly consistent.
    pub async fn get(&self, user_id: &UserId) -> Result<Option<Account>, StoreError> {
        self.table.get(account_key(user_id), true).await
    }

    /// Creates an account with its credentials if no account has its address.
    pub async fn claim(
        &self,
        credentials: &Credentials,
        account: &Account,
        credential: &Credential,
    ) -> Result<ClaimOutcome, StoreError> {
        for attempt in 0..MAX_ATTEMPTS {
            let actions = vec![credentials.insert_action(credential)?, self.insert_action(account)?];
            if self.table.transact(actions).await?.is_ok() {
                return Ok(ClaimOutcome::Claimed);
            }
            match credentials.get(&credential.email).await? {
                Some(stored) if stored.user_id == account.user_id => return Ok(ClaimOutcome::AlreadyMine),
                Some(_) => return Ok(ClaimOutcome::AddressTaken),
                // The account that had the address was deleted in between.
                None => self.table.back_off(attempt).await,
            }
        }
        Err(StoreError::Conflict)
    }

    /// Creates the account of a registration with its credentials if no account has its address, and deletes the
    /// registration. In one transaction, so that it becomes an account at most once. Returns the credentials.
    ///
    /// None: another account has the address, or the registration has ended or has another guest since it was read.
    /// Nothing was written.
    pub async fn claim_registration(
        &self,
        credentials: &Credentials,
        registrations: &Registrations,
        registration: &Registration,
        now: Timestamp,
    ) -> Result<Option<Credential>, StoreError> {
        let Registration { email, user_id, password_hash, created_at, guest_ids, .. } = registration.clone();
        let credential = Credential::new(email.clone(), user_id.clone(), password_hash);
        let account = Account { user_id, email, verified_at: now, created_at, guest_ids };
        let actions = vec![
            credentials.insert_action(&credential)?,
            self.insert_action(&account)?,
            registrations.claim_action(registration, now)?,
        ];
        Ok(self.table.transact(actions).await?.is_ok().then_some(credential))
    }

    /// Adds a guest to an account. Idempotent. Beyond [`souk_domain::account::MAX_GUESTS`] the oldest is dropped.
    pub async fn add_guest(&self, user_id: &UserId, guest_id: &UserId) -> Result<GuestLinkOutcome, StoreError> {
        link_guest(&self.table, account_key(user_id), guest_id).await
    }

    /// Deletes an account with its credentials and its grant. Its address is free afterwards. Idempotent.
    ///
    /// For an administrator, `other_administrator` names another one, who must still be an administrator.
    pub async fn delete(
        &self,
        credentials: &Credentials,
        grants: &StaffGrants,
        account: &Account,
        other_administrator: Option<OtherAdministrator<'_>>,
    ) -> Result<AccountDeletionOutcome, StoreError> {
        let mut actions = vec![
            credentials.delete_action(&account.email, &account.user_id)?,
            grants.delete_action(&account.user_id, |delete| delete)?,
            self.table.delete_action(account_key(&account.user_id), |delete| delete)?,
        ];
        let check = actions.len();
        if let Some(other) = other_administrator {
            actions.push(grants.administrator_check(other)?);
        }
        Ok(match self.table.transact(actions).await? {
            Err(failed) if failed.contains(&check) => AccountDeletionOutcome::NoOtherAdministrator,
            // `Err`: another account has the address now, so this one was deleted before.
            Ok(()) | Err(_) => AccountDeletionOutcome::Deleted,
        })
    }

    fn insert_action(&self, account: &Account) -> Result<TransactWriteItem, StoreError> {
        let item = self.table.write(account)?;
        self.table.put_action(item, |put| put.condition_expression("attribute_not_exists(user_id)"))
    }
}

fn account_key(user_id: &UserId) -> Item {
    key([("user_id", user_id.as_str())])
}
