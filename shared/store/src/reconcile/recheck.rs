//! Reads the stock and store credit of suspected products and accounts again.

use futures_util::{StreamExt, TryStreamExt, stream};
use souk_domain::ids::ProductId;
use souk_domain::reconcile::{StockRecords, Sums};
use souk_domain::stock::ShardId;

use super::{Suspects, TableScan};
use crate::StoreError;
use crate::inventory::{LEDGER, history::HISTORY};
use crate::table::{Item, text};

/// The lowest sort key after the history.
const AFTER_HISTORY: &str = "~h$";
/// Maximum reads of a product's stock until two are equal.
const MAX_READS: u32 = 5;
/// Maximum products and accounts that are read concurrently.
const MAX_CONCURRENT_READS: usize = 16;

/// An item does not have the expected attributes.
#[derive(Debug)]
pub(super) struct UnreadableItem;

/// Adds a count or a ledger entry to the records of a product.
pub(super) fn add_item(records: &mut StockRecords, item: &Item) -> Result<(), UnreadableItem> {
    let sort_key = text_of(item, "shard").ok_or(UnreadableItem)?;
    if sort_key.starts_with(HISTORY) {
        return Ok(()); // the history does not count
    }
    if sort_key.starts_with(LEDGER) {
        records.ledger += number_of(item, "delta").ok_or(UnreadableItem)?;
        records.ledger_entries += 1;
    } else {
        let available = number_of(item, "available").ok_or(UnreadableItem)?;
        let shard = ShardId::from(sort_key.to_owned());
        if let Some(number) = number_of(item, "shards") {
            records.numbers.insert(shard.clone(), u32::try_from(number).map_err(|_| UnreadableItem)?);
        }
        records.shards.insert(shard, available);
    }
    Ok(())
}

impl TableScan<'_> {
    /// Reads the stock and store credit of all suspects again, and compares them with the same orders. Suspects without
    /// a discrepancy are cleared. A product of which no two reads are equal stays a suspect without discrepancies.
    pub(super) async fn read_again(&self, sums: &mut Sums, suspects: &mut Suspects) -> Result<(), StoreError> {
        let (products, accounts) = suspects.keys();
        let reads = products.into_iter().map(async |id| Ok::<_, StoreError>((self.consistent_records(&id).await?, id)));
        let mut reads = stream::iter(reads).buffer_unordered(MAX_CONCURRENT_READS);
        while let Some((records, product_id)) = reads.try_next().await? {
            let found = records.map(|records| sums.check_product(&product_id, &records));
            if found.as_ref().is_some_and(Vec::is_empty) {
                suspects.products.remove(&product_id);
            } else {
                suspects.products.insert(product_id, found.unwrap_or_default());
            }
        }
        let store_credit = self.store_credit;
        let reads =
            accounts.into_iter().map(async |id| Ok::<_, StoreError>((store_credit.balance_minor(&id).await?, id)));
        let mut reads = stream::iter(reads).buffer_unordered(MAX_CONCURRENT_READS);
        while let Some((balance_minor, user_id)) = reads.try_next().await? {
            let found = sums.check_account(&user_id, balance_minor);
            if found.is_empty() {
                suspects.accounts.remove(&user_id);
            } else {
                suspects.accounts.insert(user_id, found);
            }
        }
        Ok(())
    }

    /// The stock of a product at one moment. A query is not a snapshot, but nothing changed between two equal queries.
    /// `None` if no two are equal.
    async fn consistent_records(&self, product_id: &ProductId) -> Result<Option<StockRecords>, StoreError> {
        let mut seen = self.records(product_id).await?;
        for _ in 1..MAX_READS {
            let again = self.records(product_id).await?;
            if again == seen {
                return Ok(Some(seen));
            }
            seen = again;
        }
        Ok(None)
    }

    /// The stock of a product without its history, which is by far the largest part. Unreadable items are omitted: the
    /// pass over the whole table reports them.
    async fn records(&self, product_id: &ProductId) -> Result<StockRecords, StoreError> {
        let table = &self.inventory.table;
        let mut records = StockRecords::default();
        for (comparison, bound) in [("<", HISTORY), (">=", AFTER_HISTORY)] {
            let request = table.client.query().table_name(&table.name).consistent_read(true);
            let request = request
                .key_condition_expression(format!("product_id = :product AND #shard {comparison} :bound"))
                .expression_attribute_names("#shard", "shard") // a reserved word
                .expression_attribute_values(":product", text(product_id))
                .expression_attribute_values(":bound", text(bound));
            let mut items = request.into_paginator().items().send();
            while let Some(item) = items.next().await {
                let _ = add_item(&mut records, &item?);
            }
        }
        Ok(records)
    }
}

pub(super) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

pub(super) fn number_of(item: &Item, name: &str) -> Option<i64> {
    item.get(name).and_then(|value| value.as_n().ok()?.parse().ok())
}
