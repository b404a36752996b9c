//! `GET /admin/accounts/{user_id}/export?cursor=`: everything that the shop stores about an account, for staff.
//!
//! It changes nothing, but the audit log records who exported the data of a person.

use souk_domain::ids::UserId;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::export::{self, AccountExport, EXPORTED};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let (route, caller) = ("GET /admin/accounts/{user_id}/export", Caller::Staff(Permission::AccountsRead));
    let operation = Operation::new("admin-export-account", route, caller, Tag::Administration)
        .summary("Exports everything that belongs to an account")
        .description(format!("{EXPORTED} Each page that staff export is written to the audit log."));
    export::declared(operation)
}

/// Exports accounts for staff.
pub struct AdminExportAccount {
    /// Reads the data of accounts.
    pub export: AccountExport,
}

impl AdminExportAccount {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { export: AccountExport::from_dependencies(deps)? })
    }
}

impl Endpoint for AdminExportAccount {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::AccountsRead)?;
        let user_id: UserId = request.path_id("user_id", "account")?;
        let account = self.export.accounts.get(&user_id).await?;
        self.export.page(account.ok_or_else(|| Problem::not_found("account"))?, request).await
    }
}
