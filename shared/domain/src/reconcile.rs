//! Reconciliation of stock, orders and money. Pure: callers read the data, this module returns the discrepancies.
//!
//! - [`check_order`] checks the consistency of one order. It needs no other data and works on an order read at any
//!   time.
//! - [`Sums`] adds up the allocated units and the store credit of all orders, and compares each product's counts and each
//!   account's balance with the sums. Orders are added one by one and not kept in memory.
//! - [`ProviderRecords`] compares orders with the captures and refunds of a payment provider.
//!
//! Orders, counts and balances change while they are read, so a first pass may find discrepancies that do not exist.
//! Sums contain a checksum of order versions ([`Sums::same_orders`]): if the checksums of two passes are equal, no
//! order of a product or account changed between them, and what was read of stock in between belongs to exactly these
//! orders.

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
        /// Kind of a discrepancy. Defines `expected` and `actual` of the [`Discrepancy`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum DiscrepancyKind {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl DiscrepancyKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name in reports and log lines.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

kinds! {
    /// Units of a product: sum of the ledger; available units plus units allocated to orders.
    StockUnexplained = "stock_unexplained",
    /// A negative count: 0; the count.
    CountNegative = "count_negative",
    /// The shards of a product in a region differ from the number stored with the first one: that number; the number of
    /// those shards that exist, or of all shards if none of those is missing.
    ShardNumber = "shard_number",
    /// Sum of an order's lines; its total, in minor units.
    OrderTotal = "order_total",
    /// Units of a product that an order in its status should have allocated; units that it has allocated.
    OrderUnits = "order_units",
    /// Money that an order in its status should keep (captures less refunds, due or completed); money that it keeps, in
    /// minor units.
    OrderMoney = "order_money",
    /// An attempt that is not completed has a captured amount: 0; the amount in minor units.
    AttemptMoney = "attempt_money",
    /// The refunds of an attempt exceed its capture: the capture; the refunds, in minor units.
    OverRefunded = "over_refunded",
    /// A refund without its attempt or return, without an amount, or completed without an id: 1; 0.
    RefundMismatch = "refund_mismatch",
    /// An unpaid order is not expired: allowed seconds after the end of its hold; seconds so far.
    HoldOverdue = "hold_overdue",
    /// An attempt is still processing: allowed seconds; seconds so far.
    PaymentOverdue = "payment_overdue",
    /// A refund is still pending: allowed seconds; seconds so far.
    RefundOverdue = "refund_overdue",
    /// Store credit of an account: sum of its orders; its balance, in minor units.
    CreditUnexplained = "credit_unexplained",
    /// A negative balance: 0; the balance in minor units.
    CreditNegative = "credit_negative",
    /// An item that cannot be deserialised: 1; 0.
    Unreadable = "unreadable",
    /// A capture at the provider that the order does not have: amount in the order; amount at the provider, in minor
    /// units.
    PaymentUnrecorded = "payment_unrecorded",
    /// A capture of the order that the provider does not have: amount in the order; 0.
    PaymentUnknown = "payment_unknown",
    /// The amounts differ: amount in the order; amount at the provider, in minor units.
    PaymentAmount = "payment_amount",
    /// One attempt has several captures at the provider: 1; their number.
    ChargedTwice = "charged_twice",
    /// A refund at the provider that the order does not have: amount in the order; amount at the provider.
    RefundUnrecorded = "refund_unrecorded",
    /// A completed refund of the order that the provider does not have: amount in the order; 0.
    RefundUnknown = "refund_unknown",
    /// The amounts differ: amount in the order; amount at the provider, in minor units.
    RefundAmount = "refund_amount",
    /// One refund was paid several times at the provider: 1; how often.
    RefundedTwice = "refunded_twice",
}

impl DiscrepancyKind {
    /// Whether sending the messages of the order again can resolve it.
    pub const fn is_stuck(self) -> bool {
        matches!(self, Self::HoldOverdue | Self::PaymentOverdue | Self::RefundOverdue)
    }
}

/// Subject of a discrepancy, by ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Subject {
    /// A shard of a product's stock.
    Shard {
        /// The product.
        product_id: ProductId,
        /// The shard.
        shard: ShardId,
    },
    /// A product.
    Product {
        /// The product.
        product_id: ProductId,
    },
    /// A product in an order.
    OrderProduct {
        /// Owner of the order.
        user_id: UserId,
        /// The order.
        order_id: OrderId,
        /// The product.
        product_id: ProductId,
    },
    /// A payment attempt of an order.
    Attempt {
        /// Owner of the order.
        user_id: UserId,
        /// The order.
        order_id: OrderId,
        /// Index of the attempt.
        attempt: usize,
    },
    /// A refund of an order.
    Refund {
        /// Owner of the order.
        user_id: UserId,
        /// The order.
        order_id: OrderId,
        /// Index of the refund.
        refund: usize,
    },
    /// An order.
    Order {
        /// Owner of the order.
        user_id: UserId,
        /// The order.
        order_id: OrderId,
    },
    /// An account.
    Account {
        /// The account.
        user_id: UserId,
    },
    /// A payment or refund that exists only at the provider.
    AtProvider {
        /// Idempotency key at the provider: [`crate::order::Order::payment_key`] or
        /// [`crate::order::Order::refund_key`].
        idempotency_key: String,
        /// Id of the payment or refund at the provider.
        provider_id: String,
    },
    /// An item that cannot be deserialised.
    Item {
        /// Name of the table.
        table: String,
        /// Key of the item, its parts joined by `/`.
        key: String,
    },
}

impl Subject {
    /// The order, if the subject belongs to one.
    pub const fn order(&self) -> Option<(&UserId, &OrderId)> {
        match self {
            Self::OrderProduct { user_id, order_id, .. }
            | Self::Attempt { user_id, order_id, .. }
            | Self::Refund { user_id, order_id, .. }
            | Self::Order { user_id, order_id } => Some((user_id, order_id)),
            Self::Shard { .. }
            | Self::Product { .. }
            | Self::Account { .. }
            | Self::AtProvider { .. }
            | Self::Item { .. } => None,
        }
    }

    /// The product, if the subject belongs to one.
    pub const fn product(&self) -> Option<&ProductId> {
        match self {
            Self::Shard { product_id, .. } | Self::Product { product_id } | Self::OrderProduct { product_id, .. } => {
                Some(product_id)
            }
            Self::Attempt { .. }
            | Self::Refund { .. }
            | Self::Order { .. }
            | Self::Account { .. }
            | Self::AtProvider { .. }
            | Self::Item { .. } => None,
        }
    }
}

/// A discrepancy between two sources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Discrepancy {
    /// Kind.
    pub kind: DiscrepancyKind,
    /// Subject.
    #[serde(flatten)]
    pub subject: Subject,
    /// Expected value; [`DiscrepancyKind`] defines its unit.
    pub expected: i64,
    /// Actual value.
    pub actual: i64,
}

impl Discrepancy {
    /// An item that cannot be deserialised.
    pub fn unreadable(table: impl Into<String>, key: impl Into<String>) -> Self {
        let subject = Subject::Item { table: table.into(), key: key.into() };
        Self { kind: DiscrepancyKind::Unreadable, subject, expected: 1, actual: 0 }
    }
}
