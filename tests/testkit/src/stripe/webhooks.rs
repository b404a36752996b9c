//! Delivers webhooks as Stripe does: signed, at least once, and in any order.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{StripeFake, records};

/// Concurrent deliveries.
const AT_ONCE: usize = 8;
/// Timeout of a delivery.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Wait before failed deliveries are retried.
const RETRY_WAIT: Duration = Duration::from_millis(500);

/// The header `Stripe-Signature` of an event.
pub(super) fn signature(body: &str, secret: &str, at: i64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length will do");
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// Delivers waiting events, and waits for more.
pub(super) async fn deliver_forever(fake: StripeFake) {
    let Some(url) = fake.shared.options.webhook_url.clone() else { return };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build().expect("a client");
    loop {
        let mut waiting = fake.records().events.clone();
        if fake.shared.options.duplicate_webhooks {
            waiting.reverse();
            waiting = waiting.into_iter().flat_map(|event| [event.clone(), event]).collect();
        }
        let is_quiet = waiting.is_empty();
        let taken: Vec<Option<String>> =
            stream::iter(waiting).map(|event| deliver(&fake, &client, &url, event)).buffered(AT_ONCE).collect().await;
        let all_taken = taken.iter().all(Option::is_some);
        let delivered: Vec<String> = taken.into_iter().flatten().collect();
        if !delivered.is_empty() {
            fake.records().commit(records::Change { delivered, ..records::Change::default() });
        }
        if is_quiet {
            fake.shared.changed.notified().await;
        } else if !all_taken {
            tokio::time::sleep(RETRY_WAIT).await;
        }
    }
}

/// The event's id if it was delivered.
async fn deliver(fake: &StripeFake, client: &reqwest::Client, url: &str, event: records::Event) -> Option<String> {
    let (signature, body) = fake.signed(&event);
    let request = client.post(url).header("stripe-signature", signature).header("content-type", "application/json");
    let response = request.body(body).send().await.ok()?;
    response.status().is_success().then_some(event.id)
}
