//! Mails that the shop has sent.

use souk_accounts::mail::{self, Mail};

use crate::shop::Shop;
use crate::wait::{SOON_SECONDS, eventually};

impl Shop {
    /// The mails to an address so far, oldest first. [`Mail::token`] is the one-time token of a mail.
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        mail::to(&self.aws_url, address).expect("the local AWS lists mails")
    }

    /// Waits for the mail to an address that comes after this number of earlier ones.
    pub fn mail_to(&self, address: &str, earlier: usize) -> Mail {
        eventually(SOON_SECONDS, &format!("mail {} to {address} comes", earlier + 1), || {
            self.mails_to(address).into_iter().nth(earlier)
        })
    }
}
