//! The steps of an order's life: each is one conditional write, or one transaction with all that goes along.
//!
//! What goes along is never passed in: it is the difference between the order before and after ([`Order::stock_moves_since`],
//! [`Order::credit_move_since`]). No step can forget it, and none can do it twice.

use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{Event, Order, StockMove, TransitionError};
use souk_domain::time::Timestamp;

use crate::error::{Cancelled, cancelled};
use crate::{Inventory, Orders, Saved, StoreError, Users};

/// How often a step is tried again when other writers come first.
const TRIES: u32 = 8;

/// Saves steps of orders together with stock and store credit.
#[derive(Clone)]
pub struct OrderSteps {
    /// Where orders are.
    pub orders: Orders,
    inventory: Inventory,
    users: Option<Users>,
}

/// What became of an event that happened to an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied {
    /// It is saved, now or before; this is the order after it.
    Done(Order),
    /// It cannot happen to the order as it stands.
    Refused {
        /// The order as it stands.
        order: Order,
        /// Why.
        why: TransitionError,
    },
    /// It needs units or store credit that are not there.
    Short {
        /// The order as it stands.
        order: Order,
        /// Of what.
        of: Shortfall,
    },
    /// There is no such order.
    NotFound,
}

/// What a step found too little of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// Units of a product.
    Stock,
    /// The account's credit with the shop.
    StoreCredit,
}

/// What became of one try to save a step.
enum StepSaved {
    Done,
    Stale,
    Short(Shortfall),
    /// A shard that units would go back to was removed since they were taken.
    ShardGone,
}

impl OrderSteps {
    /// Steps that move stock but no store credit.
    pub const fn new(orders: Orders, inventory: Inventory) -> Self {
        Self { orders, inventory, users: None }
    }

    /// The same, for functions that may also move store credit.
    #[must_use]
    pub fn with_store_credit(self, users: Users) -> Self {
        Self { users: Some(users), ..self }
    }

    /// Applies an event to an order and saves it; when somebody else saved first, reads again and decides again.
    pub async fn apply(
        &self,
        user_id: &UserId,
        order_id: &OrderId,
        event: &Event,
        now: Timestamp,
    ) -> Result<Applied, StoreError> {
        for tries in 0..TRIES {
            let Some(order) = self.orders.get(user_id, order_id).await? else { return Ok(Applied::NotFound) };
            let next = match order.apply(event.clone(), now) {
                Ok(next) if next == order => return Ok(Applied::Done(order)),
                Ok(next) => Order { version: order.version + 1, ..next },
                Err(why) => return Ok(Applied::Refused { order, why }),
            };
            match self.save(&order, &next).await? {
                StepSaved::Done => return Ok(Applied::Done(next)),
                StepSaved::Short(of) => return Ok(Applied::Short { order, of }),
                StepSaved::Stale | StepSaved::ShardGone => self.orders.back_off(tries).await,
            }
        }
        Err(StoreError::Conflict)
    }

    async fn save(&self, before: &Order, after: &Order) -> Result<StepSaved, StoreError> {
        let moves = after.stock_moves_since(before);
        let credit = after.credit_move_since(before);
        if moves.is_empty() && credit == 0 {
            return Ok(match self.orders.replace(after, before.version).await? {
                Saved::Done => StepSaved::Done,
                Saved::Stale => StepSaved::Stale,
            });
        }
        match self.transact(before, after, &moves, credit).await? {
            StepSaved::ShardGone => self.transact(before, after, &self.inventory.to_first_shards(&moves), credit).await,
            saved => Ok(saved),
        }
    }

    async fn transact(
        &self,
        before: &Order,
        after: &Order,
        moves: &[StockMove],
        credit: i64,
    ) -> Result<StepSaved, StoreError> {
        let mut request = self.orders.table.client.transact_write_items();
        request = request.transact_items(self.orders.replace_action(after, before.version)?);
        let cause = after.stock_cause();
        for change in moves {
            request = request.transact_items(self.inventory.move_action(change, &cause)?);
        }
        if credit != 0 {
            let missing = || StoreError::Rejected("this function may not move store credit".to_owned());
            let users = self.users.as_ref().ok_or_else(missing)?;
            request = request.transact_items(users.credit_action(&after.user_id, credit)?);
        }
        match request.send().await {
            Ok(_) => Ok(StepSaved::Done),
            Err(error) => match cancelled(&error) {
                None => Err(error.into()),
                Some(Cancelled::Contention) => Ok(StepSaved::Stale),
                // The order's own condition comes first, then stock, then credit.
                Some(Cancelled::Condition(failed)) => {
                    let what_failed = |index: &usize| match moves.get(index.checked_sub(1)?) {
                        Some(change) if change.delta > 0 => Some(StepSaved::ShardGone),
                        Some(_) => Some(StepSaved::Short(Shortfall::Stock)),
                        None => Some(StepSaved::Short(Shortfall::StoreCredit)),
                    };
                    Ok(failed.first().and_then(what_failed).unwrap_or(StepSaved::Stale))
                }
            },
        }
    }
}
