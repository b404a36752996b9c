//! `POST /auth/invitations/accept`: accepts an invitation to the staff of the shop.
//!
//! The token proves that the caller reads the mails of the address. If the address has an account, its password is
//! needed as well; otherwise the account is created with this password and a verified address. Each step is idempotent,
//! and the token is used up last, so a retry completes a request that crashed.
//!
//! The token only names the invitation, which is in a table that nobody else's endpoint writes. A mail may be sent twice,
//! each time with another token, and late. So an invitation is bound to the credentials as they were when it was made:
//! after it was accepted, and after its roles were taken away again, no token of it gives anything.

use std::sync::Arc;

use schemars::JsonSchema;
use souk_auth::one_time;
use souk_domain::account::Account;
use souk_domain::audit::AuditActor;
use souk_domain::effects::Random;
use souk_domain::ids::UserId;
use souk_identity::{Attempt, Attempts, MAX_PASSWORD_CHARS, PasswordRules, password_schema};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::audit::AuditContext;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{
    ClaimOutcome, Credential, Invitation, Invitations, OneTimeToken, OneTimeTokens, StaffGrant, TokenPurpose,
};

use crate::administrators::{GrantError, LAST_ADMINISTRATOR, earlier_end};
use crate::audited_grant::{Origin, change_audited};
use crate::link;
use crate::own_account::require_password;
use crate::pending_accounts::PendingAccounts;
use crate::staff_context::{Roles, StaffContext};

const FUNCTION: &str = "accept-invitation";
/// Maximum attempts to create an account while the address is claimed and freed.
const MAX_ATTEMPTS: u32 = 3;
/// The version of credentials that were never changed.
const FIRST_VERSION: u64 = 1;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let (status, code, _) = link::EXPIRED;
    let expired = "The link was used, has expired or never existed, the account has changed since, or the inviting \
                   account is no administrator any more: ask for another invitation.";
    Operation::new("accept-invitation", "POST /auth/invitations/accept", Caller::Anyone, Tag::Accounts)
        .summary("Accepts an invitation to the staff of the shop")
        .description(
            "With the token of the mail. If the e-mail address has an account, `password` is that of the account. \
             Otherwise an account with this password is made, whose address is verified. The roles of the invitation \
             replace those that the account has, also if they are fewer, and end with those of the inviting account at \
             the latest. All sessions of the account end: log in afterwards, set up a second factor if there is none (`POST /account/second-factor`), and log in with it.",
        )
        .repeated("410 `link_expired`. The account has the roles.")
        .body::<AcceptInvitationRequest>(EXAMPLE)
        .answers_empty(204, "The account has the roles of the invitation.")
        .problem(401, "invalid_credentials", "The e-mail address has an account, and this is not its password.")
        .problem(409, "last_administrator", LAST_ADMINISTRATOR)
        .problem(409, "own_grant", "An administrator accepted an own invitation with other roles.")
        .problem(status, code, expired)
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
        .problem(503, "busy", "Too many passwords are checked at once. Try again after `Retry-After` seconds.")
}

const EXAMPLE: &str =
    r#"{"token": "x7rYkzB0mT1vQ4nUe9aZcW2dLs8fJgHp3oKi6R5tVbE", "password": "correct horse battery staple"}"#;

/// The request of `POST /auth/invitations/accept`.
#[derive(JsonSchema)]
pub struct AcceptInvitationRequest {
    /// The token of the link in the mail.
    #[schemars(length(min = 1, max = one_time::TOKEN_CHARS))]
    pub token: String,
    /// The password of the account, or that of a new one, for which the rules of registration hold.
    #[schemars(schema_with = "password_schema")]
    pub password: String,
}

/// Accepts invitations.
pub struct AcceptInvitation {
    /// The table of one-time tokens.
    pub tokens: OneTimeTokens,
    /// The table of invitations.
    pub invitations: Invitations,
    /// Ends pending accounts of the address.
    pub pending: PendingAccounts,
    /// Changes grants.
    pub staff: StaffContext,
    /// The audit log.
    pub audit: AuditContext,
    /// Limits attempts.
    pub attempts: Attempts,
    /// The rules for the password of a new account.
    pub rules: PasswordRules,
    /// Randomness of ids and salts.
    pub random: Arc<dyn Random>,
}

impl AcceptInvitation {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            tokens: deps.one_time_tokens()?,
            invitations: deps.invitations()?,
            pending: PendingAccounts::from_dependencies(deps)?,
            staff: StaffContext::from_dependencies(deps)?,
            audit: deps.audit_context()?,
            attempts: Attempts::from_dependencies(deps).await?,
            rules: PasswordRules::from_dependencies(deps)?,
            random: deps.random(),
        })
    }
}

impl Endpoint for AcceptInvitation {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let mut fields = request.fields()?;
        let (token, password) = (link::read_token(&mut fields), fields.verbatim("password", 1..=MAX_PASSWORD_CHARS));
        let (token, password) = fields.finish((token, password))?;

        let now = self.staff.clock.now();
        let token = link::find(&self.tokens, &token, TokenPurpose::Invitation, now).await?;
        let invitation = self.invitation(&token).await?;
        let attempt = self.attempts.count("invitation", &invitation.email, request).await?;
        let account = self.account(&invitation, &password, &attempt).await?;
        self.grant(&account, &invitation, request).await?;
        self.pending.end(&invitation.email, &account.user_id).await?;
        self.attempts.succeeded(&attempt).await?;
        link::use_up(&self.tokens, &token, now).await?;
        Ok(Reply::no_content())
    }
}

impl AcceptInvitation {
    /// The invitation of a token. Its roles end with those of the administrator who invited, who must still be one.
    async fn invitation(&self, token: &OneTimeToken) -> Result<Invitation, Problem> {
        let id = token.invitation_id.as_ref().ok_or_else(link::expired)?;
        let now = self.staff.clock.now();
        let invitation = self.invitations.get(id, &token.email, now).await?.ok_or_else(link::expired)?;
        let StaffGrant { expires_at, .. } =
            self.staff.administrator(&invitation.invited_by, now).await.map_err(expired_if_no_administrator)?;
        Ok(Invitation { grant_expires_at: earlier_end(invitation.grant_expires_at, expires_at), ..invitation })
    }

    /// The account of the address, which is made if there is none.
    async fn account(&self, invitation: &Invitation, password: &str, attempt: &Attempt) -> Result<Account, Problem> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(credential) = self.staff.credentials.get(&invitation.email).await? else {
                match self.new_account(invitation, password).await? {
                    Some(account) => return Ok(account),
                    None => continue,
                }
            };
            if !self.is_current(invitation, &credential).await? {
                return Err(link::expired());
            }
            require_password(&self.attempts, &credential, password, attempt, FUNCTION).await?;
            if let Some(account) = self.staff.accounts.get(&credential.user_id).await? {
                return Ok(account);
            }
            // It was deleted in between.
        }
        Err(Problem::unavailable("temporarily_unavailable", "the account changed during every attempt"))
    }

    /// Makes the account. None if another request made one just now.
    async fn new_account(&self, invitation: &Invitation, password: &str) -> Result<Option<Account>, Problem> {
        if invitation.user_id.is_some() {
            // The invited account has been deleted.
            return Err(link::expired());
        }
        let email = &invitation.email;
        self.rules.check_new("password", password, email)?;
        let hash = self.attempts.hashes.hash(password, self.random.clone()).await?;
        let now = self.staff.clock.now();
        let user_id = UserId::new(now, &*self.random);
        let credential = Credential::new(email.clone(), user_id.clone(), hash);
        let (email, guest_ids) = (email.clone(), Vec::new());
        let account = Account { user_id, email, verified_at: now, created_at: now, guest_ids };
        Ok(match self.staff.accounts.claim(&self.staff.credentials, &account, &credential).await? {
            ClaimOutcome::Claimed | ClaimOutcome::AlreadyMine => Some(account),
            ClaimOutcome::AddressTaken => None,
        })
    }

    /// Whether the account is as it was when it was invited, or made since, or has exactly these roles already: then this
    /// is a retry.
    async fn is_current(&self, invitation: &Invitation, credential: &Credential) -> Result<bool, Problem> {
        if invitation.user_id.as_ref().is_some_and(|invited| *invited != credential.user_id) {
            return Ok(false);
        }
        if credential.version == invitation.credentials_version.unwrap_or(FIRST_VERSION) {
            return Ok(true);
        }
        let grant = self.staff.grants.get(&credential.user_id).await?;
        Ok(grant.is_some_and(|grant| {
            grant.roles == invitation.roles
                && grant.expires_at == invitation.grant_expires_at
                && grant.granted_by.as_ref() == Some(&invitation.invited_by)
        }))
    }

    async fn grant(&self, account: &Account, invitation: &Invitation, request: &Request) -> Result<(), Problem> {
        let roles = Roles { roles: invitation.roles.clone(), expires_at: invitation.grant_expires_at };
        let origin = Origin {
            action: FUNCTION,
            actor: AuditActor::User(account.user_id.clone()),
            request_id: request.request_id().to_owned(),
            source_address: request.source_address().to_owned(),
        };
        let changed =
            change_audited(&self.staff, &self.audit, origin, account, &roles, Some(&invitation.invited_by)).await;
        changed.map_err(expired_if_no_administrator)?;
        Ok(())
    }
}

/// The problem of a failed change. An administrator who is none any more has not invited anybody.
fn expired_if_no_administrator(error: GrantError) -> Problem {
    if matches!(error, GrantError::NoAdministrator) { link::expired() } else { error.into() }
}

#[cfg(test)]
mod tests;
