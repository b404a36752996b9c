//! Problems that no retry can resolve.

use souk_domain::ids::OrderId;

/// Logs a problem that an operator has to resolve; the alarm `payments-need-a-person` counts these lines. `what` is one
/// of a few fixed texts. `provider_id` is the id of the payment or refund in the provider's dashboard.
pub(crate) fn needs_a_person(order_id: &OrderId, what: &'static str, provider_id: &str) {
    tracing::error!(order_id = order_id.as_str(), what, provider_id, "needs a person");
}

/// The same for an event of the provider that names no order of this shop, because the endpoint is set up wrongly.
pub(crate) fn foreign_event(what: &'static str) {
    tracing::error!(what, "needs a person");
}
