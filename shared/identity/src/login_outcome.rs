//! The log line of a refused log-in. template.yaml counts these lines and rings an alarm on a burst.

use crate::Attempt;

/// Logs that an attempt was refused, with pseudonyms of who tried.
pub fn log_refused_login(attempt: &Attempt, function: &'static str, reason: &'static str) {
    let (subject, address) = (attempt.subject.as_deref(), attempt.address.as_str());
    tracing::warn!(event = "login_refused", function, reason, subject, address, "log-in refused");
}
