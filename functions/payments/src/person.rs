//! What no retry can mend.

use souk_domain::ids::OrderId;

/// Has a person look: the alarm `payments-need-a-person` counts these lines. `what` is one of a few fixed texts; the id is
/// the provider's, by which the payment or refund is found in its dashboard.
pub(crate) fn needs_a_person(order_id: &OrderId, what: &'static str, provider_id: &str) {
    tracing::error!(order_id = order_id.as_str(), what, provider_id, "needs a person");
}
