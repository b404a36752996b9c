//! Grants roles to an account in the name of the operator: the first administrator of a shop, or one after all were lost.
//!
//! It has no route. The account is named by its id and has a verified address, so nobody gets roles by registering with
//! another person's address.

use serde::{Deserialize, Serialize};
use souk_domain::audit::AuditActor;
use souk_domain::ids::UserId;
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;
use souk_domain::validation::Invalid;
use souk_runtime::config::ConfigError;
use souk_runtime::direct::DirectHandler;
use souk_runtime::http::audit::AuditContext;
use souk_runtime::{Dependencies, Error};

use crate::audited_grant::{Origin, change_audited};
use crate::staff_context::{Roles, StaffContext};

const FUNCTION: &str = "grant-roles";

/// Grants roles to an account.
pub struct GrantRoles {
    /// Changes grants.
    pub staff: StaffContext,
    /// The audit log.
    pub audit: AuditContext,
}

/// The request of the operator.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantRolesRequest {
    /// The account.
    pub user_id: UserId,
    /// The roles, which replace all earlier ones.
    pub roles: Vec<Role>,
    /// When they end, as in RFC 3339.
    #[serde(default)]
    pub expires_at: Option<String>,
}

/// The roles of the account.
#[derive(Debug, Serialize)]
pub struct GrantRolesResponse {
    user_id: UserId,
    roles: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

/// A request that is not valid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum InvalidRequest {
    #[error("roles must have one role at least")]
    NoRoles,
    #[error("expires_at {0}")]
    BadEnd(#[from] Invalid),
    #[error("expires_at must be in the future")]
    Ended,
}

impl GrantRoles {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { staff: StaffContext::from_dependencies(deps)?, audit: deps.audit_context()? })
    }
}

impl DirectHandler for GrantRoles {
    type Request = GrantRolesRequest;
    type Response = GrantRolesResponse;

    async fn handle(&self, request: GrantRolesRequest, _: Timestamp) -> Result<GrantRolesResponse, Error> {
        let GrantRolesRequest { user_id, roles, expires_at } = request;
        let roles = checked(roles, expires_at.as_deref(), self.staff.clock.now())?;
        let account = self.staff.account(&user_id).await?;
        let (request_id, source_address) = (String::new(), String::new());
        let origin = Origin { action: FUNCTION, actor: AuditActor::Operator, request_id, source_address };
        change_audited(&self.staff, &self.audit, origin, &account, &roles, None).await?;
        tracing::warn!(function = FUNCTION, user_id = user_id.as_str(), "the operator granted roles");
        let expires_at = roles.expires_at.map(Timestamp::to_rfc3339);
        Ok(GrantRolesResponse { user_id, roles: roles.roles, expires_at })
    }
}

fn checked(mut roles: Vec<Role>, expires_at: Option<&str>, now: Timestamp) -> Result<Roles, InvalidRequest> {
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        return Err(InvalidRequest::NoRoles);
    }
    let expires_at = expires_at.map(str::parse::<Timestamp>).transpose()?;
    if expires_at.is_some_and(|end| end <= now) {
        return Err(InvalidRequest::Ended);
    }
    Ok(Roles { roles, expires_at })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_domain::audit::AuditPhase;
    use souk_testkit::user;

    use super::*;
    use crate::staff_fixture::Staff;

    async fn grant(shop: &Staff, request: Value) -> Result<Value, String> {
        let function = GrantRoles { staff: shop.context(), audit: shop.audit() };
        let request: GrantRolesRequest = serde_json::from_value(request).map_err(|error| error.to_string())?;
        let deadline = Timestamp::from_millis(i64::MAX);
        let response = function.handle(request, deadline).await.map_err(|error| error.to_string())?;
        Ok(serde_json::to_value(response).expect("JSON"))
    }

    #[tokio::test]
    async fn the_operator_makes_the_first_administrator_and_the_log_says_so() {
        let shop = Staff::start().await;
        shop.account(1, "ann@example.com").await;
        shop.session(1, 11).await;
        let response = grant(&shop, json!({"user_id": user(1), "roles": ["administrator", "administrator"]})).await;
        assert_eq!(response, Ok(json!({"user_id": user(1), "roles": ["administrator"]})));
        assert_eq!((shop.roles(1).await, shop.sessions_of(1).await), (Some(vec![Role::Administrator]), 0));
        let entries = shop.audit_entries(1).await;
        let said: Vec<_> =
            entries.iter().map(|entry| (entry.actor.as_str(), entry.action.as_str(), entry.phase)).collect();
        let by_operator = |phase| ("operator", "grant-roles", phase);
        assert_eq!(said, [by_operator(AuditPhase::Requested), by_operator(AuditPhase::Succeeded)]);
        assert_eq!(
            entries[1].after.as_ref().map(souk_domain::audit::AuditValue::json),
            Some(r#"{"roles":["administrator"]}"#)
        );
    }

    #[tokio::test]
    async fn the_operator_may_replace_the_last_administrator() {
        let shop = Staff::with_administrator().await;
        let end = "2026-11-25T06:57:00.000Z";
        let response = grant(&shop, json!({"user_id": user(1), "roles": ["stock"], "expires_at": end})).await;
        assert_eq!(response, Ok(json!({"user_id": user(1), "roles": ["stock"], "expires_at": end})));
    }

    #[tokio::test]
    async fn nothing_is_granted_by_address_or_without_the_log() {
        let shop = Staff::start().await;
        let account = shop.account(1, "ann@example.com").await;
        for bad in [
            json!({"email": "ann@example.com", "roles": ["stock"]}),
            json!({"user_id": user(1), "roles": []}),
            json!({"user_id": user(1), "roles": ["owner"]}),
            json!({"user_id": user(1), "roles": ["stock"], "expires_at": "tomorrow"}),
            json!({"user_id": user(1), "roles": ["stock"], "expires_at": "2026-11-24T06:57:00Z"}),
            json!({"user_id": user(2), "roles": ["stock"]}),
        ] {
            assert!(grant(&shop, bad.clone()).await.is_err(), "{bad}");
        }
        assert!(shop.audit_entries(1).await.is_empty());
        let (staff, roles) = (shop.context(), Roles { roles: vec![Role::Stock], expires_at: None });
        let (request_id, source_address) = (String::new(), String::new());
        let origin = Origin { action: FUNCTION, actor: AuditActor::Operator, request_id, source_address };
        let without_log = shop.audit_of("no-such-table");
        assert!(change_audited(&staff, &without_log, origin, &account, &roles, None).await.is_err());
        assert_eq!(shop.roles(1).await, None);
    }
}
