//! The steps of an order's life. Each is one conditional write, or one transaction if it also moves stock or store
//! credit.
//!
//! Callers never pass the moves. They are the difference between the order before and after the step
//! ([`Order::stock_moves_since`], [`Order::credit_moves_since`]), so no step can forget one or apply it twice.

use aws_sdk_dynamodb::types::TransactWriteItem;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{Event, Order, StockMove, StoreCreditEvent, TransitionError};
use souk_domain::time::Timestamp;

use crate::error::{Cancelled, cancelled};
use crate::{Inventory, Orders, SaveOutcome, StoreCredit, StoreError};

/// Attempts to save a step while other writers keep changing the order.
const MAX_ATTEMPTS: u32 = 8;

/// Applies events to orders, and saves the order and its stock together.
#[derive(Clone)]
pub struct OrderSteps {
    /// The orders table.
    pub orders: Orders,
    inventory: Inventory,
}

/// An order before and after an event. Both are the same if the event changed nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStep {
    /// The order that the event was applied to.
    pub before: Order,
    /// The order after the event.
    pub after: Order,
}

/// Applies store credit events to orders, and saves the order, its stock and the balance of the account together.
#[derive(Clone)]
pub struct StoreCreditSteps {
    steps: OrderSteps,
    store_credit: StoreCredit,
}

/// Why an event was not applied to an order. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The order does not exist.
    #[error("the order does not exist")]
    NotFound,
    /// The current state of the order does not allow the event.
    #[error("{reason}")]
    Refused {
        /// The current order.
        order: Box<Order>,
        /// Which rule the event breaks.
        reason: TransitionError,
    },
    /// The event takes more units of a product than are in stock.
    #[error("insufficient stock")]
    InsufficientStock,
    /// The event takes more store credit than the account has.
    #[error("insufficient store credit")]
    InsufficientStoreCredit,
    /// DynamoDB failed, or other writers kept changing the order.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The outcome of one attempt to save a step.
enum StepOutcome {
    Saved,
    VersionConflict,
    InsufficientStock,
    InsufficientStoreCredit,
    /// A shard to return units to was removed after the units were taken from it.
    ShardRemoved,
}

impl OrderSteps {
    /// Steps on these tables.
    pub const fn new(orders: Orders, inventory: Inventory) -> Self {
        Self { orders, inventory }
    }

    /// Applies an event to an order, saves it and returns the order after the event. On a version conflict the order is
    /// read again and the event is checked against its new state. Idempotent: an event that changes nothing is not
    /// saved.
    pub async fn apply(
        &self,
        user_id: &UserId,
        order_id: &OrderId,
        event: &Event,
        now: Timestamp,
    ) -> Result<Order, StepError> {
        Ok(self.step(user_id, order_id, event, now).await?.after)
    }

    /// Like [`OrderSteps::apply`], for a caller that also needs the order before the event.
    pub async fn step(
        &self,
        user_id: &UserId,
        order_id: &OrderId,
        event: &Event,
        now: Timestamp,
    ) -> Result<OrderStep, StepError> {
        self.save_step(user_id, order_id, |order| order.apply(event.clone(), now), None).await
    }

    /// Saves the order after a transition, and with it the store credit that the transition moves. Only store credit
    /// events move any, and they come with `store_credit`.
    async fn save_step(
        &self,
        user_id: &UserId,
        order_id: &OrderId,
        transition: impl Fn(&Order) -> Result<Order, TransitionError> + Sync,
        store_credit: Option<&StoreCredit>,
    ) -> Result<OrderStep, StepError> {
        for attempt in 0..MAX_ATTEMPTS {
            let order = self.orders.get(user_id, order_id).await?.ok_or(StepError::NotFound)?;
            let next = match transition(&order) {
                Ok(next) if next == order => return Ok(OrderStep { before: order, after: next }),
                Ok(next) => Order { version: order.version + 1, ..next },
                Err(reason) => return Err(StepError::Refused { order: Box::new(order), reason }),
            };
            match self.save(&order, &next, store_credit).await? {
                StepOutcome::Saved => return Ok(OrderStep { before: order, after: next }),
                StepOutcome::InsufficientStock => return Err(StepError::InsufficientStock),
                StepOutcome::InsufficientStoreCredit => return Err(StepError::InsufficientStoreCredit),
                StepOutcome::VersionConflict | StepOutcome::ShardRemoved => self.orders.back_off(attempt).await,
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn save(
        &self,
        before: &Order,
        after: &Order,
        store_credit: Option<&StoreCredit>,
    ) -> Result<StepOutcome, StoreError> {
        let moves = after.stock_moves_since(before);
        let credit = match store_credit {
            Some(store_credit) => credit_actions(store_credit, before, after)?,
            None => Vec::new(),
        };
        if moves.is_empty() && credit.is_empty() {
            return Ok(match self.orders.replace(after, before.version).await? {
                SaveOutcome::Saved => StepOutcome::Saved,
                SaveOutcome::VersionConflict => StepOutcome::VersionConflict,
            });
        }
        match self.transact(before, after, &moves, credit.clone()).await? {
            StepOutcome::ShardRemoved => {
                self.transact(before, after, &self.inventory.to_first_shards(&moves), credit).await
            }
            outcome => Ok(outcome),
        }
    }

    async fn transact(
        &self,
        before: &Order,
        after: &Order,
        moves: &[StockMove],
        credit: Vec<TransactWriteItem>,
    ) -> Result<StepOutcome, StoreError> {
        let mut request = self.orders.table.client.transact_write_items();
        request = request.transact_items(self.orders.replace_action(after, before.version)?);
        let cause = after.stock_cause();
        for change in moves {
            request = request.transact_items(self.inventory.move_action(change, &cause)?);
        }
        for change in credit {
            request = request.transact_items(change);
        }
        match request.send().await {
            Ok(_) => Ok(StepOutcome::Saved),
            Err(error) => match cancelled(&error) {
                None => Err(error.into()),
                Some(Cancelled::Contention) => Ok(StepOutcome::VersionConflict),
                // The actions are in this order: the order, its stock moves, its store credit.
                Some(Cancelled::Condition(failed)) => {
                    let outcome = |index: &usize| match moves.get(index.checked_sub(1)?) {
                        Some(change) if change.delta > 0 => Some(StepOutcome::ShardRemoved),
                        Some(_) => Some(StepOutcome::InsufficientStock),
                        None => Some(StepOutcome::InsufficientStoreCredit),
                    };
                    Ok(failed.first().and_then(outcome).unwrap_or(StepOutcome::VersionConflict))
                }
            },
        }
    }
}

/// The change of each account's balance that belongs to a step.
fn credit_actions(
    store_credit: &StoreCredit,
    before: &Order,
    after: &Order,
) -> Result<Vec<TransactWriteItem>, StoreError> {
    let moves = after.credit_moves_since(before);
    moves.iter().map(|(account, delta_minor)| store_credit.change_action(account, *delta_minor)).collect()
}

impl StoreCreditSteps {
    /// Steps that also write the store credit table.
    pub const fn new(steps: OrderSteps, store_credit: StoreCredit) -> Self {
        Self { steps, store_credit }
    }

    /// Like [`OrderSteps::apply`], for an event that also moves store credit.
    pub async fn apply(
        &self,
        user_id: &UserId,
        order_id: &OrderId,
        event: &StoreCreditEvent,
        now: Timestamp,
    ) -> Result<Order, StepError> {
        let transition = |order: &Order| order.apply_store_credit(event.clone(), now);
        Ok(self.steps.save_step(user_id, order_id, transition, Some(&self.store_credit)).await?.after)
    }
}
