//! Units for an order, and the certainty that there are none.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{Get, TransactGetItem};
use souk_domain::ids::ProductId;
use souk_domain::stock::{Allocation, ShardCount, ShardId, allocate, total};

use super::{CountItem, Inventory, count_key};
use crate::StoreError;
use crate::error::contended;

/// How often all shards are read at one moment, when writers are in the way or more shards turn up.
const TRIES: u32 = 8;

/// Where units are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// They were there a moment ago; whoever takes them may still come too late.
    Units(Vec<Allocation>),
    /// At one moment of this call there were fewer, in all shards together.
    Short {
        /// How many there were.
        available: u32,
    },
}

impl Inventory {
    /// Looks for `wanted` units of a product at a glance, which costs half and may be a moment old, and properly
    /// ([`Inventory::find`]) if they are not in sight.
    pub async fn choose(&self, product_id: &ProductId, wanted: u32, choice: u64) -> Result<Found, StoreError> {
        match allocate(&counts(&self.items(product_id, false).await?), wanted, choice) {
            Some(allocation) => Ok(Found::Units(allocation)),
            None => self.find(product_id, wanted, choice).await,
        }
    }

    /// Looks for `wanted` units of a product over all its shards, strongly consistent. `choice`, a random number, decides
    /// between shards that have enough.
    ///
    /// [`Found::Short`] is certain. A query over several shards is not one moment of them: a unit that is given back to
    /// one that was read already while the last one is taken from another is missed. So it is asked twice: when nothing
    /// was written in between, both answers are of one moment. While staff move units, which the first shard tells, a
    /// transfer may be visible in one shard and not yet in the other; then a transaction reads all shards at once, which
    /// costs far more and which every checkout is in the way of. When writers let neither through, that is
    /// [`StoreError::Conflict`].
    pub async fn find(&self, product_id: &ProductId, wanted: u32, choice: u64) -> Result<Found, StoreError> {
        let mut before = None;
        for tries in 0..TRIES {
            let items = self.items(product_id, true).await?;
            let counts = counts(&items);
            if let Some(allocation) = allocate(&counts, wanted, choice) {
                return Ok(Found::Units(allocation));
            }
            // The number of shards is raised before units move to a new one, so a lonely first shard that knows of no
            // others had all there was.
            let alone = items.len() <= 1 && self.shards_of(&items) <= 1;
            let moving = self.first(&items).is_some_and(|first| first.moved_by.is_some());
            if alone || (before.as_ref() == Some(&items) && !moving) {
                return Ok(Found::Short { available: total(&counts) });
            }
            if moving && let Some(snapshot) = self.snapshot(product_id, self.shards_of(&items), &counts).await? {
                return Ok(found(&snapshot, wanted, choice));
            }
            if before.is_some() || moving {
                self.table.back_off(tries).await;
            }
            before = Some(items);
        }
        Err(StoreError::Conflict)
    }

    pub(super) fn first<'a>(&self, items: &'a [CountItem]) -> Option<&'a CountItem> {
        let first = self.shard(0);
        items.iter().find(|item| item.shard == first)
    }

    /// How many shards the first one knows of.
    pub(super) fn shards_of(&self, items: &[CountItem]) -> u32 {
        self.first(items).map_or(1, |item| item.shards)
    }

    /// The shards of this region below `shards`, and whichever else were seen, all at one moment; `None` when a writer
    /// was in the way, or there are more shards by now.
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

/// What is to be found in shards as they were at one moment.
fn found(items: &[CountItem], wanted: u32, choice: u64) -> Found {
    let counts = counts(items);
    match allocate(&counts, wanted, choice) {
        Some(allocation) => Found::Units(allocation),
        None => Found::Short { available: total(&counts) },
    }
}
