//! The pending accounts of an address: registrations whose address is not verified.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use souk_domain::account::{CallerKind, Email};
use souk_domain::effects::Clock;
use souk_domain::ids::UserId;
use souk_domain::time::Timestamp;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::Problem;
use souk_store::{Registrations, Sessions};

/// Registrations that end at a time. Strangers can make thousands for an address: a retry continues.
const ENDED_AT_ONCE: usize = 16;

/// Ends pending accounts.
pub struct PendingAccounts {
    /// The table of pending accounts.
    pub registrations: Registrations,
    /// The sessions table.
    pub sessions: Sessions,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl PendingAccounts {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { registrations: deps.registrations()?, sessions: deps.sessions()?, clock: deps.clock() })
    }

    /// Ends all pending accounts of an address that the account `owner` has, and all sessions that the owner had while
    /// the address was pending. Idempotent.
    pub(crate) async fn end(&self, email: &Email, owner: &UserId) -> Result<(), Problem> {
        let now = self.clock.now();
        for session in self.sessions.list(owner, now).await? {
            // A retry keeps the sessions that began after the claim.
            if session.kind == CallerKind::Guest {
                self.sessions.end(owner, &session.session_id).await?;
            }
        }
        let registrations = self.registrations.list(email).await?;
        let ended = registrations
            .into_iter()
            .map(|registration| async move { self.end_one(email, &registration.user_id, now).await });
        stream::iter(ended).buffer_unordered(ENDED_AT_ONCE).try_collect().await
    }

    /// Ends the registration first, so that no log-in starts a session after the others have ended. Deletes it last, so
    /// that a retry finds it.
    async fn end_one(&self, email: &Email, user_id: &UserId, now: Timestamp) -> Result<(), Problem> {
        self.registrations.end(email, user_id, now).await?;
        self.sessions.end_all(user_id, None).await?;
        Ok(self.registrations.delete(email, user_id).await?)
    }
}
