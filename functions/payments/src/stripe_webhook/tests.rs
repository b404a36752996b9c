//! The endpoint with events of the fake Stripe, delivered late, twice and out of order.

use std::sync::Arc;
use std::time::Duration;

use souk_domain::effects::Clock;
use souk_domain::order::{AttemptStatus, OrderStatus, ProviderMethod};
use souk_fixtures::LoggedEvents;
use souk_payment::stripe::{CachedSecret, CallLimits, Stripe, StripeConfig, StripeSecret, sign};
use souk_testkit::stripe::{Fault, StripeFake, StripeFakeOptions};
use souk_testkit::user;

use super::*;
use crate::fixture::Fixture;

const SECRET: &str = "whsec_fake";

/// A shop whose provider is Stripe's adapter on a fake Stripe.
struct Shop {
    base: Fixture,
    fake: StripeFake,
    endpoint: StripeWebhook,
}

impl Shop {
    async fn start() -> Self {
        let mut base = Fixture::start().await;
        let hang = Duration::from_mins(1); // longer than the adapter waits
        let options = StripeFakeOptions { clock: base.clock.clone(), hang, ..StripeFakeOptions::default() };
        let fake = StripeFake::start(options).await;
        let secret = StripeSecret { api_key: "sk_test_1".to_owned(), webhook_secret: SECRET.to_owned() };
        let secrets = CachedSecret::new(Arc::new(secret), base.clock.clone());
        let (attempt_timeout, total_timeout) = (Duration::from_secs(1), Duration::from_millis(1_500));
        let limits = CallLimits { attempt_timeout, total_timeout, retries: 0, ..CallLimits::default() };
        let return_url = Some("https://shop.test/paid".to_owned());
        let config = StripeConfig { api_url: fake.url().to_owned(), return_url, limits };
        let stripe = Stripe::new(config, secrets.clone(), base.random.clone(), base.clock.clone()).expect("an adapter");
        base.payments.provider = Arc::new(stripe);
        let endpoint = StripeWebhook { payments: base.payments.clone(), webhook: Some(Webhook::new(secrets)) };
        Self { base, fake, endpoint }
    }

    /// As `pay-order` does it.
    async fn pay(&self, method: ProviderMethod, token: &str) -> AttemptStatus {
        let order = self
            .base
            .apply(Event::PaymentStarted { method, token: token.to_owned(), request: None, general_decline: false })
            .await;
        let index = order.attempts.len() - 1;
        let charge = PaymentContext::charge_request(&order, index).expect("a charge");
        if let Ok(outcome) = self.base.payments.provider.charge(&charge).await {
            let _ = self.base.payments.settle(&order, index, outcome).await.expect("settled");
        }
        self.base.order().await.attempts[index].status
    }

    async fn receive(&self, (signature, body): &(String, String)) -> Result<String, (u16, String)> {
        let request =
            Request::new("POST", "/webhooks/stripe").with_json(body).with_header("stripe-signature", signature);
        match self.endpoint.handle(&request).await {
            Ok(reply) => Ok(reply.body_json()["outcome"].as_str().expect("an outcome").to_owned()),
            Err(problem) => Err((problem.status(), problem.code().to_owned())),
        }
    }

    /// All waiting events, newest first and each twice.
    async fn receive_all(&self) -> Vec<String> {
        let mut outcomes = Vec::new();
        for message in self.fake.take_messages().iter().rev() {
            for _ in 0..2 {
                outcomes.push(self.receive(message).await.expect("received"));
            }
        }
        outcomes
    }

    async fn expire(&self) {
        self.base.clock.advance_seconds(900);
        self.base.apply(Event::HoldEnded).await;
    }

    fn newest_intent(&self) -> String {
        self.fake.intents().last().expect("an intent").id.clone()
    }

    /// Asserts that order and provider are reconciled.
    async fn is_reconciled(&self) {
        let order = self.base.order().await;
        assert_eq!(self.fake.balance(), order.captured_minor() - order.refunded_minor());
    }
}

fn signed(shop: &Shop, body: &str) -> (String, String) {
    (sign(body.as_bytes(), SECRET, shop.base.clock.now()), body.to_owned())
}

#[tokio::test]
async fn a_payment_is_settled_once_by_response_or_webhook() {
    let shop = Shop::start().await;
    assert_eq!(shop.pay(ProviderMethod::CreditCard, "pm_card_visa").await, AttemptStatus::Completed);
    assert_eq!(shop.receive_all().await, ["settled before", "settled before"]);
    assert_eq!(shop.base.order().await.captured_minor(), 200);

    let shop = Shop::start().await;
    shop.fake.fail_next([Some(Fault::TimeoutAfter)]);
    assert_eq!(shop.pay(ProviderMethod::CreditCard, "pm_card_visa").await, AttemptStatus::Processing);
    assert_eq!(shop.receive_all().await, ["settled", "settled before"]);
    assert_eq!(shop.base.order().await.status, OrderStatus::Paid);
    assert_eq!(shop.base.check(0).await, Ok("settled before"));
    shop.is_reconciled().await;
}

#[tokio::test]
async fn an_action_is_completed_by_the_webhook() {
    let shop = Shop::start().await;
    assert_eq!(
        shop.pay(ProviderMethod::CreditCard, "pm_card_threeDSecure2Required").await,
        AttemptStatus::RequiresAction
    );
    assert!(shop.fake.move_intent(&shop.newest_intent(), "succeeded"));
    shop.receive_all().await;
    assert_eq!(shop.base.order().await.status, OrderStatus::Paid);
    shop.is_reconciled().await;
}

#[tokio::test]
async fn an_old_event_does_not_undo_a_newer_one() {
    let shop = Shop::start().await;
    shop.pay(ProviderMethod::Paypal, "pm_paypal").await;
    assert!(shop.fake.move_intent(&shop.newest_intent(), "processing"));
    assert!(shop.fake.move_intent(&shop.newest_intent(), "succeeded"));
    let messages = shop.fake.take_messages();
    assert_eq!(messages.len(), 3);
    // The outdated "requires_action" arrives first, so the current outcome is read from the provider.
    assert_eq!(shop.receive(&messages[0]).await, Ok("settled".to_owned()));
    assert_eq!(shop.base.order().await.status, OrderStatus::Paid);
    for message in messages.iter().rev() {
        assert_eq!(shop.receive(message).await, Ok("settled before".to_owned()));
    }
}

#[tokio::test]
async fn a_bank_debit_ends_by_webhook_days_later() {
    for (end, status, left) in
        [("succeeded", OrderStatus::Paid, 3), ("requires_payment_method", OrderStatus::PendingPayment, 3)]
    {
        let shop = Shop::start().await;
        assert_eq!(shop.pay(ProviderMethod::BankTransfer, "ctoken_usBankAccount").await, AttemptStatus::Processing);
        shop.base.clock.advance_seconds(3 * 24 * 3600);
        assert_eq!(shop.base.check(0).await, Ok("still pending"));
        assert!(shop.fake.move_intent(&shop.newest_intent(), end));
        shop.receive_all().await;
        let order = shop.base.order().await;
        assert_eq!((order.status, shop.base.available().await), (status, left), "{end}");
        shop.is_reconciled().await;
    }
}

#[tokio::test]
async fn a_capture_after_expiry_allocates_again_or_is_refunded() {
    for (left, status) in [(5, OrderStatus::Paid), (1, OrderStatus::Refunded)] {
        let shop = Shop::start().await;
        shop.pay(ProviderMethod::CreditCard, "pm_card_threeDSecure2Required").await;
        assert!(shop.fake.move_intent(&shop.newest_intent(), "succeeded"));
        shop.expire().await;
        shop.base.set_stock(left).await;
        shop.receive_all().await;
        if !shop.base.order().await.refunds.is_empty() {
            assert_eq!(shop.base.refund(0).await, "refunded");
        }
        assert_eq!(shop.base.order().await.status, status);
        shop.is_reconciled().await;
    }
}

#[tokio::test]
async fn an_abandoned_action_ends_with_the_hold() {
    let shop = Shop::start().await;
    shop.pay(ProviderMethod::CreditCard, "pm_card_threeDSecure2Required").await;
    shop.expire().await;
    assert_eq!(shop.base.check(0).await, Ok("settled"));
    assert_eq!(shop.fake.intents()[0].status, "canceled");
    assert!(!shop.fake.move_intent(&shop.newest_intent(), "succeeded"), "too late to pay");
    shop.receive_all().await;
    assert_eq!(shop.base.order().await.status, OrderStatus::Expired);
    shop.is_reconciled().await;
}

#[tokio::test]
async fn a_refund_that_fails_later_is_due_again() {
    let shop = Shop::start().await;
    shop.pay(ProviderMethod::CreditCard, "pm_card_visa").await;
    shop.base.apply(Event::Cancelled).await;
    assert_eq!(shop.base.refund(0).await, "refunded");
    shop.receive_all().await;
    assert_eq!(shop.base.order().await.status, OrderStatus::Refunded);

    assert!(shop.fake.move_refund(&shop.fake.refunds()[0].id, "failed"));
    assert_eq!(shop.receive_all().await, ["settled", "settled before"]);
    let order = shop.base.order().await;
    assert_eq!((order.status, order.refunded_minor()), (OrderStatus::Cancelled, 0));
    shop.is_reconciled().await;

    shop.base.apply(Event::RefundRetried { refund: 0, target: order.refunds[0].target, account: None }).await;
    assert_eq!(shop.base.refund(0).await, "refunded");
    shop.receive_all().await;
    assert_eq!(shop.base.order().await.status, OrderStatus::Refunded);
    shop.is_reconciled().await;
}

#[tokio::test]
async fn a_late_event_of_an_earlier_try_does_not_settle_a_retried_refund() {
    let shop = Shop::start().await;
    shop.pay(ProviderMethod::CreditCard, "pm_card_visa").await;
    shop.base.apply(Event::Cancelled).await;
    shop.fake.take_messages();
    assert_eq!(shop.base.refund(0).await, "refunded");
    let successes = shop.fake.take_messages();
    assert!(shop.fake.move_refund(&shop.fake.refunds()[0].id, "failed"));
    let failures = shop.fake.take_messages();
    assert!(!successes.is_empty() && !failures.is_empty());
    for message in &failures {
        shop.receive(message).await.expect("received");
    }
    let target = shop.base.order().await.refunds[0].target;
    shop.base.apply(Event::RefundRetried { refund: 0, target, account: None }).await;
    let retried = shop.base.order().await;
    assert_eq!((retried.refunds[0].status, retried.refunds[0].retries), (RefundStatus::Pending, 1));

    for message in successes.iter().chain(&failures) {
        assert_eq!(shop.receive(message).await, Ok("settled before".to_owned()), "{message:?}");
        assert_eq!(shop.base.order().await, retried, "{message:?}");
    }
    assert_eq!(shop.base.refund(0).await, "refunded");
    for message in &failures {
        assert_eq!(shop.receive(message).await, Ok("settled before".to_owned()), "{message:?}");
    }
    assert_eq!(shop.base.order().await.status, OrderStatus::Refunded);
    shop.is_reconciled().await;
}

#[tokio::test]
async fn an_unsigned_or_unknown_event_changes_nothing() {
    let shop = Shop::start().await;
    shop.pay(ProviderMethod::CreditCard, "pm_card_threeDSecure2Required").await;
    assert!(shop.fake.move_intent(&shop.newest_intent(), "succeeded"));
    let messages = shop.fake.take_messages();
    let (signature, body) = messages.last().expect("a message");
    let forged = (signature.clone(), body.replace("200", "100"));
    assert_eq!(shop.receive(&forged).await, Err((400, "invalid_signature".to_owned())));
    assert_eq!(shop.receive(&(String::new(), body.clone())).await, Err((400, "invalid_signature".to_owned())));
    shop.base.clock.advance_seconds(301);
    assert_eq!(shop.receive(&messages[0]).await, Err((400, "invalid_signature".to_owned())), "a replay");
    assert_eq!(shop.base.order().await.status, OrderStatus::PendingPayment);

    let foreign = signed(&shop, &body.replace("\"attempt\"", "\"basket\""));
    assert_eq!(shop.receive(&foreign).await, Ok("ignored".to_owned()));
    let other_event = signed(&shop, r#"{"type":"customer.created","data":{"object":{}}}"#);
    assert_eq!(shop.receive(&other_event).await, Ok("ignored".to_owned()));
    let unknown = signed(&shop, &body.replace(user(1).as_str(), user(9).as_str()));
    assert_eq!(shop.receive(&unknown).await, Err((404, "not_found".to_owned())), "Stripe is to send it again");
    assert_eq!(shop.receive(&signed(&shop, "{}")).await, Err((400, "malformed_event".to_owned())));
    assert_eq!(shop.receive(&signed(&shop, body)).await, Ok("settled".to_owned()));
}

#[tokio::test]
async fn without_stripe_there_is_no_webhook() {
    let mut shop = Shop::start().await;
    shop.endpoint.webhook = None;
    assert_eq!(shop.receive(&signed(&shop, "{}")).await, Err((404, "not_found".to_owned())));
}

#[tokio::test]
async fn an_event_is_retried_while_the_provider_is_down() {
    let shop = Shop::start().await;
    shop.pay(ProviderMethod::CreditCard, "pm_card_threeDSecure2Required").await;
    let messages = shop.fake.take_messages();
    let down = Err(souk_payment::ProviderError::Unknown("down".to_owned()));
    shop.base.script([down]);
    let payments = PaymentContext { provider: shop.base.provider.clone(), ..shop.base.payments.clone() };
    let secret = StripeSecret { api_key: "sk_test_1".to_owned(), webhook_secret: SECRET.to_owned() };
    let webhook = Some(Webhook::new(CachedSecret::new(Arc::new(secret), shop.base.clock.clone())));
    let shop = Shop { endpoint: StripeWebhook { payments, webhook }, ..shop };
    assert_eq!(shop.receive(&messages[0]).await, Err((503, "payment_unavailable".to_owned())));
}

/// Each fault of an event that says that the order is paid.
#[tokio::test]
async fn an_event_about_another_payment_changes_nothing() {
    let shop = Shop::start().await;
    shop.pay(ProviderMethod::CreditCard, "pm_card_threeDSecure2Required").await;
    let intent = shop.newest_intent();
    assert!(shop.fake.move_intent(&intent, "succeeded"));
    let messages = shop.fake.take_messages();
    let (_, body) = messages.last().expect("a message");
    let before = shop.base.order().await;
    for (from, to) in [
        ("\"currency\":\"usd\"", "\"currency\":\"eur\""),
        ("\"livemode\":false", "\"livemode\":true"),
        ("\"object\":\"event\"", "\"object\":\"event\",\"account\":\"acct_1\""),
        (intent.as_str(), "pi_another"),
        ("\"attempt\":\"0\"", "\"attempt\":\"1\""),
    ] {
        let changed = body.replace(from, to);
        assert_ne!(&changed, body, "{from}");
        let logged = LoggedEvents::start();
        assert_eq!(shop.receive(&signed(&shop, &changed)).await, Ok("ignored".to_owned()), "{to}");
        assert_eq!(logged.count("needs a person"), 1, "an alarm rings: {to}");
        assert_eq!(shop.base.order().await, before, "{to}");
    }
    assert_eq!(shop.receive(&signed(&shop, body)).await, Ok("settled".to_owned()));
    shop.is_reconciled().await;
}

#[tokio::test]
async fn an_event_about_another_refund_changes_nothing() {
    let shop = Shop::start().await;
    shop.pay(ProviderMethod::CreditCard, "pm_card_visa").await;
    shop.base.apply(Event::Cancelled).await;
    assert_eq!(shop.base.refund(0).await, "refunded");
    let intent = shop.newest_intent();
    shop.fake.take_messages();
    assert!(shop.fake.move_refund(&shop.fake.refunds()[0].id, "failed"));
    let messages = shop.fake.take_messages();
    let (_, body) = messages.last().expect("a message");
    let before = shop.base.order().await;
    for (from, to) in [
        ("\"amount\":200", "\"amount\":100"),
        ("\"currency\":\"usd\"", "\"currency\":\"eur\""),
        (intent.as_str(), "pi_another"),
    ] {
        let changed = body.replace(from, to);
        assert_ne!(&changed, body, "{from}");
        let logged = LoggedEvents::start();
        assert_eq!(shop.receive(&signed(&shop, &changed)).await, Ok("ignored".to_owned()), "{to}");
        assert_eq!(logged.count("needs a person"), 1, "an alarm rings: {to}");
        assert_eq!(shop.base.order().await, before, "{to}");
    }
    assert_eq!(shop.receive(&signed(&shop, body)).await, Ok("settled".to_owned()));
}
