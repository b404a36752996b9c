//! Invoked by an operator, never over HTTP: grants a role to an account. Creates the first staff account.

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
    /// The users table.
    pub users: Users,
}

impl GrantRole {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { users: deps.users()? })
    }
}

impl DirectHandler for GrantRole {
    type Request = GrantRoleRequest;
    type Response = GrantRoleResponse;

    async fn handle(&self, request: GrantRoleRequest, _: Timestamp) -> Result<GrantRoleResponse, Error> {
        Ok(grant_role(&request, &self.users).await?)
    }
}

/// The request of the operator.
#[derive(Debug, Deserialize)]
pub struct GrantRoleRequest {
    email: Email,
    role: Role,
}

/// The response to the operator.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct GrantRoleResponse {
    user_id: UserId,
    role: Role,
}

/// Why the role was not granted.
#[derive(Debug, thiserror::Error)]
pub enum GrantRoleError {
    /// The account is not registered.
    #[error("there is no account with this e-mail address")]
    UnknownAccount,
    /// DynamoDB failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Grants a role to an account. It takes effect with the next token of the account.
pub async fn grant_role(request: &GrantRoleRequest, users: &Users) -> Result<GrantRoleResponse, GrantRoleError> {
    let known = users.credentials(&request.email).await?.ok_or(GrantRoleError::UnknownAccount)?;
    match users.set_role(&known.user_id, &request.email, request.role).await? {
        RoleChangeOutcome::AccountNotFound => Err(GrantRoleError::UnknownAccount),
        RoleChangeOutcome::Changed => {
            let (user_id, role) = (known.user_id.as_str(), request.role.as_str());
            tracing::info!(function = "grant-role", user_id, role, "granted");
            Ok(GrantRoleResponse { user_id: known.user_id, role: request.role })
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
        let event = |json: &str| serde_json::from_str::<GrantRoleRequest>(json).expect("an event");
        let staff = event(r#"{"email": "Ann@example.com", "role": "staff"}"#);
        assert_eq!(grant_role(&staff, &shop.users).await.expect("granted").role, Role::Staff);
        let known = shop.users.credentials(&staff.email).await.expect("read").expect("an account");
        assert_eq!(known.role, Role::Staff);

        let nobody = event(r#"{"email": "nobody@example.com", "role": "staff"}"#);
        assert!(matches!(grant_role(&nobody, &shop.users).await, Err(GrantRoleError::UnknownAccount)));
        assert!(serde_json::from_str::<GrantRoleRequest>(r#"{"email": "ann@example.com", "role": "god"}"#).is_err());
    }
}
