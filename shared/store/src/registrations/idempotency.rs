//! Which registration the request with an `Idempotency-Key` made.

use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::{Deserialize, Serialize};
use souk_domain::account::Email;
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;

use super::{Registration, Registrations};
use crate::StoreError;
use crate::table::{key, number, text};

/// In place of a user id in the table's key.
const RANGE: &str = "idempotency-key";

/// An `Idempotency-Key` of a request that registers an address.
#[derive(Debug, Clone, Copy)]
pub struct RegistrationKey<'a> {
    /// Its hash.
    pub key: &'a str,
    /// The account that an earlier request with this key registered, and whose registration has ended.
    pub ended: Option<&'a UserId>,
    /// When the key lapses.
    pub expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct UsedKey {
    /// The partition: the key and the address that it was used for.
    email: String,
    /// [`RANGE`].
    user_id: String,
    registered: UserId,
    /// In seconds since the Unix epoch: DynamoDB's TTL.
    expires_at: i64,
}

impl Registrations {
    /// The account that a request with this key registered, strongly consistent. Its registration may have ended. None
    /// if the key was not used for the address, or has lapsed.
    pub async fn registered_with(
        &self,
        email: &Email,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        let stored: Option<UsedKey> =
            self.table.get(key([("email", &partition(email, hash)), ("user_id", RANGE)]), true).await?;
        Ok(stored.filter(|used| now.as_seconds() < used.expires_at).map(|used| used.registered))
    }

    /// Uses a key for a registration. Fails if another request has used it.
    pub(super) fn use_key_action(
        &self,
        registration: &Registration,
        used: &RegistrationKey<'_>,
    ) -> Result<TransactWriteItem, StoreError> {
        let item = self.table.write(&UsedKey {
            email: partition(&registration.email, used.key),
            user_id: RANGE.to_owned(),
            registered: registration.user_id.clone(),
            expires_at: used.expires_at.as_seconds(),
        })?;
        let is_free = "attribute_not_exists(email) OR expires_at <= :now";
        self.table.put_action(item, |put| {
            let put = put.expression_attribute_values(":now", number(registration.created_at.as_seconds()));
            match used.ended {
                None => put.condition_expression(is_free),
                Some(ended) => put
                    .condition_expression(format!("{is_free} OR registered = :ended"))
                    .expression_attribute_values(":ended", text(ended)),
            }
        })
    }
}

/// No address has a blank, so this is no partition of registrations.
fn partition(email: &Email, hash: &str) -> String {
    format!("{hash} {}", email.as_str())
}
