//! Sessions: one item for each family of refresh tokens. A family belongs to one login on one device.
//!
//! Only the newest token of a family is valid. If an older one is presented, a token was stolen, and it cannot be
//! determined whether the thief has the older or the newest, so the session ends (RFC 9700, section 4.14.2).

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

/// A session: a family of refresh tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id, the prefix of each of its tokens.
    pub family_id: FamilyId,
    /// The user who logged in.
    pub user_id: UserId,
    /// Hash of the newest token.
    pub token_hash: String,
    /// The number of tokens before the newest.
    pub rotations: u32,
    /// The time of the login.
    pub created_at: Timestamp,
    /// When the newest token expires, in seconds since the Unix epoch: DynamoDB's TTL.
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

    /// Creates a session.
    pub async fn create(&self, session: &Session) -> Result<(), StoreError> {
        let request = self.table.client.put_item().table_name(&self.table.name);
        request.set_item(Some(self.table.write(session)?)).send().await?;
        Ok(())
    }

    /// Checks a token by its family and its hash. Ends the session if the token was reused.
    pub async fn check(
        &self,
        family_id: &FamilyId,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<RefreshTokenStatus, StoreError> {
        match self.table.get::<Session>(family_key(family_id), true).await? {
            // DynamoDB deletes expired items up to days later.
            Some(session) if session.expires_at <= now.as_seconds() => Ok(RefreshTokenStatus::Unknown),
            Some(session) if session.token_hash == token_hash => Ok(RefreshTokenStatus::Current(session)),
            Some(_) => {
                self.end(family_id).await?;
                Ok(RefreshTokenStatus::Reused)
            }
            None => Ok(RefreshTokenStatus::Unknown),
        }
    }

    /// Replaces the newest token by the next one, if the token in `session` is still the newest. Ends the session if
    /// not.
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
        // The SDK sent the request again after a response of DynamoDB was lost: this request wrote the stored token.
        if self.table.read::<Session>(found)?.token_hash == next_hash {
            return Ok(RotationOutcome::Rotated);
        }
        self.end(&session.family_id).await?;
        Ok(RotationOutcome::Reused)
    }

    /// Ends a session. Idempotent.
    pub async fn end(&self, family_id: &FamilyId) -> Result<(), StoreError> {
        let request = self.table.client.delete_item().table_name(&self.table.name);
        request.set_key(Some(family_key(family_id))).send().await?;
        Ok(())
    }
}

fn family_key(family_id: &FamilyId) -> Item {
    key([("family_id", family_id.as_str())])
}
