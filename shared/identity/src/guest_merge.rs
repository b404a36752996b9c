//! Merges a guest who logs in or registers: the cart is merged, and the account gets access to the guest's orders.
//!
//! A guest is reserved for one account first, and its session ends last, so every step may be repeated by the same
//! account and by no other. The cart is merged in one transaction that empties the guest's cart, so a retry finds
//! nothing to merge.

use std::sync::Arc;

use souk_auth::RefreshTokens;
use souk_domain::account::CallerKind;
use souk_domain::effects::Clock;
use souk_domain::ids::UserId;
use souk_runtime::http::{Fields, Problem};
use souk_runtime::{Dependencies, Error};
use souk_store::{Carts, GuestSession, Inventory, RefreshTokenState, Session, Sessions};

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
    /// guest's: there is nothing to merge. A pending account is no guest: it keeps its id when its address is verified,
    /// so another account that merged it would see all of its later orders.
    ///
    /// A used token counts as stolen, as it does for a refresh, and ends the session.
    pub async fn guest(&self, token: Option<&str>) -> Result<Option<GuestSession>, Problem> {
        let Some(claims) = token.and_then(|token| self.refresh_tokens.verify(token)) else { return Ok(None) };
        let session = self.sessions.get(&claims.user_id, &claims.session_id, true).await?;
        let now = self.clock.now();
        let is_guest = |session: &Session| session.kind == CallerKind::Guest && session.pending_email.is_none();
        let Some(session) = session.filter(|session| is_guest(session) && session.is_active(now)) else {
            return Ok(None);
        };
        let state = session.token_state(claims.rotation, now);
        let guest = GuestSession { user_id: session.user_id, session_id: session.session_id };
        match state {
            RefreshTokenState::Newest | RefreshTokenState::JustRotated => Ok(Some(guest)),
            RefreshTokenState::NotIssued => Ok(None),
            RefreshTokenState::Reused => {
                tracing::warn!(user_id = %guest.user_id, "a used refresh token of a guest is not merged");
                self.end(&guest).await?;
                Ok(None)
            }
        }
    }

    /// Reserves a guest for an account, before anything is merged. Idempotent for the same account. `false`: another
    /// account merges the guest.
    pub async fn begin(&self, guest: &GuestSession, user_id: &UserId) -> Result<bool, Problem> {
        Ok(self.sessions.begin_merge(guest, user_id).await?)
    }

    /// Whether another account than this one merges the guest.
    pub async fn is_of_another(&self, guest: &GuestSession, user_id: &UserId) -> Result<bool, Problem> {
        Ok(self.sessions.merging_account(guest).await?.is_some_and(|account| account != *user_id))
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
