use std::collections::VecDeque;
use std::sync::Mutex;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use souk_auth::MacKey;
use souk_domain::mail::Mail;
use souk_domain::permission::Role;
use souk_fixtures::{Stores, save_account};
use souk_store::{CredentialOutcome, Registration};
use souk_testkit::{Database, FixedClock, SeededRandom, user};

use super::*;

const HOUR: i64 = 3_600;

/// Keeps the mails, after the outcomes that a test scripts.
#[derive(Default)]
struct FakeMailer {
    script: Mutex<VecDeque<MailerError>>,
    sent: Mutex<Vec<(String, Mail)>>,
}

impl Mailer for FakeMailer {
    fn send<'a>(&'a self, to: &'a Email, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailerError>> {
        let scripted = self.script.lock().expect("a lock").pop_front();
        if scripted.is_none() {
            self.sent.lock().expect("a lock").push((to.as_str().to_owned(), mail.clone()));
        }
        ready(scripted.map_or(Ok(()), Err)).boxed()
    }
}

struct Fixture {
    stores: Stores,
    clock: Arc<FixedClock>,
    mailer: Arc<FakeMailer>,
    function: SendMail,
}

fn email(raw: &str) -> Email {
    raw.parse().expect("an address")
}

fn ann() -> Email {
    email("ann@example.com")
}

fn registered(user_id: Option<UserId>) -> MailRequest {
    MailRequest::Registration { email: ann(), user_id }
}

fn reset() -> MailRequest {
    MailRequest::PasswordReset { email: ann() }
}

fn invited(email: Email) -> MailRequest {
    MailRequest::Invitation { email, invitation_id: invitation_id() }
}

fn invitation_id() -> InvitationId {
    user(7).as_str().parse().expect("an id")
}

/// The token of a mail.
fn token(mail: &Mail) -> Option<&str> {
    mail.body.split_once("#token=").and_then(|(_, rest)| rest.split_whitespace().next())
}

impl Fixture {
    async fn start() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let stores = Stores::on(&database, random.clone());
        let (clock, mailer) = (Arc::new(FixedClock::new()), Arc::new(FakeMailer::default()));
        let function = SendMail {
            credentials: stores.credentials.clone(),
            registrations: stores.registrations.clone(),
            invitations: stores.invitations.clone(),
            tokens: stores.one_time_tokens.clone(),
            limits: stores.limits.clone(),
            pseudonyms: Pseudonyms::new(MacKey::from_secret(&"p".repeat(32)).expect("a key")),
            mailer: Some(mailer.clone()),
            shop: "Souk".parse().expect("a name"),
            storefront: Some("https://shop.example".parse().expect("an address")),
            clock: clock.clone(),
            random,
        };
        Self { stores, clock, mailer, function }
    }

    async fn register(&self, user_id: UserId, seconds: i64) {
        let registration = Registration {
            email: ann(),
            user_id,
            password_hash: "none".to_owned(),
            created_at: self.clock.now(),
            guest_ids: Vec::new(),
            expires_at: self.clock.now().plus_seconds(seconds).as_seconds(),
        };
        self.stores.registrations.put(&registration).await.expect("stored");
    }

    /// An administrator has invited Ann, whose account is as it is now.
    async fn invite(&self) {
        let credential = self.stores.credentials.find(&ann()).await.expect("read");
        let invitation = Invitation {
            invitation_id: invitation_id(),
            email: ann(),
            user_id: credential.as_ref().map(|known| known.user_id.clone()),
            credentials_version: credential.map(|known| known.version),
            roles: vec![Role::Stock],
            grant_expires_at: Some(self.clock.now().plus_seconds(80 * HOUR)),
            invited_by: user(9),
            expires_at: self.clock.now().plus_seconds(72 * HOUR).as_seconds(),
        };
        self.stores.invitations.create(&invitation).await.expect("stored");
    }

    /// Ann has an account.
    async fn account(&self, user_id: UserId) {
        save_account(&self.stores, user_id, ann(), self.clock.now()).await;
    }

    async fn consume(&self, request: &MailRequest) -> Result<&'static str, String> {
        self.function.consume(request).await.map_err(|error| error.to_string())
    }

    fn subjects(&self) -> Vec<String> {
        self.mailer.sent.lock().expect("a lock").iter().map(|(_, mail)| mail.subject.clone()).collect()
    }

    fn last(&self) -> (String, Mail) {
        self.mailer.sent.lock().expect("a lock").last().cloned().expect("a mail")
    }

    /// What is stored for the token of the last mail.
    async fn stored(&self, purpose: TokenPurpose) -> Option<OneTimeToken> {
        let (_, mail) = self.last();
        let hash = one_time::hash(token(&mail).expect("a token")).expect("well-formed");
        self.stores.one_time_tokens.get(&hash, purpose, self.clock.now()).await.expect("read")
    }

    fn script(&self, error: &MailerError, times: usize) {
        self.mailer.script.lock().expect("a lock").extend(std::iter::repeat_n(error.clone(), times));
    }
}

fn unavailable() -> MailerError {
    MailerError::Unavailable("TooManyRequestsException".to_owned())
}

#[tokio::test]
async fn a_registration_gets_a_token_for_it() {
    let shop = Fixture::start().await;
    for n in [1, 2] {
        shop.register(user(n), 7 * 24 * HOUR).await;
    }
    assert_eq!(shop.consume(&registered(Some(user(1)))).await, Ok("sent"));
    let (to, mail) = shop.last();
    assert_eq!((to.as_str(), mail.subject.as_str()), ("ann@example.com", "Confirm your e-mail address for Souk"));
    assert!(mail.body.contains("https://shop.example/verify-address#token="), "{}", mail.body);
    let stored = shop.stored(TokenPurpose::VerifyAddress).await.expect("a token");
    assert_eq!((stored.email, stored.user_id), (ann(), Some(user(1))));
    assert_eq!(stored.expires_at, shop.clock.now().plus_seconds(24 * HOUR).as_seconds());
    assert!(shop.stored(TokenPurpose::ResetPassword).await.is_none(), "it is for nothing else");

    assert_eq!(shop.consume(&registered(None)).await, Ok("sent"));
    let newest = shop.stored(TokenPurpose::VerifyAddress).await.expect("a token");
    assert_eq!(newest.user_id, Some(user(2)));
    shop.clock.advance_seconds(24 * HOUR);
    assert!(shop.stored(TokenPurpose::VerifyAddress).await.is_none(), "it has expired");
}

#[tokio::test]
async fn a_token_never_outlives_its_registration() {
    let shop = Fixture::start().await;
    shop.register(user(1), HOUR).await;
    assert_eq!(shop.consume(&registered(Some(user(1)))).await, Ok("sent"));
    let stored = shop.stored(TokenPurpose::VerifyAddress).await.expect("a token");
    assert_eq!(stored.expires_at, shop.clock.now().plus_seconds(HOUR).as_seconds());
    shop.clock.advance_seconds(HOUR);
    assert_eq!(shop.consume(&registered(Some(user(1)))).await, Ok("no registration is pending"));
    assert_eq!(shop.consume(&registered(None)).await, Ok("no registration is pending"));
    assert_eq!(shop.subjects().len(), 1);
}

#[tokio::test]
async fn the_owner_of_an_account_learns_that_somebody_registered() {
    let shop = Fixture::start().await;
    shop.account(user(1)).await;
    shop.register(user(2), HOUR).await;
    for request in [registered(Some(user(2))), registered(None)] {
        assert_eq!(shop.consume(&request).await, Ok("sent"));
        let (_, mail) = shop.last();
        assert_eq!((mail.subject.as_str(), token(&mail)), ("You already have an account at Souk", None));
    }
    // Delivered again after the address was verified.
    assert_eq!(shop.consume(&registered(Some(user(1)))).await, Ok("verified already"));
    assert_eq!(shop.subjects().len(), 2);
}

#[tokio::test]
async fn a_new_password_makes_the_other_tokens_void() {
    let shop = Fixture::start().await;
    assert_eq!(shop.consume(&reset()).await, Ok("sent"));
    assert_eq!((shop.last().1.subject.as_str(), token(&shop.last().1)), ("No account at Souk", None));

    shop.account(user(1)).await;
    assert_eq!(shop.consume(&reset()).await, Ok("sent"));
    let stored = shop.stored(TokenPurpose::ResetPassword).await.expect("a token");
    let credential = shop.stores.credentials.get(&ann()).await.expect("read").expect("an account");
    assert_eq!((stored.user_id, stored.credentials_version), (Some(user(1)), Some(credential.version)));
    assert_eq!(stored.expires_at, shop.clock.now().plus_seconds(HOUR).as_seconds());
    let changed = shop.stores.credentials.change_password(&credential.reference(), "another").await.expect("answered");
    assert_eq!(changed, CredentialOutcome::Changed);
    let changed = shop.stores.credentials.get(&ann()).await.expect("read").expect("an account");
    assert_ne!(stored.credentials_version, Some(changed.version));
}

#[tokio::test]
async fn the_token_of_an_invitation_names_it_and_ends_with_it() {
    let shop = Fixture::start().await;
    shop.invite().await;
    assert_eq!(shop.consume(&invited(ann())).await, Ok("sent"));
    let end = shop.clock.now().plus_seconds(72 * HOUR).as_seconds();
    let stored = shop.stored(TokenPurpose::Invitation).await.expect("a token");
    assert_eq!((stored.invitation_id, stored.expires_at), (Some(invitation_id()), end));
    assert_eq!((stored.user_id, stored.credentials_version), (None, None), "what counts is in the invitation");
    let body = shop.last().1.body;
    assert!(body.contains("as stock, until 2026-11-27 14:57 (UTC)") && body.contains("choose a password"), "{body}");

    shop.account(user(1)).await;
    shop.clock.advance_seconds(71 * HOUR);
    assert_eq!(shop.consume(&invited(ann())).await, Ok("sent"), "it was among the dead letters");
    assert_eq!(shop.stored(TokenPurpose::Invitation).await.expect("a token").expires_at, end);
    assert!(shop.last().1.body.contains("enter the password of your account"));
    shop.clock.advance_seconds(HOUR);
    assert_eq!(shop.consume(&invited(ann())).await, Ok("there is no such invitation any more"));
}

/// Several public functions may send messages to the queue.
#[tokio::test]
async fn a_message_without_a_stored_invitation_of_its_address_invites_nobody() {
    let shop = Fixture::start().await;
    assert_eq!(shop.consume(&invited(ann())).await, Ok("there is no such invitation any more"));
    shop.invite().await;
    let eve = invited(email("eve@example.com"));
    assert_eq!(shop.consume(&eve).await, Ok("there is no such invitation any more"));
    assert!(shop.subjects().is_empty());
}

#[tokio::test]
async fn changes_of_an_account_are_reported() {
    let shop = Fixture::start().await;
    for request in [MailRequest::PasswordChanged { email: ann() }, MailRequest::SecondFactorChanged { email: ann() }] {
        assert_eq!(shop.consume(&request).await, Ok("sent"));
        assert_eq!(token(&shop.last().1), None);
    }
    let expected = ["Your password for Souk was changed", "The second factor of your account at Souk was changed"];
    assert_eq!(shop.subjects(), expected);
}

#[tokio::test]
async fn an_address_gets_five_mails_of_a_template_in_an_hour() {
    let shop = Fixture::start().await;
    for _ in 0..5 {
        assert_eq!(shop.consume(&reset()).await, Ok("sent"));
    }
    assert_eq!(shop.consume(&reset()).await, Ok("too many mails"));
    assert_eq!(shop.subjects().len(), 5);
    // Others are not limited by these.
    let bob = MailRequest::PasswordReset { email: email("bob@example.com") };
    assert_eq!(shop.consume(&bob).await, Ok("sent"));
    assert_eq!(shop.consume(&MailRequest::PasswordChanged { email: ann() }).await, Ok("sent"));
    shop.clock.advance_seconds(HOUR);
    assert_eq!(shop.consume(&reset()).await, Ok("sent"));
}

#[tokio::test]
async fn mails_that_are_not_sent_do_not_count() {
    let shop = Fixture::start().await;
    for _ in 0..30 {
        assert_eq!(shop.consume(&registered(None)).await, Ok("no registration is pending"));
        assert_eq!(shop.consume(&registered(Some(user(9)))).await, Ok("no registration is pending"));
    }
    shop.register(user(1), 7 * 24 * HOUR).await;
    assert_eq!(shop.consume(&registered(Some(user(1)))).await, Ok("sent"));
    assert_eq!(shop.consume(&registered(None)).await, Ok("sent"));
}

#[tokio::test]
async fn registrations_of_strangers_and_repeated_mails_leave_the_owner_a_mail() {
    let shop = Fixture::start().await;
    // Strangers register the address, and ask for the mails of the newest registration again.
    for n in 1..20 {
        shop.register(user(n), 7 * 24 * HOUR).await;
        assert_eq!(shop.consume(&registered(Some(user(n)))).await, Ok("sent"));
    }
    for n in 1..=30 {
        let expected = if n <= 5 { "sent" } else { "too many mails" };
        assert_eq!(shop.consume(&registered(None)).await, Ok(expected), "{n}");
    }
    shop.register(user(20), 7 * 24 * HOUR).await;
    assert_eq!(shop.consume(&registered(Some(user(20)))).await, Ok("sent"), "the owner's first mail");
    assert_eq!(shop.consume(&registered(None)).await, Ok("sent"), "and the same again");
    // All together are bounded.
    shop.register(user(21), 7 * 24 * HOUR).await;
    assert_eq!(shop.consume(&registered(Some(user(21)))).await, Ok("too many mails"));
    shop.clock.advance_seconds(HOUR);
    assert_eq!(shop.consume(&registered(Some(user(21)))).await, Ok("sent"));
}

#[tokio::test]
async fn repeated_mails_of_many_registrations_are_bounded() {
    let shop = Fixture::start().await;
    let mut sent = 0;
    for n in 1..=10 {
        shop.register(user(n), 7 * 24 * HOUR).await;
        for _ in 0..5 {
            sent += usize::from(shop.consume(&registered(None)).await == Ok("sent"));
        }
    }
    assert_eq!((sent, shop.subjects().len()), (20, 20));
}

#[tokio::test]
async fn a_throttled_mail_is_delivered_again_and_counts_once() {
    let shop = Fixture::start().await;
    shop.script(&unavailable(), 20);
    for _ in 0..20 {
        let error = shop.consume(&reset()).await.expect_err("it stays on the queue");
        assert!(error.contains("TooManyRequestsException"), "{error}");
    }
    for _ in 0..5 {
        assert_eq!(shop.consume(&reset()).await, Ok("sent"));
    }
    assert_eq!(shop.consume(&reset()).await, Ok("too many mails"));
}

#[tokio::test]
async fn a_mail_that_ses_refuses_is_not_delivered_again() {
    let shop = Fixture::start().await;
    shop.script(&MailerError::Refused("MessageRejected".to_owned()), 1);
    assert_eq!(shop.consume(&reset()).await, Ok("refused"));
    assert!(shop.subjects().is_empty());
}

#[tokio::test]
async fn an_address_that_cannot_receive_mail_gets_none() {
    let shop = Fixture::start().await;
    for raw in ["(x)ann@example.com", "zo\u{eb}@example.com"] {
        let request = MailRequest::PasswordReset { email: email(raw) };
        assert_eq!(shop.consume(&request).await, Ok("the address cannot receive mail"));
    }
    assert!(shop.subjects().is_empty());
}

#[tokio::test]
async fn without_a_sender_no_mail_is_sent_and_no_token_is_made() {
    let mut shop = Fixture::start().await;
    shop.function.mailer = None;
    shop.account(user(1)).await;
    assert_eq!(shop.consume(&reset()).await, Ok("no sender is configured"));
    assert!(shop.subjects().is_empty());
}

#[test]
fn the_sample_event_has_a_message_of_each_template() {
    let event = serde_json::from_str::<serde_json::Value>(include_str!("../../../../events/send-mail.json"));
    let event = event.expect("JSON");
    let body = |record: &serde_json::Value| record["body"].as_str().expect("a body").to_owned();
    let bodies: Vec<_> = event["Records"].as_array().expect("records").iter().map(body).collect();
    let template = |body: &String| serde_json::from_str::<MailRequest>(body).expect("a request").template();
    let expected = ["registration", "password_reset", "invitation", "password_changed", "second_factor_changed"];
    assert_eq!(bodies.iter().map(template).collect::<Vec<_>>(), expected);
}

/// If a message is delivered twice, both mails work, each once, and a change makes both void.
#[tokio::test]
async fn a_message_that_is_delivered_twice_makes_two_tokens_that_end_together() {
    let shop = Fixture::start().await;
    shop.account(user(1)).await;
    let mut versions = Vec::new();
    let mut tokens = Vec::new();
    for _ in 0..2 {
        assert_eq!(shop.consume(&reset()).await, Ok("sent"));
        versions.push(shop.stored(TokenPurpose::ResetPassword).await.expect("a token").credentials_version);
        tokens.push(token(&shop.last().1).expect("a token").to_owned());
    }
    assert_ne!(tokens[0], tokens[1]);
    assert_eq!(versions, [Some(1), Some(1)]);
    for token in &tokens {
        let hash = one_time::hash(token).expect("well-formed");
        let take = async || {
            let taken = shop.stores.one_time_tokens.take(&hash, TokenPurpose::ResetPassword, shop.clock.now());
            taken.await.expect("answered").is_some()
        };
        assert!(take().await && !take().await);
    }
}
