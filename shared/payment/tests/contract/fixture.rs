//! The providers, and charges for them.

use std::sync::Arc;
use std::time::Duration;

use souk_domain::effects::Clock;
use souk_domain::ids::OrderId;
use souk_domain::money::{Currency, Money};
use souk_domain::order::ProviderMethod;
use souk_payment::stripe::{CachedSecret, CallLimits, Stripe, StripeConfig, StripeSecret};
use souk_payment::{ChargeRequest, PaymentProvider, RefundRequest, Sandbox};
use souk_testkit::stripe::{Fault, StripeFake, StripeFakeOptions};
use souk_testkit::{FixedClock, SeededRandom, user};

/// How long the fake hangs: longer than the adapter waits.
const HANG: Duration = Duration::from_mins(1);
/// Time-outs: short enough for tests with lost responses, long enough for a slow machine.
pub(crate) const QUICK: CallLimits = CallLimits {
    connect_timeout: Duration::from_secs(5),
    attempt_timeout: Duration::from_secs(1),
    total_timeout: Duration::from_secs(8),
    retries: 2,
    backoff_ms: 10,
};

/// Payment tokens, independent of the provider.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Token {
    Good,
    Bad,
    NeedsAction,
    Nonsense,
    LosesAnswerBefore,
    LosesAnswerAfter,
}

/// One provider, with its tokens.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) provider: Arc<dyn PaymentProvider>,
    fake: Option<StripeFake>,
}

impl Subject {
    pub(crate) async fn each() -> Vec<Self> {
        let stripe = OnFake::start().await;
        vec![
            Self { name: "sandbox", provider: Arc::new(Sandbox), fake: None },
            Self { name: "stripe", provider: stripe.stripe, fake: Some(stripe.fake) },
        ]
    }

    /// A charge of 251.90 with that token.
    pub(crate) fn charge(&self, token: Token) -> ChargeRequest {
        let Some(fake) = &self.fake else {
            return charge(match token {
                Token::Good => "sandbox_success",
                Token::Bad => "sandbox_decline",
                Token::NeedsAction => "sandbox_requires_action",
                Token::Nonsense => "nonsense",
                Token::LosesAnswerBefore => "sandbox_timeout_before_charge",
                Token::LosesAnswerAfter => "sandbox_timeout_after_charge",
            });
        };
        // Each attempt of the adapter gets the fault.
        let lost = |fault| fake.fail_next(vec![Some(fault); 3]);
        charge(match token {
            Token::Good => "pm_card_visa",
            Token::Bad => "pm_card_chargeDeclined",
            Token::NeedsAction => "pm_card_threeDSecure2Required",
            Token::Nonsense => "nonsense",
            Token::LosesAnswerBefore => {
                lost(Fault::TimeoutBefore);
                "pm_card_visa"
            }
            Token::LosesAnswerAfter => {
                fake.fail_next([Some(Fault::TimeoutAfter)]);
                "pm_card_visa"
            }
        })
    }
}

/// Stripe's adapter on a fake Stripe, with one clock for both.
pub(crate) struct OnFake {
    pub(crate) fake: StripeFake,
    pub(crate) stripe: Arc<Stripe>,
    pub(crate) clock: Arc<FixedClock>,
}

impl OnFake {
    pub(crate) async fn start() -> Self {
        let clock = Arc::new(FixedClock::new());
        let options = StripeFakeOptions { hang: HANG, clock: clock.clone(), ..StripeFakeOptions::default() };
        let fake = StripeFake::start(options).await;
        let stripe = Arc::new(stripe(fake.url(), "sk_test_1", clock.clone(), QUICK));
        Self { fake, stripe, clock }
    }
}

pub(crate) fn secrets(api_key: &str, clock: Arc<FixedClock>) -> CachedSecret {
    let secret = StripeSecret { api_key: api_key.to_owned(), webhook_secret: "whsec_fake".to_owned() };
    CachedSecret::new(Arc::new(secret), clock)
}

pub(crate) fn stripe(url: &str, api_key: &str, clock: Arc<FixedClock>, limits: CallLimits) -> Stripe {
    let return_url = Some("https://shop.test/paid".to_owned());
    let config = StripeConfig { api_url: url.to_owned(), return_url, limits };
    Stripe::new(config, secrets(api_key, clock.clone()), Arc::new(SeededRandom::new(7)), clock).expect("an adapter")
}

/// The first attempt to pay 251.90 of an order.
pub(crate) fn charge(token: &str) -> ChargeRequest {
    let order_id = OrderId::try_from("0190a5a0-0000-7000-8000-000000000001".to_owned()).expect("an id");
    ChargeRequest {
        idempotency_key: format!("{order_id}#pay0"),
        user_id: user(1),
        order_id,
        attempt: 0,
        started_at: FixedClock::new().now(),
        payment_id: None,
        amount: Money::from_minor(25_190, Currency::USD),
        method: ProviderMethod::CreditCard,
        token: token.to_owned(),
    }
}

/// A request to refund an amount of a payment, as the n-th refund of the order.
pub(crate) fn refund(payment_id: &str, refund: usize, amount_minor: i64) -> RefundRequest {
    let charge = charge("");
    RefundRequest {
        idempotency_key: format!("{}#refund{refund}", charge.order_id),
        user_id: charge.user_id,
        order_id: charge.order_id,
        refund,
        retry: 0,
        payment_id: payment_id.to_owned(),
        amount: Money::from_minor(amount_minor, Currency::USD),
    }
}
