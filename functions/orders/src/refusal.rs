//! What became of a step of an order, in HTTP.

use souk_domain::money::Money;
use souk_domain::order::{Order, TransitionError};
use souk_runtime::http::{Amount, Problem};
use souk_store::Applied;

/// Seconds after which a payment that is being processed is worth asking about again.
const PROCESSING_RETRY_SECONDS: u64 = 5;

/// The order after a step, or why there was none.
pub(crate) fn saved(applied: Applied) -> Result<Order, Problem> {
    match applied {
        Applied::Done(order) => Ok(order),
        Applied::NotFound => Err(Problem::not_found("order")),
        Applied::Refused { order, why } => Err(refusal(&order, why)),
        Applied::Short { of, .. } => Err(Problem::internal(format_args!("this step takes nothing, but: {of:?}"))),
    }
}

/// Why a step cannot happen to an order as it stands.
pub(crate) fn refusal(order: &Order, why: TransitionError) -> Problem {
    let code = match why {
        TransitionError::KeyReused => return Problem::idempotency_key_reused(),
        TransitionError::Unknown => return Problem::not_found("return or refund of this order"),
        TransitionError::PaymentInProgress => {
            let detail = "a payment of this order is being processed; try again when it has ended";
            return Problem::conflict("payment_in_progress", detail).retry_after(PROCESSING_RETRY_SECONDS);
        }
        TransitionError::NotRefundable => {
            let most = Money::from_minor(order.refundable_minor(), order.currency);
            return conflict(order, "not_refundable", why)
                .with("refundable_amount", Amount(most))
                .with("currency", order.currency.code());
        }
        TransitionError::NotCancellable => "not_cancellable",
        TransitionError::NotShippable => "not_shippable",
        TransitionError::NotDeliverable => "not_deliverable",
        TransitionError::NotReturnable => "not_returnable",
        TransitionError::TooManyReturns => "too_many_returns",
        TransitionError::AlreadyDecided => "return_already_decided",
        TransitionError::NotPayable
        | TransitionError::AlreadyPaid
        | TransitionError::HoldExpired
        | TransitionError::TooManyAttempts
        | TransitionError::HoldNotEnded
        | TransitionError::NotRevivable => return Problem::internal(why),
    };
    conflict(order, code, why)
}

fn conflict(order: &Order, code: &'static str, why: TransitionError) -> Problem {
    Problem::conflict(code, why.to_string()).with("order_status", order.status.as_str())
}
