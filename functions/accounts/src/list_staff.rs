//! `GET /admin/staff`: the accounts with roles.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::StaffGrants;

use crate::grant_view::StaffMember;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("list-staff", "GET /admin/staff", Caller::Staff(Permission::StaffManage), Tag::Administration)
        .summary("Lists all accounts with roles")
        .description("By e-mail address. Roles that have ended stay in the list until they are replaced or deleted.")
        .answers::<ListStaffResponse<'_>>(200, "The staff of the shop.")
}

/// Lists staff.
pub struct ListStaff {
    /// The table of staff grants.
    pub grants: StaffGrants,
}

/// The staff of the shop.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StaffList")]
struct ListStaffResponse<'a> {
    /// By e-mail address.
    staff: Vec<StaffMember<'a>>,
}

impl ListStaff {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { grants: deps.staff_grants()? })
    }
}

impl Endpoint for ListStaff {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::StaffManage)?;
        let mut grants = self.grants.list().await?;
        grants.sort_by(|a, b| a.email.as_str().cmp(b.email.as_str()));
        Ok(Reply::ok(&ListStaffResponse { staff: grants.iter().map(StaffMember::of).collect() }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_domain::permission::Role;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::outcome;
    use crate::staff_fixture::Staff;

    #[tokio::test]
    async fn staff_are_listed_by_address() {
        let shop = Staff::start().await;
        shop.member(2, "eve@example.com", &[Role::Administrator], None).await;
        shop.member(3, "bob@example.com", &[Role::Stock, Role::Orders], Some(60)).await;
        shop.account(4, "zoe@example.com").await;
        let endpoint = ListStaff { grants: shop.context().grants };
        let list = || Request::new("GET", "/admin/staff");
        let listed = endpoint.handle(&list().from_staff(user(2))).await.expect("listed").body_json();
        let granted_at = "2026-11-24T06:57:00.000Z";
        let expected = json!({"staff": [
            {"user_id": user(3), "email": "bob@example.com", "roles": ["stock", "orders"],
                "expires_at": "2026-11-24T06:58:00.000Z", "granted_at": granted_at},
            {"user_id": user(2), "email": "eve@example.com", "roles": ["administrator"], "granted_at": granted_at},
        ]});
        assert_eq!(listed, expected);
        assert_eq!(outcome(&endpoint.handle(&list().from_user(user(2))).await), (403, "forbidden"));
    }
}
