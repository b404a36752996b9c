//! The pending accounts of an address: registrations whose address is not verified.

use std::sync::Arc;

use souk_domain::account::{CallerKind, Email};
use souk_domain::effects::Clock;
use souk_domain::ids::UserId;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::Problem;
use souk_store::{Accounts, Registrations, Sessions};

/// Ends pending accounts.
pub struct PendingAccounts {
    /// The table of pending accounts.
    pub registrations: Registrations,
    /// The sessions table.
    pub sessions: Sessions,
    /// The accounts table.
    pub accounts: Accounts,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl PendingAccounts {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            registrations: deps.registrations()?,
            sessions: deps.sessions()?,
            accounts: deps.accounts()?,
            clock: deps.clock(),
        })
    }

    /// Ends all pending accounts of an address that the account `owner` has claimed, with their sessions. The guests of
    /// the owner's own registration become guests of the account. Idempotent.
    pub(crate) async fn end(&self, email: &Email, owner: &UserId) -> Result<(), Problem> {
        for session in self.sessions.list(owner, self.clock.now()).await? {
            // A retry keeps the sessions that began after the claim.
            if session.kind == CallerKind::Guest {
                self.sessions.end(owner, &session.session_id).await?;
            }
        }
        for registration in self.registrations.list(email).await? {
            if registration.user_id == *owner {
                for guest in &registration.guest_ids {
                    // Includes a guest that was added while the address was being claimed.
                    let _ = self.accounts.add_guest(owner, guest).await?;
                }
            } else {
                self.sessions.end_all(&registration.user_id, None).await?;
            }
            self.registrations.delete(email, &registration.user_id).await?;
        }
        Ok(())
    }
}
