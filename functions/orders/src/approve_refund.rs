//! `POST /admin/refund-requests/{refund_request_id}/approval`: a second person approves a refund, which is then granted
//! exactly as it was asked for.
//!
//! Idempotent: the refund has the idempotency key of the request, so it is granted once.

use souk_domain::money::Money;
use souk_domain::order::{Event, RefundApproval, RefundGrant};
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::{RefundRequest, RefundRequests};

use crate::grant_refund::{GrantRefundResponse, NotRefundable, granted};
use crate::refund_request_id::RefundRequestId;
use crate::staff_order_context::StaffOrderContext;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "approve-refund",
        "POST /admin/refund-requests/{refund_request_id}/approval",
        Caller::Staff(Permission::RefundsWrite),
        Tag::StaffOrders,
    )
    .summary("Approves a refund that another member of staff asked for")
    .description(
        "The refund is granted exactly as it was asked for. The id is in the response 202 of \
             `POST /admin/orders/{order_id}/refunds`. A request expires after seven days.",
    )
    .repeated("The answer is the same refund, as it was granted.")
    .answers::<GrantRefundResponse<'_>>(201, "The refund, which is due.")
    .problem(403, "second_person_required", "The caller asked for this refund: another person has to approve it.")
    .problem(404, "not_found", "There is no such request, or it has expired.")
    .problem_with::<NotRefundable>(
        409,
        "not_refundable",
        "Other refunds were granted meanwhile: the amount exceeds `refundable_amount`.",
    )
    .problem(
        422,
        "idempotency_key_reused",
        "The key of the request was used for another request about the order: ask for the refund again.",
    )
}

/// Approves refunds.
pub struct ApproveRefund {
    /// Applies the refund to the order.
    pub context: StaffOrderContext,
    /// The refunds that wait for a second person.
    pub requests: RefundRequests,
}

impl ApproveRefund {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { context: StaffOrderContext::from_dependencies(deps)?, requests: deps.refund_requests()? })
    }
}

impl Endpoint for ApproveRefund {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        const WHAT: &str = "refund request";
        let approver = request.staff(Permission::RefundsWrite)?.user_id.clone();
        let id: RefundRequestId = request.path_id("refund_request_id", WHAT)?;
        let now = self.context.clock.now();
        let waiting = self.requests.get(id.as_str(), now).await?.ok_or_else(|| Problem::not_found(WHAT))?;
        if !waiting.may_be_approved_by(&approver) {
            let detail = "another member of staff has to approve this refund";
            return Err(Problem::new(403, "second_person_required", detail));
        }
        let RefundRequest { user_id, order_id, amount_minor, currency, target, reason, requested_by, request, .. } =
            waiting;
        let grant = RefundGrant {
            amount: Money::from_minor(amount_minor, currency),
            target,
            reason,
            granted_by: requested_by,
            request: request.clone(),
            approval: RefundApproval::ApprovedBy(approver),
        };
        let step = self.context.steps.step(&user_id, &order_id, &Event::RefundGranted(grant), now).await?;
        granted(&step, &request)
    }
}

#[cfg(test)]
mod tests;
