//! Sessions of guests that are merged into accounts.

use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::Deserialize;
use souk_domain::ids::{SessionId, UserId};

use super::{Session, Sessions, session_key};
use crate::StoreError;
use crate::conditional::WriteOutcome;
use crate::table::text;

const BEGIN_MERGE: &str = "SET merging_into = :account";
const NOT_OF_ANOTHER: &str =
    "attribute_exists(user_id) AND (attribute_not_exists(merging_into) OR merging_into = :account)";

#[derive(Deserialize)]
struct Merging {
    #[serde(default)]
    merging_into: Option<UserId>,
}

/// The session of a guest that is to be merged into an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestSession {
    /// The guest.
    pub user_id: UserId,
    /// Its only session.
    pub session_id: SessionId,
}

impl Sessions {
    /// Reserves a guest for the account that merges it, before anything of the guest is merged. Idempotent for the same
    /// account. `false`: another account merges the guest, or its session has ended.
    pub async fn begin_merge(&self, guest: &GuestSession, account: &UserId) -> Result<bool, StoreError> {
        let request = self
            .table
            .update(session_key(&guest.user_id, &guest.session_id))
            .update_expression(BEGIN_MERGE)
            .condition_expression(NOT_OF_ANOTHER)
            .expression_attribute_values(":account", text(account));
        Ok(matches!(self.table.update_if::<Session>(request).await?, WriteOutcome::Written(_)))
    }

    /// The account that merges a guest, if one has begun.
    pub async fn merging_account(&self, guest: &GuestSession) -> Result<Option<UserId>, StoreError> {
        let stored: Option<Merging> = self.table.get(session_key(&guest.user_id, &guest.session_id), true).await?;
        Ok(stored.and_then(|stored| stored.merging_into))
    }

    /// [`Sessions::begin_merge`] as an action of a transaction. `ended` is an account that may have reserved the guest, and
    /// does not exist any more.
    pub(crate) fn begin_merge_action(
        &self,
        guest: &GuestSession,
        account: &UserId,
        ended: Option<&UserId>,
    ) -> Result<TransactWriteItem, StoreError> {
        self.table.update_action(session_key(&guest.user_id, &guest.session_id), |update| {
            let update = update.update_expression(BEGIN_MERGE).expression_attribute_values(":account", text(account));
            match ended {
                None => update.condition_expression(NOT_OF_ANOTHER),
                Some(ended) => update
                    .condition_expression(format!("{NOT_OF_ANOTHER} OR merging_into = :ended"))
                    .expression_attribute_values(":ended", text(ended)),
            }
        })
    }
}
