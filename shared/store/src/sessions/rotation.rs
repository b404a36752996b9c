//! The rotation of refresh tokens.

use souk_domain::ids::{SessionId, UserId};
use souk_domain::time::Timestamp;

use super::{Session, Sessions, session_key};
use crate::StoreError;
use crate::conditional::WriteOutcome;
use crate::table::number;

/// How long after a rotation the previous token is answered with the newest one, in seconds.
const GRACE_SECONDS: i64 = 20;

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

impl Sessions {
    /// Rotates the refresh token with the number `presented`, if it is the newest, and sets when the session expires, in
    /// seconds since the Unix epoch. Ends the session if a token was reused.
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
            .update_expression("SET #rotation = :next, rotated_at = :now, expires_at = :expires_at")
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
        // A higher number than the stored one exists only after the table was restored from a backup.
        if !stored.is_active(now) || presented >= stored.rotation {
            return Ok(RotationOutcome::Ended);
        }
        if presented + 1 == stored.rotation && stored.rotated_at.plus_seconds(GRACE_SECONDS) >= now {
            return Ok(RotationOutcome::Repeated(stored));
        }
        self.end(user_id, session_id).await?;
        Ok(RotationOutcome::Reused)
    }
}
