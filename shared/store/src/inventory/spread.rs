//! Spreads a product's stock over more shards or fewer while checkouts run. What is due in which state is decided by
//! [`ShardLayout::next_step`]; here each step is taken, on condition that it still fits.
//!
//! Nothing else makes or removes shards (but a first count, the first one), and each transaction that does so also sets
//! their number in the first shard's item. So who knows that item knows where to look: a shard exists exactly if its
//! number is below.
//!
//! Who moves units writes his name into the first shard's item, and each of his transactions asks for it. So nothing moves
//! while nobody's name stands there, and of two who want different numbers of shards the later one wins at once.

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
    /// Brings a product's stock into `shards` shards (at least 1, at most [`souk_domain::stock::MAX_SHARDS`]), about
    /// equally full. Asking again changes nothing, or goes on where an earlier call broke off. `entry` explains every
    /// move; it is written before the first one.
    ///
    /// When too many writers are in the way, or somebody else asks for another number meanwhile:
    /// [`StoreError::Conflict`], with whatever is done so far.
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
                self.inventory.note(product_id, entry).await?;
                self.inventory.begin(product_id, &moves.mover).await?;
                continue; // what was read before may be what another mover has changed since
            }
            if moved_by.is_some_and(|name| name != moves.mover) {
                return Err(StoreError::Conflict);
            }
            let done = match step {
                None => {
                    self.inventory.end(product_id, &moves.mover).await?;
                    return Ok(SpreadOutcome::Spread { available: spread.total() });
                }
                Some(ReshardStep::SetActive(number)) => {
                    self.products.set_shards(&product, number, entry.at).await? == SaveOutcome::Saved
                }
                Some(ReshardStep::AddShards(number)) => {
                    self.inventory.widen(product_id, spread.shards(), number).await?
                }
                Some(ReshardStep::RemoveShards(number)) => {
                    self.inventory.narrow(product_id, spread.shards(), number).await?
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

/// What all transfers of one call have in common.
struct Moves<C> {
    mover: String,
    causes: C,
}

impl Inventory {
    /// How the stock is spread in this region, and who is moving it.
    async fn spread(&self, product_id: &ProductId, active: u32) -> Result<(ShardLayout, Option<String>), StoreError> {
        let items = self.items(product_id, true).await?;
        let has = |number: u32| {
            let shard = self.shard(number);
            items.iter().find(|item| item.shard == shard).map_or(0, |item| item.available)
        };
        let spread = ShardLayout { active, available: (0..self.shards_of(&items)).map(has).collect() };
        Ok((spread, self.first(&items).and_then(|first| first.moved_by.clone())))
    }

    /// From here on this mover may move units, and nobody else. Makes the first shard if need be.
    async fn begin(&self, product_id: &ProductId, mover: &str) -> Result<(), StoreError> {
        let request = self.table.client.update_item().table_name(&self.table.name);
        let request = request
            .set_key(Some(count_key(product_id, &self.shard(0))))
            .update_expression("SET moved_by = :mover, available = if_not_exists(available, :none)")
            .expression_attribute_values(":mover", text(mover))
            .expression_attribute_values(":none", number(0));
        request.send().await?;
        Ok(())
    }

    /// Nobody moves units any more, unless somebody else has begun. Without an effect if this mover never did.
    async fn end(&self, product_id: &ProductId, mover: &str) -> Result<(), StoreError> {
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

    /// Units leave one shard and arrive in others, at one moment, if they are there, the shards are, and this mover may.
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
