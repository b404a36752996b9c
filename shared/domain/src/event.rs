//! What happened, told to other systems: the shop's domain events, and the one rule that says which there are.
//!
//! The serialised form is a contract with systems that we do not know, so it is spelt out here and nowhere derived from
//! how things are stored. It may grow; what changes its meaning becomes a `v2` beside the `v1`. Ids, amounts and lines
//! only: no address, no token, no e-mail address, no words of a shopper. `docs/events.md` shows each; a test compares.

use serde::Serialize;

use crate::ids::{OrderId, ProductId, UserId};
use crate::money::Currency;
use crate::order::{Happening, Order, RefundTarget, Return, TimelineEntry};
use crate::time::Timestamp;

/// Something that happened. Serialised, it is the `detail` of the event on the bus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomainEvent {
    /// The same for the same happening, however often it is told: receivers drop what they have seen. An order's event
    /// is named by the order, the kind and, where there may be several, which return, or which try of which refund. Not by the order's
    /// version: whoever tells it again from the order as it stands now must come to the same id.
    pub event_id: String,
    /// When it happened, by the order's own timeline.
    #[serde(rename = "occurred_at", serialize_with = "rfc3339")]
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened, with what others need to know of it. Amounts are integers in the currency's minor unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum What {
    /// An order was placed and its stock is held.
    OrderPlaced {
        /// Which order.
        #[serde(flatten)]
        order: OrderFacts,
        /// How the shopper wants to pay: `credit_card`, …
        payment_method: &'static str,
        /// Until when its stock is held unpaid.
        #[serde(serialize_with = "rfc3339")]
        hold_expires_at: Timestamp,
        /// What was ordered.
        lines: Vec<LineFacts>,
    },
    /// Its money was taken: it can be sent.
    OrderPaid {
        /// Which order.
        #[serde(flatten)]
        order: OrderFacts,
        /// What is to be sent.
        lines: Vec<LineFacts>,
    },
    /// It is on its way.
    OrderShipped {
        /// Which order.
        #[serde(flatten)]
        order: OrderFacts,
    },
    /// It arrived.
    OrderDelivered {
        /// Which order.
        #[serde(flatten)]
        order: OrderFacts,
    },
    /// It was called off. If it was paid, `order.refunded` follows.
    OrderCancelled {
        /// Which order.
        #[serde(flatten)]
        order: OrderFacts,
    },
    /// It was not paid in time. Money that comes all the same may still pay it, and `order.paid` follows.
    OrderExpired {
        /// Which order.
        #[serde(flatten)]
        order: OrderFacts,
    },
    /// Money was given back, some or all.
    OrderRefunded(RefundFacts),
    /// Money that was to be given back, or was thought to be, did not arrive. It is owed still, and the staff decides how.
    RefundFailed(RefundFacts),
    /// A shopper wants to send something back.
    ReturnRequested(ReturnFacts),
    /// The staff took a return back. Its money is owed: `order.refunded` follows.
    ReturnAccepted(ReturnFacts),
    /// The staff did not take a return back.
    ReturnRejected(ReturnFacts),
    /// A product's stock fell to where it should be ordered again.
    StockLow(StockFacts),
    /// Nothing of a product is left to sell.
    StockOut(StockFacts),
    /// A product that was sold out can be bought again.
    StockBack(StockFacts),
}

/// An order as it stood after what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderFacts {
    /// Which order.
    pub order_id: OrderId,
    /// Whose.
    pub user_id: UserId,
    /// Counts the order's steps: of two events, the one with the higher version knows more.
    pub order_version: u64,
    /// Where the order stands: `paid`, …
    pub status: &'static str,
    /// Of every amount in the event.
    pub currency: Currency,
    /// What the order costs.
    pub total_minor: i64,
}

/// One product of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineFacts {
    /// Which product.
    pub product_id: ProductId,
    /// How many.
    pub quantity: u32,
    /// The price of one when the order was placed.
    pub unit_price_minor: i64,
}

/// A refund of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefundFacts {
    /// Which order.
    #[serde(flatten)]
    pub order: OrderFacts,
    /// Which of its refunds, from 0.
    pub refund_index: usize,
    /// How much it is.
    pub amount_minor: i64,
    /// How much of the order's money is back by now.
    pub refunded_minor: i64,
    /// Where it goes: `provider`, back where it came from, or `store_credit`.
    pub target: &'static str,
    /// Which return it pays for, if any.
    pub return_index: Option<usize>,
}

/// A return of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnFacts {
    /// Which order.
    #[serde(flatten)]
    pub order: OrderFacts,
    /// Which of its returns, from 0.
    pub return_index: usize,
    /// What is sent back.
    pub items: Vec<ReturnItemFacts>,
}

/// One product of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnItemFacts {
    /// Which product.
    pub product_id: ProductId,
    /// How many.
    pub quantity: u32,
}

/// A product's stock, over all its shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockFacts {
    /// Which product.
    pub product_id: ProductId,
    /// How many there are to sell.
    pub available: u32,
    /// At how many or fewer it counts as low.
    pub low_at: u32,
}

impl DomainEvent {
    /// An event of a product's stock: [`What::StockLow`], [`What::StockOut`] or [`What::StockBack`]. `change` names the
    /// change that led to it, the same for the same change, such as its sequence number in the stream.
    pub fn of_stock(what: What, change: &str, at: Timestamp) -> Self {
        let product_id = match &what {
            What::StockLow(stock) | What::StockOut(stock) | What::StockBack(stock) => stock.product_id.as_str(),
            _ => "",
        };
        Self { event_id: format!("{product_id}/{}/{change}", what.kind()), at, what }
    }

    /// An event of an order. `which` tells apart what may happen to one order several times; empty for what may not.
    fn of_order(order: &Order, what: What, which: &str, at: Timestamp) -> Self {
        let mut event_id = format!("{}/{}", order.order_id, what.kind());
        if !which.is_empty() {
            event_id.extend(["/", which]);
        }
        Self { event_id, at, what }
    }
}

impl What {
    /// `order.placed`, …
    pub fn kind(&self) -> &'static str {
        let detail_type = self.detail_type();
        detail_type.rsplit_once('.').map_or(detail_type, |(kind, _version)| kind)
    }

    /// Kind and version, as the bus has it: `order.placed.v1`, …
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
            Self::StockLow(_) => "stock.low.v1",
            Self::StockOut(_) => "stock.out.v1",
            Self::StockBack(_) => "stock.back.v1",
        }
    }

    /// The part of the shop that tells it.
    pub const fn source(&self) -> &'static str {
        match self {
            Self::StockLow(_) | Self::StockOut(_) | Self::StockBack(_) => "souk.inventory",
            _ => "souk.orders",
        }
    }
}

/// What happened to an order between `old` and `new`, oldest first; all that ever happened when there is no `old`. A pure
/// function of the two: the stream may deliver a change twice, and then says the same thing twice, with the same ids.
pub fn events_after(old: Option<&Order>, new: &Order) -> Vec<DomainEvent> {
    let known = old.map_or(0, |old| old.timeline.len());
    (known..new.timeline.len()).filter_map(|position| told(new, position)).collect()
}

/// What an entry of the timeline is to others.
fn told(order: &Order, position: usize) -> Option<DomainEvent> {
    let TimelineEntry { at, what, of } = order.timeline[position];
    let facts = || OrderFacts::of(order);
    let once = |what| (what, String::new());
    let (what, which) = match what {
        Happening::Placed => once(What::OrderPlaced {
            order: facts(),
            payment_method: order.payment_method.as_str(),
            hold_expires_at: order.hold_expires_at,
            lines: lines(order),
        }),
        Happening::Paid => once(What::OrderPaid { order: facts(), lines: lines(order) }),
        Happening::Expired => once(What::OrderExpired { order: facts() }),
        Happening::Cancelled => once(What::OrderCancelled { order: facts() }),
        Happening::Shipped => once(What::OrderShipped { order: facts() }),
        Happening::Delivered => once(What::OrderDelivered { order: facts() }),
        Happening::Refunded => (What::OrderRefunded(RefundFacts::of(order, of?)?), nth_try(order, position, of?)),
        Happening::RefundFailed => (What::RefundFailed(RefundFacts::of(order, of?)?), nth_try(order, position, of?)),
        Happening::ReturnRequested => (What::ReturnRequested(ReturnFacts::of(order, of?)?), of?.to_string()),
        Happening::ReturnAccepted => (What::ReturnAccepted(ReturnFacts::of(order, of?)?), of?.to_string()),
        Happening::ReturnRejected => (What::ReturnRejected(ReturnFacts::of(order, of?)?), of?.to_string()),
        // Steps on the way, of no use to others; the last two show in what they lead to.
        Happening::PaymentStarted
        | Happening::PaymentActionRequired
        | Happening::PaymentFailed
        | Happening::RefundDue
        | Happening::HeldAgain => return None,
    };
    Some(DomainEvent::of_order(order, what, &which, at))
}

/// Which try of which refund an entry is about: `0`, and `0.1` once it was owed again because it had failed.
fn nth_try(order: &Order, position: usize, refund: usize) -> String {
    let owed = |entry: &&TimelineEntry| entry.what == Happening::RefundDue && entry.of == Some(refund);
    match order.timeline[..position].iter().filter(owed).count() {
        0 | 1 => refund.to_string(),
        times => format!("{refund}.{}", times - 1),
    }
}

fn lines(order: &Order) -> Vec<LineFacts> {
    let line = order.lines.iter().map(|line| LineFacts {
        product_id: line.product_id.clone(),
        quantity: line.quantity.get(),
        unit_price_minor: line.unit_price_minor,
    });
    line.collect()
}

impl OrderFacts {
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

impl RefundFacts {
    fn of(order: &Order, index: usize) -> Option<Self> {
        let refund = order.refunds.get(index)?;
        Some(Self {
            order: OrderFacts::of(order),
            refund_index: index,
            amount_minor: refund.amount_minor,
            refunded_minor: order.refunded_minor(),
            target: match refund.target {
                RefundTarget::Provider => "provider",
                RefundTarget::StoreCredit => "store_credit",
            },
            return_index: refund.for_return,
        })
    }
}

impl ReturnFacts {
    fn of(order: &Order, index: usize) -> Option<Self> {
        let Return { items, .. } = order.returns.get(index)?;
        let items = items
            .iter()
            .map(|item| ReturnItemFacts { product_id: item.product_id.clone(), quantity: item.quantity.get() });
        Some(Self { order: OrderFacts::of(order), return_index: index, items: items.collect() })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's serialize_with passes a reference")]
fn rfc3339<S: serde::Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&moment.to_rfc3339())
}

#[cfg(test)]
mod tests;
