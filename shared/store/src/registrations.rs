//! Pending accounts: registrations whose address is not verified yet. An address may have several, of which at most one
//! will claim it.
//!
//! User ids sort by time, so the newest registration of an address is the last one of its partition.

use serde::{Deserialize, Serialize};
use souk_domain::account::Email;
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;

use crate::guest_ids::link_guest;
use crate::table::{Item, Table, key, text};
use crate::{GuestLinkOutcome, StoreError};

/// How long a registration waits for its address to be verified, in seconds.
pub const REGISTRATION_SECONDS: i64 = 7 * 24 * 60 * 60;

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
    /// Hash of the `Idempotency-Key` of the request, by which a retry is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_key: Option<String>,
    /// The guests whose carts were merged into its cart, as in [`souk_domain::account::Account::guest_ids`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guest_ids: Vec<UserId>,
    /// In seconds since the Unix epoch: DynamoDB's TTL.
    pub expires_at: i64,
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
    /// deleted yet: who ends the others of an address ends these as well.
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

    /// Deletes a registration. Idempotent.
    pub async fn delete(&self, email: &Email, user_id: &UserId) -> Result<(), StoreError> {
        self.table.delete(registration_key(email, user_id)).send().await?;
        Ok(())
    }
}

fn registration_key(email: &Email, user_id: &UserId) -> Item {
    key([("email", email.as_str()), ("user_id", user_id.as_str())])
}
