//! Where an order's units come from, and where others go, when a product's stock is spread over shards.

mod change;
mod level;
mod sharding;

use serde::{Deserialize, Serialize};

use crate::ids::ProductId;

pub use change::{Cause, CountChange, ShardState, count_change};
pub use level::StockLevel;
pub use sharding::{MAX_SHARDS, ReshardStep, ShardLayout, ShardTransfer, distribute, withdraw};

/// The name of one shard of a product's stock: `<region>#<number>`. A shard belongs to one region, so with global
/// tables no counter ever has two writers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShardId(String);

impl ShardId {
    /// The n-th shard in a region.
    pub fn new(region: &str, number: u32) -> Self {
        Self(format!("{region}#{number}"))
    }

    /// Whether it is a shard at all: what else lies in the inventory table has sort keys that begin with `~`.
    pub fn holds_units(&self) -> bool {
        !self.0.starts_with('~')
    }

    /// The sort key in the inventory table.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for ShardId {
    fn from(key: String) -> Self {
        Self(key)
    }
}

/// Units taken from one shard.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Allocation {
    /// From where.
    #[serde(rename = "s")]
    pub shard: ShardId,
    /// How many; never 0.
    #[serde(rename = "q")]
    pub quantity: u32,
}

/// What one shard has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardCount {
    /// Which shard.
    pub shard: ShardId,
    /// Units free to sell.
    pub available: u32,
}

/// Less there than asked, counted over all shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// Of which product.
    pub product_id: ProductId,
    /// How many were asked for.
    pub requested: u32,
    /// How many there are.
    pub available: u32,
}

/// Chooses shards for `wanted` units: one shard if any has enough, else as few as possible. `None` when all of them
/// together have less.
///
/// Of the shards that have enough, `choice` (a random number) decides which: shoppers who choose at the same moment
/// must not all run for the same one.
pub fn allocate(counts: &[ShardCount], wanted: u32, choice: u64) -> Option<Vec<Allocation>> {
    let enough: Vec<&ShardCount> = counts.iter().filter(|count| (1..=count.available).contains(&wanted)).collect();
    if let Some(index) = choice.checked_rem(enough.len() as u64) {
        let active = enough.get(usize::try_from(index).unwrap_or(0))?;
        return Some(vec![Allocation { shard: active.shard.clone(), quantity: wanted }]);
    }
    let mut fullest_first: Vec<&ShardCount> = counts.iter().filter(|count| count.available > 0).collect();
    fullest_first.sort_by(|a, b| b.available.cmp(&a.available).then_with(|| a.shard.cmp(&b.shard)));
    let mut missing = wanted;
    let mut allocations = Vec::new();
    for count in fullest_first {
        if missing == 0 {
            break;
        }
        let quantity = count.available.min(missing);
        missing -= quantity;
        allocations.push(Allocation { shard: count.shard.clone(), quantity });
    }
    (missing == 0).then_some(allocations)
}

/// All that is free, over every shard.
pub fn total(counts: &[ShardCount]) -> u32 {
    counts.iter().fold(0, |sum, count| sum.saturating_add(count.available))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(available: &[u32]) -> Vec<ShardCount> {
        (0..).zip(available).map(|(n, &available)| ShardCount { shard: ShardId::new("local", n), available }).collect()
    }

    #[test]
    fn one_shard_serves_when_it_can_and_chance_says_which() {
        let served_by = |choice| allocate(&counts(&[1, 9, 5]), 4, choice).expect("enough");
        for (choice, number) in [(0, 1), (1, 2), (2, 1), (u64::MAX, 2)] {
            assert_eq!(served_by(choice), [Allocation { shard: ShardId::new("local", number), quantity: 4 }]);
        }
    }

    #[test]
    fn several_shards_serve_together() {
        let allocations = allocate(&counts(&[2, 3, 1]), 6, 7).expect("enough");
        assert_eq!(allocations.iter().map(|a| a.quantity).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(allocate(&counts(&[2, 3, 1]), 7, 7), None);
    }

    proptest! {
        #[test]
        fn takes_exactly_what_is_wanted_and_no_more_than_is_there(
            available in prop::collection::vec(0_u32..1_000, 0..20), wanted in 1_u32..5_000, choice: u64,
        ) {
            let counts = counts(&available);
            match allocate(&counts, wanted, choice) {
                None => prop_assert!(total(&counts) < wanted),
                Some(allocations) => {
                    let one_could = available.iter().any(|available| *available >= wanted);
                    prop_assert_eq!(allocations.len() == 1, one_could);
                    prop_assert_eq!(allocations.iter().map(|a| a.quantity).sum::<u32>(), wanted);
                    for allocation in allocations {
                        let shard = counts.iter().find(|count| count.shard == allocation.shard).expect("a known shard");
                        prop_assert!(allocation.quantity > 0 && allocation.quantity <= shard.available);
                    }
                }
            }
        }
    }
}
