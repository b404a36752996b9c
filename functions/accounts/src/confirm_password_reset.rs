//! `POST /auth/password-reset/confirm`: sets a new password with the token of a mail, and ends all sessions.
//!
//! A token belongs to one version of the credentials, so a change of the password makes all other links void. After a
//! failure in the middle, a retry finds the new password in place and completes the other steps. The second factor
//! stays, so access to the mailbox alone is not enough to log in.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_auth::one_time;
use souk_domain::effects::{Clock, Random};
use souk_domain::mail::MailRequest;
use souk_identity::{Attempt, Attempts, PasswordRules, password_schema};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::queues::MailQueue;
use souk_runtime::{Dependencies, Error};
use souk_store::{
    Credential, CredentialOutcome, Credentials, OneTimeToken, OneTimeTokens, Sessions, StoreError, TokenPurpose,
};

use crate::link;
use crate::mail_request::enqueue;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let (status, code, when) = link::EXPIRED;
    Operation::new("confirm-password-reset", "POST /auth/password-reset/confirm", Caller::Anyone, Tag::Accounts)
        .summary("Sets a new password with the link of a mail")
        .description(
            "All sessions of the account end, and a mail says that the password was changed. A second factor stays: \
             log in with its code, or with a recovery code. The `device_token` of the answer makes the device \
             known to the account, so the log-in works although strangers have used up the attempts of others.",
        )
        .repeated("Completes the first request if it failed; otherwise 410 `link_expired`.")
        .body::<ConfirmPasswordResetRequest>(
            r#"{"token": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA", "password": "battery staple correct horse"}"#,
        )
        .answers::<PasswordResetResponse>(200, "The account has the new password.")
        .problem(status, code, when)
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
        .problem(503, "busy", "Too many passwords are checked at once. Try again after `Retry-After` seconds.")
}

/// The request of `POST /auth/password-reset/confirm`.
#[derive(JsonSchema)]
pub struct ConfirmPasswordResetRequest {
    /// The token of the link.
    #[schemars(length(min = 1, max = one_time::TOKEN_CHARS))]
    pub token: String,
    /// The new password.
    #[schemars(schema_with = "password_schema")]
    pub password: String,
}

/// The response of `POST /auth/password-reset/confirm`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PasswordReset")]
pub struct PasswordResetResponse {
    /// Send it with the log-in on this device. It works although strangers have used up the log-ins of other devices.
    pub device_token: String,
}

/// Sets a new password.
pub struct ConfirmPasswordReset {
    /// The table of one-time tokens.
    pub tokens: OneTimeTokens,
    /// The credentials table.
    pub credentials: Credentials,
    /// The sessions table.
    pub sessions: Sessions,
    /// The rules for the password.
    pub rules: PasswordRules,
    /// Limits attempts.
    pub attempts: Attempts,
    /// Sends the mail.
    pub mails: MailQueue,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// Randomness of the salt.
    pub random: Arc<dyn Random>,
}

impl ConfirmPasswordReset {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            tokens: deps.one_time_tokens()?,
            credentials: deps.credentials()?,
            sessions: deps.sessions()?,
            rules: PasswordRules::from_dependencies(deps)?,
            attempts: Attempts::from_dependencies(deps).await?,
            mails: deps.mail_queue()?,
            clock: deps.clock(),
            random: deps.random(),
        })
    }
}

impl Endpoint for ConfirmPasswordReset {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let (token, password) = self.read(request)?;
        let now = self.clock.now();
        let link = link::find(&self.tokens, &token, TokenPurpose::ResetPassword, now).await?;
        let attempt = self.attempts.count("confirm-password-reset", &link.email, request).await?;
        self.rules.check("password", &password, &link.email)?;
        let credential = self.credentials.get(&link.email).await?;
        let credential = credential.filter(|known| Some(&known.user_id) == link.user_id.as_ref());
        let credential = credential.ok_or_else(link::expired)?;
        self.change(&credential, &link, &password, &attempt).await?;
        // Again: a log-in may have started one before the change.
        self.sessions.end_all(&credential.user_id, None).await?;
        enqueue(&self.mails, &MailRequest::PasswordChanged { email: credential.email }).await?;
        link::use_up(&self.tokens, &link, now).await?;
        self.attempts.succeeded(&attempt).await?;
        let device_token = self.attempts.new_device_token(&link.email, false);
        Ok(Reply::json(200, &PasswordResetResponse { device_token }))
    }
}

impl ConfirmPasswordReset {
    fn read(&self, request: &Request) -> Result<(String, String), Problem> {
        let mut fields = request.fields()?;
        let token = link::read_token(&mut fields);
        let password = self.rules.read(&mut fields, "password");
        fields.finish((token, password))
    }

    /// Changes the password, unless an earlier request with this token did.
    async fn change(
        &self,
        credential: &Credential,
        link: &OneTimeToken,
        password: &str,
        attempt: &Attempt,
    ) -> Result<(), Problem> {
        let made_for = link.credentials_version.ok_or_else(link::expired)?;
        if credential.version == made_for {
            // Before the change too: if the process ends right after it, no old session is left.
            self.sessions.end_all(&credential.user_id, None).await?;
            let hash = self.attempts.hashes.hash(password, self.random.clone()).await?;
            return match self.credentials.change_password(&credential.reference(), &hash).await? {
                CredentialOutcome::Changed => Ok(()),
                // A concurrent request changed the credentials. A retry reads them again.
                CredentialOutcome::Conflict => Err(StoreError::Conflict.into()),
            };
        }
        let is_retry = credential.version > made_for
            && self.attempts.hashes.verify(password, Some(&credential.password_hash)).await?;
        if is_retry {
            return Ok(());
        }
        attempt.log_refusal("confirm-password-reset", "link_expired");
        Err(link::expired())
    }
}

#[cfg(test)]
mod tests;
