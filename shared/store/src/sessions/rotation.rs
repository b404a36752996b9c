//! The rotation of refresh tokens.

use std::cmp::Ordering;

use souk_domain::ids::{SessionId, UserId};
use souk_domain::time::Timestamp;

use super::{Session, Sessions, session_key};
use crate::StoreError;
use crate::conditional::WriteOutcome;
use crate::table::number;

/// How long after a rotation the previous token is answered with the newest one, in seconds.
const GRACE_SECONDS: i64 = 20;

/// What a refresh token is to its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshTokenState {
    /// The newest one.
    Newest,
    /// The one before the newest, shortly after the rotation: of a second tab, or of a client whose response was lost.
    JustRotated,
    /// An older one. It was stolen, or the newest was.
    Reused,
    /// It was not issued yet. That happens only after the table was restored from a backup.
    NotIssued,
}

/// The outcome of [`Sessions::rotate`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum RotationOutcome {
    /// The next token is now the newest. The session as stored.
    Rotated(Session),
    /// A concurrent request, or an earlier attempt of this one, has just rotated the same token. The response is the
    /// newest token, as in that request.
    Repeated(Session),
    /// An older token. The session has been ended.
    Reused,
    /// The session has ended by logout, reuse or expiry.
    Ended,
}

impl Session {
    /// What the refresh token with the number `presented` is to this session.
    pub fn token_state(&self, presented: u32, now: Timestamp) -> RefreshTokenState {
        let is_in_grace = self.rotated_at.plus_seconds(GRACE_SECONDS) >= now;
        match presented.cmp(&self.rotation) {
            Ordering::Equal => RefreshTokenState::Newest,
            Ordering::Greater => RefreshTokenState::NotIssued,
            Ordering::Less if presented + 1 == self.rotation && is_in_grace => RefreshTokenState::JustRotated,
            Ordering::Less => RefreshTokenState::Reused,
        }
    }
}

impl Sessions {
    /// Rotates the refresh token with the number `presented`, if it is the newest, and sets when the session expires,
    /// in seconds since the Unix epoch. A session of a pending account keeps its end. Ends the session if a token was
    /// reused.
    pub async fn rotate(
        &self,
        user_id: &UserId,
        session_id: &SessionId,
        presented: u32,
        now: Timestamp,
        expires_at: i64,
    ) -> Result<RotationOutcome, StoreError> {
        let request = self
            .table
            .update(session_key(user_id, session_id))
            .update_expression(
                "SET #rotation = :next, rotated_at = :now, expires_at = if_not_exists(ends_at, :expires_at)",
            )
            .condition_expression("#rotation = :presented AND expires_at > :now_seconds")
            .expression_attribute_names("#rotation", "rotation")
            .expression_attribute_values(":presented", number(presented))
            .expression_attribute_values(":next", number(u64::from(presented) + 1))
            .expression_attribute_values(":now", number(now.as_millis()))
            .expression_attribute_values(":now_seconds", number(now.as_seconds()))
            .expression_attribute_values(":expires_at", number(expires_at));
        let stored = match self.table.update_if::<Session>(request).await? {
            WriteOutcome::Written(session) => return Ok(RotationOutcome::Rotated(session)),
            WriteOutcome::Refused(None) => return Ok(RotationOutcome::Ended),
            WriteOutcome::Refused(Some(session)) => session,
        };
        if !stored.is_active(now) {
            return Ok(RotationOutcome::Ended);
        }
        match stored.token_state(presented, now) {
            RefreshTokenState::JustRotated => Ok(RotationOutcome::Repeated(stored)),
            RefreshTokenState::Newest | RefreshTokenState::NotIssued => Ok(RotationOutcome::Ended),
            RefreshTokenState::Reused => {
                self.end(user_id, session_id).await?;
                Ok(RotationOutcome::Reused)
            }
        }
    }
}
