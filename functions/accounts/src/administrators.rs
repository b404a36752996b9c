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
    /// Administrators neither end nor extend their own roles.
    #[error("administrators cannot end or extend their own roles: another administrator has to do it")]
    OwnGrant,
    /// The administrator in whose name the change is made is none any more.
    #[error("the administrator who grants the roles is none any more")]
    NoAdministrator,
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
            Self::NoAdministrator => Some("forbidden"),
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
            GrantError::NoAdministrator => Self::new(403, "forbidden", error.to_string()),
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

/// Whether the grant `after` gives a permission that `before` does not give, or lasts longer.
pub(crate) fn is_extended(before: Option<&StaffGrant>, after: Option<&StaffGrant>, now: Timestamp) -> bool {
    let Some(after) = after else { return false };
    let Some(before) = before else { return true };
    let gives_more = !after.permissions(now).is_subset_of(before.permissions(now));
    gives_more || earlier_end(before.expires_at, after.expires_at) != after.expires_at
}

/// The earlier of two ends of grants. None: there is no end.
pub(crate) fn earlier_end(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The administrator who stays when the grant of `user_id` changes from `before` to `after`: the one whose grant lasts
/// longest. None if the change needs nobody to stay.
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
    fn more_roles_and_a_later_end_extend_a_grant() {
        let (administrator, stock) = (Role::Administrator, Role::Stock);
        let some = |role, ends_in| Some(grant(role, ends_in));
        let cases = [
            (some(administrator, None), some(administrator, None), false),
            (some(administrator, None), some(stock, None), false),
            (some(administrator, Some(60)), some(administrator, Some(60)), false),
            (some(administrator, Some(60)), some(administrator, Some(30)), false),
            (some(administrator, Some(60)), some(administrator, Some(61)), true),
            (some(administrator, Some(60)), some(administrator, None), true),
            (some(administrator, Some(60)), some(stock, None), true),
            (some(administrator, Some(-1)), some(stock, Some(-1)), false),
            (some(administrator, Some(-1)), some(stock, Some(60)), true),
            (some(stock, None), some(administrator, None), true),
            (some(stock, None), None, false),
            (None, some(stock, Some(60)), true),
        ];
        for (before, after, expected) in cases {
            assert_eq!(is_extended(before.as_ref(), after.as_ref(), NOW), expected, "{before:?} {after:?}");
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
