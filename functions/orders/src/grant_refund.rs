//! `POST /admin/orders/{order_id}/refunds`: refunds a part of an order without a return.
//!
//! Above a sum a second person has to approve it (`approve-refund`). The sum counts what one person refunds of an order, so
//! a large refund cannot be split into small ones.
//!
//! A repeated request would refund twice, so a client that may retry sends an `Idempotency-Key`. The refund stores the
//! key for as long as the order exists.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::effects::Random;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::OrderId;
use souk_domain::money::{Currency, Money};
use souk_domain::order::{
    Event, MAX_REASON_BYTES, MAX_REASON_CHARS, Order, RefundApproval, RefundGrant, RefundStatus, RefundTarget,
    TransitionError,
};
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, OrderConflict, Tag};
use souk_runtime::http::{Amount, Endpoint, Problem, Reply, Request};
use souk_store::{OrderStep, RefundRequest, RefundRequestOutcome, RefundRequests, StepError};

use crate::audited_order::AuditedOrder;
use crate::ordinal_id::OrdinalId;
use crate::refund_context::{RefundContext, STORE_CREDIT_UNAVAILABLE};
use crate::refund_request_id::RefundRequestId;
use crate::staff_order_context::{StaffOrderContext, find_order};

/// How long a refund waits for a second person: seven days.
const REQUEST_SECONDS: i64 = 7 * 24 * 60 * 60;
/// The status of a refund that waits for a second person.
const APPROVAL_REQUIRED: &str = "approval_required";

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("grant-refund", "POST /admin/orders/{order_id}/refunds", Caller::Staff(Permission::RefundsWrite), Tag::StaffOrders)
        .summary("Refunds a part of an order without a return")
        .description(
            "It may be called repeatedly, but refunds never exceed the payment. An order that is not shipped yet \
             cannot be refunded in full: cancel it instead, which also restocks its units. The refund is paid out \
             shortly afterwards: the order shows its status.\n\n\
             A shop may require a second person above an amount. It counts what the caller refunds of the order in all, \
             without returns and without what a second person approved. Then the answer is 202, and nothing is refunded \
             until another member of staff approves it.",
        )
        .idempotency_key(
            "The answer is the same refund, as it was granted. A refund that waits for a second person: the same \
             request for approval, within seven days.",
            "as long as the order",
        )
        .body::<GrantRefundRequest>(r#"{"amount": 5.00, "refund_to": "original", "reason": "arrived late"}"#)
        .answers::<GrantRefundResponse<'_>>(201, "The refund, which is due.")
        .answers::<ApprovalRequiredResponse<'_>>(202, "Nothing is refunded yet: a second person has to approve it.")
        .link("retry-refund", &[("order_id", "$request.path.order_id"), ("refund_id", "$response.body#/refund_id")])
        .problem_with::<OrderConflict>(409, "too_many_refunds", "The order has 30 refunds without a return already.")
        .problem_with::<NotRefundable>(409, "not_refundable", "The amount exceeds `refundable_amount`.")
        .problem_with::<OrderConflict>(409, "store_credit_unavailable", STORE_CREDIT_UNAVAILABLE)
}

/// Grants a refund without a return.
pub struct GrantRefund {
    /// Finds the order and its account, and applies the refund.
    pub context: RefundContext,
    /// For a key of requests that have no `Idempotency-Key`.
    pub random: Arc<dyn Random>,
    /// The currency of the shop.
    pub currency: Currency,
    /// The refunds that wait for a second person.
    pub requests: RefundRequests,
    /// Above this sum, in minor units, a second person has to approve. None: never.
    pub approval_above_minor: Option<i64>,
}

impl GrantRefund {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        const AMOUNT: &str = "REFUND_APPROVAL_AMOUNT";
        let amount = deps.config().optional(AMOUNT).map(|_| deps.config().parsed::<u64>(AMOUNT, 0)).transpose()?;
        Ok(Self {
            context: RefundContext::from_dependencies(deps)?,
            random: deps.random(),
            currency: deps.currency()?,
            requests: deps.refund_requests()?,
            approval_above_minor: amount.map(|amount| i64::try_from(amount).unwrap_or(i64::MAX)),
        })
    }
}

/// The request of `POST /admin/orders/{order_id}/refunds`.
#[derive(JsonSchema)]
pub struct GrantRefundRequest {
    /// How much, in the order's currency and with at most its decimals.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub amount: Amount,
    /// `original`: to the payment method of the order. `store_credit`: to the store credit of the account to which the
    /// order belongs. What was paid with store credit always goes back to the account that paid.
    #[schemars(extend("enum" = RefundTarget::ALL.map(RefundTarget::as_str)))]
    pub refund_to: String,
    /// Why, for the shopper.
    #[schemars(length(min = 1, max = MAX_REASON_CHARS))]
    pub reason: String,
}

/// Further members of `not_refundable`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct NotRefundable {
    /// The status of the order.
    #[schemars(flatten)]
    pub conflict: OrderConflict,
    /// What can be refunded at most.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub refundable_amount: Option<Amount>,
    /// ISO 4217.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// The refund as it was granted. A retry with the same `Idempotency-Key` gets it again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "GrantedRefund")]
pub(crate) struct GrantRefundResponse<'a> {
    /// The order.
    order_id: &'a str,
    /// Its id within the order.
    refund_id: OrdinalId,
    /// The amount that is refunded.
    amount: Amount,
    /// ISO 4217.
    currency: &'a str,
    /// Where it is paid to: `store_credit` also if the order was paid with store credit.
    #[schemars(extend("enum" = RefundTarget::ALL.map(RefundTarget::as_str)))]
    refund_to: &'static str,
    /// Why, for the shopper.
    #[schemars(with = "String")]
    reason: Option<&'a str>,
    /// Its status when it was granted.
    #[schemars(extend("enum" = [RefundStatus::Pending.as_str()]))]
    status: &'static str,
}

/// A refund that a second person has to approve. A retry with the same `Idempotency-Key` gets it again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RefundRequest")]
struct ApprovalRequiredResponse<'a> {
    /// Send it to `POST /admin/refund-requests/{refund_request_id}/approval`.
    refund_request_id: &'a str,
    /// Always `approval_required`.
    #[schemars(extend("const" = APPROVAL_REQUIRED))]
    status: &'static str,
    /// Until when it can be approved.
    #[schemars(extend("format" = "date-time"))]
    expires_at: String,
}

/// A refund that waits for a second person, for the audit log.
#[derive(Serialize)]
struct AuditedRefundRequest<'a> {
    refund_request_id: &'a str,
    status: &'static str,
    amount_minor: i64,
    refund_to: &'static str,
    reason: &'a str,
}

impl Endpoint for GrantRefund {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let granted_by = request.staff(Permission::RefundsWrite)?.user_id.clone();
        // Always with a key: if a response of DynamoDB is lost, the event must not be applied twice.
        let idempotency_key = request.idempotency_key_or_random(&*self.random)?;
        let mut fields = request.fields()?;
        let amount = fields.positive_money("amount", self.currency);
        let target = fields.parsed::<RefundTarget>("refund_to");
        let reason = fields.text_within("reason", MAX_REASON_CHARS, MAX_REASON_BYTES);
        let (amount, target, reason) = fields.finish((amount, target, reason))?;

        let StaffOrderContext { steps, clock } = &self.context.orders;
        let (user_id, order_id) = find_order(&steps.orders, request, Permission::RefundsWrite).await?;
        let account = self.context.account(&user_id, target).await?;
        let approval = match self.approval_above_minor {
            None => RefundApproval::NotRequired,
            Some(most) => {
                self.check_key(&order_id, &idempotency_key).await?;
                RefundApproval::RequiredAbove(most)
            }
        };
        let request = idempotency_key.clone();
        let grant = RefundGrant { amount, target, account, reason, granted_by, request, approval };
        match steps.step(&user_id, &order_id, &Event::RefundGranted(grant.clone()), clock.now()).await {
            Err(StepError::Refused { order, reason: TransitionError::ApprovalRequired }) => {
                self.request_approval(&order, grant).await
            }
            step => granted(&step?, &idempotency_key),
        }
    }
}

impl GrantRefund {
    /// Refuses a key with which another refund of this order waits for a second person.
    async fn check_key(&self, order_id: &OrderId, key: &IdempotencyKey) -> Result<(), Problem> {
        let id = RefundRequestId::of(order_id, key);
        match self.requests.get(id.as_str(), self.context.orders.clock.now()).await? {
            Some(waiting) if waiting.request != *key => Err(Problem::idempotency_key_reused()),
            _ => Ok(()),
        }
    }

    /// Stores the refund until a second person approves it. Idempotent for the same key.
    async fn request_approval(&self, order: &Order, grant: RefundGrant) -> Result<Reply, Problem> {
        let (id, now) = (RefundRequestId::of(&order.order_id, &grant.request), self.context.orders.clock.now());
        let requested = RefundRequest {
            request_id: id.as_str().to_owned(),
            user_id: order.user_id.clone(),
            order_id: order.order_id.clone(),
            amount_minor: grant.amount.minor(),
            currency: grant.amount.currency(),
            target: grant.target,
            reason: grant.reason,
            requested_by: grant.granted_by,
            request: grant.request,
            requested_at: now,
            expires_at: now.plus_seconds(REQUEST_SECONDS).as_seconds(),
        };
        let waiting = match self.requests.create(&requested).await? {
            RefundRequestOutcome::Created => requested,
            RefundRequestOutcome::Exists(known) if known.request != requested.request => {
                return Err(Problem::idempotency_key_reused());
            }
            RefundRequestOutcome::Exists(known) => *known,
        };
        let body = ApprovalRequiredResponse {
            refund_request_id: &waiting.request_id,
            status: APPROVAL_REQUIRED,
            expires_at: waiting.requested_at.plus_seconds(REQUEST_SECONDS).to_rfc3339(),
        };
        let after = AuditedRefundRequest {
            refund_request_id: &waiting.request_id,
            status: APPROVAL_REQUIRED,
            amount_minor: waiting.amount_minor,
            refund_to: waiting.target.as_str(),
            reason: &waiting.reason,
        };
        Ok(Reply::json(202, &body).audit(&AuditedOrder::of(order), &after))
    }
}

/// The response with the refund that the request with this key granted.
pub(crate) fn granted(step: &OrderStep, key: &IdempotencyKey) -> Result<Reply, Problem> {
    let OrderStep { before, after: order } = step;
    let missing = || Problem::internal("the granted refund is not in the order");
    let (index, refund) = order.refund_by_key(&key.key).ok_or_else(missing)?;
    let body = GrantRefundResponse {
        order_id: order.order_id.as_str(),
        refund_id: OrdinalId(index),
        amount: Amount(Money::from_minor(refund.amount_minor, order.currency)),
        currency: order.currency.code(),
        refund_to: refund.target.as_str(),
        reason: refund.reason.as_deref(),
        status: RefundStatus::Pending.as_str(),
    };
    Ok(Reply::json(201, &body).audit(&AuditedOrder::of(before), &AuditedOrder::of(order)))
}
