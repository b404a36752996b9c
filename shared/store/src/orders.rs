//! Orders. Placing an order is one transaction; the later steps of its life are in [`crate::OrderSteps`].

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{Put, ReturnConsumedCapacity, TransactWriteItem};
use souk_domain::cart::Cart;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::Order;

use crate::error::{Cancelled, cancelled};
use crate::table::{Item, Table, key, number, text};
use crate::{Carts, Inventory, SaveOutcome, StoreError, staff_index};

/// DynamoDB's maximum number of actions in one transaction. The order and its cart take one each, and so does every
/// allocation.
pub const MAX_ACTIONS: usize = 100;

/// The orders table.
#[derive(Clone)]
pub struct Orders {
    pub(crate) table: Table,
}

/// What one attempt to place an order writes.
#[derive(Clone, Copy)]
pub struct OrderPlacement<'a> {
    /// The order. Each line has the allocation of its units.
    pub order: &'a Order,
    /// The cart after the checkout. Its version is the one that was read.
    pub cart: &'a Cart,
    /// The table of the cart.
    pub carts: &'a Carts,
    /// The table of the stock.
    pub inventory: &'a Inventory,
    /// Distinguishes attempts with different allocations. Each has its own request token, so that DynamoDB recognizes a
    /// request that the SDK resends, and does not mistake a new attempt for it.
    pub attempt: u32,
}

/// The outcome of one attempt to place an order. Unless it was placed, nothing was written.
#[derive(Debug, Clone, PartialEq)]
pub enum PlacementOutcome {
    /// The order was placed.
    Placed {
        /// Write units that DynamoDB consumed, over all tables.
        write_units: f64,
    },
    /// The cart was changed after it was read.
    CartChanged,
    /// A shard has fewer units than were allocated from it, for these lines (by index).
    InsufficientStock(Vec<usize>),
    /// Other transactions interfered, or DynamoDB throttled the transaction.
    Contention,
}

/// A page of an account's orders, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderPage {
    /// The orders.
    pub orders: Vec<Order>,
    /// The order after which the next page continues, if there is one.
    pub next: Option<OrderId>,
}

impl Orders {
    /// The orders of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The one order with this id that one of these users owns, strongly consistent.
    pub(crate) async fn get_of_any(&self, owners: &[UserId], order_id: &OrderId) -> Result<Option<Order>, StoreError> {
        if owners.is_empty() {
            return Ok(None);
        }
        let keys = owners.iter().map(|owner| order_key(owner, order_id)).collect();
        Ok(self.table.get_many(keys, true).await?.pop())
    }

    /// The orders of a user with these ids that exist, strongly consistent.
    pub async fn get_many<'a>(
        &self,
        user_id: &UserId,
        order_ids: impl Iterator<Item = &'a OrderId>,
    ) -> Result<Vec<Order>, StoreError> {
        let keys = order_ids.map(|order_id| order_key(user_id, order_id)).collect();
        self.table.get_many(keys, true).await
    }

    /// One order, strongly consistent.
    pub async fn get(&self, user_id: &UserId, order_id: &OrderId) -> Result<Option<Order>, StoreError> {
        self.table.get(order_key(user_id, order_id), true).await
    }

    /// An account's orders, newest first, older than `after`.
    pub async fn list(&self, user_id: &UserId, after: Option<&OrderId>, limit: i32) -> Result<OrderPage, StoreError> {
        let request = self.table.client.query().table_name(&self.table.name);
        let request = request.expression_attribute_values(":user", text(user_id)).scan_index_forward(false);
        let request = match after {
            None => request.key_condition_expression("user_id = :user"),
            // Not a start key: `after` may be an order of another user.
            Some(after) => request
                .key_condition_expression("user_id = :user AND order_id < :after")
                .expression_attribute_values(":after", text(after)),
        };
        let answer = request.limit(limit).send().await?;
        let more = answer.last_evaluated_key.is_some_and(|key| !key.is_empty());
        let items = answer.items.unwrap_or_default().into_iter();
        let orders: Vec<Order> = items.map(|item| self.table.read(item)).collect::<Result<_, _>>()?;
        let next = orders.last().filter(|_| more).map(|order| order.order_id.clone());
        Ok(OrderPage { orders, next })
    }

    /// Attempts once to place an order: one transaction takes its units, writes the order and saves the cart.
    pub async fn place(&self, placement: OrderPlacement<'_>) -> Result<PlacementOutcome, StoreError> {
        let OrderPlacement { order, cart, carts, inventory, attempt } = placement;
        let mut actions = vec![carts.save_action(cart)?, self.insert_action(order)?];
        let mut line_of_action = vec![None; actions.len()];
        let cause = order.stock_cause();
        for (index, line) in order.lines.iter().enumerate() {
            for part in &line.allocation {
                actions.push(inventory.take_action(&line.product_id, part, &cause)?);
                line_of_action.push(Some(index));
            }
        }
        let request = self
            .table
            .client
            .transact_write_items()
            .set_transact_items(Some(actions))
            .client_request_token(request_token(&order.order_id, attempt))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match request.send().await {
            Ok(answer) => {
                let write_units = answer.consumed_capacity().iter().filter_map(|table| table.capacity_units).sum();
                Ok(PlacementOutcome::Placed { write_units })
            }
            Err(error) => match cancelled(&error) {
                None => Err(error.into()),
                Some(Cancelled::Contention) => Ok(PlacementOutcome::Contention),
                // The first two actions are the cart and the order: another request with the same cart was first.
                Some(Cancelled::Condition(failed)) if failed.iter().any(|action| *action < 2) => {
                    Ok(PlacementOutcome::CartChanged)
                }
                Some(Cancelled::Condition(failed)) => {
                    let mut lines: Vec<usize> =
                        failed.into_iter().filter_map(|action| line_of_action[action]).collect();
                    lines.dedup();
                    Ok(PlacementOutcome::InsufficientStock(lines))
                }
            },
        }
    }

    /// Waits before another attempt of [`Orders::place`], with jitter.
    pub async fn back_off(&self, attempt: u32) {
        self.table.back_off(attempt).await;
    }

    /// Replaces an order if it still has the version that was read. An action of a step's transaction.
    pub(crate) fn replace_action(&self, order: &Order, seen_version: u64) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table.name)
            .set_item(Some(self.item(order)?))
            .condition_expression("version = :seen")
            .expression_attribute_values(":seen", number(seen_version))
            .build()
            .map_err(|e| StoreError::Rejected(e.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// The same without a transaction, at half the price.
    pub(crate) async fn replace(&self, order: &Order, seen_version: u64) -> Result<SaveOutcome, StoreError> {
        let request = self.table.client.put_item().table_name(&self.table.name);
        let request = request
            .set_item(Some(self.item(order)?))
            .condition_expression("version = :seen")
            .expression_attribute_values(":seen", number(seen_version));
        match request.send().await {
            Ok(_) => Ok(SaveOutcome::Saved),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(SaveOutcome::VersionConflict),
                _ => Err(error.into()),
            },
        }
    }

    /// An order with its index attributes. The only way an order becomes an item, so that no step can forget them.
    fn item(&self, order: &Order) -> Result<Item, StoreError> {
        let mut item = self.table.write(order)?;
        item.extend(staff_index::index_attributes(order));
        Ok(item)
    }

    fn insert_action(&self, order: &Order) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table.name)
            .set_item(Some(self.item(order)?))
            .condition_expression("attribute_not_exists(order_id)")
            .build()
            .map_err(|e| StoreError::Rejected(e.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

pub(crate) fn order_key(user_id: &UserId, order_id: &OrderId) -> Item {
    key([("user_id", user_id.as_str()), ("order_id", order_id.as_str())])
}

/// The order id without hyphens, and the attempt: at most 36 characters, DynamoDB's limit.
fn request_token(order_id: &OrderId, attempt: u32) -> String {
    format!("{}.{attempt}", order_id.as_str().replace('-', ""))
}
