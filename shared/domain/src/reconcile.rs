//! Counting stock, orders and money against each other. Pure: callers read, this says what does not agree.
//!
//! - [`check_order`] holds one order against itself: nothing else is needed, and it may be read at any moment.
//! - [`Sums`] adds up what all orders keep out of stock and did to store credit, and holds each product's counts and each
//!   account's balance against that. Orders come one by one and are not kept.
//! - [`ProviderRecords`] holds orders against what a payment provider says it took and gave back.
//!
//! Orders, counts and balances change while they are read, so a first look may find differences that are none. A mark
//! ([`Sums::same_orders`]) tells whether any order of a product or account changed between two passes over all orders;
//! what was read of stock between two passes with equal marks belongs to exactly these orders.

mod order_rules;
mod provider;
mod sums;

use serde::Serialize;

use crate::ids::{OrderId, ProductId, UserId};
use crate::stock::ShardId;

pub use order_rules::{GracePeriods, check_order};
pub use provider::{ProviderPayment, ProviderRecords, ProviderRefund};
pub use sums::{StockRecords, Sums};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What disagrees. Says what `expected` and `actual` of a [`Discrepancy`] are.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum DiscrepancyKind {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl DiscrepancyKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in reports and log lines.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

kinds! {
    /// Units of a product: what staff brought (the ledger's sum), and what is available or kept by orders.
    StockUnexplained = "stock_unexplained",
    /// A count below zero: 0, and the count.
    CountNegative = "count_negative",
    /// A region's shards of a product are not those that the first one says: how many it says, and how many of them there
    /// are; when none is missing, how many there are at all.
    ShardNumber = "shard_number",
    /// An order's lines together and its total, in minor units.
    OrderTotal = "order_total",
    /// Units of a product that an order in this status keeps, and that it does keep.
    OrderUnits = "order_units",
    /// Money that an order in this status keeps (taken, less given back or owed), and that it does keep, in minor units.
    OrderMoney = "order_money",
    /// An attempt that did not complete holds money: 0, and how much in minor units.
    AttemptMoney = "attempt_money",
    /// More is given back or owed than an attempt took: what it took, and what is owed, in minor units.
    OverRefunded = "over_refunded",
    /// A refund whose attempt or return is not there, without an amount, or completed without an id: 1 and 0.
    RefundMismatch = "refund_mismatch",
    /// An unpaid order is still held: seconds that it may take to expire after its hold, and that it took so far.
    HoldOverdue = "hold_overdue",
    /// An attempt is still being processed: seconds that it may take, and that it took so far.
    PaymentOverdue = "payment_overdue",
    /// A refund is still pending: seconds that it may take, and that it took so far.
    RefundOverdue = "refund_overdue",
    /// An account's store credit by its orders, and its balance, in minor units.
    CreditUnexplained = "credit_unexplained",
    /// A balance below zero: 0, and the balance in minor units.
    CreditNegative = "credit_negative",
    /// An item that the code cannot read: 1 and 0.
    Unreadable = "unreadable",
    /// The provider took money that the order does not know of: what the order has, and what was taken, in minor units.
    PaymentUnrecorded = "payment_unrecorded",
    /// The order has money that the provider does not know of: what the order has, and 0.
    PaymentUnknown = "payment_unknown",
    /// Order and provider name different amounts, in minor units.
    PaymentAmount = "payment_amount",
    /// One attempt took money more than once: how often it should have (1), and how often it did.
    ChargedTwice = "charged_twice",
    /// The provider gave money back that the order does not know of: what the order has, and what was given.
    RefundUnrecorded = "refund_unrecorded",
    /// The order says that money was given back, and the provider does not know of it: what the order has, and 0.
    RefundUnknown = "refund_unknown",
    /// Order and provider name different amounts, in minor units.
    RefundAmount = "refund_amount",
    /// One refund was given more than once: how often it should have been (1), and how often it was.
    RefundedTwice = "refunded_twice",
}

impl DiscrepancyKind {
    /// Whether it can heal by itself when the order's messages are sent again.
    pub const fn is_stuck(self) -> bool {
        matches!(self, Self::HoldOverdue | Self::PaymentOverdue | Self::RefundOverdue)
    }
}

/// What a difference is about, by its ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Subject {
    /// One shard of a product's stock.
    Shard {
        /// Of which product.
        product_id: ProductId,
        /// Which shard.
        shard: ShardId,
    },
    /// A product.
    Product {
        /// Which.
        product_id: ProductId,
    },
    /// A product in an order.
    OrderProduct {
        /// Whose.
        user_id: UserId,
        /// Which order.
        order_id: OrderId,
        /// Which product.
        product_id: ProductId,
    },
    /// An attempt to pay an order.
    Attempt {
        /// Whose.
        user_id: UserId,
        /// Which order.
        order_id: OrderId,
        /// Which attempt of it.
        attempt: usize,
    },
    /// A refund of an order.
    Refund {
        /// Whose.
        user_id: UserId,
        /// Which order.
        order_id: OrderId,
        /// Which refund of it.
        refund: usize,
    },
    /// An order.
    Order {
        /// Whose.
        user_id: UserId,
        /// Which.
        order_id: OrderId,
    },
    /// An account.
    Account {
        /// Which.
        user_id: UserId,
    },
    /// What only the provider knows.
    AtProvider {
        /// The key that it was given: [`crate::order::Order::payment_key`] or [`crate::order::Order::refund_key`].
        idempotency_key: String,
        /// Its own id of the payment or refund.
        provider_id: String,
    },
    /// An item that cannot be read.
    Item {
        /// In which table.
        table: String,
        /// Its key, the parts joined by `/`.
        key: String,
    },
}

impl Subject {
    /// The order, if it is about one.
    pub const fn order(&self) -> Option<(&UserId, &OrderId)> {
        match self {
            Self::OrderProduct { user_id, order_id, .. }
            | Self::Attempt { user_id, order_id, .. }
            | Self::Refund { user_id, order_id, .. }
            | Self::Order { user_id, order_id } => Some((user_id, order_id)),
            _ => None,
        }
    }

    /// The product, if it is about one.
    pub const fn product(&self) -> Option<&ProductId> {
        match self {
            Self::Shard { product_id, .. } | Self::Product { product_id } | Self::OrderProduct { product_id, .. } => {
                Some(product_id)
            }
            _ => None,
        }
    }
}

/// Two things that should agree and do not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Discrepancy {
    /// What disagrees.
    pub kind: DiscrepancyKind,
    /// Where, by ids.
    #[serde(flatten)]
    pub subject: Subject,
    /// By the books; [`DiscrepancyKind`] says in what.
    pub expected: i64,
    /// As it is.
    pub actual: i64,
}

impl Discrepancy {
    /// An item that the code cannot read.
    pub fn unreadable(table: impl Into<String>, key: impl Into<String>) -> Self {
        let subject = Subject::Item { table: table.into(), key: key.into() };
        Self { kind: DiscrepancyKind::Unreadable, subject, expected: 1, actual: 0 }
    }
}
