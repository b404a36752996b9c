//! How units are spread over shards: poured in, drained, and moved when staff want more shards or fewer.
//!
//! Two numbers lead through a change while checkouts run. How many shards *there are* is kept beside the first one's
//! count, and shards are made and removed together with it, so nobody who reads it misses one. How many checkouts
//! *choose from* is kept in the product's document, which they read anyway. More shards: make them, fill them, then let
//! checkouts choose them. Fewer: let nobody choose them, drain them, then remove them. [`Spread::next`] names the step
//! that is due in any state, so a change that broke off goes on where it was when it is asked for again.

use super::{ShardCount, ShardId};

/// Most shards of one product: a transaction that makes or removes all of them has room for them.
pub const MAX_SHARDS: u32 = 64;

/// How a product's stock is spread over the shards of one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// How many shards checkouts choose from; at least 1.
    pub chosen: u32,
    /// What each shard has, by number; at least the first.
    pub available: Vec<u32>,
}

/// What is to be done next on the way to a number of shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpreadStep {
    /// Let checkouts choose from so many.
    Choose(u32),
    /// Make empty shards until there are so many.
    Widen(u32),
    /// Move units, each transfer in a transaction of its own: never is a unit outside of all shards.
    Move(Vec<Transfer>),
    /// Remove the empty shards above so many.
    Narrow(u32),
}

/// Units that leave one shard for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The number of the shard that gives.
    pub from: u32,
    /// The numbers of those that receive, and how many; never 0.
    pub to: Vec<(u32, u32)>,
}

impl Transfer {
    /// How many units move.
    pub fn quantity(&self) -> u32 {
        self.to.iter().map(|(_, quantity)| quantity).sum()
    }
}

impl Spread {
    /// The step that is due on the way to `wanted` shards (at least 1); `None` on arrival.
    pub fn next(&self, wanted: u32) -> Option<SpreadStep> {
        if self.chosen > wanted {
            return Some(SpreadStep::Choose(wanted));
        }
        if self.shards() < wanted {
            return Some(SpreadStep::Widen(wanted));
        }
        let transfers = self.transfers(wanted);
        if !transfers.is_empty() {
            return Some(SpreadStep::Move(transfers));
        }
        if self.shards() > wanted {
            return Some(SpreadStep::Narrow(wanted));
        }
        (self.chosen < wanted).then_some(SpreadStep::Choose(wanted))
    }

    /// How many shards there are.
    pub fn shards(&self) -> u32 {
        u32::try_from(self.available.len()).unwrap_or(u32::MAX)
    }

    /// What all shards have.
    pub fn total(&self) -> u32 {
        self.available.iter().fold(0, |sum, has| sum.saturating_add(*has))
    }

    /// Empties the shards from `wanted` on. The others are levelled only if one of them has less than half of its share:
    /// while checkouts run nothing stays level, and every move is in their way.
    fn transfers(&self, wanted: u32) -> Vec<Transfer> {
        let levels = self.levels(wanted);
        let starved = levels.iter().any(|level| u64::from(level.has) * 2 < u64::from(level.share));
        let lacking = levels.iter().rev().filter(|level| level.has < level.share); // the first is served first: from the end
        let mut lacking: Vec<(u32, u32)> = lacking.map(|level| (level.number, level.share - level.has)).collect();

        let mut transfers = Vec::new();
        for level in levels.iter().rev().filter(|level| starved || level.number >= wanted) {
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
                transfers.push(Transfer { from: level.number, to });
            }
        }
        transfers
    }

    /// What each shard has and should have: an even part of all units for each of the first `wanted`, none for the others.
    fn levels(&self, wanted: u32) -> Vec<Level> {
        let total: u64 = self.available.iter().copied().map(u64::from).sum();
        let (even, rest) = (total / u64::from(wanted.max(1)), total % u64::from(wanted.max(1)));
        let share = |number: u32| if number < wanted { even + u64::from(u64::from(number) < rest) } else { 0 };
        let level = |(number, has): (u32, &u32)| Level {
            number,
            has: *has,
            share: u32::try_from(share(number)).unwrap_or(u32::MAX),
        };
        (0..).zip(&self.available).map(level).collect()
    }
}

/// What one shard has, and what it should have.
struct Level {
    number: u32,
    has: u32,
    share: u32,
}

/// How units that come in raise the counts: the emptiest shards first, so that they become as level as they can.
pub fn pour(counts: &[ShardCount], units: u32) -> Vec<(ShardId, i64)> {
    raise(counts.iter().map(|count| (&count.shard, u64::from(count.available))).collect(), units, 1)
}

/// How units that go lower the counts: the fullest shards first, so that the rest becomes as level as it can. `None`
/// when there are fewer.
pub fn drain(counts: &[ShardCount], units: u32) -> Option<Vec<(ShardId, i64)>> {
    let there: u64 = counts.iter().map(|count| u64::from(count.available)).sum();
    // Turned upside down, draining is pouring.
    let missing = |count: &ShardCount| u64::from(u32::MAX - count.available);
    let upside_down = counts.iter().map(|count| (&count.shard, missing(count))).collect();
    (u64::from(units) <= there).then(|| raise(upside_down, units, -1))
}

/// Raises the lowest levels to a common one with so many units; `sign` goes before what each is raised by.
fn raise(mut levels: Vec<(&ShardId, u64)>, units: u32, sign: i64) -> Vec<(ShardId, i64)> {
    levels.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(b.0)));
    let mut sum = u64::from(units);
    for (count, (index, (_, level))) in (1_u64..).zip(levels.iter().enumerate()) {
        sum += level;
        let (common, rest) = (sum / count, sum % count);
        // So many shards take all of it if that does not raise them above the next one.
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
    fn units_are_poured_where_there_are_fewest_and_drained_where_there_are_most() {
        let counts = counts(&[10, 0, 4]);
        assert_eq!(after(&counts, &pour(&counts, 5)), [10, 5, 4]);
        assert_eq!(after(&counts, &pour(&counts, 20)), [11, 12, 11]);
        assert_eq!(after(&counts, &drain(&counts, 7).expect("enough")), [3, 0, 4]);
        assert_eq!(drain(&counts, 15), None);
    }

    /// Does what a step says, as the store does.
    fn take(spread: &Spread, step: SpreadStep) -> Spread {
        let mut next = spread.clone();
        match step {
            SpreadStep::Choose(shards) => next.chosen = shards,
            SpreadStep::Widen(shards) => next.available.resize(shards as usize, 0),
            SpreadStep::Narrow(shards) => {
                assert!(next.available.drain(shards as usize..).all(|left| left == 0), "units were removed");
            }
            SpreadStep::Move(transfers) => {
                for Transfer { from, to } in transfers {
                    for (number, quantity) in to {
                        assert!(quantity > 0);
                        next.available[from as usize] -= quantity;
                        next.available[number as usize] += quantity;
                    }
                }
            }
        }
        assert!(next.chosen <= next.shards().max(spread.chosen), "checkouts are led to shards that are not there");
        next
    }

    #[test]
    fn one_shard_becomes_four_and_one_again() {
        let mut spread = Spread { chosen: 1, available: vec![10] };
        let mut steps = Vec::new();
        for wanted in [4, 1] {
            while let Some(step) = spread.next(wanted) {
                spread = take(&spread, step.clone());
                steps.push(step);
            }
        }
        let transfer = |from, to: &[(u32, u32)]| Transfer { from, to: to.to_vec() };
        let expected = [
            SpreadStep::Widen(4),
            SpreadStep::Move(vec![transfer(0, &[(1, 3), (2, 2), (3, 2)])]),
            SpreadStep::Choose(4),
            SpreadStep::Choose(1),
            SpreadStep::Move(vec![transfer(3, &[(0, 2)]), transfer(2, &[(0, 2)]), transfer(1, &[(0, 3)])]),
            SpreadStep::Narrow(1),
        ];
        assert_eq!((steps, spread.available), (expected.to_vec(), vec![10]));
    }

    proptest! {
        #[test]
        fn pouring_and_draining_change_the_sum_and_level_the_shards(
            available in prop::collection::vec(0_u32..1_000, 1..20), units in 1_u32..20_000,
        ) {
            let counts = counts(&available);
            let spread = |levels: &[u32]| levels.iter().max().expect("one") - levels.iter().min().expect("one");
            let poured = after(&counts, &pour(&counts, units));
            prop_assert_eq!(poured.iter().sum::<u32>(), total(&counts) + units);
            prop_assert!(poured.iter().zip(&available).all(|(after, before)| after >= before));
            prop_assert!(spread(&poured) <= spread(&available).max(1));
            match drain(&counts, units) {
                None => prop_assert!(total(&counts) < units),
                Some(changes) => {
                    let drained = after(&counts, &changes);
                    prop_assert_eq!(drained.iter().sum::<u32>(), total(&counts) - units);
                    prop_assert!(drained.iter().zip(&available).all(|(after, before)| after <= before));
                    prop_assert!(spread(&drained) <= spread(&available).max(1));
                }
            }
        }

        #[test]
        fn every_state_leads_to_the_wanted_one_without_losing_a_unit(
            chosen in 1_u32..=MAX_SHARDS, wanted in 1_u32..=MAX_SHARDS,
            available in prop::collection::vec(prop_oneof![Just(0), 0_u32..5, 0_u32..1_000_000], 1..=MAX_SHARDS as usize),
        ) {
            let mut spread = Spread { chosen, available };
            let total: u32 = spread.available.iter().sum();
            let mut steps = 0;
            while let Some(step) = spread.next(wanted) {
                spread = take(&spread, step);
                prop_assert_eq!(spread.available.iter().sum::<u32>(), total);
                steps += 1;
                prop_assert!(steps <= 5, "{:?}", spread);
            }
            prop_assert_eq!((spread.chosen, spread.shards()), (wanted, wanted));
            let share = total / wanted;
            prop_assert!(spread.available.iter().all(|has| *has >= share / 2), "{:?}", spread);
        }
    }
}
