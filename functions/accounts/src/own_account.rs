//! The account of the caller, and the proof that the caller knows its password.
//!
//! A stolen session must not be enough to take over an account, so changes of credentials require the password again.
//! Wrong passwords are limited as in log-ins, but with a separate counter: a stranger who uses up the log-ins of an
//! address does not keep its owner from changing the password.

use souk_domain::account::Account;
use souk_identity::{Attempt, Attempts};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Problem, Request};
use souk_store::{Accounts, Credential, CredentialStatus, Credentials};

/// Finds the account of a caller.
pub struct OwnAccounts {
    /// The accounts table.
    pub accounts: Accounts,
    /// The credentials table.
    pub credentials: Credentials,
}

/// The account of a caller.
pub(crate) struct OwnAccount {
    pub(crate) account: Account,
    pub(crate) credential: Credential,
}

impl OwnAccounts {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { accounts: deps.accounts()?, credentials: deps.credentials()? })
    }

    /// The account of the caller, whose address must be verified. An account that was deleted after the authorizer had
    /// read the session has no session any more.
    pub(crate) async fn get(&self, request: &Request) -> Result<OwnAccount, Problem> {
        let account = self.account(request).await?;
        let credential = self.credentials.get(&account.email).await?;
        let credential = credential.filter(|known| known.user_id == account.user_id).ok_or_else(ended)?;
        Ok(OwnAccount { account, credential })
    }

    /// The account of the caller and the state of its second factor, for functions that may not read secrets.
    pub(crate) async fn status(&self, request: &Request) -> Result<(Account, CredentialStatus), Problem> {
        let account = self.account(request).await?;
        let status = self.credentials.status(&account.email).await?;
        let status = status.filter(|known| known.user_id == account.user_id).ok_or_else(ended)?;
        Ok((account, status))
    }

    async fn account(&self, request: &Request) -> Result<Account, Problem> {
        let identity = request.account()?;
        self.accounts.get(&identity.user_id).await?.ok_or_else(ended)
    }
}

fn ended() -> Problem {
    Problem::unauthorized("session_ended", "the session has ended; log in again")
}

/// Counts an attempt to enter the password of a credential. The caller reports its success.
pub(crate) async fn count_attempt(
    attempts: &Attempts,
    credential: &Credential,
    request: &Request,
) -> Result<Attempt, Problem> {
    attempts.count("password", &credential.email, request).await
}

/// Refuses a wrong password. `function` is named in the log.
pub(crate) async fn require_password(
    attempts: &Attempts,
    credential: &Credential,
    entered: &str,
    attempt: &Attempt,
    function: &'static str,
) -> Result<(), Problem> {
    if attempts.hashes.verify(entered, Some(&credential.password_hash)).await? {
        return Ok(());
    }
    Err(wrong_password(attempt, function))
}

/// Logs a wrong password and returns its problem.
pub(crate) fn wrong_password(attempt: &Attempt, function: &'static str) -> Problem {
    attempt.log_refusal(function, "invalid_credentials");
    Problem::unauthorized("invalid_credentials", "the password is wrong")
}
