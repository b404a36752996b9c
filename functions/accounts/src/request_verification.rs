//! `POST /auth/verification`: sends the mail again that verifies the address of a pending account.
//!
//! It reads nothing about the address, so neither its response nor its response time reveals whether there is an
//! account. The consumer of the mail queue decides which mail to send.

use schemars::JsonSchema;
use souk_domain::account::Email;
use souk_domain::mail::MailRequest;
use souk_identity::Attempts;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::queues::MailQueue;
use souk_runtime::{Dependencies, Error};

use crate::mail_request::enqueue;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("request-verification", "POST /auth/verification", Caller::Anyone, Tag::Accounts)
        .summary("Sends the mail again that verifies an address")
        .description(
            "The mail goes to the account that was registered with the address last. If an account has verified the \
             address already, the mail says so. An address that was never registered gets no mail. The answer is \
             always the same. An address gets at most five such mails in an hour, and 20 requests in 15 minutes are \
             accepted for it.",
        )
        .repeated("Sends one more mail with another link. All links work until one of them is used.")
        .body::<EmailRequest>(EmailRequest::EXAMPLE)
        .answers_empty(202, "A mail is sent if the address was registered.")
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
}

/// The request of an endpoint that sends a mail to an address.
#[derive(JsonSchema)]
pub struct EmailRequest {
    /// The e-mail address, in any spelling.
    #[schemars(email, length(max = 318))]
    pub email: String,
}

impl EmailRequest {
    pub(crate) const EXAMPLE: &str = r#"{"email": "ann@example.com"}"#;

    /// Reads the address of a request.
    pub(crate) fn read(request: &Request) -> Result<Email, Problem> {
        let mut fields = request.fields()?;
        let email = fields.parsed::<Email>("email");
        let (email,) = fields.finish((email,))?;
        Ok(email)
    }
}

/// Asks for the mail.
pub struct RequestVerification {
    /// Limits attempts.
    pub attempts: Attempts,
    /// Sends the mail.
    pub mails: MailQueue,
}

impl RequestVerification {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self { attempts: Attempts::from_dependencies(deps).await?, mails: deps.mail_queue()? })
    }
}

impl Endpoint for RequestVerification {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let email = EmailRequest::read(request)?;
        let _ = self.attempts.count_from_network("request-verification", &email, request).await?;
        enqueue(&self.mails, &MailRequest::Registration { email, user_id: None }).await?;
        Ok(Reply::accepted())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_identity::PER_EMAIL;

    use super::*;
    use crate::fixture::{Fixture, email, outcome, request, shape};

    fn endpoint(shop: &Fixture) -> RequestVerification {
        RequestVerification { attempts: shop.attempts(), mails: shop.mail_queue() }
    }

    #[tokio::test]
    async fn the_answer_and_the_calls_are_the_same_for_every_address() {
        let mut seen = Vec::new();
        for address in ["ann@example.com", "bob@example.com", "nobody@example.com"] {
            let shop = Fixture::with_account().await;
            shop.pending(&"bob@example.com".parse().expect("an address"), "the password of Bob").await;
            shop.aws.take_calls();
            let answer = endpoint(&shop).handle(&request("POST", &json!({"email": address}))).await;
            seen.push((shape(answer), shop.aws.take_calls()));
            let email = address.parse().expect("an address");
            assert_eq!(shop.mails(), [MailRequest::Registration { email, user_id: None }]);
        }
        assert_eq!(seen[0].0, (202, vec![]));
        assert!(seen.iter().all(|each| *each == seen[0]), "{seen:?}");
    }

    #[tokio::test]
    async fn requests_are_limited_and_a_silent_queue_is_a_503() {
        let shop = Fixture::start().await;
        let post = request("POST", &json!({"email": email()}));
        shop.aws.stop_queues();
        assert_eq!(outcome(&endpoint(&shop).handle(&post).await), (503, "temporarily_unavailable"));
        shop.aws.recover();
        for _ in 1..PER_EMAIL.max_attempts {
            assert_eq!(outcome(&endpoint(&shop).handle(&post).await), (202, ""));
        }
        assert_eq!(outcome(&endpoint(&shop).handle(&post).await), (429, "too_many_attempts"));
        let invalid = request("POST", &json!({"email": "ann"}));
        assert_eq!(outcome(&endpoint(&shop).handle(&invalid).await), (422, "invalid_fields"));
    }
}
