//! Accounts: shoppers with a verified address. The credentials are in another table, by the address, which makes the
//! address unique and serves login with one read. An account that is not verified yet is a [`crate::Registration`].
//!
//! An account lists the guests whose orders belong to it. The way back, from the guest of an order to the account, is an
//! item of its own in the same table, with the key `guest#` and the id of the guest.

use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::Deserialize;
use souk_domain::account::Account;
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;

use crate::guest_ids::{guest_list, link_guest};
use crate::staff_grants::OtherAdministrator;
use crate::table::{Item, Table, key, text};
use crate::{Credential, Credentials, GuestLinkOutcome, Registration, Registrations, StaffGrants, StoreError};

/// Maximum attempts to claim an address that other writers claim and free.
const MAX_ATTEMPTS: u32 = 4;

/// Leads from a guest to its account.
const LINK: &str = "SET account_id = :account";

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
    /// A log-in has added a guest since the account was read. Nothing was deleted.
    GuestAdded,
}

/// The account that a guest belongs to.
#[derive(Deserialize)]
struct GuestLink {
    account_id: UserId,
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

    /// The account to which the orders of a user belong: the user's own, or the one that has the user among its guests.
    pub async fn account_of(&self, user_id: &UserId) -> Result<Option<Account>, StoreError> {
        if let Some(account) = self.get(user_id).await? {
            return Ok(Some(account));
        }
        let link: Option<GuestLink> = self.table.get(guest_key(user_id), true).await?;
        let Some(link) = link else { return Ok(None) };
        // The link may be older than the list: of very many guests an account forgets the oldest.
        Ok(self.get(&link.account_id).await?.filter(|account| account.guest_ids.contains(user_id)))
    }

    /// Creates an account with its credentials if no account has its address.
    pub async fn claim(
        &self,
        credentials: &Credentials,
        account: &Account,
        credential: &Credential,
    ) -> Result<ClaimOutcome, StoreError> {
        for attempt in 0..MAX_ATTEMPTS {
            let mut actions = vec![credentials.insert_action(credential)?, self.insert_action(account)?];
            actions.extend(self.guest_actions(account)?);
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
        let mut actions = vec![
            credentials.insert_action(&credential)?,
            self.insert_action(&account)?,
            registrations.claim_action(registration, now)?,
        ];
        actions.extend(self.guest_actions(&account)?);
        Ok(self.table.transact(actions).await?.is_ok().then_some(credential))
    }

    /// Adds a guest to an account. Idempotent. Beyond [`souk_domain::account::MAX_GUESTS`] the oldest is dropped.
    ///
    /// The list comes first, so that after a crash the guest's orders belong to the account, and a retry adds the way back.
    pub async fn add_guest(&self, user_id: &UserId, guest_id: &UserId) -> Result<GuestLinkOutcome, StoreError> {
        let outcome = link_guest(&self.table, account_key(user_id), guest_id).await?;
        if outcome == GuestLinkOutcome::Linked {
            let link = self.table.update(guest_key(guest_id)).update_expression(LINK);
            link.expression_attribute_values(":account", text(user_id)).send().await?;
        }
        Ok(outcome)
    }

    /// The way back from each guest of a new account.
    fn guest_actions(&self, account: &Account) -> Result<Vec<TransactWriteItem>, StoreError> {
        let actions = account.guest_ids.iter().map(|guest| {
            self.table.update_action(guest_key(guest), |update| {
                update.update_expression(LINK).expression_attribute_values(":account", text(&account.user_id))
            })
        });
        actions.collect()
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
            self.delete_seen_action(account)?,
        ];
        let account_action = actions.len() - 1;
        let check = actions.len();
        if let Some(other) = other_administrator {
            actions.push(grants.administrator_check(other)?);
        }
        for guest in &account.guest_ids {
            actions.push(self.table.delete_action(guest_key(guest), |delete| delete)?);
        }
        Ok(match self.table.transact(actions).await? {
            Err(failed) if failed.contains(&check) => AccountDeletionOutcome::NoOtherAdministrator,
            Err(failed) if failed.contains(&account_action) => AccountDeletionOutcome::GuestAdded,
            // `Err`: another account has the address now, so this one was deleted before.
            Ok(()) | Err(_) => AccountDeletionOutcome::Deleted,
        })
    }

    /// Deletes an account with the guests that were read, or one that does not exist.
    fn delete_seen_action(&self, seen: &Account) -> Result<TransactWriteItem, StoreError> {
        self.table.delete_action(account_key(&seen.user_id), |delete| {
            if seen.guest_ids.is_empty() {
                return delete.condition_expression("attribute_not_exists(guest_ids)");
            }
            delete
                .condition_expression("attribute_not_exists(user_id) OR guest_ids = :seen")
                .expression_attribute_values(":seen", guest_list(&seen.guest_ids))
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

/// The key of the item that leads from a guest to its account. No account has such a key.
fn guest_key(guest_id: &UserId) -> Item {
    key([("user_id", format!("guest#{guest_id}").as_str())])
}
