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

/// What a token turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presented {
    /// The newest of this family.
    Newest(Session),
    /// An older one, or one that never was; the family is ended now.
    Reused,
    /// Of a family that has ended, by logout, by reuse or by time, or that never was.
    Unknown,
}

/// What became of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Rotation {
    /// The next token is the newest now.
    Done,
    /// Somebody else rotated with the same token at the same time; the family is ended now.
    Reused,
    /// The family ended in the meantime.
    Unknown,
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
    pub async fn present(
        &self,
        family_id: &FamilyId,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Presented, StoreError> {
        match self.table.get::<Session>(family_key(family_id), true).await? {
            // TTL removes items late, up to days.
            Some(session) if session.expires_at <= now.as_seconds() => Ok(Presented::Unknown),
            Some(session) if session.token_hash == token_hash => Ok(Presented::Newest(session)),
            Some(_) => {
                self.end(family_id).await?;
                Ok(Presented::Reused)
            }
            None => Ok(Presented::Unknown),
        }
    }

    /// Makes the next token the newest, on condition that the one in `session` still is.
    pub async fn rotate(
        &self,
        session: &Session,
        next_hash: &str,
        next_expires_at: Timestamp,
    ) -> Result<Rotation, StoreError> {
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
            Ok(_) => return Ok(Rotation::Done),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => failed.item.clone(),
                _ => return Err(error.into()),
            },
        };
        let Some(found) = found.filter(|item| !item.is_empty()) else { return Ok(Rotation::Unknown) };
        // An answer of DynamoDB was lost, and the SDK sent the request again: it is our own token that is there.
        if self.table.read::<Session>(found)?.token_hash == next_hash {
            return Ok(Rotation::Done);
        }
        self.end(&session.family_id).await?;
        Ok(Rotation::Reused)
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
