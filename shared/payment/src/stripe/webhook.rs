//! Stripe's webhook events. They are signed, and may arrive late, twice and out of order.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::money::{Currency, Money};
use souk_domain::order::ProviderOutcome;
use souk_domain::time::Timestamp;

use super::intent::{IntentState, OrderReference, order_reference};
use super::secret::CachedSecret;
use super::wire::{EventBody, Intent, Refund};
use crate::RefundOutcome;

/// Maximum difference between the time of a signature and the current time, in seconds. The same as in Stripe's
/// libraries.
pub const TOLERANCE_SECONDS: i64 = 300;
/// Maximum number of signatures that are checked in a header. During a rotation there are two.
const MAX_SIGNATURES: usize = 8;

/// Verifies and reads the events of a webhook endpoint.
pub struct Webhook {
    secret: CachedSecret,
}

/// An event of Stripe, in domain terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookEvent {
    /// A change of a payment.
    Payment {
        /// Owner of the order.
        user_id: UserId,
        /// The order.
        order_id: OrderId,
        /// Index of the attempt.
        attempt: usize,
        /// Id of the payment at the provider.
        payment_id: String,
        /// Its currency; `None` if it cannot be read.
        currency: Option<Currency>,
        /// Outcome; `None` if the event is not final, so that the provider has to be asked.
        outcome: Option<ProviderOutcome>,
    },
    /// A change of a refund.
    Refund {
        /// Owner of the order.
        user_id: UserId,
        /// The order.
        order_id: OrderId,
        /// Index of the refund.
        refund: usize,
        /// Retry of the refund.
        retry: u32,
        /// Id of the refunded payment at the provider.
        payment_id: Option<String>,
        /// Amount; `None` if it cannot be read.
        amount: Option<Money>,
        /// The change.
        update: RefundUpdate,
    },
    /// A signed event that is not about this shop's money: of the other mode (test or live), or of another account. The
    /// endpoint at Stripe is set up wrongly.
    Foreign(&'static str),
    /// An event that concerns no order: of another type, or about an object that was not created by this code.
    Ignored,
}

/// A change of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundUpdate {
    /// Completed or failed.
    Final(RefundOutcome),
    /// Not completed yet.
    Pending,
}

/// Why an event was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The signature is missing, was made with another secret, or is too old.
    #[error("the signature is not valid: {0}")]
    Signature(&'static str),
    /// The event is signed but cannot be read.
    #[error("the event cannot be read")]
    Malformed,
    /// The secret cannot be read.
    #[error("{0}")]
    Unavailable(String),
}

impl Webhook {
    /// Reads no secret yet.
    pub const fn new(secret: CachedSecret) -> Self {
        Self { secret }
    }

    /// Verifies that Stripe signed the body recently, and reads the event. `signature` is the header
    /// `Stripe-Signature`.
    pub async fn read(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<WebhookEvent, WebhookError> {
        let secret = self.secret.get().await.map_err(|error| WebhookError::Unavailable(error.to_string()))?;
        if secret.webhook_secret.is_empty() {
            return Err(WebhookError::Unavailable("the secret has no webhook_secret yet".to_owned()));
        }
        verify(signature, body, &secret.webhook_secret, now)?;
        let event: EventBody<'_> = serde_json::from_slice(body).map_err(|_| WebhookError::Malformed)?;
        // Otherwise a payment with test money could pay an order.
        if event.livemode != secret.is_live() {
            return Ok(WebhookEvent::Foreign("a webhook is of another mode than the API key"));
        }
        if event.account.is_some() {
            return Ok(WebhookEvent::Foreign("a webhook is of another account"));
        }
        webhook_event(&event)
    }
}

/// Checks `t=<seconds>,v1=<hex>[,v1=…]` (<https://docs.stripe.com/webhooks/signature>).
fn verify(header: &str, body: &[u8], secret: &str, now: Timestamp) -> Result<(), WebhookError> {
    let values = |name: &'static str| {
        let pairs = header.split(',').filter_map(|part| part.trim().split_once('='));
        pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
    };
    let time = values("t").next().ok_or(WebhookError::Signature("it has no timestamp"))?;
    let seconds = time.parse::<i64>().ok().filter(|_| time.bytes().all(|b| b.is_ascii_digit()));
    let seconds = seconds.ok_or(WebhookError::Signature("its timestamp is not a number"))?;
    let mac = mac(secret, time, body);
    // `verify_slice` compares in constant time.
    let matches = |signature: &str| hex::decode(signature).is_ok_and(|raw| mac.clone().verify_slice(&raw).is_ok());
    if !values("v1").take(MAX_SIGNATURES).any(matches) {
        return Err(WebhookError::Signature("it was made with another secret or for another body"));
    }
    if (now.as_millis() / 1000).abs_diff(seconds) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(WebhookError::Signature("its timestamp is too far from the current time"));
    }
    Ok(())
}

/// The header that Stripe would send. For tests and fakes.
pub fn sign(body: &[u8], secret: &str, at: Timestamp) -> String {
    let time = (at.as_millis() / 1000).to_string();
    let signature = hex::encode(mac(secret, &time, body).finalize().into_bytes());
    format!("t={time},v1={signature}")
}

fn mac(secret: &str, time: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC accepts keys of any length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn webhook_event(event: &EventBody<'_>) -> Result<WebhookEvent, WebhookError> {
    let object = event.data.object.get();
    match event.kind.as_str() {
        "payment_intent.succeeded"
        | "payment_intent.payment_failed"
        | "payment_intent.processing"
        | "payment_intent.requires_action"
        | "payment_intent.canceled" => payment(object),
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => refund(object),
        _ => Ok(WebhookEvent::Ignored),
    }
}

fn payment(object: &str) -> Result<WebhookEvent, WebhookError> {
    let intent: Intent = serde_json::from_str(object).map_err(|_| WebhookError::Malformed)?;
    let Some(OrderReference { user_id, order_id, index }) = order_reference(&intent.metadata, "attempt") else {
        return Ok(WebhookEvent::Ignored);
    };
    let currency = intent.currency();
    // Events arrive in any order, so only an outcome that can no longer change is taken from the event.
    let outcome = match intent.is_final().then(|| intent.state()) {
        Some(Ok(IntentState::Outcome(outcome))) => Some(outcome),
        Some(Err(_)) => return Err(WebhookError::Malformed),
        Some(Ok(IntentState::Unfinished { .. })) | None => None,
    };
    Ok(WebhookEvent::Payment { user_id, order_id, attempt: index, payment_id: intent.id, currency, outcome })
}

fn refund(object: &str) -> Result<WebhookEvent, WebhookError> {
    let refund: Refund = serde_json::from_str(object).map_err(|_| WebhookError::Malformed)?;
    let retry = refund.metadata.get("retry").and_then(|retry| retry.parse().ok());
    let reference = order_reference(&refund.metadata, "refund").zip(retry);
    let Some((OrderReference { user_id, order_id, index }, retry)) = reference else {
        return Ok(WebhookEvent::Ignored);
    };
    let update = match refund.outcome() {
        RefundOutcome::Accepted { .. } if !refund.has_succeeded() => RefundUpdate::Pending,
        outcome @ (RefundOutcome::Accepted { .. } | RefundOutcome::Failed { .. }) => RefundUpdate::Final(outcome),
    };
    let amount = refund.amount();
    Ok(WebhookEvent::Refund {
        user_id,
        order_id,
        refund: index,
        retry,
        payment_id: refund.payment_intent,
        amount,
        update,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt as _;
    use proptest::prelude::*;
    use serde_json::json;
    use souk_domain::effects::Clock;
    use souk_testkit::FixedClock;

    use super::*;
    use crate::stripe::StripeSecret;

    const SECRET: &str = "whsec_test";
    const ID: &str = "0190a5a0-0000-7000-8000-000000000001";

    fn now() -> Timestamp {
        FixedClock::new().now()
    }

    async fn read(signature: &str, body: &str) -> Result<WebhookEvent, WebhookError> {
        let secret = StripeSecret { api_key: "sk_test_1".to_owned(), webhook_secret: SECRET.to_owned() };
        let webhook = Webhook::new(CachedSecret::new(Arc::new(secret), Arc::new(FixedClock::new())));
        webhook.read(signature, body.as_bytes(), now()).await
    }

    async fn signed(body: &str) -> Result<WebhookEvent, WebhookError> {
        read(&sign(body.as_bytes(), SECRET, now()), body).await
    }

    #[tokio::test]
    async fn only_recently_signed_events_are_read() {
        let body = r#"{"type":"x","data":{"object":{}}}"#;
        let good = sign(body.as_bytes(), SECRET, now());
        assert_eq!(read(&good, body).await, Ok(WebhookEvent::Ignored));
        let (time, v1) = good.split_once(',').expect("two parts");
        // With two signatures, as during a rotation of the secret, and with an unknown scheme.
        assert_eq!(read(&format!("{time},v1={},{v1},v0=x", "0".repeat(64)), body).await, Ok(WebhookEvent::Ignored));

        for seconds in [-300, 300] {
            let at_the_edge = sign(body.as_bytes(), SECRET, now().plus_seconds(seconds));
            assert_eq!(read(&at_the_edge, body).await, Ok(WebhookEvent::Ignored), "{seconds}");
            let too_far = sign(body.as_bytes(), SECRET, now().plus_seconds(seconds + seconds.signum()));
            assert!(matches!(read(&too_far, body).await, Err(WebhookError::Signature(_))), "{seconds}");
        }
        let other_body = format!("{body} ");
        assert!(matches!(read(&good, &other_body).await, Err(WebhookError::Signature(_))));
        let other_secret = sign(body.as_bytes(), "whsec_other", now());
        let later = format!("t={},{v1}", now().as_millis() / 1000 + 1);
        let without = [time, v1, "", "t=,v1=", "t=x,v1=00", &format!("{time},v1=zz"), &format!("{time},v0={v1}")];
        for bad in without.into_iter().chain([other_secret.as_str(), later.as_str()]) {
            assert!(matches!(read(bad, body).await, Err(WebhookError::Signature(_))), "{bad}");
        }
    }

    #[tokio::test]
    async fn only_final_outcomes_are_taken_from_the_event() {
        let event = |status: &str| {
            format!(
                r#"{{"type":"payment_intent.succeeded","data":{{"object":{{"id":"pi_1","status":"{status}",
                "amount_received":200,"currency":"usd",
                "metadata":{{"user_id":"{ID}","order_id":"{ID}","attempt":"1"}}}}}}}}"#
            )
        };
        let outcome = async |status| match signed(&event(status)).await {
            Ok(WebhookEvent::Payment { attempt: 1, outcome, .. }) => outcome,
            other => panic!("{other:?}"),
        };
        let captured = ProviderOutcome::Captured { payment_id: "pi_1".to_owned(), amount_minor: 200 };
        assert_eq!(outcome("succeeded").await, Some(captured));
        assert!(matches!(outcome("canceled").await, Some(ProviderOutcome::Declined { .. })));
        for open in ["processing", "requires_action", "requires_payment_method"] {
            assert_eq!(outcome(open).await, None, "{open}");
        }
        let foreign = event("succeeded").replace("attempt", "basket");
        assert_eq!(signed(&foreign).await, Ok(WebhookEvent::Ignored));
    }

    #[tokio::test]
    async fn an_event_of_another_mode_or_account_is_foreign() {
        let body = |more: &str| format!(r#"{{"type":"payment_intent.succeeded","data":{{"object":{{}}}}{more}}}"#);
        for foreign in [r#","livemode":true"#, r#","livemode":false,"account":"acct_1""#] {
            let read = signed(&body(foreign)).await;
            assert!(matches!(read, Ok(WebhookEvent::Foreign(_))), "{foreign}: {read:?}");
        }
        let secret = StripeSecret { api_key: "rk_live_1".to_owned(), webhook_secret: SECRET.to_owned() };
        let live = Webhook::new(CachedSecret::new(Arc::new(secret), Arc::new(FixedClock::new())));
        for (more, is_foreign) in [("", true), (r#","livemode":false"#, true), (r#","livemode":true"#, false)] {
            let body = body(more);
            let read = live.read(&sign(body.as_bytes(), SECRET, now()), body.as_bytes(), now()).await;
            assert_eq!(matches!(read, Ok(WebhookEvent::Foreign(_))), is_foreign, "{more}: {read:?}");
        }
    }

    #[tokio::test]
    async fn refund_events_are_read() {
        let event = |kind: &str, status: &str| {
            format!(
                r#"{{"type":"{kind}","data":{{"object":{{"id":"re_1","status":"{status}","metadata":
                {{"user_id":"{ID}","order_id":"{ID}","refund":"0","retry":"1"}}}}}}}}"#
            )
        };
        let update = async |kind, status| match signed(&event(kind, status)).await {
            Ok(WebhookEvent::Refund { refund: 0, retry: 1, update, .. }) => update,
            other => panic!("{other:?}"),
        };
        let refund_id = "re_1".to_owned();
        let failed = RefundUpdate::Final(RefundOutcome::Failed { refund_id: refund_id.clone() });
        assert_eq!(update("refund.failed", "failed").await, failed);
        assert_eq!(
            update("refund.updated", "succeeded").await,
            RefundUpdate::Final(RefundOutcome::Accepted { refund_id })
        );
        assert_eq!(update("refund.created", "pending").await, RefundUpdate::Pending);
    }

    #[tokio::test]
    async fn a_signed_event_that_cannot_be_read_is_malformed() {
        for body in [
            "",
            "[]",
            r#"{"type":"payment_intent.succeeded"}"#,
            "{\"type\":\"payment_intent.canceled\",\"data\":{\"object\":{}}}",
        ] {
            assert_eq!(signed(body).await, Err(WebhookError::Malformed), "{body}");
        }
    }

    #[tokio::test]
    async fn without_a_secret_no_event_is_accepted() {
        let secret = StripeSecret { api_key: "sk_test_1".to_owned(), webhook_secret: String::new() };
        let webhook = Webhook::new(CachedSecret::new(Arc::new(secret), Arc::new(FixedClock::new())));
        let header = sign(b"{}", "", now());
        assert!(matches!(webhook.read(&header, b"{}", now()).await, Err(WebhookError::Unavailable(_))));
    }

    /// Header and body of any caller.
    const HEADER: &str = "((t|v1|v0|.{0,2})=([0-9]{0,20}|[0-9a-f]{64}|.{0,10}),? ?){0,6}|.{0,40}";

    /// The types of events that are read, and others.
    const KINDS: &str = "payment_intent\\.(succeeded|payment_failed|processing|requires_action|canceled)|\
        refund\\.(created|updated|failed)|charge\\.refund\\.updated|.{0,10}";

    const STATUS: &str =
        "succeeded|canceled|processing|requires_(payment_method|action|capture)|pending|failed|.{0,10}";

    proptest! {
        #[test]
        fn a_signature_cannot_be_made_up(header in HEADER, body in prop::collection::vec(any::<u8>(), 0..80)) {
            let refused = verify(&header, &body, SECRET, now());
            prop_assert!(matches!(refused, Err(WebhookError::Signature(_))), "{refused:?}");
        }

        #[test]
        fn every_signature_is_verified(secret in ".{1,40}", body in prop::collection::vec(any::<u8>(), 0..80)) {
            let header = sign(&body, &secret, now());
            prop_assert_eq!(verify(&header, &body, &secret, now()), Ok(()));
            let changed = [&body[..], b"x"].concat();
            prop_assert!(verify(&header, &changed, &secret, now()).is_err());
        }

        #[test]
        fn a_signed_event_is_read_or_malformed(
            kind in KINDS,
            status in STATUS,
            amount in any::<i64>(),
            texts in (".{0,10}", "usd|jpy|kwd|.{0,4}", "[0-9]{1,25}|-?[0-9]{1,3}|.{0,5}", "attempt|refund|.{0,5}"),
            noise in ".{0,60}",
        ) {
            let (id, currency, number, index) = texts;
            let object = json!({
                "id": id, "status": status, "amount_received": amount, "currency": currency,
                "last_payment_error": {"code": noise, "decline_code": noise},
                "metadata": {"user_id": ID, "order_id": ID, "retry": number, index: number},
            });
            let body = json!({"type": kind, "data": {"object": object}}).to_string();
            let half: String = body.chars().take(body.len() / 2).collect();
            for body in [body, noise, half] {
                let read = signed(&body).now_or_never().expect("the secret is at hand");
                prop_assert!(matches!(read, Ok(_) | Err(WebhookError::Malformed)), "{read:?}");
            }
        }
    }
}
