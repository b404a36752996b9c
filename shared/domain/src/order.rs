//! An order with its payment attempts, refunds and returns: one stored item, changed by one conditional write a step.

mod erasure;
mod refunds;
mod returns;
pub mod size;
mod timeline;
mod transitions;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::address::ShippingAddress;
use crate::contact::Contact;
use crate::ids::{OrderId, ProductId, UserId};
use crate::money::{Currency, Money, MoneyError};
use crate::quantity::Quantity;
use crate::stock::{Allocation, Cause, ShardId};
use crate::time::Timestamp;
use crate::validation::Invalid;

pub use refunds::{Refund, RefundStatus, RefundTarget};
pub use returns::{MAX_REASON_CHARS, Return, ReturnItem, ReturnStatus};
pub use size::{MAX_LINES, MAX_PAYMENT_ATTEMPTS, MAX_REASON_BYTES, MAX_RETURNS, MAX_TOKEN_BYTES};
pub use timeline::{TimelineEntry, TimelineEvent};
pub use transitions::{Event, ProviderOutcome, RefundApproval, RefundGrant, StoreCreditEvent, TransitionError};

/// Status of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Placed; its stock is held until `hold_expires_at`.
    PendingPayment,
    /// Paid; not shipped yet.
    Paid,
    /// Shipped.
    Shipped,
    /// Delivered.
    Delivered,
    /// Cancelled. If it was paid, a refund is due.
    Cancelled,
    /// Not paid before the hold ended.
    Expired,
    /// Refunded in full.
    Refunded,
    /// Refunded in part.
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

    /// The name in responses.
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

/// A payment method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// A card. Its number is entered at the provider and never reaches Souk.
    CreditCard,
    /// A `PayPal` account.
    Paypal,
    /// A bank transfer.
    BankTransfer,
    /// The account's store credit.
    StoreCredit,
}

impl PaymentMethod {
    /// Every method.
    pub const ALL: [Self; 4] = [Self::CreditCard, Self::Paypal, Self::BankTransfer, Self::StoreCredit];

    /// The name in requests and responses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreditCard => "credit_card",
            Self::Paypal => "paypal",
            Self::BankTransfer => "bank_transfer",
            Self::StoreCredit => "store_credit",
        }
    }

    /// The method at the payment provider; `None` for store credit, which needs no provider.
    pub const fn provider_method(self) -> Option<ProviderMethod> {
        match self {
            Self::CreditCard => Some(ProviderMethod::CreditCard),
            Self::Paypal => Some(ProviderMethod::Paypal),
            Self::BankTransfer => Some(ProviderMethod::BankTransfer),
            Self::StoreCredit => None,
        }
    }
}

/// The payment methods that a shop accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentMethods(Vec<PaymentMethod>);

impl PaymentMethods {
    /// Every method.
    pub fn all() -> Self {
        Self(PaymentMethod::ALL.to_vec())
    }

    /// Fails if the shop does not accept a method.
    pub fn check(&self, method: PaymentMethod) -> Result<(), Invalid> {
        if self.0.contains(&method) {
            return Ok(());
        }
        let names: Vec<_> = self.0.iter().map(|method| format!("\"{}\"", method.as_str())).collect();
        Err(Invalid::new("not_accepted", format!("must be one of the methods of this shop: {}", names.join(", "))))
    }
}

impl std::str::FromStr for PaymentMethods {
    type Err = String;

    /// Names that are separated by commas.
    fn from_str(raw: &str) -> Result<Self, String> {
        let methods: Result<Vec<PaymentMethod>, Invalid> = raw.split(',').map(|name| name.trim().parse()).collect();
        methods.map(Self).map_err(|invalid| invalid.message)
    }
}

/// A payment method of the payment provider: every method except store credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderMethod {
    /// [`PaymentMethod::CreditCard`]
    CreditCard,
    /// [`PaymentMethod::Paypal`]
    Paypal,
    /// [`PaymentMethod::BankTransfer`]
    BankTransfer,
}

impl From<ProviderMethod> for PaymentMethod {
    fn from(method: ProviderMethod) -> Self {
        match method {
            ProviderMethod::CreditCard => Self::CreditCard,
            ProviderMethod::Paypal => Self::Paypal,
            ProviderMethod::BankTransfer => Self::BankTransfer,
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

/// One product of an order, with its name and price at placement. The stored attribute names are short, because lines
/// are most of an order's size and DynamoDB charges by size.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderLine {
    /// The product.
    #[serde(rename = "p")]
    pub product_id: ProductId,
    /// Name at placement.
    #[serde(rename = "n")]
    pub name: String,
    /// Unit price at placement.
    #[serde(rename = "u")]
    pub unit_price_minor: i64,
    /// Units.
    #[serde(rename = "q")]
    pub quantity: Quantity,
    /// Units allocated to this order, held or sold. Empty once they are back in stock.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub allocation: Vec<Allocation>,
}

/// Status of a payment attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptStatus {
    /// The outcome is not known: the provider is being called, or the payment takes days, as a bank debit does.
    Processing,
    /// The shopper has to complete an action at the provider.
    RequiresAction,
    /// The money was captured.
    Completed,
    /// The provider reported that no money was captured. A later capture still counts.
    Failed,
}

/// A payment attempt.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PaymentAttempt {
    /// Status.
    pub status: AttemptStatus,
    /// Payment method.
    pub method: PaymentMethod,
    /// The account whose store credit paid, if it is not the owner of the order: it was a guest when it placed the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<UserId>,
    /// When it was started.
    pub started_at: Timestamp,
    /// Idempotency key of the request, by which a retry is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<crate::idempotency::IdempotencyKey>,
    /// The client's one-time token; kept only while the provider may have to be called again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The provider's id of the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<String>,
    /// Stable code of the decline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// Whether the shopper sees a decline without its code: whoever tests stolen cards learns from the code which of
    /// them are worth another try.
    #[serde(default, skip_serializing_if = "is_false")]
    pub general_decline: bool,
    /// URL at which the shopper completes the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_url: Option<String>,
    /// Captured amount in minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub captured_minor: i64,
    /// When the provider last reported that the payment is pending. A change of this time makes the next check due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Timestamp>,
}

/// A shipment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shipment {
    /// Carrier.
    pub carrier: String,
    /// Tracking number of the carrier.
    pub tracking_number: String,
}

/// An order. Changed only by [`Order::apply`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Order {
    /// Owner of the order.
    pub user_id: UserId,
    /// Id; ids sort by time of placement.
    pub order_id: OrderId,
    /// Status.
    pub status: OrderStatus,
    /// Payment method chosen at checkout.
    pub payment_method: PaymentMethod,
    /// Currency of every amount in the order.
    pub currency: Currency,
    /// Total in minor units.
    pub total_minor: i64,
    /// Ordered products.
    pub lines: Vec<OrderLine>,
    /// Shipping address.
    pub shipping_address: ShippingAddress,
    /// How to reach whoever placed it. Orders of release 0.1.0 have none, nor have erased ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Whether contact and address were erased, because the account was deleted and the order was never paid.
    #[serde(default, skip_serializing_if = "is_false")]
    pub erased: bool,
    /// Whether the account was deleted and the order kept as it is, because it was paid. A link then shows neither contact
    /// nor address.
    #[serde(default, skip_serializing_if = "is_false")]
    pub account_deleted: bool,
    /// When the hold on its stock ends unless it is paid.
    pub hold_expires_at: Timestamp,
    /// Payment attempts, oldest first, at most [`MAX_PAYMENT_ATTEMPTS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<PaymentAttempt>,
    /// Refunds, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
    /// Returns, oldest first, at most [`MAX_RETURNS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
    /// Shipment, once it is shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<Shipment>,
    /// Timeline, oldest entry first.
    pub timeline: Vec<TimelineEntry>,
    /// 1 when placed; each save increments it.
    pub version: u64,
}

/// The data of a new order.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Owner of the order.
    pub user_id: UserId,
    /// Id.
    pub order_id: OrderId,
    /// Payment method chosen at checkout.
    pub payment_method: PaymentMethod,
    /// Currency of every price.
    pub currency: Currency,
    /// Ordered products, allocated or not.
    pub lines: Vec<OrderLine>,
    /// Shipping address.
    pub shipping_address: ShippingAddress,
    /// How to reach whoever places it.
    pub contact: Option<Contact>,
    /// Duration of the hold.
    pub hold_seconds: i64,
}

/// A change of a shard's count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMove {
    /// The product.
    pub product_id: ProductId,
    /// The shard.
    pub shard: ShardId,
    /// Positive: units go back to stock. Negative: units are taken from stock, if available.
    pub delta: i64,
}

impl Order {
    /// Every word that [`Order::payment_status`] returns.
    pub const PAYMENT_STATUSES: [&'static str; 6] =
        ["none", "processing", "requires_action", "completed", "failed", "refunded"];

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
            contact: new.contact,
            erased: false,
            account_deleted: false,
            hold_expires_at: now.plus_seconds(new.hold_seconds),
            attempts: Vec::new(),
            refunds: Vec::new(),
            returns: Vec::new(),
            shipment: None,
            timeline: vec![TimelineEntry { at: now, event: TimelineEvent::Placed, index: None }],
            version: 1,
        })
    }

    /// Total of the order.
    pub fn total(&self) -> Money {
        Money::from_minor(self.total_minor, self.currency)
    }

    /// Units of all its lines.
    pub fn units(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity.get()).fold(0, u32::saturating_add)
    }

    /// When it was placed.
    pub fn placed_at(&self) -> Timestamp {
        self.timeline.first().map_or(self.hold_expires_at, |entry| entry.at)
    }

    /// Whether staff lists contain it: from its first payment attempt on. Orders without an attempt do not concern
    /// staff, and most of them expire.
    pub const fn is_for_staff(&self) -> bool {
        !self.attempts.is_empty()
    }

    /// Status of the payment as a whole: one of [`Order::PAYMENT_STATUSES`].
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
                Some(AttemptStatus::Processing | AttemptStatus::Completed | AttemptStatus::Failed) => "failed",
            }
        }
    }

    /// The attempt whose outcome is not known yet, with its index. No attempt is started while another is processing,
    /// but an attempt that requires action may become processing.
    pub fn processing_attempt(&self) -> Option<(usize, &PaymentAttempt)> {
        self.attempts.iter().enumerate().find(|(_, attempt)| attempt.status == AttemptStatus::Processing)
    }

    /// Whether a payment keeps the order from expiring: one whose outcome a call to the provider will return. A
    /// payment of which the provider said that it takes time does not, because a bank debit with a made-up account
    /// would hold stock for two weeks. If its money arrives later, the order is held again or refunded.
    pub fn payment_keeps_hold(&self) -> bool {
        self.processing_attempt().is_some_and(|(_, attempt)| !attempt.takes_time())
    }

    /// The attempt that an earlier call of this request started.
    pub fn attempt_by_key(&self, key: &str) -> Option<(usize, &PaymentAttempt)> {
        let same_key = |attempt: &PaymentAttempt| attempt.request.as_ref().is_some_and(|request| request.key == key);
        self.attempts.iter().enumerate().find(|(_, attempt)| same_key(attempt))
    }

    /// The attempt that paid the order, with its index. Further captures are refunded.
    pub fn paying_attempt(&self) -> Option<(usize, &PaymentAttempt)> {
        let paid = self.timeline.iter().rfind(|entry| entry.event == TimelineEvent::Paid)?;
        let index = paid.index?;
        Some((index, self.attempts.get(index)?))
    }

    /// Idempotency key for the provider, so that a retry never charges again.
    pub fn payment_key(&self, attempt: usize) -> String {
        format!("{}#pay{attempt}", self.order_id)
    }

    /// Idempotency key for the provider, so that a retry never refunds again.
    pub fn refund_key(&self, refund: usize) -> String {
        match self.refunds.get(refund).map_or(0, |refund| refund.retries) {
            0 => format!("{}#refund{refund}", self.order_id),
            retries => format!("{}#refund{refund}.{retries}", self.order_id),
        }
    }

    /// Sum of all captures in minor units.
    pub fn captured_minor(&self) -> i64 {
        self.attempts.iter().map(|attempt| attempt.captured_minor).sum()
    }

    /// Changes of stock that belong to the step from `before` to `self`: the difference between their allocations.
    ///
    /// The store applies them in the transaction that saves the step, so stock and orders stay consistent.
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

    /// The cause stored with each count that the step to `self` changes.
    pub fn stock_cause(&self) -> Cause {
        Cause::Order { order_id: self.order_id.clone(), user_id: self.user_id.clone(), version: self.version }
    }

    /// Changes of store credit that belong to the step from `before` to `self`, in minor units by account: refunds to it
    /// less payments with it. Applied in the same transaction, too.
    pub fn credit_moves_since(&self, before: &Self) -> BTreeMap<UserId, i64> {
        let mut deltas = BTreeMap::new();
        for (order, sign) in [(before, -1), (self, 1)] {
            for (account, minor) in order.credit_by_account() {
                *deltas.entry(account.clone()).or_default() += sign * minor;
            }
        }
        deltas.retain(|_, delta| *delta != 0);
        deltas
    }

    /// Refunds of this order to store credit, less its payments with store credit, in minor units by account. An account
    /// whose refund is still due has an entry, too.
    pub fn credit_by_account(&self) -> BTreeMap<&UserId, i64> {
        let mut credit = BTreeMap::new();
        for attempt in self.attempts.iter().filter(|attempt| attempt.method == PaymentMethod::StoreCredit) {
            *credit.entry(self.payer(attempt)).or_default() -= attempt.captured_minor;
        }
        for refund in self.refunds.iter().filter(|refund| refund.target == RefundTarget::StoreCredit) {
            let paid_out = if refund.status == RefundStatus::Completed { refund.amount_minor } else { 0 };
            *credit.entry(self.credited(refund)).or_default() += paid_out;
        }
        credit
    }

    /// The account whose store credit an attempt takes.
    fn payer<'a>(&'a self, attempt: &'a PaymentAttempt) -> &'a UserId {
        attempt.account.as_ref().unwrap_or(&self.user_id)
    }

    /// The account that a refund to store credit goes to: what store credit paid goes back to the account that paid.
    fn credited<'a>(&'a self, refund: &'a Refund) -> &'a UserId {
        let paid_by = self.attempts.get(refund.attempt).and_then(|attempt| attempt.account.as_ref());
        refund.account.as_ref().or(paid_by).unwrap_or(&self.user_id)
    }
}

impl OrderLine {
    /// Total of the line.
    pub fn total(&self, currency: Currency) -> Result<Money, MoneyError> {
        Money::from_minor(self.unit_price_minor, currency).times(self.quantity.get())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}
