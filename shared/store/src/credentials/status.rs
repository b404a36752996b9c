//! What may be known about credentials without their secrets.
//!
//! These reads name the attributes that they need, and the roles of the functions that use nothing else allow no others
//! (`dynamodb:Attributes` in template.yaml): such a function cannot read a password hash or the secret of a second factor.

use std::collections::BTreeSet;

use serde::Deserialize;
use souk_domain::account::Email;
use souk_domain::ids::UserId;

use super::{CredentialRef, Credentials, credential_key};
use crate::StoreError;

/// The second factor of an account, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CredentialStatus {
    /// The account.
    pub user_id: UserId,
    /// Whether login requires a second factor.
    #[serde(default)]
    pub has_second_factor: bool,
    #[serde(default, with = "serde_dynamo::string_set")]
    recovery_codes: BTreeSet<String>,
}

impl CredentialStatus {
    /// The number of unused recovery codes.
    pub fn recovery_codes_left(&self) -> usize {
        self.recovery_codes.len()
    }
}

impl Credentials {
    /// The account of an address and the version of its credentials, strongly consistent.
    pub async fn find(&self, email: &Email) -> Result<Option<CredentialRef>, StoreError> {
        self.table.get_attributes(credential_key(email), "email, user_id, version").await
    }

    /// The state of the second factor of an address, strongly consistent.
    pub async fn status(&self, email: &Email) -> Result<Option<CredentialStatus>, StoreError> {
        self.table.get_attributes(credential_key(email), "user_id, has_second_factor, recovery_codes").await
    }
}
