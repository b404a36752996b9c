//! What counts and balances say of single products and accounts.

use futures_util::{StreamExt, TryStreamExt, stream};
use souk_domain::ids::ProductId;
use souk_domain::reconcile::{StockRecords, Sums};
use souk_domain::stock::ShardId;

use super::{Reading, Suspects};
use crate::StoreError;
use crate::inventory::{LEDGER, history::HISTORY};
use crate::table::{Item, text};

/// The least sort key behind the history.
const BEHIND_HISTORY: &str = "~h$";
/// How often a product's stock is read until two readings agree.
const READINGS: u32 = 5;
/// How many products and accounts are looked at side by side.
const AT_ONCE: usize = 16;

/// An item that says nothing readable.
#[derive(Debug)]
pub(super) struct Unreadable;

/// Adds a count or an entry of the ledger to a product's facts.
pub(super) fn add(facts: &mut StockRecords, item: &Item) -> Result<(), Unreadable> {
    let sort_key = text_of(item, "shard").ok_or(Unreadable)?;
    if sort_key.starts_with(HISTORY) {
        return Ok(()); // tells who changed what, and counts nothing
    }
    if sort_key.starts_with(LEDGER) {
        facts.ledger += number_of(item, "delta").ok_or(Unreadable)?;
        facts.ledger_entries += 1;
    } else {
        let available = number_of(item, "available").ok_or(Unreadable)?;
        let shard = ShardId::from(sort_key.to_owned());
        if let Some(number) = number_of(item, "shards") {
            facts.numbers.insert(shard.clone(), u32::try_from(number).map_err(|_| Unreadable)?);
        }
        facts.shards.insert(shard, available);
    }
    Ok(())
}

impl Reading<'_> {
    /// Reads counts and balances of what is suspected once more, and compares again with the same orders. What adds up now
    /// is cleared. A product that cannot be read at one moment stays suspected with nothing found.
    pub(super) async fn look_again(&self, sums: &mut Sums, suspects: &mut Suspects) -> Result<(), StoreError> {
        let (products, accounts) = suspects.keys();
        let readings = products.into_iter().map(async |id| Ok::<_, StoreError>((self.facts_at_once(&id).await?, id)));
        let mut readings = stream::iter(readings).buffer_unordered(AT_ONCE);
        while let Some((facts, product_id)) = readings.try_next().await? {
            let found = facts.map(|facts| sums.check_product(&product_id, &facts));
            if found.as_ref().is_some_and(Vec::is_empty) {
                suspects.products.remove(&product_id);
            } else {
                suspects.products.insert(product_id, found.unwrap_or_default());
            }
        }
        let users = self.users;
        let readings =
            accounts.into_iter().map(async |id| Ok::<_, StoreError>((users.store_credit_minor(&id).await?, id)));
        let mut readings = stream::iter(readings).buffer_unordered(AT_ONCE);
        while let Some((balance_minor, user_id)) = readings.try_next().await? {
            let found = sums.check_account(&user_id, balance_minor);
            if found.is_empty() {
                suspects.accounts.remove(&user_id);
            } else {
                suspects.accounts.insert(user_id, found);
            }
        }
        Ok(())
    }

    /// A product's stock at one moment: a query is not a snapshot of its items, but nothing changed between two that
    /// agree. `None` when no two do.
    async fn facts_at_once(&self, product_id: &ProductId) -> Result<Option<StockRecords>, StoreError> {
        let mut seen = self.facts(product_id).await?;
        for _ in 1..READINGS {
            let again = self.facts(product_id).await?;
            if again == seen {
                return Ok(Some(seen));
            }
            seen = again;
        }
        Ok(None)
    }

    /// Without the history, of which a product that sells has more than of all else. Items that cannot be read are left
    /// out: the pass over the whole table reports them.
    async fn facts(&self, product_id: &ProductId) -> Result<StockRecords, StoreError> {
        let table = &self.inventory.table;
        let mut facts = StockRecords::default();
        for (comparison, bound) in [("<", HISTORY), (">=", BEHIND_HISTORY)] {
            let request = table.client.query().table_name(&table.name).consistent_read(true);
            let request = request
                .key_condition_expression(format!("product_id = :product AND #shard {comparison} :bound"))
                .expression_attribute_names("#shard", "shard") // a reserved word
                .expression_attribute_values(":product", text(product_id))
                .expression_attribute_values(":bound", text(bound));
            let mut items = request.into_paginator().items().send();
            while let Some(item) = items.next().await {
                let _ = add(&mut facts, &item?);
            }
        }
        Ok(facts)
    }
}

pub(super) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

pub(super) fn number_of(item: &Item, name: &str) -> Option<i64> {
    item.get(name).and_then(|value| value.as_n().ok()?.parse().ok())
}
