//! Queries of orders for staff, through the indexes of [`crate::staff_index`].

use std::collections::HashMap;

use futures_util::future::try_join_all;
use serde::Deserialize;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::Order;

use crate::orders::order_key;
use crate::staff_index::{BUCKETS, StaffOrderList};
use crate::table::text;
use crate::{Orders, StoreError};

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffOrderPage {
    /// The orders in their current state. May be fewer than requested although more pages follow: an order that has
    /// left the list since the index was written is omitted.
    pub orders: Vec<Order>,
    /// The order after which the next page continues, if there is one.
    pub next: Option<OrderId>,
}

#[derive(Deserialize)]
struct Key {
    user_id: UserId,
    order_id: OrderId,
}

impl Orders {
    /// The owner of an order, for staff, who know only its id. Eventually consistent: an order is found shortly after
    /// its first payment attempt, and always from then on.
    pub async fn owner(&self, order_id: &OrderId) -> Result<Option<UserId>, StoreError> {
        let request = self.table.client.query().table_name(&self.table.name).index_name("by_order");
        let request = request
            .key_condition_expression("order_id = :order")
            .expression_attribute_values(":order", text(order_id))
            .limit(1);
        let found = request.send().await?.items.unwrap_or_default().pop();
        Ok(found.map(|item| self.table.read::<Key>(item)).transpose()?.map(|key| key.user_id))
    }

    /// A page of a list after the order `after`, sorted by the time of placement.
    pub async fn list_for_staff(
        &self,
        list: StaffOrderList,
        newest_first: bool,
        after: Option<&OrderId>,
        limit: usize,
    ) -> Result<StaffOrderPage, StoreError> {
        // Any partition may hold the whole page. One more order shows whether another page follows.
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
        let orders = keys.iter().filter_map(|key| found.remove(&key.order_id)).filter(|order| list.contains(order));
        let next = keys.last().filter(|_| more).map(|key| key.order_id.clone());
        Ok(StaffOrderPage { orders: orders.collect(), next })
    }

    async fn bucket(
        &self,
        list: StaffOrderList,
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
