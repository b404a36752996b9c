use std::collections::BTreeSet;
use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_domain::money::Money;
use souk_domain::order::{ProviderMethod, ProviderOutcome};
use souk_payment::stripe::{RefundUpdate, Webhook, WebhookEvent};
use souk_payment::{ABANDONED, ChargeRequest, PaymentProvider, ProviderError, RefundOutcome, RefundRequest};
use souk_testkit::stripe::{Fault, Intent};

use crate::fixture::{OnFake, QUICK, charge, refund, secrets, stripe};

const DAY_SECONDS: i64 = 24 * 3600;

impl OnFake {
    fn only_intent(&self) -> Intent {
        let intents = self.fake.intents();
        assert_eq!(intents.len(), 1, "{intents:?}");
        intents.into_iter().next().expect("an intent")
    }

    async fn captured(&self) -> String {
        match self.stripe.charge(&charge("pm_card_visa")).await {
            Ok(ProviderOutcome::Captured { payment_id, .. }) => payment_id,
            other => panic!("{other:?}"),
        }
    }

    /// Reads the waiting webhook events.
    async fn webhook_events(&self) -> Vec<WebhookEvent> {
        let webhook = Webhook::new(secrets("sk_test_1", self.clock.clone()));
        let mut notices = Vec::new();
        for (signature, body) in self.fake.take_messages() {
            notices.push(webhook.read(&signature, body.as_bytes(), self.clock.now()).await.expect("a message"));
        }
        notices
    }
}

fn bank_debit() -> ChargeRequest {
    ChargeRequest { method: ProviderMethod::BankTransfer, ..charge("ctoken_usBankAccount") }
}

fn unknown(outcome: &Result<ProviderOutcome, ProviderError>) -> bool {
    matches!(outcome, Err(ProviderError::Unknown(_)))
}

#[tokio::test]
async fn the_intent_names_its_order() {
    let on = OnFake::start().await;
    on.captured().await;
    let (intent, charge) = (on.only_intent(), charge(""));
    assert_eq!((intent.amount, intent.currency.as_str(), intent.status.as_str()), (25_190, "usd", "succeeded"));
    assert_eq!(intent.metadata["user_id"], charge.user_id.to_string());
    assert_eq!(intent.metadata["order_id"], charge.order_id.to_string());
    assert_eq!(intent.metadata["attempt"], "0");
}

#[tokio::test]
async fn transient_failures_are_retried_at_once() {
    let on = OnFake::start().await;
    on.fake.fail_next([Some(Fault::RateLimited), Some(Fault::Unavailable)]);
    on.captured().await;
    on.only_intent();
}

#[tokio::test]
async fn an_outage_has_an_unknown_outcome_that_is_resolved_later() {
    let on = OnFake::start().await;
    on.fake.fail_next([Some(Fault::Unavailable); 3]);
    assert!(unknown(&on.stripe.charge(&charge("pm_card_visa")).await));
    assert!(matches!(on.stripe.resolve_charge(&charge("pm_card_visa")).await, Ok(ProviderOutcome::Captured { .. })));
    let nowhere = stripe("http://127.0.0.1:9", "sk_test_1", on.clock.clone(), QUICK);
    assert!(unknown(&nowhere.charge(&charge("pm_card_visa")).await));
    assert!(unknown(&nowhere.resolve_charge(&charge("pm_card_visa")).await));
}

#[tokio::test]
async fn a_key_that_is_in_use_is_unknown() {
    let on = OnFake::start().await;
    on.fake.fail_next([Some(Fault::TimeoutAfter)]);
    let charge = charge("pm_card_visa");
    let both = futures_util::future::join(on.stripe.charge(&charge), on.stripe.charge(&charge)).await;
    // The call during the other one has an unknown outcome; resolved later, there is one payment.
    assert!(unknown(&both.0) || matches!(both.0, Ok(ProviderOutcome::Captured { .. })), "{both:?}");
    assert!(matches!(on.stripe.resolve_charge(&charge).await, Ok(ProviderOutcome::Captured { .. })));
    on.only_intent();
}

#[tokio::test]
async fn a_500_that_stripe_replays_is_resolved_by_a_search() {
    for (fault, taken) in [(Fault::ErrorAfter, true), (Fault::ErrorBefore, false)] {
        let on = OnFake::start().await;
        on.fake.fail_next([Some(fault)]);
        let charge = charge("pm_card_visa");
        assert!(unknown(&on.stripe.charge(&charge).await), "{fault:?}");
        let found = on.stripe.resolve_charge(&charge).await;
        if taken {
            assert!(matches!(found, Ok(ProviderOutcome::Captured { .. })), "{found:?}");
            on.only_intent();
        } else {
            assert!(unknown(&found), "the search may lag behind: {found:?}");
            on.clock.advance_seconds(900);
            let declined = ProviderOutcome::Declined { code: ABANDONED.to_owned() };
            assert_eq!(on.stripe.resolve_charge(&charge).await, Ok(declined));
        }
    }
}

#[tokio::test]
async fn an_old_attempt_is_never_sent_again() {
    let on = OnFake::start().await;
    on.captured().await;
    on.clock.advance_seconds(25 * 3600);
    let again = on.stripe.resolve_charge(&charge("pm_card_visa")).await;
    assert!(matches!(again, Ok(ProviderOutcome::Captured { .. })), "{again:?}");
    on.only_intent();

    let never_sent = ChargeRequest { attempt: 1, idempotency_key: "other".to_owned(), ..charge("pm_card_visa") };
    let declined = ProviderOutcome::Declined { code: ABANDONED.to_owned() };
    assert_eq!(on.stripe.resolve_charge(&never_sent).await, Ok(declined));
    on.only_intent();
}

#[tokio::test]
async fn a_key_with_other_parameters_is_resolved_by_a_search() {
    let on = OnFake::start().await;
    let payment_id = on.captured().await;
    // As after a deployment that changed the parameters of a request.
    let changed =
        ChargeRequest { amount: Money::from_minor(25_191, charge("").amount.currency()), ..charge("pm_card_visa") };
    let amount_minor = 25_190;
    assert_eq!(
        on.stripe.resolve_charge(&changed).await,
        Ok(ProviderOutcome::Captured { payment_id, amount_minor }),
        "the captured amount, not the requested one"
    );
    on.only_intent();
}

#[tokio::test]
async fn a_replayed_response_is_updated() {
    let on = OnFake::start().await;
    let action = charge("pm_card_threeDSecure2Required");
    assert!(matches!(on.stripe.charge(&action).await, Ok(ProviderOutcome::ActionRequired { .. })));
    assert!(on.fake.move_intent(&on.only_intent().id, "succeeded"));
    assert!(matches!(on.stripe.resolve_charge(&action).await, Ok(ProviderOutcome::Captured { .. })));
}

#[tokio::test]
async fn a_declined_intent_is_cancelled() {
    let on = OnFake::start().await;
    let lost_card = charge("pm_card_chargeDeclinedLostCard");
    let shown = ProviderOutcome::Declined { code: "card_declined".to_owned() };
    assert_eq!(on.stripe.charge(&lost_card).await, Ok(shown), "not that the card was lost");
    assert_eq!(on.only_intent().status, "canceled");

    let on = OnFake::start().await;
    let action = charge("pm_card_threeDSecure2Required");
    let _ = on.stripe.charge(&action).await.expect("answered");
    assert!(on.fake.move_intent(&on.only_intent().id, "requires_payment_method"));
    let failed = ProviderOutcome::Declined { code: "authentication_failed".to_owned() };
    assert_eq!(on.stripe.resolve_charge(&action).await, Ok(failed));
    assert_eq!(on.only_intent().status, "canceled");
}

#[tokio::test]
async fn an_action_completed_before_its_cancellation_pays() {
    let on = OnFake::start().await;
    let _ = on.stripe.charge(&charge("pm_card_threeDSecure2Required")).await.expect("answered");
    let payment_id = on.only_intent().id;
    assert!(on.fake.move_intent(&payment_id, "succeeded"));
    assert!(matches!(on.stripe.cancel(&payment_id).await, Ok(ProviderOutcome::Captured { .. })));
}

#[tokio::test]
async fn a_bank_debit_takes_days_and_may_bounce() {
    for (status, captured) in [("succeeded", true), ("requires_payment_method", false)] {
        let on = OnFake::start().await;
        let first = on.stripe.charge(&bank_debit()).await;
        let Ok(ProviderOutcome::Pending { payment_id: Some(payment_id) }) = first else { panic!("{first:?}") };
        on.clock.advance_seconds(3 * DAY_SECONDS);
        let known = ChargeRequest { payment_id: Some(payment_id.clone()), ..bank_debit() };
        assert!(matches!(on.stripe.resolve_charge(&known).await, Ok(ProviderOutcome::Pending { .. })));
        assert!(on.fake.move_intent(&payment_id, status));
        let end = on.stripe.resolve_charge(&known).await;
        let bounced = Ok(ProviderOutcome::Declined { code: "bank_account_declined".to_owned() });
        assert!(if captured { matches!(end, Ok(ProviderOutcome::Captured { .. })) } else { end == bounced }, "{end:?}");
    }
}

#[tokio::test]
async fn unsupported_payments_are_declined_with_a_code() {
    let on = OnFake::start().await;
    let of = |minor, currency: &str| Money::from_minor(minor, currency.parse().expect("a currency"));
    let cases = [
        (ChargeRequest { amount: of(49, "USD"), ..charge("pm_card_visa") }, "amount_too_small"),
        (ChargeRequest { method: ProviderMethod::BankTransfer, ..charge("pm_usBankAccount") }, "invalid_token"),
        (ChargeRequest { method: ProviderMethod::Paypal, ..charge("pm_card_visa") }, "invalid_token"),
        (ChargeRequest { amount: of(5_000, "JPY"), ..bank_debit() }, "payment_method_unavailable"),
        (ChargeRequest { amount: of(5_124, "KWD"), ..charge("pm_card_visa") }, "payment_method_unavailable"),
        (charge("4242424242424242"), "invalid_token"),
    ];
    for (charge, code) in cases {
        let declined = ProviderOutcome::Declined { code: code.to_owned() };
        assert_eq!(on.stripe.charge(&charge).await, Ok(declined), "{charge:?}");
    }
    assert!(on.fake.intents().is_empty());
}

#[tokio::test]
async fn an_invalid_api_key_is_refused_and_not_quoted() {
    let on = OnFake::start().await;
    let wrong = stripe(on.fake.url(), "sk_wrong_hunter2", on.clock.clone(), QUICK);
    let refused = wrong.charge(&charge("pm_card_visa")).await.expect_err("refused");
    assert!(matches!(&refused, ProviderError::Refused(why) if why.starts_with("401")), "{refused}");
    assert!(!refused.to_string().contains("hunter2"));
    // The response does not show whether an earlier call was executed.
    assert!(unknown(&wrong.resolve_charge(&charge("pm_card_visa")).await));
}

#[tokio::test]
async fn refunds_never_exceed_the_payment_and_are_found_without_their_keys() {
    let on = OnFake::start().await;
    let payment_id = on.captured().await;
    let request = refund(&payment_id, 0, 20_000);
    let first = on.stripe.refund(&request).await.expect("given");
    on.clock.advance_seconds(3 * DAY_SECONDS);
    assert_eq!(on.stripe.refund(&request).await, Ok(first), "as after a redrive");
    let too_much = on.stripe.refund(&refund(&payment_id, 1, 5_191)).await;
    assert!(matches!(too_much, Err(ProviderError::Refused(_))), "{too_much:?}");
    assert_eq!(on.fake.balance(), 5_190);
}

#[tokio::test]
async fn a_refund_with_a_lost_response_is_paid_once() {
    for fault in [Fault::TimeoutAfter, Fault::TimeoutBefore, Fault::ErrorAfter] {
        let on = OnFake::start().await;
        let request = refund(&on.captured().await, 0, 25_190);
        on.fake.fail_next([Some(fault)]);
        for _ in 0..3 {
            let _ = on.stripe.refund(&request).await;
        }
        assert!(matches!(on.stripe.refund(&request).await, Ok(RefundOutcome::Accepted { .. })), "{fault:?}");
        assert_eq!((on.fake.refunds().len(), on.fake.balance()), (1, 0), "{fault:?}");
    }
}

#[tokio::test]
async fn a_failed_refund_is_reported_and_retried_with_a_new_key() {
    let on = OnFake::start().await;
    let Ok(ProviderOutcome::Captured { payment_id, .. }) = on.stripe.charge(&charge("pm_card_refundFail")).await else {
        panic!("not captured");
    };
    let request = refund(&payment_id, 0, 25_190);
    assert!(matches!(on.stripe.refund(&request).await, Ok(RefundOutcome::Accepted { .. })));
    assert!(matches!(on.stripe.refund(&request).await, Ok(RefundOutcome::Failed { .. })), "repeated");
    let again = RefundRequest { idempotency_key: "k.1".to_owned(), retry: 1, ..request };
    let _ = on.stripe.refund(&again).await.expect("answered");
    let notices = on.webhook_events().await;
    let failed = |retry| {
        notices.iter().any(|notice| {
            matches!(notice, WebhookEvent::Refund { retry: r, update: RefundUpdate::Final(RefundOutcome::Failed { .. }), .. } if *r == retry)
        })
    };
    assert!(failed(0) && failed(1), "{notices:?}");
}

#[tokio::test]
async fn webhook_events_of_the_fake_are_read() {
    let on = OnFake::start().await;
    let payment_id = on.captured().await;
    let _ = on.stripe.charge(&ChargeRequest { attempt: 1, idempotency_key: "1".to_owned(), ..bank_debit() }).await;
    let notices = on.webhook_events().await;
    let outcomes: Vec<_> = notices
        .iter()
        .map(|notice| match notice {
            WebhookEvent::Payment { attempt, outcome, order_id, .. } if *order_id == charge("").order_id => {
                (*attempt, outcome.clone())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let captured = ProviderOutcome::Captured { payment_id, amount_minor: 25_190 };
    assert_eq!(outcomes, [(0, Some(captured)), (1, None)]);
    assert!(on.webhook_events().await.is_empty(), "taken once");
}

#[tokio::test]
async fn under_random_faults_each_attempt_captures_once() {
    let on = OnFake::start().await;
    let faults =
        [None, Some(Fault::ErrorAfter), Some(Fault::RateLimited), Some(Fault::Unavailable), Some(Fault::TimeoutAfter)];
    on.fake.fail_next((0..60).map(|n| faults[(n * 7) % faults.len()]));
    let stripe = Arc::clone(&on.stripe);
    let mut paid = BTreeSet::new();
    for attempt in 0..12 {
        let charge = ChargeRequest { attempt, idempotency_key: format!("k{attempt}"), ..charge("pm_card_visa") };
        let mut outcome = stripe.charge(&charge).await;
        for _ in 0..5 {
            if outcome.is_err() {
                outcome = stripe.resolve_charge(&charge).await;
            }
        }
        let Ok(ProviderOutcome::Captured { payment_id, .. }) = outcome else { panic!("{attempt}: {outcome:?}") };
        paid.insert(payment_id);
    }
    assert_eq!((paid.len(), on.fake.intents().len(), on.fake.balance()), (12, 12, 12 * 25_190));
}

#[tokio::test]
async fn two_tokens_of_one_card_have_one_fingerprint() {
    let on = OnFake::start().await;
    let fingerprint = async |token: &'static str| on.stripe.card_fingerprint(token).await;
    let visa = fingerprint("pm_card_visa").await.expect("answered");
    assert!(visa.is_some());
    assert_eq!(fingerprint("ctoken_card_visa").await, Ok(visa));
    for without in ["pm_paypal", "pm_unknown", "nonsense", "pm_../refunds", "pm_a?b=c"] {
        assert_eq!(fingerprint(without).await, Ok(None), "{without}");
    }
    let nowhere = stripe("http://127.0.0.1:9", "sk_test_1", on.clock.clone(), QUICK);
    assert!(matches!(nowhere.card_fingerprint("pm_card_visa").await, Err(ProviderError::Unknown(_))));
}

#[tokio::test]
async fn a_payment_in_another_currency_does_not_pay() {
    let on = OnFake::start().await;
    let payment_id = on.captured().await;
    let euro = Money::from_minor(25_190, "EUR".parse().expect("a currency"));
    let other = ChargeRequest { payment_id: Some(payment_id), amount: euro, ..charge("pm_card_visa") };
    assert!(unknown(&on.stripe.resolve_charge(&other).await));
}
