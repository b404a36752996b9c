//! Ensures that a shop always has an administrator.
//!
//! A grant without an end may be removed, or get an end, only if another administrator has a grant without an end. A
//! grant with an end may be removed if there is any other administrator. The store checks the grant of that other
//! administrator in the transaction of the change, so two administrators who remove each other concurrently cannot both
//! succeed.

use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;
use souk_runtime::http::Problem;
use souk_runtime::queues::SendError;
use souk_store::{OtherAdministrator, StaffGrant, StaffGrants, StoreError};

/// The meaning of [`last_administrator`](GrantError::LastAdministrator) in the HTTP contract.
pub(crate) const LAST_ADMINISTRATOR: &str =
    "No other administrator would stay whose grant lasts as long: grant the role to another account first.";

/// Why a grant, or the account that has it, was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GrantError {
    /// The account does not exist, or its address is not verified.
    #[error("there is no account with this id and a verified address")]
    NoAccount,
    /// No other administrator would remain.
    #[error("this is the last administrator: make another account one first")]
    LastAdministrator,
    /// Administrators cannot end their own role.
    #[error("administrators cannot end their own role: another administrator has to do it")]
    OwnGrant,
    /// The administrators changed during every attempt.
    #[error("the administrators changed during every attempt")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The audit log failed, so nothing was changed.
    #[error("the audit log cannot be written: {0}")]
    Audit(#[source] StoreError),
    /// The erasure queue failed.
    #[error(transparent)]
    Queue(#[from] SendError),
}

impl GrantError {
    /// The code of the problem, if the shop refuses the change.
    pub(crate) const fn refusal(&self) -> Option<&'static str> {
        match self {
            Self::NoAccount => Some("not_found"),
            Self::LastAdministrator => Some("last_administrator"),
            Self::OwnGrant => Some("own_grant"),
            Self::Busy | Self::Store(_) | Self::Audit(_) | Self::Queue(_) => None,
        }
    }
}

impl From<GrantError> for Problem {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::NoAccount => Self::not_found("account"),
            GrantError::LastAdministrator => Self::conflict("last_administrator", error.to_string()),
            GrantError::OwnGrant => Self::conflict("own_grant", error.to_string()),
            GrantError::Store(error) => error.into(),
            GrantError::Busy | GrantError::Audit(_) | GrantError::Queue(_) => {
                Self::unavailable("temporarily_unavailable", error)
            }
        }
    }
}

/// Whether the change removes an administrator, at once or at an end that the earlier grant did not have.
pub(crate) fn is_leaving(before: Option<&StaffGrant>, after: Option<&StaffGrant>, now: Timestamp) -> bool {
    let Some(before) = before.filter(|grant| grant.is_administrator(now)) else { return false };
    match after.filter(|grant| grant.is_administrator(now)) {
        Some(after) => before.expires_at.is_none() && after.expires_at.is_some(),
        None => true,
    }
}

/// The administrator who remains when the grant of `user_id` changes from `before` to `after`: the one whose grant
/// lasts longest. None if the change does not need another administrator.
pub(crate) async fn who_stays(
    grants: &StaffGrants,
    user_id: &UserId,
    before: Option<&StaffGrant>,
    after: Option<&StaffGrant>,
    now: Timestamp,
) -> Result<Option<StaffGrant>, GrantError> {
    let is_leaving = is_leaving(before, after, now);
    if !is_leaving && after.is_some_and(|grant| grant.is_administrator(now)) {
        return Ok(None);
    }
    let others = grants.list().await?.into_iter();
    let others = others.filter(|grant| grant.user_id != *user_id && grant.is_administrator(now));
    let other = others.max_by_key(|grant| grant.expires_at.map_or(i64::MAX, Timestamp::as_millis));
    if !is_leaving {
        // Also required if this account is no administrator yet: it may become one meanwhile, and the others may be
        // removed.
        return Ok(other);
    }
    let was_permanent = before.is_some_and(|grant| grant.expires_at.is_none());
    let other = other.filter(|grant| grant.expires_at.is_none() || !was_permanent);
    other.map(Some).ok_or(GrantError::LastAdministrator)
}

/// The condition that this account is still an administrator, for as long as when its grant was read.
pub(crate) const fn still_administrator(grant: &StaffGrant, now: Timestamp) -> OtherAdministrator<'_> {
    OtherAdministrator { user_id: &grant.user_id, now, is_permanent: grant.expires_at.is_none() }
}

#[cfg(test)]
mod tests {
    use souk_domain::permission::Role;
    use souk_testkit::user;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

    fn grant(role: Role, ends_in: Option<i64>) -> StaffGrant {
        StaffGrant {
            user_id: user(1),
            email: "ann@example.com".parse().expect("an address"),
            roles: vec![role],
            expires_at: ends_in.map(|seconds| NOW.plus_seconds(seconds)),
            granted_by: None,
            granted_at: NOW,
        }
    }

    #[test]
    fn an_administrator_leaves_if_the_grant_is_removed_or_gets_an_end() {
        let administrator = |ends_in| Some(grant(Role::Administrator, ends_in));
        let other = |ends_in| Some(grant(Role::Support, ends_in));
        let cases = [
            (administrator(None), None, true),
            (administrator(None), other(None), true),
            (administrator(None), administrator(Some(60)), true),
            (administrator(None), administrator(None), false),
            (administrator(Some(60)), None, true),
            (administrator(Some(60)), administrator(Some(30)), false),
            (administrator(Some(60)), administrator(None), false),
            (administrator(Some(-1)), None, false),
            (other(None), None, false),
            (None, administrator(None), false),
            (None, None, false),
        ];
        for (before, after, expected) in cases {
            assert_eq!(is_leaving(before.as_ref(), after.as_ref(), NOW), expected, "{before:?} {after:?}");
        }
    }
}
