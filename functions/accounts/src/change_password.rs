//! `PUT /account/password`: changes the password with the current one, and ends the other sessions.
//!
//! The session of the caller stays valid. After a failure in the middle, a retry finds the new password in place and
//! completes the other steps.

use std::sync::Arc;

use schemars::JsonSchema;
use souk_domain::effects::Random;
use souk_domain::mail::MailRequest;
use souk_identity::{Attempts, MAX_PASSWORD_CHARS, PasswordRules, password_schema};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::queues::MailQueue;
use souk_runtime::{Dependencies, Error};
use souk_store::{Credential, CredentialOutcome, Sessions, StoreError};

use crate::mail_request::enqueue;
use crate::own_account::{OwnAccounts, count_attempt, wrong_password};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("change-password", "PUT /account/password", Caller::Shopper, Tag::Accounts)
        .summary("Changes the password")
        .description(
            "All other sessions of the account end; this one goes on. A mail says that the password was changed. \
             Wrong passwords are limited: 20 in 15 minutes for an account.",
        )
        .repeated("Completes the first request if it failed. Otherwise it ends the other sessions again.")
        .body::<ChangePasswordRequest>(
            r#"{"current_password": "correct horse battery staple", "password": "battery staple correct horse"}"#,
        )
        .answers_empty(204, "The account has the new password.")
        .problem(401, "invalid_credentials", "The current password is wrong.")
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
        .problem(503, "busy", "Too many passwords are checked at once. Try again after `Retry-After` seconds.")
}

/// The request of `PUT /account/password`.
#[derive(JsonSchema)]
pub struct ChangePasswordRequest {
    /// The current password.
    #[schemars(length(min = 1, max = MAX_PASSWORD_CHARS), extend("format" = "password"))]
    pub current_password: String,
    /// The new password.
    #[schemars(schema_with = "password_schema")]
    pub password: String,
}

/// Changes the password.
pub struct ChangePassword {
    /// The accounts of callers.
    pub accounts: OwnAccounts,
    /// The sessions table.
    pub sessions: Sessions,
    /// The rules for the password.
    pub rules: PasswordRules,
    /// Limits attempts.
    pub attempts: Attempts,
    /// Sends the mail.
    pub mails: MailQueue,
    /// Randomness of the salt.
    pub random: Arc<dyn Random>,
}

impl ChangePassword {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            accounts: OwnAccounts::from_dependencies(deps)?,
            sessions: deps.sessions()?,
            rules: PasswordRules::from_dependencies(deps)?,
            attempts: Attempts::from_dependencies(deps).await?,
            mails: deps.mail_queue()?,
            random: deps.random(),
        })
    }
}

impl Endpoint for ChangePassword {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let identity = request.account()?;
        let (current, new) = self.read(request)?;
        let credential = self.accounts.get(request).await?.credential;
        let attempt = count_attempt(&self.attempts, &credential, request).await?;
        let (hashes, stored) = (&self.attempts.hashes, Some(credential.password_hash.as_str()));
        if hashes.verify(&current, stored).await? {
            self.rules.check("password", &new, &credential.email)?;
            // Before the change too: if the process ends right after it, no other session is left.
            self.sessions.end_all(&identity.user_id, Some(&identity.session_id)).await?;
            self.change(&credential, &new).await?;
        } else if !hashes.verify(&new, stored).await? {
            return Err(wrong_password(&attempt, "change-password"));
        }
        // Again: a log-in may have started one before the change.
        self.sessions.end_all(&identity.user_id, Some(&identity.session_id)).await?;
        enqueue(&self.mails, &MailRequest::PasswordChanged { email: credential.email }).await?;
        self.attempts.succeeded(&attempt).await?;
        Ok(Reply::no_content())
    }
}

impl ChangePassword {
    fn read(&self, request: &Request) -> Result<(String, String), Problem> {
        let mut fields = request.fields()?;
        let current = fields.verbatim("current_password", 1..=MAX_PASSWORD_CHARS);
        let new = self.rules.read(&mut fields, "password");
        fields.finish((current, new))
    }

    async fn change(&self, credential: &Credential, new: &str) -> Result<(), Problem> {
        let hash = self.attempts.hashes.hash(new, self.random.clone()).await?;
        match self.accounts.credentials.change_password(&credential.reference(), &hash).await? {
            CredentialOutcome::Changed => Ok(()),
            // A concurrent request changed the credentials. A retry reads them again.
            CredentialOutcome::Conflict => Err(StoreError::Conflict.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_domain::account::CallerKind;
    use souk_fixtures::identity::PASSWORD;
    use souk_identity::PER_EMAIL;

    use super::*;
    use crate::fixture::{Fixture, email, outcome, request};

    const NEW: &str = "battery staple correct horse";

    fn endpoint(shop: &Fixture) -> ChangePassword {
        ChangePassword {
            accounts: shop.own_accounts(),
            sessions: shop.stores.sessions.clone(),
            rules: shop.password_rules(),
            attempts: shop.attempts(),
            mails: shop.mail_queue(),
            random: shop.random.clone(),
        }
    }

    async fn change(shop: &Fixture, current: &str, new: &str) -> (u16, &'static str) {
        let put = request("PUT", &json!({"current_password": current, "password": new}));
        let put = put.from_user(shop.credential().await.user_id);
        match endpoint(shop).handle(&put).await {
            Ok(reply) => (reply.status(), ""),
            Err(problem) => (problem.status(), problem.code()),
        }
    }

    #[tokio::test]
    async fn the_password_changes_and_the_other_sessions_end() {
        let shop = Fixture::with_account().await;
        let user_id = shop.credential().await.user_id;
        let (current, _) = shop.start_two_sessions(&user_id, CallerKind::Shopper).await;
        assert_eq!(change(&shop, PASSWORD, NEW).await, (204, ""));
        assert!(shop.has_password(NEW).await);
        assert_eq!(shop.session_ids(&user_id).await, [current]);
        assert_eq!(shop.mails(), [MailRequest::PasswordChanged { email: email() }]);
    }

    #[tokio::test]
    async fn a_wrong_password_changes_nothing_and_is_limited() {
        let shop = Fixture::with_account().await;
        let user_id = shop.credential().await.user_id;
        shop.start_two_sessions(&user_id, CallerKind::Shopper).await;
        for _ in 0..PER_EMAIL.max_attempts {
            assert_eq!(change(&shop, "wrong", NEW).await, (401, "invalid_credentials"));
        }
        assert_eq!(change(&shop, PASSWORD, NEW).await, (429, "too_many_attempts"));
        assert!(shop.has_password(PASSWORD).await && shop.mails().is_empty());
        assert_eq!(shop.session_ids(&user_id).await.len(), 2);
    }

    #[tokio::test]
    async fn hashes_take_their_turn() {
        let shop = Fixture::with_account().await;
        let put = request("PUT", &json!({"current_password": PASSWORD, "password": NEW}));
        let put = put.from_user(shop.credential().await.user_id);
        let busy = ChangePassword { attempts: shop.attempts_with_full_hash_queue(), ..endpoint(&shop) };
        assert_eq!(outcome(&busy.handle(&put).await), (503, "busy"));
        assert!(shop.has_password(PASSWORD).await);
    }

    #[tokio::test]
    async fn the_new_password_has_to_follow_the_rules() {
        let shop = Fixture::with_account().await;
        for weak in ["short", "passwordpassword", "ann@example.com ann"] {
            assert_eq!(change(&shop, PASSWORD, weak).await, (422, "invalid_fields"), "{weak}");
        }
        assert!(shop.has_password(PASSWORD).await);
    }

    #[tokio::test]
    async fn a_retry_continues_after_a_crash_at_any_call() {
        for calls in 0.. {
            let shop = Fixture::with_account().await;
            let user_id = shop.credential().await.user_id;
            let (current, _) = shop.start_two_sessions(&user_id, CallerKind::Shopper).await;
            let put =
                request("PUT", &json!({"current_password": PASSWORD, "password": NEW})).from_user(user_id.clone());
            shop.aws.crash_after(calls);
            let first = endpoint(&shop).handle(&put).await;
            let crashed = shop.aws.recover();
            let is_changed = shop.has_password(NEW).await;
            assert!(!is_changed || shop.session_ids(&user_id).await.len() == 1, "after {calls} calls");
            assert_eq!(outcome(&endpoint(&shop).handle(&put).await), (204, ""), "after {calls} calls");
            assert!(shop.has_password(NEW).await && !shop.mails().is_empty());
            assert_eq!(shop.session_ids(&user_id).await, [current]);
            if !crashed {
                assert!(first.is_ok() && calls > 8, "{calls}");
                return;
            }
        }
    }
}
