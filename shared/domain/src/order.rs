//! An order, with its payment and refunds: one document, one conditional write for every step of its life.

mod refunds;
mod returns;
mod timeline;
mod transitions;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::address::ShippingAddress;
use crate::cart::Quantity;
use crate::ids::{OrderId, ProductId, UserId};
use crate::money::{Currency, Money, MoneyError};
use crate::stock::{Allocation, Cause, ShardId};
use crate::time::Timestamp;
use crate::validation::Invalid;

pub use refunds::{Refund, RefundStatus, RefundTarget};
pub use returns::{MAX_REASON_CHARS, MAX_RETURNS, Return, ReturnItem, ReturnStatus};
pub use timeline::{TimelineEntry, TimelineEvent};
pub use transitions::{Event, ProviderOutcome, RefundGrant, TransitionError};

/// Most payment attempts of one order; further ones are refused, so that the item stays small.
pub const MAX_PAYMENT_ATTEMPTS: usize = 10;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Placed; its stock is held until `hold_expires_at`.
    PendingPayment,
    /// Paid; to be shipped.
    Paid,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Called off. If it was paid, a refund is due.
    Cancelled,
    /// Not paid in time.
    Expired,
    /// All the money went back.
    Refunded,
    /// Some of the money went back.
    PartiallyRefunded,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::PendingPayment,
        Self::Paid,
        Self::Shipped,
        Self::Delivered,
        Self::Cancelled,
        Self::Expired,
        Self::Refunded,
        Self::PartiallyRefunded,
    ];

    /// The word clients see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingPayment => "pending_payment",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
            Self::PartiallyRefunded => "partially_refunded",
        }
    }
}

impl std::str::FromStr for OrderStatus {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|status| status.as_str() == raw).ok_or_else(|| {
            let words = Self::ALL.map(|status| format!("\"{}\"", status.as_str()));
            Invalid::new("unknown_value", format!("must be one of {}", words.join(", ")))
        })
    }
}

/// How the shopper wants to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// A card, entered at the provider; no card number reaches Souk.
    CreditCard,
    /// A `PayPal` account.
    Paypal,
    /// A transfer from a bank.
    BankTransfer,
    /// The credit that the account has with the shop.
    StoreCredit,
}

impl PaymentMethod {
    /// Every method.
    pub const ALL: [Self; 4] = [Self::CreditCard, Self::Paypal, Self::BankTransfer, Self::StoreCredit];

    /// The word in requests and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreditCard => "credit_card",
            Self::Paypal => "paypal",
            Self::BankTransfer => "bank_transfer",
            Self::StoreCredit => "store_credit",
        }
    }
}

impl std::str::FromStr for PaymentMethod {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|method| method.as_str() == raw).ok_or_else(|| {
            Invalid::new("unknown_value", "must be \"credit_card\", \"paypal\", \"bank_transfer\" or \"store_credit\"")
        })
    }
}

/// One product of an order, with name and price as they were when it was placed. The stored names are short, because a
/// line is most of an order's size and size is what DynamoDB charges for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderLine {
    /// Which product.
    #[serde(rename = "p")]
    pub product_id: ProductId,
    /// Its name then.
    #[serde(rename = "n")]
    pub name: String,
    /// Its price then, for one.
    #[serde(rename = "u")]
    pub unit_price_minor: i64,
    /// How many.
    #[serde(rename = "q")]
    pub quantity: Quantity,
    /// The units that this order keeps out of stock, held or sold. Empty once they were given back.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub allocation: Vec<Allocation>,
}

/// How a payment attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptStatus {
    /// The provider was asked, or is about to be; its answer is not known yet, or it takes days, as a bank debit does.
    Processing,
    /// The shopper must do something at the provider.
    RequiresAction,
    /// The money was taken.
    Completed,
    /// No money was taken, says the provider. If it takes some all the same, that counts.
    Failed,
}

/// One attempt to pay.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PaymentAttempt {
    /// How it stands.
    pub status: AttemptStatus,
    /// With what the shopper pays.
    pub method: PaymentMethod,
    /// When it began.
    pub started_at: Timestamp,
    /// Hashed `Idempotency-Key` and request of the client, so that a retry finds its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<crate::idempotency::IdempotencyKey>,
    /// The client's one-time token, kept only while the provider may have to be asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The provider's id of the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<String>,
    /// Why it failed, as a stable code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// Where the shopper must go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_url: Option<String>,
    /// What was taken, in minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub captured_minor: i64,
    /// When the provider was last asked and had no final answer. Moving it on is what has it asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Timestamp>,
}

/// How an order travels.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shipment {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number.
    pub tracking_number: String,
}

/// An order. Changed only by [`Order::apply`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Order {
    /// Whose.
    pub user_id: UserId,
    /// Sorts by time of placement.
    pub order_id: OrderId,
    /// Where it stands.
    pub status: OrderStatus,
    /// What was chosen at placement.
    pub payment_method: PaymentMethod,
    /// Of every amount in it.
    pub currency: Currency,
    /// What it costs, in minor units.
    pub total_minor: i64,
    /// What was ordered.
    pub lines: Vec<OrderLine>,
    /// Where it goes.
    pub shipping_address: ShippingAddress,
    /// Until when its stock is held unpaid.
    pub hold_expires_at: Timestamp,
    /// Attempts to pay, oldest first, at most [`MAX_PAYMENT_ATTEMPTS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<PaymentAttempt>,
    /// Refunds, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
    /// Returns, oldest first, at most [`MAX_RETURNS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
    /// How it travels, once it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<Shipment>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// 1 when placed; each save adds one.
    pub version: u64,
}

/// What a new order is made of.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Whose.
    pub user_id: UserId,
    /// Its id.
    pub order_id: OrderId,
    /// With what the shopper wants to pay.
    pub payment_method: PaymentMethod,
    /// Of every price in it.
    pub currency: Currency,
    /// What is ordered, allocated or not.
    pub lines: Vec<OrderLine>,
    /// Where it goes.
    pub shipping_address: ShippingAddress,
    /// How long its stock is held unpaid.
    pub hold_seconds: i64,
}

/// A change of one shard's count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMove {
    /// Of which product.
    pub product_id: ProductId,
    /// Of which shard.
    pub shard: ShardId,
    /// Above zero: units go back to stock. Below: units are taken, if they are there.
    pub delta: i64,
}

impl Order {
    /// Places an order.
    pub fn place(new: NewOrder, now: Timestamp) -> Result<Self, MoneyError> {
        let mut total = Money::zero(new.currency);
        for line in &new.lines {
            total = total.plus(line.total(new.currency)?)?;
        }
        Ok(Self {
            user_id: new.user_id,
            order_id: new.order_id,
            status: OrderStatus::PendingPayment,
            payment_method: new.payment_method,
            currency: new.currency,
            total_minor: total.minor(),
            lines: new.lines,
            shipping_address: new.shipping_address,
            hold_expires_at: now.plus_seconds(new.hold_seconds),
            attempts: Vec::new(),
            refunds: Vec::new(),
            returns: Vec::new(),
            shipment: None,
            timeline: vec![TimelineEntry { at: now, event: TimelineEvent::Placed, index: None }],
            version: 1,
        })
    }

    /// What it costs.
    pub fn total(&self) -> Money {
        Money::from_minor(self.total_minor, self.currency)
    }

    /// When it was placed.
    pub fn placed_at(&self) -> Timestamp {
        self.timeline.first().map_or(self.hold_expires_at, |entry| entry.at)
    }

    /// Whether staff see it in their lists: from its first payment attempt on. What nobody tried to pay is no business of
    /// theirs, and is most of what is ever placed and left to expire.
    pub const fn is_for_staff(&self) -> bool {
        !self.attempts.is_empty()
    }

    /// The word for the payment as a whole: `none`, `processing`, `requires_action`, `completed`, `failed`, `refunded`.
    pub fn payment_status(&self) -> &'static str {
        let any = |status| self.attempts.iter().any(|attempt| attempt.status == status);
        if self.captured_minor() > 0 && self.captured_minor() == self.refunded_minor() {
            "refunded"
        } else if any(AttemptStatus::Completed) {
            "completed"
        } else if any(AttemptStatus::Processing) {
            "processing"
        } else {
            match self.attempts.last().map(|attempt| attempt.status) {
                None => "none",
                Some(AttemptStatus::RequiresAction) => "requires_action",
                Some(_) => "failed",
            }
        }
    }

    /// An attempt whose outcome is not known yet, with its index. None is started beside another, but one that waited for
    /// the shopper may become one.
    pub fn processing_attempt(&self) -> Option<(usize, &PaymentAttempt)> {
        self.attempts.iter().enumerate().find(|(_, attempt)| attempt.status == AttemptStatus::Processing)
    }

    /// The attempt that an earlier run of this request started.
    pub fn attempt_by_key(&self, key: &str) -> Option<(usize, &PaymentAttempt)> {
        let same_key = |attempt: &PaymentAttempt| attempt.request.as_ref().is_some_and(|request| request.key == key);
        self.attempts.iter().enumerate().find(|(_, attempt)| same_key(attempt))
    }

    /// The attempt whose money paid the order, with its index. Further captures are refunded and pay for nothing.
    pub fn paying_attempt(&self) -> Option<(usize, &PaymentAttempt)> {
        let paid = self.timeline.iter().rfind(|entry| entry.event == TimelineEvent::Paid)?;
        let index = paid.index?;
        Some((index, self.attempts.get(index)?))
    }

    /// What the provider is given, so that asking again never charges again.
    pub fn payment_key(&self, attempt: usize) -> String {
        format!("{}#pay{attempt}", self.order_id)
    }

    /// What the provider is given, so that asking again never refunds again.
    pub fn refund_key(&self, refund: usize) -> String {
        match self.refunds.get(refund).map_or(0, |refund| refund.retries) {
            0 => format!("{}#refund{refund}", self.order_id),
            retries => format!("{}#refund{refund}.{retries}", self.order_id),
        }
    }

    /// All money taken, in minor units.
    pub fn captured_minor(&self) -> i64 {
        self.attempts.iter().map(|attempt| attempt.captured_minor).sum()
    }

    /// How a step from `before` to `self` changes stock: the difference of what the two keep out of it.
    ///
    /// The store does it in the same transaction that saves the step, so stock and order cannot disagree.
    pub fn stock_moves_since(&self, before: &Self) -> Vec<StockMove> {
        let mut deltas: BTreeMap<(&ProductId, &ShardId), i64> = BTreeMap::new();
        for (order, sign) in [(before, 1), (self, -1)] {
            for line in &order.lines {
                for part in &line.allocation {
                    *deltas.entry((&line.product_id, &part.shard)).or_default() += sign * i64::from(part.quantity);
                }
            }
        }
        let changed = deltas.into_iter().filter(|(_, delta)| *delta != 0);
        changed
            .map(|((product_id, shard), delta)| StockMove {
                product_id: product_id.clone(),
                shard: shard.clone(),
                delta,
            })
            .collect()
    }

    /// What the counts are marked with that the step to `self` changes.
    pub fn stock_cause(&self) -> Cause {
        Cause::Order { order_id: self.order_id.clone(), user_id: self.user_id.clone(), version: self.version }
    }

    /// How a step from `before` to `self` changes the account's store credit, in minor units: what was paid with it goes
    /// off, what was refunded to it comes on. Done in the same transaction too.
    pub fn credit_move_since(&self, before: &Self) -> i64 {
        self.credit_minor() - before.credit_minor()
    }

    /// What this order ever gave to the account's store credit, less what was paid with it, in minor units.
    pub fn credit_minor(&self) -> i64 {
        let paid = self.attempts.iter().filter(|attempt| attempt.method == PaymentMethod::StoreCredit);
        let given = self
            .refunds
            .iter()
            .filter(|refund| refund.target == RefundTarget::StoreCredit && refund.status == RefundStatus::Completed);
        given.map(|refund| refund.amount_minor).sum::<i64>() - paid.map(|a| a.captured_minor).sum::<i64>()
    }
}

impl OrderLine {
    /// What the line costs.
    pub fn total(&self, currency: Currency) -> Result<Money, MoneyError> {
        Money::from_minor(self.unit_price_minor, currency).times(self.quantity.get())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}
