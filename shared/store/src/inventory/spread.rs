//! Spreads a product's stock over more shards or fewer while checkouts run. What is due in which state is decided by
//! [`Spread::next`]; here each step is taken, on condition that it still fits.
//!
//! Nothing else makes or removes shards (but a first count, the first one), and each transaction that does so also sets
//! their number in the first shard's item. So who knows that item knows where to look: a shard exists exactly if its
//! number is below.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use souk_domain::ids::ProductId;
use souk_domain::order::StockMove;
use souk_domain::stock::{Allocation, Cause, Spread, SpreadStep, Transfer};

use super::ledger::LedgerEntry;
use super::{Inventory, action, count_key};
use crate::error::{Cancelled, cancelled};
use crate::table::number;
use crate::{Products, Saved, StoreError};

/// How many states are looked at on the way. Five lead from anywhere to anywhere when nobody interferes; the others are
/// for checkouts that take units away under a step.
const MAX_STATES: u32 = 40;
/// How often one transfer is tried again before the state is looked at again.
const TRANSFER_TRIES: u32 = 4;

/// Spreads stock over shards: counts and documents together.
#[derive(Clone)]
pub struct StockSpread {
    /// Where stock is.
    pub inventory: Inventory,
    /// Where the documents are that checkouts read.
    pub products: Products,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spreading {
    /// The stock lies in as many shards as asked.
    Done {
        /// Over all of them.
        available: u32,
    },
    /// There is no such product.
    NotFound,
}

impl StockSpread {
    /// Brings a product's stock into `shards` shards (at least 1, at most [`souk_domain::stock::MAX_SHARDS`]), about
    /// equally full. Asking again changes nothing, or goes on where an earlier call broke off. `entry` explains every
    /// move; it is written before the first one.
    ///
    /// When too many writers are in the way: [`StoreError::Conflict`], with whatever is done so far.
    pub async fn spread(
        &self,
        product_id: &ProductId,
        shards: u32,
        entry: &LedgerEntry,
    ) -> Result<Spreading, StoreError> {
        let mut causes = (0..).map(|step| entry.cause(step));
        let mut failed = 0;
        for state in 0..MAX_STATES {
            let Some(product) = self.products.get_many([product_id], true).await?.remove(product_id) else {
                return Ok(Spreading::NotFound);
            };
            let spread = self.inventory.spread(product_id, product.stock_shards).await?;
            let Some(step) = spread.next(shards) else {
                return Ok(Spreading::Done { available: spread.total() });
            };
            if state == 0 {
                self.inventory.note(product_id, entry).await?;
            }
            let done = match &step {
                SpreadStep::Choose(number) => {
                    self.products.set_shards(&product, *number, entry.at).await? == Saved::Done
                }
                SpreadStep::Widen(number) => self.inventory.widen(product_id, spread.shards(), *number).await?,
                SpreadStep::Narrow(number) => self.inventory.narrow(product_id, spread.shards(), *number).await?,
                SpreadStep::Move(transfers) => self.inventory.transfer_all(product_id, transfers, &mut causes).await?,
            };
            if !done {
                self.inventory.table.back_off(failed).await;
                failed += 1;
            }
        }
        Err(StoreError::Conflict)
    }
}

impl Inventory {
    /// How the stock is spread in this region.
    async fn spread(&self, product_id: &ProductId, chosen: u32) -> Result<Spread, StoreError> {
        let items = self.items(product_id, true).await?;
        let has = |number: u32| {
            let shard = self.shard(number);
            items.iter().find(|item| item.shard == shard).map_or(0, |item| item.available)
        };
        Ok(Spread { chosen, available: (0..self.shards_of(&items)).map(has).collect() })
    }

    /// The entry that explains what follows, on its own: it changes no count. Writing it again does no harm.
    async fn note(&self, product_id: &ProductId, entry: &LedgerEntry) -> Result<(), StoreError> {
        let item = self.entry_item(product_id, entry, 0)?;
        self.table.client.put_item().table_name(&self.table.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Makes empty shards, from as many as there were `before` to as many as there shall be.
    async fn widen(&self, product_id: &ProductId, before: u32, shards: u32) -> Result<bool, StoreError> {
        let mut actions = vec![self.number_action(product_id, before, shards)?];
        for number_of_shard in before..shards {
            let put = Put::builder()
                .table_name(&self.table.name)
                .set_item(Some(count_key(product_id, &self.shard(number_of_shard))))
                .item("available", number(0))
                .condition_expression("attribute_not_exists(product_id)")
                .build()
                .map_err(|e| StoreError::Rejected(e.to_string()))?;
            actions.push(TransactWriteItem::builder().put(put).build());
        }
        self.transact(actions).await
    }

    /// Removes shards that are empty. An order that gives units back to one later gives them to the first instead.
    async fn narrow(&self, product_id: &ProductId, before: u32, shards: u32) -> Result<bool, StoreError> {
        let mut actions = vec![self.number_action(product_id, before, shards)?];
        for number_of_shard in shards..before {
            let delete = Delete::builder()
                .table_name(&self.table.name)
                .set_key(Some(count_key(product_id, &self.shard(number_of_shard))))
                .condition_expression("attribute_not_exists(product_id) OR available = :none")
                .expression_attribute_values(":none", number(0))
                .build()
                .map_err(|e| StoreError::Rejected(e.to_string()))?;
            actions.push(TransactWriteItem::builder().delete(delete).build());
        }
        self.transact(actions).await
    }

    /// The number of shards in the first one's item, from what was read to what it shall be.
    fn number_action(&self, product_id: &ProductId, before: u32, shards: u32) -> Result<TransactWriteItem, StoreError> {
        let still = if before == 1 { "attribute_not_exists(shards) OR shards = :before" } else { "shards = :before" };
        let update = self
            .update(product_id, &self.shard(0))
            .update_expression("SET shards = :shards, available = if_not_exists(available, :none)")
            .condition_expression(still)
            .expression_attribute_values(":before", number(before))
            .expression_attribute_values(":shards", number(shards))
            .expression_attribute_values(":none", number(0));
        action(update)
    }

    /// Transfers one after another. `false` as soon as one does not fit any more.
    async fn transfer_all(
        &self,
        product_id: &ProductId,
        transfers: &[Transfer],
        causes: &mut impl Iterator<Item = Cause>,
    ) -> Result<bool, StoreError> {
        for transfer in transfers {
            let Some(cause) = causes.next() else { return Ok(false) };
            if !self.transfer(product_id, transfer, &cause).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Units leave one shard and arrive in others, at one moment; `false` if they are not there, or a shard is not.
    async fn transfer(&self, product_id: &ProductId, transfer: &Transfer, cause: &Cause) -> Result<bool, StoreError> {
        let part = Allocation { shard: self.shard(transfer.from), quantity: transfer.quantity() };
        let mut actions = vec![self.take_action(product_id, &part, cause)?];
        for (to, quantity) in &transfer.to {
            let (product_id, shard) = (product_id.clone(), self.shard(*to));
            actions.push(self.move_action(&StockMove { product_id, shard, delta: i64::from(*quantity) }, cause)?);
        }
        self.transact(actions).await
    }

    /// One transaction, again when others are in the way; `false` when a condition of it does not hold, or they stay there.
    async fn transact(&self, actions: Vec<TransactWriteItem>) -> Result<bool, StoreError> {
        for tries in 0..TRANSFER_TRIES {
            let request = self.table.client.transact_write_items().set_transact_items(Some(actions.clone()));
            match request.send().await {
                Ok(_) => return Ok(true),
                Err(error) => match cancelled(&error) {
                    Some(Cancelled::Condition(_)) => return Ok(false),
                    Some(Cancelled::Contention) => self.table.back_off(tries).await,
                    None => return Err(error.into()),
                },
            }
        }
        Ok(false)
    }
}
