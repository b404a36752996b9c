//! `POST /auth/register`: creates an account and logs it in.

use schemars::JsonSchema;
use souk_auth::{Caller, password};
use souk_domain::account::{Account, Email, Role};
use souk_domain::ids::UserId;
use souk_runtime::contract::{self, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{RegistrationOutcome, Users};

use crate::SessionContext;
use crate::context::SessionResponse;

/// Allowed length of a new password, in characters. The upper limit bounds the cost of hashing.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=128;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("register", "POST /auth/register", contract::Caller::Anyone, Tag::Accounts)
        .summary("Creates an account and logs it in")
        .idempotency_key(
            "Starts one more session of the same account: the tokens of the first answer are not stored.",
            "as long as the account",
        )
        .body::<RegisterRequest>(r#"{"email": "ann@example.com", "password": "correct horse"}"#)
        .answers::<SessionResponse<'_>>(201, "The first session of the new account.")
        .problem(409, "email_taken", "There is an account with this e-mail address.")
}

/// The request of `POST /auth/register`.
#[derive(JsonSchema)]
pub struct RegisterRequest {
    /// The e-mail address. Upper and lower case are the same.
    #[schemars(email, length(max = 318))]
    pub email: String,
    /// The password.
    #[schemars(length(min = *PASSWORD_CHARS.start(), max = *PASSWORD_CHARS.end()), extend("format" = "password"))]
    pub password: String,
}

/// Registers an account.
pub struct Register {
    /// The users table.
    pub users: Users,
    /// Dependencies of session functions.
    pub context: SessionContext,
}

impl Register {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self { users: deps.users()?, context: SessionContext::from_dependencies(deps).await? })
    }
}

impl Endpoint for Register {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let idempotency_key = request.idempotency_key()?;
        let mut fields = request.fields()?;
        let email = fields.parsed::<Email>("email");
        let password = fields.verbatim("password", PASSWORD_CHARS);
        let (email, password) = fields.finish((email, password))?;

        let now = self.context.clock.now();
        let account = Account {
            user_id: UserId::new(now, &*self.context.random),
            email,
            password_hash: password::hash(&password, &*self.context.random).map_err(Problem::internal)?,
            role: Role::Shopper,
            created_at: now,
            registration_key: idempotency_key.map(|known| known.key),
        };
        let user_id = match self.users.register(&account).await? {
            RegistrationOutcome::Registered => account.user_id,
            RegistrationOutcome::EmailTaken => self.registered_before(&account, &password).await?,
        };
        self.context.open_session(201, &Caller { user_id, role: Role::Shopper }).await
    }
}

impl Register {
    /// The account that an earlier call of this request created. The body is compared by its password: a stored
    /// fingerprint of the body would be a fast hash of the password.
    async fn registered_before(&self, account: &Account, password: &str) -> Result<UserId, Problem> {
        let taken = || Problem::conflict("email_taken", "there is an account with this e-mail address; log in");
        let Some(known) = self.users.credentials(&account.email).await? else { return Err(taken()) };
        if account.registration_key.is_none() || known.registration_key != account.registration_key {
            return Err(taken());
        }
        let is_same = password::verify(password, Some(&known.password_hash)).map_err(Problem::internal)?;
        if is_same { Ok(known.user_id) } else { Err(Problem::idempotency_key_reused()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, outcome, post};

    const BODY: &str = r#"{"email": "Ann@Example.com", "password": "correct horse"}"#;

    #[tokio::test]
    async fn an_account_is_created_and_logged_in() {
        let shop = Fixture::start().await;
        let register = shop.register().await;
        let body = register.handle(&post(BODY)).await.expect("registered").body_json();
        let caller = shop.tokens().await.verify(body["token"].as_str().expect("a token")).await.expect("a good token");
        assert_eq!((caller.user_id.as_str(), caller.role), (body["user_id"].as_str().expect("an id"), Role::Shopper));
        assert_eq!(body["expires_in"].as_i64(), Some(900));
        assert_eq!(outcome(&register.handle(&post(BODY)).await), (409, "email_taken"));
    }

    #[tokio::test]
    async fn a_retry_with_its_key_finds_the_same_account() {
        let shop = Fixture::start().await;
        let register = shop.register().await;
        let keyed = |body: &str| post(body).with_header("idempotency-key", "k");
        let first = register.handle(&keyed(BODY)).await.expect("registered").body_json();
        let again = register.handle(&keyed(BODY)).await.expect("found").body_json();
        assert_eq!(first["user_id"], again["user_id"]);
        let other = keyed(r#"{"email": "ann@example.com", "password": "another horse"}"#);
        assert_eq!(outcome(&register.handle(&other).await), (422, "idempotency_key_reused"));
        let other_key = post(BODY).with_header("idempotency-key", "other");
        assert_eq!(outcome(&register.handle(&other_key).await), (409, "email_taken"));
    }

    #[tokio::test]
    async fn all_invalid_fields_are_named_and_not_quoted() {
        let shop = Fixture::start().await;
        let problem = shop.register().await.handle(&post(r#"{"email": "ann", "password": "hunter2"}"#)).await;
        let problem = problem.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|e| (e.field.as_str(), e.code)).collect();
        assert_eq!(fields, [("email", "invalid_format"), ("password", "too_short")]);
        assert!(!problem.into_reply("r").body().contains("hunter2"));
    }
}
