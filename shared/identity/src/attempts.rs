//! Limits attempts to log in and to register, and other requests that cost a hash or a mail.
//!
//! An attempt is counted before it is made, so that a burst cannot exceed the limits. A successful log-in removes its
//! counts. Everything is counted by pseudonyms.
//!
//! A log-in is not counted for its e-mail address alone: a stranger's wrong passwords would lock the owner out. A device
//! that has logged in before has counters of its own, which no stranger can use up. All unknown devices together have a
//! limit for a day, which bounds distributed guessing. When it is reached, the link of a mail makes the owner's device known.
//!
//! Codes of a second factor have a limit of their own. A code is short, so only the number of attempts bounds guessing, and
//! an attacker with the password must not be able to reset that number.
//!
//! If the limits cannot be read, an attempt is delayed and passes. Codes of a second factor are refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use souk_auth::{DeviceClaims, DeviceTokens, Pseudonyms};
use souk_domain::account::Email;
use souk_domain::effects::{Clock, Random};
use souk_runtime::http::{Problem, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{AttemptOutcome, Limit, Limits, StoreError};

use crate::hash_queue::HashQueue;

/// Longest wait for one count, of which a log-in has three. Its function has ten seconds.
const COUNT_TIMEOUT: Duration = Duration::from_millis(500);
const WINDOW_SECONDS: i64 = 15 * 60;
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Attempts for an e-mail address or an account; of log-ins, for an account from one network or known device.
pub const PER_EMAIL: Limit = Limit { max_attempts: 20, window_seconds: WINDOW_SECONDS };
/// Attempts from a network address. Higher, because many users may share one.
pub const PER_ADDRESS: Limit = Limit { max_attempts: 200, window_seconds: WINDOW_SECONDS };
/// Registrations from a network address. Each costs a hash and a mail.
pub const REGISTRATIONS_PER_ADDRESS: Limit = Limit { max_attempts: 50, window_seconds: WINDOW_SECONDS };
/// Failed log-ins to an account from all unknown devices together.
pub const UNKNOWN_DEVICES: Limit = Limit { max_attempts: 100, window_seconds: DAY_SECONDS };
/// Failed log-ins to an account from a known device.
pub const KNOWN_DEVICE: Limit = Limit { max_attempts: 100, window_seconds: DAY_SECONDS };
/// Devices that become known to an account by a password, so that a thief of the password cannot collect counters.
pub const NEW_DEVICES: Limit = Limit { max_attempts: 10, window_seconds: DAY_SECONDS };
/// Codes of the second factor for an account; a device that an accepted code made known has its own count. Nothing
/// resets a count, and only an accepted code is not counted: each of 50 guesses is right with a probability of 3 in a
/// million.
pub const CODES_PER_ACCOUNT: Limit = Limit { max_attempts: 50, window_seconds: DAY_SECONDS };

/// Counts attempts.
#[derive(Clone)]
pub struct Attempts {
    /// The limits table.
    pub limits: Limits,
    /// Makes the pseudonyms of the counted addresses.
    pub pseudonyms: Pseudonyms,
    /// Issues and verifies the tokens of known devices.
    pub devices: DeviceTokens,
    /// Hashes the passwords of the attempts.
    pub hashes: HashQueue,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// Randomness of device ids and of jitter.
    pub random: Arc<dyn Random>,
    /// Whether attempts are counted for network addresses (`LIMITS`).
    pub counts_networks: bool,
    /// Shortest delay of an attempt while the limits cannot be read. The longest is twice as long.
    pub outage_delay: Duration,
}

/// A counted attempt.
#[must_use]
pub struct Attempt {
    /// The pseudonym of the e-mail address, or of the account.
    pub subject: Option<String>,
    /// The pseudonym of the network address.
    pub address: String,
    action: &'static str,
    /// Whether it has waited for limits that cannot be read.
    has_waited: AtomicBool,
    /// The known device of a log-in.
    device: Option<DeviceClaims>,
    /// What a success resets.
    resets: Option<String>,
    /// What a success gives back.
    releases: Vec<String>,
}

impl Attempts {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            limits: deps.limits()?,
            pseudonyms: crate::pseudonyms(deps).await?,
            devices: crate::device_tokens(deps).await?,
            hashes: HashQueue::default(),
            clock: deps.clock(),
            random: deps.random(),
            counts_networks: deps.config().has_limits(),
            outage_delay: Duration::from_secs(1),
        })
    }

    /// Counts an attempt for an e-mail address and from the network address of the request. `action` separates the
    /// counters, such as `register`.
    pub async fn count(&self, action: &'static str, email: &Email, request: &Request) -> Result<Attempt, Problem> {
        let mut attempt = self.attempt(action, Some(email), request);
        self.count_network(&mut attempt, PER_ADDRESS).await?;
        self.count_subject(&mut attempt).await?;
        Ok(attempt)
    }

    /// Counts a registration. Its network has a lower limit, and a stranger elsewhere cannot use up that of the address.
    /// A key is counted over all networks: whoever knows that of a registration could ask which password it had.
    pub async fn count_registration(
        &self,
        email: &Email,
        idempotency_key: Option<&str>,
        request: &Request,
    ) -> Result<Attempt, Problem> {
        let mut attempt = self.attempt("register", Some(email), request);
        self.count_network(&mut attempt, REGISTRATIONS_PER_ADDRESS).await?;
        self.count_address_and_network(&mut attempt, email).await?;
        if let Some(key) = idempotency_key {
            let key = format!("register-key#{}", self.pseudonyms.idempotency_key(key));
            self.count_one(&attempt, &key, PER_EMAIL).await?;
        }
        Ok(attempt)
    }

    /// Counts an attempt from the network address of the request only.
    pub async fn count_address(&self, action: &'static str, request: &Request) -> Result<Attempt, Problem> {
        let mut attempt = self.attempt(action, None, request);
        self.count_network(&mut attempt, PER_ADDRESS).await?;
        Ok(attempt)
    }

    /// Counts an attempt for an e-mail address from one network, and from the network. A stranger elsewhere cannot use
    /// it up.
    pub async fn count_from_network(
        &self,
        action: &'static str,
        email: &Email,
        request: &Request,
    ) -> Result<Attempt, Problem> {
        let mut attempt = self.attempt(action, Some(email), request);
        self.count_network(&mut attempt, PER_ADDRESS).await?;
        self.count_address_and_network(&mut attempt, email).await?;
        Ok(attempt)
    }

    /// Counts a log-in. `device_token` is what the client sent; one that is not valid for the address is ignored. A
    /// known device does not count for its network, which a stranger may share.
    pub async fn count_login(
        &self,
        email: &Email,
        device_token: Option<&str>,
        request: &Request,
    ) -> Result<Attempt, Problem> {
        let mut attempt = self.attempt("login", Some(email), request);
        let subject = self.pseudonyms.email(email);
        attempt.device = device_token.and_then(|token| self.devices.verify(token, email, self.clock.now()));
        if let Some(device) = &attempt.device {
            let id = device.id();
            let (window, day) = (format!("login-device#{subject}#{id}"), format!("login-device-day#{subject}#{id}"));
            self.count_one(&attempt, &window, PER_EMAIL).await?;
            attempt.resets = Some(window);
            self.count_one(&attempt, &day, KNOWN_DEVICE).await?;
            attempt.releases.push(day);
        } else {
            self.count_network(&mut attempt, PER_ADDRESS).await?;
            self.count_address_and_network(&mut attempt, email).await?;
            let unknown = format!("login-unknown#{subject}");
            self.count_one(&attempt, &unknown, UNKNOWN_DEVICES).await?;
            attempt.releases.push(unknown);
        }
        Ok(attempt)
    }

    /// The device token for the answer of a successful log-in: that of the known device with a new time, or of a new
    /// device. `None`: too many devices have become known to the account in this day.
    pub async fn device_token(&self, attempt: &Attempt, email: &Email, second_factor: bool) -> Option<String> {
        if let Some(known) = attempt.device {
            let device = known.with_second_factor(second_factor);
            return Some(self.devices.issue(email, &device, self.clock.now()));
        }
        let key = format!("login-new-device#{}", self.pseudonyms.email(email));
        let counted = self.limits.count(&key, NEW_DEVICES, self.clock.now()).await;
        // Without the limits, the log-in succeeds and the device stays unknown.
        matches!(counted, Ok(AttemptOutcome::Counted)).then(|| self.new_device_token(email, second_factor))
    }

    /// The token of a device whose user has proved to receive the mails of the address.
    pub fn new_device_token(&self, email: &Email, second_factor: bool) -> String {
        self.devices.issue(email, &DeviceClaims::new(second_factor, &*self.random), self.clock.now())
    }

    /// Removes the counts of a successful attempt.
    pub async fn succeeded(&self, attempt: &Attempt) -> Result<(), Problem> {
        if let Some(key) = &attempt.resets {
            self.passes_outage(self.limits.reset(key).await)?;
        }
        self.release_all(&attempt.releases).await
    }

    /// Removes a successful attempt from the counts and leaves the others: of a success that does not prove who owns
    /// the e-mail address.
    pub async fn release(&self, attempt: &Attempt) -> Result<(), Problem> {
        if let Some(key) = &attempt.resets {
            self.passes_outage(self.limits.release(key).await)?;
        }
        self.release_all(&attempt.releases).await
    }

    /// Counts a code of the second factor, for the account of an attempt.
    pub async fn count_code(&self, attempt: &Attempt) -> Result<(), Problem> {
        let key = attempt.code_key().ok_or_else(|| Problem::internal("a code of no account"))?;
        let outcome = self.limits.count(&key, CODES_PER_ACCOUNT, self.clock.now()).await?;
        allowed(attempt, outcome)
    }

    /// Removes an accepted code from the count. A failure is only logged, because the code is used up: the account has
    /// one code less in this day.
    pub async fn release_code(&self, attempt: &Attempt) {
        let Some(key) = attempt.code_key() else { return };
        if let Err(error) = self.limits.release(&key).await {
            tracing::warn!(%error, "an accepted code stays counted");
        }
    }

    fn attempt(&self, action: &'static str, subject: Option<&Email>, request: &Request) -> Attempt {
        Attempt {
            subject: subject.map(|email| self.pseudonyms.email(email)),
            address: self.pseudonyms.ip(request.source_address()),
            action,
            has_waited: AtomicBool::new(false),
            device: None,
            resets: None,
            releases: Vec::new(),
        }
    }

    async fn count_network(&self, attempt: &mut Attempt, limit: Limit) -> Result<(), Problem> {
        if self.counts_networks {
            let key = format!("{}-address#{}", attempt.action, attempt.address);
            self.count_one(attempt, &key, limit).await?;
            attempt.releases.push(key);
        }
        Ok(())
    }

    async fn count_subject(&self, attempt: &mut Attempt) -> Result<(), Problem> {
        if let Some(subject) = &attempt.subject {
            let key = format!("{}-account#{subject}", attempt.action);
            self.count_one(attempt, &key, PER_EMAIL).await?;
            attempt.resets = Some(key);
        }
        Ok(())
    }

    async fn count_address_and_network(&self, attempt: &mut Attempt, email: &Email) -> Result<(), Problem> {
        let subject = self.pseudonyms.email(email);
        let key = format!("{}-pair#{subject}#{}", attempt.action, attempt.address);
        self.count_one(attempt, &key, PER_EMAIL).await?;
        attempt.resets = Some(key);
        Ok(())
    }

    async fn release_all(&self, keys: &[String]) -> Result<(), Problem> {
        for key in keys {
            self.passes_outage(self.limits.release(key).await)?;
        }
        Ok(())
    }

    async fn count_one(&self, attempt: &Attempt, key: &str, limit: Limit) -> Result<(), Problem> {
        let counted = tokio::time::timeout(COUNT_TIMEOUT, self.limits.count(key, limit, self.clock.now())).await;
        match counted.unwrap_or_else(|_| Err(StoreError::Unavailable("no answer in time".into()))) {
            Ok(outcome) => allowed(attempt, outcome),
            Err(error) => {
                self.passes_outage(Err(error))?;
                if !attempt.has_waited.swap(true, Ordering::Relaxed) {
                    self.wait_for_outage().await;
                }
                Ok(())
            }
        }
    }

    /// Logs an outage of the limits, during which attempts pass. Other errors are bugs or missing permissions.
    fn passes_outage(&self, result: Result<(), StoreError>) -> Result<(), Problem> {
        match result {
            Err(error @ StoreError::Unavailable(_)) => {
                let delay_ms = u64::try_from(self.outage_delay.as_millis()).unwrap_or(u64::MAX);
                tracing::warn!(event = "rate_limits_unavailable", %error, delay_ms, "an attempt is not counted");
                Ok(())
            }
            other => other.map_err(Problem::from),
        }
    }

    /// Slows guesses down. The jitter spreads those that wait.
    async fn wait_for_outage(&self) {
        let delay_ms = u64::try_from(self.outage_delay.as_millis()).unwrap_or(0);
        let jitter = Duration::from_millis(self.random.below(delay_ms));
        tokio::time::sleep(self.outage_delay.saturating_add(jitter)).await;
    }
}

impl Attempt {
    /// Logs that the attempt was refused. template.yaml counts these lines, and an alarm rings on a burst.
    pub fn log_refusal(&self, function: &'static str, reason: &'static str) {
        let (subject, address) = (self.subject.as_deref(), self.address.as_str());
        tracing::warn!(event = "login_refused", function, reason, subject, address, "log-in refused");
    }

    /// A device that an accepted code made known has its own count, which a thief of the password cannot use up.
    fn code_key(&self) -> Option<String> {
        let subject = self.subject.as_ref()?;
        let device = self.device.filter(|device| device.second_factor);
        Some(match device {
            Some(device) => format!("code-device#{subject}#{}", device.id()),
            None => format!("code-account#{subject}"),
        })
    }
}

fn allowed(attempt: &Attempt, outcome: AttemptOutcome) -> Result<(), Problem> {
    match outcome {
        AttemptOutcome::Counted => Ok(()),
        AttemptOutcome::LimitReached { retry_after_seconds } => {
            attempt.log_refusal(attempt.action, "too_many_attempts");
            let detail = "too many attempts; wait before the next one. A new device can log in after a password reset";
            Err(Problem::too_many_requests("too_many_attempts", detail, retry_after_seconds))
        }
    }
}
