//! A provider that moves no money and whose outcome depends on the token only. For trials and tests.

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use sha2::{Digest, Sha256};
use souk_domain::order::ProviderOutcome;

use crate::{ABANDONED, ChargeRequest, PaymentProvider, ProviderError, RefundOutcome, RefundRequest};

/// Tokens and their outcomes:
///
/// | token | outcome |
/// |---|---|
/// | `sandbox_success` | captured |
/// | `sandbox_decline` | declined, `card_declined` |
/// | `sandbox_decline_` and any text | the same for another card |
/// | `sandbox_requires_action` | requires an action of the shopper |
/// | `sandbox_timeout_after_charge` | no response; the next call finds that the money was captured |
/// | `sandbox_timeout_before_charge` | no response; the next call captures the money |
/// | any other | declined, `invalid_token` |
#[derive(Debug, Clone, Copy, Default)]
pub struct Sandbox;

impl PaymentProvider for Sandbox {
    fn charge<'a>(&'a self, charge: &'a ChargeRequest) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        let timed_out = charge.token.starts_with("sandbox_timeout_");
        let answer = if timed_out { Err(ProviderError::Unknown("timed out".to_owned())) } else { Ok(outcome(charge)) };
        ready(answer).boxed()
    }

    fn resolve_charge<'a>(
        &'a self,
        charge: &'a ChargeRequest,
    ) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        ready(Ok(outcome(charge))).boxed()
    }

    fn cancel<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        ready(Ok(ProviderOutcome::Declined { code: ABANDONED.to_owned() })).boxed()
    }

    /// A token stands for one card.
    fn card_fingerprint<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Option<String>, ProviderError>> {
        ready(Ok(Some(id("card", token)))).boxed()
    }

    fn refund<'a>(&'a self, request: &'a RefundRequest) -> BoxFuture<'a, Result<RefundOutcome, ProviderError>> {
        ready(Ok(RefundOutcome::Accepted { refund_id: id("re", &request.idempotency_key) })).boxed()
    }
}

/// Outcome of a charge whose response is not lost.
fn outcome(charge: &ChargeRequest) -> ProviderOutcome {
    let declined = |code: &str| ProviderOutcome::Declined { code: code.to_owned() };
    let payment_id = id("pay", &charge.idempotency_key);
    match charge.token.as_str() {
        "sandbox_success" | "sandbox_timeout_after_charge" | "sandbox_timeout_before_charge" => {
            ProviderOutcome::Captured { payment_id, amount_minor: charge.amount.minor() }
        }
        "sandbox_decline" => declined("card_declined"),
        token if token.starts_with("sandbox_decline_") => declined("card_declined"),
        "sandbox_requires_action" => {
            let action_url = Some(format!("https://sandbox.invalid/authenticate/{payment_id}"));
            ProviderOutcome::ActionRequired { payment_id, action_url }
        }
        _ => declined("invalid_token"),
    }
}

/// The same id for the same key: this makes the sandbox idempotent without state.
fn id(kind: &str, idempotency_key: &str) -> String {
    format!("{kind}_{}", hex::encode(&Sha256::digest(idempotency_key)[..12]))
}

#[cfg(test)]
mod tests {
    use souk_domain::money::{Currency, Money};
    use souk_domain::order::ProviderMethod;
    use souk_domain::time::Timestamp;

    use super::*;

    fn charge(token: &str) -> ChargeRequest {
        let id = "0190a5a0-0000-7000-8000-000000000001";
        ChargeRequest {
            idempotency_key: format!("{id}#pay0"),
            user_id: id.parse().expect("id"),
            order_id: id.parse().expect("id"),
            attempt: 0,
            started_at: Timestamp::from_millis(0),
            payment_id: None,
            amount: Money::from_minor(25_190, Currency::USD),
            method: ProviderMethod::CreditCard,
            token: token.to_owned(),
        }
    }

    #[tokio::test]
    async fn one_key_captures_once() {
        let first = Sandbox.charge(&charge("sandbox_success")).await.expect("answered");
        assert_eq!(Sandbox.resolve_charge(&charge("sandbox_success")).await, Ok(first.clone()));
        assert!(matches!(first, ProviderOutcome::Captured { amount_minor: 25_190, .. }));
    }

    #[tokio::test]
    async fn a_lost_outcome_is_found_by_a_retry() {
        for token in ["sandbox_timeout_after_charge", "sandbox_timeout_before_charge"] {
            assert!(Sandbox.charge(&charge(token)).await.is_err(), "{token}");
            let again = Sandbox.resolve_charge(&charge(token)).await;
            assert!(matches!(again, Ok(ProviderOutcome::Captured { .. })), "{token}");
        }
    }

    #[tokio::test]
    async fn a_decline_has_its_code() {
        let declined = |code: &str| Ok(ProviderOutcome::Declined { code: code.to_owned() });
        assert_eq!(Sandbox.charge(&charge("sandbox_decline")).await, declined("card_declined"));
        assert_eq!(Sandbox.charge(&charge("4242")).await, declined("invalid_token"));
    }
}
