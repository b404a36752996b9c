//! Changes of stock by staff: received units, corrections and counts. Each has a ledger entry with its author and
//! reason.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use serde::{Deserialize, Serialize};
use souk_domain::effects::Random;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::{ProductId, UserId};
use souk_domain::stock::{Cause, ShardCount, ShardId, distribute, total, withdraw};
use souk_domain::time::Timestamp;

use super::{Inventory, LEDGER, action};
use crate::StoreError;
use crate::error::{Cancelled, cancelled};
use crate::table::{Item, key, number};

/// Maximum attempts of a change under concurrent writes.
const MAX_ATTEMPTS: u32 = 8;

/// Maximum units of a product that staff can set. Far enough below the type's maximum that units returned by orders
/// always fit.
pub const MAX_AVAILABLE: u32 = 1_000_000_000;

/// A change of stock by staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// `received`, `damaged`, `counted`, …
    pub reason: String,
    /// The member of staff. None for an upload to S3, which has no user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// Distinguishes entries of the same moment. The client's idempotency key if the request has one.
    pub entry_id: String,
    /// The client's idempotency key, if the request has one.
    #[serde(rename = "request", default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<IdempotencyKey>,
}

impl LedgerEntry {
    /// A new entry. Retries of a request with an idempotency key share one entry, so the change is made once.
    pub fn new(
        reason: impl Into<String>,
        changed_by: impl Into<Option<UserId>>,
        at: Timestamp,
        idempotency_key: Option<IdempotencyKey>,
        random: &dyn Random,
    ) -> Self {
        let entry_id = idempotency_key
            .as_ref()
            .map_or_else(|| format!("{}-{:016x}", at.as_millis(), random.below(u64::MAX)), |key| key.key.clone());
        Self { reason: reason.into(), changed_by: changed_by.into(), at, entry_id, idempotency_key }
    }

    /// The cause of the counts that this entry changes.
    pub(super) fn cause(&self, step: u32) -> Cause {
        Cause::Entry { entry_id: self.entry_id.clone(), step }
    }
}

/// The outcome of a change of stock by staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockChangeOutcome {
    /// The change was made, now or by an earlier run of the same request.
    Changed {
        /// Available units before the change, over all shards.
        before: u32,
        /// Available units after the change, over all shards.
        available: u32,
    },
    /// The count would fall below zero. Nothing was changed.
    InsufficientStock {
        /// Available units over all shards.
        available: u32,
    },
    /// The count would rise above [`MAX_AVAILABLE`]. Nothing was changed.
    AboveMaximum {
        /// Available units over all shards.
        available: u32,
    },
    /// The idempotency key was used for another request.
    KeyReused,
}

/// The parts of an existing entry that a retry needs.
#[derive(Deserialize)]
struct KnownEntry {
    #[serde(rename = "request", default)]
    idempotency_key: Option<IdempotencyKey>,
    #[serde(default)]
    answered: Option<u32>,
    #[serde(default)]
    delta: i64,
}

/// The condition on the counts under which a change is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// The counts are unchanged since they were read, because the change was computed from them.
    Unchanged,
    /// The counts stay within the bounds. A relative change is valid after any other change.
    Bounds,
}

impl Inventory {
    /// Adds units (`delta` above zero) or removes units, never below zero.
    pub async fn adjust(
        &self,
        product_id: &ProductId,
        delta: i64,
        entry: &LedgerEntry,
    ) -> Result<StockChangeOutcome, StoreError> {
        self.change(product_id, entry, Guard::Bounds, |_| delta).await
    }

    /// Sets the available units to the counted number.
    pub async fn count(
        &self,
        product_id: &ProductId,
        counted: u32,
        entry: &LedgerEntry,
    ) -> Result<StockChangeOutcome, StoreError> {
        let delta = |available| i64::from(counted) - i64::from(available);
        self.change(product_id, entry, Guard::Unchanged, delta).await
    }

    /// Sets the first count of a product. A product that has a count keeps it, so that imports do not overwrite live
    /// stock.
    pub async fn count_if_new(
        &self,
        product_id: &ProductId,
        counted: u32,
        entry: &LedgerEntry,
    ) -> Result<(), StoreError> {
        if self.counts(product_id).await?.is_empty() {
            let moves = [(self.shard(0), i64::from(counted))];
            // If another count was first, that one stays.
            let _ = self.write(product_id, &[], &moves, Guard::Unchanged, entry, counted).await?;
        }
        Ok(())
    }

    /// Reads the counts, computes the change and writes it under the condition of the guard.
    async fn change(
        &self,
        product_id: &ProductId,
        entry: &LedgerEntry,
        guard: Guard,
        delta: impl Fn(u32) -> i64,
    ) -> Result<StockChangeOutcome, StoreError> {
        for attempt in 0..MAX_ATTEMPTS {
            let counts = self.counts(product_id).await?;
            let available = total(&counts);
            if let Some(known) = self.known(product_id, entry).await? {
                let same = known.idempotency_key == entry.idempotency_key;
                let available = known.answered.unwrap_or(available);
                let before = u32::try_from(i64::from(available) - known.delta).unwrap_or(0);
                let answered = StockChangeOutcome::Changed { before, available };
                return Ok(if same { answered } else { StockChangeOutcome::KeyReused });
            }
            let delta = delta(available);
            let moves = match self.moves(&counts, delta) {
                Ok(moves) => moves,
                Err(refused) => return Ok(refused),
            };
            let after = u32::try_from(i64::from(available) + delta).unwrap_or(u32::MAX);
            if self.write(product_id, &counts, &moves, guard, entry, after).await? {
                return Ok(StockChangeOutcome::Changed { before: available, available: after });
            }
            self.table.back_off(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    /// The change of each shard. Units are added to the emptiest shards and removed from the fullest.
    fn moves(&self, counts: &[ShardCount], delta: i64) -> Result<Vec<(ShardId, i64)>, StockChangeOutcome> {
        let available = total(counts);
        if i64::from(available).saturating_add(delta) > i64::from(MAX_AVAILABLE) {
            return Err(StockChangeOutcome::AboveMaximum { available });
        }
        let Ok(units) = u32::try_from(delta.unsigned_abs()) else {
            return Err(StockChangeOutcome::InsufficientStock { available });
        };
        if delta < 0 {
            return withdraw(counts, units).ok_or(StockChangeOutcome::InsufficientStock { available });
        }
        let mine: Vec<ShardCount> = counts.iter().filter(|count| self.is_mine(&count.shard)).cloned().collect();
        Ok(if mine.is_empty() { vec![(self.shard(0), delta)] } else { distribute(&mine, units) })
    }

    /// Whether a shard belongs to this region.
    fn is_mine(&self, shard: &ShardId) -> bool {
        shard.as_str().strip_prefix(&self.region).is_some_and(|rest| rest.starts_with('#'))
    }

    /// The ledger entry of an earlier run of the same request. Only requests with an idempotency key can have one.
    async fn known(&self, product_id: &ProductId, entry: &LedgerEntry) -> Result<Option<KnownEntry>, StoreError> {
        if entry.idempotency_key.is_none() {
            return Ok(None);
        }
        self.table.get(entry_key(product_id, &entry.entry_id), true).await
    }

    /// Writes the counts and their ledger entry in one transaction. The entry stores the response (`answered`) for
    /// retries. `false` if a condition failed.
    async fn write(
        &self,
        product_id: &ProductId,
        seen: &[ShardCount],
        moves: &[(ShardId, i64)],
        guard: Guard,
        entry: &LedgerEntry,
        answered: u32,
    ) -> Result<bool, StoreError> {
        let mut item = self.entry_item(product_id, entry, moves.iter().map(|(_, delta)| delta).sum())?;
        item.insert("answered".to_owned(), number(answered));
        let mut request = self.table.client.transact_write_items();
        for (shard, delta) in moves {
            let before = seen.iter().find(|count| count.shard == *shard).map(|count| count.available);
            request = request.transact_items(match guard {
                Guard::Unchanged => self.set_action(product_id, shard, before, *delta, entry)?,
                Guard::Bounds => self.add_action(product_id, shard, *delta, entry)?,
            });
        }
        let put = Put::builder()
            .table_name(&self.table.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(product_id)")
            .build()
            .map_err(|e| StoreError::Rejected(e.to_string()))?;
        let request = request.transact_items(TransactWriteItem::builder().put(put).build());
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) => match cancelled(&error) {
                Some(Cancelled::Condition(_) | Cancelled::Contention) => Ok(false),
                None => Err(error.into()),
            },
        }
    }

    pub(super) fn entry_item(
        &self,
        product_id: &ProductId,
        entry: &LedgerEntry,
        delta: i64,
    ) -> Result<Item, StoreError> {
        let mut item = self.table.write(entry)?;
        item.extend(entry_key(product_id, &entry.entry_id));
        item.insert("delta".to_owned(), number(delta));
        Ok(item)
    }

    /// Sets the count of a shard if it still has the count that was read.
    fn set_action(
        &self,
        product_id: &ProductId,
        shard: &ShardId,
        before: Option<u32>,
        delta: i64,
        entry: &LedgerEntry,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = self
            .update(product_id, shard)
            .update_expression("SET available = :after, cause = :cause")
            .expression_attribute_values(":after", number(i64::from(before.unwrap_or(0)) + delta))
            .expression_attribute_values(":cause", self.cause(&entry.cause(0))?);
        action(match before {
            None => update.condition_expression("attribute_not_exists(product_id)"),
            Some(before) => update
                .condition_expression("available = :before")
                .expression_attribute_values(":before", number(before)),
        })
    }

    /// Changes the count of a shard within the bounds. Creates the first shard if missing, but no other.
    fn add_action(
        &self,
        product_id: &ProductId,
        shard: &ShardId,
        delta: i64,
        entry: &LedgerEntry,
    ) -> Result<TransactWriteItem, StoreError> {
        let in_bounds = if *shard == self.shard(0) && delta > 0 {
            "attribute_not_exists(product_id) OR available BETWEEN :least AND :most"
        } else {
            "available BETWEEN :least AND :most"
        };
        let most = i64::from(MAX_AVAILABLE);
        let update = self
            .update(product_id, shard)
            .update_expression("SET available = if_not_exists(available, :none) + :delta, cause = :cause")
            .condition_expression(in_bounds)
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":delta", number(delta))
            .expression_attribute_values(":least", number((-delta).max(0)))
            .expression_attribute_values(":most", number((most - delta).min(i64::from(u32::MAX))))
            .expression_attribute_values(":cause", self.cause(&entry.cause(0))?);
        action(update)
    }
}

pub(super) fn entry_key(product_id: &ProductId, entry_id: &str) -> Item {
    key([("product_id", product_id.as_str()), ("shard", &format!("{LEDGER}{entry_id}"))])
}
