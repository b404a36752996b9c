//! `GET /admin/refund-requests/{refund_request_id}`: a refund that waits for a second person, who looks at it before
//! approving it.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::effects::Clock;
use souk_domain::money::Money;
use souk_domain::order::RefundTarget;
use souk_domain::permission::Permission;
use souk_domain::time::Timestamp;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Amount, Endpoint, Problem, Reply, Request};
use souk_store::{RefundRequest, RefundRequests};

use crate::refund_request_id::RefundRequestId;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let route = "GET /admin/refund-requests/{refund_request_id}";
    Operation::new("get-refund-request", route, Caller::Staff(Permission::RefundsWrite), Tag::StaffOrders)
        .summary("Shows a refund that waits for a second person")
        .description(
            "The id is in the response 202 of `POST /admin/orders/{order_id}/refunds`. It is also shown after it was \
             approved, until it expires: the order shows what was refunded.",
        )
        .answers::<GetRefundRequestResponse<'_>>(200, "The refund as it was asked for.")
        .link("approve-refund", &[("refund_request_id", "$request.path.refund_request_id")])
        .problem(404, "not_found", "There is no such request, or it has expired.")
}

/// Shows a refund that waits for a second person.
pub struct GetRefundRequest {
    /// The refunds that wait for a second person.
    pub requests: RefundRequests,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl GetRefundRequest {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { requests: deps.refund_requests()?, clock: deps.clock() })
    }
}

/// A refund that one person asked for and another has to approve.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RequestedRefund")]
struct GetRefundRequestResponse<'a> {
    /// Its id.
    refund_request_id: &'a str,
    /// The order.
    order_id: &'a str,
    /// How much is refunded. The approval has to name it.
    amount: Amount,
    /// ISO 4217.
    currency: &'a str,
    /// `original`: to the payment method of the order. `store_credit`: to the store credit of the account to which the
    /// order belongs.
    #[schemars(extend("enum" = RefundTarget::ALL.map(RefundTarget::as_str)))]
    refund_to: &'static str,
    /// Why, for the shopper.
    reason: &'a str,
    /// The account of the member of staff who asked for it.
    requested_by: &'a str,
    /// When it was asked for.
    #[schemars(extend("format" = "date-time"))]
    requested_at: String,
    /// Until when it can be approved.
    #[schemars(extend("format" = "date-time"))]
    expires_at: String,
}

impl<'a> GetRefundRequestResponse<'a> {
    fn of(waiting: &'a RefundRequest) -> Self {
        Self {
            refund_request_id: &waiting.request_id,
            order_id: waiting.order_id.as_str(),
            amount: Amount(Money::from_minor(waiting.amount_minor, waiting.currency)),
            currency: waiting.currency.code(),
            refund_to: waiting.target.as_str(),
            reason: &waiting.reason,
            requested_by: waiting.requested_by.as_str(),
            requested_at: waiting.requested_at.to_rfc3339(),
            expires_at: Timestamp::from_millis(waiting.expires_at.saturating_mul(1_000)).to_rfc3339(),
        }
    }
}

impl Endpoint for GetRefundRequest {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::RefundsWrite)?;
        let waiting = find_refund_request(&self.requests, request, self.clock.now()).await?;
        Ok(Reply::ok(&GetRefundRequestResponse::of(&waiting)))
    }
}

/// The refund request in the path. It has not expired.
pub(crate) async fn find_refund_request(
    requests: &RefundRequests,
    request: &Request,
    now: Timestamp,
) -> Result<RefundRequest, Problem> {
    const WHAT: &str = "refund request";
    let id: RefundRequestId = request.path_id("refund_request_id", WHAT)?;
    requests.get(id.as_str(), now).await?.ok_or_else(|| Problem::not_found(WHAT))
}
