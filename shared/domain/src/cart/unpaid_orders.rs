//! The unpaid orders of a shopper, which the cart remembers, and the bounds on them.
//!
//! A checkout writes the cart anyway, with a condition on its version, so the bounds are exact and cost no write. A
//! payment does not write the cart: the next checkout reads the remembered orders and forgets those that were paid.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{OrderId, UserId};
use crate::order::{Order, OrderStatus};
use crate::time::Timestamp;

/// The most unpaid orders that a shop may allow. More entries could make a cart larger than a write unit.
pub const MAX_UNPAID_ORDERS: usize = 8;
/// How long an order that was never paid shortens the next holds, and how long a user is new.
const REMEMBERED_SECONDS: i64 = 24 * 60 * 60;
/// An order counts this much longer than its hold, because the message that expires it may be late.
const EXPIRY_SLACK_SECONDS: i64 = 60;
/// Orders that a shopper may leave unpaid before holds get shorter: honest shoppers change their minds, too.
const UNPAID_ORDERS_WITHOUT_PENALTY: u32 = 2;
/// The shortest hold: enough to confirm a payment at a bank.
const SHORTEST_HOLD_SECONDS: i64 = 300;
/// Entries that are kept: all that may be open, and some that ended.
const MAX_ENTRIES: usize = 12;

/// A remembered order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpaidOrder {
    /// The order.
    pub order_id: OrderId,
    /// Units of all its lines.
    pub units: u32,
    /// When its hold ends, in seconds since the Unix epoch.
    hold_ends_at: u32,
}

impl UnpaidOrder {
    const BYTES: usize = OrderId::BYTES + 2 * size_of::<u32>();

    /// The entry of a new order.
    pub fn of(order: &Order) -> Self {
        Self {
            order_id: order.order_id.clone(),
            units: order.units(),
            hold_ends_at: u32::try_from(order.hold_expires_at.as_seconds()).unwrap_or(u32::MAX),
        }
    }

    /// Whether it may still hold stock. An order that was not found counts until its hold has certainly ended.
    fn may_hold(&self, now: Timestamp) -> bool {
        now.as_seconds() < i64::from(self.hold_ends_at) + EXPIRY_SLACK_SECONDS
    }

    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.order_id.to_bytes());
        bytes.extend(self.units.to_be_bytes());
        bytes.extend(self.hold_ends_at.to_be_bytes());
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (order_id, rest) = bytes.split_first_chunk()?;
        let (units, rest) = rest.split_first_chunk()?;
        let hold_ends_at = u32::from_be_bytes(rest.try_into().ok()?);
        Some(Self { order_id: OrderId::from_bytes(*order_id), units: u32::from_be_bytes(*units), hold_ends_at })
    }
}

/// The remembered orders, oldest first. Serialized as bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnpaidOrders(Vec<UnpaidOrder>);

/// The bounds of a shop on the unpaid orders of one account or guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldBounds {
    /// The most unpaid orders, up to [`MAX_UNPAID_ORDERS`].
    pub max_orders: usize,
    /// The most units of all unpaid orders together.
    pub max_units: u32,
    /// How long an order holds its stock.
    pub hold_seconds: i64,
    /// The same for accounts and guests that are younger than a day.
    pub new_shopper_hold_seconds: i64,
}

/// The next order exceeds the bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldRefusal {
    /// The order alone has more units than may be held.
    OrderTooLarge,
    /// Together with these unpaid orders it is too much.
    TooManyUnpaid(Vec<OrderId>),
}

/// The remembered orders after they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewedOrders {
    /// The entries to keep.
    pub entries: UnpaidOrders,
    open: Vec<UnpaidOrder>,
    ended_unpaid: u32,
}

impl UnpaidOrders {
    /// No orders.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether no order is remembered.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ids of the remembered orders.
    pub fn order_ids(&self) -> impl Iterator<Item = &OrderId> {
        self.0.iter().map(|entry| &entry.order_id)
    }

    /// Remembers a new order.
    pub fn push(&mut self, entry: UnpaidOrder) {
        self.0.push(entry);
    }

    /// Also remembers the orders of another cart.
    pub(super) fn merge(&mut self, other: &Self) {
        let added: Vec<_> = other.0.iter().filter(|entry| !self.0.contains(entry)).cloned().collect();
        self.0.extend(added);
        self.0.sort_by_key(|entry| entry.hold_ends_at);
        let excess = self.0.len().saturating_sub(MAX_ENTRIES);
        self.0.drain(..excess);
    }

    /// Forgets the orders that neither hold stock nor shorten the next hold.
    pub(super) fn forget_expired(&mut self, now: Timestamp) {
        self.0.retain(|entry| now.as_seconds() - i64::from(entry.hold_ends_at) <= REMEMBERED_SECONDS);
    }

    /// What counts of the remembered orders. `orders` are those that were found. One that was not found counts for as
    /// long as it may hold stock.
    pub fn review(&self, orders: &[Order], now: Timestamp) -> ReviewedOrders {
        let (mut open, mut ended) = (Vec::new(), Vec::new());
        for entry in &self.0 {
            let order = orders.iter().find(|order| order.order_id == entry.order_id);
            match order.map(UnpaidState::of) {
                Some(UnpaidState::Open) => open.push(entry.clone()),
                None if entry.may_hold(now) => open.push(entry.clone()),
                Some(UnpaidState::Ended) => ended.push(entry.clone()),
                Some(UnpaidState::Settled) | None => {}
            }
        }
        let mut ended_and_kept = Self(ended);
        ended_and_kept.forget_expired(now);
        let Self(mut ended) = ended_and_kept;
        let room = MAX_ENTRIES.saturating_sub(1 + open.len());
        ended.drain(..ended.len().saturating_sub(room));
        let ended_unpaid = u32::try_from(ended.len()).unwrap_or(u32::MAX);
        let entries = Self(ended.into_iter().chain(open.iter().cloned()).collect());
        ReviewedOrders { entries, open, ended_unpaid }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * UnpaidOrder::BYTES);
        self.0.iter().for_each(|entry| entry.encode(&mut bytes));
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.chunks(UnpaidOrder::BYTES).map(UnpaidOrder::decode).collect::<Option<_>>().map(Self)
    }
}

/// Whether an account or guest is younger than a day.
pub fn is_new(user_id: &UserId, now: Timestamp) -> bool {
    now.as_seconds() - user_id.created_at().as_seconds() < REMEMBERED_SECONDS
}

/// What a remembered order is now.
enum UnpaidState {
    /// It holds stock.
    Open,
    /// It neither holds stock nor shortens a hold: it was paid, it was cancelled, which gave its stock back, or its payment
    /// takes days.
    Settled,
    /// It expired, and was never paid.
    Ended,
}

impl UnpaidState {
    fn of(order: &Order) -> Self {
        match order.status {
            OrderStatus::PendingPayment => Self::Open,
            OrderStatus::Expired if order.paying_attempt().is_none() && order.processing_attempt().is_none() => {
                Self::Ended
            }
            OrderStatus::Cancelled
            | OrderStatus::Expired
            | OrderStatus::Paid
            | OrderStatus::Shipped
            | OrderStatus::Delivered
            | OrderStatus::Refunded
            | OrderStatus::PartiallyRefunded => Self::Settled,
        }
    }
}

impl HoldBounds {
    /// Whether an order of this many units may be placed.
    pub fn check(&self, reviewed: &ReviewedOrders, units: u32) -> Result<(), HoldRefusal> {
        if units > self.max_units {
            return Err(HoldRefusal::OrderTooLarge);
        }
        let held: u64 = reviewed.open.iter().map(|entry| u64::from(entry.units)).sum();
        let most = self.max_orders.min(MAX_UNPAID_ORDERS);
        if reviewed.open.len() >= most || held + u64::from(units) > u64::from(self.max_units) {
            let order_ids = reviewed.open.iter().map(|entry| entry.order_id.clone()).collect();
            return Err(HoldRefusal::TooManyUnpaid(order_ids));
        }
        Ok(())
    }

    /// How long the next order holds its stock. Shorter for new users, and half as long for each order beyond
    /// [`UNPAID_ORDERS_WITHOUT_PENALTY`] that expired unpaid in the last 24 hours.
    pub fn hold_seconds(&self, user_id: &UserId, reviewed: &ReviewedOrders, now: Timestamp) -> i64 {
        let base =
            if is_new(user_id, now) { self.hold_seconds.min(self.new_shopper_hold_seconds) } else { self.hold_seconds };
        let halvings = reviewed.ended_unpaid.saturating_sub(UNPAID_ORDERS_WITHOUT_PENALTY).min(62);
        (base >> halvings).max(SHORTEST_HOLD_SECONDS.min(base))
    }
}

impl Serialize for UnpaidOrders {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.to_bytes())
    }
}

impl<'de> Deserialize<'de> for UnpaidOrders {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::recent_requests::deserialize_entries(deserializer, UnpaidOrder::BYTES, Self::from_bytes)
    }
}

#[cfg(test)]
mod tests;
