//! Sessions: one item for each family of refresh tokens, which is one sign-in on one device.
//!
//! Only the newest token of a family counts. An older one that comes back was copied, by a thief or from one, and nobody
//! can tell which of the two holds the newest: the family ends (RFC 9700, section 4.14.2).

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use serde::{Deserialize, Serialize};
use souk_domain::ids::{FamilyId, UserId};
use souk_domain::time::Timestamp;

use crate::StoreError;
use crate::table::{Item, Table, key, number, text};

/// The sessions table.
#[derive(Clone)]
pub struct Sessions {
    table: Table,
}

/// One family of refresh tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id, which every token of it begins with.
    pub family_id: FamilyId,
    /// Who signed in.
    pub user_id: UserId,
    /// Hash of the newest token.
    pub token_hash: String,
    /// How many tokens there were before the newest.
    pub rotations: u32,
    /// When somebody signed in.
    pub created_at: Timestamp,
    /// When the newest token stops to count, in seconds since the Unix epoch: DynamoDB's TTL.
    pub expires_at: i64,
}

/// The status of a refresh token that a client presents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefreshTokenStatus {
    /// The newest token of this session.
    Current(Session),
    /// An older token, or a forged one. The session has been ended.
    Reused,
    /// The session has ended by logout, reuse or expiry, or never existed.
    Unknown,
}

/// The outcome of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum RotationOutcome {
    /// The next token is now the newest.
    Rotated,
    /// A concurrent request rotated the same token. The session has been ended.
    Reused,
    /// The session ended in the meantime.
    SessionEnded,
}

impl Sessions {
    /// The sessions of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Writes a new family.
    pub async fn create(&self, session: &Session) -> Result<(), StoreError> {
        let request = self.table.client.put_item().table_name(&self.table.name);
        request.set_item(Some(self.table.write(session)?)).send().await?;
        Ok(())
    }

    /// Finds out what a token is, by its family and its hash.
    pub async fn check(
        &self,
        family_id: &FamilyId,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<RefreshTokenStatus, StoreError> {
        match self.table.get::<Session>(family_key(family_id), true).await? {
            // TTL removes items late, up to days.
            Some(session) if session.expires_at <= now.as_seconds() => Ok(RefreshTokenStatus::Unknown),
            Some(session) if session.token_hash == token_hash => Ok(RefreshTokenStatus::Current(session)),
            Some(_) => {
                self.end(family_id).await?;
                Ok(RefreshTokenStatus::Reused)
            }
            None => Ok(RefreshTokenStatus::Unknown),
        }
    }

    /// Makes the next token the newest, on condition that the one in `session` still is.
    pub async fn rotate(
        &self,
        session: &Session,
        next_hash: &str,
        next_expires_at: Timestamp,
    ) -> Result<RotationOutcome, StoreError> {
        let request = self
            .table
            .client
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(family_key(&session.family_id)))
            .update_expression("SET token_hash = :next, expires_at = :expires_at, rotations = rotations + :one")
            .condition_expression("token_hash = :newest")
            .expression_attribute_values(":newest", text(&session.token_hash))
            .expression_attribute_values(":next", text(next_hash))
            .expression_attribute_values(":expires_at", number(next_expires_at.as_seconds()))
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let found = match request.send().await {
            Ok(_) => return Ok(RotationOutcome::Rotated),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => failed.item.clone(),
                _ => return Err(error.into()),
            },
        };
        let Some(found) = found.filter(|item| !item.is_empty()) else { return Ok(RotationOutcome::SessionEnded) };
        // An answer of DynamoDB was lost, and the SDK sent the request again: it is our own token that is there.
        if self.table.read::<Session>(found)?.token_hash == next_hash {
            return Ok(RotationOutcome::Rotated);
        }
        self.end(&session.family_id).await?;
        Ok(RotationOutcome::Reused)
    }

    /// Ends a family. One that has ended already is no error.
    pub async fn end(&self, family_id: &FamilyId) -> Result<(), StoreError> {
        let request = self.table.client.delete_item().table_name(&self.table.name);
        request.set_key(Some(family_key(family_id))).send().await?;
        Ok(())
    }
}

fn family_key(family_id: &FamilyId) -> Item {
    key([("family_id", family_id.as_str())])
}
