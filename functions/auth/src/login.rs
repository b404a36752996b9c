//! `POST /auth/login`: e-mail and password for a pair of tokens.
//!
//! Whether the account exists shows neither in the answer nor in the time it takes. Attempts are counted by account and by
//! address before the password is looked at, so that a burst cannot slip through; success gives them back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use souk_auth::{Caller, password};
use souk_domain::account::Email;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{AttemptOutcome, Limit, Limits, Users};

use crate::SessionKeeper;

/// Any password that could have been registered, and a bound on what is hashed.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 1..=128;
const WINDOW_SECONDS: i64 = 15 * 60;
const PER_ACCOUNT: Limit = Limit { max_attempts: 20, window_seconds: WINDOW_SECONDS };
/// Many people may sit behind one address.
const PER_ADDRESS: Limit = Limit { max_attempts: 200, window_seconds: WINDOW_SECONDS };

/// The endpoint.
pub struct Login {
    /// Where accounts are.
    pub users: Users,
    /// Where attempts are counted.
    pub limits: Limits,
    /// What sessions stand on.
    pub keeper: SessionKeeper,
}

impl Login {
    /// With the stores and settings that the environment names.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self { users: deps.users()?, limits: deps.limits()?, keeper: SessionKeeper::from_dependencies(deps).await? })
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
        let right = password::verify(&password, stored).map_err(Problem::internal)?;
        let Some(known) = known.filter(|_| right) else {
            return Err(Problem::unauthorized("invalid_credentials", "the e-mail address or the password is wrong"));
        };
        self.limits.reset(&by_account).await?;
        self.limits.release(&by_address).await?;
        self.keeper.open(200, &Caller { user_id: known.user_id, role: known.role }).await
    }
}

impl Login {
    async fn count(&self, limit_key: &str, limit: Limit) -> Result<(), Problem> {
        match self.limits.count(limit_key, limit, self.keeper.clock.now()).await? {
            AttemptOutcome::Counted => Ok(()),
            AttemptOutcome::LimitReached { retry_after_seconds } => {
                let detail = "too many attempts to log in; wait before the next one";
                let seconds = u64::try_from(retry_after_seconds).unwrap_or(1);
                Err(Problem::new(429, "too_many_attempts", detail).retry_after(seconds))
            }
        }
    }
}

/// Names an account or an address without telling which to a reader of the table.
fn limit_key(kind: &str, of: &str) -> String {
    format!("{kind}#{}", URL_SAFE_NO_PAD.encode(&Sha256::digest(of)[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, outcome, post};

    const RIGHT: &str = r#"{"email": "ann@example.com", "password": "correct horse"}"#;
    const WRONG: &str = r#"{"email": "ann@example.com", "password": "wrong horse"}"#;
    const NOBODY: &str = r#"{"email": "nobody@example.com", "password": "wrong horse"}"#;

    #[tokio::test]
    async fn the_right_password_signs_in_in_any_case_of_the_address() {
        let shop = Fixture::with_account().await;
        let login = shop.login().await;
        let body = login.handle(&post(&RIGHT.replace("ann", "ANN"))).await.expect("signed in").body_json();
        assert!(shop.tokens().await.verify(body["token"].as_str().expect("a token")).await.is_ok());
        assert!(body["refresh_token"].is_string() && body["user_id"].is_string());
    }

    #[tokio::test]
    async fn a_wrong_password_and_an_unknown_account_look_alike() {
        let shop = Fixture::with_account().await;
        let login = shop.login().await;
        let wrong = login.handle(&post(WRONG)).await.expect_err("refused").into_reply("r");
        let nobody = login.handle(&post(NOBODY)).await.expect_err("refused").into_reply("r");
        assert_eq!((wrong.status(), wrong.body()), (401, nobody.body()));
    }

    #[tokio::test]
    async fn guessing_is_slowed_down_for_known_and_unknown_accounts_alike() {
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
    async fn success_forgives_earlier_mistakes() {
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
    async fn bad_input_is_refused_before_anything_is_hashed() {
        let shop = Fixture::start().await;
        let login = shop.login().await;
        assert_eq!(outcome(&login.handle(&post("{")).await), (400, "malformed_json"));
        let long = format!(r#"{{"email": "ann@example.com", "password": "{}"}}"#, "x".repeat(129));
        assert_eq!(outcome(&login.handle(&post(&long)).await), (422, "invalid_fields"));
    }
}
