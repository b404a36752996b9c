//! The log line of a refused log-in. template.yaml counts these lines and has an alarm for a burst of them.

use crate::Attempt;

/// Logs a refused attempt, with pseudonyms of the account and of the network address.
pub fn log_refused_login(attempt: &Attempt, function: &'static str, reason: &'static str) {
    let (subject, address) = (attempt.subject.as_deref(), attempt.address.as_str());
    tracing::warn!(event = "login_refused", function, reason, subject, address, "log-in refused");
}
