//! `DELETE /admin/staff/{user_id}`: ends the roles of an account.

use souk_domain::ids::UserId;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::administrators::LAST_ADMINISTRATOR;
use crate::grant_view::AuditedGrant;
use crate::staff_context::StaffContext;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let route = "DELETE /admin/staff/{user_id}";
    Operation::new("delete-staff", route, Caller::Staff(Permission::StaffManage), Tag::Administration)
        .summary("Ends the roles of an account")
        .description("The account stays, as that of a shopper. All its sessions end at once.")
        .repeated("Ends the sessions of the account again.")
        .answers_empty(204, "The account has no roles.")
        .problem(409, "last_administrator", LAST_ADMINISTRATOR)
        .problem(409, "own_grant", "Administrators cannot end their own role.")
}

/// Ends the roles of an account.
pub struct DeleteStaff {
    /// Changes grants.
    pub staff: StaffContext,
}

impl DeleteStaff {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { staff: StaffContext::from_dependencies(deps)? })
    }
}

impl Endpoint for DeleteStaff {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.staff(Permission::StaffManage)?;
        let user_id: UserId = request.path_id("user_id", "account")?;
        let account = self.staff.account(&user_id).await?;
        let change = self.staff.change(&account, None, Some(&caller.user_id)).await?;
        let before = change.before.as_ref().map(AuditedGrant::of);
        Ok(Reply::no_content().audit(&before, &None::<AuditedGrant<'_>>))
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::permission::Role;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::outcome;
    use crate::staff_fixture::Staff;

    fn delete(number: u32) -> Request {
        let path = Request::new("DELETE", "/admin/staff").with_path("user_id", user(number).as_str());
        path.from_staff(user(1))
    }

    #[tokio::test]
    async fn roles_and_sessions_end_at_once() {
        let shop = Staff::with_administrator().await;
        shop.member(2, "bob@example.com", &[Role::Stock], None).await;
        shop.session(2, 21).await;
        let endpoint = DeleteStaff { staff: shop.context() };
        let reply = endpoint.handle(&delete(2)).await.expect("deleted");
        let (before, after) = reply.audited().expect("audited").json();
        assert_eq!((reply.status(), before, after), (204, r#"{"roles":["stock"]}"#, "null"));
        assert_eq!((shop.roles(2).await, shop.sessions_of(2).await), (None, 0));
        shop.session(2, 22).await;
        assert_eq!(outcome(&endpoint.handle(&delete(2)).await), (204, ""), "a retry");
        assert_eq!(shop.sessions_of(2).await, 0, "finishes what a crash left");
        assert_eq!(outcome(&endpoint.handle(&delete(9)).await), (404, "not_found"));
        assert_eq!(outcome(&endpoint.handle(&delete(2).from_user(user(1))).await), (403, "forbidden"));
    }

    #[tokio::test]
    async fn administrators_cannot_end_their_own_role() {
        let shop = Staff::with_administrator().await;
        shop.session(1, 11).await;
        let endpoint = DeleteStaff { staff: shop.context() };
        assert_eq!(outcome(&endpoint.handle(&delete(1)).await), (409, "last_administrator"));
        shop.member(2, "bob@example.com", &[Role::Administrator], None).await;
        assert_eq!(outcome(&endpoint.handle(&delete(1)).await), (409, "own_grant"));
        assert_eq!((shop.roles(1).await, shop.sessions_of(1).await), (Some(vec![Role::Administrator]), 1));
        assert_eq!(outcome(&endpoint.handle(&delete(1).from_staff(user(2))).await), (204, ""));
    }

    #[tokio::test]
    async fn one_of_two_administrators_who_remove_each_other_stays() {
        let shop = Staff::with_administrator().await;
        shop.member(2, "bob@example.com", &[Role::Administrator], None).await;
        let endpoint = DeleteStaff { staff: shop.context() };
        let (of_ann, of_bob) = (delete(1).from_staff(user(2)), delete(2));
        let (ann, bob) = tokio::join!(endpoint.handle(&of_ann), endpoint.handle(&of_bob));
        let outcomes = [outcome(&ann), outcome(&bob)];
        let refused = (409, "last_administrator");
        assert!(outcomes.contains(&(204, "")) && outcomes.contains(&refused), "{outcomes:?}");
        assert_eq!(shop.context().grants.list().await.expect("listed").len(), 1);
    }
}
