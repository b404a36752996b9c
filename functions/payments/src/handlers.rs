//! The functions of the service by handler name.

use souk_runtime::service::{Handlers, Http, Queue};

use crate::check_payment::CheckPayment;
use crate::pay_order::PayOrder;
use crate::refund_order::RefundOrder;
use crate::stripe_webhook::StripeWebhook;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("check-payment", &Queue(CheckPayment::from_dependencies)),
    ("pay-order", &Http(PayOrder::from_dependencies)),
    ("refund-order", &Queue(RefundOrder::from_dependencies)),
    ("stripe-webhook", &Http(StripeWebhook::from_dependencies)),
];

#[cfg(test)]
mod tests {
    use souk_runtime::service;

    use super::HANDLERS;

    #[test]
    fn the_template_names_exactly_these_handlers() {
        assert_eq!(service::names(HANDLERS).collect::<Vec<_>>(), souk_testkit::handlers_of("payments"));
    }

    #[test]
    fn an_unknown_handler_name_is_refused_with_the_known_ones() {
        for unknown in ["", "bootstrap", "no-such-function"] {
            let refusal = service::find(HANDLERS, unknown).err().expect("refused").to_string();
            assert!(refusal.contains(&format!("{unknown:?}")), "{refusal}");
            for known in service::names(HANDLERS) {
                assert!(refusal.contains(known) && service::find(HANDLERS, known).is_ok(), "{refusal}");
            }
        }
    }
}
