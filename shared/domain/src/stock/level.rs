//! Stock level of a product over all its shards, and the events of its changes.

use serde::{Deserialize, Serialize};

use super::CountChange;
use crate::event::{StockEvent, StockSnapshot};
use crate::ids::ProductId;

/// Stock level of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockLevel {
    /// Sold out.
    Out,
    /// At or below the threshold for reordering.
    Low,
    /// Above the threshold.
    Plenty,
}

impl StockLevel {
    /// The level for a number of available units; `low_at` is the threshold.
    pub const fn of(available: u32, low_at: u32) -> Self {
        match available {
            0 => Self::Out,
            _ if available <= low_at => Self::Low,
            _ => Self::Plenty,
        }
    }

    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Low => "low",
            Self::Plenty => "plenty",
        }
    }

    /// Whether a change of one shard can change the level. It cannot if this shard alone has more than `low_at` units
    /// before and after.
    pub const fn may_change_with(change: &CountChange, low_at: u32) -> bool {
        change.before <= low_at || change.after <= low_at
    }

    /// The event for a product that had this level and now has `available` units; `None` if there is none to publish. A
    /// low stock is reported only when the level falls.
    pub fn event_after(self, product_id: &ProductId, available: u32, low_at: u32) -> Option<StockEvent> {
        let snapshot = || StockSnapshot { product_id: product_id.clone(), available, low_at };
        match (self, Self::of(available, low_at)) {
            (Self::Plenty, Self::Low) => Some(StockEvent::Low(snapshot())),
            (Self::Plenty | Self::Low, Self::Out) => Some(StockEvent::Out(snapshot())),
            (Self::Out, Self::Low | Self::Plenty) => Some(StockEvent::Back(snapshot())),
            (Self::Out, Self::Out) | (Self::Low | Self::Plenty, Self::Plenty) | (Self::Low, Self::Low) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The events of a sequence of totals, one letter each.
    fn events(totals: &[u32], low_at: u32) -> String {
        let product_id = "1".parse().expect("an id");
        let steps = totals.windows(2);
        let events = steps.filter_map(|step| StockLevel::of(step[0], low_at).event_after(&product_id, step[1], low_at));
        events
            .map(|event| match event {
                StockEvent::Low(_) => 'l',
                StockEvent::Out(_) => 'o',
                StockEvent::Back(_) => 'b',
            })
            .collect()
    }

    #[test]
    fn levels_have_a_stable_stored_name() {
        for level in [StockLevel::Out, StockLevel::Low, StockLevel::Plenty] {
            assert_eq!(serde_json::to_string(&level).expect("json"), format!("\"{}\"", level.as_str()));
        }
    }

    #[test]
    fn each_crossing_has_one_event() {
        assert_eq!(events(&[9, 6, 5, 4, 1, 0, 0, 3, 9, 0, 7], 5), "lobob");
        assert_eq!(events(&[3, 4, 5, 6, 5], 5), "l", "rising through low has no event");
        assert_eq!(events(&[2, 1, 0, 1], 0), "ob", "without a threshold nothing is low");
    }

    proptest! {
        #[test]
        fn out_and_back_alternate_with_at_most_one_low_in_between(
            totals in prop::collection::vec(0_u32..12, 2..60), low_at in 0_u32..8,
        ) {
            let events = events(&totals, low_at);
            let out_and_back: String = events.chars().filter(|event| *event != 'l').collect();
            prop_assert!(!out_and_back.contains("oo") && !out_and_back.contains("bb"), "{}", events);
            prop_assert!(!events.contains("ol"), "{}", events);
            prop_assert_eq!(events.ends_with('o') || events.is_empty() && totals[0] == 0, totals.ends_with(&[0]) );
        }
    }
}
