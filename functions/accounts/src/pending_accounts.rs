//! The pending accounts of an address: registrations whose address is not verified.

use std::sync::Arc;

use souk_domain::account::{CallerKind, Email};
use souk_domain::effects::Clock;
use souk_domain::ids::UserId;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::Problem;
use souk_store::{Registrations, Sessions};

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
        for registration in self.registrations.list(email).await? {
            let user_id = &registration.user_id;
            // First, so that no log-in starts a session after the others have ended; deleted last, so that a retry
            // finds it.
            self.registrations.end(email, user_id, now).await?;
            self.sessions.end_all(user_id, None).await?;
            self.registrations.delete(email, user_id).await?;
        }
        Ok(())
    }
}
