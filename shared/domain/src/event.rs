//! Domain events about orders and stock for other systems, and the one function that derives them.
//!
//! The serialised form is a contract with systems outside this repository, so it is written out here and not derived
//! from the stored form. Fields may be added; a change of meaning becomes a `v2` beside the `v1`. Events carry ids,
//! amounts and lines only: no address, no token, no e-mail address, no free text of a shopper. `docs/events.md` shows
//! each event; a test compares the two.

use serde::Serialize;

use crate::ids::{OrderId, ProductId, UserId};
use crate::money::Currency;
use crate::order::{Order, Return, TimelineEntry, TimelineEvent};
use crate::time::Timestamp;

/// A domain event. Serialised, it is the `detail` of the event on the bus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomainEvent {
    /// Identifies the event however often it is published, so that consumers can drop duplicates. The id of an order's
    /// event is made of the order, the kind and, where an order can have several, the return or the refund and its
    /// retry. It does not contain the order's version: republishing from a later state of the order has to give the
    /// same id.
    pub event_id: String,
    /// When it happened, according to the order's timeline.
    #[serde(serialize_with = "rfc3339")]
    pub occurred_at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub payload: EventPayload,
}

/// What happened, with the data that consumers need. Amounts are integers in the currency's minor unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EventPayload {
    /// An order was placed and its stock is held.
    OrderPlaced {
        /// The order.
        #[serde(flatten)]
        order: OrderSnapshot,
        /// Payment method chosen at checkout: `credit_card`, …
        payment_method: &'static str,
        /// When the hold on its stock ends unless it is paid.
        #[serde(serialize_with = "rfc3339")]
        hold_expires_at: Timestamp,
        /// Ordered products.
        lines: Vec<LineSnapshot>,
    },
    /// Its payment was captured: it can be shipped.
    OrderPaid {
        /// The order.
        #[serde(flatten)]
        order: OrderSnapshot,
        /// Products to ship.
        lines: Vec<LineSnapshot>,
    },
    /// It was shipped.
    OrderShipped {
        /// The order.
        #[serde(flatten)]
        order: OrderSnapshot,
    },
    /// It was delivered.
    OrderDelivered {
        /// The order.
        #[serde(flatten)]
        order: OrderSnapshot,
    },
    /// It was cancelled. If it was paid, `order.refunded` follows.
    OrderCancelled {
        /// The order.
        #[serde(flatten)]
        order: OrderSnapshot,
    },
    /// It was not paid in time. A late capture may still pay it; then `order.paid` follows.
    OrderExpired {
        /// The order.
        #[serde(flatten)]
        order: OrderSnapshot,
    },
    /// Some or all of the money was refunded.
    OrderRefunded(RefundSnapshot),
    /// A refund failed, possibly after it was reported as completed. The money is still due; staff decide how to refund
    /// it.
    RefundFailed(RefundSnapshot),
    /// The shopper requested a return.
    ReturnRequested(ReturnSnapshot),
    /// Staff accepted a return. Its refund is due: `order.refunded` follows.
    ReturnAccepted(ReturnSnapshot),
    /// Staff rejected a return.
    ReturnRejected(ReturnSnapshot),
    /// The stock of a product crossed a threshold.
    Stock(StockEvent),
}

/// A change of a product's stock that others act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum StockEvent {
    /// The stock fell to the threshold at which the product should be reordered.
    Low(StockSnapshot),
    /// The product is sold out.
    Out(StockSnapshot),
    /// A product that was sold out is available again.
    Back(StockSnapshot),
}

/// An order after the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderSnapshot {
    /// The order.
    pub order_id: OrderId,
    /// Owner of the order.
    pub user_id: UserId,
    /// Grows with each change of the order: of two events, the one with the higher version is newer.
    pub order_version: u64,
    /// Status of the order: `paid`, …
    pub status: &'static str,
    /// Currency of every amount in the event.
    pub currency: Currency,
    /// Total of the order.
    pub total_minor: i64,
}

/// One product of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineSnapshot {
    /// The product.
    pub product_id: ProductId,
    /// Units.
    pub quantity: u32,
    /// Price of one unit when the order was placed.
    pub unit_price_minor: i64,
}

/// A refund of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefundSnapshot {
    /// The order.
    #[serde(flatten)]
    pub order: OrderSnapshot,
    /// Index of the refund in the order, from 0.
    pub refund_index: usize,
    /// Amount of the refund.
    pub amount_minor: i64,
    /// Amount of all completed refunds of the order.
    pub refunded_minor: i64,
    /// Where the money goes: `original`, back to the payment method, or `store_credit`.
    pub refund_to: &'static str,
    /// Index of the return that it pays for, if any.
    pub return_index: Option<usize>,
}

/// A return of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnSnapshot {
    /// The order.
    #[serde(flatten)]
    pub order: OrderSnapshot,
    /// Index of the return in the order, from 0.
    pub return_index: usize,
    /// Returned products.
    pub items: Vec<ReturnItemSnapshot>,
}

/// One product of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnItemSnapshot {
    /// The product.
    pub product_id: ProductId,
    /// Units.
    pub quantity: u32,
}

/// A product's stock, over all its shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockSnapshot {
    /// The product.
    pub product_id: ProductId,
    /// Units available to sell.
    pub available: u32,
    /// Threshold: this many units or fewer are low.
    pub low_at: u32,
}

impl DomainEvent {
    /// An event of a product's stock. `change_id` identifies the change that caused it, such as its sequence number in
    /// the stream.
    pub fn of_stock(event: StockEvent, change_id: &str, occurred_at: Timestamp) -> Self {
        let product_id = event.snapshot().product_id.clone();
        let payload = EventPayload::Stock(event);
        Self { event_id: format!("{product_id}/{}/{change_id}", payload.kind()), occurred_at, payload }
    }

    /// An event of an order. `instance` distinguishes events that one order can have several times; otherwise it is
    /// empty.
    fn of_order(order: &Order, payload: EventPayload, instance: &str, occurred_at: Timestamp) -> Self {
        let mut event_id = format!("{}/{}", order.order_id, payload.kind());
        if !instance.is_empty() {
            event_id.extend(["/", instance]);
        }
        Self { event_id, occurred_at, payload }
    }
}

impl StockEvent {
    const fn snapshot(&self) -> &StockSnapshot {
        match self {
            Self::Low(snapshot) | Self::Out(snapshot) | Self::Back(snapshot) => snapshot,
        }
    }
}

impl EventPayload {
    /// `order.placed`, …
    pub fn kind(&self) -> &'static str {
        let detail_type = self.detail_type();
        detail_type.rsplit_once('.').map_or(detail_type, |(kind, _version)| kind)
    }

    /// Kind and version, the `detail-type` on the bus: `order.placed.v1`, …
    pub const fn detail_type(&self) -> &'static str {
        match self {
            Self::OrderPlaced { .. } => "order.placed.v1",
            Self::OrderPaid { .. } => "order.paid.v1",
            Self::OrderShipped { .. } => "order.shipped.v1",
            Self::OrderDelivered { .. } => "order.delivered.v1",
            Self::OrderCancelled { .. } => "order.cancelled.v1",
            Self::OrderExpired { .. } => "order.expired.v1",
            Self::OrderRefunded(_) => "order.refunded.v1",
            Self::RefundFailed(_) => "order.refund_failed.v1",
            Self::ReturnRequested(_) => "return.requested.v1",
            Self::ReturnAccepted(_) => "return.accepted.v1",
            Self::ReturnRejected(_) => "return.rejected.v1",
            Self::Stock(StockEvent::Low(_)) => "stock.low.v1",
            Self::Stock(StockEvent::Out(_)) => "stock.out.v1",
            Self::Stock(StockEvent::Back(_)) => "stock.back.v1",
        }
    }

    /// The `source` on the bus: the part of the shop that publishes it.
    pub const fn source(&self) -> &'static str {
        match self {
            Self::Stock(_) => "souk.inventory",
            Self::OrderPlaced { .. }
            | Self::OrderPaid { .. }
            | Self::OrderShipped { .. }
            | Self::OrderDelivered { .. }
            | Self::OrderCancelled { .. }
            | Self::OrderExpired { .. }
            | Self::OrderRefunded(_)
            | Self::RefundFailed(_)
            | Self::ReturnRequested(_)
            | Self::ReturnAccepted(_)
            | Self::ReturnRejected(_) => "souk.orders",
        }
    }
}

/// The events between two states of an order, oldest first; all its events when there is no `old`. A pure function of
/// the two: if the stream delivers a change twice, the same events with the same ids are published twice.
pub fn events_after(old: Option<&Order>, new: &Order) -> Vec<DomainEvent> {
    let known = old.map_or(0, |old| old.timeline.len());
    (known..new.timeline.len()).filter_map(|position| event_of_entry(new, position)).collect()
}

/// The domain event of a timeline entry; `None` for entries that are internal.
fn event_of_entry(order: &Order, position: usize) -> Option<DomainEvent> {
    let TimelineEntry { at, event, index } = order.timeline[position];
    let snapshot = || OrderSnapshot::of(order);
    let once = |payload| (payload, String::new());
    let (payload, instance) = match event {
        TimelineEvent::Placed => once(EventPayload::OrderPlaced {
            order: snapshot(),
            payment_method: order.payment_method.as_str(),
            hold_expires_at: order.hold_expires_at,
            lines: lines(order),
        }),
        TimelineEvent::Paid => once(EventPayload::OrderPaid { order: snapshot(), lines: lines(order) }),
        TimelineEvent::Expired => once(EventPayload::OrderExpired { order: snapshot() }),
        TimelineEvent::Cancelled => once(EventPayload::OrderCancelled { order: snapshot() }),
        TimelineEvent::Shipped => once(EventPayload::OrderShipped { order: snapshot() }),
        TimelineEvent::Delivered => once(EventPayload::OrderDelivered { order: snapshot() }),
        TimelineEvent::Refunded => {
            (EventPayload::OrderRefunded(RefundSnapshot::of(order, index?)?), refund_instance(order, position, index?))
        }
        TimelineEvent::RefundFailed => {
            (EventPayload::RefundFailed(RefundSnapshot::of(order, index?)?), refund_instance(order, position, index?))
        }
        TimelineEvent::ReturnRequested => {
            (EventPayload::ReturnRequested(ReturnSnapshot::of(order, index?)?), index?.to_string())
        }
        TimelineEvent::ReturnAccepted => {
            (EventPayload::ReturnAccepted(ReturnSnapshot::of(order, index?)?), index?.to_string())
        }
        TimelineEvent::ReturnRejected => {
            (EventPayload::ReturnRejected(ReturnSnapshot::of(order, index?)?), index?.to_string())
        }
        // Internal steps; the last two show in the events that follow.
        TimelineEvent::PaymentStarted
        | TimelineEvent::PaymentActionRequired
        | TimelineEvent::PaymentFailed
        | TimelineEvent::RefundDue
        | TimelineEvent::HeldAgain => return None,
    };
    Some(DomainEvent::of_order(order, payload, &instance, at))
}

/// The refund and retry of an entry: `0`, and `0.1` for the first retry after a failure.
fn refund_instance(order: &Order, position: usize, refund: usize) -> String {
    let became_due = |entry: &&TimelineEntry| entry.event == TimelineEvent::RefundDue && entry.index == Some(refund);
    match order.timeline[..position].iter().filter(became_due).count() {
        0 | 1 => refund.to_string(),
        times => format!("{refund}.{}", times - 1),
    }
}

fn lines(order: &Order) -> Vec<LineSnapshot> {
    let line = order.lines.iter().map(|line| LineSnapshot {
        product_id: line.product_id.clone(),
        quantity: line.quantity.get(),
        unit_price_minor: line.unit_price_minor,
    });
    line.collect()
}

impl OrderSnapshot {
    fn of(order: &Order) -> Self {
        Self {
            order_id: order.order_id.clone(),
            user_id: order.user_id.clone(),
            order_version: order.version,
            status: order.status.as_str(),
            currency: order.currency,
            total_minor: order.total_minor,
        }
    }
}

impl RefundSnapshot {
    fn of(order: &Order, index: usize) -> Option<Self> {
        let refund = order.refunds.get(index)?;
        Some(Self {
            order: OrderSnapshot::of(order),
            refund_index: index,
            amount_minor: refund.amount_minor,
            refunded_minor: order.refunded_minor(),
            refund_to: refund.target.as_str(),
            return_index: refund.for_return,
        })
    }
}

impl ReturnSnapshot {
    fn of(order: &Order, index: usize) -> Option<Self> {
        let Return { items, .. } = order.returns.get(index)?;
        let items = items
            .iter()
            .map(|item| ReturnItemSnapshot { product_id: item.product_id.clone(), quantity: item.quantity.get() });
        Some(Self { order: OrderSnapshot::of(order), return_index: index, items: items.collect() })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's serialize_with passes a reference")]
fn rfc3339<S: serde::Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&moment.to_rfc3339())
}

#[cfg(test)]
mod tests;
