//! Tokens that are used once: links in mails, and challenges of a second factor. Only a hash of each is stored.

use serde::{Deserialize, Serialize};
use souk_domain::account::Email;
use souk_domain::ids::{InvitationId, UserId};
use souk_domain::time::Timestamp;

use crate::StoreError;
use crate::conditional::WriteOutcome;
use crate::table::{Item, Table, key, number, text};

/// The table of one-time tokens.
#[derive(Clone)]
pub struct OneTimeTokens {
    table: Table,
}

/// The purpose of a token. A token of one purpose is not found for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenPurpose {
    /// Verify the address of a registration.
    VerifyAddress,
    /// Set a new password without the old one.
    ResetPassword,
    /// Accept an invitation to the staff of the shop.
    Invitation,
    /// Complete a login with a second factor.
    SecondFactorChallenge,
}

impl TokenPurpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyAddress => "verify_address",
            Self::ResetPassword => "reset_password",
            Self::Invitation => "invitation",
            Self::SecondFactorChallenge => "second_factor_challenge",
        }
    }
}

/// A one-time token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeToken {
    /// SHA-256 of the token.
    pub token_hash: String,
    /// Its purpose.
    pub purpose: TokenPurpose,
    /// The address that it was sent to, or that logs in.
    pub email: Email,
    /// The account or the registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The version of the credentials when it was made: a later change makes it void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_version: Option<u64>,
    /// The invitation, which is in its own table: who may store tokens cannot grant roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation_id: Option<InvitationId>,
    /// In seconds since the Unix epoch: DynamoDB's TTL.
    pub expires_at: i64,
}

impl OneTimeToken {
    /// A token for an address, without anything optional.
    pub const fn new(token_hash: String, purpose: TokenPurpose, email: Email, expires_at: Timestamp) -> Self {
        Self {
            token_hash,
            purpose,
            email,
            user_id: None,
            credentials_version: None,
            invitation_id: None,
            expires_at: expires_at.as_seconds(),
        }
    }
}

impl OneTimeTokens {
    /// The tokens of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Stores a token.
    pub async fn create(&self, token: &OneTimeToken) -> Result<(), StoreError> {
        let request = self.table.client.put_item().table_name(&self.table.name);
        request.set_item(Some(self.table.write(token)?)).send().await?;
        Ok(())
    }

    /// A token of this purpose that has not expired, strongly consistent. It stays usable: a request whose retry
    /// repeats its steps takes the token at the end.
    pub async fn get(
        &self,
        token_hash: &str,
        purpose: TokenPurpose,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>, StoreError> {
        let token: Option<OneTimeToken> = self.table.get(token_key(token_hash), true).await?;
        Ok(token.filter(|token| token.purpose == purpose && now.as_seconds() < token.expires_at))
    }

    /// Uses a token up: only one of several concurrent calls gets it. Also `None` if the SDK sent the request again
    /// after a response was lost, which cannot be distinguished from a second use.
    pub async fn take(
        &self,
        token_hash: &str,
        purpose: TokenPurpose,
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>, StoreError> {
        let request = self
            .table
            .delete(token_key(token_hash))
            .condition_expression("purpose = :purpose AND expires_at > :now")
            .expression_attribute_values(":purpose", text(purpose.as_str()))
            .expression_attribute_values(":now", number(now.as_seconds()));
        Ok(match self.table.delete_if(request).await? {
            WriteOutcome::Written(token) => Some(token),
            WriteOutcome::Refused(_) => None,
        })
    }
}

fn token_key(token_hash: &str) -> Item {
    key([("token_hash", token_hash)])
}
