//! Checks the code of a second factor: a time-based one-time password, or a recovery code.

use souk_auth::totp;
use souk_domain::time::Timestamp;
use souk_runtime::http::Problem;
use souk_store::{Credential, Credentials};

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
