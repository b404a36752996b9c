//! Invitations to the staff of the shop. Only the endpoint of administrators that invites may write this table, so neither
//! a message of the mail queue nor a one-time token can grant a role: both name an invitation.

use serde::{Deserialize, Serialize};
use souk_domain::account::Email;
use souk_domain::ids::{InvitationId, UserId};
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;

use crate::StoreError;
use crate::table::{Table, key};

/// The table of invitations.
#[derive(Clone)]
pub struct Invitations {
    table: Table,
}

/// An invitation, with the state of the invited account at that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id. It is no secret: the one-time token of the mail is.
    pub invitation_id: InvitationId,
    /// The address that is invited.
    pub email: Email,
    /// The account that had the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The version of its credentials: a later change makes the invitation void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_version: Option<u64>,
    /// The roles that accepting it grants.
    pub roles: Vec<Role>,
    /// When the grant ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_expires_at: Option<Timestamp>,
    /// The administrator who invited.
    pub invited_by: UserId,
    /// In seconds since the Unix epoch: DynamoDB's TTL. It counts from the invitation, however late its mail is sent.
    pub expires_at: i64,
}

impl Invitations {
    /// The invitations of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Stores an invitation.
    pub async fn create(&self, invitation: &Invitation) -> Result<(), StoreError> {
        let request = self.table.client.put_item().table_name(&self.table.name);
        request.set_item(Some(self.table.write(invitation)?)).send().await?;
        Ok(())
    }

    /// An invitation of this address that has not expired, strongly consistent.
    pub async fn get(
        &self,
        invitation_id: &InvitationId,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<Invitation>, StoreError> {
        let key = key([("invitation_id", invitation_id.as_str())]);
        let stored: Option<Invitation> = self.table.get(key, true).await?;
        Ok(stored.filter(|invitation| invitation.email == *email && now.as_seconds() < invitation.expires_at))
    }
}
