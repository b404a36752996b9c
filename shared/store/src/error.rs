//! Errors of the store, for all aggregates.

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;

/// Why an operation failed. Outcomes that callers decide about, such as a version conflict, are in the result of the
/// operation instead.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Throttled, timed out or unreachable, after the SDK's own retries.
    #[error("DynamoDB is unavailable: {0}")]
    Unavailable(String),
    /// Every attempt met a concurrent write.
    #[error("too many concurrent writers")]
    Conflict,
    /// An item does not have the expected form.
    #[error("cannot read an item of {table}: {reason}")]
    Corrupt {
        /// The table of the item.
        table: String,
        /// What is wrong with the item.
        reason: String,
    },
    /// DynamoDB rejected the request, because of a bug or a missing permission.
    #[error("DynamoDB rejected the request: {0}")]
    Rejected(String),
}

/// Error codes of requests that may succeed on a retry.
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
    E: ProvideErrorMetadata,
{
    fn from(error: SdkError<E, R>) -> Self {
        let transient = match &error {
            SdkError::ServiceError(service) => service.err().code().is_none_or(|code| TRANSIENT.contains(&code)),
            SdkError::ConstructionFailure(_) => false,
            _ => true,
        };
        // Without the whole error, which quotes the response and with it stored data.
        let message = match &error {
            SdkError::ServiceError(service) => {
                let (code, message) = (service.err().code(), service.err().message());
                format!("{}: {}", code.unwrap_or("no code"), message.unwrap_or("no message"))
            }
            other => other.to_string(),
        };
        if transient { Self::Unavailable(message) } else { Self::Rejected(message) }
    }
}

impl From<BuildError> for StoreError {
    fn from(error: BuildError) -> Self {
        Self::Rejected(error.to_string())
    }
}

/// Cancellation reasons of transactions that may succeed on a retry.
const CONTENDED: [&str; 3] = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

/// Why a transaction was cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cancelled {
    /// The conditions of these actions (by index, ascending) failed. Takes precedence over contention, because it needs
    /// a decision.
    Condition(Vec<usize>),
    /// Conflicts or throttling: a retry may succeed.
    Contention,
}

/// Why a transaction was cancelled; `None` for all other failures, which callers can only pass on.
pub(crate) fn cancelled<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<Cancelled> {
    let reasons = match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => cancelled.cancellation_reasons(),
        TransactWriteItemsError::TransactionInProgressException(_) => return Some(Cancelled::Contention),
        _ => return None,
    };
    let with_code = |code: &str| {
        let codes = reasons.iter().map(|reason| reason.code()).enumerate();
        codes.filter(|(_, known)| *known == Some(code)).map(|(index, _)| index).collect::<Vec<_>>()
    };
    let failed = with_code("ConditionalCheckFailed");
    if !failed.is_empty() {
        return Some(Cancelled::Condition(failed));
    }
    CONTENDED.iter().any(|code| !with_code(code).is_empty()).then_some(Cancelled::Contention)
}

/// Whether a read transaction failed only because of concurrent writers.
pub(crate) fn contended<R>(error: &SdkError<TransactGetItemsError, R>) -> bool {
    match error.as_service_error() {
        Some(TransactGetItemsError::TransactionCanceledException(cancelled)) => {
            let codes = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code());
            codes.into_iter().any(|code| CONTENDED.contains(&code))
        }
        _ => false,
    }
}
