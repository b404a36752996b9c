//! Consumer of the mail queue: decides which mail an address gets, makes the one-time token of its link, and sends it.
//!
//! Only this function reads whether an address has an account, in order to send a mail. So no endpoint can disclose it
//! by its response or by its response time.
//!
//! The queue may deliver a message twice, and SES may have sent a mail whose response was lost. Then a mailbox gets the
//! mail twice, each time with a token of its own, because only the hash of the first is stored. That gives its owner
//! nothing that asking for a second mail would not. Using one of the tokens ends the other: a verified address has no
//! registration any more, and a new password or an accepted invitation changes the version of the credentials to which
//! the others are bound.
//!
//! Only mails that are sent count towards the limits, so nobody uses up the mails of an address that gets none.

use std::sync::Arc;

use souk_auth::{Pseudonyms, one_time};
use souk_domain::account::Email;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::{InvitationId, UserId};
use souk_domain::mail::{
    MailContent, MailRequest, PASSWORD_RESET_SECONDS, ShopName, StorefrontUrl, VERIFICATION_SECONDS, is_deliverable,
    render,
};
use souk_domain::time::Timestamp;
use souk_runtime::batch::{ConsumeError, Consumer};
use souk_runtime::config::ConfigError;
use souk_runtime::{Dependencies, Error};
use souk_store::{
    AttemptOutcome, Credentials, Invitation, Invitations, Limit, Limits, OneTimeToken, OneTimeTokens, Registrations,
    StoreError, TokenPurpose,
};

use crate::mailer::{Mailer, MailerError};
use crate::ses_mailer::SesMailer;

/// Mails of one kind to one address, and repeated mails about one registration. A stranger can use them up, but then the
/// owner of the address has five links.
const MAILS: Limit = Limit { max_attempts: 5, window_seconds: 3_600 };
/// Mails about all registrations of an address: the first mail of each, and repeated ones by themselves. More, because
/// only the registration's own password makes its link work: with five, five strangers would take the mail of the owner.
const VERIFICATION_MAILS: Limit = Limit { max_attempts: 20, window_seconds: 3_600 };

/// Sends account mails.
pub struct SendMail {
    /// The credentials table, which shows whether an address has an account.
    pub credentials: Credentials,
    /// The table of pending accounts.
    pub registrations: Registrations,
    /// What administrators have invited to.
    pub invitations: Invitations,
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

/// What an address gets.
enum Decision {
    VerifyAddress {
        token: NewToken,
        /// Whether the mail was asked for again.
        is_repeated: bool,
    },
    AccountExists,
    ResetPassword(NewToken),
    NoAccount,
    Invitation {
        token: NewToken,
        invitation: Invitation,
        has_account: bool,
    },
    PasswordChanged,
    SecondFactorChanged,
    /// No mail, for this reason.
    Nothing(&'static str),
}

/// A token that is not stored yet.
struct NewToken {
    /// The secret, for the mail.
    token: String,
    stored: OneTimeToken,
}

impl Decision {
    const fn token(&self) -> Option<&NewToken> {
        match self {
            Self::VerifyAddress { token, .. } | Self::ResetPassword(token) | Self::Invitation { token, .. } => {
                Some(token)
            }
            Self::AccountExists
            | Self::NoAccount
            | Self::PasswordChanged
            | Self::SecondFactorChanged
            | Self::Nothing(_) => None,
        }
    }

    /// What the mail says. `Err`: why there is none.
    fn content(&self) -> Result<MailContent<'_>, &'static str> {
        Ok(match self {
            Self::VerifyAddress { token, .. } => MailContent::VerifyAddress { token: &token.token },
            Self::AccountExists => MailContent::AccountExists,
            Self::ResetPassword(token) => MailContent::ResetPassword { token: &token.token },
            Self::NoAccount => MailContent::NoAccount,
            Self::Invitation { token, invitation, has_account } => MailContent::Invitation {
                token: &token.token,
                roles: &invitation.roles,
                grant_expires_at: invitation.grant_expires_at,
                has_account: *has_account,
            },
            Self::PasswordChanged => MailContent::PasswordChanged,
            Self::SecondFactorChanged => MailContent::SecondFactorChanged,
            Self::Nothing(reason) => return Err(reason),
        })
    }

    /// The counters of the mail, each with its limit. `address` is the pseudonym of the address.
    fn limits(&self, template: &str, address: &str) -> Vec<(String, Limit)> {
        match self {
            Self::VerifyAddress { is_repeated: false, .. } => {
                vec![(format!("mail#verify_address#{address}"), VERIFICATION_MAILS)]
            }
            Self::VerifyAddress { token, is_repeated: true } => {
                let registration = token.stored.user_id.as_ref().map_or("", UserId::as_str);
                vec![
                    (format!("mail#verify_address_again#{registration}"), MAILS),
                    (format!("mail#verify_address_again#{address}"), VERIFICATION_MAILS),
                ]
            }
            _ => vec![(format!("mail#{template}#{address}"), MAILS)],
        }
    }
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
        Ok(Self {
            credentials: deps.credentials()?,
            registrations: deps.registrations()?,
            invitations: deps.invitations()?,
            tokens: deps.one_time_tokens()?,
            limits: deps.limits()?,
            pseudonyms: souk_identity::pseudonyms(deps).await?,
            mailer,
            shop,
            storefront: config.optional("STOREFRONT_URL").map(|url| parsed("STOREFRONT_URL", url)).transpose()?,
            clock: deps.clock(),
            random: deps.random(),
        })
    }

    /// Stores the token and sends the mail.
    async fn send(
        &self,
        request: &MailRequest,
        decision: &Decision,
        content: &MailContent<'_>,
        mailer: &dyn Mailer,
    ) -> Result<&'static str, ConsumeError> {
        if let Some(token) = decision.token() {
            self.tokens.create(&token.stored).await?;
        }
        let mail = render(content, &self.shop, self.storefront.as_ref());
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

    /// Counts a mail. `false`: a limit is reached, and nothing is counted.
    async fn count(&self, limits: &[(String, Limit)]) -> Result<bool, StoreError> {
        for (counted, (key, limit)) in limits.iter().enumerate() {
            if let AttemptOutcome::LimitReached { .. } = self.limits.count(key, *limit, self.clock.now()).await? {
                self.release(&limits[..counted]).await;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Undoes that. If it fails, the address gets one mail less in this hour.
    async fn release(&self, limits: &[(String, Limit)]) {
        for (key, _) in limits {
            let _ = self.limits.release(key).await;
        }
    }

    async fn decide(&self, request: &MailRequest) -> Result<Decision, StoreError> {
        match request {
            MailRequest::Registration { email, user_id } => self.registration(email, user_id.as_ref()).await,
            MailRequest::PasswordReset { email } => self.password_reset(email).await,
            MailRequest::Invitation { email, invitation_id } => self.invitation(email, invitation_id).await,
            MailRequest::PasswordChanged { .. } => Ok(Decision::PasswordChanged),
            MailRequest::SecondFactorChanged { .. } => Ok(Decision::SecondFactorChanged),
        }
    }

    async fn registration(&self, email: &Email, user_id: Option<&UserId>) -> Result<Decision, StoreError> {
        let now = self.clock.now();
        if let Some(credential) = self.credentials.find(email).await? {
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
        let mut token = self.new_token(TokenPurpose::VerifyAddress, email, expires_at);
        token.stored.user_id = Some(registration.user_id);
        Ok(Decision::VerifyAddress { token, is_repeated: user_id.is_none() })
    }

    /// The token is bound to the credentials as they are now: a later change makes it void.
    async fn password_reset(&self, email: &Email) -> Result<Decision, StoreError> {
        let Some(credential) = self.credentials.find(email).await? else { return Ok(Decision::NoAccount) };
        let expires_at = self.clock.now().plus_seconds(PASSWORD_RESET_SECONDS);
        let mut token = self.new_token(TokenPurpose::ResetPassword, email, expires_at);
        token.stored.user_id = Some(credential.user_id);
        token.stored.credentials_version = Some(credential.version);
        Ok(Decision::ResetPassword(token))
    }

    /// The token names the invitation, and ends with it. So a mail that is sent late brings nothing back.
    async fn invitation(&self, email: &Email, invitation_id: &InvitationId) -> Result<Decision, StoreError> {
        let (invitation, credential) = tokio::try_join!(
            self.invitations.get(invitation_id, email, self.clock.now()),
            self.credentials.find(email)
        )?;
        let Some(invitation) = invitation else { return Ok(Decision::Nothing("there is no such invitation any more")) };
        let expires_at = Timestamp::from_millis(invitation.expires_at.saturating_mul(1_000));
        let mut token = self.new_token(TokenPurpose::Invitation, email, expires_at);
        token.stored.invitation_id = Some(invitation_id.clone());
        Ok(Decision::Invitation { token, invitation, has_account: credential.is_some() })
    }

    fn new_token(&self, purpose: TokenPurpose, email: &Email, expires_at: Timestamp) -> NewToken {
        let one_time::OneTimeToken { token, hash } = one_time::new_token(&*self.random);
        NewToken { token, stored: OneTimeToken::new(hash, purpose, email.clone(), expires_at) }
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
        let decision = self.decide(request).await?;
        let content = match decision.content() {
            Ok(content) => content,
            Err(reason) => return Ok(reason),
        };
        let limits = decision.limits(request.template(), &self.pseudonyms.email(request.email()));
        if !self.count(&limits).await? {
            return Ok("too many mails");
        }
        let outcome = self.send(request, &decision, &content, &**mailer).await;
        if outcome.is_err() {
            // The next delivery counts it again.
            self.release(&limits).await;
        }
        outcome
    }
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(name: &'static str, raw: &str) -> Result<T, ConfigError> {
    raw.parse().map_err(|error: T::Err| ConfigError::Invalid { name, reason: error.to_string() })
}

#[cfg(test)]
mod tests;
