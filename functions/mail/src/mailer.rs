//! The interface of a mail provider.

use futures_util::future::BoxFuture;
use souk_domain::account::Email;
use souk_domain::mail::Mail;

/// Sends mails.
pub trait Mailer: Send + Sync {
    /// Sends a mail to one address.
    fn send<'a>(&'a self, to: &'a Email, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailerError>>;
}

/// Why a mail was not sent. Holds a code only, because the messages of a provider quote addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailerError {
    /// The provider will never send this mail.
    #[error("the mail is refused: {0}")]
    Refused(String),
    /// The provider did not send it now, or did not answer: then it may have sent it.
    #[error("the mail cannot be sent: {0}")]
    Unavailable(String),
}
