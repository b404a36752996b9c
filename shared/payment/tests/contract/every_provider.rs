use souk_domain::order::ProviderOutcome;
use souk_payment::{ABANDONED, ProviderError, RefundOutcome};

use crate::fixture::{Subject, Token, refund};

fn declined(code: &str) -> ProviderOutcome {
    ProviderOutcome::Declined { code: code.to_owned() }
}

#[tokio::test]
async fn one_key_captures_once() {
    for subject in Subject::each().await {
        let charge = subject.charge(Token::Good);
        let first = subject.provider.charge(&charge).await.expect("answered");
        assert!(
            matches!(&first, ProviderOutcome::Captured { amount_minor: 25_190, .. }),
            "{}: {first:?}",
            subject.name
        );
        assert_eq!(subject.provider.charge(&charge).await, Ok(first.clone()), "{}", subject.name);
        assert_eq!(subject.provider.resolve_charge(&charge).await, Ok(first), "{}", subject.name);
    }
}

#[tokio::test]
async fn a_decline_has_a_code_and_is_final() {
    for subject in Subject::each().await {
        let charge = subject.charge(Token::Bad);
        for _ in 0..2 {
            assert_eq!(subject.provider.charge(&charge).await, Ok(declined("card_declined")), "{}", subject.name);
        }
        assert_eq!(subject.provider.resolve_charge(&charge).await, Ok(declined("card_declined")), "{}", subject.name);
        let nonsense = subject.charge(Token::Nonsense);
        let nonsense = souk_payment::ChargeRequest { idempotency_key: "other".to_owned(), ..nonsense };
        assert_eq!(subject.provider.charge(&nonsense).await, Ok(declined("invalid_token")), "{}", subject.name);
    }
}

#[tokio::test]
async fn an_action_has_a_link_and_can_be_cancelled() {
    for subject in Subject::each().await {
        let outcome = subject.provider.charge(&subject.charge(Token::NeedsAction)).await;
        let Ok(ProviderOutcome::ActionRequired { payment_id, action_url: Some(url) }) = outcome else {
            panic!("{}: {outcome:?}", subject.name);
        };
        assert!(url.starts_with("http"), "{}: {url}", subject.name);
        for _ in 0..2 {
            assert_eq!(subject.provider.cancel(&payment_id).await, Ok(declined(ABANDONED)), "{}", subject.name);
        }
    }
}

#[tokio::test]
async fn a_lost_outcome_is_resolved_by_another_call() {
    for token in [Token::LosesAnswerBefore, Token::LosesAnswerAfter] {
        for subject in Subject::each().await {
            let charge = subject.charge(token);
            let lost = subject.provider.charge(&charge).await;
            let found = subject.provider.resolve_charge(&charge).await;
            // An adapter that retries by itself may know the outcome already.
            assert!(matches!(lost, Err(ProviderError::Unknown(_))) || lost == found, "{}: {lost:?}", subject.name);
            assert!(matches!(found, Ok(ProviderOutcome::Captured { .. })), "{} {token:?}: {found:?}", subject.name);
        }
    }
}

#[tokio::test]
async fn one_key_refunds_once() {
    for subject in Subject::each().await {
        let outcome = subject.provider.charge(&subject.charge(Token::Good)).await;
        let Ok(ProviderOutcome::Captured { payment_id, .. }) = outcome else { panic!("{}: {outcome:?}", subject.name) };
        let request = refund(&payment_id, 0, 10_000);
        let first = subject.provider.refund(&request).await.expect("answered");
        assert!(matches!(first, RefundOutcome::Accepted { .. }), "{}: {first:?}", subject.name);
        assert_eq!(subject.provider.refund(&request).await, Ok(first.clone()), "{}", subject.name);
        let second = subject.provider.refund(&refund(&payment_id, 1, 15_190)).await.expect("answered");
        assert_ne!(first, second, "{}", subject.name);
    }
}

#[tokio::test]
async fn a_card_has_one_fingerprint() {
    for subject in Subject::each().await {
        let of = async |token: Token| {
            let charge = subject.charge(token);
            subject.provider.card_fingerprint(&charge.token).await.expect("answered")
        };
        let good = of(Token::Good).await.expect("a card");
        assert_eq!(of(Token::Good).await.as_ref(), Some(&good), "{}", subject.name);
        assert_ne!(of(Token::Bad).await, Some(good), "{}", subject.name);
    }
}
