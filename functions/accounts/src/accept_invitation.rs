//! `POST /auth/invitations/accept`: accepts an invitation to the staff of the shop.
//!
//! The token proves that the caller reads the mails of the address. If the address has an account, its password is
//! needed as well; otherwise the account is created with this password and a verified address. Each step is idempotent,
//! and the token is used up last, so a retry completes a request that crashed.
//!
//! A mail may be sent twice, each time with another token. So a token is bound to the version of the credentials: after
//! the invitation is accepted, the other token grants nothing, even if the roles are removed again.

use std::sync::Arc;

use schemars::JsonSchema;
use souk_auth::{one_time, password};
use souk_domain::account::Account;
use souk_domain::audit::AuditActor;
use souk_domain::effects::Random;
use souk_domain::ids::UserId;
use souk_domain::permission::Permission;
use souk_identity::{Attempt, Attempts, MAX_PASSWORD_CHARS, PasswordRules, password_schema};
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::audit::AuditContext;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{ClaimOutcome, Credential, OneTimeToken, OneTimeTokens, TokenPurpose};

use crate::administrators::LAST_ADMINISTRATOR;
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
             replace those that the account has, also if they are fewer. All sessions of the account end: log in \
             afterwards, set up a second factor if there is none (`POST /account/second-factor`), and log in with it.",
        )
        .repeated("410 `link_expired`. The account has the roles.")
        .body::<AcceptInvitationRequest>(EXAMPLE)
        .answers_empty(204, "The account has the roles of the invitation.")
        .problem(401, "invalid_credentials", "The e-mail address has an account, and this is not its password.")
        .problem(409, "last_administrator", LAST_ADMINISTRATOR)
        .problem(409, "own_grant", "An administrator accepted an own invitation with other roles.")
        .problem(status, code, expired)
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
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
        let invitation = link::find(&self.tokens, &token, TokenPurpose::Invitation, now).await?;
        let inviter = self.inviter(&invitation).await?;
        let attempt = self.attempts.count("invitation", &invitation.email, request).await?;
        let account = self.account(&invitation, &password, &attempt).await?;
        self.grant(&account, &invitation, &inviter, request).await?;
        self.pending.end(&invitation.email, &account.user_id).await?;
        self.attempts.succeeded(&attempt).await?;
        link::use_up(&self.tokens, &invitation, now).await?;
        Ok(Reply::no_content())
    }
}

impl AcceptInvitation {
    /// The inviting administrator. Refuses the invitation if that account is no administrator any more.
    async fn inviter(&self, invitation: &OneTimeToken) -> Result<UserId, Problem> {
        let inviter = invitation.invited_by.clone().ok_or_else(link::expired)?;
        let grant = self.staff.grants.get(&inviter).await?;
        let now = self.staff.clock.now();
        let may_invite = grant.is_some_and(|grant| grant.permissions(now).contains(Permission::StaffManage));
        if may_invite { Ok(inviter) } else { Err(link::expired()) }
    }

    /// The account of the address, which is made if there is none.
    async fn account(&self, invitation: &OneTimeToken, password: &str, attempt: &Attempt) -> Result<Account, Problem> {
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
            require_password(&credential, password, attempt, FUNCTION)?;
            if let Some(account) = self.staff.accounts.get(&credential.user_id).await? {
                return Ok(account);
            }
            // It was deleted in between.
        }
        Err(Problem::unavailable("temporarily_unavailable", "the account changed during every attempt"))
    }

    /// Creates the account. None if a concurrent request has just created it.
    async fn new_account(&self, invitation: &OneTimeToken, password: &str) -> Result<Option<Account>, Problem> {
        if invitation.user_id.is_some() {
            // The invited account has been deleted.
            return Err(link::expired());
        }
        let email = &invitation.email;
        self.rules.check_new("password", password, email)?;
        let hash = password::hash(password, &*self.random).map_err(Problem::internal)?;
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

    /// Whether the credentials have not changed since the invitation, or since the account was created, or the account
    /// already has exactly these roles, because this is a retry.
    async fn is_current(&self, invitation: &OneTimeToken, credential: &Credential) -> Result<bool, Problem> {
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
                && grant.granted_by == invitation.invited_by
        }))
    }

    async fn grant(
        &self,
        account: &Account,
        invitation: &OneTimeToken,
        inviter: &UserId,
        request: &Request,
    ) -> Result<(), Problem> {
        let roles = Roles { roles: invitation.roles.clone(), expires_at: invitation.grant_expires_at };
        let origin = Origin {
            action: FUNCTION,
            actor: AuditActor::User(account.user_id.clone()),
            request_id: request.request_id().to_owned(),
            source_address: request.source_address().to_owned(),
        };
        change_audited(&self.staff, &self.audit, origin, account, &roles, Some(inviter)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
