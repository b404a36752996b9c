//! Sessions: one item for each login on one device, or guest.
//!
//! A session counts how often its refresh token was rotated. Only the newest token is valid; each carries its number,
//! and a message authentication code, so a made-up token never reaches this store. If an older one is presented, a token
//! was stolen, and it cannot be determined whether the thief has the older or the newest, so the session ends (RFC 9700,
//! section 4.14.2). Except shortly after a rotation: then it is a second tab, or a client whose response was lost.
//!
//! Two attributes are read by conditions and expressions only, so [`Session`] does not have them: `ends_at`, the latest
//! end of a session of a pending account, and `merging_into`, the account that merges a guest.

mod guest_session;
mod rotation;

use aws_sdk_dynamodb::types::TransactWriteItem;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use souk_domain::account::{CallerKind, Email};
use souk_domain::ids::{SessionId, UserId};
use souk_domain::permission::Permissions;
use souk_domain::time::Timestamp;

use crate::table::{Item, Table, key, number, text};
use crate::{CredentialRef, Credentials, StoreError};

pub use guest_session::GuestSession;
pub use rotation::{RefreshTokenState, RotationOutcome};

/// Deletions at a time when all sessions of a user end.
const ENDED_AT_ONCE: usize = 16;

/// The sessions table.
#[derive(Clone)]
pub struct Sessions {
    table: Table,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The user.
    pub user_id: UserId,
    /// Its id.
    pub session_id: SessionId,
    /// The kind of the user, for tokens of this session.
    pub kind: CallerKind,
    /// The time of the login.
    pub created_at: Timestamp,
    /// The number of rotations of its refresh token: the number of the newest token.
    pub rotation: u32,
    /// The time of the last rotation, or of the login.
    pub rotated_at: Timestamp,
    /// The user agent of the login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The address of an account whose address is pending. It is the contact of orders that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_email: Option<Email>,
    /// The permissions of the user as staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffSession>,
    /// Whether the login used a second factor.
    pub second_factor: bool,
    /// When the session ends unless it is refreshed, in seconds since the Unix epoch: DynamoDB's TTL.
    pub expires_at: i64,
}

/// What the user of a session may do as staff, as the log-in found it. Changes of the grant end the session. It gives
/// nothing that the grant does not give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffSession {
    /// The permissions.
    pub permissions: Permissions,
    /// From this time on there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// The outcome of [`Sessions::create_for_account`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum CreateSessionOutcome {
    /// The session was created.
    Created,
    /// The password, the second factor or the grant was changed, or the account deleted, after the credentials were
    /// read. No session was created.
    CredentialsChanged,
}

#[derive(Deserialize)]
struct SessionKey {
    session_id: SessionId,
}

impl Session {
    /// Whether the session has not expired.
    pub const fn is_active(&self, now: Timestamp) -> bool {
        now.as_seconds() < self.expires_at
    }

    /// The permissions that the user has as staff now.
    pub fn permissions(&self, now: Timestamp) -> Permissions {
        let active = self.staff.filter(|staff| staff.expires_at.is_none_or(|end| now < end));
        active.map_or(Permissions::NONE, |staff| staff.permissions)
    }
}

impl Sessions {
    /// The sessions of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Creates a session of a guest.
    pub async fn create(&self, session: &Session) -> Result<(), StoreError> {
        let request = self.table.client.put_item().table_name(&self.table.name);
        request.set_item(Some(self.table.write(session)?)).send().await?;
        Ok(())
    }

    /// Creates the session of a pending account, as an action of a transaction. The session ends when it expires now,
    /// however often it is refreshed.
    pub(crate) fn pending_action(&self, session: &Session) -> Result<TransactWriteItem, StoreError> {
        let mut item = self.table.write(session)?;
        item.insert("ends_at".to_owned(), number(session.expires_at));
        self.table.put_action(item, |put| put)
    }

    /// Creates a session of an account, if its credentials are those that were read. The credentials have to be read
    /// before the grant: a change of the grant also changes their version.
    pub async fn create_for_account(
        &self,
        session: &Session,
        credentials: &Credentials,
        seen: &CredentialRef,
    ) -> Result<CreateSessionOutcome, StoreError> {
        let put = self.table.put_action(self.table.write(session)?, |put| put)?;
        Ok(match self.table.transact(vec![put, credentials.unchanged_check(seen)?]).await? {
            Ok(()) => CreateSessionOutcome::Created,
            Err(_) => CreateSessionOutcome::CredentialsChanged,
        })
    }

    /// A session. It may have expired, because DynamoDB deletes expired items up to days later: the caller checks
    /// [`Session::is_active`].
    pub async fn get(
        &self,
        user_id: &UserId,
        session_id: &SessionId,
        consistent: bool,
    ) -> Result<Option<Session>, StoreError> {
        self.table.get(session_key(user_id, session_id), consistent).await
    }

    /// The sessions of a user that have not expired, oldest first, strongly consistent.
    pub async fn list(&self, user_id: &UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let request = self.table.client.query().consistent_read(true);
        let request =
            request.key_condition_expression("user_id = :user").expression_attribute_values(":user", text(user_id));
        let mut sessions: Vec<Session> = self.table.query_all(request).await?;
        sessions.retain(|session| session.is_active(now));
        Ok(sessions)
    }

    /// Ends a session. Idempotent.
    pub async fn end(&self, user_id: &UserId, session_id: &SessionId) -> Result<(), StoreError> {
        self.table.delete(session_key(user_id, session_id)).send().await?;
        Ok(())
    }

    /// Ends all sessions of a user, except one. Idempotent, not atomic. Each is deleted by itself: permission for a
    /// batch of writes would also be permission to put a session.
    ///
    /// A change of the password has to call it before and after: a crash before the change leaves a retry possible, and
    /// a session that a login creates in between is ended afterwards.
    pub async fn end_all(&self, user_id: &UserId, except: Option<&SessionId>) -> Result<(), StoreError> {
        let request = self.table.client.query().consistent_read(true);
        let request = request
            .key_condition_expression("user_id = :user")
            .expression_attribute_values(":user", text(user_id))
            .projection_expression("session_id");
        let sessions: Vec<SessionKey> = self.table.query_all(request).await?;
        let ended = sessions.into_iter().map(|session| session.session_id).filter(|id| except != Some(id));
        let ended = ended.map(|session_id| async move { self.end(user_id, &session_id).await });
        stream::iter(ended).buffer_unordered(ENDED_AT_ONCE).try_collect().await
    }
}

fn session_key(user_id: &UserId, session_id: &SessionId) -> Item {
    key([("user_id", user_id.as_str()), ("session_id", session_id.as_str())])
}
