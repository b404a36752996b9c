//! Orders in responses.

mod fulfilment;
mod timeline;

use serde::Serialize;
use souk_domain::address::ShippingAddress;
use souk_domain::money::Money;
use souk_domain::order::{AttemptStatus, Order};
use souk_runtime::http::{Amount, Problem};

pub(crate) use fulfilment::ReturnView;
use fulfilment::{RefundView, ShipmentView};
use timeline::TimelineEntryView;

/// Who sees the order. Staff also see its owner and who granted each refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viewer {
    /// The owner of the order.
    Shopper,
    /// A member of staff.
    Staff,
}

/// An order in a list.
#[derive(Serialize)]
pub(crate) struct OrderSummary<'a> {
    order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    status: &'static str,
    total_amount: Amount,
    currency: &'a str,
    item_count: u32,
    placed_at: String,
}

/// An order with all details.
#[derive(Serialize)]
pub(crate) struct OrderResponse<'a> {
    order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    status: &'static str,
    total_amount: Amount,
    refunded_amount: Amount,
    currency: &'a str,
    placed_at: String,
    hold_expires_at: String,
    lines: Vec<Line<'a>>,
    shipping_address: &'a ShippingAddress,
    payment: Payment<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipment: Option<ShipmentView<'a>>,
    returns: Vec<ReturnView<'a>>,
    refunds: Vec<RefundView<'a>>,
    timeline: Vec<TimelineEntryView<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    product_id: &'a str,
    name: &'a str,
    price: Amount,
    quantity: u32,
    line_total: Amount,
}

#[derive(Serialize)]
struct Payment<'a> {
    method: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_url: Option<&'a str>,
}

/// An order for a list.
pub(crate) fn summary(order: &Order, viewer: Viewer) -> OrderSummary<'_> {
    OrderSummary {
        order_id: order.order_id.as_str(),
        user_id: (viewer == Viewer::Staff).then_some(order.user_id.as_str()),
        status: order.status.as_str(),
        total_amount: Amount(order.total()),
        currency: order.currency.code(),
        item_count: order.lines.iter().map(|line| line.quantity.get()).sum(),
        placed_at: order.placed_at().to_rfc3339(),
    }
}

/// An order with all details.
pub(crate) fn detail(order: &Order, viewer: Viewer) -> Result<OrderResponse<'_>, Problem> {
    let lines = order.lines.iter().map(|line| {
        Ok(Line {
            product_id: line.product_id.as_str(),
            name: &line.name,
            price: amount(order, line.unit_price_minor),
            quantity: line.quantity.get(),
            line_total: Amount(line.total(order.currency).map_err(Problem::internal)?),
        })
    });
    Ok(OrderResponse {
        order_id: order.order_id.as_str(),
        user_id: (viewer == Viewer::Staff).then_some(order.user_id.as_str()),
        status: order.status.as_str(),
        total_amount: Amount(order.total()),
        refunded_amount: amount(order, order.refunded_minor()),
        currency: order.currency.code(),
        placed_at: order.placed_at().to_rfc3339(),
        hold_expires_at: order.hold_expires_at.to_rfc3339(),
        lines: lines.collect::<Result<_, Problem>>()?,
        shipping_address: &order.shipping_address,
        payment: payment(order),
        shipment: order.shipment.as_ref().map(ShipmentView::of),
        returns: (0..order.returns.len()).filter_map(|index| ReturnView::of(order, index)).collect(),
        refunds: (0..order.refunds.len()).filter_map(|index| RefundView::of(order, index, viewer)).collect(),
        timeline: order.timeline.iter().map(|entry| TimelineEntryView::of(order, *entry)).collect(),
    })
}

/// The attempt that captured the payment, or else the last attempt.
fn payment(order: &Order) -> Payment<'_> {
    let completed = order.attempts.iter().find(|attempt| attempt.status == AttemptStatus::Completed);
    let attempt = completed.or(order.attempts.last());
    Payment {
        method: attempt.map_or(order.payment_method, |attempt| attempt.method).as_str(),
        status: order.payment_status(),
        payment_id: attempt.and_then(|attempt| attempt.payment_id.as_deref()),
        decline_code: attempt.and_then(|attempt| attempt.decline_code.as_deref()),
        action_url: attempt.and_then(|attempt| attempt.action_url.as_deref()),
    }
}

fn amount(order: &Order, minor: i64) -> Amount {
    Amount(Money::from_minor(minor, order.currency))
}
