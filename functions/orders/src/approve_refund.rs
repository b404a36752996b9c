//! `POST /admin/refund-requests/{refund_request_id}/approval`: a second person approves a refund, which is then granted
//! exactly as it was asked for. The approval names the amount, so that nobody approves another refund than the one that
//! was looked at.
//!
//! Idempotent: the refund has the idempotency key of the request, so it is granted once.

use schemars::JsonSchema;
use souk_domain::money::{Currency, Money};
use souk_domain::order::{Event, RefundApproval, RefundGrant};
use souk_domain::permission::Permission;
use souk_domain::time::Timestamp;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, OrderConflict, Tag};
use souk_runtime::http::{Amount, Endpoint, Problem, Reply, Request};
use souk_store::{RefundRequest, RefundRequests, StaffGrants, StoreError};

use crate::get_refund_request::find_refund_request;
use crate::grant_refund::{GrantRefundResponse, NotRefundable, granted};
use crate::refund_context::{RefundContext, STORE_CREDIT_UNAVAILABLE};
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
             `POST /admin/orders/{order_id}/refunds`. Look at it with `GET \
             /admin/refund-requests/{refund_request_id}` first. A request expires after seven days.",
    )
    .repeated("The answer is the same refund, as it was granted.")
    .body::<ApproveRefundRequest>(r#"{"amount": 1500.00}"#)
    .answers::<GrantRefundResponse<'_>>(201, "The refund, which is due.")
    .problem(403, "second_person_required", "The caller asked for this refund: another person has to approve it.")
    .problem(404, "not_found", "There is no such request, or it has expired.")
    .problem(409, "amount_mismatch", "The refund that was asked for has another amount.")
    .problem(
        409,
        "requester_not_permitted",
        "Who asked for this refund may not refund orders any more: ask for it again.",
    )
    .problem_with::<OrderConflict>(409, "store_credit_unavailable", STORE_CREDIT_UNAVAILABLE)
    .problem_with::<OrderConflict>(409, "too_many_refunds", "The order has 30 refunds without a return already.")
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

/// The request of `POST /admin/refund-requests/{refund_request_id}/approval`.
#[derive(JsonSchema)]
pub struct ApproveRefundRequest {
    /// The amount of the refund, as the approver has seen it.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub amount: Amount,
}

/// Approves refunds.
pub struct ApproveRefund {
    /// Finds the account of the order, and applies the refund.
    pub context: RefundContext,
    /// The refunds that wait for a second person.
    pub requests: RefundRequests,
    /// The grants of staff, for the permissions of who asked for the refund.
    pub grants: StaffGrants,
    /// The currency of the shop.
    pub currency: Currency,
}

impl ApproveRefund {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            context: RefundContext::from_dependencies(deps)?,
            requests: deps.refund_requests()?,
            grants: deps.staff_grants()?,
            currency: deps.currency()?,
        })
    }
}

impl Endpoint for ApproveRefund {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let approver = request.staff(Permission::RefundsWrite)?.user_id.clone();
        let mut fields = request.fields()?;
        let amount = fields.positive_money("amount", self.currency);
        let (amount,) = fields.finish((amount,))?;

        let StaffOrderContext { steps, clock } = &self.context.orders;
        let now = clock.now();
        let waiting = find_refund_request(&self.requests, request, now).await?;
        if !waiting.may_be_approved_by(&approver) {
            let detail = "another member of staff has to approve this refund";
            return Err(Problem::new(403, "second_person_required", detail));
        }
        if amount != Money::from_minor(waiting.amount_minor, waiting.currency) {
            return Err(Problem::conflict("amount_mismatch", "the refund that was asked for has another amount"));
        }
        if !self.is_granted(&waiting).await? && !self.requester_may_refund(&waiting, now).await? {
            let detail = "who asked for this refund may not refund orders any more";
            return Err(Problem::conflict("requester_not_permitted", detail));
        }
        let account = self.context.account(&waiting.user_id, waiting.target).await?;
        let RefundRequest { user_id, order_id, target, reason, requested_by, request, .. } = waiting;
        let approval = RefundApproval::ApprovedBy(approver);
        let grant = RefundGrant {
            amount,
            target,
            account,
            reason,
            granted_by: requested_by,
            request: request.clone(),
            approval,
        };
        let step = steps.step(&user_id, &order_id, &Event::RefundGranted(grant), now).await?;
        granted(&step, &request)
    }
}

impl ApproveRefund {
    /// Whether the refund was granted before: then the request is a retry.
    async fn is_granted(&self, waiting: &RefundRequest) -> Result<bool, StoreError> {
        let order = self.context.orders.steps.orders.get(&waiting.user_id, &waiting.order_id).await?;
        Ok(order.is_some_and(|order| order.refund_by_key(&waiting.request.key).is_some()))
    }

    async fn requester_may_refund(&self, waiting: &RefundRequest, now: Timestamp) -> Result<bool, StoreError> {
        let grant = self.grants.get(&waiting.requested_by).await?;
        Ok(grant.is_some_and(|grant| grant.permissions(now).contains(Permission::RefundsWrite)))
    }
}

#[cfg(test)]
mod tests;
