//! Consumer of the inventory stream: writes every change of stock to the history of its product, and publishes an event
//! when a product runs low, sells out or is back in stock.
//!
//! The history is written from the stream, so that placing an order costs nothing more and every change is recorded,
//! however it was made. History items have no `available`, so this function ignores its own writes.

use std::collections::BTreeMap;

use serde::Deserialize;
use souk_domain::event::DomainEvent;
use souk_domain::ids::ProductId;
use souk_domain::stock::{CountChange, ShardId, ShardState, StockLevel, count_change, total};
use souk_domain::time::Timestamp;
use souk_runtime::Dependencies;
use souk_runtime::bus::EventBus;
use souk_runtime::config::ConfigError;
use souk_runtime::stream::{Change, ChangeHandler, Failure, ImageError};
use souk_store::{HistoryEntry, Inventory, StoreError};

/// Records changes of stock and publishes events about stock levels.
pub struct WatchStock {
    /// The inventory table, with the history.
    pub inventory: Inventory,
    /// The event bus.
    pub bus: EventBus,
    /// Stock is low at this many units or fewer.
    pub low_at: u32,
}

impl WatchStock {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            inventory: deps.inventory()?,
            bus: deps.event_bus()?,
            low_at: deps.config().parsed("LOW_STOCK_UNITS", 5)?,
        })
    }
}

/// The key of an item of the inventory table.
#[derive(Deserialize)]
struct Key {
    product_id: ProductId,
    shard: ShardId,
}

/// The changes of one product in a batch.
struct ProductChanges<'a> {
    /// The changes that may change its stock level, in order.
    changes: Vec<&'a Change>,
    /// Sequence number of the first of them. The id of the event is made from it, so that a retry of the batch
    /// publishes the same id.
    first: &'a str,
    at: Timestamp,
    /// Units added less units removed.
    delta: i64,
}

/// Why the stock level of a product was not published.
struct LevelError {
    reason: String,
    /// Whether a retry cannot succeed.
    permanent: bool,
}

impl ChangeHandler for WatchStock {
    async fn handle(&self, changes: &[Change]) -> Vec<Failure> {
        let (mut failures, mut entries, mut watched) = (Vec::new(), Vec::new(), BTreeMap::new());
        for change in changes {
            match read(change) {
                Ok(None) => {}
                Ok(Some((key, counted))) => {
                    self.watch(&mut watched, change, &key.product_id, &counted);
                    entries.push(entry(change, key, counted));
                }
                Err(error) => failures.push(change.failed_permanently(error)),
            }
        }
        if let Err(error) = self.inventory.record(&entries).await {
            let readable = |change: &&Change| !failures.iter().any(|f| f.sequence_number == change.sequence_number());
            let failed: Vec<_> = changes.iter().filter(readable).map(|change| change.failed(&error)).collect();
            failures.extend(failed);
            return failures;
        }
        for (product_id, watched) in watched {
            if let Err(LevelError { reason, permanent }) = self.publish_level(&product_id, &watched).await {
                let failed = |change: &&Change| {
                    if permanent { change.failed_permanently(&reason) } else { change.failed(&reason) }
                };
                failures.extend(watched.changes.iter().map(failed));
            }
        }
        failures
    }
}

/// A change of a shard's count; `None` for changes of other items.
fn read(change: &Change) -> Result<Option<(Key, CountChange)>, ImageError> {
    let key: Key = change.key()?;
    if !key.shard.holds_units() {
        return Ok(None);
    }
    let (before, after) = (change.before::<ShardState>()?, change.after::<ShardState>()?);
    Ok(count_change(before.as_ref(), after.as_ref()).map(|counted| (key, counted)))
}

fn entry(change: &Change, key: Key, counted: CountChange) -> HistoryEntry {
    HistoryEntry {
        product_id: key.product_id,
        at: change.at(),
        sequence_number: change.sequence_number().to_owned(),
        of_shard: key.shard,
        before: counted.before,
        after: counted.after,
        cause: counted.cause,
    }
}

impl WatchStock {
    /// Adds a change that may change the stock level of its product. Most products have too much stock for that.
    fn watch<'a>(
        &self,
        watched: &mut BTreeMap<ProductId, ProductChanges<'a>>,
        change: &'a Change,
        product_id: &ProductId,
        counted: &CountChange,
    ) {
        if StockLevel::may_change_with(counted, self.low_at) {
            let first =
                || ProductChanges { changes: Vec::new(), first: change.sequence_number(), at: change.at(), delta: 0 };
            let product = watched.entry(product_id.clone()).or_insert_with(first);
            product.changes.push(change);
            product.delta += i64::from(counted.after) - i64::from(counted.before);
        }
    }

    /// Publishes an event if the stock level differs from the published one, and then stores the level. In this order,
    /// a crash between the two publishes the event again with the same id, instead of never.
    async fn publish_level(&self, product_id: &ProductId, watched: &ProductChanges<'_>) -> Result<(), LevelError> {
        let available = total(&self.inventory.counts(product_id).await?);
        let level = StockLevel::of(available, self.low_at);
        let published = self.inventory.level(product_id).await?;
        // A product without a stored level counts as low only after stock was removed, not after its first count.
        let before = published.unwrap_or(if watched.delta < 0 { StockLevel::Plenty } else { level });
        if let Some(event) = before.event_after(product_id, available, self.low_at) {
            let event = DomainEvent::of_stock(event, watched.first, watched.at);
            self.bus.publish(&[event]).await.map_err(|error| LevelError {
                permanent: error.failed.iter().all(|failed| failed.permanent),
                reason: error.to_string(),
            })?;
        }
        if published.unwrap_or(StockLevel::Plenty) != level {
            self.inventory.set_level(product_id, level).await?;
        }
        Ok(())
    }
}

impl From<StoreError> for LevelError {
    fn from(error: StoreError) -> Self {
        Self { reason: error.to_string(), permanent: false }
    }
}

#[cfg(test)]
mod tests;
