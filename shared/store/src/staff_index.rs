//! The sparse indexes through which staff find orders: by id alone, by status, by open returns.
//!
//! An order enters the indexes with its first payment attempt; placing an order writes none of them. A list is spread
//! over [`BUCKETS`] partitions by the last character of the order id, which is random, because a hot index partition
//! would throttle the table itself.

use aws_sdk_dynamodb::types::AttributeValue;
use souk_domain::order::{Order, OrderStatus};

use crate::table::{Item, number, text};

/// The possible last characters of an order id: one partition each, with a capacity of 1,000 writes a second.
pub(crate) const BUCKETS: &str = "0123456789abcdef";

/// A list of orders for staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffOrderList {
    /// Orders with this status.
    Status(OrderStatus),
    /// Orders with a return that staff have to accept or reject.
    OpenReturns,
}

impl StaffOrderList {
    /// The name of the index and of its hash key attribute.
    pub(crate) const fn index(self) -> (&'static str, &'static str) {
        match self {
            Self::Status(_) => ("by_status", "status_list"),
            Self::OpenReturns => ("by_return", "return_list"),
        }
    }

    /// The hash key of one partition of the index, such as `paid#7`.
    pub(crate) fn partition(self, bucket: char) -> AttributeValue {
        match self {
            Self::Status(status) => text(format!("{}#{bucket}", status.as_str())),
            Self::OpenReturns => text(format!("requested#{bucket}")),
        }
    }

    /// Whether an order is in the list.
    pub(crate) fn contains(self, order: &Order) -> bool {
        match self {
            Self::Status(status) => order.status == status,
            Self::OpenReturns => order.has_open_return(),
        }
    }
}

/// The attributes that put an order into the indexes. When the status changes, the index entry moves: two index writes.
/// `for_staff` never changes, so an order can always be found by its id.
pub(crate) fn index_attributes(order: &Order) -> Item {
    let mut attributes = Item::new();
    if order.is_for_staff() {
        let bucket = order.order_id.as_str().chars().last().unwrap_or('0');
        attributes.insert("for_staff".to_owned(), number(1));
        attributes.insert("status_list".to_owned(), StaffOrderList::Status(order.status).partition(bucket));
        if order.has_open_return() {
            attributes.insert("return_list".to_owned(), StaffOrderList::OpenReturns.partition(bucket));
        }
    }
    attributes
}
