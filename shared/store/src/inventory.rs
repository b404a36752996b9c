//! Stock: one count for each shard of each product, and a ledger of every change that staff made.
//!
//! Orders change counts only inside the transactions of [`crate::Orders`]; what they took is written in the order. So
//! every unit is explained: the ledger's sum = what is available + what orders keep.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use serde::{Deserialize, Serialize};
use souk_domain::cart::RequestMark;
use souk_domain::effects::Random;
use souk_domain::ids::{ProductId, UserId};
use souk_domain::order::StockMove;
use souk_domain::stock::{Allocation, ShardCount, ShardId, allocate, total};
use souk_domain::time::Timestamp;

use crate::StoreError;
use crate::error::{Cancelled, cancelled};
use crate::table::{Item, Table, key, number, text};

/// Sort keys of the ledger begin so; it sorts behind every region's name.
pub(crate) const LEDGER: &str = "~";
/// How often a change is tried again when other writers come first.
const TRIES: u32 = 8;

/// The most units of one product that staff can bring together. Far enough below the type's end that what orders give
/// back still fits.
pub const MAX_AVAILABLE: u32 = 1_000_000_000;

/// The inventory table, as one region writes it.
#[derive(Clone)]
pub struct Inventory {
    pub(crate) table: Table,
    region: String,
}

/// Why a count changed, by hand of whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// `received`, `damaged`, `counted`, …
    pub reason: String,
    /// Who changed it; none for an import at the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// Distinguishes entries of one moment; the client's idempotency key if there was one.
    pub entry_id: String,
    /// The client's request, if it carried a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestMark>,
}

impl LedgerEntry {
    /// An entry for a change now. Runs of one request that carries a key share one entry, so only the first one counts.
    pub fn new(
        reason: impl Into<String>,
        changed_by: UserId,
        at: Timestamp,
        request: Option<RequestMark>,
        random: &dyn Random,
    ) -> Self {
        let entry_id = request.as_ref().map_or_else(
            || format!("{}-{:016x}", at.as_millis(), random.below(u64::MAX)),
            |request| request.key.clone(),
        );
        Self { reason: reason.into(), changed_by: Some(changed_by), at, entry_id, request }
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockChange {
    /// It is done, now or by an earlier run of the same request; so many are free to sell now.
    Done {
        /// Over all shards.
        available: u32,
    },
    /// The count would have fallen below zero; so many are there.
    TooFew {
        /// Over all shards.
        available: u32,
    },
    /// The count would have risen above [`MAX_AVAILABLE`]; so many are there.
    TooMany {
        /// Over all shards.
        available: u32,
    },
    /// The idempotency key was used for another request.
    KeyReused,
}

#[derive(Deserialize)]
struct CountItem {
    product_id: ProductId,
    shard: ShardId,
    available: u32,
}

#[derive(Deserialize)]
struct EntryItem {
    #[serde(default)]
    request: Option<RequestMark>,
}

impl Inventory {
    /// The inventory of a table; shards in `region` are the ones this process may write.
    pub fn new(table: Table, region: impl Into<String>) -> Self {
        Self { table, region: region.into() }
    }

    /// The shard of this region with that number.
    pub fn shard(&self, number: u32) -> ShardId {
        ShardId::new(&self.region, number)
    }

    /// Every shard of a product, strongly consistent. Empty for a product that was never counted.
    pub async fn counts(&self, product_id: &ProductId) -> Result<Vec<ShardCount>, StoreError> {
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("product_id = :product AND #shard < :ledger")
            .expression_attribute_names("#shard", "shard") // a reserved word
            .expression_attribute_values(":product", text(product_id))
            .expression_attribute_values(":ledger", text(LEDGER))
            .consistent_read(true)
            .send()
            .await?;
        let items = answer.items.unwrap_or_default().into_iter();
        items
            .map(|item| {
                let count: CountItem = self.table.read(item)?;
                Ok(ShardCount { shard: count.shard, available: count.available })
            })
            .collect()
    }

    /// What is free of many products at once, given over how many shards of this region each is spread. Eventually
    /// consistent unless asked otherwise: for lists, where a second of delay does no harm. A product without a count
    /// has 0.
    pub async fn available_many<'a>(
        &self,
        products: impl IntoIterator<Item = (&'a ProductId, u32)>,
        consistent: bool,
    ) -> Result<HashMap<ProductId, u32>, StoreError> {
        let mut keys = BTreeSet::new();
        for (product_id, shards) in products {
            keys.extend((0..shards.max(1)).map(|number| (product_id.clone(), self.shard(number))));
        }
        let keys = keys.iter().map(|(id, shard)| count_key(id, shard)).collect();
        let mut available = HashMap::new();
        for count in self.table.get_many::<CountItem>(keys, consistent).await? {
            let sum: &mut u32 = available.entry(count.product_id).or_default();
            *sum = sum.saturating_add(count.available);
        }
        Ok(available)
    }

    /// Receives units (`delta` above zero) or corrects the count downwards, never below zero.
    pub async fn adjust(
        &self,
        product_id: &ProductId,
        delta: i64,
        entry: &LedgerEntry,
    ) -> Result<StockChange, StoreError> {
        self.change(product_id, entry, |counts| self.moves(counts, delta)).await
    }

    /// Sets what is free to what was counted.
    pub async fn count(
        &self,
        product_id: &ProductId,
        counted: u32,
        entry: &LedgerEntry,
    ) -> Result<StockChange, StoreError> {
        self.change(product_id, entry, |counts| self.moves(counts, i64::from(counted) - i64::from(total(counts)))).await
    }

    /// Which shards change by how much: units come into one, and go from where they are.
    fn moves(&self, counts: &[ShardCount], delta: i64) -> Result<Vec<(ShardId, i64)>, StockChange> {
        let available = total(counts);
        let after = i64::from(available).saturating_add(delta);
        if after < 0 {
            return Err(StockChange::TooFew { available });
        }
        if delta >= 0 {
            let fits = after <= i64::from(MAX_AVAILABLE);
            return if fits { Ok(vec![(self.shard(0), delta)]) } else { Err(StockChange::TooMany { available }) };
        }
        let wanted = u32::try_from(delta.unsigned_abs()).map_err(|_| StockChange::TooFew { available })?;
        let taken = allocate(counts, wanted).ok_or(StockChange::TooFew { available })?;
        Ok(taken.into_iter().map(|part| (part.shard, -i64::from(part.quantity))).collect())
    }

    /// The first count of a product; one that has a count keeps it. For imports, which must not overwrite live stock.
    pub async fn count_if_new(
        &self,
        product_id: &ProductId,
        counted: u32,
        entry: &LedgerEntry,
    ) -> Result<(), StoreError> {
        if self.counts(product_id).await?.is_empty() {
            let moves = [(self.shard(0), i64::from(counted))];
            // Somebody else's count came in between: that one stays.
            let _ = self.write(product_id, &[], &moves, entry).await?;
        }
        Ok(())
    }

    /// Reads the counts, decides, and writes on condition that the counts are still the ones that were read.
    async fn change(
        &self,
        product_id: &ProductId,
        entry: &LedgerEntry,
        decide: impl Fn(&[ShardCount]) -> Result<Vec<(ShardId, i64)>, StockChange>,
    ) -> Result<StockChange, StoreError> {
        for tries in 0..TRIES {
            let counts = self.counts(product_id).await?;
            let available = total(&counts);
            if let Some(known) = self.entry(product_id, entry).await? {
                let same =
                    known.request.map(|r| r.fingerprint) == entry.request.as_ref().map(|r| r.fingerprint.clone());
                return Ok(if same { StockChange::Done { available } } else { StockChange::KeyReused });
            }
            let moves = match decide(&counts) {
                Ok(moves) => moves,
                Err(refused) => return Ok(refused),
            };
            if self.write(product_id, &counts, &moves, entry).await? {
                let delta: i64 = moves.iter().map(|(_, delta)| delta).sum();
                let available = u32::try_from(i64::from(available) + delta).unwrap_or(u32::MAX);
                return Ok(StockChange::Done { available });
            }
            self.table.back_off(tries).await;
        }
        Err(StoreError::Conflict)
    }

    /// The ledger entry of an earlier run of the same request. Only requests with a key can have one.
    async fn entry(&self, product_id: &ProductId, entry: &LedgerEntry) -> Result<Option<EntryItem>, StoreError> {
        if entry.request.is_none() {
            return Ok(None);
        }
        self.table.get(entry_key(product_id, entry), true).await
    }

    /// One transaction: the counts and their ledger entry. `false` when anything changed since it was read.
    async fn write(
        &self,
        product_id: &ProductId,
        seen: &[ShardCount],
        moves: &[(ShardId, i64)],
        entry: &LedgerEntry,
    ) -> Result<bool, StoreError> {
        let mut request = self.table.client.transact_write_items();
        for (shard, delta) in moves {
            let before = seen.iter().find(|count| count.shard == *shard).map(|count| count.available);
            request = request.transact_items(self.set_action(product_id, shard, before, *delta)?);
        }
        let mut item = self.table.write(entry)?;
        item.extend(entry_key(product_id, entry));
        item.insert("delta".to_owned(), number(moves.iter().map(|(_, delta)| delta).sum::<i64>()));
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

    /// `available` from what was read to what it shall be.
    fn set_action(
        &self,
        product_id: &ProductId,
        shard: &ShardId,
        before: Option<u32>,
        delta: i64,
    ) -> Result<TransactWriteItem, StoreError> {
        let after = i64::from(before.unwrap_or(0)) + delta;
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(count_key(product_id, shard)))
            .update_expression("SET available = :after")
            .expression_attribute_values(":after", number(after));
        let update = match before {
            None => update.condition_expression("attribute_not_exists(product_id)"),
            Some(before) => update
                .condition_expression("available = :before")
                .expression_attribute_values(":before", number(before)),
        };
        let update = update.build().map_err(|e| StoreError::Rejected(e.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Takes an order's units, if they are there. Part of the transaction that places the order.
    pub(crate) fn take_action(
        &self,
        product_id: &ProductId,
        part: &Allocation,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(count_key(product_id, &part.shard)))
            .update_expression("SET available = available - :n")
            .condition_expression("available >= :n")
            .expression_attribute_values(":n", number(part.quantity))
            .build()
            .map_err(|e| StoreError::Rejected(e.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// What a step of an order does to one count. Part of the transaction that saves the step. Giving back to a shard
    /// that is gone brings it back; taking needs the units to be there.
    pub(crate) fn move_action(&self, change: &StockMove) -> Result<TransactWriteItem, StoreError> {
        if let Ok(taken @ 1..) = u32::try_from(-change.delta) {
            let part = Allocation { shard: change.shard.clone(), quantity: taken };
            return self.take_action(&change.product_id, &part);
        }
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(count_key(&change.product_id, &change.shard)))
            .update_expression("ADD available :n")
            .expression_attribute_values(":n", number(change.delta))
            .build()
            .map_err(|e| StoreError::Rejected(e.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

fn count_key(product_id: &ProductId, shard: &ShardId) -> Item {
    key([("product_id", product_id.as_str()), ("shard", shard.as_str())])
}

fn entry_key(product_id: &ProductId, entry: &LedgerEntry) -> Item {
    key([("product_id", product_id.as_str()), ("shard", &format!("{LEDGER}{}", entry.entry_id))])
}
