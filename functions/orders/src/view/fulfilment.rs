//! Shipment, returns and refunds in responses.

use serde::Serialize;
use souk_domain::order::{Order, ReturnStatus, Shipment, TimelineEvent};
use souk_runtime::http::Amount;

use super::{Viewer, amount};
use crate::ordinal_id::OrdinalId;

#[derive(Serialize)]
pub(super) struct ShipmentView<'a> {
    carrier: &'a str,
    tracking_number: &'a str,
}

/// A return, in its order and in the staff's list.
#[derive(Serialize)]
pub(crate) struct ReturnView<'a> {
    return_id: OrdinalId,
    status: &'static str,
    requested_at: String,
    /// The price of its units.
    amount: Amount,
    items: Vec<ReturnItemView<'a>>,
    /// Why staff rejected it.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection_reason: Option<&'a str>,
}

#[derive(Serialize)]
struct ReturnItemView<'a> {
    product_id: &'a str,
    quantity: u32,
    reason: &'a str,
}

#[derive(Serialize)]
pub(super) struct RefundView<'a> {
    refund_id: OrdinalId,
    amount: Amount,
    status: &'static str,
    target: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_id: Option<OrdinalId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_by: Option<&'a str>,
}

impl<'a> ShipmentView<'a> {
    pub(super) fn of(shipment: &'a Shipment) -> Self {
        Self { carrier: &shipment.carrier, tracking_number: &shipment.tracking_number }
    }
}

impl<'a> ReturnView<'a> {
    pub(crate) fn of(order: &'a Order, index: usize) -> Option<Self> {
        let entry = order.returns.get(index)?;
        let items = entry.items.iter().map(|item| ReturnItemView {
            product_id: item.product_id.as_str(),
            quantity: item.quantity.get(),
            reason: &item.reason,
        });
        let mut timeline = order.timeline.iter();
        let requested =
            timeline.find(|entry| entry.event == TimelineEvent::ReturnRequested && entry.index == Some(index));
        Some(Self {
            return_id: OrdinalId(index),
            status: entry.status.as_str(),
            requested_at: requested.map_or_else(|| order.placed_at(), |entry| entry.at).to_rfc3339(),
            amount: amount(order, order.return_value_minor(&entry.items)),
            items: items.collect(),
            rejection_reason: entry.rejection.as_deref(),
        })
    }
}

impl<'a> ReturnView<'a> {
    /// The return as it was when it was requested.
    pub(crate) fn requested(order: &'a Order, index: usize) -> Option<Self> {
        let view = Self::of(order, index)?;
        Some(Self { status: ReturnStatus::Requested.as_str(), rejection_reason: None, ..view })
    }
}

impl<'a> RefundView<'a> {
    pub(super) fn of(order: &'a Order, index: usize, viewer: Viewer) -> Option<Self> {
        let refund = order.refunds.get(index)?;
        let granted_by = refund.granted_by.as_ref().filter(|_| viewer == Viewer::Staff);
        Some(Self {
            refund_id: OrdinalId(index),
            amount: amount(order, refund.amount_minor),
            status: refund.status.as_str(),
            target: refund.target.as_str(),
            return_id: refund.for_return.map(OrdinalId),
            reason: refund.reason.as_deref(),
            granted_by: granted_by.map(souk_domain::ids::UserId::as_str),
        })
    }
}
