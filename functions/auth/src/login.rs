//! `POST /auth/login`: exchanges e-mail and password for a pair of tokens.
//!
//! Neither the response nor its time reveals whether the account exists. Attempts are counted by account and by address
//! before the password is verified, so that a burst cannot exceed the limits. A successful login removes its counts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use sha2::{Digest, Sha256};
use souk_auth::{Caller, password};
use souk_domain::account::Email;
use souk_runtime::contract::{self, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{AttemptOutcome, Limit, Limits, Users};

use crate::SessionContext;
use crate::context::SessionResponse;

/// Allowed length of a password, in characters. The upper limit bounds the cost of hashing.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 1..=128;
const WINDOW_SECONDS: i64 = 15 * 60;
const PER_ACCOUNT: Limit = Limit { max_attempts: 20, window_seconds: WINDOW_SECONDS };
/// Higher, because many users may share an address.
const PER_ADDRESS: Limit = Limit { max_attempts: 200, window_seconds: WINDOW_SECONDS };

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("login", "POST /auth/login", contract::Caller::Anyone, Tag::Accounts)
        .summary("Logs in with e-mail address and password")
        .description(
            "Attempts are limited: 20 in 15 minutes for an e-mail address, and 200 for an IP address. A successful \
             log-in does not count. The answer does not tell whether there is an account with the e-mail address.",
        )
        .repeated("Starts one more session.")
        .body::<LoginRequest>(r#"{"email": "ann@example.com", "password": "correct horse"}"#)
        .answers::<SessionResponse<'_>>(200, "A new session.")
        .problem(401, "invalid_credentials", "The e-mail address or the password is wrong.")
        .problem(429, "too_many_attempts", "Too many attempts to log in. Try again after `Retry-After` seconds.")
}

/// The request of `POST /auth/login`.
#[derive(JsonSchema)]
pub struct LoginRequest {
    /// The e-mail address of the account, in upper or lower case.
    #[schemars(email, length(max = 318))]
    pub email: String,
    /// The password, exactly as at registration.
    #[schemars(length(min = *PASSWORD_CHARS.start(), max = *PASSWORD_CHARS.end()), extend("format" = "password"))]
    pub password: String,
}

/// Logs a user in.
pub struct Login {
    /// The users table.
    pub users: Users,
    /// Counters of login attempts.
    pub limits: Limits,
    /// Dependencies of session functions.
    pub context: SessionContext,
}

impl Login {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            users: deps.users()?,
            limits: deps.limits()?,
            context: SessionContext::from_dependencies(deps).await?,
        })
    }
}

impl Endpoint for Login {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let mut fields = request.fields()?;
        let email = fields.parsed::<Email>("email");
        let password = fields.verbatim("password", PASSWORD_CHARS);
        let (email, password) = fields.finish((email, password))?;

        let by_account = limit_key("login-account", email.as_str());
        let by_address = limit_key("login-address", request.source_address());
        self.count(&by_address, PER_ADDRESS).await?;
        self.count(&by_account, PER_ACCOUNT).await?;

        let known = self.users.credentials(&email).await?;
        let stored = known.as_ref().map(|known| known.password_hash.as_str());
        let is_correct = password::verify(&password, stored).map_err(Problem::internal)?;
        let Some(known) = known.filter(|_| is_correct) else {
            return Err(Problem::unauthorized("invalid_credentials", "the e-mail address or the password is wrong"));
        };
        self.limits.reset(&by_account).await?;
        self.limits.release(&by_address).await?;
        self.context.open_session(200, &Caller { user_id: known.user_id, role: known.role }).await
    }
}

impl Login {
    async fn count(&self, limit_key: &str, limit: Limit) -> Result<(), Problem> {
        match self.limits.count(limit_key, limit, self.context.clock.now()).await? {
            AttemptOutcome::Counted => Ok(()),
            AttemptOutcome::LimitReached { retry_after_seconds } => {
                let detail = "too many attempts to log in; wait before the next one";
                let seconds = u64::try_from(retry_after_seconds).unwrap_or(1);
                Err(Problem::new(429, "too_many_attempts", detail).retry_after(seconds))
            }
        }
    }
}

/// Key of a counter. It is hashed, so that the table does not reveal accounts and addresses.
fn limit_key(kind: &str, subject: &str) -> String {
    format!("{kind}#{}", URL_SAFE_NO_PAD.encode(&Sha256::digest(subject)[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, outcome, post};

    const RIGHT: &str = r#"{"email": "ann@example.com", "password": "correct horse"}"#;
    const WRONG: &str = r#"{"email": "ann@example.com", "password": "wrong horse"}"#;
    const NOBODY: &str = r#"{"email": "nobody@example.com", "password": "wrong horse"}"#;

    #[tokio::test]
    async fn the_correct_password_logs_in_with_any_case_of_the_address() {
        let shop = Fixture::with_account().await;
        let login = shop.login().await;
        let body = login.handle(&post(&RIGHT.replace("ann", "ANN"))).await.expect("signed in").body_json();
        assert!(shop.tokens().await.verify(body["token"].as_str().expect("a token")).await.is_ok());
        assert!(body["refresh_token"].is_string() && body["user_id"].is_string());
    }

    #[tokio::test]
    async fn a_wrong_password_and_an_unknown_account_have_the_same_response() {
        let shop = Fixture::with_account().await;
        let login = shop.login().await;
        let wrong = login.handle(&post(WRONG)).await.expect_err("refused").into_reply("r");
        let nobody = login.handle(&post(NOBODY)).await.expect_err("refused").into_reply("r");
        assert_eq!((wrong.status(), wrong.body()), (401, nobody.body()));
    }

    #[tokio::test]
    async fn attempts_are_limited_for_known_and_unknown_accounts() {
        for body in [WRONG, NOBODY] {
            let shop = Fixture::with_account().await;
            let login = shop.login().await;
            for _ in 0..PER_ACCOUNT.max_attempts {
                assert_eq!(outcome(&login.handle(&post(body)).await), (401, "invalid_credentials"));
            }
            let refused = login.handle(&post(body)).await.expect_err("too many");
            assert_eq!((refused.status(), refused.code()), (429, "too_many_attempts"));
            assert!(refused.into_reply("r").headers().contains_key("retry-after"));
            shop.clock.advance_seconds(WINDOW_SECONDS);
            assert_eq!(outcome(&login.handle(&post(RIGHT)).await), (200, ""));
        }
    }

    #[tokio::test]
    async fn a_successful_login_resets_the_count() {
        let shop = Fixture::with_account().await;
        let login = shop.login().await;
        for _ in 0..3 {
            for _ in 1..PER_ACCOUNT.max_attempts {
                let _ = login.handle(&post(WRONG)).await;
            }
            assert_eq!(outcome(&login.handle(&post(RIGHT)).await), (200, ""));
        }
    }

    #[tokio::test]
    async fn invalid_input_is_rejected_before_hashing() {
        let shop = Fixture::start().await;
        let login = shop.login().await;
        assert_eq!(outcome(&login.handle(&post("{")).await), (400, "malformed_json"));
        let long = format!(r#"{{"email": "ann@example.com", "password": "{}"}}"#, "x".repeat(129));
        assert_eq!(outcome(&login.handle(&post(&long)).await), (422, "invalid_fields"));
    }
}
