//! When the stock of a product, over all its shards, is worth telling others.

use serde::{Deserialize, Serialize};

use super::CountChange;
use crate::event::{StockEvent, StockSnapshot};
use crate::ids::ProductId;

/// How much of a product is left, as far as others care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockLevel {
    /// Nothing.
    Out,
    /// So little that it should be ordered again.
    Low,
    /// More than that.
    Plenty,
}

impl StockLevel {
    /// The level of so many units, of which `low_at` or fewer are low.
    pub const fn of(available: u32, low_at: u32) -> Self {
        match available {
            0 => Self::Out,
            _ if available <= low_at => Self::Low,
            _ => Self::Plenty,
        }
    }

    /// The word in which it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Low => "low",
            Self::Plenty => "plenty",
        }
    }

    /// Whether a change of one shard can be one of the level: with more than `low_at` in this shard alone, before and
    /// after, there was plenty all the time.
    pub const fn may_change_with(change: &CountChange, low_at: u32) -> bool {
        change.before <= low_at || change.after <= low_at
    }

    /// What there is to tell of a product whose level was this one, and which has `available` units now. That it is low is
    /// told on the way down only.
    pub fn news(self, product_id: &ProductId, available: u32, low_at: u32) -> Option<StockEvent> {
        let facts = || StockSnapshot { product_id: product_id.clone(), available, low_at };
        match (self, Self::of(available, low_at)) {
            (Self::Plenty, Self::Low) => Some(StockEvent::Low(facts())),
            (Self::Plenty | Self::Low, Self::Out) => Some(StockEvent::Out(facts())),
            (Self::Out, Self::Low | Self::Plenty) => Some(StockEvent::Back(facts())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a history of totals tells, one letter for each piece of news.
    fn told(totals: &[u32], low_at: u32) -> String {
        let product_id = "1".parse().expect("an id");
        let steps = totals.windows(2);
        let news = steps.filter_map(|step| StockLevel::of(step[0], low_at).news(&product_id, step[1], low_at));
        news.map(|what| match what {
            StockEvent::Low(_) => 'l',
            StockEvent::Out(_) => 'o',
            StockEvent::Back(_) => 'b',
        })
        .collect()
    }

    #[test]
    fn levels_are_read_as_they_are_stored() {
        for level in [StockLevel::Out, StockLevel::Low, StockLevel::Plenty] {
            assert_eq!(serde_json::to_string(&level).expect("json"), format!("\"{}\"", level.as_str()));
        }
    }

    #[test]
    fn each_crossing_is_told_once() {
        assert_eq!(told(&[9, 6, 5, 4, 1, 0, 0, 3, 9, 0, 7], 5), "lobob");
        assert_eq!(told(&[3, 4, 5, 6, 5], 5), "l", "rising through low is no news");
        assert_eq!(told(&[2, 1, 0, 1], 0), "ob", "without a threshold nothing is low");
    }

    proptest! {
        #[test]
        fn out_and_back_alternate_and_low_comes_between_them_once(
            totals in prop::collection::vec(0_u32..12, 2..60), low_at in 0_u32..8,
        ) {
            let told = told(&totals, low_at);
            let out_and_back: String = told.chars().filter(|news| *news != 'l').collect();
            prop_assert!(!out_and_back.contains("oo") && !out_and_back.contains("bb"), "{}", told);
            prop_assert!(!told.contains("ol"), "{}", told);
            prop_assert_eq!(told.ends_with('o') || told.is_empty() && totals[0] == 0, totals.ends_with(&[0]) );
        }
    }
}
