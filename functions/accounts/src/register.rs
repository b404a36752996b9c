//! `POST /auth/register`: creates an account whose address is pending, and starts its session.
//!
//! It never reads whether an account has the address, so neither its response nor its response time reveals that. The
//! consumer of the mail queue reads it: the mail verifies the address, or says that there is an account already. Until
//! the address is verified, the account has the rights of a guest.
//!
//! Every step may be repeated. With an `Idempotency-Key` a retry finds the registration of the first attempt and
//! continues: the guest's cart is merged once, and the guest's session ends last. The registration, its key and the
//! reservation of the guest are written in one transaction, so of two requests at once one registers.

use schemars::JsonSchema;
use souk_domain::account::{CallerKind, Email};
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::UserId;
use souk_domain::mail::MailRequest;
use souk_identity::{Attempt, Attempts, GuestMerge, PasswordRules, SessionIssuer, SessionResponse, password_schema};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::queues::MailQueue;
use souk_runtime::{Dependencies, Error};
use souk_store::{
    GuestSession, REGISTRATION_SECONDS, Registration, RegistrationKey, RegistrationOutcome, Registrations, StoreError,
};

use crate::mail_request::enqueue;

/// How long a retry is recognised by its key. Short, because with the key a password can be tried against the
/// registration, within the limits of attempts.
const KEY_SECONDS: i64 = 10 * 60;
/// Maximum attempts to register while other requests use the key, or merge the guest.
const MAX_ATTEMPTS: u32 = 3;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("register", "POST /auth/register", Caller::Anyone, Tag::Accounts)
        .summary("Registers an account and starts its session")
        .description(
            "The answer is always the same, whether or not there is an account with the e-mail address. The mail to \
             the address tells: it has the link for `POST /auth/verification/confirm`, or says that there is an \
             account already. Until the address is verified, the new account may do what a guest may, for seven days. \
             An address may have several such accounts; the one whose link is confirmed gets the address. A password \
             needs a length only (15 characters, a parameter of the shop), and must not be easily guessed. With \
             `guest_refresh_token` the guest's cart is merged, and the guest's orders follow when the address is \
             verified. Attempts are limited: 20 in 15 minutes for an e-mail address, and 50 for a network.",
        )
        .idempotency_key(
            "starts one more session of the account that the first request registered, and asks for the mail again. A \
             request with another password or another guest is refused.",
            "for ten minutes",
        )
        .body::<RegisterRequest>(r#"{"email": "ann@example.com", "password": "correct horse battery staple"}"#)
        .answers::<SessionResponse<'_>>(201, "The session of the new account, whose `kind` is `guest`.")
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
        .problem(503, "busy", "Too many passwords are checked at once. Try again after `Retry-After` seconds.")
}

/// The request of `POST /auth/register`.
#[derive(JsonSchema)]
pub struct RegisterRequest {
    /// The e-mail address, in any spelling.
    #[schemars(email, length(max = 318))]
    pub email: String,
    /// The password.
    #[schemars(schema_with = "password_schema")]
    pub password: String,
    /// The refresh token of a guest whose cart is to be merged. That of an account merges nothing.
    #[schemars(length(min = 1, max = 200))]
    pub guest_refresh_token: Option<String>,
}

/// A valid request.
struct RegisterParams {
    email: Email,
    password: String,
    guest_refresh_token: Option<String>,
    key: Option<IdempotencyKey>,
}

/// Registers an account.
pub struct Register {
    /// The table of pending accounts.
    pub registrations: Registrations,
    /// The rules for its password.
    pub rules: PasswordRules,
    /// Limits attempts.
    pub attempts: Attempts,
    /// Merges guests' carts.
    pub guests: GuestMerge,
    /// Sends the mail.
    pub mails: MailQueue,
    /// Starts the session.
    pub sessions: SessionIssuer,
}

impl Register {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            registrations: deps.registrations()?,
            rules: PasswordRules::from_dependencies(deps)?,
            attempts: Attempts::from_dependencies(deps).await?,
            guests: GuestMerge::from_dependencies(deps).await?,
            mails: deps.mail_queue()?,
            sessions: SessionIssuer::from_dependencies(deps).await?,
        })
    }
}

impl Endpoint for Register {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let params = self.read(request)?;
        // A registration always counts: it costs a hash and a mail.
        let key = params.key.as_ref().map(|key| key.key.as_str());
        let attempt = self.attempts.count_registration(&params.email, key, request).await?;
        self.rules.check("password", &params.password, &params.email)?;
        let mut guest = self.guests.guest(params.guest_refresh_token.as_deref()).await?;
        let registration = self.registered(&params, &mut guest, &attempt).await?;
        // Before the cart is merged, so that nothing is merged into a registration that has ended: then the address was
        // claimed just now, and a retry registers anew.
        let reply = self.sessions.open_for_registration(201, &self.registrations, &registration, request).await?;
        let reply = reply.ok_or(StoreError::Conflict)?;
        if let Some(guest) = &guest {
            self.guests.merge_cart(guest, &registration.user_id, CallerKind::Guest).await?;
        }
        let (email, user_id) = (params.email, Some(registration.user_id));
        enqueue(&self.mails, &MailRequest::Registration { email, user_id }).await?;
        if let Some(guest) = &guest {
            self.guests.end(guest).await?;
        }
        Ok(reply)
    }
}

impl Register {
    fn read(&self, request: &Request) -> Result<RegisterParams, Problem> {
        let key = request.idempotency_key()?;
        let mut fields = request.fields()?;
        let email = fields.parsed::<Email>("email");
        let password = self.rules.read(&mut fields, "password");
        let guest_refresh_token = GuestMerge::read(&mut fields);
        let (email, password, guest_refresh_token) = fields.finish((email, password, guest_refresh_token))?;
        Ok(RegisterParams { email, password, guest_refresh_token, key })
    }

    /// The pending account of the request: a new one, or that of an earlier request with the same key. Either computes
    /// one password hash. `guest` becomes none if another account merges the guest.
    async fn registered(
        &self,
        params: &RegisterParams,
        guest: &mut Option<GuestSession>,
        attempt: &Attempt,
    ) -> Result<Registration, Problem> {
        for _ in 0..MAX_ATTEMPTS {
            let used_by = self.used_by(params).await?;
            if let Some(user_id) = &used_by {
                let now = self.sessions.clock.now();
                if let Some(earlier) = self.registrations.get(&params.email, user_id, now).await? {
                    if let Some(known) = &*guest
                        && self.guests.is_of_another(known, user_id).await?
                    {
                        // The first request did not merge it either.
                        *guest = None;
                    }
                    return self.repeated(earlier, params, guest.as_ref(), attempt).await;
                }
            }
            let registration = self.new_registration(params, guest.as_ref()).await?;
            match self.create(&registration, params, used_by.as_ref(), guest.as_ref()).await? {
                RegistrationOutcome::Created => return Ok(registration),
                RegistrationOutcome::KeyUsed => {}
                RegistrationOutcome::GuestTaken => *guest = None,
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// The account that an earlier request with the same key registered.
    async fn used_by(&self, params: &RegisterParams) -> Result<Option<UserId>, Problem> {
        let Some(key) = &params.key else { return Ok(None) };
        let now = self.sessions.clock.now();
        Ok(self.registrations.registered_with(&params.email, &key.key, now).await?)
    }

    async fn new_registration(
        &self,
        params: &RegisterParams,
        guest: Option<&GuestSession>,
    ) -> Result<Registration, Problem> {
        let now = self.sessions.clock.now();
        Ok(Registration {
            email: params.email.clone(),
            user_id: UserId::new(now, &*self.sessions.random),
            password_hash: self.attempts.hashes.hash(&params.password, self.sessions.random.clone()).await?,
            created_at: now,
            guest_ids: guest.iter().map(|guest| guest.user_id.clone()).collect(),
            expires_at: now.plus_seconds(REGISTRATION_SECONDS).as_seconds(),
        })
    }

    async fn create(
        &self,
        registration: &Registration,
        params: &RegisterParams,
        ended: Option<&UserId>,
        guest: Option<&GuestSession>,
    ) -> Result<RegistrationOutcome, Problem> {
        let expires_at = registration.created_at.plus_seconds(KEY_SECONDS);
        let key = params.key.as_ref().map(|key| RegistrationKey { key: &key.key, ended, expires_at });
        let guest = guest.map(|guest| (&self.guests.sessions, guest));
        Ok(self.registrations.create(registration, key.as_ref(), guest).await?)
    }

    /// The account of the first request, if this one is the same.
    async fn repeated(
        &self,
        earlier: Registration,
        params: &RegisterParams,
        guest: Option<&GuestSession>,
        attempt: &Attempt,
    ) -> Result<Registration, Problem> {
        let is_same_password = self.attempts.hashes.verify(&params.password, Some(&earlier.password_hash)).await?;
        // The first request ends the session of its guest in the last step. After that, a retry has no guest.
        let is_same_guest = guest.is_none_or(|guest| earlier.guest_ids.contains(&guest.user_id));
        if is_same_password && is_same_guest {
            return Ok(earlier);
        }
        attempt.log_refusal("register", "idempotency_key_reused");
        Err(Problem::idempotency_key_reused())
    }
}

#[cfg(test)]
mod tests;
