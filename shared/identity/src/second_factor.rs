//! Checks the code of a second factor: a time-based one-time password, or a recovery code.

use souk_auth::totp;
use souk_domain::time::Timestamp;
use souk_runtime::http::Problem;
use souk_store::{Credential, Credentials};

use crate::{Attempt, Attempts};

/// Longest code that is read, in characters: a recovery code with separators.
pub const MAX_CODE_CHARS: usize = 40;

/// Accepts a code once. `false`: it is wrong, or was used before. An account without a second factor accepts none.
pub async fn accept_code(
    credentials: &Credentials,
    credential: &Credential,
    code: &str,
    now: Timestamp,
) -> Result<bool, Problem> {
    let Some(second_factor) = credential.second_factor() else { return Ok(false) };
    if let Some(step) = totp::verify(&second_factor.secret, code, now, second_factor.last_step) {
        return Ok(credentials.use_totp_step(&credential.email, &second_factor.secret, step).await?);
    }
    let hashes: Vec<String> = credential.recovery_codes.iter().cloned().collect();
    match totp::matching_recovery_code(code, &hashes) {
        Some(hash) => Ok(credentials.use_recovery_code(&credential.email, hash).await?),
        None => Ok(false),
    }
}

/// Requires a code of the second factor, and accepts it once. Wrong ones are limited for the account of the attempt;
/// `function` is named in the log.
pub async fn require_code(
    attempts: &Attempts,
    credentials: &Credentials,
    credential: &Credential,
    code: &str,
    attempt: &Attempt,
    function: &'static str,
) -> Result<(), Problem> {
    // Nobody guesses a recovery code. So its owner logs in although a stranger who knows the password used the codes
    // up.
    let is_guessable = !totp::is_recovery_code(code);
    if is_guessable {
        attempts.count_code(attempt).await?;
    }
    if !accept_code(credentials, credential, code, attempts.clock.now()).await? {
        return Err(wrong_code(attempt, function));
    }
    if is_guessable {
        attempts.release_code(attempt).await;
    }
    Ok(())
}

/// Logs a wrong code and returns its problem.
pub fn wrong_code(attempt: &Attempt, function: &'static str) -> Problem {
    attempt.log_refusal(function, "invalid_code");
    Problem::unauthorized("invalid_code", "the code is wrong or was used before")
}
