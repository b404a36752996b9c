//! `DELETE /account`: deletes the caller's account.

use schemars::JsonSchema;
use souk_identity::{Attempt, Attempts, MAX_CODE_CHARS, MAX_PASSWORD_CHARS, require_code};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::Credential;

use crate::administrators::LAST_ADMINISTRATOR;
use crate::deletion::{DELETED, Deletion};
use crate::own_account::{OwnAccount, OwnAccounts, count_attempt, require_password};

const FUNCTION: &str = "delete-account";

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(FUNCTION, "DELETE /account", Caller::Shopper, Tag::Accounts)
        .summary("Deletes the account")
        .description(format!(
            "{DELETED} The `password` is asked for again, and with a second factor a `code` or a recovery code."
        ))
        .repeated(
            "401 `session_ended`: the account is deleted. After a failure the same request completes the deletion.",
        )
        .body::<DeleteAccountRequest>(r#"{"password": "correct horse battery staple"}"#)
        .answers_empty(204, "The account is deleted.")
        .problem(401, "invalid_credentials", "The password is wrong.")
        .problem(401, "second_factor_required", "The account has a second factor, and there is no `code`.")
        .problem(401, "invalid_code", "The code is wrong or was used before.")
        .problem(409, "last_administrator", LAST_ADMINISTRATOR)
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
        .problem(503, "busy", "Too many passwords are checked at once. Try again after `Retry-After` seconds.")
}

/// The request of `DELETE /account`.
#[derive(JsonSchema)]
pub struct DeleteAccountRequest {
    /// The password of the account.
    #[schemars(length(min = 1, max = MAX_PASSWORD_CHARS), extend("format" = "password"))]
    pub password: String,
    /// A code of the second factor, or a recovery code, if the account has a second factor.
    #[schemars(length(min = 1, max = MAX_CODE_CHARS))]
    pub code: Option<String>,
}

/// Deletes the caller's account.
pub struct DeleteAccount {
    /// Finds the caller's account.
    pub own: OwnAccounts,
    /// Limits attempts.
    pub attempts: Attempts,
    /// Deletes it.
    pub deletion: Deletion,
}

impl DeleteAccount {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            own: OwnAccounts::from_dependencies(deps)?,
            attempts: Attempts::from_dependencies(deps).await?,
            deletion: Deletion::from_dependencies(deps)?,
        })
    }
}

impl Endpoint for DeleteAccount {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.account()?;
        let mut fields = request.fields()?;
        let password = fields.verbatim("password", 1..=MAX_PASSWORD_CHARS);
        let code = fields.optional_text("code", MAX_CODE_CHARS);
        let (password, code) = fields.finish((password, code))?;

        if self.own.accounts.get(&caller.user_id).await?.is_none() {
            // An earlier request deleted the account, and may have crashed before the last session ended.
            self.deletion.end_sessions(&caller.user_id).await?;
            return Ok(Reply::no_content());
        }
        let OwnAccount { account, credential } = self.own.get(request).await?;
        let attempt = count_attempt(&self.attempts, &credential, request).await?;
        require_password(&self.attempts, &credential, &password, &attempt, FUNCTION).await?;
        self.require_second_factor(&credential, code.as_deref(), &attempt).await?;
        self.attempts.succeeded(&attempt).await?;
        self.deletion.delete(&account, Some(&caller.session_id)).await?;
        Ok(Reply::no_content())
    }
}

impl DeleteAccount {
    async fn require_second_factor(
        &self,
        credential: &Credential,
        code: Option<&str>,
        attempt: &Attempt,
    ) -> Result<(), Problem> {
        if credential.second_factor().is_none() {
            return Ok(());
        }
        let missing = || Problem::unauthorized("second_factor_required", "send a code of the second factor as well");
        let code = code.ok_or_else(missing)?;
        require_code(&self.attempts, &self.own.credentials, credential, code, attempt, FUNCTION).await
    }
}
