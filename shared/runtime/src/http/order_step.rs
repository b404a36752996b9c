//! The problem for each reason why a step of an order was refused.

use souk_domain::money::Money;
use souk_domain::order::{Order, TransitionError};
use souk_store::StepError;

use super::{Amount, Problem};

/// Seconds after which a client may ask again about a payment that is being processed.
pub const PROCESSING_RETRY_SECONDS: u64 = 5;

impl From<StepError> for Problem {
    fn from(error: StepError) -> Self {
        match error {
            StepError::NotFound => Self::not_found("order"),
            StepError::Refused { order, reason } => refused(&order, reason),
            StepError::Store(error) => error.into(),
            // A step that takes stock or store credit at a client's request handles these itself.
            StepError::InsufficientStock | StepError::InsufficientStoreCredit => Self::internal(error),
        }
    }
}

impl Problem {
    /// For a step that reports what the payment provider did. Such a step must always succeed: if the order refuses it,
    /// the error is ours, and the provider has to report it again.
    pub fn settlement_failed(error: StepError) -> Self {
        match error {
            StepError::Store(error) => error.into(),
            StepError::NotFound
            | StepError::Refused { .. }
            | StepError::InsufficientStock
            | StepError::InsufficientStoreCredit => Self::internal(error),
        }
    }
}

fn refused(order: &Order, reason: TransitionError) -> Problem {
    let code = match reason {
        TransitionError::KeyReused => return Problem::idempotency_key_reused(),
        TransitionError::Unknown => return Problem::not_found("return or refund of this order"),
        TransitionError::PaymentInProgress => {
            let detail = "a payment of this order is being processed; try again when it has ended";
            return Problem::conflict("payment_in_progress", detail).retry_after(PROCESSING_RETRY_SECONDS);
        }
        TransitionError::NotRefundable => {
            let refundable = Money::from_minor(order.refundable_minor(), order.currency);
            return conflict(order, "not_refundable", reason)
                .with("refundable_amount", Amount(refundable))
                .with("currency", order.currency.code());
        }
        TransitionError::StoreCreditUnavailable => "store_credit_unavailable",
        TransitionError::NotPayable => "not_payable",
        TransitionError::HoldExpired => "hold_expired",
        TransitionError::TooManyAttempts => "too_many_payment_attempts",
        TransitionError::NotCancellable => "not_cancellable",
        TransitionError::NotShippable => "not_shippable",
        TransitionError::NotDeliverable => "not_deliverable",
        TransitionError::NotReturnable => "not_returnable",
        TransitionError::TooManyReturns => "too_many_returns",
        TransitionError::TooManyRefunds => "too_many_refunds",
        TransitionError::TooManyRetries => "too_many_refund_retries",
        TransitionError::AlreadyDecided => "return_already_decided",
        // No client's request leads to these; grant-refund handles that an approval is required.
        TransitionError::AlreadyPaid
        | TransitionError::ApprovalRequired
        | TransitionError::HoldNotEnded
        | TransitionError::NotRevivable => {
            return Problem::internal(reason);
        }
    };
    conflict(order, code, reason)
}

fn conflict(order: &Order, code: &'static str, reason: TransitionError) -> Problem {
    Problem::conflict(code, reason.to_string()).with("order_status", order.status.as_str())
}
