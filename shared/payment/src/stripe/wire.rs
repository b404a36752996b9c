//! Stripe's JSON, as far as it is read here. Fields are optional where Stripe may omit them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A PaymentIntent (<https://docs.stripe.com/api/payment_intents/object>).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) amount_received: i64,
    #[serde(default)]
    pub(super) currency: String,
    #[serde(default)]
    pub(super) next_action: Option<NextAction>,
    #[serde(default)]
    pub(super) last_payment_error: Option<LastPaymentError>,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct NextAction {
    #[serde(default)]
    pub(super) redirect_to_url: Option<Redirect>,
    #[serde(default)]
    pub(super) verify_with_microdeposits: Option<Microdeposits>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Redirect {
    pub(super) url: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Microdeposits {
    pub(super) hosted_verification_url: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct LastPaymentError {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) decline_code: Option<String>,
}

/// A refund (<https://docs.stripe.com/api/refunds/object>).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) amount: i64,
    #[serde(default)]
    pub(super) currency: String,
    #[serde(default)]
    pub(super) payment_intent: Option<String>,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

/// A PaymentMethod (<https://docs.stripe.com/api/payment_methods/object>) or a ConfirmationToken
/// (<https://docs.stripe.com/api/confirmation_tokens/object>), which has the method as a preview.
#[derive(Debug, Deserialize)]
pub(super) struct PaymentToken {
    #[serde(default)]
    pub(super) card: Option<Card>,
    #[serde(default)]
    pub(super) payment_method_preview: Option<MethodPreview>,
}

#[derive(Debug, Deserialize)]
pub(super) struct MethodPreview {
    #[serde(default)]
    pub(super) card: Option<Card>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Card {
    #[serde(default)]
    pub(super) fingerprint: Option<String>,
}

/// One page of a list or a search.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
}

/// The error object (<https://docs.stripe.com/api/errors>), without its `message`, which may quote the request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ApiError {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) code: Option<String>,
    pub(super) decline_code: Option<String>,
    pub(super) param: Option<String>,
    pub(super) payment_intent: Option<Intent>,
}

/// The body of a response with an error.
#[derive(Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: ApiError,
}

/// An event of a webhook (<https://docs.stripe.com/api/events/object>).
#[derive(Deserialize)]
pub(super) struct EventBody<'a> {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) livemode: bool,
    /// Only in an event of an account that is connected to the shop's.
    #[serde(default)]
    pub(super) account: Option<String>,
    #[serde(borrow)]
    pub(super) data: EventData<'a>,
}

#[derive(Deserialize)]
pub(super) struct EventData<'a> {
    #[serde(borrow)]
    pub(super) object: &'a RawValue,
}
