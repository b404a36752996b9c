//! `PUT /admin/staff/{user_id}`: grants roles to an account.

use schemars::JsonSchema;
use souk_domain::ids::UserId;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::administrators::LAST_ADMINISTRATOR;
use crate::grant_view::{AuditedGrant, StaffMember, read_roles, roles_schema};
use crate::staff_context::StaffContext;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let route = "PUT /admin/staff/{user_id}";
    Operation::new("put-staff", route, Caller::Staff(Permission::StaffManage), Tag::Administration)
        .summary("Grants roles to an account")
        .description(
            "The roles replace those that the account has. The e-mail address of the account must be verified. All \
             sessions of the account end at once; with the next log-in it gets its permissions, which need a second \
             factor. If the roles of the administrator end, these end at the same time at the latest: see `expires_at` \
             of the answer. Who has no account yet can be invited (`POST /admin/invitations`).",
        )
        .repeated("Grants the same roles again, and ends the sessions of the account again.")
        .body::<PutStaffRequest>(r#"{"roles": ["orders", "refunds"], "expires_at": "2036-01-31T23:00:00Z"}"#)
        .answers::<StaffMember<'_>>(200, "The roles of the account.")
        .problem(409, "last_administrator", LAST_ADMINISTRATOR)
        .problem(409, "own_grant", "Administrators cannot end or extend their own roles, or give them an end.")
}

/// The request of `PUT /admin/staff/{user_id}`.
#[derive(JsonSchema)]
pub struct PutStaffRequest {
    /// The roles, each a set of permissions. They replace all earlier ones.
    #[schemars(schema_with = "roles_schema")]
    pub roles: Vec<String>,
    /// From this time on the account has no role any more. Without it, the roles end with those of the administrator,
    /// if they do.
    #[schemars(extend("format" = "date-time"))]
    pub expires_at: Option<String>,
}

/// Grants roles to an account.
pub struct PutStaff {
    /// Changes grants.
    pub staff: StaffContext,
}

impl PutStaff {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { staff: StaffContext::from_dependencies(deps)? })
    }
}

impl Endpoint for PutStaff {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.staff(Permission::StaffManage)?;
        let user_id: UserId = request.path_id("user_id", "account")?;
        let mut fields = request.fields()?;
        let roles = read_roles(&mut fields, self.staff.clock.now());
        let (roles,) = fields.finish((roles,))?;

        let account = self.staff.account(&user_id).await?;
        let change = self.staff.change(&account, Some(&roles), Some(&caller.user_id)).await?;
        let (before, after) = (change.before.as_ref().map(AuditedGrant::of), change.after.as_ref());
        Ok(Reply::ok(&after.map(StaffMember::of)).audit(&before, &after.map(AuditedGrant::of)))
    }
}

#[cfg(test)]
mod tests;
