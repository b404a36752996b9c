//! Mails about accounts: the queue message that asks for one, and the text of each.
//!
//! A mail contains nothing that a stranger chose: no name, no address, no text of a request. Otherwise a registration
//! with another person's address would send that person the stranger's words from the shop's domain.

use std::fmt::Write as _;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::account::Email;
use crate::ids::{InvitationId, OrderId, UserId};
use crate::message::QueueMessage;
use crate::permission::Role;
use crate::time::Timestamp;
use crate::validation::{self, Invalid};

/// How long the link that verifies an address is valid, in seconds.
pub const VERIFICATION_SECONDS: i64 = 24 * HOUR_SECONDS;
/// How long the link that resets a password is valid, in seconds. Short: it opens an account without its password.
pub const PASSWORD_RESET_SECONDS: i64 = HOUR_SECONDS;
/// How long an invitation is valid, in seconds.
pub const INVITATION_SECONDS: i64 = 72 * HOUR_SECONDS;

const HOUR_SECONDS: i64 = 3_600;
/// Longest name of a shop, in characters.
const MAX_SHOP_NAME_CHARS: usize = 60;
/// Longest address of a storefront, in characters.
const MAX_STOREFRONT_CHARS: usize = 200;
/// Most bytes of text in one encoded word: an encoded word has at most 75 characters (RFC 2047), of which 12 are frame.
const ENCODED_WORD_BYTES: usize = 45;

/// The message of the mail queue: which mail to send to which address.
///
/// It has no token, and does not say whether the address has an account. The consumer finds out, so that no endpoint can
/// disclose it. It grants nothing either: several public endpoints may send messages, so an invitation is stored where
/// only administrators' endpoint writes, and the message names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "snake_case")]
pub enum MailRequest {
    /// Verify the address of a registration, or say that the address has an account already.
    Registration {
        /// The address.
        email: Email,
        /// The pending account. The newest one of the address if absent, as when the mail is asked for again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user_id: Option<UserId>,
    },
    /// Reset the password, or say that the address has no account.
    PasswordReset {
        /// The address.
        email: Email,
    },
    /// Invite a person to the shop's staff.
    Invitation {
        /// The address.
        email: Email,
        /// The stored invitation. One of another address is ignored.
        invitation_id: InvitationId,
    },
    /// Report that the password was changed.
    PasswordChanged {
        /// The address.
        email: Email,
    },
    /// Report that the second factor was set up or removed.
    SecondFactorChanged {
        /// The address.
        email: Email,
    },
}

impl MailRequest {
    /// The address that the mail goes to.
    pub const fn email(&self) -> &Email {
        match self {
            Self::Registration { email, .. }
            | Self::PasswordReset { email }
            | Self::Invitation { email, .. }
            | Self::PasswordChanged { email }
            | Self::SecondFactorChanged { email } => email,
        }
    }

    /// The name of the template, as in the message.
    pub const fn template(&self) -> &'static str {
        match self {
            Self::Registration { .. } => "registration",
            Self::PasswordReset { .. } => "password_reset",
            Self::Invitation { .. } => "invitation",
            Self::PasswordChanged { .. } => "password_changed",
            Self::SecondFactorChanged { .. } => "second_factor_changed",
        }
    }
}

impl QueueMessage for MailRequest {
    fn order_id(&self) -> Option<&OrderId> {
        None
    }
}

/// The content of a mail. Variants with a token have a link with that token.
#[derive(Clone, PartialEq, Eq)]
pub enum MailContent<'a> {
    /// Somebody registered with the address: verify it.
    VerifyAddress {
        /// The one-time token.
        token: &'a str,
    },
    /// Somebody registered with the address of an account.
    AccountExists,
    /// Somebody asked for a new password.
    ResetPassword {
        /// The one-time token.
        token: &'a str,
    },
    /// Somebody asked for a new password with an address without an account.
    NoAccount,
    /// An invitation to the staff of the shop.
    Invitation {
        /// The one-time token.
        token: &'a str,
        /// The roles.
        roles: &'a [Role],
        /// When the grant ends.
        grant_expires_at: Option<Timestamp>,
        /// Whether the address has an account, whose password accepts the invitation.
        has_account: bool,
    },
    /// The password was changed.
    PasswordChanged,
    /// The second factor was set up or removed.
    SecondFactorChanged,
}

/// A rendered mail. Has no `Debug`, because its body may have a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// The shop's name: one line of printable text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopName(String);

impl ShopName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ShopName {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let name = validation::text(raw, MAX_SHOP_NAME_CHARS)?;
        if name.chars().any(breaks_a_line) {
            return Err(Invalid::new("invalid_format", "must be one line without control characters"));
        }
        Ok(Self(name))
    }
}

/// Whether a character ends a line, is invisible, or changes the direction of what follows.
fn breaks_a_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The address of the storefront, without a slash at the end. HTTPS, except on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorefrontUrl(String);

impl StorefrontUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StorefrontUrl {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let url = raw.trim_end_matches('/');
        let is_url_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '~' | ':' | '/');
        let host = url.strip_prefix("https://").or_else(|| {
            let local = url.strip_prefix("http://")?;
            let name = local.split([':', '/']).next().unwrap_or_default();
            matches!(name, "localhost" | "127.0.0.1").then_some(local)
        });
        let is_valid =
            |host: &str| host.starts_with(|c: char| c.is_ascii_alphanumeric()) && host.chars().all(is_url_char);
        if url.len() > MAX_STOREFRONT_CHARS || !host.is_some_and(is_valid) {
            return Err(Invalid::new("invalid_format", "must be an https:// address without query and fragment"));
        }
        Ok(Self(url.to_owned()))
    }
}

/// Whether a mail can be sent to this address: its local part must be a dot-atom of ASCII characters (RFC 5322, 3.2.3).
///
/// Amazon SES does not send to others. Some of them are also second spellings of an address, such as
/// `(comment)ann@example.com`, with which a stranger could get around the limit of mails to one address.
pub fn is_deliverable(email: &Email) -> bool {
    let is_atom_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let local = email.as_str().rsplit_once('@').map_or("", |(local, _)| local);
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_char))
}

/// The sender as the header `From` has it: the shop's name and the address.
pub fn from_header(shop: &ShopName, sender: &Email) -> String {
    let name = shop.as_str();
    if name.is_ascii() {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        return format!("\"{quoted}\" <{}>", sender.as_str());
    }
    // Encoded words (RFC 2047). A word must not end within a character.
    let mut words: Vec<String> = vec![String::new()];
    for c in name.chars() {
        let is_full = words.last().is_none_or(|word| word.len() + c.len_utf8() > ENCODED_WORD_BYTES);
        if is_full {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    let words: Vec<_> = words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect();
    format!("{} <{}>", words.join(" "), sender.as_str())
}

/// The subject and the plain-text body of a mail. Without a storefront, it has the token instead of a link.
pub fn render(content: &MailContent<'_>, shop: &ShopName, storefront: Option<&StorefrontUrl>) -> Mail {
    let name = shop.as_str();
    Mail { subject: subject(content, name), body: format!("{}\n\n-- \n{name}\n", text(content, name, storefront)) }
}

fn subject(content: &MailContent<'_>, shop: &str) -> String {
    match content {
        MailContent::VerifyAddress { .. } => format!("Confirm your e-mail address for {shop}"),
        MailContent::AccountExists => format!("You already have an account at {shop}"),
        MailContent::ResetPassword { .. } => format!("Choose a new password for {shop}"),
        MailContent::NoAccount => format!("No account at {shop}"),
        MailContent::Invitation { .. } => format!("You are invited to the staff of {shop}"),
        MailContent::PasswordChanged => format!("Your password for {shop} was changed"),
        MailContent::SecondFactorChanged => format!("The second factor of your account at {shop} was changed"),
    }
}

fn text(content: &MailContent<'_>, shop: &str, storefront: Option<&StorefrontUrl>) -> String {
    match content {
        MailContent::VerifyAddress { token } => format!(
            "An account at {shop} was registered with this e-mail address. To confirm the address, open this link and \
             enter the password of the registration. {}\n\nIf you did not register, do nothing: without this link the \
             account never gets your address.",
            link("verify-address", token, VERIFICATION_SECONDS, storefront)
        ),
        MailContent::AccountExists => format!(
            "Somebody registered at {shop} with this e-mail address, which has an account already. Nothing was \
             changed.\n\nIf it was you, log in with your password, or ask for a new one there{}.\n\nIf it was not you, \
             do nothing.",
            storefront.map_or_else(String::new, |url| format!(": {}", url.as_str()))
        ),
        MailContent::ResetPassword { token } => format!(
            "Somebody asked for a new password for your account at {shop}. To choose one, open this link. {}\n\nIf it \
             was not you, do nothing: your password stays as it is.",
            link("reset-password", token, PASSWORD_RESET_SECONDS, storefront)
        ),
        MailContent::NoAccount => format!(
            "Somebody asked for a new password at {shop} with this e-mail address, which has no account there.\n\nIf it \
             was you, you registered with another address, or did not confirm this one. If it was not you, do nothing."
        ),
        MailContent::Invitation { token, roles, grant_expires_at, has_account } => format!(
            "You are invited to work at {shop}{}{}. To accept, open this link and {}. {}\n\nIf you do not know this shop, \
             do nothing.",
            named_roles(roles),
            grant_expires_at.map_or_else(String::new, |end| format!(", until {} (UTC)", minute(end))),
            if *has_account { "enter the password of your account" } else { "choose a password" },
            link("accept-invitation", token, INVITATION_SECONDS, storefront)
        ),
        MailContent::PasswordChanged => format!(
            "The password of your account at {shop} was changed, and its other sessions have ended.\n\nIf it was not \
             you, ask for a new password at once, and tell the shop."
        ),
        MailContent::SecondFactorChanged => format!(
            "The second factor of your account at {shop} was set up or removed.\n\nIf it was not you, choose a new \
             password at once, and tell the shop."
        ),
    }
}

/// How long a link is valid, and the link.
fn link(page: &str, token: &str, seconds: i64, storefront: Option<&StorefrontUrl>) -> String {
    let hours = match seconds / HOUR_SECONDS {
        1 => "one hour".to_owned(),
        hours => format!("{hours} hours"),
    };
    let link = match storefront {
        // In the fragment, which browsers send to no server, so the token is in no log and in no Referer header.
        Some(url) => format!("{}/{page}#token={token}", url.as_str()),
        None => format!("Token: {token}"),
    };
    format!("It works once, and for {hours}.\n\n{link}")
}

/// ` as catalogue, stock`, or nothing without roles.
fn named_roles(roles: &[Role]) -> String {
    let mut text = String::new();
    for (position, role) in roles.iter().enumerate() {
        let _ = write!(text, "{}{}", if position == 0 { " as " } else { ", " }, role.as_str());
    }
    text
}

/// `2026-11-24 06:57`.
fn minute(moment: Timestamp) -> String {
    moment.to_rfc3339().chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests;
