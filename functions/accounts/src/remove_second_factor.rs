//! `DELETE /account/second-factor`: turns the second factor off with the password and a code. Members of staff keep it.
//!
//! After a failure in the middle, a retry finds no second factor and completes the other steps.

use std::sync::Arc;

use schemars::JsonSchema;
use souk_domain::effects::Clock;
use souk_domain::mail::MailRequest;
use souk_identity::{Attempts, MAX_CODE_CHARS, MAX_PASSWORD_CHARS, require_code};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::queues::MailQueue;
use souk_runtime::{Dependencies, Error};
use souk_store::{CredentialOutcome, Sessions, StaffGrants, StoreError};

use crate::mail_request::enqueue;
use crate::own_account::{OwnAccounts, count_attempt, require_password};

const FUNCTION: &str = "remove-second-factor";

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(FUNCTION, "DELETE /account/second-factor", Caller::Shopper, Tag::Accounts)
        .summary("Turns the second factor off")
        .description(
            "It needs the password and a code, or a recovery code. The recovery codes are deleted. All other sessions \
             end, and a mail says that the second factor was changed.",
        )
        .repeated("Completes the first request if it failed. Otherwise it ends the other sessions again.")
        .body::<RemoveSecondFactorRequest>(r#"{"password": "correct horse battery staple", "code": "123456"}"#)
        .answers_empty(204, "The account has no second factor.")
        .problem(401, "invalid_credentials", "The password is wrong.")
        .problem(401, "invalid_code", "The code is wrong or was used before.")
        .problem(409, "second_factor_needed", "Members of staff need a second factor.")
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
        .problem(503, "busy", "Too many passwords are checked at once. Try again after `Retry-After` seconds.")
}

/// The request of `DELETE /account/second-factor`.
#[derive(JsonSchema)]
pub struct RemoveSecondFactorRequest {
    /// The password of the account.
    #[schemars(length(min = 1, max = MAX_PASSWORD_CHARS), extend("format" = "password"))]
    pub password: String,
    /// A code of the authenticator app, or a recovery code.
    #[schemars(length(min = 1, max = MAX_CODE_CHARS))]
    pub code: String,
}

/// Turns the second factor off.
pub struct RemoveSecondFactor {
    /// The accounts of callers.
    pub accounts: OwnAccounts,
    /// The table of staff grants.
    pub grants: StaffGrants,
    /// The sessions table.
    pub sessions: Sessions,
    /// Limits attempts.
    pub attempts: Attempts,
    /// Sends the mail.
    pub mails: MailQueue,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl RemoveSecondFactor {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            accounts: OwnAccounts::from_dependencies(deps)?,
            grants: deps.staff_grants()?,
            sessions: deps.sessions()?,
            attempts: Attempts::from_dependencies(deps).await?,
            mails: deps.mail_queue()?,
            clock: deps.clock(),
        })
    }
}

impl Endpoint for RemoveSecondFactor {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let identity = request.account()?;
        let (password, code) = read(request)?;
        // The credentials are read before the grant: a grant in between changes their version, and nothing is removed.
        let credential = self.accounts.get(request).await?.credential;
        let grant = self.grants.get(&identity.user_id).await?;
        if grant.is_some_and(|grant| grant.is_active(self.clock.now())) {
            return Err(Problem::conflict("second_factor_needed", "members of staff need a second factor"));
        }
        let attempt = count_attempt(&self.attempts, &credential, request).await?;
        require_password(&self.attempts, &credential, &password, &attempt, FUNCTION).await?;
        // One that is not confirmed has no effect yet, so it needs no code.
        if credential.second_factor().is_some() {
            let credentials = &self.accounts.credentials;
            require_code(&self.attempts, credentials, &credential, &code, &attempt, FUNCTION).await?;
        }
        self.attempts.succeeded(&attempt).await?;
        if credential.totp.is_some() {
            // Before the change too: if the process ends right after it, no other session is left.
            self.sessions.end_all(&identity.user_id, Some(&identity.session_id)).await?;
            match self.accounts.credentials.remove_totp(&credential.reference()).await? {
                CredentialOutcome::Changed => {}
                // A concurrent request changed the credentials. A retry reads them again.
                CredentialOutcome::Conflict => return Err(StoreError::Conflict.into()),
            }
        }
        self.sessions.end_all(&identity.user_id, Some(&identity.session_id)).await?;
        enqueue(&self.mails, &MailRequest::SecondFactorChanged { email: credential.email }).await?;
        Ok(Reply::no_content())
    }
}

fn read(request: &Request) -> Result<(String, String), Problem> {
    let mut fields = request.fields()?;
    let password = fields.verbatim("password", 1..=MAX_PASSWORD_CHARS);
    let code = fields.text("code", MAX_CODE_CHARS);
    fields.finish((password, code))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_auth::totp;
    use souk_domain::account::CallerKind;
    use souk_domain::permission::Role;
    use souk_fixtures::identity::PASSWORD;
    use souk_identity::{CODES_PER_ACCOUNT, PER_EMAIL};

    use super::*;
    use crate::fixture::{Fixture, email, outcome, request};
    use crate::start_second_factor::StartSecondFactor;

    fn endpoint(shop: &Fixture) -> RemoveSecondFactor {
        RemoveSecondFactor {
            accounts: shop.own_accounts(),
            grants: shop.stores.staff_grants.clone(),
            sessions: shop.stores.sessions.clone(),
            attempts: shop.attempts(),
            mails: shop.mail_queue(),
            clock: shop.clock.clone(),
        }
    }

    async fn remove(shop: &Fixture, password: &str, code: &str) -> (u16, &'static str) {
        let delete = request("DELETE", &json!({"password": password, "code": code}));
        match endpoint(shop).handle(&delete.from_user(shop.credential().await.user_id)).await {
            Ok(reply) => (reply.status(), ""),
            Err(problem) => (problem.status(), problem.code()),
        }
    }

    /// A code that is not the current one.
    async fn wrong_code(shop: &Fixture) -> &'static str {
        if shop.code().await == "000000" { "000001" } else { "000000" }
    }

    #[tokio::test]
    async fn password_and_code_remove_it_and_the_other_sessions_end() {
        let shop = Fixture::with_account().await;
        shop.enrol_second_factor().await;
        let before = shop.credential().await;
        let (current, _) = shop.start_two_sessions(&before.user_id, CallerKind::Shopper).await;
        assert_eq!(remove(&shop, PASSWORD, &shop.code().await).await, (204, ""));
        let after = shop.credential().await;
        assert!(after.totp.is_none() && after.recovery_codes.is_empty() && after.version == before.version + 1);
        assert_eq!(shop.session_ids(&before.user_id).await, [current]);
        assert_eq!(shop.mails(), [MailRequest::SecondFactorChanged { email: email() }]);
    }

    #[tokio::test]
    async fn neither_a_wrong_password_nor_a_wrong_code_removes_it_and_both_are_limited() {
        let shop = Fixture::with_account().await;
        shop.enrol_second_factor().await;
        for _ in 0..PER_EMAIL.max_attempts / 2 {
            assert_eq!(remove(&shop, "wrong", &shop.code().await).await, (401, "invalid_credentials"));
            // The right password does not reset the count, or codes could be guessed without a limit.
            assert_eq!(remove(&shop, PASSWORD, wrong_code(&shop).await).await, (401, "invalid_code"));
        }
        assert_eq!(remove(&shop, PASSWORD, &shop.code().await).await, (429, "too_many_attempts"));
        assert!(shop.credential().await.second_factor().is_some() && shop.mails().is_empty());
    }

    /// Resets the count of passwords with the right one.
    async fn start(shop: &Fixture) -> (u16, &'static str) {
        let (accounts, attempts) = (shop.own_accounts(), shop.attempts());
        let endpoint = StartSecondFactor { accounts, attempts, random: shop.random.clone(), shop_name: "Souk".into() };
        let post = request("POST", &json!({"password": PASSWORD})).from_user(shop.credential().await.user_id);
        match endpoint.handle(&post).await {
            Ok(reply) => (reply.status(), ""),
            Err(problem) => (problem.status(), problem.code()),
        }
    }

    #[tokio::test]
    async fn the_password_does_not_reset_the_count_of_codes() {
        let shop = Fixture::with_account().await;
        shop.enrol_second_factor().await;
        let wrong = wrong_code(&shop).await;
        for number in 1..=CODES_PER_ACCOUNT.max_attempts {
            assert_eq!(remove(&shop, PASSWORD, wrong).await, (401, "invalid_code"));
            if number % (PER_EMAIL.max_attempts - 1) == 0 {
                assert_eq!(start(&shop).await, (409, "second_factor_exists"));
            }
        }
        assert_eq!(start(&shop).await, (409, "second_factor_exists"));
        assert_eq!(remove(&shop, PASSWORD, &shop.code().await).await, (429, "too_many_attempts"));
        shop.clock.advance_seconds(CODES_PER_ACCOUNT.window_seconds);
        assert_eq!(remove(&shop, PASSWORD, &shop.code().await).await, (204, ""));
    }

    #[tokio::test]
    async fn a_recovery_code_works_after_all_codes_were_used_up() {
        let shop = Fixture::with_account().await;
        let (secret, codes) = (totp::new_secret(&*shop.random), totp::new_recovery_codes(&*shop.random));
        let (credentials, seen) = (&shop.stores.credentials, shop.credential().await.reference());
        let hashes = codes.hashes.into_iter().collect();
        let pending = credentials.set_pending_totp(&seen, &secret).await.expect("written");
        let confirmed = credentials.confirm_totp(&seen, &secret, 1, &hashes).await.expect("written");
        assert_eq!((pending, confirmed), (CredentialOutcome::Changed, CredentialOutcome::Changed));
        let attempt = count_attempt(&shop.attempts(), &shop.credential().await, &request("DELETE", &json!({}))).await;
        let attempt = attempt.expect("counted");
        for _ in 0..CODES_PER_ACCOUNT.max_attempts {
            shop.attempts().count_code(&attempt).await.expect("counted");
        }
        assert_eq!(remove(&shop, PASSWORD, &shop.code().await).await, (429, "too_many_attempts"));
        assert_eq!(remove(&shop, PASSWORD, &codes.codes[0]).await, (204, ""));
    }

    #[tokio::test]
    async fn members_of_staff_keep_it() {
        let shop = Fixture::with_account().await;
        shop.enrol_second_factor().await;
        shop.grant(&[Role::Support], Some(shop.clock.now().plus_seconds(60))).await;
        assert_eq!(remove(&shop, PASSWORD, &shop.code().await).await, (409, "second_factor_needed"));
        assert!(shop.credential().await.second_factor().is_some());
        shop.clock.advance_seconds(60);
        assert_eq!(remove(&shop, PASSWORD, &shop.code().await).await, (204, ""), "their grant has ended");
    }

    #[tokio::test]
    async fn an_unconfirmed_one_is_removed_with_the_password() {
        let shop = Fixture::with_account().await;
        let seen = shop.credential().await.reference();
        let _ = shop.stores.credentials.set_pending_totp(&seen, &totp::new_secret(&*shop.random)).await.expect("set");
        assert_eq!(remove(&shop, PASSWORD, "000000").await, (204, ""));
        assert!(shop.credential().await.totp.is_none());
    }

    #[tokio::test]
    async fn a_retry_continues_after_a_crash_at_any_call() {
        for calls in 0.. {
            let shop = Fixture::with_account().await;
            shop.enrol_second_factor().await;
            let user_id = shop.credential().await.user_id;
            let (current, _) = shop.start_two_sessions(&user_id, CallerKind::Shopper).await;
            let first = request("DELETE", &json!({"password": PASSWORD, "code": shop.code().await}));
            shop.aws.crash_after(calls);
            let first = endpoint(&shop).handle(&first.from_user(user_id.clone())).await;
            let crashed = shop.aws.recover();
            let is_removed = shop.credential().await.totp.is_none();
            assert!(!is_removed || shop.session_ids(&user_id).await.len() == 1, "after {calls} calls");
            // The code may be used up: the retry sends the next one.
            shop.clock.advance_seconds(30);
            let code = if is_removed { "000000".to_owned() } else { shop.code().await };
            assert_eq!(remove(&shop, PASSWORD, &code).await, (204, ""), "after {calls} calls");
            assert!(shop.credential().await.totp.is_none() && !shop.mails().is_empty());
            assert_eq!(shop.session_ids(&user_id).await, [current]);
            if !crashed {
                assert_eq!((outcome(&first), calls > 8), ((204, ""), true), "{calls}");
                return;
            }
        }
    }
}
