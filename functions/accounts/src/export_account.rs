//! `GET /account/export?cursor=`: everything that the shop stores about the caller's account.

use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

use crate::export::{self, AccountExport, EXPORTED};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let operation = Operation::new("export-account", "GET /account/export", Caller::Shopper, Tag::Accounts)
        .summary("Exports everything that belongs to the account")
        .description(EXPORTED);
    export::declared(operation)
}

/// Exports the caller's account.
pub struct ExportAccount {
    /// Reads the data of accounts.
    pub export: AccountExport,
}

impl ExportAccount {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { export: AccountExport::from_dependencies(deps)? })
    }
}

impl Endpoint for ExportAccount {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.account()?;
        let account = self.export.accounts.get(&caller.user_id).await?;
        // It was deleted after the authorizer had read the session.
        let ended = || Problem::unauthorized("session_ended", "the session has ended; log in again");
        self.export.page(account.ok_or_else(ended)?, request).await
    }
}
