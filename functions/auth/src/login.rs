//! `POST /auth/login`: exchanges e-mail address, password and, if the account has one, a code of the second factor for a
//! session.
//!
//! Neither the response nor its time reveals whether the account exists: the account and the newest pending
//! registration of the address are always read, and a password hash of each is verified. An account that owns the
//! address goes first. A pending one is opened with its own password in any case: if it were refused while somebody
//! owns the address, registering and logging in would tell.

use schemars::JsonSchema;
use souk_auth::{one_time, password};
use souk_domain::account::{CallerKind, Email};
use souk_domain::ids::UserId;
use souk_identity::{
    Account, Attempt, Attempts, GuestMerge, MAX_CODE_CHARS, MAX_PASSWORD_CHARS, SessionIssuer, SessionResponse,
    require_code,
};
use souk_runtime::contract::{self, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{
    Accounts, Credential, Credentials, GuestLinkOutcome, GuestSession, OneTimeToken, OneTimeTokens, Registration,
    Registrations, StaffGrants, StoreError, TokenPurpose,
};

/// How long a challenge waits for its code.
const CHALLENGE_SECONDS: i64 = 5 * 60;
/// Maximum attempts. A change of the credentials between the check and the start of the session repeats the log-in.
const MAX_ATTEMPTS: u32 = 3;
/// Longest device token that is read, in characters.
const MAX_DEVICE_TOKEN_CHARS: usize = 200;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("login", "POST /auth/login", contract::Caller::Anyone, Tag::Accounts)
        .summary("Logs in with e-mail address and password")
        .description(
            "An account with a second factor also needs its `code`, or a recovery code: either in the same request, \
             or together with the `challenge` of the answer `second_factor_required`. With `guest_refresh_token` the \
             guest's cart is merged into the account's, and a verified account gets the guest's orders. \
             Attempts are limited: 20 in 15 minutes for an e-mail address from one network, 200 for a network, and 100 \
             in a day for an e-mail address from all unknown devices together. A device that sends the `device_token` \
             of an earlier log-in has limits of its own: 20 in 15 minutes and 100 in a day. A new device that is \
             refused gets in through `POST /auth/password-reset`, whose confirmation returns a `device_token`. A \
             successful log-in does not count. Wrong codes are limited to 50 in a day for an account, and for each \
             device that has logged in with a code; a recovery code always works. The answer does not tell whether there is an account with the e-mail address. A log-in opens the \
             account that has verified the address, or else, with its password, the one that was registered with the \
             address last.",
        )
        .repeated("Starts one more session.")
        .body::<LoginRequest>(r#"{"email": "ann@example.com", "password": "correct horse battery staple"}"#)
        .answers::<SessionResponse<'_>>(200, "A new session.")
        .problem(401, "invalid_credentials", "The e-mail address or the password is wrong.")
        .problem_with::<SecondFactorRequired>(401, "second_factor_required", "The account has a second factor.")
        .problem(401, "invalid_code", "The code is wrong or was used before.")
        .problem(401, "challenge_expired", "There is no such challenge any more: log in again with the password.")
        .problem(429, "too_many_attempts", "Too many attempts to log in. Try again after `Retry-After` seconds.")
        .problem(503, "busy", "Too many passwords are checked at once. Try again after `Retry-After` seconds.")
}

/// The request of `POST /auth/login`: address and password, or a challenge and its code.
#[derive(JsonSchema)]
pub struct LoginRequest {
    /// The e-mail address of the account, in any spelling.
    #[schemars(email, length(max = 318))]
    pub email: Option<String>,
    /// The password.
    #[schemars(length(min = 1, max = MAX_PASSWORD_CHARS), extend("format" = "password"))]
    pub password: Option<String>,
    /// A code of the second factor, or a recovery code. Required with `challenge`.
    #[schemars(length(min = 1, max = MAX_CODE_CHARS))]
    pub code: Option<String>,
    /// The `challenge` of the answer `second_factor_required`, in place of address and password.
    #[schemars(length(min = 1, max = one_time::TOKEN_CHARS))]
    pub challenge: Option<String>,
    /// The refresh token of a guest whose cart is to be merged. That of an account merges nothing.
    #[schemars(length(min = 1, max = 200))]
    pub guest_refresh_token: Option<String>,
    /// The `device_token` of the latest log-in of this account on this device. One that is not valid is ignored.
    #[schemars(length(min = 1, max = MAX_DEVICE_TOKEN_CHARS))]
    pub device_token: Option<String>,
}

/// Further members of `second_factor_required`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct SecondFactorRequired {
    /// With `second_factor_required`: send it with the `code` within five minutes, in place of address and password.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
}

/// A valid request.
struct LoginParams {
    proof: Proof,
    code: Option<String>,
    guest_refresh_token: Option<String>,
    device_token: Option<String>,
}

/// The proof of identity in a request.
enum Proof {
    Password { email: Email, password: String },
    Challenge(String),
}

/// Logs a user in.
pub struct Login {
    /// The credentials table.
    pub credentials: Credentials,
    /// The table of pending accounts.
    pub registrations: Registrations,
    /// The accounts table, for the guests of an account.
    pub accounts: Accounts,
    /// The table of staff grants.
    pub grants: StaffGrants,
    /// The table of challenges.
    pub tokens: OneTimeTokens,
    /// Limits attempts.
    pub attempts: Attempts,
    /// Merges guests' carts.
    pub guests: GuestMerge,
    /// Starts the session.
    pub sessions: SessionIssuer,
}

impl Login {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            credentials: deps.credentials()?,
            registrations: deps.registrations()?,
            accounts: deps.accounts()?,
            grants: deps.staff_grants()?,
            tokens: deps.one_time_tokens()?,
            attempts: Attempts::from_dependencies(deps).await?,
            guests: GuestMerge::from_dependencies(deps).await?,
            sessions: SessionIssuer::from_dependencies(deps).await?,
        })
    }
}

impl Endpoint for Login {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let params = read(request)?;
        for _ in 0..MAX_ATTEMPTS {
            let reply = match &params.proof {
                Proof::Password { email, password } => self.with_password(email, password, &params, request).await?,
                Proof::Challenge(challenge) => self.with_challenge(challenge, &params, request).await?,
            };
            if let Some(reply) = reply {
                return Ok(reply);
            }
        }
        Err(Problem::unavailable("busy", "the credentials changed during every attempt"))
    }
}

impl Login {
    async fn with_password(
        &self,
        email: &Email,
        password: &str,
        params: &LoginParams,
        request: &Request,
    ) -> Result<Option<Reply>, Problem> {
        let attempt = self.attempts.count_login(email, params.device_token.as_deref(), request).await?;
        let now = self.sessions.clock.now();
        let (account, pending) = tokio::try_join!(self.credentials.get(email), self.registrations.newest(email, now))?;
        let hashes = &self.attempts.hashes;
        // Two hashes, whichever of them exist, or the time would tell.
        let opens_account = hashes.verify(password, account.as_ref().map(|known| known.password_hash.as_str())).await?;
        let stored = pending.as_ref().map(|pending| pending.password_hash.as_str());
        let opens_pending = hashes.verify(password, stored).await?;
        if let Some(credential) = account.filter(|_| opens_account) {
            self.upgrade_hash(&credential, password).await?;
            return self.open_account(credential, &attempt, params, request).await;
        }
        if let Some(pending) = pending.filter(|_| opens_pending) {
            return self.open_pending(&pending, &attempt, params, request).await;
        }
        attempt.log_refusal("login", "invalid_credentials");
        Err(Problem::unauthorized("invalid_credentials", "the e-mail address or the password is wrong"))
    }

    async fn with_challenge(
        &self,
        challenge: &str,
        params: &LoginParams,
        request: &Request,
    ) -> Result<Option<Reply>, Problem> {
        let expired = || Problem::unauthorized("challenge_expired", "log in again with the password");
        let now = self.sessions.clock.now();
        let hash = one_time::hash(challenge).ok_or_else(expired)?;
        let purpose = TokenPurpose::SecondFactorChallenge;
        let token = self.tokens.get(&hash, purpose, now).await?.ok_or_else(expired)?;
        let attempt = self.attempts.count_login(&token.email, params.device_token.as_deref(), request).await?;
        let credential = self.credentials.get(&token.email).await?.filter(|known| {
            // If the credentials have changed meanwhile, the new password has to be entered.
            Some(&known.user_id) == token.user_id.as_ref() && Some(known.version) == token.credentials_version
        });
        let reply = self.open_account(credential.ok_or_else(expired)?, &attempt, params, request).await?;
        self.tokens.take(&hash, purpose, now).await?;
        Ok(reply)
    }

    /// Starts a session of an account whose password was right. `None`: its credentials changed meanwhile.
    async fn open_account(
        &self,
        credential: Credential,
        attempt: &Attempt,
        params: &LoginParams,
        request: &Request,
    ) -> Result<Option<Reply>, Problem> {
        let has_second_factor = credential.second_factor().is_some();
        if has_second_factor {
            let Some(code) = &params.code else {
                let challenge = self.challenge(&credential).await?;
                // The password was right. The challenge counts as an attempt of its own.
                self.attempts.release(attempt).await?;
                return Err(challenge);
            };
            require_code(&self.attempts, &self.credentials, &credential, code, attempt, "login").await?;
        }
        let guest = self.reserved_guest(params, &credential.user_id).await?;
        if let Some(guest) = &guest {
            self.guests.merge_cart(guest, &credential.user_id, CallerKind::Shopper).await?;
            // If the account has just been deleted, no session is created either.
            let _ = self.accounts.add_guest(&credential.user_id, &guest.user_id).await?;
        }
        let grant = self.grants.get(&credential.user_id).await?;
        let device_token = self.attempts.device_token(attempt, &credential.email, has_second_factor).await;
        let account = Account {
            credential: &credential,
            grant: grant.as_ref(),
            has_second_factor,
            device_token: device_token.as_deref(),
        };
        let Some(reply) = self.sessions.open_for_account(200, &self.credentials, account, request).await? else {
            return Ok(None);
        };
        self.end_guest(guest.as_ref()).await?;
        self.attempts.succeeded(attempt).await?;
        Ok(Some(reply))
    }

    /// Opens an account whose address is pending. `None`: its registration has ended meanwhile.
    async fn open_pending(
        &self,
        pending: &Registration,
        attempt: &Attempt,
        params: &LoginParams,
        request: &Request,
    ) -> Result<Option<Reply>, Problem> {
        // First, so that nothing is merged into a registration that has ended.
        let reply = self.sessions.open_for_registration(200, &self.registrations, pending, request).await?;
        let Some(reply) = reply else { return Ok(None) };
        let guest = self.reserved_guest(params, &pending.user_id).await?;
        if let Some(guest) = &guest {
            self.add_guest(pending, &guest.user_id).await?;
            self.guests.merge_cart(guest, &pending.user_id, CallerKind::Guest).await?;
        }
        self.end_guest(guest.as_ref()).await?;
        // The count of the address stays: who registered an address must not reset the count of its owner.
        self.attempts.release(attempt).await?;
        Ok(Some(reply))
    }

    /// Adds a guest to a pending account. Its orders follow when the address is verified.
    async fn add_guest(&self, pending: &Registration, guest: &UserId) -> Result<(), Problem> {
        let added = self.registrations.add_guest(&pending.email, &pending.user_id, guest).await?;
        if added == GuestLinkOutcome::NotFound {
            // The address was verified just now. If another account has verified it, the guest keeps cart and orders.
            match self.accounts.add_guest(&pending.user_id, guest).await? {
                GuestLinkOutcome::Linked => {}
                GuestLinkOutcome::NotFound => return Err(StoreError::Conflict.into()),
            }
        }
        Ok(())
    }

    /// The guest of the request, who is now merged into no other account.
    async fn reserved_guest(&self, params: &LoginParams, user_id: &UserId) -> Result<Option<GuestSession>, Problem> {
        let Some(guest) = self.guests.guest(params.guest_refresh_token.as_deref()).await? else { return Ok(None) };
        Ok(self.guests.begin(&guest, user_id).await?.then_some(guest))
    }

    async fn end_guest(&self, guest: Option<&GuestSession>) -> Result<(), Problem> {
        match guest {
            Some(guest) => self.guests.end(guest).await,
            None => Ok(()),
        }
    }

    /// The problem that asks for the second factor.
    async fn challenge(&self, credential: &Credential) -> Result<Problem, Problem> {
        let challenge = one_time::new_token(&*self.sessions.random);
        let expires_at = self.sessions.clock.now().plus_seconds(CHALLENGE_SECONDS);
        let purpose = TokenPurpose::SecondFactorChallenge;
        let token = OneTimeToken {
            user_id: Some(credential.user_id.clone()),
            credentials_version: Some(credential.version),
            ..OneTimeToken::new(challenge.hash, purpose, credential.email.clone(), expires_at)
        };
        self.tokens.create(&token).await?;
        let detail = "send the code of the second factor with this challenge";
        Ok(Problem::unauthorized("second_factor_required", detail).with("challenge", challenge.token))
    }

    /// Hashes the password again if the parameters have become stronger since.
    async fn upgrade_hash(&self, credential: &Credential, password: &str) -> Result<(), Problem> {
        if password::needs_upgrade(&credential.password_hash) {
            let hash = self.attempts.hashes.hash(password, self.sessions.random.clone()).await?;
            self.credentials.upgrade_hash(&credential.email, &credential.password_hash, &hash).await?;
        }
        Ok(())
    }
}

fn read(request: &Request) -> Result<LoginParams, Problem> {
    let mut fields = request.fields()?;
    let challenge = fields.optional_text("challenge", one_time::TOKEN_CHARS);
    let code = if matches!(challenge, Some(Some(_))) {
        // Without a code the answer would be another challenge, and one password would be good for ever.
        fields.text("code", MAX_CODE_CHARS).map(Some)
    } else {
        fields.optional_text("code", MAX_CODE_CHARS)
    };
    let guest_refresh_token = GuestMerge::read(&mut fields);
    let device_token = fields.optional_text("device_token", MAX_DEVICE_TOKEN_CHARS);
    let proof = if let Some(Some(challenge)) = &challenge {
        Some(Proof::Challenge(challenge.clone()))
    } else {
        let email = fields.parsed::<Email>("email");
        let password = fields.verbatim("password", 1..=MAX_PASSWORD_CHARS);
        email.zip(password).map(|(email, password)| Proof::Password { email, password })
    };
    let read = (proof, code, guest_refresh_token, device_token, challenge);
    let (proof, code, guest_refresh_token, device_token, _) = fields.finish(read)?;
    Ok(LoginParams { proof, code, guest_refresh_token, device_token })
}

#[cfg(test)]
mod tests;
