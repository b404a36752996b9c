//! Stripe's rules for payments and refunds, as far as the shop needs them (<https://docs.stripe.com/api>, read
//! 2026-11-25).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::records::{Change, Intent, Records, Refund};

/// The parameters of a request, with names such as `metadata[order_id]`.
pub(super) type Form = BTreeMap<String, String>;

/// A response other than 2xx.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) body: Value,
    /// The change in spite of the refusal: a declined intent exists.
    pub(super) change: Change,
}

/// A response and its change.
pub(super) type Outcome = Result<(Value, Change), Refusal>;

/// The outcome of a payment method, by its name; Stripe's test methods behave as in its test mode
/// (<https://docs.stripe.com/testing>). A `ctoken_` stands for the `pm_` of the same name.
enum Behaviour {
    Succeeds,
    NeedsAction,
    TakesDays,
    Declined { code: &'static str, decline_code: Option<&'static str> },
    Unknown,
}

/// The card of a token: `pm_card_visa` and `ctoken_card_visa` are the same one.
pub(super) fn card_of(token: &str) -> Option<Value> {
    let (_, name) = token.split_once('_')?;
    let is_card = name.starts_with("card_") && !matches!(behaviour(token), Behaviour::Unknown);
    is_card.then(|| json!({"brand": "visa", "last4": "4242", "fingerprint": format!("fingerprint-of-{name}")}))
}

fn behaviour(token: &str) -> Behaviour {
    let name = token.strip_prefix("ctoken_").or(token.strip_prefix("pm_")).unwrap_or_default();
    let declined = |decline_code| Behaviour::Declined { code: "card_declined", decline_code: Some(decline_code) };
    let declined_code = |code| Behaviour::Declined { code, decline_code: None };
    match name {
        "card_visa" | "card_mastercard" | "card_amex" | "card_refundFail" | "card_pendingRefund" => Behaviour::Succeeds,
        "card_threeDSecure2Required" | "card_authenticationRequired" | "paypal" => Behaviour::NeedsAction,
        "usBankAccount" | "sepaDebit" => Behaviour::TakesDays,
        "card_chargeDeclined" | "card_visa_chargeDeclined" => declined("generic_decline"),
        "card_chargeDeclinedInsufficientFunds" => declined("insufficient_funds"),
        "card_chargeDeclinedLostCard" => declined("lost_card"),
        "card_chargeDeclinedStolenCard" => declined("stolen_card"),
        "card_chargeDeclinedFraudulent" => declined("fraudulent"),
        "card_chargeDeclinedExpiredCard" => declined_code("expired_card"),
        "card_chargeDeclinedIncorrectCvc" => declined_code("incorrect_cvc"),
        "card_chargeDeclinedProcessingError" => declined_code("processing_error"),
        _ => Behaviour::Unknown,
    }
}

/// The context of a request.
pub(super) struct Context<'a> {
    pub(super) now: i64,
    pub(super) api_version: &'a str,
    /// The address of this fake, for links.
    pub(super) url: &'a str,
}

/// `POST /v1/payment_intents` with `confirm=true`.
pub(super) fn create_intent(records: &mut Records, form: &Form, context: &Context<'_>) -> Outcome {
    let amount =
        required(form, "amount")?.parse::<i64>().map_err(|_| invalid("parameter_invalid_integer", "amount"))?;
    if amount < 50 {
        return Err(invalid("amount_too_small", "amount"));
    }
    let currency = required(form, "currency")?.to_owned();
    let given = form.get("payment_method").map(|token| ("payment_method", token));
    let (param, token) = given
        .or_else(|| form.get("confirmation_token").map(|token| ("confirmation_token", token)))
        .ok_or_else(|| invalid("parameter_missing", "payment_method"))?;
    let behaviour = behaviour(token);
    if matches!(behaviour, Behaviour::Unknown) {
        return Err(invalid("resource_missing", param));
    }
    if matches!(behaviour, Behaviour::TakesDays) && param != "confirmation_token" && !has_mandate(form) {
        return Err(invalid("parameter_missing", "mandate_data"));
    }
    if !types(form).iter().any(|kind| kind == kind_of(token)) {
        return Err(invalid("payment_intent_invalid_parameter", param));
    }
    if required(form, "confirm")? != "true" {
        return Err(invalid("parameter_unknown", "confirm"));
    }
    let intent = Intent {
        id: records.new_id("pi"),
        object: "payment_intent".to_owned(),
        amount,
        amount_received: 0,
        currency,
        status: "requires_payment_method".to_owned(),
        payment_method: Some(token.clone()),
        payment_method_types: types(form),
        metadata: metadata(form),
        next_action: None,
        last_payment_error: None,
        cancellation_reason: None,
        created: context.now,
        livemode: false,
    };
    Ok(match behaviour {
        Behaviour::Declined { code, decline_code } => {
            return Err(decline(records, intent, code, decline_code, context));
        }
        Behaviour::NeedsAction => {
            let return_url = form.get("return_url").ok_or_else(|| invalid("parameter_missing", "return_url"))?;
            let url = format!("{}/authenticate/{}", context.url, intent.id);
            let redirect = json!({"url": url, "return_url": return_url});
            let next_action = Some(json!({"type": "redirect_to_url", "redirect_to_url": redirect}));
            moved(records, Intent { next_action, ..intent }, "requires_action", context)
        }
        Behaviour::TakesDays => moved(records, intent, "processing", context),
        Behaviour::Succeeds | Behaviour::Unknown => moved(records, intent, "succeeded", context),
    })
}

/// An intent that the shopper or the bank changes. None if its status does not allow that.
pub(super) fn move_intent(
    records: &mut Records,
    id: &str,
    status: &str,
    context: &Context<'_>,
) -> Option<(Value, Change)> {
    let intent = records.intents.get(id)?.clone();
    let is_allowed = match status {
        "canceled" => is_cancelable(&intent),
        _ => matches!(intent.status.as_str(), "requires_action" | "processing"),
    };
    let code = if intent.status == "processing" { "account_closed" } else { "payment_intent_authentication_failure" };
    is_allowed.then(|| match status {
        "requires_payment_method" => {
            let refusal = decline(records, intent, code, None, context);
            (refusal.body["error"]["payment_intent"].clone(), refusal.change)
        }
        _ => moved(records, intent, status, context),
    })
}

/// `POST /v1/payment_intents/{id}/cancel`
pub(super) fn cancel_intent(records: &mut Records, id: &str, form: &Form, context: &Context<'_>) -> Outcome {
    let intent = records.intents.get(id).cloned().ok_or_else(|| missing("intent"))?;
    if !is_cancelable(&intent) {
        let error = json!({"type": "invalid_request_error", "code": "payment_intent_unexpected_state",
            "message": "the intent cannot be canceled", "payment_intent": intent});
        return Err(Refusal { status: 400, body: json!({"error": error}), change: Change::default() });
    }
    let cancellation_reason = form.get("cancellation_reason").cloned();
    Ok(moved(records, Intent { cancellation_reason, ..intent }, "canceled", context))
}

fn is_cancelable(intent: &Intent) -> bool {
    matches!(intent.status.as_str(), "requires_payment_method" | "requires_action")
}

/// `POST /v1/refunds`: never more than was captured.
pub(super) fn create_refund(records: &mut Records, form: &Form, context: &Context<'_>) -> Outcome {
    let intent = records.intents.get(required(form, "payment_intent")?).cloned();
    let intent = intent.ok_or_else(|| invalid("resource_missing", "payment_intent"))?;
    let refundable = intent.amount_received - records.refunded(&intent.id);
    let amount = match form.get("amount") {
        Some(amount) => amount.parse::<i64>().map_err(|_| invalid("parameter_invalid_integer", "amount"))?,
        None => refundable,
    };
    if intent.amount_received > 0 && refundable == 0 {
        return Err(invalid("charge_already_refunded", "payment_intent"));
    }
    if amount <= 0 || amount > refundable {
        return Err(invalid("amount_too_large", "amount"));
    }
    let is_slow = intent.payment_method.as_deref().is_some_and(|method| method.ends_with("card_pendingRefund"));
    let fails = intent.payment_method.as_deref().is_some_and(|method| method.ends_with("card_refundFail"));
    let refund = Refund {
        id: records.new_id("re"),
        object: "refund".to_owned(),
        amount,
        currency: intent.currency,
        payment_intent: intent.id,
        status: if is_slow { "pending" } else { "succeeded" }.to_owned(),
        failure_reason: None,
        metadata: metadata(form),
        created: context.now,
    };
    let mut change = Change { refunds: vec![refund.clone()], ..Change::default() };
    change.events.push(records.event("refund.created", &refund, context.api_version, context.now));
    if fails {
        // Reported as succeeded first, and as failed later, as by Stripe's test card.
        let failed = failed(&refund);
        change.events.push(records.event("refund.failed", &failed, context.api_version, context.now));
        change.refunds.push(failed);
    }
    Ok((json!(refund), change))
}

/// A refund that the bank ends. None if there is none, or it has failed before.
pub(super) fn move_refund(
    records: &mut Records,
    id: &str,
    status: &str,
    context: &Context<'_>,
) -> Option<(Value, Change)> {
    let refund = records.refunds.get(id).filter(|refund| refund.status != "failed")?.clone();
    let (kind, refund) = match status {
        "failed" => ("refund.failed", failed(&refund)),
        _ => ("refund.updated", Refund { status: status.to_owned(), ..refund }),
    };
    let events = vec![records.event(kind, &refund, context.api_version, context.now)];
    Some((json!(refund), Change { refunds: vec![refund], events, ..Change::default() }))
}

fn failed(refund: &Refund) -> Refund {
    let failure_reason = Some("expired_or_canceled_card".to_owned());
    Refund { status: "failed".to_owned(), failure_reason, ..refund.clone() }
}

/// An intent in its next status, with its event.
fn moved(records: &mut Records, intent: Intent, status: &str, context: &Context<'_>) -> (Value, Change) {
    let amount_received = if status == "succeeded" { intent.amount } else { 0 };
    let next_action = intent.next_action.clone().filter(|_| status == "requires_action");
    let intent = Intent { status: status.to_owned(), amount_received, next_action, ..intent };
    let kind = format!("payment_intent.{status}");
    let events = vec![records.event(&kind, &intent, context.api_version, context.now)];
    (json!(intent), Change { intents: vec![intent], events, ..Change::default() })
}

/// A decline: an error for the client, and an intent without a payment method.
fn decline(
    records: &mut Records,
    intent: Intent,
    code: &str,
    decline_code: Option<&str>,
    context: &Context<'_>,
) -> Refusal {
    let error = json!({"type": "card_error", "code": code, "decline_code": decline_code, "message": "declined"});
    let status = "requires_payment_method".to_owned();
    let intent = Intent { status, next_action: None, last_payment_error: Some(error.clone()), ..intent };
    let events = vec![records.event("payment_intent.payment_failed", &intent, context.api_version, context.now)];
    let mut body = json!({"error": error});
    body["error"]["payment_intent"] = json!(intent);
    Refusal { status: 402, body, change: Change { intents: vec![intent], events, ..Change::default() } }
}

pub(super) fn invalid(code: &str, param: &str) -> Refusal {
    let error = json!({"type": "invalid_request_error", "code": code, "param": param, "message": "refused"});
    Refusal { status: 400, body: json!({"error": error}), change: Change::default() }
}

pub(super) fn missing(param: &str) -> Refusal {
    Refusal { status: 404, ..invalid("resource_missing", param) }
}

fn required<'a>(form: &'a Form, name: &str) -> Result<&'a str, Refusal> {
    form.get(name).map(String::as_str).ok_or_else(|| invalid("parameter_missing", name))
}

fn metadata(form: &Form) -> BTreeMap<String, String> {
    let members = form.iter().filter_map(|(name, value)| {
        Some((name.strip_prefix("metadata[")?.strip_suffix(']')?.to_owned(), value.clone()))
    });
    members.collect()
}

fn types(form: &Form) -> Vec<String> {
    form.iter().filter(|(name, _)| name.starts_with("payment_method_types[")).map(|(_, kind)| kind.clone()).collect()
}

fn has_mandate(form: &Form) -> bool {
    form.keys().any(|name| name.starts_with("mandate_data[") || name == "mandate")
}

fn kind_of(token: &str) -> &'static str {
    match token.split_once('_').map_or("", |(_, name)| name) {
        "usBankAccount" => "us_bank_account",
        "sepaDebit" => "sepa_debit",
        "paypal" => "paypal",
        _ => "card",
    }
}
