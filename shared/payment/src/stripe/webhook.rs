//! What Stripe tells by itself: signed, late, twice and out of order.

use hmac::{Hmac, Mac};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::Sha256;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::ProviderOutcome;
use souk_domain::time::Timestamp;

use super::intent::{Intent, Owner, Refund, Standing, owner};
use super::secret::Secrets;
use crate::RefundOutcome;

/// How far the time of a signature may be from ours, in either direction, in seconds. Stripe's libraries allow as much.
pub const TOLERANCE_SECONDS: i64 = 300;
/// More signatures than this in one header are not looked at: during a rotation there are two.
const MAX_SIGNATURES: usize = 8;

/// Reads messages of one webhook endpoint.
pub struct Webhook {
    secrets: Secrets,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Something happened to a payment of ours.
    Payment {
        /// Whose.
        user_id: UserId,
        /// Of which order.
        order_id: OrderId,
        /// Which attempt of it.
        attempt: usize,
        /// The provider's id.
        payment_id: String,
        /// What became of it; none if the message is not the last word, and the provider is to be asked.
        outcome: Option<ProviderOutcome>,
    },
    /// Something happened to a refund of ours.
    Refund {
        /// Whose.
        user_id: UserId,
        /// Of which order.
        order_id: OrderId,
        /// Which refund of it.
        refund: usize,
        /// Which try of that.
        retry: u32,
        /// What became of it.
        news: RefundNews,
    },
    /// Nothing that concerns an order: another kind of event, or an object that we did not make.
    Ignored,
}

/// What became of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundNews {
    /// The money has arrived, or has come back.
    Ended(RefundOutcome),
    /// It is on its way.
    Underway,
}

/// Why a message was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// There is no signature, it is not of our secret, or it is old.
    #[error("the signature is not valid: {0}")]
    Signature(&'static str),
    /// It is signed, and still cannot be read.
    #[error("the event cannot be read")]
    Malformed,
    /// The secret is not at hand.
    #[error("{0}")]
    Unavailable(String),
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

impl Webhook {
    /// Reads no secret yet.
    pub const fn new(secrets: Secrets) -> Self {
        Self { secrets }
    }

    /// What a message says, if Stripe signed these very bytes a short time ago. `signature` is the header
    /// `Stripe-Signature`.
    pub async fn read(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<Notice, WebhookError> {
        let secret = self.secrets.get().await.map_err(|error| WebhookError::Unavailable(error.to_string()))?;
        if secret.webhook_secret.is_empty() {
            return Err(WebhookError::Unavailable("the secret has no webhook_secret yet".to_owned()));
        }
        verify(signature, body, &secret.webhook_secret, now)?;
        let event: Event<'_> = serde_json::from_slice(body).map_err(|_| WebhookError::Malformed)?;
        notice(&event)
    }
}

/// Checks `t=<seconds>,v1=<hex>[,v1=…]` (<https://docs.stripe.com/webhooks/signature>).
fn verify(header: &str, body: &[u8], secret: &str, now: Timestamp) -> Result<(), WebhookError> {
    let values = |name: &'static str| {
        let pairs = header.split(',').filter_map(|part| part.trim().split_once('='));
        pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
    };
    let time = values("t").next().ok_or(WebhookError::Signature("it has no time"))?;
    let seconds = time.parse::<i64>().ok().filter(|_| time.bytes().all(|b| b.is_ascii_digit()));
    let seconds = seconds.ok_or(WebhookError::Signature("its time is not a number"))?;
    let mac = mac(secret, time, body);
    // `verify_slice` takes the same time wherever the two differ.
    let fits = |signature: &str| hex::decode(signature).is_ok_and(|raw| mac.clone().verify_slice(&raw).is_ok());
    if !values("v1").take(MAX_SIGNATURES).any(fits) {
        return Err(WebhookError::Signature("it is of another secret or another body"));
    }
    if (now.as_millis() / 1000).abs_diff(seconds) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(WebhookError::Signature("its time is too far from ours"));
    }
    Ok(())
}

/// The header that Stripe would send, for tests and doubles.
pub fn sign(body: &[u8], secret: &str, at: Timestamp) -> String {
    let time = (at.as_millis() / 1000).to_string();
    let signature = hex::encode(mac(secret, &time, body).finalize().into_bytes());
    format!("t={time},v1={signature}")
}

fn mac(secret: &str, time: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length will do");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn notice(event: &Event<'_>) -> Result<Notice, WebhookError> {
    let object = event.data.object.get();
    match event.kind.as_str() {
        "payment_intent.succeeded"
        | "payment_intent.payment_failed"
        | "payment_intent.processing"
        | "payment_intent.requires_action"
        | "payment_intent.canceled" => payment(object),
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => refund(object),
        _ => Ok(Notice::Ignored),
    }
}

fn payment(object: &str) -> Result<Notice, WebhookError> {
    let intent: Intent = serde_json::from_str(object).map_err(|_| WebhookError::Malformed)?;
    let Some(Owner { user_id, order_id, index }) = owner(&intent.metadata, "attempt") else {
        return Ok(Notice::Ignored);
    };
    // Events come in any order: only what cannot change any more is believed as it was when the event was made.
    let outcome = match intent.is_final().then(|| intent.standing()) {
        Some(Ok(Standing::Outcome(outcome))) => Some(outcome),
        Some(Err(_)) => return Err(WebhookError::Malformed),
        Some(Ok(Standing::Stuck { .. })) | None => None,
    };
    Ok(Notice::Payment { user_id, order_id, attempt: index, payment_id: intent.id, outcome })
}

fn refund(object: &str) -> Result<Notice, WebhookError> {
    let refund: Refund = serde_json::from_str(object).map_err(|_| WebhookError::Malformed)?;
    let retry = refund.metadata.get("retry").and_then(|retry| retry.parse().ok());
    let Some((Owner { user_id, order_id, index }, retry)) = owner(&refund.metadata, "refund").zip(retry) else {
        return Ok(Notice::Ignored);
    };
    let news = match refund.outcome() {
        RefundOutcome::Given { .. } if !refund.has_succeeded() => RefundNews::Underway,
        ended => RefundNews::Ended(ended),
    };
    Ok(Notice::Refund { user_id, order_id, refund: index, retry, news })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use souk_domain::effects::Clock;
    use souk_testkit::FixedClock;

    use super::*;
    use crate::stripe::StripeSecret;

    const SECRET: &str = "whsec_test";
    const ID: &str = "0190a5a0-0000-7000-8000-000000000001";

    fn now() -> Timestamp {
        FixedClock::new().now()
    }

    async fn read(signature: &str, body: &str) -> Result<Notice, WebhookError> {
        let secret = StripeSecret { api_key: "sk_test_1".to_owned(), webhook_secret: SECRET.to_owned() };
        let webhook = Webhook::new(Secrets::new(Arc::new(secret), Arc::new(FixedClock::new())));
        webhook.read(signature, body.as_bytes(), now()).await
    }

    async fn signed(body: &str) -> Result<Notice, WebhookError> {
        read(&sign(body.as_bytes(), SECRET, now()), body).await
    }

    #[tokio::test]
    async fn only_what_stripe_signed_a_short_time_ago_is_read() {
        let body = r#"{"type":"x","data":{"object":{}}}"#;
        let good = sign(body.as_bytes(), SECRET, now());
        assert_eq!(read(&good, body).await, Ok(Notice::Ignored));
        let (time, v1) = good.split_once(',').expect("two parts");
        // As during a rotation of the secret, and with a scheme that is not ours.
        assert_eq!(read(&format!("{time},v1={},{v1},v0=x", "0".repeat(64)), body).await, Ok(Notice::Ignored));

        for seconds in [-300, 300] {
            let at_the_edge = sign(body.as_bytes(), SECRET, now().plus_seconds(seconds));
            assert_eq!(read(&at_the_edge, body).await, Ok(Notice::Ignored), "{seconds}");
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
    async fn only_last_words_are_believed_as_they_are() {
        let event = |status: &str| {
            format!(
                r#"{{"type":"payment_intent.succeeded","data":{{"object":{{"id":"pi_1","status":"{status}",
                "amount_received":200,"currency":"usd",
                "metadata":{{"user_id":"{ID}","order_id":"{ID}","attempt":"1"}}}}}}}}"#
            )
        };
        let outcome = async |status| match signed(&event(status)).await {
            Ok(Notice::Payment { attempt: 1, outcome, .. }) => outcome,
            other => panic!("{other:?}"),
        };
        let captured = ProviderOutcome::Captured { payment_id: "pi_1".to_owned(), amount_minor: 200 };
        assert_eq!(outcome("succeeded").await, Some(captured));
        assert!(matches!(outcome("canceled").await, Some(ProviderOutcome::Declined { .. })));
        for open in ["processing", "requires_action", "requires_payment_method"] {
            assert_eq!(outcome(open).await, None, "{open}");
        }
        let foreign = event("succeeded").replace("attempt", "basket");
        assert_eq!(signed(&foreign).await, Ok(Notice::Ignored));
    }

    #[tokio::test]
    async fn refunds_are_heard_of() {
        let event = |kind: &str, status: &str| {
            format!(
                r#"{{"type":"{kind}","data":{{"object":{{"id":"re_1","status":"{status}","metadata":
                {{"user_id":"{ID}","order_id":"{ID}","refund":"0","retry":"1"}}}}}}}}"#
            )
        };
        let news = async |kind, status| match signed(&event(kind, status)).await {
            Ok(Notice::Refund { refund: 0, retry: 1, news, .. }) => news,
            other => panic!("{other:?}"),
        };
        let refund_id = "re_1".to_owned();
        let failed = RefundNews::Ended(RefundOutcome::Failed { refund_id: refund_id.clone() });
        assert_eq!(news("refund.failed", "failed").await, failed);
        assert_eq!(news("refund.updated", "succeeded").await, RefundNews::Ended(RefundOutcome::Given { refund_id }));
        assert_eq!(news("refund.created", "pending").await, RefundNews::Underway);
    }

    #[tokio::test]
    async fn what_is_signed_and_still_nonsense_is_malformed() {
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
    async fn without_a_secret_nothing_is_believed() {
        let secret = StripeSecret { api_key: "sk_test_1".to_owned(), webhook_secret: String::new() };
        let webhook = Webhook::new(Secrets::new(Arc::new(secret), Arc::new(FixedClock::new())));
        let header = sign(b"{}", "", now());
        assert!(matches!(webhook.read(&header, b"{}", now()).await, Err(WebhookError::Unavailable(_))));
    }
}
