//! Requests for mails.

use souk_domain::mail::MailRequest;
use souk_runtime::http::Problem;
use souk_runtime::queues::MailQueue;

/// Asks for a mail. If the queue does not respond, the client gets 503 and can retry.
pub(crate) async fn enqueue(queue: &MailQueue, request: &MailRequest) -> Result<(), Problem> {
    queue.enqueue(request).await.map_err(|error| Problem::unavailable("temporarily_unavailable", error))
}
