//! Delivers messages as Stripe does: signed, again until they are taken, and in no order that anybody could rely on.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{StripeFake, book};

/// Messages that are under way at once.
const AT_ONCE: usize = 8;
/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a message waits that was not taken.
const RETRY_WAIT: Duration = Duration::from_millis(500);

/// The header `Stripe-Signature` of a message.
pub(super) fn signature(body: &str, secret: &str, at: i64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length will do");
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// Delivers what waits, and waits for more.
pub(super) async fn deliver_for_ever(fake: StripeFake) {
    let Some(url) = fake.shared.options.webhook_url.clone() else { return };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build().expect("a client");
    loop {
        let mut waiting = fake.book().events.clone();
        if fake.shared.options.unruly_webhooks {
            waiting.reverse();
            waiting = waiting.into_iter().flat_map(|event| [event.clone(), event]).collect();
        }
        let is_quiet = waiting.is_empty();
        let taken: Vec<Option<String>> =
            stream::iter(waiting).map(|event| deliver(&fake, &client, &url, event)).buffered(AT_ONCE).collect().await;
        let all_taken = taken.iter().all(Option::is_some);
        let delivered: Vec<String> = taken.into_iter().flatten().collect();
        if !delivered.is_empty() {
            fake.book().commit(book::Change { delivered, ..book::Change::default() });
        }
        if is_quiet {
            fake.shared.news.notified().await;
        } else if !all_taken {
            tokio::time::sleep(RETRY_WAIT).await;
        }
    }
}

/// The message's id if it was taken.
async fn deliver(fake: &StripeFake, client: &reqwest::Client, url: &str, event: book::Event) -> Option<String> {
    let (signature, body) = fake.signed(&event);
    let request = client.post(url).header("stripe-signature", signature).header("content-type", "application/json");
    let response = request.body(body).send().await.ok()?;
    response.status().is_success().then_some(event.id)
}
