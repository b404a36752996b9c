//! Consumer of the mail queue: decides which mail an address gets, makes the one-time token of its link, and sends it.
//!
//! Only this function reads whether an address has an account, in order to send a mail. So no endpoint can disclose it
//! by its response or by its response time.
//!
//! The queue may deliver a message twice, and SES may have sent a mail whose response was lost. Then a mailbox gets the
//! mail twice, each time with another token, because only the hash of the first token is stored. This is no more than
//! asking for a second mail. Using one of the tokens makes the other void: a verified address has no registration any
//! more, and a new password or an accepted invitation changes the version of the credentials to which the other token
//! is bound.

use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use souk_auth::{MacKey, Pseudonyms, one_time};
use souk_domain::account::Email;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::UserId;
use souk_domain::mail::{
    INVITATION_SECONDS, MailContent, MailRequest, PASSWORD_RESET_SECONDS, ShopName, StorefrontUrl,
    VERIFICATION_SECONDS, is_deliverable, render,
};
use souk_domain::permission::Role;
use souk_domain::time::Timestamp;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_runtime::config::ConfigError;
use souk_runtime::{Dependencies, Error};
use souk_store::{
    AttemptOutcome, Credential, Credentials, Limit, Limits, OneTimeToken, OneTimeTokens, Registrations, StoreError,
    TokenPurpose,
};

use crate::mailer::{Mailer, MailerError};
use crate::ses_mailer::SesMailer;

/// Limit of mails of one template to one address. A stranger can use it up, but then the owner of the address has five
/// links.
const MAILS: Limit = Limit { max_attempts: 5, window_seconds: 3_600 };

/// Sends account mails.
pub struct SendMail {
    /// The credentials table, which shows whether an address has an account.
    pub credentials: Credentials,
    /// The table of pending accounts.
    pub registrations: Registrations,
    /// Stores the hashes of tokens.
    pub tokens: OneTimeTokens,
    /// Counts the mails to an address.
    pub limits: Limits,
    /// Pseudonyms of addresses, as keys of the limits.
    pub pseudonyms: Pseudonyms,
    /// Sends rendered mails. None if the shop has no sender.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// The shop's name.
    pub shop: ShopName,
    /// The storefront to which links lead.
    pub storefront: Option<StorefrontUrl>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// Makes tokens.
    pub random: Arc<dyn Random>,
}

/// The mail for an address. `token` is the secret token, not its hash.
enum Decision {
    VerifyAddress {
        token: String,
    },
    AccountExists,
    ResetPassword {
        token: String,
    },
    NoAccount,
    Invitation {
        token: String,
        has_account: bool,
    },
    PasswordChanged,
    SecondFactorChanged,
    /// No mail, for this reason.
    Nothing(&'static str),
}

impl SendMail {
    /// Reads its configuration from the environment and the key of pseudonyms from its secret.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        const SENDER: &str = "MAIL_SENDER";
        const SHOP_NAME: &str = "SHOP_NAME";
        let config = deps.config();
        let shop: ShopName = parsed(SHOP_NAME, config.text(SHOP_NAME)?)?;
        let sender: Option<Email> = config.optional(SENDER).map(|sender| parsed(SENDER, sender)).transpose()?;
        let mailer = sender.map(|sender| Arc::new(SesMailer::new(deps.sdk(), &shop, &sender)) as Arc<dyn Mailer>);
        let key = MacKey::read(&Client::new(deps.sdk()), config.text("PSEUDONYM_SECRET")?).await?;
        Ok(Self {
            credentials: deps.credentials()?,
            registrations: deps.registrations()?,
            tokens: deps.one_time_tokens()?,
            limits: deps.limits()?,
            pseudonyms: Pseudonyms::new(key),
            mailer,
            shop,
            storefront: config.optional("STOREFRONT_URL").map(|url| parsed("STOREFRONT_URL", url)).transpose()?,
            clock: deps.clock(),
            random: deps.random(),
        })
    }

    async fn send(&self, request: &MailRequest, mailer: &dyn Mailer) -> Result<&'static str, ConsumeError> {
        let decision = self.decide(request).await?;
        let content = match &decision {
            Decision::VerifyAddress { token } => MailContent::VerifyAddress { token },
            Decision::AccountExists => MailContent::AccountExists,
            Decision::ResetPassword { token } => MailContent::ResetPassword { token },
            Decision::NoAccount => MailContent::NoAccount,
            Decision::Invitation { token, has_account } => {
                let (roles, grant_expires_at) = grant(request);
                MailContent::Invitation { token, roles, grant_expires_at, has_account: *has_account }
            }
            Decision::PasswordChanged => MailContent::PasswordChanged,
            Decision::SecondFactorChanged => MailContent::SecondFactorChanged,
            Decision::Nothing(reason) => return Ok(reason),
        };
        let mail = render(&content, &self.shop, self.storefront.as_ref());
        match mailer.send(request.email(), &mail).await {
            Ok(()) => Ok("sent"),
            Err(MailerError::Refused(reason)) => {
                // The alarm `mail-refused` counts these lines: an unverified sender refuses every mail.
                tracing::error!(template = request.template(), reason, "mail refused");
                Ok("refused")
            }
            Err(error @ MailerError::Unavailable(_)) => Err(ConsumeError::new(error)),
        }
    }

    async fn decide(&self, request: &MailRequest) -> Result<Decision, StoreError> {
        match request {
            MailRequest::Registration { email, user_id } => self.registration(email, user_id.as_ref()).await,
            MailRequest::PasswordReset { email } => self.password_reset(email).await,
            MailRequest::Invitation { email, roles, grant_expires_at, invited_by } => {
                self.invitation(email, roles, *grant_expires_at, invited_by).await
            }
            MailRequest::PasswordChanged { .. } => Ok(Decision::PasswordChanged),
            MailRequest::SecondFactorChanged { .. } => Ok(Decision::SecondFactorChanged),
        }
    }

    async fn registration(&self, email: &Email, user_id: Option<&UserId>) -> Result<Decision, StoreError> {
        let now = self.clock.now();
        if let Some(credential) = self.credentials.get(email).await? {
            let is_own = user_id == Some(&credential.user_id);
            return Ok(if is_own { Decision::Nothing("verified already") } else { Decision::AccountExists });
        }
        let registration = match user_id {
            Some(user_id) => self.registrations.get(email, user_id, now).await?,
            None => self.registrations.newest(email, now).await?,
        };
        let Some(registration) = registration else { return Ok(Decision::Nothing("no registration is pending")) };
        let registration_end = Timestamp::from_millis(registration.expires_at.saturating_mul(1_000));
        let expires_at = now.plus_seconds(VERIFICATION_SECONDS).min(registration_end);
        let add = |token: &mut OneTimeToken| token.user_id = Some(registration.user_id);
        let token = self.new_token(TokenPurpose::VerifyAddress, email, expires_at, add).await?;
        Ok(Decision::VerifyAddress { token })
    }

    async fn password_reset(&self, email: &Email) -> Result<Decision, StoreError> {
        let Some(credential) = self.credentials.get(email).await? else { return Ok(Decision::NoAccount) };
        let expires_at = self.clock.now().plus_seconds(PASSWORD_RESET_SECONDS);
        let add = |token: &mut OneTimeToken| bind(token, Some(&credential));
        let token = self.new_token(TokenPurpose::ResetPassword, email, expires_at, add).await?;
        Ok(Decision::ResetPassword { token })
    }

    async fn invitation(
        &self,
        email: &Email,
        roles: &[Role],
        grant_expires_at: Option<Timestamp>,
        invited_by: &UserId,
    ) -> Result<Decision, StoreError> {
        let now = self.clock.now();
        if grant_expires_at.is_some_and(|end| end <= now) {
            return Ok(Decision::Nothing("the grant has ended"));
        }
        let credential = self.credentials.get(email).await?;
        let last = now.plus_seconds(INVITATION_SECONDS);
        let expires_at = grant_expires_at.map_or(last, |end| end.min(last));
        let add = |token: &mut OneTimeToken| {
            bind(token, credential.as_ref());
            token.roles = roles.to_vec();
            token.grant_expires_at = grant_expires_at;
            token.invited_by = Some(invited_by.clone());
        };
        let token = self.new_token(TokenPurpose::Invitation, email, expires_at, add).await?;
        Ok(Decision::Invitation { token, has_account: credential.is_some() })
    }

    /// Makes and stores a token, after `add` has completed it.
    async fn new_token(
        &self,
        purpose: TokenPurpose,
        email: &Email,
        expires_at: Timestamp,
        add: impl FnOnce(&mut OneTimeToken) + Send,
    ) -> Result<String, StoreError> {
        let one_time::OneTimeToken { token, hash } = one_time::new_token(&*self.random);
        let mut stored = OneTimeToken::new(hash, purpose, email.clone(), expires_at);
        add(&mut stored);
        self.tokens.create(&stored).await?;
        Ok(token)
    }
}

impl Consumer for SendMail {
    type Message = MailRequest;

    async fn consume(&self, request: &MailRequest) -> Result<&'static str, ConsumeError> {
        let Some(mailer) = &self.mailer else {
            tracing::warn!(template = request.template(), "no mail is sent: the parameter MailSender is empty");
            return Ok("no sender is configured");
        };
        if !is_deliverable(request.email()) {
            return Ok("the address cannot receive mail");
        }
        let limit_key = format!("mail#{}#{}", request.template(), self.pseudonyms.email(request.email()));
        if let AttemptOutcome::LimitReached { .. } = self.limits.count(&limit_key, MAILS, self.clock.now()).await? {
            return Ok("too many mails");
        }
        let outcome = self.send(request, &**mailer).await;
        if outcome.is_err() {
            // The next delivery counts the mail again. If this call fails, the address gets one mail fewer in this
            // hour.
            let _ = self.limits.release(&limit_key).await;
        }
        outcome
    }
}

/// Binds a token to the current version of the credentials, or to their absence: a later change makes it void.
fn bind(token: &mut OneTimeToken, credential: Option<&Credential>) {
    token.user_id = credential.map(|credential| credential.user_id.clone());
    token.credentials_version = credential.map(|credential| credential.version);
}

/// The roles of an invitation and their end; nothing for another mail.
fn grant(request: &MailRequest) -> (&[Role], Option<Timestamp>) {
    match request {
        MailRequest::Invitation { roles, grant_expires_at, .. } => (roles, *grant_expires_at),
        _ => (&[], None),
    }
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(name: &'static str, raw: &str) -> Result<T, ConfigError> {
    raw.parse().map_err(|error: T::Err| ConfigError::Invalid { name, reason: error.to_string() })
}

#[cfg(test)]
mod tests;
