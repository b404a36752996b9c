//! What can go wrong in the store, named once for all aggregates.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
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
    E: ProvideErrorMetadata,
{
    fn from(error: SdkError<E, R>) -> Self {
        let transient = match &error {
            SdkError::ServiceError(service) => service.err().code().is_none_or(|code| TRANSIENT.contains(&code)),
            SdkError::ConstructionFailure(_) => false,
            _ => true,
        };
        // Not the whole error: it quotes the response, and with it what is stored.
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

/// Reasons of a cancellation after which the same transaction may succeed later.
const CONTENDED: [&str; 3] = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

/// Why a transaction was cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cancelled {
    /// The conditions of these actions (by index, ascending) did not hold. Wins over contention: it needs a decision.
    Condition(Vec<usize>),
    /// Conflicts or throttling: the same transaction may succeed later.
    Contention,
}

/// Reads a failed transaction; `None` for anything but a cancellation that a retry or a decision can mend.
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

/// Whether a transaction of reads failed only because of writers at the same moment.
pub(crate) fn contended<R>(error: &SdkError<TransactGetItemsError, R>) -> bool {
    match error.as_service_error() {
        Some(TransactGetItemsError::TransactionCanceledException(cancelled)) => {
            let codes = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code());
            codes.into_iter().any(|code| CONTENDED.contains(&code))
        }
        _ => false,
    }
}
