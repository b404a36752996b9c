//! Shipment, returns and refunds in responses.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::ids::UserId;
use souk_domain::order::{Order, RefundStatus, RefundTarget, ReturnStatus, Shipment, TimelineEvent};
use souk_runtime::http::Amount;

use super::{Viewer, amount};
use crate::ordinal_id::OrdinalId;

/// Longest reason in a list, in characters.
const LISTED_REASON_CHARS: usize = 100;

/// How an order was shipped.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Shipment")]
pub(super) struct ShipmentView<'a> {
    /// The carrier.
    carrier: &'a str,
    /// The carrier's number of the shipment.
    tracking_number: &'a str,
}

/// A return of units of an order.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Return")]
pub(crate) struct ReturnView<'a> {
    /// Its id within the order.
    return_id: OrdinalId,
    /// `requested`: staff have to decide. `accepted`: its refund is due or completed. `rejected`.
    #[schemars(extend("enum" = ReturnStatus::ALL.map(ReturnStatus::as_str)))]
    status: &'static str,
    /// When the shopper requested it.
    #[schemars(extend("format" = "date-time"))]
    requested_at: String,
    /// The price of its units. Its refund may be less, if a part of the payment was refunded before.
    amount: Amount,
    /// What is returned.
    items: Vec<ReturnItemView<'a>>,
    /// Why staff rejected it, if they gave a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection_reason: Option<&'a str>,
}

/// Returned units of one product.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReturnItem")]
struct ReturnItemView<'a> {
    /// The id of the product.
    product_id: &'a str,
    /// Returned units.
    quantity: u32,
    /// Why the shopper returns them. A list shows the first 100 characters.
    reason: &'a str,
    /// Whether the list cut `reason`. `GET /admin/orders/{order_id}` has all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    reason_cut: Option<bool>,
}

/// A refund of all or a part of the payment of an order.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Refund")]
pub(super) struct RefundView<'a> {
    /// Its id within the order.
    refund_id: OrdinalId,
    /// The amount that is refunded.
    amount: Amount,
    /// `pending`: it is due and will be paid out. `completed`. `failed`: the payment provider could not pay it out; it
    /// is still due, and staff can retry it.
    #[schemars(extend("enum" = RefundStatus::ALL.map(RefundStatus::as_str)))]
    status: &'static str,
    /// `original`: to the payment method of the order. `store_credit`: to the account's store credit.
    #[schemars(extend("enum" = RefundTarget::ALL.map(RefundTarget::as_str)))]
    refund_to: &'static str,
    /// The return that it pays for, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_id: Option<OrdinalId>,
    /// Why staff granted it, if they did so without a return.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// The account of the member of staff who granted it or accepted its return. Only staff see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_by: Option<&'a str>,
    /// The account of the second person, who approved it, if the shop requires one for it. Only staff see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<&'a str>,
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
            reason_cut: None,
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
    /// The return in a list, which shows the start of each text only.
    pub(crate) fn listed(order: &'a Order, index: usize) -> Option<Self> {
        let mut view = Self::of(order, index)?;
        for item in &mut view.items {
            if let Some((end, _)) = item.reason.char_indices().nth(LISTED_REASON_CHARS) {
                (item.reason, item.reason_cut) = (&item.reason[..end], Some(true));
            }
        }
        Some(view)
    }

    /// The return as it was when it was requested.
    pub(crate) fn requested(order: &'a Order, index: usize) -> Option<Self> {
        let view = Self::of(order, index)?;
        Some(Self { status: ReturnStatus::Requested.as_str(), rejection_reason: None, ..view })
    }
}

impl<'a> RefundView<'a> {
    pub(super) fn of(order: &'a Order, index: usize, viewer: Viewer) -> Option<Self> {
        let refund = order.refunds.get(index)?;
        let staff =
            |user_id: &'a Option<UserId>| user_id.as_ref().filter(|_| viewer == Viewer::Staff).map(UserId::as_str);
        Some(Self {
            refund_id: OrdinalId(index),
            amount: amount(order, refund.amount_minor),
            status: refund.status.as_str(),
            refund_to: refund.target.as_str(),
            return_id: refund.for_return.map(OrdinalId),
            reason: refund.reason.as_deref(),
            granted_by: staff(&refund.granted_by),
            approved_by: staff(&refund.approved_by),
        })
    }
}
