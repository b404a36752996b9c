//! Sharding of a product's stock: how received units are distributed, how removed units are withdrawn, and how the
//! number of shards changes.
//!
//! Two numbers control a change of the number of shards while checkouts run. The number of *existing* shards is stored
//! with the count of the first shard and is written in the transaction that adds or removes shards, so a reader of it
//! misses none. The number of *active* shards, from which checkouts allocate, is in the product document, which
//! checkouts read anyway. To add shards: create them, fill them, then activate them. To remove shards: deactivate them,
//! empty them, then delete them. [`ShardLayout::next_step`] returns the next step for any state, so an interrupted
//! change resumes when it is requested again.

use super::{ShardCount, ShardId};

/// Most shards of one product. One transaction has room to create or delete all of them.
pub const MAX_SHARDS: u32 = 64;

/// The shards of a product's stock in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardLayout {
    /// Shards that checkouts allocate from; at least 1.
    pub active: u32,
    /// Available units of each shard, by its number; at least the first.
    pub available: Vec<u32>,
}

/// A step towards a number of shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReshardStep {
    /// Let checkouts allocate from this many shards.
    SetActive(u32),
    /// Create empty shards until this many exist.
    AddShards(u32),
    /// Transfer units, each transfer in one transaction: a unit is in exactly one shard at any moment.
    Transfer(Vec<ShardTransfer>),
    /// Delete the empty shards above this number.
    RemoveShards(u32),
}

/// Units transferred from one shard to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardTransfer {
    /// Number of the source shard.
    pub from: u32,
    /// Number of each target shard and the units it receives; never 0.
    pub to: Vec<(u32, u32)>,
}

impl ShardTransfer {
    /// Units transferred.
    pub fn quantity(&self) -> u32 {
        self.to.iter().map(|(_, quantity)| quantity).sum()
    }
}

impl ShardLayout {
    /// The next step towards `requested` shards (at least 1); `None` when the layout has them.
    pub fn next_step(&self, requested: u32) -> Option<ReshardStep> {
        if self.active > requested {
            return Some(ReshardStep::SetActive(requested));
        }
        if self.shards() < requested {
            return Some(ReshardStep::AddShards(requested));
        }
        let transfers = self.transfers(requested);
        if !transfers.is_empty() {
            return Some(ReshardStep::Transfer(transfers));
        }
        if self.shards() > requested {
            return Some(ReshardStep::RemoveShards(requested));
        }
        (self.active < requested).then_some(ReshardStep::SetActive(requested))
    }

    /// Number of existing shards.
    pub fn shards(&self) -> u32 {
        u32::try_from(self.available.len()).unwrap_or(u32::MAX)
    }

    /// Available units of all shards.
    pub fn total(&self) -> u32 {
        self.available.iter().fold(0, |sum, has| sum.saturating_add(*has))
    }

    /// Empties the shards from number `requested` on. The others are balanced only if one of them has less than half of
    /// its share: they do not stay balanced while checkouts run, and every transfer contends with checkouts.
    fn transfers(&self, requested: u32) -> Vec<ShardTransfer> {
        let levels = self.levels(requested);
        let is_unbalanced = levels.iter().any(|level| u64::from(level.has) * 2 < u64::from(level.share));
        let lacking = levels.iter().rev().filter(|level| level.has < level.share); // `pop` takes the first shard first
        let mut lacking: Vec<(u32, u32)> = lacking.map(|level| (level.number, level.share - level.has)).collect();

        let mut transfers = Vec::new();
        for level in levels.iter().rev().filter(|level| is_unbalanced || level.number >= requested) {
            let mut surplus = level.has.saturating_sub(level.share);
            let mut to = Vec::new();
            while surplus > 0
                && let Some((number, lacks)) = lacking.pop()
            {
                let quantity = lacks.min(surplus);
                surplus -= quantity;
                to.push((number, quantity));
                if lacks > quantity {
                    lacking.push((number, lacks - quantity));
                }
            }
            if !to.is_empty() {
                transfers.push(ShardTransfer { from: level.number, to });
            }
        }
        transfers
    }

    /// Units that each shard has and should have: equal shares for the first `requested` shards, none for the others.
    fn levels(&self, requested: u32) -> Vec<Level> {
        let total: u64 = self.available.iter().copied().map(u64::from).sum();
        let (even, rest) = (total / u64::from(requested.max(1)), total % u64::from(requested.max(1)));
        let share = |number: u32| if number < requested { even + u64::from(u64::from(number) < rest) } else { 0 };
        let level = |(number, has): (u32, &u32)| Level {
            number,
            has: *has,
            share: u32::try_from(share(number)).unwrap_or(u32::MAX),
        };
        (0..).zip(&self.available).map(level).collect()
    }
}

/// Units that one shard has, and units that it should have.
struct Level {
    number: u32,
    has: u32,
    share: u32,
}

/// Changes of the counts that add units: the emptiest shards first, so that the counts become as equal as possible.
pub fn distribute(counts: &[ShardCount], units: u32) -> Vec<(ShardId, i64)> {
    raise(counts.iter().map(|count| (&count.shard, u64::from(count.available))).collect(), units, 1)
}

/// Changes of the counts that remove units: the fullest shards first, so that the counts become as equal as possible.
/// `None` when fewer units are available.
pub fn withdraw(counts: &[ShardCount], units: u32) -> Option<Vec<(ShardId, i64)>> {
    let there: u64 = counts.iter().map(|count| u64::from(count.available)).sum();
    // Withdrawing is distributing with the counts inverted.
    let missing = |count: &ShardCount| u64::from(u32::MAX - count.available);
    let inverted = counts.iter().map(|count| (&count.shard, missing(count))).collect();
    (u64::from(units) <= there).then(|| raise(inverted, units, -1))
}

/// Raises the lowest levels to a common one with this many units. The result has the change of each shard, times
/// `sign`.
fn raise(mut levels: Vec<(&ShardId, u64)>, units: u32, sign: i64) -> Vec<(ShardId, i64)> {
    levels.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(b.0)));
    let mut sum = u64::from(units);
    for (count, (index, (_, level))) in (1_u64..).zip(levels.iter().enumerate()) {
        sum += level;
        let (common, rest) = (sum / count, sum % count);
        // These shards take all units unless that raises them above the next one.
        if levels.get(index + 1).is_some_and(|(_, next)| common >= *next) {
            continue;
        }
        let raised = (0..).zip(&levels[..=index]).map(|(number, (shard, level))| {
            let by = common + u64::from(number < rest) - level;
            ((*shard).clone(), sign * i64::try_from(by).unwrap_or(0))
        });
        return raised.filter(|(_, by)| *by != 0).collect();
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stock::total;

    fn counts(available: &[u32]) -> Vec<ShardCount> {
        (0..).zip(available).map(|(n, &available)| ShardCount { shard: ShardId::new("local", n), available }).collect()
    }

    fn after(counts: &[ShardCount], changes: &[(ShardId, i64)]) -> Vec<u32> {
        let level = |count: &ShardCount| {
            let by: i64 = changes.iter().filter(|(shard, _)| *shard == count.shard).map(|(_, by)| by).sum();
            u32::try_from(i64::from(count.available) + by).expect("never below zero")
        };
        counts.iter().map(level).collect()
    }

    #[test]
    fn units_are_added_to_the_emptiest_shards_and_taken_from_the_fullest() {
        let counts = counts(&[10, 0, 4]);
        assert_eq!(after(&counts, &distribute(&counts, 5)), [10, 5, 4]);
        assert_eq!(after(&counts, &distribute(&counts, 20)), [11, 12, 11]);
        assert_eq!(after(&counts, &withdraw(&counts, 7).expect("enough")), [3, 0, 4]);
        assert_eq!(withdraw(&counts, 15), None);
    }

    /// Applies a step, as the store does.
    fn apply(layout: &ShardLayout, step: ReshardStep) -> ShardLayout {
        let mut next = layout.clone();
        match step {
            ReshardStep::SetActive(shards) => next.active = shards,
            ReshardStep::AddShards(shards) => next.available.resize(shards as usize, 0),
            ReshardStep::RemoveShards(shards) => {
                assert!(next.available.drain(shards as usize..).all(|left| left == 0), "units were removed");
            }
            ReshardStep::Transfer(transfers) => {
                for ShardTransfer { from, to } in transfers {
                    for (number, quantity) in to {
                        assert!(quantity > 0);
                        next.available[from as usize] -= quantity;
                        next.available[number as usize] += quantity;
                    }
                }
            }
        }
        assert!(next.active <= next.shards().max(layout.active), "checkouts allocate from shards that do not exist");
        next
    }

    #[test]
    fn one_shard_becomes_four_and_then_one_again() {
        let mut layout = ShardLayout { active: 1, available: vec![10] };
        let mut steps = Vec::new();
        for requested in [4, 1] {
            while let Some(step) = layout.next_step(requested) {
                layout = apply(&layout, step.clone());
                steps.push(step);
            }
        }
        let transfer = |from, to: &[(u32, u32)]| ShardTransfer { from, to: to.to_vec() };
        let expected = [
            ReshardStep::AddShards(4),
            ReshardStep::Transfer(vec![transfer(0, &[(1, 3), (2, 2), (3, 2)])]),
            ReshardStep::SetActive(4),
            ReshardStep::SetActive(1),
            ReshardStep::Transfer(vec![transfer(3, &[(0, 2)]), transfer(2, &[(0, 2)]), transfer(1, &[(0, 3)])]),
            ReshardStep::RemoveShards(1),
        ];
        assert_eq!((steps, layout.available), (expected.to_vec(), vec![10]));
    }

    proptest! {
        #[test]
        fn distributing_and_withdrawing_change_the_sum_and_balance_the_shards(
            available in prop::collection::vec(0_u32..1_000, 1..20), units in 1_u32..20_000,
        ) {
            let counts = counts(&available);
            let spread = |levels: &[u32]| levels.iter().max().expect("one") - levels.iter().min().expect("one");
            let added = after(&counts, &distribute(&counts, units));
            prop_assert_eq!(added.iter().sum::<u32>(), total(&counts) + units);
            prop_assert!(added.iter().zip(&available).all(|(after, before)| after >= before));
            prop_assert!(spread(&added) <= spread(&available).max(1));
            match withdraw(&counts, units) {
                None => prop_assert!(total(&counts) < units),
                Some(changes) => {
                    let withdrawn = after(&counts, &changes);
                    prop_assert_eq!(withdrawn.iter().sum::<u32>(), total(&counts) - units);
                    prop_assert!(withdrawn.iter().zip(&available).all(|(after, before)| after <= before));
                    prop_assert!(spread(&withdrawn) <= spread(&available).max(1));
                }
            }
        }

        #[test]
        fn every_layout_reaches_the_wanted_one_without_losing_a_unit(
            active in 1_u32..=MAX_SHARDS, requested in 1_u32..=MAX_SHARDS,
            available in prop::collection::vec(prop_oneof![Just(0), 0_u32..5, 0_u32..1_000_000], 1..=MAX_SHARDS as usize),
        ) {
            let mut layout = ShardLayout { active, available };
            let total: u32 = layout.available.iter().sum();
            let mut steps = 0;
            while let Some(step) = layout.next_step(requested) {
                layout = apply(&layout, step);
                prop_assert_eq!(layout.available.iter().sum::<u32>(), total);
                steps += 1;
                prop_assert!(steps <= 5, "{:?}", layout);
            }
            prop_assert_eq!((layout.active, layout.shards()), (requested, requested));
            let share = total / requested;
            prop_assert!(layout.available.iter().all(|has| *has >= share / 2), "{:?}", layout);
        }
    }
}
