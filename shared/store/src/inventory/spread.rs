//! Changes the number of shards of a product's stock while checkouts continue. The next step for each state comes from
//! [`ShardLayout::next_step`]; this module writes each step under the condition that the state is unchanged.
//!
//! Only this module adds and removes shards (except that a first count creates the first shard). Each transaction that
//! does so also sets the number of shards in the first shard's item. So a shard exists exactly if its number is below
//! that one.
//!
//! A call that moves units is the mover: it writes its id to the first shard's item (`moved_by`), and each of its
//! transactions requires this id. So without a mover no units move, and if two calls compete, the later one wins at
//! once.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem};
use souk_domain::ids::ProductId;
use souk_domain::stock::{Cause, ReshardStep, ShardLayout, ShardTransfer};

use super::ledger::LedgerEntry;
use super::{Inventory, action, count_key};
use crate::error::{Cancelled, cancelled};
use crate::table::{number, text};
use crate::{Products, SaveOutcome, StoreError};

/// Maximum states that a call reads. Without interference five lead from any state to any other; the rest allows for
/// checkouts that take units during a step.
const MAX_STATES: u32 = 40;
/// Maximum attempts of one transfer before the state is read again.
const TRANSFER_ATTEMPTS: u32 = 4;

/// Changes the number of shards in the counts and in the product.
#[derive(Clone)]
pub struct StockSpread {
    /// The inventory table.
    pub inventory: Inventory,
    /// The products table, which has the number of shards for checkouts.
    pub products: Products,
}

/// The outcome of [`StockSpread::spread`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpreadOutcome {
    /// The stock is spread over the requested number of shards.
    Spread {
        /// Available units over all shards.
        available: u32,
    },
    /// The product does not exist.
    ProductNotFound,
}

impl StockSpread {
    /// Spreads a product's stock over `shards` shards (at least 1, at most [`souk_domain::stock::MAX_SHARDS`]), about
    /// equally full. Idempotent: a repeated call continues where an interrupted one stopped. `entry` is the ledger
    /// entry for all moves; it is written before the first one.
    ///
    /// [`StoreError::Conflict`] if too many writers interfere, or another call requests another number of shards. The
    /// steps made so far stay.
    pub async fn spread(
        &self,
        product_id: &ProductId,
        shards: u32,
        entry: &LedgerEntry,
    ) -> Result<SpreadOutcome, StoreError> {
        let mut moves = Moves { mover: entry.entry_id.clone(), causes: (0..).map(|step| entry.cause(step)) };
        let mut failed = 0;
        for state in 0..MAX_STATES {
            let Some(product) = self.products.get_many([product_id], true).await?.remove(product_id) else {
                return Ok(SpreadOutcome::ProductNotFound);
            };
            let (spread, moved_by) = self.inventory.spread(product_id, product.stock_shards).await?;
            let step = spread.next_step(shards);
            if state == 0 && (step.is_some() || moved_by.is_some()) {
                self.inventory.write_entry(product_id, entry).await?;
                self.inventory.set_mover(product_id, &moves.mover).await?;
                continue; // another mover may have changed the state since it was read
            }
            if moved_by.is_some_and(|name| name != moves.mover) {
                return Err(StoreError::Conflict);
            }
            let done = match step {
                None => {
                    self.inventory.remove_mover(product_id, &moves.mover).await?;
                    return Ok(SpreadOutcome::Spread { available: spread.total() });
                }
                Some(ReshardStep::SetActive(number)) => {
                    self.products.set_shards(&product, number, entry.at).await? == SaveOutcome::Saved
                }
                Some(ReshardStep::AddShards(number)) => {
                    self.inventory.add_shards(product_id, spread.shards(), number).await?
                }
                Some(ReshardStep::RemoveShards(number)) => {
                    self.inventory.remove_shards(product_id, spread.shards(), number).await?
                }
                Some(ReshardStep::Transfer(transfers)) => {
                    self.inventory.transfer_all(product_id, &transfers, &mut moves).await?
                }
            };
            if !done {
                self.inventory.table.back_off(failed).await;
                failed += 1;
            }
        }
        Err(StoreError::Conflict)
    }
}

/// The parts that all transfers of one call share.
struct Moves<C> {
    mover: String,
    causes: C,
}

impl Inventory {
    /// The shards of this region, and the current mover.
    async fn spread(&self, product_id: &ProductId, active: u32) -> Result<(ShardLayout, Option<String>), StoreError> {
        let items = self.items(product_id, true).await?;
        let has = |number: u32| {
            let shard = self.shard(number);
            items.iter().find(|item| item.shard == shard).map_or(0, |item| item.available)
        };
        let spread = ShardLayout { active, available: (0..self.shards_of(&items)).map(has).collect() };
        Ok((spread, self.first(&items).and_then(|first| first.moved_by.clone())))
    }

    /// Makes this call the mover. Creates the first shard if missing.
    async fn set_mover(&self, product_id: &ProductId, mover: &str) -> Result<(), StoreError> {
        let request = self.table.client.update_item().table_name(&self.table.name);
        let request = request
            .set_key(Some(count_key(product_id, &self.shard(0))))
            .update_expression("SET moved_by = :mover, available = if_not_exists(available, :none)")
            .expression_attribute_values(":mover", text(mover))
            .expression_attribute_values(":none", number(0));
        request.send().await?;
        Ok(())
    }

    /// Removes the mover if it is still this call.
    async fn remove_mover(&self, product_id: &ProductId, mover: &str) -> Result<(), StoreError> {
        let request = self.table.client.update_item().table_name(&self.table.name);
        let request = request
            .set_key(Some(count_key(product_id, &self.shard(0))))
            .update_expression("REMOVE moved_by")
            .condition_expression("moved_by = :mover")
            .expression_attribute_values(":mover", text(mover));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(error.into()),
            },
        }
    }

    /// Writes the ledger entry for the moves that follow. It changes no count. Idempotent.
    async fn write_entry(&self, product_id: &ProductId, entry: &LedgerEntry) -> Result<(), StoreError> {
        let item = self.entry_item(product_id, entry, 0)?;
        self.table.client.put_item().table_name(&self.table.name).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Adds empty shards, from the number `before` to the number `shards`.
    async fn add_shards(&self, product_id: &ProductId, before: u32, shards: u32) -> Result<bool, StoreError> {
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

    /// Removes empty shards. Orders that return units to a removed shard return them to the first shard instead.
    async fn remove_shards(&self, product_id: &ProductId, before: u32, shards: u32) -> Result<bool, StoreError> {
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

    /// Changes the number of shards in the first shard's item, if it is still the one that was read.
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

    /// Writes transfers one after another. `false` as soon as a condition fails.
    async fn transfer_all(
        &self,
        product_id: &ProductId,
        transfers: &[ShardTransfer],
        moves: &mut Moves<impl Iterator<Item = Cause>>,
    ) -> Result<bool, StoreError> {
        for transfer in transfers {
            let Some(cause) = moves.causes.next() else { return Ok(false) };
            let actions = self.transfer_actions(product_id, transfer, &moves.mover, &cause)?;
            if !self.transact(actions).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Moves units from one shard to others in one transaction, if the units and the shards exist and this call is the
    /// mover.
    fn transfer_actions(
        &self,
        product_id: &ProductId,
        transfer: &ShardTransfer,
        mover: &str,
        cause: &Cause,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let to = transfer.to.iter().map(|(number, quantity)| (*number, i64::from(*quantity)));
        let changes: BTreeMap<u32, i64> = to.chain([(transfer.from, -i64::from(transfer.quantity()))]).collect();
        let mut actions = Vec::with_capacity(changes.len() + 1);
        if !changes.contains_key(&0) {
            let check = ConditionCheck::builder()
                .table_name(&self.table.name)
                .set_key(Some(count_key(product_id, &self.shard(0))))
                .condition_expression("moved_by = :mover")
                .expression_attribute_values(":mover", text(mover))
                .build()
                .map_err(|e| StoreError::Rejected(e.to_string()))?;
            actions.push(TransactWriteItem::builder().condition_check(check).build());
        }
        for (number_of_shard, delta) in changes {
            let update = self
                .update(product_id, &self.shard(number_of_shard))
                .update_expression("SET available = available + :delta, cause = :cause")
                .expression_attribute_values(":delta", number(delta))
                .expression_attribute_values(":least", number((-delta).max(0)))
                .expression_attribute_values(":cause", self.cause(cause)?);
            actions.push(action(if number_of_shard == 0 {
                update
                    .condition_expression("available >= :least AND moved_by = :mover")
                    .expression_attribute_values(":mover", text(mover))
            } else {
                update.condition_expression("available >= :least")
            })?);
        }
        Ok(actions)
    }

    /// Runs a transaction, with retries under contention; `false` if a condition fails or the contention continues.
    async fn transact(&self, actions: Vec<TransactWriteItem>) -> Result<bool, StoreError> {
        for attempt in 0..TRANSFER_ATTEMPTS {
            let request = self.table.client.transact_write_items().set_transact_items(Some(actions.clone()));
            match request.send().await {
                Ok(_) => return Ok(true),
                Err(error) => match cancelled(&error) {
                    Some(Cancelled::Condition(_)) => return Ok(false),
                    Some(Cancelled::Contention) => self.table.back_off(attempt).await,
                    None => return Err(error.into()),
                },
            }
        }
        Ok(false)
    }
}
