//! Allocates units for an order from a product's shards, or proves that stock is insufficient.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{Get, TransactGetItem};
use souk_domain::ids::ProductId;
use souk_domain::stock::{Allocation, ShardCount, ShardId, allocate, total};

use super::{CountItem, Inventory, count_key};
use crate::StoreError;
use crate::error::contended;

/// Attempts to read all shards at one moment while writers interfere or shards are added.
const MAX_ATTEMPTS: u32 = 8;

/// The outcome of an allocation. Nothing is written: the transaction that places the order takes the units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllocationOutcome {
    /// These shards had the units when they were read. Another order may take them first.
    Allocated(Vec<Allocation>),
    /// At one moment during the call, all shards together had fewer units.
    InsufficientStock {
        /// Units over all shards at that moment.
        available: u32,
    },
}

impl Inventory {
    /// Allocates `requested` units of a product with an eventually consistent read, which costs half of a consistent
    /// one. Falls back to [`Inventory::allocate_consistent`] if that read does not show enough units.
    pub async fn allocate(
        &self,
        product_id: &ProductId,
        requested: u32,
        choice: u64,
    ) -> Result<AllocationOutcome, StoreError> {
        match allocate(&counts(&self.items(product_id, false).await?), requested, choice) {
            Some(allocation) => Ok(AllocationOutcome::Allocated(allocation)),
            None => self.allocate_consistent(product_id, requested, choice).await,
        }
    }

    /// Allocates `requested` units of a product with strongly consistent reads of all its shards. `choice` is a random
    /// number that picks among the shards with sufficient stock.
    ///
    /// [`AllocationOutcome::InsufficientStock`] is certain. One query is not enough for that, because it does not read
    /// all shards at the same moment: it misses a unit that is returned to a shard already read while the last unit of
    /// another shard is taken. Two queries with equal answers show one moment, because every write changes `cause`.
    /// While staff move units between shards (`moved_by` in the first shard), a transfer may be visible in one shard
    /// only; then a transaction reads all shards, which costs far more and conflicts with every checkout. If writers
    /// prevent both, the result is [`StoreError::Conflict`].
    pub async fn allocate_consistent(
        &self,
        product_id: &ProductId,
        requested: u32,
        choice: u64,
    ) -> Result<AllocationOutcome, StoreError> {
        let mut before = None;
        for attempt in 0..MAX_ATTEMPTS {
            let items = self.items(product_id, true).await?;
            let counts = counts(&items);
            if let Some(allocation) = allocate(&counts, requested, choice) {
                return Ok(AllocationOutcome::Allocated(allocation));
            }
            // The number of shards is raised before units move to a new one. So if only the first shard exists and it
            // counts one shard, it had all units.
            let alone = items.len() <= 1 && self.shards_of(&items) <= 1;
            let moving = self.first(&items).is_some_and(|first| first.moved_by.is_some());
            if alone || (before.as_ref() == Some(&items) && !moving) {
                return Ok(AllocationOutcome::InsufficientStock { available: total(&counts) });
            }
            if moving && let Some(snapshot) = self.snapshot(product_id, self.shards_of(&items), &counts).await? {
                return Ok(allocate_from(&snapshot, requested, choice));
            }
            if before.is_some() || moving {
                self.table.back_off(attempt).await;
            }
            before = Some(items);
        }
        Err(StoreError::Conflict)
    }

    pub(super) fn first<'a>(&self, items: &'a [CountItem]) -> Option<&'a CountItem> {
        let first = self.shard(0);
        items.iter().find(|item| item.shard == first)
    }

    /// The number of shards, as the first shard states it.
    pub(super) fn shards_of(&self, items: &[CountItem]) -> u32 {
        self.first(items).map_or(1, |item| item.shards)
    }

    /// The first `shards` shards of this region and all others in `seen`, at one moment. `None` if a writer interfered,
    /// or shards were added.
    async fn snapshot(
        &self,
        product_id: &ProductId,
        shards: u32,
        seen: &[ShardCount],
    ) -> Result<Option<Vec<CountItem>>, StoreError> {
        let numbered = (0..shards).map(|number| self.shard(number));
        let all: BTreeSet<ShardId> = numbered.chain(seen.iter().map(|count| count.shard.clone())).collect();
        let mut request = self.table.client.transact_get_items();
        for shard in &all {
            let get = Get::builder().table_name(&self.table.name).set_key(Some(count_key(product_id, shard)));
            let get = get.build().map_err(|e| StoreError::Rejected(e.to_string()))?;
            request = request.transact_items(TransactGetItem::builder().get(get).build());
        }
        match request.send().await {
            Ok(answer) => {
                let items = answer.responses.unwrap_or_default().into_iter().filter_map(|response| response.item);
                let items = items.filter(|item| !item.is_empty()).map(|item| self.table.read(item));
                let items: Vec<CountItem> = items.collect::<Result<_, _>>()?;
                Ok((self.shards_of(&items) <= shards).then_some(items))
            }
            Err(error) if contended(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

pub(super) fn counts(items: &[CountItem]) -> Vec<ShardCount> {
    items.iter().map(|item| ShardCount { shard: item.shard.clone(), available: item.available }).collect()
}

/// Allocates from shards that were read at one moment.
fn allocate_from(items: &[CountItem], requested: u32, choice: u64) -> AllocationOutcome {
    let counts = counts(items);
    match allocate(&counts, requested, choice) {
        Some(allocation) => AllocationOutcome::Allocated(allocation),
        None => AllocationOutcome::InsufficientStock { available: total(&counts) },
    }
}
