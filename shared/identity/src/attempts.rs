//! Limits attempts to log in and to register, and other requests that cost a hash or a mail.
//!
//! An attempt is counted for the e-mail address and for the network address before it is made, so that a burst cannot
//! exceed the limits. A successful log-in removes its counts. Both are counted by pseudonyms.
//!
//! Codes of a second factor have another limit besides. A code is short, so what bounds a guess is the number of
//! attempts, and who knows the password must not be able to reset it.

use std::sync::Arc;

use souk_auth::Pseudonyms;
use souk_domain::account::Email;
use souk_domain::effects::Clock;
use souk_runtime::http::{Problem, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{AttemptOutcome, Limit, Limits};

const WINDOW_SECONDS: i64 = 15 * 60;
/// Attempts for an e-mail address or an account.
pub const PER_EMAIL: Limit = Limit { max_attempts: 20, window_seconds: WINDOW_SECONDS };
/// Attempts from a network address. Higher, because many users may share one.
pub const PER_ADDRESS: Limit = Limit { max_attempts: 200, window_seconds: WINDOW_SECONDS };
/// Codes of the second factor for an account. Nothing resets the count, and only an accepted code is not counted: each
/// of 50 guesses is right with a probability of 3 in a million.
pub const CODES_PER_ACCOUNT: Limit = Limit { max_attempts: 50, window_seconds: 24 * 60 * 60 };

/// Counts attempts.
#[derive(Clone)]
pub struct Attempts {
    /// The limits table.
    pub limits: Limits,
    /// Makes the pseudonyms of the counted addresses.
    pub pseudonyms: Pseudonyms,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

/// A counted attempt.
#[must_use]
pub struct Attempt {
    /// The pseudonym of the e-mail address, or of the account.
    pub subject: Option<String>,
    /// The pseudonym of the network address.
    pub address: String,
    action: &'static str,
}

impl Attempts {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        let pseudonyms = crate::pseudonyms(deps).await?;
        Ok(Self { limits: deps.limits()?, pseudonyms, clock: deps.clock() })
    }

    /// Counts an attempt for an e-mail address and from the network address of the request. `action` separates the
    /// counters, such as `login`.
    pub async fn count(&self, action: &'static str, email: &Email, request: &Request) -> Result<Attempt, Problem> {
        self.count_subject(action, Some(email), request).await
    }

    /// Counts an attempt from the network address of the request only.
    pub async fn count_address(&self, action: &'static str, request: &Request) -> Result<Attempt, Problem> {
        self.count_subject(action, None, request).await
    }

    async fn count_subject(
        &self,
        action: &'static str,
        subject: Option<&Email>,
        request: &Request,
    ) -> Result<Attempt, Problem> {
        let attempt = Attempt {
            subject: subject.map(|email| self.pseudonyms.email(email)),
            address: self.pseudonyms.ip(request.source_address()),
            action,
        };
        self.count_one(&attempt, &attempt.address_key(), PER_ADDRESS).await?;
        if let Some(key) = attempt.subject_key() {
            self.count_one(&attempt, &key, PER_EMAIL).await?;
        }
        Ok(attempt)
    }

    /// Removes the counts of a successful attempt.
    pub async fn succeeded(&self, attempt: &Attempt) -> Result<(), Problem> {
        if let Some(key) = attempt.subject_key() {
            self.limits.reset(&key).await?;
        }
        self.limits.release(&attempt.address_key()).await?;
        Ok(())
    }

    /// Removes a successful attempt from the counts and leaves the others: of a success that does not prove who owns
    /// the e-mail address.
    pub async fn release(&self, attempt: &Attempt) -> Result<(), Problem> {
        if let Some(key) = attempt.subject_key() {
            self.limits.release(&key).await?;
        }
        self.limits.release(&attempt.address_key()).await?;
        Ok(())
    }

    /// Counts a code of the second factor, for the account of an attempt.
    pub async fn count_code(&self, attempt: &Attempt) -> Result<(), Problem> {
        let key = attempt.code_key().ok_or_else(|| Problem::internal("a code of no account"))?;
        self.count_one(attempt, &key, CODES_PER_ACCOUNT).await
    }

    /// Removes an accepted code from the count. A failure is only logged, because the code is used up: the account has
    /// one code less in this day.
    pub async fn release_code(&self, attempt: &Attempt) {
        let Some(key) = attempt.code_key() else { return };
        if let Err(error) = self.limits.release(&key).await {
            tracing::warn!(%error, "an accepted code stays counted");
        }
    }

    async fn count_one(&self, attempt: &Attempt, key: &str, limit: Limit) -> Result<(), Problem> {
        match self.limits.count(key, limit, self.clock.now()).await? {
            AttemptOutcome::Counted => Ok(()),
            AttemptOutcome::LimitReached { retry_after_seconds } => {
                attempt.log_refusal(attempt.action, "too_many_attempts");
                let detail = "too many attempts; wait before the next one";
                let seconds = u64::try_from(retry_after_seconds).unwrap_or(1);
                Err(Problem::new(429, "too_many_attempts", detail).retry_after(seconds))
            }
        }
    }
}

impl Attempt {
    /// Logs that the attempt was refused. template.yaml counts these lines, and an alarm rings on a burst.
    pub fn log_refusal(&self, function: &'static str, reason: &'static str) {
        let (subject, address) = (self.subject.as_deref(), self.address.as_str());
        tracing::warn!(event = "login_refused", function, reason, subject, address, "log-in refused");
    }

    fn subject_key(&self) -> Option<String> {
        self.subject.as_ref().map(|subject| format!("{}-account#{subject}", self.action))
    }

    fn code_key(&self) -> Option<String> {
        self.subject.as_ref().map(|subject| format!("code-account#{subject}"))
    }

    fn address_key(&self) -> String {
        format!("{}-address#{}", self.action, self.address)
    }
}
