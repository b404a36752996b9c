//! `POST /account/second-factor`: makes the secret of a second factor, which works once a code of it was entered at
//! `POST /account/second-factor/confirm`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_auth::totp;
use souk_domain::effects::Random;
use souk_identity::{Attempts, MAX_PASSWORD_CHARS};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{CredentialOutcome, StoreError};

use crate::own_account::{OwnAccounts, count_attempt, require_password};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("start-second-factor", "POST /account/second-factor", Caller::Shopper, Tag::Accounts)
        .summary("Makes the secret of a second factor")
        .description(
            "Enter the secret into an authenticator app (TOTP, RFC 6238), or show `otpauth_uri` as a QR code. Nothing \
             changes for log-ins until a code of the app is confirmed.",
        )
        .repeated("Makes another secret, in place of the first.")
        .body::<StartSecondFactorRequest>(r#"{"password": "correct horse battery staple"}"#)
        .answers::<StartSecondFactorResponse<'_>>(201, "A new secret. It is not shown again.")
        .problem(401, "invalid_credentials", "The password is wrong.")
        .problem(409, "second_factor_exists", "The account has a second factor: remove it first.")
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
        .problem(503, "busy", "Too many passwords are checked at once. Try again after `Retry-After` seconds.")
}

/// The request of `POST /account/second-factor`.
#[derive(JsonSchema)]
pub struct StartSecondFactorRequest {
    /// The password of the account.
    #[schemars(length(min = 1, max = MAX_PASSWORD_CHARS), extend("format" = "password"))]
    pub password: String,
}

/// The secret of a second factor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SecondFactorSecret")]
struct StartSecondFactorResponse<'a> {
    /// The secret in base32.
    secret: &'a str,
    /// The secret as a URI, for a QR code.
    otpauth_uri: String,
}

/// Makes the secret of a second factor.
pub struct StartSecondFactor {
    /// The accounts of callers.
    pub accounts: OwnAccounts,
    /// Limits attempts.
    pub attempts: Attempts,
    /// Makes the secret.
    pub random: Arc<dyn Random>,
    /// The shop's name, for the authenticator app.
    pub shop_name: String,
}

impl StartSecondFactor {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            accounts: OwnAccounts::from_dependencies(deps)?,
            attempts: Attempts::from_dependencies(deps).await?,
            random: deps.random(),
            shop_name: deps.config().text("SHOP_NAME")?.to_owned(),
        })
    }
}

impl Endpoint for StartSecondFactor {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.account()?;
        let mut fields = request.fields()?;
        let password = fields.verbatim("password", 1..=MAX_PASSWORD_CHARS);
        let (password,) = fields.finish((password,))?;
        let credential = self.accounts.get(request).await?.credential;
        let attempt = count_attempt(&self.attempts, &credential, request).await?;
        require_password(&self.attempts, &credential, &password, &attempt, "start-second-factor").await?;
        self.attempts.succeeded(&attempt).await?;
        if credential.second_factor().is_some() {
            return Err(exists());
        }
        let secret = totp::new_secret(&*self.random);
        match self.accounts.credentials.set_pending_totp(&credential.reference(), &secret).await? {
            CredentialOutcome::Changed => {}
            // A concurrent request changed the credentials. A retry reads them again.
            CredentialOutcome::Conflict => return Err(StoreError::Conflict.into()),
        }
        let otpauth_uri = totp::otpauth_uri(&secret, &self.shop_name, credential.email.as_str());
        Ok(Reply::json(201, &StartSecondFactorResponse { secret: &secret, otpauth_uri }))
    }
}

/// The problem of an account that has a second factor already.
pub(crate) fn exists() -> Problem {
    Problem::conflict("second_factor_exists", "the account has a second factor; remove it first")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_fixtures::identity::PASSWORD;
    use souk_identity::PER_EMAIL;

    use super::*;
    use crate::fixture::{Fixture, outcome, request};

    fn endpoint(shop: &Fixture) -> StartSecondFactor {
        StartSecondFactor {
            accounts: shop.own_accounts(),
            attempts: shop.attempts(),
            random: shop.random.clone(),
            shop_name: "Souk".to_owned(),
        }
    }

    async fn start(shop: &Fixture, password: &str) -> Result<Reply, Problem> {
        let post = request("POST", &json!({"password": password})).from_user(shop.credential().await.user_id);
        endpoint(shop).handle(&post).await
    }

    #[tokio::test]
    async fn the_secret_is_stored_and_has_no_effect_yet() {
        let shop = Fixture::with_account().await;
        let before = shop.credential().await;
        let reply = start(&shop, PASSWORD).await.expect("made");
        let after = shop.credential().await;
        let body = reply.body_json();
        assert_eq!(reply.status(), 201);
        assert_eq!(after.totp.as_ref().map(|totp| json!(totp.secret)), Some(body["secret"].clone()));
        let uri = body["otpauth_uri"].as_str().expect("a URI");
        assert!(uri.starts_with("otpauth://totp/Souk:ann%40example.com?secret="), "{uri}");
        assert!(after.second_factor().is_none() && after.version == before.version);
        let second = start(&shop, PASSWORD).await.expect("made").body_json();
        assert_ne!(second["secret"], body["secret"]);
        assert_eq!(shop.credential().await.totp.map(|totp| json!(totp.secret)), Some(second["secret"].clone()));
    }

    #[tokio::test]
    async fn hashes_take_their_turn() {
        let shop = Fixture::with_account().await;
        let post = request("POST", &json!({"password": PASSWORD})).from_user(shop.credential().await.user_id);
        let busy = StartSecondFactor { attempts: shop.attempts_with_full_hash_queue(), ..endpoint(&shop) };
        assert_eq!(outcome(&busy.handle(&post).await), (503, "busy"));
    }

    #[tokio::test]
    async fn the_password_is_needed_and_limited() {
        let shop = Fixture::with_account().await;
        for _ in 0..PER_EMAIL.max_attempts {
            assert_eq!(outcome(&start(&shop, "wrong").await), (401, "invalid_credentials"));
        }
        assert_eq!(outcome(&start(&shop, PASSWORD).await), (429, "too_many_attempts"));
        assert!(shop.credential().await.totp.is_none());
    }

    #[tokio::test]
    async fn a_confirmed_second_factor_stays() {
        let shop = Fixture::with_account().await;
        shop.enrol_second_factor().await;
        let before = shop.credential().await;
        assert_eq!(outcome(&start(&shop, PASSWORD).await), (409, "second_factor_exists"));
        assert!(shop.credential().await == before);
    }
}
