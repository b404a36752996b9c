//! The history of all changes of stock: one item for each change of a shard. `watch-stock` writes it from the table's
//! stream, so that placing an order costs nothing more.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use serde::{Deserialize, Serialize};
use souk_domain::ids::ProductId;
use souk_domain::stock::{Cause, ShardId, StockLevel};
use souk_domain::time::Timestamp;
use souk_domain::validation::Invalid;

use super::Inventory;
use super::ledger::{LedgerEntry, entry_key};
use crate::StoreError;
use crate::table::{Item, key, text};

/// Prefix of the sort keys of the history, before time and sequence number.
pub(crate) const HISTORY: &str = "~h#";
/// Sort key of the item with the stock level that was published last.
const LEVEL: &str = "~h#level";
/// Digits of a time in milliseconds until the year 2286.
const TIME_DIGITS: usize = 13;
/// Maximum digits of a sequence number of a stream.
const SEQUENCE_DIGITS: usize = 40;
/// DynamoDB's maximum number of items in one BatchWriteItem.
const BATCH_WRITE_ITEMS: usize = 25;
/// Maximum requests for the items of one batch, because DynamoDB may leave items unprocessed.
const BATCH_WRITE_ATTEMPTS: u32 = 5;

/// A change of the count of one shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The product.
    pub product_id: ProductId,
    /// The time, with the precision of streams: one second.
    pub at: Timestamp,
    /// The sequence number of its stream record, which orders changes of the same second.
    pub sequence_number: String,
    /// The shard.
    pub of_shard: ShardId,
    /// Units before.
    pub before: u32,
    /// Units after.
    pub after: u32,
    /// The cause, if the writer stated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// A page of a product's history, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// The changes.
    pub changes: Vec<HistoryEntry>,
    /// Where the next page continues, if there is one.
    pub next: Option<HistoryPosition>,
}

#[derive(Deserialize)]
struct LevelItem {
    level: StockLevel,
}

/// A position in the history of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPosition(String);

impl HistoryPosition {
    fn of(entry: &HistoryEntry) -> Self {
        let (at, sequence) = (entry.at.as_millis().max(0), &entry.sequence_number);
        Self(format!("{at:0TIME_DIGITS$}-{sequence:0>SEQUENCE_DIGITS$}"))
    }

    fn sort_key(&self) -> String {
        format!("{HISTORY}{}", self.0.replace('-', "#"))
    }
}

/// `<time>-<sequence number>`
impl fmt::Display for HistoryPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HistoryPosition {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        let well_formed = raw
            .split_once('-')
            .is_some_and(|(at, sequence)| digits(at, TIME_DIGITS) && digits(sequence, SEQUENCE_DIGITS));
        if well_formed {
            Ok(Self(raw.to_owned()))
        } else {
            Err(Invalid::new("invalid_format", "must be a position in a history"))
        }
    }
}

impl Inventory {
    /// Writes changes to the history. Idempotent, because the key is made of time and sequence number.
    pub async fn record(&self, changes: &[HistoryEntry]) -> Result<(), StoreError> {
        let mut items = BTreeMap::new();
        for change in changes {
            let sort_key = HistoryPosition::of(change).sort_key();
            let mut item = self.table.write(change)?;
            item.extend(key([("product_id", change.product_id.as_str()), ("shard", &sort_key)]));
            items.insert((&change.product_id, sort_key), item);
        }
        let items: Vec<Item> = items.into_values().collect();
        for chunk in items.chunks(BATCH_WRITE_ITEMS) {
            self.write_batch(chunk).await?;
        }
        Ok(())
    }

    async fn write_batch(&self, items: &[Item]) -> Result<(), StoreError> {
        let mut writes = Vec::with_capacity(items.len());
        for item in items {
            let put = PutRequest::builder().set_item(Some(item.clone())).build();
            let put = put.map_err(|e| StoreError::Rejected(e.to_string()))?;
            writes.push(WriteRequest::builder().put_request(put).build());
        }
        for attempt in 0..BATCH_WRITE_ATTEMPTS {
            let request = self.table.client.batch_write_item().request_items(&self.table.name, writes);
            let left = request.send().await?.unprocessed_items;
            writes = left.and_then(|mut tables| tables.remove(&self.table.name)).unwrap_or_default();
            if writes.is_empty() {
                return Ok(());
            }
            self.table.back_off(attempt).await;
        }
        Err(StoreError::Unavailable(format!("{} left items unprocessed", self.table.name)))
    }

    /// A page of a product's history, newest first, of changes before `after`.
    pub async fn history(
        &self,
        product_id: &ProductId,
        after: Option<&HistoryPosition>,
        limit: i32,
    ) -> Result<HistoryPage, StoreError> {
        let start = after.map(|after| key([("product_id", product_id.as_str()), ("shard", &after.sort_key())]));
        let request = self.table.client.query().table_name(&self.table.name);
        let answer = request
            .key_condition_expression("product_id = :product AND #shard BETWEEN :first AND :last")
            .expression_attribute_names("#shard", "shard") // a reserved word
            .expression_attribute_values(":product", text(product_id))
            .expression_attribute_values(":first", text(format!("{HISTORY}0")))
            .expression_attribute_values(":last", text(format!("{HISTORY}:"))) // the character behind 9
            .set_exclusive_start_key(start)
            .scan_index_forward(false)
            .limit(limit)
            .send()
            .await?;
        let more = answer.last_evaluated_key.is_some_and(|key| !key.is_empty());
        let items = answer.items.unwrap_or_default().into_iter();
        let changes: Vec<HistoryEntry> = items.map(|item| self.table.read(item)).collect::<Result<_, _>>()?;
        let next = changes.last().filter(|_| more).map(HistoryPosition::of);
        Ok(HistoryPage { changes, next })
    }

    /// The stock level that was published last. `None` if none was published.
    pub async fn level(&self, product_id: &ProductId) -> Result<Option<StockLevel>, StoreError> {
        let item: Option<LevelItem> = self.table.get(level_key(product_id), true).await?;
        Ok(item.map(|item| item.level))
    }

    /// Stores the stock level that was published.
    pub async fn set_level(&self, product_id: &ProductId, level: StockLevel) -> Result<(), StoreError> {
        let mut item = level_key(product_id);
        item.insert("level".to_owned(), text(level.as_str()));
        self.table.client.put_item().table_name(&self.table.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Ledger entries of a product by their ids, without those that do not exist.
    pub async fn ledger_entries<'a>(
        &self,
        product_id: &ProductId,
        entry_ids: impl IntoIterator<Item = &'a str>,
    ) -> Result<HashMap<String, LedgerEntry>, StoreError> {
        let distinct: BTreeSet<&str> = entry_ids.into_iter().collect();
        let keys = distinct.into_iter().map(|entry_id| entry_key(product_id, entry_id)).collect();
        let entries: Vec<LedgerEntry> = self.table.get_many(keys, false).await?;
        Ok(entries.into_iter().map(|entry| (entry.entry_id.clone(), entry)).collect())
    }
}

fn level_key(product_id: &ProductId) -> Item {
    key([("product_id", product_id.as_str()), ("shard", LEVEL)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::LEDGER;

    #[test]
    fn sort_keys_are_behind_the_ledger_and_in_the_order_of_changes() {
        let entry = |millis, sequence: &str| HistoryEntry {
            product_id: "1".parse().expect("an id"),
            at: Timestamp::from_millis(millis),
            sequence_number: sequence.to_owned(),
            of_shard: ShardId::new("local", 0),
            before: 0,
            after: 1,
            cause: None,
        };
        let keys = [entry(999, "9"), entry(1_795_503_420_000, "5"), entry(1_795_503_420_000, "40")]
            .map(|entry| HistoryPosition::of(&entry).sort_key());
        assert!(keys.is_sorted() && keys.iter().all(|key| key.starts_with(HISTORY)), "{keys:?}");
        assert!(HISTORY.starts_with(LEDGER));
        assert!(LEVEL > format!("{HISTORY}:").as_str(), "the level is not part of the history");
    }

    #[test]
    fn only_positions_of_earlier_pages_are_accepted() {
        let good = format!("{:013}-{:040}", 7, 7);
        assert_eq!(good.parse::<HistoryPosition>().map(|position| position.to_string()), Ok(good.clone()));
        for bad in ["", "-", "7-7", &good[1..], &good.replace('-', "#"), &format!("{good}0"), &good.replace('7', "x")] {
            assert!(bad.parse::<HistoryPosition>().is_err(), "{bad}");
        }
    }
}
