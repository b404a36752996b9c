//! The form of every call that we make, checked by stripe-mock against Stripe's own OpenAPI description. It has no
//! state and no rules; it refuses malformed requests only.

use std::sync::Arc;
use std::time::Duration;

use souk_domain::effects::Clock;
use souk_domain::money::Money;
use souk_domain::order::ProviderMethod;
use souk_payment::stripe::{CallLimits, Stripe};
use souk_payment::{ChargeRequest, PaymentProvider};
use souk_testkit::FixedClock;

use crate::fixture::{charge, refund, stripe};

/// The key of stripe-mock.
const PATIENT: CallLimits = CallLimits {
    connect_timeout: Duration::from_secs(30),
    attempt_timeout: Duration::from_mins(1),
    total_timeout: Duration::from_mins(2),
    retries: 0,
    backoff_ms: 10,
};

fn on_mock() -> Option<(Stripe, Arc<FixedClock>)> {
    let Ok(url) = std::env::var("SOUK_CONTRACT_STRIPE_MOCK") else {
        eprintln!("skipped: SOUK_CONTRACT_STRIPE_MOCK names no stripe-mock");
        return None;
    };
    let clock = Arc::new(FixedClock::new());
    Some((stripe(&url, "sk_test_123", clock.clone(), PATIENT), clock))
}

#[tokio::test]
async fn every_call_has_the_form_that_stripe_describes() {
    let Some((stripe, clock)) = on_mock() else { return };
    let euro = Money::from_minor(25_190, "EUR".parse().expect("a currency"));
    let charges = [
        charge("pm_card_visa"),
        charge("ctoken_1"),
        ChargeRequest { method: ProviderMethod::Paypal, ..charge("pm_1") },
        ChargeRequest { method: ProviderMethod::BankTransfer, ..charge("ctoken_1") },
        ChargeRequest { method: ProviderMethod::BankTransfer, amount: euro, ..charge("ctoken_1") },
    ];
    for charge in &charges {
        let outcome = stripe.charge(charge).await;
        assert!(outcome.is_ok(), "create: {outcome:?}");
    }
    for token in ["pm_card_visa", "ctoken_1"] {
        let looked_up = stripe.card_fingerprint(token).await;
        assert!(looked_up.is_ok(), "look up a card: {looked_up:?}");
    }
    let known = ChargeRequest { payment_id: Some("pi_123".to_owned()), ..charge("pm_card_visa") };
    assert!(stripe.resolve_charge(&known).await.is_ok(), "retrieve");
    let cancelled = stripe.cancel("pi_123").await;
    assert!(cancelled.is_ok(), "cancel: {cancelled:?}");
    let refunded = stripe.refund(&refund("pi_123", 0, 100)).await;
    assert!(refunded.is_ok(), "list and create refunds: {refunded:?}");
    clock.advance_seconds(2 * 24 * 3600);
    let old = ChargeRequest { started_at: FixedClock::new().now(), ..charge("pm_card_visa") };
    let found = stripe.resolve_charge(&old).await;
    assert!(found.is_ok(), "search: {found:?}");
}

/// Without this, a stripe-mock that checks nothing would pass as well.
#[tokio::test]
async fn a_call_of_another_form_is_refused() {
    let Some(_) = on_mock() else { return };
    let url = std::env::var("SOUK_CONTRACT_STRIPE_MOCK").expect("named");
    let request = reqwest::Client::new().post(format!("{url}/v1/refunds")).bearer_auth("sk_test_123");
    let response = request.body("payment_intent=pi_123&amoumt=100").send().await.expect("an answer");
    assert_eq!(response.status().as_u16(), 400);
}
