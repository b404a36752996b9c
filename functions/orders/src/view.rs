//! Orders as clients see them.

use serde::Serialize;
use souk_domain::address::ShippingAddress;
use souk_domain::money::Money;
use souk_domain::order::{AttemptStatus, Happening, Order, RefundStatus};
use souk_runtime::http::{Amount, Problem};

/// An order in a list.
#[derive(Serialize)]
pub(crate) struct OrderSummary<'a> {
    order_id: &'a str,
    status: &'static str,
    total_amount: Amount,
    currency: &'a str,
    item_count: u32,
    placed_at: String,
}

/// One order, whole.
#[derive(Serialize)]
pub(crate) struct OrderDetail<'a> {
    order_id: &'a str,
    status: &'static str,
    total_amount: Amount,
    refunded_amount: Amount,
    currency: &'a str,
    placed_at: String,
    hold_expires_at: String,
    lines: Vec<Line<'a>>,
    shipping_address: &'a ShippingAddress,
    payment: Payment<'a>,
    refunds: Vec<RefundView>,
    timeline: Vec<Entry>,
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

#[derive(Serialize)]
struct RefundView {
    amount: Amount,
    status: &'static str,
}

#[derive(Serialize)]
struct Entry {
    at: String,
    event: &'static str,
}

/// The short form.
pub(crate) fn summary(order: &Order) -> OrderSummary<'_> {
    OrderSummary {
        order_id: order.order_id.as_str(),
        status: order.status.as_str(),
        total_amount: Amount(order.total()),
        currency: order.currency.code(),
        item_count: order.lines.iter().map(|line| line.quantity.get()).sum(),
        placed_at: order.placed_at().to_rfc3339(),
    }
}

/// The long form.
pub(crate) fn detail(order: &Order) -> Result<OrderDetail<'_>, Problem> {
    let amount = |minor| Amount(Money::from_minor(minor, order.currency));
    let lines = order.lines.iter().map(|line| {
        Ok(Line {
            product_id: line.product_id.as_str(),
            name: &line.name,
            price: amount(line.unit_price_minor),
            quantity: line.quantity.get(),
            line_total: Amount(line.total(order.currency).map_err(Problem::internal)?),
        })
    });
    let refunds = order.refunds.iter().map(|refund| RefundView {
        amount: amount(refund.amount_minor),
        status: match refund.status {
            RefundStatus::Pending => "pending",
            RefundStatus::Completed => "completed",
            RefundStatus::Failed => "failed",
        },
    });
    let timeline = order.timeline.iter().map(|entry| Entry { at: entry.at.to_rfc3339(), event: event(entry.what) });
    Ok(OrderDetail {
        order_id: order.order_id.as_str(),
        status: order.status.as_str(),
        total_amount: Amount(order.total()),
        refunded_amount: amount(order.refunded_minor()),
        currency: order.currency.code(),
        placed_at: order.placed_at().to_rfc3339(),
        hold_expires_at: order.hold_expires_at.to_rfc3339(),
        lines: lines.collect::<Result<_, Problem>>()?,
        shipping_address: &order.shipping_address,
        payment: payment(order),
        refunds: refunds.collect(),
        timeline: timeline.collect(),
    })
}

/// The attempt that counts: the one that took the money, else the last.
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

const fn event(what: Happening) -> &'static str {
    match what {
        Happening::Placed => "placed",
        Happening::PaymentStarted => "payment_started",
        Happening::PaymentActionRequired => "payment_action_required",
        Happening::PaymentFailed => "payment_failed",
        Happening::Paid => "paid",
        Happening::Expired => "expired",
        Happening::Cancelled => "cancelled",
        Happening::RefundDue => "refund_due",
        Happening::Refunded => "refunded",
        Happening::RefundFailed => "refund_failed",
        Happening::HeldAgain => "held_again",
        Happening::Shipped => "shipped",
        Happening::Delivered => "delivered",
        Happening::ReturnRequested => "return_requested",
        Happening::ReturnAccepted => "return_accepted",
        Happening::ReturnRejected => "return_rejected",
    }
}
