//! A fake payment provider that stores its payments, so that they can be reconciled with the orders.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use souk_domain::order::ProviderOutcome;
use souk_domain::reconcile::{ProviderPayment, ProviderRecords, ProviderRefund};
use souk_domain::time::Timestamp;
use souk_payment::{ABANDONED, ChargeRequest, PaymentProvider, ProviderError, RefundOutcome, RefundRequest};

use crate::injector::{Fault, FaultInjector};

/// Payment tokens, by their effect.
pub mod token {
    /// Captures the amount.
    pub const SUCCEEDS: &str = "succeeds";
    /// Declines.
    pub const DECLINES: &str = "declines";
    /// Requires an action of the shopper first.
    pub const REQUIRES_ACTION: &str = "requires_action";
    /// Captures the amount; the first refund fails, as when the card was closed.
    pub const REFUND_FAILS_ONCE: &str = "refund_fails_once";
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Payment {
    payment_id: String,
    amount_minor: i64,
    state: State,
    /// The first attempt of a refund fails.
    refund_fails_once: bool,
    refunds: BTreeMap<String, i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Captured,
    Declined,
    RequiresAction,
    Cancelled,
}

/// The provider.
#[derive(Debug)]
pub struct FakeProvider {
    injector: Arc<FaultInjector>,
    /// By idempotency key.
    payments: Mutex<BTreeMap<String, Payment>>,
}

impl FakeProvider {
    /// A provider behind a fault injector.
    pub fn new(injector: Arc<FaultInjector>) -> Self {
        Self { injector, payments: Mutex::default() }
    }

    /// The shopper completes the required action, and the amount is captured.
    pub fn complete_action(&self, key: &str) {
        let mut payments = self.payments.lock().expect("a lock");
        let payment = payments.get_mut(key).expect("a payment of that key");
        assert_eq!(payment.state, State::RequiresAction, "only a payment that requires an action can complete it");
        payment.state = State::Captured;
    }

    /// Captured payments and refunds, for `reconcile`.
    pub fn facts(&self) -> ProviderRecords {
        let payments = self.payments.lock().expect("a lock");
        let captured = payments.iter().filter(|(_, payment)| payment.state == State::Captured);
        let captured = captured.map(|(key, payment)| ProviderPayment {
            idempotency_key: key.clone(),
            payment_id: payment.payment_id.clone(),
            captured_minor: payment.amount_minor,
        });
        let refunds = payments.values().flat_map(|payment| &payment.refunds);
        let refunds = refunds.map(|(key, amount_minor)| ProviderRefund {
            idempotency_key: key.clone(),
            refund_id: refund_id(key),
            amount_minor: *amount_minor,
        });
        ProviderRecords::new(Timestamp::from_millis(0), captured, refunds)
    }

    /// Captured less refunded, in minor units.
    pub fn net_minor(&self) -> i64 {
        let payments = self.payments.lock().expect("a lock");
        payments.values().map(|payment| payment.captured_minor() - payment.refunded_minor()).sum()
    }

    fn charge_now(&self, charge: &ChargeRequest) -> ProviderOutcome {
        let mut payments = self.payments.lock().expect("a lock");
        let number = payments.len();
        let payment = payments.entry(charge.idempotency_key.clone()).or_insert_with(|| Payment {
            payment_id: format!("payment_{number}"),
            amount_minor: charge.amount.minor(),
            state: match charge.token.as_str() {
                token::SUCCEEDS | token::REFUND_FAILS_ONCE => State::Captured,
                token::REQUIRES_ACTION => State::RequiresAction,
                _ => State::Declined,
            },
            refund_fails_once: charge.token == token::REFUND_FAILS_ONCE,
            refunds: BTreeMap::new(),
        });
        payment.outcome()
    }

    fn cancel_now(&self, payment_id: &str) -> ProviderOutcome {
        let mut payments = self.payments.lock().expect("a lock");
        let payment = payments.values_mut().find(|payment| payment.payment_id == payment_id);
        let payment = payment.expect("only a known payment is cancelled");
        if payment.state == State::RequiresAction {
            payment.state = State::Cancelled;
        }
        payment.outcome()
    }

    fn refund_now(&self, request: &RefundRequest) -> RefundOutcome {
        let mut payments = self.payments.lock().expect("a lock");
        let payment = payments.values_mut().find(|payment| payment.payment_id == request.payment_id);
        let payment = payment.expect("only a known payment is refunded");
        if payment.refund_fails_once && request.retry == 0 {
            return RefundOutcome::Failed { refund_id: refund_id(&request.idempotency_key) };
        }
        if !payment.refunds.contains_key(&request.idempotency_key) {
            payment.refunds.insert(request.idempotency_key.clone(), request.amount.minor());
            assert!(payment.refunded_minor() <= payment.captured_minor(), "more refunded than captured: {payment:?}");
        }
        RefundOutcome::Accepted { refund_id: refund_id(&request.idempotency_key) }
    }

    /// Performs an effect, unless a fault is injected.
    async fn perform<T>(&self, what: &str, effect: impl FnOnce() -> T + Send) -> Result<T, ProviderError> {
        let unknown = || Err(ProviderError::Unknown("no answer".to_owned()));
        match self.injector.next_effect(what) {
            None => Ok(effect()),
            Some(Fault::CrashBefore) => self.injector.crash().await,
            Some(Fault::CrashAfter) => {
                effect();
                self.injector.crash().await
            }
            Some(Fault::AnswerLost | Fault::FailedAfter) => {
                effect();
                unknown()
            }
            Some(Fault::Refused | Fault::Throttled | Fault::Conflict | Fault::Down) => unknown(),
        }
    }
}

impl Payment {
    fn captured_minor(&self) -> i64 {
        if self.state == State::Captured { self.amount_minor } else { 0 }
    }

    fn refunded_minor(&self) -> i64 {
        self.refunds.values().sum()
    }

    fn outcome(&self) -> ProviderOutcome {
        let payment_id = self.payment_id.clone();
        match self.state {
            State::Captured => ProviderOutcome::Captured { payment_id, amount_minor: self.amount_minor },
            State::Declined => ProviderOutcome::Declined { code: "card_declined".to_owned() },
            State::RequiresAction => ProviderOutcome::ActionRequired { payment_id, action_url: None },
            State::Cancelled => ProviderOutcome::Declined { code: ABANDONED.to_owned() },
        }
    }
}

impl PaymentProvider for FakeProvider {
    fn charge<'a>(&'a self, charge: &'a ChargeRequest) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.perform("charge", || self.charge_now(charge)).boxed()
    }

    fn resolve_charge<'a>(
        &'a self,
        charge: &'a ChargeRequest,
    ) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.charge(charge)
    }

    fn cancel<'a>(&'a self, payment_id: &'a str) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.perform("cancel", || self.cancel_now(payment_id)).boxed()
    }

    fn card_fingerprint<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Option<String>, ProviderError>> {
        std::future::ready(Ok(Some(token.to_owned()))).boxed()
    }

    fn refund<'a>(&'a self, request: &'a RefundRequest) -> BoxFuture<'a, Result<RefundOutcome, ProviderError>> {
        self.perform("refund", || self.refund_now(request)).boxed()
    }
}

fn refund_id(idempotency_key: &str) -> String {
    format!("refund_{idempotency_key}")
}
