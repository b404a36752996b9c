//! PaymentIntents and refunds as Stripe writes them, and what their states mean for an order.

use std::collections::BTreeMap;

use serde::Deserialize;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::money::Currency;
use souk_domain::order::ProviderOutcome;

use super::amount::from_stripe;
use super::api::ApiError;
use crate::{ABANDONED, ProviderError, RefundOutcome};

/// A PaymentIntent, as far as it matters here (<https://docs.stripe.com/api/payment_intents/object>).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) status: String,
    #[serde(default)]
    amount_received: i64,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    next_action: Option<NextAction>,
    #[serde(default)]
    last_payment_error: Option<LastError>,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
struct NextAction {
    #[serde(default)]
    redirect_to_url: Option<Redirect>,
    #[serde(default)]
    verify_with_microdeposits: Option<Microdeposits>,
}

#[derive(Debug, Clone, Deserialize)]
struct Redirect {
    url: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Microdeposits {
    hosted_verification_url: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct LastError {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
}

/// A refund (<https://docs.stripe.com/api/refunds/object>).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

/// One page of a list or a search.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
}

/// The order that an object of Stripe's was made for; none when it was not made by us.
pub(super) struct Owner {
    pub(super) user_id: UserId,
    pub(super) order_id: OrderId,
    /// Which attempt or refund of it.
    pub(super) index: usize,
}

/// What a PaymentIntent in a state means.
pub(super) enum Standing {
    /// Final, or for the shopper or the bank to go on with.
    Outcome(ProviderOutcome),
    /// It took nothing and waits for us to try again, which we never do: to be called off.
    Stuck { code: String },
}

impl Intent {
    /// Every status of Stripe's has its meaning here.
    pub(super) fn standing(&self) -> Result<Standing, ProviderError> {
        let payment_id = self.id.clone();
        Ok(match self.status.as_str() {
            "succeeded" => {
                let unreadable = || ProviderError::Unknown("an amount cannot be read".to_owned());
                let currency: Currency = self.currency.to_uppercase().parse().map_err(|_| unreadable())?;
                let amount_minor = from_stripe(self.amount_received, currency).ok_or_else(unreadable)?;
                Standing::Outcome(ProviderOutcome::Captured { payment_id, amount_minor })
            }
            "processing" => Standing::Outcome(ProviderOutcome::Pending { payment_id: Some(payment_id) }),
            "requires_action" => {
                Standing::Outcome(ProviderOutcome::ActionRequired { payment_id, action_url: self.action_url() })
            }
            "canceled" => Standing::Outcome(ProviderOutcome::Declined { code: self.failure_code() }),
            // A decline leaves it so; `requires_confirmation` is one whose confirmation was cut short.
            "requires_payment_method" | "requires_confirmation" => Standing::Stuck { code: self.failure_code() },
            // Only intents that are captured by hand stand so, and ours are not.
            other => return Err(ProviderError::Unknown(format!("a payment is {}", known_status(other)))),
        })
    }

    /// Final for this attempt, whatever else is heard.
    pub(super) fn is_final(&self) -> bool {
        matches!(self.status.as_str(), "succeeded" | "canceled")
    }

    fn action_url(&self) -> Option<String> {
        let action = self.next_action.as_ref()?;
        let redirect = action.redirect_to_url.as_ref().and_then(|redirect| redirect.url.clone());
        let deposits = action.verify_with_microdeposits.as_ref();
        redirect.or_else(|| deposits.and_then(|deposits| deposits.hosted_verification_url.clone()))
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
    /// A refund that waits for the bank, or for money on the account, counts as given: Stripe sees it through, and says
    /// so if it fails.
    pub(super) fn outcome(&self) -> RefundOutcome {
        let refund_id = self.id.clone();
        match self.status.as_deref() {
            Some("failed" | "canceled") => RefundOutcome::Failed { refund_id },
            _ => RefundOutcome::Given { refund_id },
        }
    }

    /// Whether the money has arrived, as far as Stripe knows.
    pub(super) fn has_succeeded(&self) -> bool {
        self.status.as_deref() == Some("succeeded")
    }
}

/// The order in an object's metadata; `index` names the member that counts attempts or refunds.
pub(super) fn owner(metadata: &BTreeMap<String, String>, index: &str) -> Option<Owner> {
    Some(Owner {
        user_id: metadata.get("user_id")?.parse().ok()?,
        order_id: OrderId::try_from(metadata.get("order_id")?.clone()).ok()?,
        index: metadata.get(index)?.parse().ok()?,
    })
}

/// The code that an error of a card or a bank has for the shopper.
pub(super) fn decline_code(error: &ApiError) -> String {
    public_code(error.decline_code.as_deref(), error.code.as_deref()).to_owned()
}

/// What a shopper may know of a decline. Stripe asks not to tell them more of suspected fraud, lost and stolen cards
/// (<https://docs.stripe.com/declines/codes>); codes that we do not know may be such.
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
        [decline_code, code].into_iter().flatten().find_map(|said| list.iter().find(|known| **known == said).copied())
    };
    match (known(&PUBLIC), known(&BANK), code) {
        (Some(public), ..) => public,
        (None, Some(_), _) => "bank_account_declined",
        (None, None, Some("payment_intent_authentication_failure")) => "authentication_failed",
        _ => "card_declined",
    }
}

/// A status for the log: from Stripe's list, or not told.
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
        match intent(json).standing().expect("known") {
            Standing::Outcome(outcome) => outcome,
            Standing::Stuck { code } => ProviderOutcome::Declined { code },
        }
    }

    #[test]
    fn every_status_means_something() {
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
            assert!(intent(&format!(r#"{{"id":"pi_1","status":"{status}"}}"#)).standing().is_err(), "{status}");
        }
    }

    #[test]
    fn declines_tell_a_shopper_only_what_helps() {
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
    fn objects_of_others_have_no_owner() {
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let metadata = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
        };
        let ours = metadata(&[("user_id", id), ("order_id", id), ("attempt", "2")]);
        assert_eq!(owner(&ours, "attempt").map(|owner| owner.index), Some(2));
        assert!(owner(&ours, "refund").is_none());
        for theirs in [metadata(&[]), metadata(&[("user_id", "7"), ("order_id", id), ("attempt", "0")])] {
            assert!(owner(&theirs, "attempt").is_none());
        }
    }
}
