//! `POST /auth/verification/confirm`: verifies the address of a pending account with the token of a mail and the
//! password of its registration, and starts a session.
//!
//! The password is required because anybody can register an address. Otherwise the link of a stranger's registration
//! would give the address to an account whose password the stranger knows.
//!
//! One transaction claims the address and deletes the registration, so a link makes an account once, also if that
//! account was deleted since. The other pending accounts of the address end afterwards, and the token is used up last,
//! so a retry continues after a failure at any point.

use schemars::JsonSchema;
use souk_auth::one_time;
use souk_identity::{Account, Attempt, Attempts, MAX_PASSWORD_CHARS, SessionIssuer, SessionResponse};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{Accounts, Carts, Credential, Credentials, OneTimeToken, OneTimeTokens, StoreError, TokenPurpose};

use crate::link;
use crate::pending_accounts::PendingAccounts;

/// Maximum attempts to claim an address while its registrations change.
const MAX_ATTEMPTS: u32 = 3;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let (status, code, when) = link::EXPIRED;
    Operation::new("confirm-verification", "POST /auth/verification/confirm", Caller::Anyone, Tag::Accounts)
        .summary("Verifies the address of a registered account and starts a session")
        .description(
            "It needs the token of the link and the password of the registration that the mail is about. Afterwards \
             the account has the address, and gets the orders of the guests that registered or logged in with it. Its \
             earlier sessions end, and so do all other registrations of the address with their sessions.",
        )
        .repeated("Starts one more session if the first request failed; otherwise 410 `link_expired`: log in.")
        .body::<ConfirmVerificationRequest>(
            r#"{"token": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA", "password": "correct horse battery staple"}"#,
        )
        .answers::<SessionResponse<'_>>(200, "A session of the account, whose `kind` is `shopper`.")
        .problem(401, "invalid_credentials", "The password is not that of the registration. The link still works.")
        .problem(409, "address_taken", "Another account has verified the address.")
        .problem(status, code, when)
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
        .problem(503, "busy", "Too many passwords are checked at once. Try again after `Retry-After` seconds.")
}

/// The request of `POST /auth/verification/confirm`.
#[derive(JsonSchema)]
pub struct ConfirmVerificationRequest {
    /// The token of the link.
    #[schemars(length(min = 1, max = one_time::TOKEN_CHARS))]
    pub token: String,
    /// The password of the registration.
    #[schemars(length(min = 1, max = MAX_PASSWORD_CHARS), extend("format" = "password"))]
    pub password: String,
}

/// Verifies an address.
pub struct ConfirmVerification {
    /// The table of one-time tokens.
    pub tokens: OneTimeTokens,
    /// The pending accounts.
    pub pending: PendingAccounts,
    /// The accounts table.
    pub accounts: Accounts,
    /// The carts table.
    pub carts: Carts,
    /// The credentials table.
    pub credentials: Credentials,
    /// Limits attempts.
    pub attempts: Attempts,
    /// Starts the session.
    pub sessions: SessionIssuer,
}

impl ConfirmVerification {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            tokens: deps.one_time_tokens()?,
            pending: PendingAccounts::from_dependencies(deps)?,
            accounts: deps.accounts()?,
            carts: deps.carts()?,
            credentials: deps.credentials()?,
            attempts: Attempts::from_dependencies(deps).await?,
            sessions: SessionIssuer::from_dependencies(deps).await?,
        })
    }
}

impl Endpoint for ConfirmVerification {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let (token, password) = read(request)?;
        let now = self.sessions.clock.now();
        let link = link::find(&self.tokens, &token, TokenPurpose::VerifyAddress, now).await?;
        let attempt = self.attempts.count("confirm-verification", &link.email, request).await?;
        let credential = self.claim(&link, &password, &attempt).await?;
        self.pending.end(&link.email, &credential.user_id).await?;
        self.carts.keep(&credential.user_id).await?;
        let reply = self.open(&credential, request).await?;
        link::use_up(&self.tokens, &link, now).await?;
        self.attempts.succeeded(&attempt).await?;
        reply.ok_or_else(link::expired)
    }
}

impl ConfirmVerification {
    /// The credentials of the account that has the address now, after its password was checked.
    async fn claim(&self, link: &OneTimeToken, password: &str, attempt: &Attempt) -> Result<Credential, Problem> {
        let user_id = link.user_id.as_ref().ok_or_else(link::expired)?;
        for _ in 0..MAX_ATTEMPTS {
            let now = self.sessions.clock.now();
            let registrations = &self.pending.registrations;
            let (stored, pending) =
                tokio::try_join!(self.credentials.get(&link.email), registrations.get(&link.email, user_id, now))?;
            if let Some(own) = stored.as_ref().filter(|stored| stored.user_id == *user_id) {
                // A retry. The password may have changed since the first request.
                self.require_password(&own.password_hash, password, attempt).await?;
                return Ok(own.clone());
            }
            let pending = pending.ok_or_else(link::expired)?;
            self.require_password(&pending.password_hash, password, attempt).await?;
            if stored.is_some() {
                return Err(Problem::conflict("address_taken", "another account has verified this address"));
            }
            let claimed = self.accounts.claim_registration(&self.credentials, registrations, &pending, now).await?;
            if let Some(credential) = claimed {
                return Ok(credential);
            }
            // The address was claimed, or a log-in added a guest to the registration.
        }
        Err(StoreError::Conflict.into())
    }

    /// Refuses a wrong password. It does not use the token up.
    async fn require_password(&self, stored: &str, entered: &str, attempt: &Attempt) -> Result<(), Problem> {
        if self.attempts.hashes.verify(entered, Some(stored)).await? {
            return Ok(());
        }
        attempt.log_refusal("confirm-verification", "invalid_credentials");
        Err(Problem::unauthorized("invalid_credentials", "this is not the password of the registration"))
    }

    /// Starts a session. `None`: the account has set up a second factor since the first request, so it has to log in.
    /// The session never has a staff grant: staff need a second factor.
    async fn open(&self, credential: &Credential, request: &Request) -> Result<Option<Reply>, Problem> {
        if credential.second_factor().is_some() {
            return Ok(None);
        }
        let device_token = self.attempts.new_device_token(&credential.email, false);
        let device_token = Some(device_token.as_str());
        let account = Account { credential, grant: None, has_second_factor: false, device_token };
        let reply = self.sessions.open_for_account(200, &self.credentials, account, request).await?;
        // The credentials changed just now: a retry reads the new ones.
        reply.map(Some).ok_or_else(|| StoreError::Conflict.into())
    }
}

fn read(request: &Request) -> Result<(String, String), Problem> {
    let mut fields = request.fields()?;
    let token = link::read_token(&mut fields);
    let password = fields.verbatim("password", 1..=MAX_PASSWORD_CHARS);
    fields.finish((token, password))
}

#[cfg(test)]
mod tests;
