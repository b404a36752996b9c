//! The one-time tokens of links in mails. An endpoint looks a token up first and uses it up last, so that a retry can
//! continue after a failure in between.

use souk_auth::one_time;
use souk_domain::time::Timestamp;
use souk_runtime::http::{Fields, Problem};
use souk_store::{OneTimeToken, OneTimeTokens, TokenPurpose};

/// The meaning of [`expired`], for the declaration of an endpoint.
pub(crate) const EXPIRED: (u16, &str, &str) =
    (410, "link_expired", "The link was used, has expired or never existed: ask for another mail.");

/// Reads the token of a link.
pub(crate) fn read_token(fields: &mut Fields<'_>) -> Option<String> {
    fields.verbatim("token", 1..=one_time::TOKEN_CHARS)
}

/// Finds the stored token, which stays usable.
pub(crate) async fn find(
    tokens: &OneTimeTokens,
    token: &str,
    purpose: TokenPurpose,
    now: Timestamp,
) -> Result<OneTimeToken, Problem> {
    let hash = one_time::hash(token).ok_or_else(expired)?;
    tokens.get(&hash, purpose, now).await?.ok_or_else(expired)
}

/// Uses a token up. Idempotent.
pub(crate) async fn use_up(tokens: &OneTimeTokens, link: &OneTimeToken, now: Timestamp) -> Result<(), Problem> {
    tokens.take(&link.token_hash, link.purpose, now).await?;
    Ok(())
}

/// The problem of a token that is unknown, used or expired.
pub(crate) fn expired() -> Problem {
    let (status, code, _) = EXPIRED;
    Problem::new(status, code, "this link was used or has expired; ask for another mail")
}
