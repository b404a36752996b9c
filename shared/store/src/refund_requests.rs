//! Refunds that wait for the approval of a second person.
//!
//! A request never changes. The refund in the order has the request's idempotency key, so it is granted once, however
//! often and by however many people the request is approved. Requests expire.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use serde::{Deserialize, Serialize};
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::money::Currency;
use souk_domain::order::RefundTarget;
use souk_domain::time::Timestamp;

use crate::StoreError;
use crate::table::{Item, Table, key, number};

/// The table of refund requests.
#[derive(Clone)]
pub struct RefundRequests {
    table: Table,
}

/// A refund that one person asked for and another has to approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequest {
    /// Its id. Derived from the idempotency key of the request, so that a retry finds it.
    pub request_id: String,
    /// Owner of the order.
    pub user_id: UserId,
    /// The order.
    pub order_id: OrderId,
    /// The amount, in minor units.
    pub amount_minor: i64,
    /// Its currency.
    pub currency: Currency,
    /// Where it is paid to.
    pub target: RefundTarget,
    /// The reason, for the shopper.
    pub reason: String,
    /// The person who asked for it.
    pub requested_by: UserId,
    /// Idempotency key of the request. The refund gets it too, so that it is granted once.
    pub request: IdempotencyKey,
    /// The time of the request.
    pub requested_at: Timestamp,
    /// In seconds since the Unix epoch: DynamoDB's TTL.
    pub expires_at: i64,
}

/// The outcome of [`RefundRequests::create`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum RefundRequestOutcome {
    /// The request was stored.
    Created,
    /// A request with this id was stored before.
    Exists(Box<RefundRequest>),
}

impl RefundRequests {
    /// The refund requests of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Stores a request unless there is one with its id that has not expired.
    pub async fn create(&self, request: &RefundRequest) -> Result<RefundRequestOutcome, StoreError> {
        let put = self.table.client.put_item().table_name(&self.table.name);
        let put = put
            .set_item(Some(self.table.write(request)?))
            .condition_expression("attribute_not_exists(request_id) OR expires_at <= :now")
            .expression_attribute_values(":now", number(request.requested_at.as_seconds()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(RefundRequestOutcome::Created),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    let stored = self.table.read(failed.item.clone().unwrap_or_default())?;
                    Ok(RefundRequestOutcome::Exists(Box::new(stored)))
                }
                _ => Err(error.into()),
            },
        }
    }

    /// A request that has not expired, strongly consistent.
    pub async fn get(&self, request_id: &str, now: Timestamp) -> Result<Option<RefundRequest>, StoreError> {
        let request: Option<RefundRequest> = self.table.get(request_key(request_id), true).await?;
        Ok(request.filter(|request| now.as_seconds() < request.expires_at))
    }
}

impl RefundRequest {
    /// Whether this person may approve the refund: anybody but the person who asked for it.
    pub fn may_be_approved_by(&self, approver: &UserId) -> bool {
        self.requested_by != *approver
    }
}

fn request_key(request_id: &str) -> Item {
    key([("request_id", request_id)])
}
