//! Stock: the counts of each product's shards, a ledger of changes by staff, and a history of all changes.
//!
//! Orders change counts only inside the transactions of [`crate::Orders`] and [`crate::OrderSteps`], and store their
//! allocations. So every unit is accounted for: the sum of the ledger = available units + units allocated to orders.
//! Every write of a count states its cause in the attribute `cause`.
//!
//! The shards of a product are numbered from 0. The item of the first shard has their number (`shards`). Shards are
//! added and removed in the transaction that changes this number (see `spread.rs`); only the first count creates a
//! shard otherwise.

mod allocation;
pub(crate) mod history;
mod ledger;
mod spread;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use serde::Deserialize;
use souk_domain::ids::ProductId;
use souk_domain::order::StockMove;
use souk_domain::stock::{Allocation, Cause, ShardCount, ShardId};

use crate::StoreError;
use crate::table::{Item, Table, key, number, text};

pub use allocation::AllocationOutcome;
pub use history::{HistoryEntry, HistoryPage, HistoryPosition};
pub use ledger::{LedgerEntry, MAX_AVAILABLE, StockChangeOutcome};
pub use spread::{SpreadOutcome, StockSpread};

/// Prefix of the sort keys of the ledger and the history. It sorts after every region name.
pub(crate) const LEDGER: &str = "~";

/// The inventory table, for one region.
#[derive(Clone)]
pub struct Inventory {
    pub(crate) table: Table,
    region: String,
}

/// The item of one shard.
#[derive(PartialEq, Eq, Deserialize)]
struct CountItem {
    product_id: ProductId,
    shard: ShardId,
    available: u32,
    /// The cause of the last write. No two writes of a shard have the same cause.
    #[serde(default)]
    cause: Option<Cause>,
    /// In the first shard's item: the number of shards. Absent if it is one.
    #[serde(default = "one_shard")]
    shards: u32,
    /// In the first shard's item: the running call of [`StockSpread::spread`] that may move units between shards.
    #[serde(default)]
    moved_by: Option<String>,
}

const fn one_shard() -> u32 {
    1
}

impl Inventory {
    /// The inventory of a table. This process may write the shards of `region`.
    pub fn new(table: Table, region: impl Into<String>) -> Self {
        Self { table, region: region.into() }
    }

    /// A shard of this region by its number.
    pub fn shard(&self, number: u32) -> ShardId {
        ShardId::new(&self.region, number)
    }

    /// The counts of all shards of a product, strongly consistent. Empty for a product that was never counted.
    ///
    /// Not a snapshot: while units move between two shards, the sum may miss them or count them twice. Callers that
    /// need certainty use [`Inventory::allocate_consistent`].
    pub async fn counts(&self, product_id: &ProductId) -> Result<Vec<ShardCount>, StoreError> {
        Ok(allocation::counts(&self.items(product_id, true).await?))
    }

    /// The items of all shards of a product, strongly consistent.
    async fn items(&self, product_id: &ProductId, consistent: bool) -> Result<Vec<CountItem>, StoreError> {
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("product_id = :product AND #shard < :ledger")
            .expression_attribute_names("#shard", "shard") // a reserved word
            .expression_attribute_values(":product", text(product_id))
            .expression_attribute_values(":ledger", text(LEDGER))
            .consistent_read(consistent)
            .send()
            .await?;
        answer.items.unwrap_or_default().into_iter().map(|item| self.table.read(item)).collect()
    }

    /// The available units of many products, over the shards of this region. Lists use eventually consistent reads.
    /// Products that were never counted are missing in the result.
    ///
    /// The numbers of shards are hints and may come from a cached product: if the first shard states a higher number,
    /// the other shards are read as well.
    pub async fn available_many<'a>(
        &self,
        products: impl IntoIterator<Item = (&'a ProductId, u32)>,
        consistent: bool,
    ) -> Result<HashMap<ProductId, u32>, StoreError> {
        let hints: BTreeMap<_, _> = products.into_iter().map(|(id, shards)| (id.clone(), shards.max(1))).collect();
        let first = self.shard(0);
        let mut keys: BTreeSet<(ProductId, u32)> =
            hints.iter().flat_map(|(id, shards)| (0..*shards).map(|number| (id.clone(), number))).collect();
        let mut available = HashMap::new();
        while !keys.is_empty() {
            let wanted = keys.iter().map(|(id, number)| count_key(id, &self.shard(*number))).collect();
            keys.clear();
            for count in self.table.get_many::<CountItem>(wanted, consistent).await? {
                let hint = hints.get(&count.product_id).copied().unwrap_or(1);
                if count.shard == first {
                    keys.extend((hint..count.shards).map(|number| (count.product_id.clone(), number)));
                }
                let sum: &mut u32 = available.entry(count.product_id).or_default();
                *sum = sum.saturating_add(count.available);
            }
        }
        Ok(available)
    }

    /// Takes units of an order from a shard if it has them. An action of the transaction that places the order.
    pub(crate) fn take_action(
        &self,
        product_id: &ProductId,
        part: &Allocation,
        cause: &Cause,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = self
            .update(product_id, &part.shard)
            .update_expression("SET available = available - :n, cause = :cause")
            .condition_expression("available >= :n")
            .expression_attribute_values(":n", number(part.quantity))
            .expression_attribute_values(":cause", self.cause(cause)?);
        action(update)
    }

    /// Applies a stock move of an order's step to one shard. An action of the step's transaction. A move that takes
    /// units requires that the shard has them. A move that returns units requires that the shard exists, except the
    /// first shard, which it creates if missing.
    pub(crate) fn move_action(&self, change: &StockMove, cause: &Cause) -> Result<TransactWriteItem, StoreError> {
        if let Ok(taken @ 1..) = u32::try_from(-change.delta) {
            let part = Allocation { shard: change.shard.clone(), quantity: taken };
            return self.take_action(&change.product_id, &part, cause);
        }
        let update = self
            .update(&change.product_id, &change.shard)
            .expression_attribute_values(":n", number(change.delta))
            .expression_attribute_values(":cause", self.cause(cause)?);
        action(if change.shard == self.shard(0) {
            update
                .update_expression("SET available = if_not_exists(available, :none) + :n, cause = :cause")
                .expression_attribute_values(":none", number(0))
        } else {
            update
                .update_expression("SET available = available + :n, cause = :cause")
                .condition_expression("attribute_exists(available)")
        })
    }

    /// The same moves, but units are returned to the first shards, which are never removed.
    pub(crate) fn to_first_shards(&self, moves: &[StockMove]) -> Vec<StockMove> {
        let mut deltas: BTreeMap<(&ProductId, ShardId), i64> = BTreeMap::new();
        for change in moves {
            let shard = if change.delta > 0 { self.shard(0) } else { change.shard.clone() };
            *deltas.entry((&change.product_id, shard)).or_default() += change.delta;
        }
        let changed = deltas.into_iter().filter(|(_, delta)| *delta != 0);
        changed.map(|((id, shard), delta)| StockMove { product_id: id.clone(), shard, delta }).collect()
    }

    fn update(&self, product_id: &ProductId, shard: &ShardId) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder().table_name(&self.table.name).set_key(Some(count_key(product_id, shard)))
    }

    fn cause(&self, cause: &Cause) -> Result<AttributeValue, StoreError> {
        Ok(AttributeValue::M(self.table.write(cause)?))
    }
}

fn action(update: aws_sdk_dynamodb::types::builders::UpdateBuilder) -> Result<TransactWriteItem, StoreError> {
    let update = update.build().map_err(|e| StoreError::Rejected(e.to_string()))?;
    Ok(TransactWriteItem::builder().update(update).build())
}

fn count_key(product_id: &ProductId, shard: &ShardId) -> Item {
    key([("product_id", product_id.as_str()), ("shard", shard.as_str())])
}
