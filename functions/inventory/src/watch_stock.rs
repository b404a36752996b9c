//! The inventory stream: every change of a count goes into the product's history, with who did it, and others are told
//! when a product runs low, runs out or is back.
//!
//! The history is written from the stream rather than by whoever changes a count, so that an order pays nothing for it,
//! and a change by whatever other way is in it too. Its own writes have no `available`, so they do not come back here.

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

/// The handler.
pub struct WatchStock {
    /// Where stock and its history are.
    pub inventory: Inventory,
    /// Where others are told.
    pub bus: EventBus,
    /// At how many units or fewer a product is low.
    pub low_at: u32,
}

impl WatchStock {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            inventory: deps.inventory()?,
            bus: deps.event_bus()?,
            low_at: deps.config().parsed("LOW_STOCK_UNITS", 5)?,
        })
    }
}

/// Some item of the table.
#[derive(Deserialize)]
struct Key {
    product_id: ProductId,
    shard: ShardId,
}

/// What a batch did to one product.
struct Watched<'a> {
    /// The changes, in order.
    changes: Vec<&'a Change>,
    /// The first one that could change the level: it names what follows from it, also when the batch comes again.
    first: &'a str,
    at: Timestamp,
    /// Units that came, less those that went.
    delta: i64,
}

/// Why a product could not be looked after; whether it never can.
struct Trouble {
    reason: String,
    lasting: bool,
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
                Err(error) => failures.push(change.hopeless(error)),
            }
        }
        if let Err(error) = self.inventory.record(&entries).await {
            let poisonous = |change: &&Change| !failures.iter().any(|f| f.sequence_number == change.sequence_number());
            let failed: Vec<_> = changes.iter().filter(poisonous).map(|change| change.failed(&error)).collect();
            failures.extend(failed);
            return failures;
        }
        for (product_id, watched) in watched {
            if let Err(Trouble { reason, lasting }) = self.tell(&product_id, &watched).await {
                let failed = |change: &&Change| if lasting { change.hopeless(&reason) } else { change.failed(&reason) };
                failures.extend(watched.changes.iter().map(failed));
            }
        }
        failures
    }
}

/// A change of a shard's count; `None` for anything else that happens in the table.
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
    /// Notes a change whose product is to be looked at. Of most there is too much in stock to look.
    fn watch<'a>(
        &self,
        watched: &mut BTreeMap<ProductId, Watched<'a>>,
        change: &'a Change,
        product_id: &ProductId,
        counted: &CountChange,
    ) {
        if StockLevel::may_change_with(counted, self.low_at) {
            let first = || Watched { changes: Vec::new(), first: change.sequence_number(), at: change.at(), delta: 0 };
            let product = watched.entry(product_id.clone()).or_insert_with(first);
            product.changes.push(change);
            product.delta += i64::from(counted.after) - i64::from(counted.before);
        }
    }

    /// Tells what the present total makes of what was told last, and notes it: in this order, so that a crash between the
    /// two tells it again, with the same id, rather than never.
    async fn tell(&self, product_id: &ProductId, watched: &Watched<'_>) -> Result<(), Trouble> {
        let available = total(&self.inventory.counts(product_id).await?);
        let level = StockLevel::of(available, self.low_at);
        let told = self.inventory.level(product_id).await?;
        // Of a product that is new here only a fall is news: its first count is none.
        let before = told.unwrap_or(if watched.delta < 0 { StockLevel::Plenty } else { level });
        if let Some(what) = before.news(product_id, available, self.low_at) {
            let event = DomainEvent::of_stock(what, watched.first, watched.at);
            self.bus.publish(&[event]).await.map_err(|error| Trouble {
                lasting: error.failed.iter().all(|failed| failed.lasting),
                reason: error.to_string(),
            })?;
        }
        if told.unwrap_or(StockLevel::Plenty) != level {
            self.inventory.set_level(product_id, level).await?;
        }
        Ok(())
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self { reason: error.to_string(), lasting: false }
    }
}

#[cfg(test)]
mod tests;
