//! Orders as staff find them: by their id alone, by status, by open returns.
//!
//! Three sparse indexes of the orders table hold the keys of every order that somebody tried to pay. Placing an order
//! writes none of them. A list is spread over [`BUCKETS`] partitions by the last character of the order id, which is
//! random: an index partition that is too hot would throttle the table itself.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;
use serde::Deserialize;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{Order, OrderStatus};

use crate::orders::order_key;
use crate::table::{Item, number, text};
use crate::{Orders, StoreError};

/// The last characters that an order id can have. Each takes 1,000 writes a second.
const BUCKETS: &str = "0123456789abcdef";

/// A list of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffList {
    /// Those with this status.
    Status(OrderStatus),
    /// Those with a return that staff have to decide about.
    OpenReturns,
}

/// Some orders of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffPage {
    /// The orders, as they stand now. There may be fewer than asked for although more follow: an order that has left the
    /// list since the index was written is left out.
    pub orders: Vec<Order>,
    /// Where the next page begins, if there are more.
    pub next: Option<OrderId>,
}

#[derive(Deserialize)]
struct Key {
    user_id: UserId,
    order_id: OrderId,
}

impl StaffList {
    const fn index(self) -> (&'static str, &'static str) {
        match self {
            Self::Status(_) => ("by_status", "status_list"),
            Self::OpenReturns => ("by_return", "return_list"),
        }
    }

    /// The index's hash key in one of its partitions: `paid#7`.
    fn partition(self, bucket: char) -> AttributeValue {
        match self {
            Self::Status(status) => text(format!("{}#{bucket}", status.as_str())),
            Self::OpenReturns => text(format!("requested#{bucket}")),
        }
    }

    fn has(self, order: &Order) -> bool {
        match self {
            Self::Status(status) => order.status == status,
            Self::OpenReturns => order.has_open_return(),
        }
    }
}

impl Orders {
    /// Whose order it is, for staff, who know only its id. Eventually consistent: an order is found a moment after
    /// somebody first tried to pay it, and from then on always.
    pub async fn owner(&self, order_id: &OrderId) -> Result<Option<UserId>, StoreError> {
        let request = self.table.client.query().table_name(&self.table.name).index_name("by_order");
        let request = request
            .key_condition_expression("order_id = :order")
            .expression_attribute_values(":order", text(order_id))
            .limit(1);
        let found = request.send().await?.items.unwrap_or_default().pop();
        Ok(found.map(|item| self.table.read::<Key>(item)).transpose()?.map(|key| key.user_id))
    }

    /// Orders of a list beyond `after`, by the time of their placement.
    pub async fn staff_list(
        &self,
        list: StaffList,
        newest_first: bool,
        after: Option<&OrderId>,
        limit: usize,
    ) -> Result<StaffPage, StoreError> {
        // Each partition gives as many as the whole page may need, and one more tells whether there is another page.
        let wanted = i32::try_from(limit + 1).map_err(|e| StoreError::Rejected(e.to_string()))?;
        let partitions = BUCKETS.chars().map(|bucket| self.bucket(list, bucket, newest_first, after, wanted));
        let mut keys: Vec<Key> = try_join_all(partitions).await?.into_iter().flatten().collect();
        keys.sort_by(|a, b| if newest_first { b.order_id.cmp(&a.order_id) } else { a.order_id.cmp(&b.order_id) });
        let more = keys.len() > limit;
        keys.truncate(limit);

        let wanted = keys.iter().map(|key| order_key(&key.user_id, &key.order_id)).collect();
        let found: Vec<Order> = self.table.get_many(wanted, false).await?;
        let mut found: HashMap<OrderId, Order> =
            found.into_iter().map(|order| (order.order_id.clone(), order)).collect();
        let orders = keys.iter().filter_map(|key| found.remove(&key.order_id)).filter(|order| list.has(order));
        let next = keys.last().filter(|_| more).map(|key| key.order_id.clone());
        Ok(StaffPage { orders: orders.collect(), next })
    }

    async fn bucket(
        &self,
        list: StaffList,
        bucket: char,
        newest_first: bool,
        after: Option<&OrderId>,
        limit: i32,
    ) -> Result<Vec<Key>, StoreError> {
        let (index, attribute) = list.index();
        let mut condition = format!("{attribute} = :partition");
        let request = self.table.client.query().table_name(&self.table.name).index_name(index);
        let mut request = request.expression_attribute_values(":partition", list.partition(bucket));
        if let Some(after) = after {
            condition.push_str(if newest_first { " AND order_id < :after" } else { " AND order_id > :after" });
            request = request.expression_attribute_values(":after", text(after));
        }
        let request = request.key_condition_expression(condition).scan_index_forward(!newest_first).limit(limit);
        let items = request.send().await?.items.unwrap_or_default();
        items.into_iter().map(|item| self.table.read(item)).collect()
    }
}

/// What puts an order into the indexes. An index entry moves when its list changes: two index writes; `for_staff` never
/// changes, so that an order does not disappear for those who look it up between two lists.
pub(crate) fn index_attributes(order: &Order) -> Item {
    let mut attributes = Item::new();
    if order.is_for_staff() {
        let bucket = order.order_id.as_str().chars().last().unwrap_or('0');
        attributes.insert("for_staff".to_owned(), number(1));
        attributes.insert("status_list".to_owned(), StaffList::Status(order.status).partition(bucket));
        if order.has_open_return() {
            attributes.insert("return_list".to_owned(), StaffList::OpenReturns.partition(bucket));
        }
    }
    attributes
}
