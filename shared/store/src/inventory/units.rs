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
        let counts: Vec<ShardCount> = self.items(product_id, false).await?.into_iter().map(ShardCount::from).collect();
        match allocate(&counts, wanted, choice) {
            Some(allocation) => Ok(Found::Units(allocation)),
            None => self.find(product_id, wanted, choice).await,
        }
    }

    /// Looks for `wanted` units of a product over all its shards, strongly consistent. `choice`, a random number, decides
    /// between shards that have enough.
    ///
    /// [`Found::Short`] is certain. A query over several shards is not one moment of them: units on their way from one
    /// to another while staff spread the stock may be in neither. So what the query misses is looked for again in a
    /// transaction that reads all shards at once. When writers do not let it through, that is [`StoreError::Conflict`].
    pub async fn find(&self, product_id: &ProductId, wanted: u32, choice: u64) -> Result<Found, StoreError> {
        let mut items = self.items(product_id, true).await?;
        // The number of shards is raised before units move to a new one, so a lonely first shard that knows of no others
        // had all there was.
        let mut certain = items.len() <= 1 && self.shards_of(&items) <= 1;
        for tries in 0..TRIES {
            let shards = self.shards_of(&items);
            let counts: Vec<ShardCount> = items.into_iter().map(ShardCount::from).collect();
            if let Some(allocation) = allocate(&counts, wanted, choice) {
                return Ok(Found::Units(allocation));
            }
            if certain {
                return Ok(Found::Short { available: total(&counts) });
            }
            if tries > 0 {
                self.table.back_off(tries).await;
            }
            (items, certain) = match self.snapshot(product_id, shards, &counts).await? {
                Some(snapshot) => {
                    let complete = self.shards_of(&snapshot) <= shards;
                    (snapshot, complete)
                }
                None => (self.items(product_id, true).await?, false),
            };
        }
        Err(StoreError::Conflict)
    }

    /// How many shards the first one knows of.
    pub(super) fn shards_of(&self, items: &[CountItem]) -> u32 {
        let first = self.shard(0);
        items.iter().find(|item| item.shard == first).map_or(1, |item| item.shards)
    }

    /// The shards of this region below `shards`, and whichever else were seen, all at one moment; `None` when a writer
    /// was in the way.
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
                items
                    .filter(|item| !item.is_empty())
                    .map(|item| self.table.read(item))
                    .collect::<Result<_, _>>()
                    .map(Some)
            }
            Err(error) if contended(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
