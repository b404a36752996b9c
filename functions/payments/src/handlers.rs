//! The functions of the service by handler name.

use souk_runtime::service::{Handlers, Http, HttpAsync, Queue};

use crate::check_payment::CheckPayment;
use crate::pay_order::PayOrder;
use crate::refund_order::RefundOrder;
use crate::stripe_webhook::StripeWebhook;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("check-payment", &Queue(CheckPayment::from_dependencies)),
    ("pay-order", &HttpAsync(|deps| Box::pin(PayOrder::from_dependencies(deps)))),
    ("refund-order", &Queue(RefundOrder::from_dependencies)),
    ("stripe-webhook", &Http(StripeWebhook::from_dependencies)),
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "payments");
    }
}
