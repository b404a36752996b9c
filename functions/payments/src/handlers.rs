//! The functions of the service by handler name.

use souk_runtime::service::{Handlers, HttpAsync, QueueAsync};
use souk_runtime::{Dependencies, Error};

use crate::check_payment::CheckPayment;
use crate::configured_provider::{refuse_test_key, with_admitted_key};
use crate::pay_order::PayOrder;
use crate::refund_order::RefundOrder;
use crate::stripe_webhook::StripeWebhook;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("check-payment", &QueueAsync(|deps| with_admitted_key(deps, CheckPayment::from_dependencies))),
    ("pay-order", &HttpAsync(|deps| Box::pin(pay_order(deps)))),
    ("refund-order", &QueueAsync(|deps| with_admitted_key(deps, RefundOrder::from_dependencies))),
    ("stripe-webhook", &HttpAsync(|deps| with_admitted_key(deps, StripeWebhook::from_dependencies))),
];

async fn pay_order(deps: &Dependencies) -> Result<PayOrder, Error> {
    refuse_test_key(deps).await?;
    PayOrder::from_dependencies(deps).await
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "payments");
    }
}
