//! Pending accounts: registrations whose address is not verified yet. An address may have several, of which at most one
//! will claim it.
//!
//! User ids sort by time, so the newest registration of an address is the last one of its partition. Which registration
//! a request with an `Idempotency-Key` made is an item in a partition of its own.

mod idempotency;

use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::{Deserialize, Serialize};
use souk_domain::account::Email;
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;

use crate::conditional::WriteOutcome;
use crate::guest_ids::{guest_list, link_guest};
use crate::table::{Item, Table, key, number, text};
use crate::{GuestLinkOutcome, GuestSession, Session, Sessions, StoreError};

pub use idempotency::RegistrationKey;

/// How long a registration waits for its address to be verified, in seconds.
pub const REGISTRATION_SECONDS: i64 = 7 * 24 * 60 * 60;
/// The end of a registration that was ended is so long ago, in seconds, that every function's clock is later.
const ENDED_AGO_SECONDS: i64 = 24 * 60 * 60;

/// The registrations table.
#[derive(Clone)]
pub struct Registrations {
    table: Table,
}

/// A pending account. Without `Debug`, because it would show the hash of the password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The address, which is not verified.
    pub email: Email,
    /// Its id, and that of the account if the address is verified.
    pub user_id: UserId,
    /// Argon2id as a PHC string.
    pub password_hash: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// The guests whose carts were merged into its cart, as in [`souk_domain::account::Account::guest_ids`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guest_ids: Vec<UserId>,
    /// In seconds since the Unix epoch: DynamoDB's TTL.
    pub expires_at: i64,
}

/// The outcome of [`Registrations::create`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum RegistrationOutcome {
    /// The registration was stored.
    Created,
    /// Another request with the same key was first. Nothing was written.
    KeyUsed,
    /// Another account merges the guest, or its session has ended. Nothing was written.
    GuestTaken,
}

impl Registration {
    fn is_pending(&self, now: Timestamp) -> bool {
        now.as_seconds() < self.expires_at
    }
}

impl Registrations {
    /// The registrations of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Stores a registration. It replaces no other one: a stranger who registers an address often does not take its
    /// owner's registration away. Their number is bounded by the limit of registrations and by their expiry.
    pub async fn put(&self, registration: &Registration) -> Result<(), StoreError> {
        let request = self.table.client.put_item().table_name(&self.table.name);
        request.set_item(Some(self.table.write(registration)?)).send().await?;
        Ok(())
    }

    /// Stores a registration. With a key, only if no other request has used the key. With a guest, reserves the guest
    /// for the new account in the same transaction ([`Sessions::begin_merge`]).
    pub async fn create(
        &self,
        registration: &Registration,
        key: Option<&RegistrationKey<'_>>,
        guest: Option<(&Sessions, &GuestSession)>,
    ) -> Result<RegistrationOutcome, StoreError> {
        if key.is_none() && guest.is_none() {
            self.put(registration).await?;
            return Ok(RegistrationOutcome::Created);
        }
        let mut actions = vec![self.table.put_action(self.table.write(registration)?, |put| put)?];
        if let Some(key) = key {
            actions.push(self.use_key_action(registration, key)?);
        }
        if let Some((sessions, guest)) = guest {
            actions.push(sessions.begin_merge_action(guest, &registration.user_id, key.and_then(|key| key.ended))?);
        }
        Ok(match self.table.transact(actions).await? {
            Ok(()) => RegistrationOutcome::Created,
            Err(failed) if key.is_some() && failed.contains(&1) => RegistrationOutcome::KeyUsed,
            Err(_) => RegistrationOutcome::GuestTaken,
        })
    }

    /// The newest registration of an address, strongly consistent. None if it has expired: then all have.
    pub async fn newest(&self, email: &Email, now: Timestamp) -> Result<Option<Registration>, StoreError> {
        let request = self.table.client.query().table_name(&self.table.name).consistent_read(true);
        let request = request
            .key_condition_expression("email = :email")
            .expression_attribute_values(":email", text(email.as_str()))
            .scan_index_forward(false)
            .limit(1);
        let found = request.send().await?.items.unwrap_or_default().pop();
        let newest: Option<Registration> = found.map(|item| self.table.read(item)).transpose()?;
        Ok(newest.filter(|registration| registration.is_pending(now)))
    }

    /// One registration, strongly consistent. None if it has expired.
    pub async fn get(
        &self,
        email: &Email,
        user_id: &UserId,
        now: Timestamp,
    ) -> Result<Option<Registration>, StoreError> {
        let stored: Option<Registration> = self.table.get(registration_key(email, user_id), true).await?;
        Ok(stored.filter(|registration| registration.is_pending(now)))
    }

    /// All registrations of an address, oldest first, strongly consistent. Includes expired ones that DynamoDB has not
    /// deleted yet, so that a caller that deletes all registrations of an address deletes these as well.
    pub async fn list(&self, email: &Email) -> Result<Vec<Registration>, StoreError> {
        let request = self.table.client.query().consistent_read(true);
        let request = request
            .key_condition_expression("email = :email")
            .expression_attribute_values(":email", text(email.as_str()));
        self.table.query_all(request).await
    }

    /// Adds a guest to a registration. Idempotent.
    pub async fn add_guest(
        &self,
        email: &Email,
        user_id: &UserId,
        guest_id: &UserId,
    ) -> Result<GuestLinkOutcome, StoreError> {
        link_guest(&self.table, registration_key(email, user_id), guest_id).await
    }

    /// Ends a registration before it is deleted: no session of it starts any more. Idempotent.
    pub async fn end(&self, email: &Email, user_id: &UserId, now: Timestamp) -> Result<(), StoreError> {
        let request = self
            .table
            .update(registration_key(email, user_id))
            .update_expression("SET expires_at = :ended")
            .condition_expression("attribute_exists(user_id)")
            .expression_attribute_values(":ended", number(now.plus_seconds(-ENDED_AGO_SECONDS).as_seconds()));
        let (WriteOutcome::Written(_) | WriteOutcome::Refused(_)) =
            self.table.update_if::<Registration>(request).await?;
        Ok(())
    }

    /// Deletes a registration. Idempotent.
    pub async fn delete(&self, email: &Email, user_id: &UserId) -> Result<(), StoreError> {
        self.table.delete(registration_key(email, user_id)).send().await?;
        Ok(())
    }

    /// Creates a session of the pending account of an address, if its registration has not ended. The session ends when
    /// it expires now, however often it is refreshed. `false`: the registration has ended, and no session was created.
    pub async fn create_session(
        &self,
        sessions: &Sessions,
        session: &Session,
        email: &Email,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let is_pending = self.table.check_action(registration_key(email, &session.user_id), |check| {
            check
                .condition_expression("expires_at > :now")
                .expression_attribute_values(":now", number(now.as_seconds()))
        })?;
        Ok(self.table.transact(vec![sessions.pending_action(session)?, is_pending]).await?.is_ok())
    }

    /// Deletes a registration that becomes an account. Fails if it has ended, or has other guests than were read.
    pub(crate) fn claim_action(&self, seen: &Registration, now: Timestamp) -> Result<TransactWriteItem, StoreError> {
        self.table.delete_action(registration_key(&seen.email, &seen.user_id), |delete| {
            let delete = delete.expression_attribute_values(":now", number(now.as_seconds()));
            if seen.guest_ids.is_empty() {
                return delete.condition_expression("expires_at > :now AND attribute_not_exists(guest_ids)");
            }
            delete
                .condition_expression("expires_at > :now AND guest_ids = :seen")
                .expression_attribute_values(":seen", guest_list(&seen.guest_ids))
        })
    }
}

fn registration_key(email: &Email, user_id: &UserId) -> Item {
    key([("email", email.as_str()), ("user_id", user_id.as_str())])
}
