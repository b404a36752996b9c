//! What the states of PaymentIntents and refunds mean for an order.

use std::collections::BTreeMap;

use souk_domain::ids::{OrderId, UserId};
use souk_domain::money::{Currency, Money};
use souk_domain::order::ProviderOutcome;

use super::amount::from_stripe;
use super::wire::{ApiError, Intent, Refund};
use crate::{ABANDONED, ProviderError, RefundOutcome};

/// The attempt or refund that an object at Stripe was created for.
pub(super) struct OrderReference {
    pub(super) user_id: UserId,
    pub(super) order_id: OrderId,
    /// Index of the attempt or refund.
    pub(super) index: usize,
}

/// What the status of a PaymentIntent means.
pub(super) enum IntentState {
    /// An outcome: final, or to be continued by the shopper or the bank.
    Outcome(ProviderOutcome),
    /// Nothing was captured and Stripe waits for another confirmation, which never follows: the intent is cancelled.
    Unfinished { code: String },
}

impl Intent {
    /// Maps every status of Stripe.
    pub(super) fn state(&self) -> Result<IntentState, ProviderError> {
        let payment_id = self.id.clone();
        Ok(match self.status.as_str() {
            "succeeded" => {
                let unreadable = || ProviderError::Unknown("the amount cannot be read".to_owned());
                let currency = self.currency().ok_or_else(unreadable)?;
                let amount_minor = from_stripe(self.amount_received, currency).ok_or_else(unreadable)?;
                IntentState::Outcome(ProviderOutcome::Captured { payment_id, amount_minor })
            }
            "processing" => IntentState::Outcome(ProviderOutcome::Pending { payment_id: Some(payment_id) }),
            "requires_action" => {
                IntentState::Outcome(ProviderOutcome::ActionRequired { payment_id, action_url: self.action_url() })
            }
            "canceled" => IntentState::Outcome(ProviderOutcome::Declined { code: self.failure_code() }),
            // After a decline, or (`requires_confirmation`) after an interrupted confirmation.
            "requires_payment_method" | "requires_confirmation" => {
                IntentState::Unfinished { code: self.failure_code() }
            }
            // Only intents with manual capture have other states.
            other => return Err(ProviderError::Unknown(format!("a payment is {}", known_status(other)))),
        })
    }

    /// Its currency; `None` if it cannot be read.
    pub(super) fn currency(&self) -> Option<Currency> {
        self.currency.to_uppercase().parse().ok()
    }

    /// Whether money was captured.
    pub(super) fn has_succeeded(&self) -> bool {
        self.status == "succeeded"
    }

    /// Whether no later event can change the outcome of the attempt.
    pub(super) fn is_final(&self) -> bool {
        matches!(self.status.as_str(), "succeeded" | "canceled")
    }

    fn action_url(&self) -> Option<String> {
        let action = self.next_action.as_ref()?;
        let redirect = action.redirect_to_url.as_ref().and_then(|redirect| redirect.url.clone());
        let microdeposits = action.verify_with_microdeposits.as_ref();
        redirect.or_else(|| microdeposits.and_then(|deposits| deposits.hosted_verification_url.clone()))
    }

    fn failure_code(&self) -> String {
        let error = self.last_payment_error.as_ref();
        error.map_or_else(
            || ABANDONED.to_owned(),
            |error| public_code(error.decline_code.as_deref(), error.code.as_deref()).to_owned(),
        )
    }
}

impl Refund {
    /// A refund that waits for the bank or for the account's balance counts as accepted: Stripe completes it, or
    /// reports that it failed.
    pub(super) fn outcome(&self) -> RefundOutcome {
        let refund_id = self.id.clone();
        match self.status.as_deref() {
            Some("failed" | "canceled") => RefundOutcome::Failed { refund_id },
            _ => RefundOutcome::Accepted { refund_id },
        }
    }

    /// Its amount; `None` if it cannot be read.
    pub(super) fn amount(&self) -> Option<Money> {
        let currency: Currency = self.currency.to_uppercase().parse().ok()?;
        Some(Money::from_minor(from_stripe(self.amount, currency)?, currency))
    }

    /// Whether Stripe reports the refund as completed.
    pub(super) fn has_succeeded(&self) -> bool {
        self.status.as_deref() == Some("succeeded")
    }
}

/// The order in an object's metadata; `None` if the object was not created by this code. `index` is the name of the
/// member with the index of the attempt or refund.
pub(super) fn order_reference(metadata: &BTreeMap<String, String>, index: &str) -> Option<OrderReference> {
    Some(OrderReference {
        user_id: metadata.get("user_id")?.parse().ok()?,
        order_id: OrderId::try_from(metadata.get("order_id")?.clone()).ok()?,
        index: metadata.get(index)?.parse().ok()?,
    })
}

/// The decline code of an error that is shown to the shopper.
pub(super) fn decline_code(error: &ApiError) -> String {
    public_code(error.decline_code.as_deref(), error.code.as_deref()).to_owned()
}

/// The decline code that is shown to the shopper. Stripe asks not to reveal suspected fraud, lost and stolen cards
/// (<https://docs.stripe.com/declines/codes>); unknown codes may be such.
fn public_code(decline_code: Option<&str>, code: Option<&str>) -> &'static str {
    const PUBLIC: [&str; 10] = [
        "authentication_required",
        "card_not_supported",
        "card_velocity_exceeded",
        "currency_not_supported",
        "expired_card",
        "incorrect_cvc",
        "incorrect_number",
        "insufficient_funds",
        "invalid_account",
        "processing_error",
    ];
    const BANK: [&str; 4] = ["bank_account_declined", "debit_not_authorized", "account_closed", "no_account"];
    let known = |list: &'static [&'static str]| {
        [decline_code, code].into_iter().flatten().find_map(|code| list.iter().find(|known| **known == code).copied())
    };
    match (known(&PUBLIC), known(&BANK), code) {
        (Some(public), ..) => public,
        (None, Some(_), _) => "bank_account_declined",
        (None, None, Some("payment_intent_authentication_failure")) => "authentication_failed",
        _ => "card_declined",
    }
}

/// A status for the log, if it is on Stripe's list.
fn known_status(status: &str) -> &str {
    if status == "requires_capture" { status } else { "in an unknown state" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(json: &str) -> Intent {
        serde_json::from_str(json).expect("an intent")
    }

    fn outcome(json: &str) -> ProviderOutcome {
        match intent(json).state().expect("known") {
            IntentState::Outcome(outcome) => outcome,
            IntentState::Unfinished { code } => ProviderOutcome::Declined { code },
        }
    }

    #[test]
    fn every_status_is_mapped() {
        let captured = outcome(r#"{"id":"pi_1","status":"succeeded","amount_received":500,"currency":"isk"}"#);
        assert_eq!(captured, ProviderOutcome::Captured { payment_id: "pi_1".to_owned(), amount_minor: 5 });
        let pending = ProviderOutcome::Pending { payment_id: Some("pi_1".to_owned()) };
        assert_eq!(outcome(r#"{"id":"pi_1","status":"processing"}"#), pending);
        let redirect = r#"{"id":"pi_1","status":"requires_action",
            "next_action":{"type":"redirect_to_url","redirect_to_url":{"url":"https://x.test","return_url":null}}}"#;
        let url = Some("https://x.test".to_owned());
        assert_eq!(
            outcome(redirect),
            ProviderOutcome::ActionRequired { payment_id: "pi_1".to_owned(), action_url: url }
        );
        for status in ["canceled", "requires_payment_method", "requires_confirmation"] {
            let declined = ProviderOutcome::Declined { code: ABANDONED.to_owned() };
            assert_eq!(outcome(&format!(r#"{{"id":"pi_1","status":"{status}"}}"#)), declined);
        }
        for status in ["requires_capture", "a_new_one"] {
            assert!(intent(&format!(r#"{{"id":"pi_1","status":"{status}"}}"#)).state().is_err(), "{status}");
        }
    }

    #[test]
    fn decline_codes_reveal_no_suspected_fraud() {
        let cases = [
            (Some("insufficient_funds"), Some("card_declined"), "insufficient_funds"),
            (Some("stolen_card"), Some("card_declined"), "card_declined"),
            (Some("fraudulent"), Some("card_declined"), "card_declined"),
            (None, Some("expired_card"), "expired_card"),
            (None, Some("payment_intent_authentication_failure"), "authentication_failed"),
            (None, Some("account_closed"), "bank_account_declined"),
            (None, None, "card_declined"),
        ];
        for (decline_code, code, public) in cases {
            assert_eq!(public_code(decline_code, code), public);
        }
    }

    #[test]
    fn foreign_objects_have_no_order_reference() {
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let metadata = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
        };
        let ours = metadata(&[("user_id", id), ("order_id", id), ("attempt", "2")]);
        assert_eq!(order_reference(&ours, "attempt").map(|reference| reference.index), Some(2));
        assert!(order_reference(&ours, "refund").is_none());
        for theirs in [metadata(&[]), metadata(&[("user_id", "7"), ("order_id", id), ("attempt", "0")])] {
            assert!(order_reference(&theirs, "attempt").is_none());
        }
    }
}
