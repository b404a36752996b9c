//! The erasure of data after an account was deleted.

use serde::{Deserialize, Serialize};

use crate::ids::{OrderId, UserId};
use crate::message::{MAX_DELAY_SECONDS, QueueMessage};
use crate::time::Timestamp;

/// Seconds from the request for an erasure to the first delivery: more than the 10 s that the function has that deletes the
/// account. If the account exists then, it was not deleted.
pub const ERASURE_DELAY_SECONDS: i64 = 15;
/// Seconds after which no access token of a deleted account works any more: a token is valid for 900 seconds, the API
/// caches the authorizer's answer for another 60, and clocks may differ.
pub const TOKENS_END_SECONDS: i64 = 900 + 60 + 10;

/// Messages of the erasure queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ErasureQueueMessage {
    /// Erase the carts of a deleted account, and contact and address of its orders that were never paid.
    EraseOrders {
        /// The account.
        user_id: UserId,
        /// The guests whose orders belonged to it.
        guest_ids: Vec<UserId>,
        /// When its sessions had ended. None in messages that an earlier version sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requested_at: Option<Timestamp>,
    },
}

impl ErasureQueueMessage {
    /// Seconds after which the erasure has to be repeated; none if no access token of the account works any more. Until
    /// then, the last token may still fill a cart and place an order.
    pub fn repeat_after_seconds(&self, now: Timestamp) -> Option<i64> {
        let Self::EraseOrders { requested_at, .. } = self;
        let left = requested_at.as_ref()?.plus_seconds(TOKENS_END_SECONDS).as_seconds() - now.as_seconds();
        (left > 0).then_some(left.min(MAX_DELAY_SECONDS))
    }
}

impl QueueMessage for ErasureQueueMessage {
    fn order_id(&self) -> Option<&OrderId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message may be on the queue while a new version of the shop is deployed.
    #[test]
    fn the_form_of_the_message_is_stable() {
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let json = format!(r#"{{"type":"erase_orders","user_id":"{id}","guest_ids":["{id}"]}}"#);
        let message: ErasureQueueMessage = serde_json::from_str(&json).expect("a message");
        assert_eq!(serde_json::to_string(&message).expect("JSON"), json);
        assert_eq!(message.repeat_after_seconds(Timestamp::from_millis(0)), None);
        let json = json.replace('}', r#","requested_at":1795503420000}"#);
        let message: ErasureQueueMessage = serde_json::from_str(&json).expect("a message");
        assert_eq!(serde_json::to_string(&message).expect("JSON"), json);
    }

    #[test]
    fn it_is_repeated_until_no_token_works() {
        let requested_at = Timestamp::from_millis(1_795_503_420_000);
        let user_id: UserId = "0190a5a0-0000-7000-8000-000000000001".parse().expect("an id");
        let message = ErasureQueueMessage::EraseOrders { user_id, guest_ids: vec![], requested_at: Some(requested_at) };
        let (mut now, mut deliveries) = (requested_at.plus_seconds(ERASURE_DELAY_SECONDS), 1);
        while let Some(delay) = message.repeat_after_seconds(now) {
            assert!((1..=MAX_DELAY_SECONDS).contains(&delay));
            (now, deliveries) = (now.plus_seconds(delay), deliveries + 1);
        }
        assert_eq!((deliveries, requested_at.seconds_until(now)), (3, TOKENS_END_SECONDS));
    }
}
