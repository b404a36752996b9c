//! The guests whose orders belong to an account.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use souk_domain::account::MAX_GUESTS;
use souk_domain::ids::UserId;

use crate::StoreError;
use crate::conditional::WriteOutcome;
use crate::table::{Item, Table, text};

/// Maximum attempts to add a guest while other writers add others.
const MAX_ATTEMPTS: u32 = 8;

/// The outcome of adding a guest to an account or a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum GuestLinkOutcome {
    /// The guest belongs to it.
    Linked,
    /// The account or the registration does not exist.
    NotFound,
}

#[derive(Deserialize)]
struct GuestIds {
    #[serde(default)]
    guest_ids: Vec<UserId>,
}

/// Adds a guest to the item with this key. Idempotent.
pub(crate) async fn link_guest(table: &Table, key: Item, guest_id: &UserId) -> Result<GuestLinkOutcome, StoreError> {
    for attempt in 0..MAX_ATTEMPTS {
        let Some(GuestIds { guest_ids }) = table.get(key.clone(), true).await? else {
            return Ok(GuestLinkOutcome::NotFound);
        };
        if guest_ids.contains(guest_id) {
            return Ok(GuestLinkOutcome::Linked);
        }
        let request = table.update(key.clone()).update_expression("SET guest_ids = :next");
        let request = if guest_ids.is_empty() {
            request.condition_expression("attribute_exists(user_id) AND attribute_not_exists(guest_ids)")
        } else {
            request
                .condition_expression("guest_ids = :seen")
                .expression_attribute_values(":seen", guest_list(&guest_ids))
        };
        let request = request.expression_attribute_values(":next", guest_list(&with_guest(guest_ids, guest_id)));
        match table.update_if::<GuestIds>(request).await? {
            WriteOutcome::Written(_) => return Ok(GuestLinkOutcome::Linked),
            WriteOutcome::Refused(_) => table.back_off(attempt).await,
        }
    }
    Err(StoreError::Conflict)
}

fn with_guest(mut guest_ids: Vec<UserId>, guest_id: &UserId) -> Vec<UserId> {
    guest_ids.push(guest_id.clone());
    let excess = guest_ids.len().saturating_sub(MAX_GUESTS);
    guest_ids.drain(..excess);
    guest_ids
}

/// Guests as they are stored.
pub(crate) fn guest_list(guest_ids: &[UserId]) -> AttributeValue {
    AttributeValue::L(guest_ids.iter().map(text).collect())
}
