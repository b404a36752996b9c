//! The erasure of data after an account was deleted.

use serde::{Deserialize, Serialize};

use crate::ids::{OrderId, UserId};
use crate::message::QueueMessage;

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
    },
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
    }
}
