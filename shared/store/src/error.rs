//! What can go wrong in the store, named once for all aggregates.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;

/// Why the store could not do something. What a caller is meant to decide about, such as a version that moved on, is in
/// the result of the operation instead.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Throttled, timed out or unreachable, after the SDK's own retries.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// Other writers kept winning, after a bounded number of tries.
    #[error("other writers kept winning")]
    Conflict,
    /// An item that this code cannot read.
    #[error("an item of {table} cannot be read: {reason}")]
    Corrupt {
        /// In which table.
        table: String,
        /// Why.
        reason: String,
    },
    /// DynamoDB refused the request itself: a bug or missing rights.
    #[error("the store refused the request: {0}")]
    Rejected(String),
}

/// Error codes after which the same request may succeed later.
const TRANSIENT: [&str; 8] = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
    "InternalServerErrorException",
    "ServiceUnavailable",
    "TransactionConflictException",
    "TransactionInProgressException",
];

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let transient = match &error {
            SdkError::ServiceError(service) => service.err().code().is_none_or(|code| TRANSIENT.contains(&code)),
            SdkError::ConstructionFailure(_) => false,
            _ => true,
        };
        let message = DisplayErrorContext(error).to_string();
        if transient { Self::Unavailable(message) } else { Self::Rejected(message) }
    }
}

/// Whether one of a transaction's conditions failed, as opposed to conflicts or throttling.
pub(crate) fn reasons(error: &TransactWriteItemsError) -> Option<&[aws_sdk_dynamodb::types::CancellationReason]> {
    match error {
        TransactWriteItemsError::TransactionCanceledException(canceled) => Some(canceled.cancellation_reasons()),
        _ => None,
    }
}
