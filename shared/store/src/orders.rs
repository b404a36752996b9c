//! Orders. Placing one is one transaction; the steps of its life are in [`crate::OrderSteps`].

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{Put, ReturnConsumedCapacity, TransactWriteItem};
use souk_domain::cart::Cart;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::Order;

use crate::error::{Cancelled, cancelled};
use crate::table::{Item, Table, key, number, text};
use crate::{Carts, Inventory, Saved, StoreError, staff_orders};

/// Most actions of one transaction, as DynamoDB has it. An order takes one, its cart another, every allocation one.
pub const MAX_ACTIONS: usize = 100;

/// The orders table.
#[derive(Clone)]
pub struct Orders {
    pub(crate) table: Table,
}

/// What became of an attempt to place an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Placement {
    /// It is placed.
    Placed {
        /// Write units that DynamoDB says it consumed, over all tables.
        write_units: f64,
    },
    /// The cart is no longer the one that was read.
    CartChanged,
    /// Of these lines (by index) a shard had too few.
    Short(Vec<usize>),
    /// Other transactions were in the way, or DynamoDB was slow to grow; nothing was written.
    Contended,
}

/// Some of an account's orders, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderPage {
    /// The orders.
    pub orders: Vec<Order>,
    /// The last of them, if there are more.
    pub next: Option<OrderId>,
}

impl Orders {
    /// The orders of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// One order, strongly consistent.
    pub async fn get(&self, user_id: &UserId, order_id: &OrderId) -> Result<Option<Order>, StoreError> {
        self.table.get(order_key(user_id, order_id), true).await
    }

    /// An account's orders, newest first, older than `after`.
    pub async fn list(&self, user_id: &UserId, after: Option<&OrderId>, limit: i32) -> Result<OrderPage, StoreError> {
        let request = self.table.client.query().table_name(&self.table.name);
        let answer = request
            .key_condition_expression("user_id = :user")
            .expression_attribute_values(":user", text(user_id))
            .set_exclusive_start_key(after.map(|order_id| order_key(user_id, order_id)))
            .scan_index_forward(false)
            .limit(limit)
            .send()
            .await?;
        let more = answer.last_evaluated_key.is_some_and(|key| !key.is_empty());
        let items = answer.items.unwrap_or_default().into_iter();
        let orders: Vec<Order> = items.map(|item| self.table.read(item)).collect::<Result<_, _>>()?;
        let next = orders.last().filter(|_| more).map(|order| order.order_id.clone());
        Ok(OrderPage { orders, next })
    }

    /// Tries once to place an order: takes its units, writes it, and saves its cart, all or nothing.
    ///
    /// `attempt` tells apart tries with different allocations: each has its own request token, so that a resent request
    /// is recognised and a new try is not taken for it.
    pub async fn place(
        &self,
        order: &Order,
        cart: &Cart,
        carts: &Carts,
        inventory: &Inventory,
        attempt: u32,
    ) -> Result<Placement, StoreError> {
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
                Ok(Placement::Placed { write_units })
            }
            Err(error) => match cancelled(&error) {
                None => Err(error.into()),
                Some(Cancelled::Contention) => Ok(Placement::Contended),
                // The first two actions are the cart and the order; either says that this request lost a race.
                Some(Cancelled::Condition(failed)) if failed.iter().any(|action| *action < 2) => {
                    Ok(Placement::CartChanged)
                }
                Some(Cancelled::Condition(failed)) => {
                    let mut lines: Vec<usize> =
                        failed.into_iter().filter_map(|action| line_of_action[action]).collect();
                    lines.dedup();
                    Ok(Placement::Short(lines))
                }
            },
        }
    }

    /// Waits before another try of [`Orders::place`], with jitter.
    pub async fn back_off(&self, tries: u32) {
        self.table.back_off(tries).await;
    }

    /// Replaces an order on top of the version that was read. Part of the transaction of a step.
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

    /// The same on its own, at half the price of a transaction.
    pub(crate) async fn replace(&self, order: &Order, seen_version: u64) -> Result<Saved, StoreError> {
        let request = self.table.client.put_item().table_name(&self.table.name);
        let request = request
            .set_item(Some(self.item(order)?))
            .condition_expression("version = :seen")
            .expression_attribute_values(":seen", number(seen_version));
        match request.send().await {
            Ok(_) => Ok(Saved::Done),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(Saved::Stale),
                _ => Err(error.into()),
            },
        }
    }

    /// An order with what puts it into the indexes of the staff. Said here and nowhere else, so that no step can forget it.
    fn item(&self, order: &Order) -> Result<Item, StoreError> {
        let mut item = self.table.write(order)?;
        item.extend(staff_orders::index_attributes(order));
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

/// At most 36 characters, as DynamoDB wants it: the order id without hyphens, and the attempt.
fn request_token(order_id: &OrderId, attempt: u32) -> String {
    format!("{}.{attempt}", order_id.as_str().replace('-', ""))
}
