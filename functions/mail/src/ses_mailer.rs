//! Sends mails by Amazon SES.

use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{BuildError, ProvideErrorMetadata};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use souk_domain::account::Email;
use souk_domain::mail::{Mail, ShopName, from_header};

use crate::mailer::{Mailer, MailerError};

const CHARSET: &str = "UTF-8";
/// Timeouts of a call. With the calls of DynamoDB they take less than the 30 s of the function.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(8);
/// Attempts of a call, with the SDK's backoff and jitter. After them the queue delivers the message again.
const MAX_ATTEMPTS: u32 = 3;

/// Amazon SES, version 2 of its API.
pub struct SesMailer {
    client: Client,
    from: String,
}

impl SesMailer {
    /// Sends as this shop from this address, whose identity must be verified in SES.
    pub fn new(sdk: &SdkConfig, shop: &ShopName, sender: &Email) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let retries = sdk.retry_config().cloned().unwrap_or_else(RetryConfig::standard).with_max_attempts(MAX_ATTEMPTS);
        let config = aws_sdk_sesv2::config::Builder::from(sdk).timeout_config(timeouts).retry_config(retries).build();
        Self { client: Client::from_conf(config), from: from_header(shop, sender) }
    }

    async fn try_send(&self, to: &Email, mail: &Mail) -> Result<(), MailerError> {
        let message = message(mail).map_err(|error| MailerError::Refused(error.to_string()))?;
        let request = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().simple(message).build());
        let Err(error) = request.send().await else { return Ok(()) };
        let code = error.code().map_or_else(|| error.to_string(), str::to_owned);
        Err(if error.as_service_error().is_some_and(is_permanent) {
            MailerError::Refused(code)
        } else {
            MailerError::Unavailable(code)
        })
    }
}

impl Mailer for SesMailer {
    fn send<'a>(&'a self, to: &'a Email, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailerError>> {
        self.try_send(to, mail).boxed()
    }
}

/// Passes the mail as fields: SES makes the headers, so a line break cannot add one.
fn message(mail: &Mail) -> Result<Message, BuildError> {
    let content = |data: &str| Content::builder().data(data).charset(CHARSET).build();
    let body = Body::builder().text(content(&mail.body)?).build();
    Ok(Message::builder().subject(content(&mail.subject)?).body(body).build())
}

/// Whether SES refuses this mail permanently. A suspended account, paused sending, an unverified MAIL FROM domain and a
/// used-up quota are temporary, so their messages stay in the queue and then become dead letters.
const fn is_permanent(error: &SendEmailError) -> bool {
    matches!(error, SendEmailError::MessageRejected(_) | SendEmailError::BadRequestException(_))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_testkit::FakeAws;

    use super::*;

    fn mailer(ses: &FakeAws) -> SesMailer {
        let (shop, sender) = ("Souk & B\u{fc}cher".parse().expect("a name"), "shop@souk.example".parse());
        SesMailer::new(&ses.sdk_config(), &shop, &sender.expect("an address"))
    }

    async fn send(ses: &FakeAws) -> Result<(), MailerError> {
        let mail = Mail { subject: "Gr\u{fc}\u{df}e".to_owned(), body: "one\ntwo\n".to_owned() };
        mailer(ses).send(&"ann@example.com".parse().expect("an address"), &mail).await
    }

    fn error(code: &str) -> Value {
        json!({"__type": code, "message": "Email address is not verified: ann@example.com"})
    }

    #[tokio::test]
    async fn a_mail_is_plain_text_to_one_address() {
        let ses = FakeAws::start(|_, _| (200, json!({"MessageId": "1"})));
        send(&ses).await.expect("sent");
        let calls = ses.calls();
        let [(_, request)] = calls.as_slice() else { panic!("{calls:?}") };
        let text = |data: &str| json!({"Data": data, "Charset": "UTF-8"});
        let expected = json!({
            "FromEmailAddress": "=?UTF-8?B?U291ayAmIELDvGNoZXI=?= <shop@souk.example>",
            "Destination": {"ToAddresses": ["ann@example.com"]},
            "Content": {"Simple": {"Subject": text("Gr\u{fc}\u{df}e"), "Body": {"Text": text("one\ntwo\n")}}},
        });
        assert_eq!(request, &expected);
    }

    #[tokio::test]
    async fn a_permanent_refusal_is_not_retried_and_names_no_address() {
        for code in ["MessageRejected", "BadRequestException"] {
            let ses = FakeAws::start(move |_, _| (400, error(code)));
            assert_eq!(send(&ses).await, Err(MailerError::Refused(code.to_owned())));
            assert_eq!(ses.calls().len(), 1);
        }
    }

    #[tokio::test]
    async fn throttling_is_retried_a_few_times() {
        let ses = FakeAws::start(|_, _| (429, error("TooManyRequestsException")));
        assert_eq!(send(&ses).await, Err(MailerError::Unavailable("TooManyRequestsException".to_owned())));
        assert_eq!(ses.calls().len(), 3);

        let mut throttled = 2;
        let ses = FakeAws::start(move |_, _| {
            throttled -= 1;
            if throttled >= 0 { (429, error("TooManyRequestsException")) } else { (200, json!({"MessageId": "1"})) }
        });
        assert_eq!(send(&ses).await, Ok(()));
    }

    #[tokio::test]
    async fn a_failure_that_an_operator_can_resolve_is_temporary() {
        for (status, code) in [
            (400, "AccountSuspendedException"),
            (400, "SendingPausedException"),
            (400, "MailFromDomainNotVerifiedException"),
            (400, "LimitExceededException"),
            (500, "InternalServiceErrorException"),
        ] {
            let ses = FakeAws::start(move |_, _| (status, error(code)));
            assert_eq!(send(&ses).await, Err(MailerError::Unavailable(code.to_owned())));
        }
    }

    #[tokio::test]
    async fn the_emulator_takes_a_mail_of_a_verified_sender_only() {
        let Ok(endpoint) = std::env::var("SOUK_CONTRACT_DYNAMODB") else {
            eprintln!("skipped: SOUK_CONTRACT_DYNAMODB names no MiniStack");
            return;
        };
        let sdk = souk_testkit::sdk_config(&endpoint);
        let sender: Email = format!("shop-{}@souk.example", std::process::id()).parse().expect("an address");
        let mailer = SesMailer::new(&sdk, &"Souk & B\u{fc}cher".parse().expect("a name"), &sender);
        let mail = Mail { subject: "Gr\u{fc}\u{df}e".to_owned(), body: "one\ntwo\n".to_owned() };
        let to = "ann@example.com".parse().expect("an address");
        assert_eq!(mailer.send(&to, &mail).await, Err(MailerError::Refused("MessageRejected".to_owned())));
        let identity = Client::new(&sdk).create_email_identity().email_identity(sender.as_str());
        identity.send().await.expect("verified");
        assert_eq!(mailer.send(&to, &mail).await, Ok(()));
    }
}
