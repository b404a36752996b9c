//! Deletes accounts.
//!
//! Sessions, credentials, roles and the account end at once. What is left of it in other tables is erased by the consumer
//! of the erasure queue. The message is sent first: after the account is gone, nothing would know its guests any more. It is
//! delivered when this function has ended, so the consumer sees whether the account was deleted, and otherwise erases
//! nothing. After a crash in between, the account may still log in and delete itself again.

use std::sync::Arc;

use souk_domain::account::Account;
use souk_domain::effects::Clock;
use souk_domain::erasure::{ERASURE_DELAY_SECONDS, ErasureQueueMessage};
use souk_domain::ids::{SessionId, UserId};
use souk_domain::time::Timestamp;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::queues::ErasureQueue;
use souk_store::{AccountDeletionOutcome, Accounts, Credentials, Sessions, StaffGrant, StaffGrants, StoreError};

use crate::administrators::{GrantError, still_administrator, who_stays};

/// Maximum attempts to delete an account while administrators change or guests are added.
const MAX_ATTEMPTS: u32 = 3;

/// The effects of a deletion, for the descriptions of the endpoints.
pub(crate) const DELETED: &str = "At once all sessions, the password, the second factor, the roles and the account itself are deleted, and the e-mail \
     address is free again. Within half an hour its cart is deleted, orders that wait for a payment are cancelled, and \
     orders that were never paid lose contact and address, each once no payment of it is \
     being processed any more. Orders that were paid are kept as they are, with contact and \
     address, because the law makes a shop keep them: one that is not shipped yet is shipped, and refunds are paid out. \
     Links to them then show neither. Store credit that is left cannot be used any more.";

/// Deletes accounts.
pub struct Deletion {
    /// The accounts table.
    pub accounts: Accounts,
    /// The credentials table.
    pub credentials: Credentials,
    /// The table of staff grants.
    pub grants: StaffGrants,
    /// The sessions table.
    pub sessions: Sessions,
    /// The erasure queue.
    pub erasure: ErasureQueue,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl Deletion {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            accounts: deps.accounts()?,
            credentials: deps.credentials()?,
            grants: deps.staff_grants()?,
            sessions: deps.sessions()?,
            erasure: deps.erasure_queue()?,
            clock: deps.clock(),
        })
    }

    /// Deletes an account and returns the grant that it had. The session `current` ends last, so that its client can try
    /// again after a failure.
    pub(crate) async fn delete(
        &self,
        account: &Account,
        current: Option<&SessionId>,
    ) -> Result<Option<StaffGrant>, GrantError> {
        let mut account = account.clone();
        for _ in 0..MAX_ATTEMPTS {
            let now = self.clock.now();
            let grant = self.grants.get(&account.user_id).await?;
            let stays = match &grant {
                Some(grant) => who_stays(&self.grants, &account.user_id, Some(grant), None, now).await?,
                None => None,
            };
            self.sessions.end_all(&account.user_id, current).await?;
            self.erasure.send(&erasure_of(&account, self.clock.now()), ERASURE_DELAY_SECONDS).await?;
            let other = stays.as_ref().map(|grant| still_administrator(grant, now));
            match self.accounts.delete(&self.credentials, &self.grants, &account, other).await? {
                AccountDeletionOutcome::Deleted => {
                    self.end_sessions(&account.user_id).await?;
                    return Ok(grant);
                }
                AccountDeletionOutcome::NoOtherAdministrator => {}
                AccountDeletionOutcome::GuestAdded => {
                    // None: another request has deleted it.
                    account = self.accounts.get(&account.user_id).await?.unwrap_or(account);
                }
            }
        }
        Err(GrantError::Busy)
    }

    /// Ends all sessions. Also called if the account is already deleted, because an earlier request may have crashed
    /// before this.
    pub(crate) async fn end_sessions(&self, user_id: &UserId) -> Result<(), StoreError> {
        self.sessions.end_all(user_id, None).await
    }
}

fn erasure_of(account: &Account, now: Timestamp) -> ErasureQueueMessage {
    let (user_id, guest_ids) = (account.user_id.clone(), account.guest_ids.clone());
    ErasureQueueMessage::EraseOrders { user_id, guest_ids, requested_at: Some(now) }
}

#[cfg(test)]
mod tests;
