//! Orders in an export: the stored data of an order that concerns its shopper.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::address::ShippingAddress;
use souk_domain::contact::{Contact, Phone};
use souk_domain::money::Money;
use souk_domain::order::{
    AttemptStatus, Order, OrderLine, OrderStatus, PaymentAttempt, PaymentMethod, Refund, RefundStatus, RefundTarget,
    Return, ReturnStatus, Shipment, TimelineEntry, TimelineEvent,
};
use souk_runtime::http::{Amount, Problem};

/// An order.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ExportedOrder<'a> {
    /// The id of the order.
    order_id: &'a str,
    /// The account that placed it, or the guest that became the account.
    user_id: &'a str,
    /// As in the order at `GET /orders/{order_id}`.
    #[schemars(extend("enum" = OrderStatus::ALL.map(OrderStatus::as_str)))]
    status: &'static str,
    /// ISO 4217. The currency of every amount in the order.
    currency: &'a str,
    /// Total of its lines.
    total_amount: Amount,
    /// Total of the completed refunds.
    refunded_amount: Amount,
    /// When it was placed.
    #[schemars(extend("format" = "date-time"))]
    placed_at: String,
    /// The payment method that was chosen for it.
    #[schemars(extend("enum" = PaymentMethod::ALL.map(PaymentMethod::as_str)))]
    payment_method: &'static str,
    /// The products.
    lines: Vec<ExportedOrderLine<'a>>,
    /// Where it is shipped.
    #[schemars(with = "ExportedAddress")]
    shipping_address: &'a ShippingAddress,
    /// How to reach whoever placed it. Absent for orders of before contacts were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ExportedContact<'a>>,
    /// Its payment attempts, oldest first.
    payments: Vec<ExportedPayment<'a>>,
    /// Its refunds, oldest first.
    refunds: Vec<ExportedRefund<'a>>,
    /// Its returns, oldest first.
    returns: Vec<ExportedReturn<'a>>,
    /// Present once it is shipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipment: Option<ExportedShipment<'a>>,
    /// What happened to it, oldest first.
    timeline: Vec<ExportedTimelineEntry>,
}

/// A product of an order, with its name and price when the order was placed.
#[derive(Serialize, JsonSchema)]
struct ExportedOrderLine<'a> {
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

/// How to reach whoever placed an order.
#[derive(Serialize, JsonSchema)]
struct ExportedContact<'a> {
    /// The e-mail address.
    #[schemars(email)]
    email: &'a str,
    /// The phone number, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
}

/// A payment attempt.
#[derive(Serialize, JsonSchema)]
struct ExportedPayment<'a> {
    /// `processing`: the outcome is not known yet. `requires_action`: the shopper has to complete it. `completed`.
    /// `failed`.
    #[schemars(with = "String", extend("enum" = ATTEMPT_STATUSES))]
    status: AttemptStatus,
    /// The payment method.
    #[schemars(extend("enum" = PaymentMethod::ALL.map(PaymentMethod::as_str)))]
    method: &'static str,
    /// When it was started.
    #[schemars(extend("format" = "date-time"))]
    started_at: String,
    /// The amount that was paid.
    paid_amount: Amount,
    /// The payment provider's id of the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<&'a str>,
    /// Why it was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<&'a str>,
}

/// A refund of a payment.
#[derive(Serialize, JsonSchema)]
struct ExportedRefund<'a> {
    /// `pending`: it is due. `completed`. `failed`: the payment provider could not pay it out; it is still due.
    #[schemars(extend("enum" = RefundStatus::ALL.map(RefundStatus::as_str)))]
    status: &'static str,
    /// The amount.
    amount: Amount,
    /// `original`: to the payment method of the order. `store_credit`: to the account's store credit.
    #[schemars(extend("enum" = RefundTarget::ALL.map(RefundTarget::as_str)))]
    refund_to: &'static str,
    /// Why staff granted it, if they did so without a return.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// A return of units of an order.
#[derive(Serialize, JsonSchema)]
struct ExportedReturn<'a> {
    /// `requested`: staff have to decide. `accepted`. `rejected`.
    #[schemars(extend("enum" = ReturnStatus::ALL.map(ReturnStatus::as_str)))]
    status: &'static str,
    /// What is returned.
    items: Vec<ExportedReturnItem<'a>>,
    /// Why staff rejected it, if they gave a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection_reason: Option<&'a str>,
}

/// Returned units of one product.
#[derive(Serialize, JsonSchema)]
struct ExportedReturnItem<'a> {
    /// The id of the product.
    product_id: &'a str,
    /// Returned units.
    quantity: u32,
    /// Why the shopper returns them.
    reason: &'a str,
}

/// How an order was shipped.
#[derive(Serialize, JsonSchema)]
struct ExportedShipment<'a> {
    /// The carrier.
    carrier: &'a str,
    /// The carrier's number of the shipment.
    tracking_number: &'a str,
}

/// Something that happened to an order.
#[derive(Serialize, JsonSchema)]
struct ExportedTimelineEntry {
    /// When it happened.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// What happened.
    #[schemars(with = "String", extend("enum" = TimelineEvent::ALL))]
    event: TimelineEvent,
}

/// Where an order is shipped: free text, or the parts of an address as they were entered.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "the schema of ShippingAddress")]
enum ExportedAddress {
    /// Free text.
    Text(String),
    /// The parts.
    Structured(ExportedAddressParts),
}

/// The parts of a shipping address. Those that were not given are omitted.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the schema of StructuredAddress")]
struct ExportedAddressParts {
    /// The recipient.
    name: String,
    /// Street and number.
    line1: String,
    /// Flat, floor or company.
    #[schemars(skip_serializing_if = "Option::is_none")]
    line2: Option<String>,
    /// City.
    city: String,
    /// State, province or county.
    #[schemars(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// Postal code.
    #[schemars(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    country: String,
    /// For the carrier.
    #[schemars(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

const ATTEMPT_STATUSES: [AttemptStatus; 4] =
    [AttemptStatus::Processing, AttemptStatus::RequiresAction, AttemptStatus::Completed, AttemptStatus::Failed];

impl<'a> ExportedOrder<'a> {
    pub(super) fn of(order: &'a Order) -> Result<Self, Problem> {
        let lines = order.lines.iter().map(|line| ExportedOrderLine::of(order, line));
        Ok(Self {
            order_id: order.order_id.as_str(),
            user_id: order.user_id.as_str(),
            status: order.status.as_str(),
            currency: order.currency.code(),
            total_amount: Amount(order.total()),
            refunded_amount: amount(order, order.refunded_minor()),
            placed_at: order.placed_at().to_rfc3339(),
            payment_method: order.payment_method.as_str(),
            lines: lines.collect::<Result<_, _>>()?,
            shipping_address: &order.shipping_address,
            contact: order.contact.as_ref().map(ExportedContact::of),
            payments: order.attempts.iter().map(|attempt| ExportedPayment::of(order, attempt)).collect(),
            refunds: order.refunds.iter().map(|refund| ExportedRefund::of(order, refund)).collect(),
            returns: order.returns.iter().map(ExportedReturn::of).collect(),
            shipment: order.shipment.as_ref().map(ExportedShipment::of),
            timeline: order.timeline.iter().map(ExportedTimelineEntry::of).collect(),
        })
    }
}

impl<'a> ExportedOrderLine<'a> {
    fn of(order: &Order, line: &'a OrderLine) -> Result<Self, Problem> {
        Ok(Self {
            product_id: line.product_id.as_str(),
            name: &line.name,
            price: amount(order, line.unit_price_minor),
            quantity: line.quantity.get(),
            line_total: Amount(line.total(order.currency).map_err(Problem::internal)?),
        })
    }
}

impl<'a> ExportedContact<'a> {
    fn of(contact: &'a Contact) -> Self {
        Self { email: contact.email.as_str(), phone: contact.phone.as_ref().map(Phone::as_str) }
    }
}

impl<'a> ExportedPayment<'a> {
    fn of(order: &Order, attempt: &'a PaymentAttempt) -> Self {
        Self {
            status: attempt.status,
            method: attempt.method.as_str(),
            started_at: attempt.started_at.to_rfc3339(),
            paid_amount: amount(order, attempt.captured_minor),
            payment_id: attempt.payment_id.as_deref(),
            decline_code: attempt.shopper_decline_code(),
        }
    }
}

impl<'a> ExportedRefund<'a> {
    fn of(order: &Order, refund: &'a Refund) -> Self {
        Self {
            status: refund.status.as_str(),
            amount: amount(order, refund.amount_minor),
            refund_to: refund.target.as_str(),
            reason: refund.reason.as_deref(),
        }
    }
}

impl<'a> ExportedReturn<'a> {
    fn of(entry: &'a Return) -> Self {
        let items = entry.items.iter().map(|item| ExportedReturnItem {
            product_id: item.product_id.as_str(),
            quantity: item.quantity.get(),
            reason: &item.reason,
        });
        Self { status: entry.status.as_str(), items: items.collect(), rejection_reason: entry.rejection.as_deref() }
    }
}

impl<'a> ExportedShipment<'a> {
    fn of(shipment: &'a Shipment) -> Self {
        Self { carrier: &shipment.carrier, tracking_number: &shipment.tracking_number }
    }
}

impl ExportedTimelineEntry {
    fn of(entry: &TimelineEntry) -> Self {
        Self { at: entry.at.to_rfc3339(), event: entry.event }
    }
}

fn amount(order: &Order, minor: i64) -> Amount {
    Amount(Money::from_minor(minor, order.currency))
}
