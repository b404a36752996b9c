//! Merges a guest who logs in or registers: the cart is merged, and the account gets access to the guest's orders.
//!
//! Every step is idempotent. The cart is merged in one transaction that empties the guest's cart, so a retry finds
//! nothing to merge. The guest's session ends last.

use std::sync::Arc;

use souk_auth::RefreshTokens;
use souk_domain::account::CallerKind;
use souk_domain::effects::Clock;
use souk_domain::ids::{SessionId, UserId};
use souk_runtime::http::{Fields, Problem};
use souk_runtime::{Dependencies, Error};
use souk_store::{Carts, Inventory, Sessions};

/// Longest refresh token, in characters.
const MAX_TOKEN_CHARS: usize = 200;

/// Merges guests into accounts.
pub struct GuestMerge {
    /// The carts table.
    pub carts: Carts,
    /// The inventory table, whose stock bounds the merged quantities.
    pub inventory: Inventory,
    /// The sessions table.
    pub sessions: Sessions,
    /// Verifies the guest's token.
    pub refresh_tokens: RefreshTokens,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

/// A guest with an active session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestSession {
    /// The guest.
    pub user_id: UserId,
    session_id: SessionId,
}

impl GuestMerge {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            carts: deps.carts()?,
            inventory: deps.inventory()?,
            sessions: deps.sessions()?,
            refresh_tokens: crate::refresh_tokens(deps).await?,
            clock: deps.clock(),
        })
    }

    /// Reads the member with the guest's refresh token.
    pub fn read(fields: &mut Fields<'_>) -> Option<Option<String>> {
        fields.optional_text("guest_refresh_token", MAX_TOKEN_CHARS)
    }

    /// The guest of a refresh token. None if the session has ended, which a retry finds, or if the token is not a
    /// guest's: there is nothing to merge.
    pub async fn guest(&self, token: Option<&str>) -> Result<Option<GuestSession>, Problem> {
        let Some(claims) = token.and_then(|token| self.refresh_tokens.verify(token)) else { return Ok(None) };
        let session = self.sessions.get(&claims.user_id, &claims.session_id, true).await?;
        let now = self.clock.now();
        let session = session.filter(|session| session.kind == CallerKind::Guest && session.is_active(now));
        // The token before the newest is accepted too: another tab may have refreshed it just now.
        let session = session.filter(|session| claims.rotation + 1 >= session.rotation);
        Ok(session.map(|session| GuestSession { user_id: session.user_id, session_id: session.session_id }))
    }

    /// Merges the guest's cart into that of an account of this kind.
    pub async fn merge_cart(&self, guest: &GuestSession, user_id: &UserId, kind: CallerKind) -> Result<(), Problem> {
        self.carts.merge(&guest.user_id, user_id, kind, &self.inventory, self.clock.now()).await?;
        Ok(())
    }

    /// Ends the guest's session, after everything else.
    pub async fn end(&self, guest: &GuestSession) -> Result<(), Problem> {
        self.sessions.end(&guest.user_id, &guest.session_id).await?;
        Ok(())
    }
}
