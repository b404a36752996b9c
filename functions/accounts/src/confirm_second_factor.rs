//! `POST /account/second-factor/confirm`: turns the second factor on with the first code of the authenticator app, and
//! returns the recovery codes.
//!
//! Only hashes of the recovery codes are stored, so they cannot be shown again. Therefore a failure after the change
//! does not fail the request.

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_auth::totp;
use souk_domain::effects::{Clock, Random};
use souk_domain::mail::MailRequest;
use souk_identity::{Attempts, MAX_CODE_CHARS, wrong_code};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Identity, Problem, Reply, Request};
use souk_runtime::queues::MailQueue;
use souk_runtime::{Dependencies, Error};
use souk_store::{Credential, CredentialOutcome, Sessions, StoreError};

use crate::mail_request::enqueue;
use crate::own_account::{OwnAccounts, count_attempt};
use crate::start_second_factor::exists;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("confirm-second-factor", "POST /account/second-factor/confirm", Caller::Shopper, Tag::Accounts)
        .summary("Turns the second factor on")
        .description(
            "From now on a log-in needs a code of the app, or a recovery code. All other sessions end. This one goes \
             on, but it was started without a second factor: members of staff log in again before they use staff \
             endpoints. A mail says that the second factor was changed.",
        )
        .repeated(
            "409 `second_factor_exists`. The recovery codes are not shown again: who lost them removes the second \
             factor and sets it up again.",
        )
        .body::<ConfirmSecondFactorRequest>(r#"{"code": "123456"}"#)
        .answers::<ConfirmSecondFactorResponse<'_>>(200, "The recovery codes. They are not shown again.")
        .problem(401, "invalid_code", "The code is wrong.")
        .problem(409, "second_factor_exists", "The account has a second factor already.")
        .problem(409, "second_factor_not_started", "There is no secret: call `POST /account/second-factor` first.")
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
}

/// The request of `POST /account/second-factor/confirm`.
#[derive(JsonSchema)]
pub struct ConfirmSecondFactorRequest {
    /// The code that the authenticator app shows.
    #[schemars(length(min = 1, max = MAX_CODE_CHARS))]
    pub code: String,
}

/// The recovery codes of a second factor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RecoveryCodes")]
struct ConfirmSecondFactorResponse<'a> {
    /// Each of them replaces a code of the app once.
    recovery_codes: &'a [String],
}

/// Turns the second factor on.
pub struct ConfirmSecondFactor {
    /// The accounts of callers.
    pub accounts: OwnAccounts,
    /// The sessions table.
    pub sessions: Sessions,
    /// Limits attempts.
    pub attempts: Attempts,
    /// Sends the mail.
    pub mails: MailQueue,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// Makes the recovery codes.
    pub random: Arc<dyn Random>,
}

impl ConfirmSecondFactor {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            accounts: OwnAccounts::from_dependencies(deps)?,
            sessions: deps.sessions()?,
            attempts: Attempts::from_dependencies(deps).await?,
            mails: deps.mail_queue()?,
            clock: deps.clock(),
            random: deps.random(),
        })
    }
}

impl Endpoint for ConfirmSecondFactor {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let identity = request.account()?;
        let mut fields = request.fields()?;
        let code = fields.text("code", MAX_CODE_CHARS);
        let (code,) = fields.finish((code,))?;
        let credential = self.accounts.get(request).await?.credential;
        let pending = credential.totp.as_ref().ok_or_else(not_started)?;
        if pending.confirmed {
            return Err(exists());
        }
        let attempt = count_attempt(&self.attempts, &credential, request).await?;
        self.attempts.count_code(&attempt).await?;
        let step = totp::verify(&pending.secret, &code, self.clock.now(), pending.last_step)
            .ok_or_else(|| wrong_code(&attempt, "confirm-second-factor"))?;
        self.attempts.succeeded(&attempt).await?;
        self.attempts.release_code(&attempt).await;
        // What must not fail comes before the change.
        self.sessions.end_all(&identity.user_id, Some(&identity.session_id)).await?;
        let codes = totp::new_recovery_codes(&*self.random);
        let hashes: BTreeSet<String> = codes.hashes.into_iter().collect();
        let seen = credential.reference();
        match self.accounts.credentials.confirm_totp(&seen, &pending.secret, step, &hashes).await? {
            CredentialOutcome::Changed => {}
            // A concurrent request changed the credentials. A retry reads them again.
            CredentialOutcome::Conflict => return Err(StoreError::Conflict.into()),
        }
        self.finish(identity, &credential).await;
        Ok(Reply::ok(&ConfirmSecondFactorResponse { recovery_codes: &codes.codes }))
    }
}

impl ConfirmSecondFactor {
    /// Ends the sessions that a log-in started just before the change, and asks for the mail. A failure is logged.
    async fn finish(&self, identity: &Identity, credential: &Credential) {
        if let Err(error) = self.sessions.end_all(&identity.user_id, Some(&identity.session_id)).await {
            tracing::error!(function = "confirm-second-factor", %error, "the other sessions cannot be ended again");
        }
        let mail = MailRequest::SecondFactorChanged { email: credential.email.clone() };
        if let Err(problem) = enqueue(&self.mails, &mail).await {
            let cause = problem.cause();
            tracing::error!(function = "confirm-second-factor", cause, "the mail cannot be requested");
        }
    }
}

fn not_started() -> Problem {
    Problem::conflict("second_factor_not_started", "there is no secret of a second factor; make one first")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_auth::totp::RECOVERY_CODES;
    use souk_domain::account::CallerKind;
    use souk_identity::{PER_EMAIL, accept_code};

    use super::*;
    use crate::fixture::{Fixture, email, outcome, request};

    fn endpoint(shop: &Fixture) -> ConfirmSecondFactor {
        ConfirmSecondFactor {
            accounts: shop.own_accounts(),
            sessions: shop.stores.sessions.clone(),
            attempts: shop.attempts(),
            mails: shop.mail_queue(),
            clock: shop.clock.clone(),
            random: shop.random.clone(),
        }
    }

    async fn confirm(shop: &Fixture, code: &str) -> Result<Reply, Problem> {
        let post = request("POST", &json!({"code": code})).from_user(shop.credential().await.user_id);
        endpoint(shop).handle(&post).await
    }

    async fn start(shop: &Fixture) {
        let seen = shop.credential().await.reference();
        let stored = shop.stores.credentials.set_pending_totp(&seen, &totp::new_secret(&*shop.random)).await;
        assert_eq!(stored.expect("written"), CredentialOutcome::Changed);
    }

    fn recovery_codes(reply: &Value) -> Vec<String> {
        serde_json::from_value(reply["recovery_codes"].clone()).expect("codes")
    }

    #[tokio::test]
    async fn a_code_turns_it_on_and_the_recovery_codes_work() {
        let shop = Fixture::with_account().await;
        start(&shop).await;
        let before = shop.credential().await;
        let (current, _) = shop.start_two_sessions(&before.user_id, CallerKind::Shopper).await;
        let code = shop.code().await;
        let codes = recovery_codes(&confirm(&shop, &code).await.expect("confirmed").body_json());
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), RECOVERY_CODES);
        assert_eq!(shop.session_ids(&before.user_id).await, [current]);
        assert_eq!(shop.mails(), [MailRequest::SecondFactorChanged { email: email() }]);
        let after = shop.credential().await;
        assert_eq!((after.second_factor().is_some(), after.version), (true, before.version + 1));
        let accepts = async |code: &str| {
            accept_code(&shop.stores.credentials, &shop.credential().await, code, shop.clock.now()).await.expect("read")
        };
        assert!(!accepts(&code).await, "the code that confirmed is used up");
        for code in &codes {
            assert!(accepts(code).await && !accepts(code).await, "a recovery code works once");
        }
        assert_eq!(outcome(&confirm(&shop, "123456").await), (409, "second_factor_exists"));
    }

    #[tokio::test]
    async fn wrong_codes_are_refused_and_limited() {
        let shop = Fixture::with_account().await;
        assert_eq!(outcome(&confirm(&shop, "123456").await), (409, "second_factor_not_started"));
        start(&shop).await;
        let right = shop.code().await;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for _ in 0..PER_EMAIL.max_attempts {
            assert_eq!(outcome(&confirm(&shop, wrong).await), (401, "invalid_code"));
        }
        assert_eq!(outcome(&confirm(&shop, &right).await), (429, "too_many_attempts"));
        assert!(shop.credential().await.second_factor().is_none());
    }

    #[tokio::test]
    async fn a_crash_at_any_call_leaves_it_off_or_returns_the_codes() {
        for calls in 0.. {
            let shop = Fixture::with_account().await;
            start(&shop).await;
            let user_id = shop.credential().await.user_id;
            let (current, _) = shop.start_two_sessions(&user_id, CallerKind::Shopper).await;
            let post = request("POST", &json!({"code": shop.code().await})).from_user(user_id.clone());
            shop.aws.crash_after(calls);
            let mut answer = endpoint(&shop).handle(&post).await;
            let crashed = shop.aws.recover();
            assert_eq!(answer.is_ok(), shop.credential().await.second_factor().is_some(), "after {calls} calls");
            if answer.is_err() {
                answer = endpoint(&shop).handle(&post).await;
            }
            assert_eq!(recovery_codes(&answer.expect("confirmed").body_json()).len(), RECOVERY_CODES);
            assert_eq!(shop.session_ids(&user_id).await, [current]);
            if !crashed {
                assert!(calls > 8, "{calls}");
                return;
            }
        }
    }
}
