//! Sessions of guests and accounts, verified addresses and second factors.

use serde_json::json;
use souk_accounts::mail::Mail;
use souk_accounts::totp::Authenticator;

use crate::bodies::{PASSWORD, credentials, fresh_email};
use crate::caller::Caller;
use crate::json::Json;
use crate::shop::Shop;
use crate::wait::{SOON_SECONDS, eventually};

/// A session of a guest or an account.
#[derive(Clone)]
pub struct Session {
    /// The address of the account; empty for a guest.
    pub email: String,
    /// The id of the guest or of the account.
    pub user_id: String,
    /// The refresh token that the session began with.
    pub refresh_token: String,
    /// The caller with the access token that the session began with.
    pub caller: Caller,
}

/// The second factor of an account.
pub struct SecondFactor {
    authenticator: Authenticator,
    /// Each of them replaces a code once.
    pub recovery_codes: Vec<String>,
}

impl Shop {
    /// Reads a session from the response that started it.
    pub fn session(&'static self, email: &str, started: &Json) -> Session {
        Session {
            email: email.to_owned(),
            user_id: started.text("user_id"),
            refresh_token: started.text("refresh_token"),
            caller: self.anyone().with_token(started.text("token")),
        }
    }

    /// A new guest.
    pub fn guest_session(&'static self) -> Session {
        self.session("", &self.anyone().post("/auth/guest", "{}").is(201))
    }

    /// A new account whose address is pending, with the rights of a guest.
    pub fn register(&'static self) -> Session {
        self.register_with(&fresh_email())
    }

    /// The same with this address.
    pub fn register_with(&'static self, email: &str) -> Session {
        self.session(email, &self.anyone().post_with_key("/auth/register", credentials(email)).is(201))
    }

    /// Verifies the address of a registered account by the link in its mail, which starts another session.
    pub fn verify(&'static self, pending: &Session) -> Session {
        let token = self.mailed_token(&pending.email, 0);
        let body = json!({"token": token, "password": PASSWORD});
        let started = self.anyone().post("/auth/verification/confirm", body).is(200);
        self.session(&pending.email, &started)
    }

    /// Registers an address that had mails before, and verifies it.
    pub fn verify_again(&'static self, email: &str) -> Session {
        let earlier = self.mails_to(email).iter().filter(|mail| mail.token().is_some()).count();
        let pending = self.register_with(email);
        let body = json!({"token": self.mailed_token(&pending.email, earlier), "password": PASSWORD});
        self.session(email, &self.anyone().post("/auth/verification/confirm", body).is(200))
    }

    /// A new account with a verified address.
    pub fn verified(&'static self) -> Session {
        self.verify(&self.register())
    }

    /// Waits for a mail with a one-time token to this address, and returns the token. Counts such mails from 0.
    pub fn mailed_token(&'static self, email: &str, number: usize) -> String {
        eventually(SOON_SECONDS, "a mail with a token comes", || {
            self.mails_to(email).iter().filter_map(Mail::token).nth(number).map(str::to_owned)
        })
    }

    /// Logs in, with a code if there is a second factor.
    pub fn log_in(&'static self, email: &str, factor: Option<&mut SecondFactor>) -> Session {
        let mut body = credentials(email);
        if let Some(factor) = factor {
            body["code"] = factor.code().into();
        }
        self.session(email, &self.anyone().post("/auth/login", body).is(200))
    }
}

impl Session {
    /// Sets up a second factor. The session itself was started without one.
    pub fn enrol(&self) -> SecondFactor {
        let enrolment = self.caller.post("/account/second-factor", json!({"password": PASSWORD})).is(201);
        let mut authenticator = Authenticator::new(&enrolment.text("secret"), 0).expect("a secret in base32");
        let code = authenticator.next_code(souk_accounts::sleep).expect("a code").digits;
        let confirmed = self.caller.post("/account/second-factor/confirm", json!({"code": code})).is(200);
        let recovery_codes = confirmed.list("recovery_codes").iter().map(|code| code.text("")).collect();
        SecondFactor { authenticator, recovery_codes }
    }
}

impl SecondFactor {
    /// A code that was not used. Waits until the shop accepts it, at most 30 seconds.
    pub fn code(&mut self) -> String {
        self.authenticator.next_code(souk_accounts::sleep).expect("a code").digits
    }
}
