//! Changes of a count and their causes. Every write of a shard stores its cause beside the count.

use serde::{Deserialize, Serialize};

use crate::ids::{OrderId, UserId};

/// Cause of a write to a shard's count. No two writes of one shard have the same cause. The stored names are short,
/// because every checkout pays for writing them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cause {
    /// A step of an order.
    Order {
        /// The order.
        #[serde(rename = "o")]
        order_id: OrderId,
        /// Owner of the order.
        #[serde(rename = "u")]
        user_id: UserId,
        /// The order's version after the step.
        #[serde(rename = "v")]
        version: u64,
    },
    /// A change by staff, recorded in the ledger.
    Entry {
        /// Id of the ledger entry.
        #[serde(rename = "e")]
        entry_id: String,
        /// Number of the transaction, if the entry has several.
        #[serde(rename = "n", default)]
        step: u32,
    },
}

/// Stored state of a shard.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ShardState {
    /// Available units.
    pub available: u32,
    /// Cause of the last write.
    #[serde(default)]
    pub cause: Option<Cause>,
}

/// A change of a shard's count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountChange {
    /// Units before; 0 if the shard did not exist.
    pub before: u32,
    /// Units after; 0 if the shard was removed.
    pub after: u32,
    /// Cause. `None` for a write without a cause, such as one by an operator in the console.
    pub cause: Option<Cause>,
}

/// The change between two states of a shard; `None` if the count is the same.
pub fn count_change(before: Option<&ShardState>, after: Option<&ShardState>) -> Option<CountChange> {
    let available = |state: Option<&ShardState>| state.map_or(0, |state| state.available);
    let cause = |state: Option<&ShardState>| state.and_then(|state| state.cause.clone());
    // A cause that was stored before does not belong to this change.
    let fresh = cause(after).filter(|fresh| cause(before).as_ref() != Some(fresh));
    let change = CountChange { before: available(before), after: available(after), cause: fresh };
    (change.before != change.after).then_some(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(available: u32, step: u32) -> ShardState {
        ShardState { available, cause: Some(Cause::Entry { entry_id: "e".to_owned(), step }) }
    }

    #[test]
    fn a_change_has_the_cause_that_came_with_it() {
        let first = count_change(None, Some(&state(3, 0))).expect("changed");
        assert_eq!((first.before, first.after, first.cause), (0, 3, state(3, 0).cause));
        let second = count_change(Some(&state(3, 0)), Some(&state(2, 1))).expect("changed");
        assert_eq!((second.before, second.after, second.cause), (3, 2, state(2, 1).cause));
        assert_eq!(count_change(Some(&state(3, 0)), Some(&state(3, 1))), None);
        assert_eq!(count_change(Some(&state(0, 0)), None), None);
    }

    #[test]
    fn a_change_without_a_cause_does_not_take_the_previous_cause() {
        for (before, after) in [(Some(state(3, 0)), Some(state(9, 0))), (Some(state(3, 0)), None)] {
            let change = count_change(before.as_ref(), after.as_ref()).expect("changed");
            assert_eq!(change.cause, None);
        }
    }

    #[test]
    fn causes_have_a_short_stable_form() {
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let order = Cause::Order { order_id: id.parse().expect("id"), user_id: id.parse().expect("id"), version: 2 };
        for (cause, json) in [
            (order, format!(r#"{{"o":"{id}","u":"{id}","v":2}}"#)),
            (Cause::Entry { entry_id: "k".to_owned(), step: 0 }, r#"{"e":"k","n":0}"#.to_owned()),
        ] {
            assert_eq!(serde_json::to_string(&cause).expect("json"), json);
            assert_eq!(serde_json::from_str::<Cause>(&json).expect("a cause"), cause);
        }
    }
}
