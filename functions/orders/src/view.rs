//! Orders in responses.

mod fulfilment;
mod timeline;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::address::ShippingAddress;
use souk_domain::money::Money;
use souk_domain::order::{AttemptStatus, Order, OrderStatus, PaymentAttempt, PaymentMethod};
use souk_runtime::http::{Amount, Problem};

pub(crate) use fulfilment::ReturnView;
use fulfilment::{RefundView, ShipmentView};
use timeline::TimelineEntryView;

use crate::contact::ContactView;
use crate::shipping_address::ShippingAddressSchema;

/// Who sees the order. Staff also see its owner and who granted each refund. A link shows nothing that comes from the
/// payment provider, and no contact and address once the account is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viewer {
    /// The owner of the order.
    Shopper,
    /// A member of staff.
    Staff,
    /// Whoever has a link to the order.
    Link,
}

/// An order in a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct OrderSummary<'a> {
    /// The id of the order.
    order_id: &'a str,
    /// The account that placed it. Only staff see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    /// As in the order.
    #[schemars(extend("enum" = OrderStatus::ALL.map(OrderStatus::as_str)))]
    status: &'static str,
    /// Total of its lines.
    total_amount: Amount,
    /// ISO 4217.
    currency: &'a str,
    /// Units of all its lines.
    item_count: u32,
    /// When it was placed.
    #[schemars(extend("format" = "date-time"))]
    placed_at: String,
}

/// An order with all details.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Order")]
pub(crate) struct OrderResponse<'a> {
    /// The id of the order.
    order_id: &'a str,
    /// The account that placed it. Only staff see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    /// `pending_payment`: it waits for its payment, and its stock is held until `hold_expires_at`. `paid`: it waits for
    /// its shipment. `shipped`. `delivered`. `cancelled`: if it was paid, a refund is due. `expired`: it was not paid
    /// in time. `refunded`: all of the payment is refunded. `partially_refunded`: it is delivered, and a part of the
    /// payment is refunded.
    #[schemars(extend("enum" = OrderStatus::ALL.map(OrderStatus::as_str)))]
    status: &'static str,
    /// Total of its lines.
    total_amount: Amount,
    /// Total of the completed refunds.
    refunded_amount: Amount,
    /// ISO 4217. The currency of every amount in the order.
    currency: &'a str,
    /// When it was placed.
    #[schemars(extend("format" = "date-time"))]
    placed_at: String,
    /// Until when its stock is held for the payment.
    #[schemars(extend("format" = "date-time"))]
    hold_expires_at: String,
    /// The products of the order.
    lines: Vec<Line<'a>>,
    /// Where it is shipped.
    #[schemars(with = "ShippingAddressSchema")]
    shipping_address: Cow<'a, ShippingAddress>,
    /// How to reach whoever placed it. Absent for orders of before contacts were asked for, and once it is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactView<'a>>,
    /// Its payment.
    payment: Payment<'a>,
    /// Present once it is shipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipment: Option<ShipmentView<'a>>,
    /// Oldest first.
    returns: Vec<ReturnView<'a>>,
    /// Oldest first.
    refunds: Vec<RefundView<'a>>,
    /// What happened to the order, oldest first.
    timeline: Vec<TimelineEntryView<'a>>,
}

/// A product of an order, with its name and price when the order was placed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OrderLine")]
struct Line<'a> {
    /// The id of the product.
    product_id: &'a str,
    /// The name of the product.
    name: &'a str,
    /// Price of a unit.
    price: Amount,
    /// Ordered units.
    quantity: u32,
    /// `price` times `quantity`.
    line_total: Amount,
}

/// The payment of an order: the attempt that paid it, or else the last attempt.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OrderPayment")]
struct Payment<'a> {
    /// The method of the attempt; before the first attempt, the one chosen for the order.
    #[schemars(extend("enum" = PaymentMethod::ALL.map(PaymentMethod::as_str)))]
    method: &'static str,
    /// Of the payment as a whole. `none`: no attempt was made. `processing`: the outcome is not known yet.
    /// `requires_action`: the shopper has to complete the payment at `action_url`. `completed`. `failed`: the last
    /// attempt was declined. `refunded`: all of it is refunded.
    #[schemars(extend("enum" = Order::PAYMENT_STATUSES))]
    status: &'static str,
    /// The payment provider's id of the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<&'a str>,
    /// Why the attempt was declined, such as `insufficient_funds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<&'a str>,
    /// Where the shopper completes the payment.
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
    // A link cannot be withdrawn, so it ends to show a person when the account is deleted.
    let hides_person = viewer == Viewer::Link && order.account_deleted;
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
        shipping_address: if hides_person {
            Cow::Owned(order.erased_address())
        } else {
            Cow::Borrowed(&order.shipping_address)
        },
        contact: order.contact.as_ref().filter(|_| !hides_person).map(ContactView::of),
        payment: payment(order, viewer),
        shipment: order.shipment.as_ref().map(ShipmentView::of),
        returns: (0..order.returns.len()).filter_map(|index| ReturnView::of(order, index)).collect(),
        refunds: (0..order.refunds.len()).filter_map(|index| RefundView::of(order, index, viewer)).collect(),
        timeline: order.timeline.iter().map(|entry| TimelineEntryView::of(order, *entry, viewer)).collect(),
    })
}

impl Viewer {
    /// The decline code that the viewer may see.
    fn decline_code(self, attempt: &PaymentAttempt) -> Option<&str> {
        match self {
            Self::Staff => attempt.decline_code.as_deref(),
            Self::Shopper => attempt.shopper_decline_code(),
            Self::Link => None,
        }
    }
}

/// The attempt that captured the payment, or else the last attempt.
fn payment(order: &Order, viewer: Viewer) -> Payment<'_> {
    let completed = order.attempts.iter().find(|attempt| attempt.status == AttemptStatus::Completed);
    let attempt = completed.or(order.attempts.last());
    let of_provider = attempt.filter(|_| viewer != Viewer::Link);
    Payment {
        method: attempt.map_or(order.payment_method, |attempt| attempt.method).as_str(),
        status: order.payment_status(),
        payment_id: of_provider.and_then(|attempt| attempt.payment_id.as_deref()),
        decline_code: of_provider.and_then(|attempt| viewer.decline_code(attempt)),
        action_url: of_provider.and_then(|attempt| attempt.action_url.as_deref()),
    }
}

fn amount(order: &Order, minor: i64) -> Amount {
    Amount(Money::from_minor(minor, order.currency))
}
