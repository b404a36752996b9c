//! An order as the audit log stores it: the parts that staff can change. Has no contact and no address, because audit
//! entries cannot be deleted.

use serde::Serialize;
use souk_domain::order::{Order, Refund, Return, Shipment};

use crate::ordinal_id::OrdinalId;

/// The parts of an order that staff can change.
#[derive(Serialize)]
pub(crate) struct AuditedOrder<'a> {
    status: &'static str,
    version: u64,
    currency: &'a str,
    total_minor: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipment: Option<&'a Shipment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    returns: Vec<AuditedReturn<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refunds: Vec<AuditedRefund<'a>>,
}

#[derive(Serialize)]
struct AuditedReturn<'a> {
    return_id: OrdinalId,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection: Option<&'a str>,
}

#[derive(Serialize)]
struct AuditedRefund<'a> {
    refund_id: OrdinalId,
    status: &'static str,
    amount_minor: i64,
    refund_to: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<&'a str>,
    retries: u32,
}

impl<'a> AuditedOrder<'a> {
    pub(crate) fn of(order: &'a Order) -> Self {
        Self {
            status: order.status.as_str(),
            version: order.version,
            currency: order.currency.code(),
            total_minor: order.total_minor,
            shipment: order.shipment.as_ref(),
            returns: order.returns.iter().enumerate().map(AuditedReturn::of).collect(),
            refunds: order.refunds.iter().enumerate().map(AuditedRefund::of).collect(),
        }
    }
}

impl<'a> AuditedReturn<'a> {
    fn of((index, entry): (usize, &'a Return)) -> Self {
        Self { return_id: OrdinalId(index), status: entry.status.as_str(), rejection: entry.rejection.as_deref() }
    }
}

impl<'a> AuditedRefund<'a> {
    fn of((index, refund): (usize, &'a Refund)) -> Self {
        Self {
            refund_id: OrdinalId(index),
            status: refund.status.as_str(),
            amount_minor: refund.amount_minor,
            refund_to: refund.target.as_str(),
            reason: refund.reason.as_deref(),
            granted_by: refund.granted_by.as_ref().map(souk_domain::ids::UserId::as_str),
            approved_by: refund.approved_by.as_ref().map(souk_domain::ids::UserId::as_str),
            retries: refund.retries,
        }
    }
}
