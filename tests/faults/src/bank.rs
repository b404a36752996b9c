//! A payment provider with a memory, so that what it did can be held against what the shop believes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use souk_domain::order::ProviderOutcome;
use souk_domain::reconcile::{ProviderPayment, ProviderRecords, ProviderRefund};
use souk_domain::time::Timestamp;
use souk_payment::{ABANDONED, Charge, PaymentProvider, ProviderError, RefundOutcome, RefundRequest};

use crate::gate::{Fault, Gate};

/// Tokens, and what the bank does about them.
pub mod token {
    /// Takes the money.
    pub const PAYS: &str = "bank_pays";
    /// Refuses.
    pub const DECLINES: &str = "bank_declines";
    /// Wants the shopper to act first.
    pub const ASKS: &str = "bank_asks";
    /// Takes the money and cannot give it back at the first try: the card is gone meanwhile.
    pub const KEEPS: &str = "bank_keeps";
}

/// One payment as the bank has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Payment {
    payment_id: String,
    amount_minor: i64,
    state: State,
    /// The first try of a refund fails.
    keeps: bool,
    refunds: BTreeMap<String, i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Captured,
    Declined,
    Asking,
    Cancelled,
}

/// The bank.
#[derive(Debug)]
pub struct Bank {
    gate: Arc<Gate>,
    /// By idempotency key.
    payments: Mutex<BTreeMap<String, Payment>>,
}

impl Bank {
    /// A bank that is reached through that gate.
    pub fn new(gate: Arc<Gate>) -> Self {
        Self { gate, payments: Mutex::default() }
    }

    /// The shopper did what the bank asked for: the money is taken now.
    pub fn finish_action(&self, key: &str) {
        let mut payments = self.payments.lock().expect("a lock");
        let payment = payments.get_mut(key).expect("a payment of that key");
        assert_eq!(payment.state, State::Asking, "only a payment that waits for the shopper can go on");
        payment.state = State::Captured;
    }

    /// What the bank would list of itself, for `reconcile`.
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

    /// Money taken and not given back, in minor units.
    pub fn kept_minor(&self) -> i64 {
        let payments = self.payments.lock().expect("a lock");
        payments.values().map(|payment| payment.captured_minor() - payment.refunded_minor()).sum()
    }

    fn charge_now(&self, charge: &Charge) -> ProviderOutcome {
        let mut payments = self.payments.lock().expect("a lock");
        let number = payments.len();
        let payment = payments.entry(charge.idempotency_key.clone()).or_insert_with(|| Payment {
            payment_id: format!("bank_{number}"),
            amount_minor: charge.amount.minor(),
            state: match charge.token.as_str() {
                token::PAYS | token::KEEPS => State::Captured,
                token::ASKS => State::Asking,
                _ => State::Declined,
            },
            keeps: charge.token == token::KEEPS,
            refunds: BTreeMap::new(),
        });
        payment.outcome()
    }

    fn cancel_now(&self, payment_id: &str) -> ProviderOutcome {
        let mut payments = self.payments.lock().expect("a lock");
        let payment = payments.values_mut().find(|payment| payment.payment_id == payment_id);
        let payment = payment.expect("only what was begun is called off");
        if payment.state == State::Asking {
            payment.state = State::Cancelled;
        }
        payment.outcome()
    }

    fn refund_now(&self, request: &RefundRequest) -> RefundOutcome {
        let mut payments = self.payments.lock().expect("a lock");
        let payment = payments.values_mut().find(|payment| payment.payment_id == request.payment_id);
        let payment = payment.expect("only what was paid is refunded");
        if payment.keeps && request.retry == 0 {
            return RefundOutcome::Failed { refund_id: refund_id(&request.idempotency_key) };
        }
        if !payment.refunds.contains_key(&request.idempotency_key) {
            payment.refunds.insert(request.idempotency_key.clone(), request.amount.minor());
            assert!(payment.refunded_minor() <= payment.captured_minor(), "more refunded than captured: {payment:?}");
        }
        RefundOutcome::Given { refund_id: refund_id(&request.idempotency_key) }
    }

    /// Does what is asked, unless the way to the bank breaks.
    async fn reach<T>(&self, what: &str, effect: impl FnOnce() -> T + Send) -> Result<T, ProviderError> {
        let unknown = || Err(ProviderError::Unknown("no answer".to_owned()));
        match self.gate.arrive(what) {
            None => Ok(effect()),
            Some(Fault::CrashBefore) => self.gate.die().await,
            Some(Fault::CrashAfter) => {
                effect();
                self.gate.die().await
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
            State::Asking => ProviderOutcome::ActionRequired { payment_id, action_url: None },
            State::Cancelled => ProviderOutcome::Declined { code: ABANDONED.to_owned() },
        }
    }
}

impl PaymentProvider for Bank {
    fn charge<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.reach("charge", || self.charge_now(charge)).boxed()
    }

    fn charge_again<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.charge(charge)
    }

    fn cancel<'a>(&'a self, payment_id: &'a str) -> BoxFuture<'a, Result<ProviderOutcome, ProviderError>> {
        self.reach("cancel", || self.cancel_now(payment_id)).boxed()
    }

    fn refund<'a>(&'a self, request: &'a RefundRequest) -> BoxFuture<'a, Result<RefundOutcome, ProviderError>> {
        self.reach("refund", || self.refund_now(request)).boxed()
    }
}

fn refund_id(idempotency_key: &str) -> String {
    format!("refund_{idempotency_key}")
}
