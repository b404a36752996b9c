//! `DELETE /admin/accounts/{user_id}`: deletes an account, by staff.

use serde::Serialize;
use souk_domain::ids::UserId;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::administrators::LAST_ADMINISTRATOR;
use crate::deletion::{DELETED, Deletion};
use crate::grant_view::AuditedGrant;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let route = "DELETE /admin/accounts/{user_id}";
    Operation::new("admin-delete-account", route, Caller::Staff(Permission::AccountsWrite), Tag::Administration)
        .summary("Deletes an account")
        .description(format!("When its owner asks for it, or the shop has to. {DELETED}"))
        .repeated("404 `not_found`. The account is deleted.")
        .answers_empty(204, "The account is deleted.")
        .problem(409, "last_administrator", LAST_ADMINISTRATOR)
        .problem(409, "own_account", "Staff delete their own account with its password: `DELETE /account`.")
}

/// Deletes accounts for staff.
pub struct AdminDeleteAccount {
    /// Deletes the account and its data.
    pub deletion: Deletion,
}

/// A deleted account as the audit log stores it. Has no address, because audit entries cannot be deleted.
#[derive(Serialize)]
struct AuditedAccount<'a> {
    created_at: String,
    verified_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<AuditedGrant<'a>>,
}

impl AdminDeleteAccount {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { deletion: Deletion::from_dependencies(deps)? })
    }
}

impl Endpoint for AdminDeleteAccount {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.staff(Permission::AccountsWrite)?;
        let user_id: UserId = request.path_id("user_id", "account")?;
        if user_id == caller.user_id {
            let detail = "delete your own account with its password: DELETE /account";
            return Err(Problem::conflict("own_account", detail));
        }
        let Some(account) = self.deletion.accounts.get(&user_id).await? else {
            self.deletion.end_sessions(&user_id).await?;
            return Err(Problem::not_found("account"));
        };
        let grant = self.deletion.delete(&account, None).await?;
        let before = AuditedAccount {
            created_at: account.created_at.to_rfc3339(),
            verified_at: account.verified_at.to_rfc3339(),
            staff: grant.as_ref().map(AuditedGrant::of),
        };
        Ok(Reply::no_content().audit(&before, &None::<AuditedAccount<'_>>))
    }
}
