//! Stock of a product, which is split into shards, and its allocation to orders.

mod change;
mod level;
mod sharding;

use serde::{Deserialize, Serialize};

use crate::ids::ProductId;

pub use change::{Cause, CountChange, ShardState, count_change};
pub use level::StockLevel;
pub use sharding::{MAX_SHARDS, ReshardStep, ShardLayout, ShardTransfer, distribute, withdraw};

/// Id of a shard of a product's stock: `<region>#<number>`. A shard belongs to one region, so with global tables no
/// count is written in two regions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShardId(String);

impl ShardId {
    /// The shard with a number in a region.
    pub fn new(region: &str, number: u32) -> Self {
        Self(format!("{region}#{number}"))
    }

    /// Whether it is a shard: the sort keys of all other items in the inventory table begin with `~`.
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

/// Units allocated from one shard.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Allocation {
    /// The shard.
    #[serde(rename = "s")]
    pub shard: ShardId,
    /// Units; never 0.
    #[serde(rename = "q")]
    pub quantity: u32,
}

/// Count of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardCount {
    /// The shard.
    pub shard: ShardId,
    /// Available units.
    pub available: u32,
}

/// A product with fewer available units than requested, over all shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// The product.
    pub product_id: ProductId,
    /// Requested units.
    pub requested: u32,
    /// Available units.
    pub available: u32,
}

/// Allocates `requested` units from one shard if one has sufficient stock, otherwise from as few shards as possible.
/// `None` if all shards together have insufficient stock.
///
/// `choice`, a random number, picks among the shards with sufficient stock, so that concurrent checkouts do not contend
/// for the same shard.
pub fn allocate(counts: &[ShardCount], requested: u32, choice: u64) -> Option<Vec<Allocation>> {
    let sufficient: Vec<&ShardCount> =
        counts.iter().filter(|count| (1..=count.available).contains(&requested)).collect();
    if let Some(index) = choice.checked_rem(sufficient.len() as u64) {
        let active = sufficient.get(usize::try_from(index).unwrap_or(0))?;
        return Some(vec![Allocation { shard: active.shard.clone(), quantity: requested }]);
    }
    let mut fullest_first: Vec<&ShardCount> = counts.iter().filter(|count| count.available > 0).collect();
    fullest_first.sort_by(|a, b| b.available.cmp(&a.available).then_with(|| a.shard.cmp(&b.shard)));
    let mut missing = requested;
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

/// Available units of all shards.
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
    fn one_shard_is_picked_randomly_if_one_suffices() {
        let allocated = |choice| allocate(&counts(&[1, 9, 5]), 4, choice).expect("enough");
        for (choice, number) in [(0, 1), (1, 2), (2, 1), (u64::MAX, 2)] {
            assert_eq!(allocated(choice), [Allocation { shard: ShardId::new("local", number), quantity: 4 }]);
        }
    }

    #[test]
    fn several_shards_are_combined() {
        let allocations = allocate(&counts(&[2, 3, 1]), 6, 7).expect("enough");
        assert_eq!(allocations.iter().map(|a| a.quantity).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(allocate(&counts(&[2, 3, 1]), 7, 7), None);
    }

    proptest! {
        #[test]
        fn allocates_exactly_the_wanted_units_and_no_more_than_available(
            available in prop::collection::vec(0_u32..1_000, 0..20), requested in 1_u32..5_000, choice: u64,
        ) {
            let counts = counts(&available);
            match allocate(&counts, requested, choice) {
                None => prop_assert!(total(&counts) < requested),
                Some(allocations) => {
                    let one_could = available.iter().any(|available| *available >= requested);
                    prop_assert_eq!(allocations.len() == 1, one_could);
                    prop_assert_eq!(allocations.iter().map(|a| a.quantity).sum::<u32>(), requested);
                    for allocation in allocations {
                        let shard = counts.iter().find(|count| count.shard == allocation.shard).expect("a known shard");
                        prop_assert!(allocation.quantity > 0 && allocation.quantity <= shard.available);
                    }
                }
            }
        }
    }
}
