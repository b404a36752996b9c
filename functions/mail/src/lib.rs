//! The mail service: it sends the mails about accounts.

mod handlers;
mod mailer;
pub mod send_mail;
mod ses_mailer;

pub use handlers::HANDLERS;
pub use mailer::{Mailer, MailerError};
pub use ses_mailer::SesMailer;
