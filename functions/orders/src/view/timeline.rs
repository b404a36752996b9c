//! The timeline of an order. The details of an entry are looked up in the attempt, refund or return that it refers to,
//! so that a stored entry needs only a few bytes.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::order::{Order, PaymentMethod, RefundTarget, TimelineEntry, TimelineEvent};
use souk_runtime::http::Amount;

use super::{Viewer, amount};
use crate::ordinal_id::OrdinalId;

/// Something that happened to an order. Members that do not apply to its event are omitted.
#[derive(Serialize, JsonSchema, Default)]
#[schemars(rename = "TimelineEntry")]
pub(super) struct TimelineEntryView<'a> {
    /// When it happened.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// What happened. `held_again`: the order had expired when it was paid, and its stock was still available.
    /// `refund_due`: a refund was granted or retried.
    #[schemars(extend("enum" = TimelineEvent::ALL.map(event)))]
    event: &'static str,
    /// The total that was ordered, the amount that was paid, or the amount of the refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    /// The method of the payment attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = PaymentMethod::ALL.map(PaymentMethod::as_str)))]
    payment_method: Option<&'static str>,
    /// Why the payment attempt was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<&'a str>,
    /// The carrier of the shipment.
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<&'a str>,
    /// The tracking number of the shipment.
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_number: Option<&'a str>,
    /// The return, or the return that the refund pays for.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_id: Option<OrdinalId>,
    /// The refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<OrdinalId>,
    /// Where the refund is paid to, as in the refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = RefundTarget::ALL.map(RefundTarget::as_str)))]
    refund_to: Option<&'static str>,
    /// Why staff granted the refund or rejected the return.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl<'a> TimelineEntryView<'a> {
    pub(super) fn of(order: &'a Order, entry: TimelineEntry, viewer: Viewer) -> Self {
        let details = match entry.event {
            TimelineEvent::Placed => Self { amount: Some(Amount(order.total())), ..Self::default() },
            TimelineEvent::Shipped => Self::of_shipment(order),
            TimelineEvent::PaymentStarted | TimelineEvent::PaymentActionRequired => {
                Self::of_attempt(order, entry.index)
            }
            TimelineEvent::PaymentFailed => Self::of_failure(order, entry.index, viewer),
            TimelineEvent::Paid => Self::of_payment(order, entry.index),
            TimelineEvent::RefundDue | TimelineEvent::Refunded | TimelineEvent::RefundFailed => {
                Self::of_refund(order, entry.index)
            }
            TimelineEvent::ReturnRequested | TimelineEvent::ReturnAccepted => {
                Self { return_id: entry.index.map(OrdinalId), ..Self::default() }
            }
            TimelineEvent::ReturnRejected => Self::of_rejection(order, entry.index),
            TimelineEvent::Expired | TimelineEvent::Cancelled | TimelineEvent::HeldAgain | TimelineEvent::Delivered => {
                Self::default()
            }
        };
        Self { at: entry.at.to_rfc3339(), event: event(entry.event), ..details }
    }

    fn of_shipment(order: &'a Order) -> Self {
        let shipment = order.shipment.as_ref();
        Self {
            carrier: shipment.map(|shipment| shipment.carrier.as_str()),
            tracking_number: shipment.map(|shipment| shipment.tracking_number.as_str()),
            ..Self::default()
        }
    }

    fn of_attempt(order: &'a Order, index: Option<usize>) -> Self {
        let attempt = index.and_then(|index| order.attempts.get(index));
        Self { payment_method: attempt.map(|attempt| attempt.method.as_str()), ..Self::default() }
    }

    fn of_failure(order: &'a Order, index: Option<usize>, viewer: Viewer) -> Self {
        let attempt = index.and_then(|index| order.attempts.get(index));
        let decline_code = attempt.and_then(|attempt| viewer.decline_code(attempt));
        Self { decline_code, ..Self::of_attempt(order, index) }
    }

    fn of_payment(order: &'a Order, index: Option<usize>) -> Self {
        let attempt = index.and_then(|index| order.attempts.get(index));
        let amount = attempt.map(|attempt| amount(order, attempt.captured_minor));
        Self { amount, ..Self::of_attempt(order, index) }
    }

    fn of_refund(order: &'a Order, index: Option<usize>) -> Self {
        let refund = index.and_then(|index| order.refunds.get(index));
        Self {
            refund_id: index.map(OrdinalId),
            amount: refund.map(|refund| amount(order, refund.amount_minor)),
            refund_to: refund.map(|refund| refund.target.as_str()),
            return_id: refund.and_then(|refund| refund.for_return).map(OrdinalId),
            reason: refund.and_then(|refund| refund.reason.as_deref()),
            ..Self::default()
        }
    }

    fn of_rejection(order: &'a Order, index: Option<usize>) -> Self {
        let entry = index.and_then(|index| order.returns.get(index));
        let reason = entry.and_then(|entry| entry.rejection.as_deref());
        Self { return_id: index.map(OrdinalId), reason, ..Self::default() }
    }
}

const fn event(event: TimelineEvent) -> &'static str {
    match event {
        TimelineEvent::Placed => "placed",
        TimelineEvent::PaymentStarted => "payment_started",
        TimelineEvent::PaymentActionRequired => "payment_action_required",
        TimelineEvent::PaymentFailed => "payment_failed",
        TimelineEvent::Paid => "paid",
        TimelineEvent::Expired => "expired",
        TimelineEvent::Cancelled => "cancelled",
        TimelineEvent::RefundDue => "refund_due",
        TimelineEvent::Refunded => "refunded",
        TimelineEvent::RefundFailed => "refund_failed",
        TimelineEvent::HeldAgain => "held_again",
        TimelineEvent::Shipped => "shipped",
        TimelineEvent::Delivered => "delivered",
        TimelineEvent::ReturnRequested => "return_requested",
        TimelineEvent::ReturnAccepted => "return_accepted",
        TimelineEvent::ReturnRejected => "return_rejected",
    }
}
