//! `POST /auth/password-reset`: sends the mail with the link that sets a new password.
//!
//! It reads nothing about the address, so neither its response nor its response time reveals whether there is an
//! account. The consumer of the mail queue decides which mail to send.

use souk_domain::mail::MailRequest;
use souk_identity::Attempts;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_runtime::queues::MailQueue;
use souk_runtime::{Dependencies, Error};

use crate::mail_request::enqueue;
use crate::request_verification::EmailRequest;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("request-password-reset", "POST /auth/password-reset", Caller::Anyone, Tag::Accounts)
        .summary("Sends the mail that sets a new password")
        .description(
            "If an account has verified the address, the mail has a link that works once, for an hour. Otherwise the \
             mail says that there is no account. The answer is always the same. An address gets at most five such \
             mails in an hour, and 20 requests in 15 minutes are accepted for it.",
        )
        .repeated("Sends one more mail with another link. All links work until one of them is used.")
        .body::<EmailRequest>(EmailRequest::EXAMPLE)
        .answers_empty(202, "A mail is sent.")
        .problem(429, "too_many_attempts", "Too many attempts. Try again after `Retry-After` seconds.")
}

/// Asks for the mail.
pub struct RequestPasswordReset {
    /// Limits attempts.
    pub attempts: Attempts,
    /// Sends the mail.
    pub mails: MailQueue,
}

impl RequestPasswordReset {
    /// Reads its configuration from the environment.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self { attempts: Attempts::from_dependencies(deps).await?, mails: deps.mail_queue()? })
    }
}

impl Endpoint for RequestPasswordReset {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let email = EmailRequest::read(request)?;
        let _ = self.attempts.count_from_network("request-password-reset", &email, request).await?;
        enqueue(&self.mails, &MailRequest::PasswordReset { email }).await?;
        Ok(Reply::accepted())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_identity::PER_EMAIL;

    use super::*;
    use crate::fixture::{Fixture, email, outcome, request, shape};

    fn endpoint(shop: &Fixture) -> RequestPasswordReset {
        RequestPasswordReset { attempts: shop.attempts(), mails: shop.mail_queue() }
    }

    #[tokio::test]
    async fn the_answer_and_the_calls_are_the_same_for_known_and_unknown_addresses() {
        let mut seen = Vec::new();
        for address in ["ann@example.com", "nobody@example.com"] {
            let shop = Fixture::with_account().await;
            shop.aws.take_calls();
            let answer = endpoint(&shop).handle(&request("POST", &json!({"email": address}))).await;
            seen.push((shape(answer), shop.aws.take_calls()));
            let email = address.parse().expect("an address");
            assert_eq!(shop.mails(), [MailRequest::PasswordReset { email }]);
        }
        assert_eq!(seen[0].0, (202, vec![]));
        assert_eq!(seen[0], seen[1]);
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
    }
}
