//! Invoked by an operator, never over HTTP: gives an account a role. This is how the first staff account comes to be.

use serde::{Deserialize, Serialize};
use souk_domain::account::{Email, Role};
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;
use souk_runtime::config::ConfigError;
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};
use souk_store::{RoleChangeOutcome, StoreError, Users};

/// Gives roles to accounts.
pub struct GrantRole {
    /// Where accounts are.
    pub users: Users,
}

impl GrantRole {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { users: deps.users()? })
    }
}

impl DirectHandler for GrantRole {
    type Request = Grant;
    type Response = Granted;

    async fn handle(&self, request: Grant, _: Timestamp) -> Result<Granted, Error> {
        Ok(grant(&request, &self.users).await?)
    }
}

/// What the operator asks.
#[derive(Debug, Deserialize)]
pub struct Grant {
    email: Email,
    role: Role,
}

/// What the operator is told.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Granted {
    user_id: UserId,
    role: Role,
}

/// Why there is no such role now.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The account has to be registered first.
    #[error("there is no account with this e-mail address")]
    UnknownAccount,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives an account a role. It shows in the account's next token.
pub async fn grant(grant: &Grant, users: &Users) -> Result<Granted, GrantError> {
    let known = users.credentials(&grant.email).await?.ok_or(GrantError::UnknownAccount)?;
    match users.set_role(&known.user_id, &grant.email, grant.role).await? {
        RoleChangeOutcome::AccountNotFound => Err(GrantError::UnknownAccount),
        RoleChangeOutcome::Changed => {
            let (user_id, role) = (known.user_id.as_str(), grant.role.as_str());
            tracing::info!(function = "grant-role", user_id, role, "granted");
            Ok(Granted { user_id: known.user_id, role: grant.role })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_known_account_gets_the_role_and_an_unknown_one_is_an_error() {
        let shop = Fixture::with_account().await;
        let event = |json: &str| serde_json::from_str::<Grant>(json).expect("an event");
        let staff = event(r#"{"email": "Ann@example.com", "role": "staff"}"#);
        assert_eq!(grant(&staff, &shop.users).await.expect("granted").role, Role::Staff);
        let known = shop.users.credentials(&staff.email).await.expect("read").expect("an account");
        assert_eq!(known.role, Role::Staff);

        let nobody = event(r#"{"email": "nobody@example.com", "role": "staff"}"#);
        assert!(matches!(grant(&nobody, &shop.users).await, Err(GrantError::UnknownAccount)));
        assert!(serde_json::from_str::<Grant>(r#"{"email": "ann@example.com", "role": "god"}"#).is_err());
    }
}
