//! Model check of an order under every interleaving, within limits: three payment attempts, a provider that decides at
//! any time, crashes between any two steps, and messages that are delivered late, twice and out of order.
//!
//! Every save is conditional on the version that was read, so concurrent steps are executed in *some* sequence; the
//! model explores all of them. The invariants are in `properties`. The last test breaks one rule at a time and checks
//! that the model detects it.

use souk_domain::address::ShippingAddress;
use souk_domain::message::{Message, OrderQueueMessage, PaymentQueueMessage, RefundQueueMessage, messages_due_after};
use souk_domain::money::Currency;
use souk_domain::order::{
    AttemptStatus, Event, NewOrder, Order, OrderLine, OrderStatus, PaymentMethod, ProviderMethod, ProviderOutcome,
    RefundStatus, TransitionError,
};
use souk_domain::quantity::Quantity;
use souk_domain::stock::{Allocation, ShardId};
use souk_domain::time::Timestamp;
use stateright::{Checker, Model, Property};

const PLACED: Timestamp = Timestamp::from_millis(1_795_503_420_000);
const HOLD_SECONDS: i64 = 900;
const UNITS: u32 = 2;
const TOTAL: i64 = 25_190;
const MAX_ATTEMPTS: usize = 3;

/// State of an attempt at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum AtProvider {
    NotCalled,
    ActionRequired,
    /// The payment takes days.
    Pending,
    Captured,
    /// Reported as declined. A later capture is still possible.
    Declined,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Shop {
    order: Order,
    /// Available units.
    stock: u32,
    hold_is_over: bool,
    provider: Vec<AtProvider>,
    /// Refunds paid by the provider, by index. The idempotency key makes each happen once.
    refunded_at_provider: Vec<usize>,
    /// All messages sent by `dispatch`. Any of them may be delivered at any time and any number of times.
    sent: Vec<(Kind, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    Expire,
    Check,
    Refund,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Step {
    StartPayment,
    /// The provider acts on an attempt, after a call or an action of the shopper.
    ProviderDecides(usize, AtProvider),
    /// The current state at the provider reaches the order: by response, message or webhook.
    Settle(usize),
    /// An earlier report of the provider arrives late.
    SettleLateAction(usize),
    HoldEnds,
    DeliverExpire,
    Cancel,
    /// The provider pays a refund; the process may crash before the order is updated.
    ProviderRefunds(usize),
    SettleRefund(usize),
    /// The bank returns the first refund after the provider had paid it.
    FailRefund,
    /// Staff try it again.
    RetryRefund,
    /// The success of its first try arrives late.
    SettleStaleRefund,
}

/// Whether a provider may change from one state to another.
fn may_follow(known: AtProvider, decision: AtProvider) -> bool {
    use AtProvider::{ActionRequired, Captured, Declined, NotCalled, Pending};
    match known {
        NotCalled => decision != NotCalled,
        ActionRequired => matches!(decision, Pending | Captured | Declined),
        Pending => matches!(decision, Captured | Declined),
        Declined => decision == Captured,
        Captured => false,
    }
}

type Rules = fn(&Order, Event, Timestamp) -> Result<Order, TransitionError>;

struct OrderModel {
    rules: Rules,
}

fn real_rules(order: &Order, event: Event, now: Timestamp) -> Result<Order, TransitionError> {
    order.apply(event, now)
}

fn placed() -> Order {
    let id = "0190a5a0-0000-7000-8000-000000000001";
    let line = OrderLine {
        product_id: "1399".parse().expect("id"),
        name: "HP 80".to_owned(),
        unit_price_minor: TOTAL / i64::from(UNITS),
        quantity: Quantity::new(u64::from(UNITS)).expect("quantity"),
        allocation: vec![Allocation { shard: ShardId::new("local", 0), quantity: UNITS }],
    };
    let new = NewOrder {
        user_id: id.parse().expect("id"),
        order_id: id.parse().expect("id"),
        payment_method: PaymentMethod::CreditCard,
        currency: Currency::USD,
        lines: vec![line],
        shipping_address: ShippingAddress::Text("1 Main St".to_owned()),
        contact: None,
        hold_seconds: HOLD_SECONDS,
    };
    Order::place(new, PLACED).expect("an order")
}

impl Shop {
    fn now(&self) -> Timestamp {
        PLACED.plus_seconds(if self.hold_is_over { HOLD_SECONDS } else { 1 })
    }

    fn allocated(&self) -> u32 {
        self.order.lines.iter().flat_map(|line| &line.allocation).map(|part| part.quantity).sum()
    }

    fn refunds_minor(&self) -> i64 {
        self.order.refunds.iter().map(|refund| refund.amount_minor).sum()
    }

    fn captured_at_provider(&self) -> i64 {
        let captured = self.provider.iter().filter(|state| **state == AtProvider::Captured).count();
        TOTAL * i64::try_from(captured).expect("few")
    }

    fn refunded_at_provider(&self) -> i64 {
        self.refunded_at_provider.iter().map(|index| self.order.refunds[*index].amount_minor).sum()
    }

    /// The order has the final state of every attempt, and every due refund is paid.
    fn is_settled(&self) -> bool {
        let is_known = |(attempt, known): (AttemptStatus, &AtProvider)| match known {
            AtProvider::Captured => attempt == AttemptStatus::Completed,
            AtProvider::Declined => attempt == AttemptStatus::Failed,
            AtProvider::ActionRequired => attempt == AttemptStatus::RequiresAction,
            AtProvider::Pending | AtProvider::NotCalled => false,
        };
        let attempts = self.order.attempts.iter().map(|attempt| attempt.status);
        attempts.zip(&self.provider).all(is_known) && self.order.refunds.len() == self.refunded_at_provider.len()
    }

    /// Saves a step with the effects of the store and the outbox.
    fn apply(&self, rules: Rules, event: Event) -> Option<Self> {
        let order = rules(&self.order, event, self.now()).ok().filter(|next| *next != self.order)?;
        let mut next = self.clone();
        let moved: i64 = order.stock_moves_since(&self.order).iter().map(|change| change.delta).sum();
        next.stock = u32::try_from(i64::from(next.stock) + moved).expect("never below zero");
        for due in messages_due_after(Some(&self.order), &order, self.now()) {
            next.send(&due.message);
        }
        next.order = order;
        next.order.timeline.truncate(1); // the timeline is not part of the state
        // When an attempt was checked is no part of the state, but whether it was is.
        next.order.attempts.iter_mut().for_each(|attempt| attempt.checked_at = attempt.checked_at.map(|_| PLACED));
        next.provider.resize(next.order.attempts.len(), AtProvider::NotCalled);
        Some(next)
    }

    fn send(&mut self, message: &Message) {
        let sent = match message {
            Message::Order(OrderQueueMessage::ExpireOrder { .. }) => (Kind::Expire, 0),
            Message::Payment(PaymentQueueMessage::CheckPayment { attempt, .. }) => (Kind::Check, *attempt),
            Message::Refund(RefundQueueMessage::RefundOrder { refund, .. }) => (Kind::Refund, *refund),
        };
        if !self.sent.contains(&sent) {
            self.sent.push(sent);
            self.sent.sort_unstable();
        }
    }

    fn outcome(&self, attempt: usize) -> Option<ProviderOutcome> {
        let payment_id = format!("pay_{attempt}");
        match self.provider[attempt] {
            AtProvider::NotCalled => None,
            AtProvider::ActionRequired => Some(ProviderOutcome::ActionRequired { payment_id, action_url: None }),
            AtProvider::Pending => Some(ProviderOutcome::Pending { payment_id: Some(payment_id) }),
            AtProvider::Captured => Some(ProviderOutcome::Captured { payment_id, amount_minor: TOTAL }),
            AtProvider::Declined => Some(ProviderOutcome::Declined { code: "no".to_owned() }),
        }
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        change(&mut next);
        next
    }
}

impl Model for OrderModel {
    type State = Shop;
    type Action = Step;

    fn init_states(&self) -> Vec<Shop> {
        let order = placed();
        let mut shop = Shop {
            order: order.clone(),
            stock: 0,
            hold_is_over: false,
            provider: vec![],
            refunded_at_provider: vec![],
            sent: vec![],
        };
        for due in messages_due_after(None, &order, PLACED) {
            shop.send(&due.message);
        }
        vec![shop]
    }

    fn actions(&self, shop: &Shop, steps: &mut Vec<Step>) {
        steps.extend([Step::Cancel, Step::HoldEnds]);
        if shop.order.attempts.len() < MAX_ATTEMPTS {
            steps.push(Step::StartPayment);
        }
        if shop.sent.contains(&(Kind::Expire, 0)) {
            steps.push(Step::DeliverExpire);
        }
        for attempt in 0..shop.provider.len() {
            use AtProvider::{ActionRequired, Captured, Declined, Pending};
            for decision in [ActionRequired, Pending, Captured, Declined] {
                steps.push(Step::ProviderDecides(attempt, decision));
            }
            steps.extend([Step::Settle(attempt), Step::SettleLateAction(attempt)]);
        }
        for (_, refund) in shop.sent.iter().filter(|(kind, _)| *kind == Kind::Refund) {
            steps.extend([Step::ProviderRefunds(*refund), Step::SettleRefund(*refund)]);
            steps.extend([Step::FailRefund, Step::RetryRefund, Step::SettleStaleRefund]);
        }
    }

    fn next_state(&self, shop: &Shop, step: Step) -> Option<Shop> {
        match step {
            Step::StartPayment => {
                let method = ProviderMethod::CreditCard;
                shop.apply(
                    self.rules,
                    Event::PaymentStarted { method, token: "t".to_owned(), request: None, general_decline: false },
                )
            }
            Step::ProviderDecides(attempt, decision) => {
                let follows = may_follow(shop.provider[attempt], decision);
                follows.then(|| shop.with(|next| next.provider[attempt] = decision))
            }
            Step::Settle(attempt) => {
                let outcome = shop.outcome(attempt)?;
                shop.apply(self.rules, Event::PaymentSettled { attempt, outcome })
            }
            Step::SettleLateAction(attempt) => {
                let payment_id = format!("pay_{attempt}");
                let outcome = ProviderOutcome::ActionRequired { payment_id, action_url: None };
                let called = shop.provider[attempt] != AtProvider::NotCalled;
                called.then(|| shop.apply(self.rules, Event::PaymentSettled { attempt, outcome })).flatten()
            }
            Step::HoldEnds => (!shop.hold_is_over).then(|| shop.with(|next| next.hold_is_over = true)),
            Step::DeliverExpire => shop.apply(self.rules, Event::HoldEnded),
            Step::Cancel => shop.apply(self.rules, Event::Cancelled),
            Step::ProviderRefunds(refund) => {
                let new = !shop.refunded_at_provider.contains(&refund);
                new.then(|| {
                    shop.with(|next| {
                        next.refunded_at_provider.push(refund);
                        next.refunded_at_provider.sort_unstable();
                    })
                })
            }
            Step::SettleRefund(refund) => {
                let given = shop.refunded_at_provider.contains(&refund);
                let retry = shop.order.refunds[refund].retries;
                let event = Event::RefundSettled { refund, retry, refund_id: format!("re_{refund}.{retry}") };
                given.then(|| shop.apply(self.rules, event)).flatten()
            }
            Step::FailRefund => {
                let given = shop.refunded_at_provider.contains(&0) && shop.order.refunds[0].retries == 0;
                let event = Event::RefundFailed { refund: 0, retry: 0, refund_id: "re_0.0".to_owned() };
                let failed = given.then(|| shop.apply(self.rules, event)).flatten()?;
                Some(failed.with(|next| next.refunded_at_provider.retain(|refund| *refund != 0)))
            }
            Step::RetryRefund => {
                let target = shop.order.refunds.first()?.target;
                shop.apply(self.rules, Event::RefundRetried { refund: 0, target, account: None })
            }
            Step::SettleStaleRefund => {
                let is_stale = shop.order.refunds.first()?.retries > 0;
                let event = Event::RefundSettled { refund: 0, retry: 0, refund_id: "re_0.0".to_owned() };
                is_stale.then(|| shop.apply(self.rules, event)).flatten()
            }
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("never more refunded than captured", |_, shop: &Shop| {
                shop.refunded_at_provider() <= shop.captured_at_provider()
            }),
            Property::always("never more money kept than the total", |_, shop: &Shop| {
                shop.order.captured_minor() - shop.refunds_minor() <= TOTAL
            }),
            Property::always("every capture can be recorded", |model: &Self, shop: &Shop| {
                let taken = (0..shop.provider.len()).filter(|attempt| shop.provider[*attempt] == AtProvider::Captured);
                taken.into_iter().all(|attempt| {
                    let outcome = shop.outcome(attempt).expect("it was called");
                    let recorded = (model.rules)(&shop.order, Event::PaymentSettled { attempt, outcome }, shop.now());
                    recorded.is_ok_and(|order| order.attempts[attempt].captured_minor == TOTAL)
                })
            }),
            Property::always("stock is conserved", |_, shop: &Shop| shop.stock + shop.allocated() == UNITS),
            Property::always("a paid order is never expired", |_, shop: &Shop| {
                shop.order.status != OrderStatus::Expired || shop.order.captured_minor() == shop.refunds_minor()
            }),
            Property::always("a paid order is paid once", |_, shop: &Shop| {
                shop.order.status != OrderStatus::Paid || shop.order.captured_minor() - shop.refunds_minor() == TOTAL
            }),
            Property::always("a paid order keeps its units", |_, shop: &Shop| {
                shop.order.status != OrderStatus::Paid || shop.allocated() == UNITS
            }),
            Property::always("a settled order that ended keeps neither units nor money", |_, shop: &Shop| {
                use OrderStatus::{Cancelled, Expired, Refunded};
                let ended = matches!(shop.order.status, Cancelled | Expired | Refunded) && shop.is_settled();
                let settled = shop.order.refunded_minor() == shop.refunded_at_provider();
                !(ended && settled)
                    || (shop.allocated() == 0 && shop.captured_at_provider() == shop.refunded_at_provider())
            }),
            Property::always("a refund that counts as paid is paid", |_, shop: &Shop| {
                let mut refunds = shop.order.refunds.iter().enumerate();
                refunds.all(|(index, refund)| {
                    refund.status != RefundStatus::Completed || shop.refunded_at_provider.contains(&index)
                })
            }),
            Property::sometimes("a refund is paid by its second try", |_, shop: &Shop| {
                let first = shop.order.refunds.first();
                first.is_some_and(|refund| refund.retries == 1 && refund.status == RefundStatus::Completed)
            }),
            Property::always("an open attempt has a check message", |_, shop: &Shop| {
                shop.order.processing_attempt().is_none_or(|(index, _)| shop.sent.contains(&(Kind::Check, index)))
            }),
            Property::sometimes("an order is paid", |_, shop: &Shop| shop.order.status == OrderStatus::Paid),
            Property::sometimes("an order expires", |_, shop: &Shop| shop.order.status == OrderStatus::Expired),
            Property::sometimes("a late capture is refunded", |_, shop: &Shop| {
                shop.hold_is_over && shop.order.status == OrderStatus::Refunded
            }),
            Property::sometimes("two attempts capture and one is refunded", |_, shop: &Shop| {
                shop.order.status == OrderStatus::Paid && shop.refunded_at_provider() == TOTAL
            }),
        ]
    }
}

#[test]
fn no_interleaving_breaks_a_property() {
    let checker = OrderModel { rules: real_rules }.checker().threads(2).spawn_bfs().join();
    eprintln!("{} states, {} of them distinct", checker.state_count(), checker.unique_state_count());
    assert!(checker.unique_state_count() > 1_000, "the model must not be trivial");
    checker.assert_properties();
}

/// The order with status `pretended` if its status is `actual`.
fn with_wrong_status(order: &Order, actual: OrderStatus, pretended: OrderStatus) -> Order {
    let status = if order.status == actual { pretended } else { order.status };
    Order { status, ..order.clone() }
}

/// Rules with one mistake each, and the property that must detect it.
const MISTAKES: &[(&str, Rules, &str)] = &[
    (
        "the hold of a paid order ends",
        |order, event, now| match event {
            Event::HoldEnded => {
                with_wrong_status(order, OrderStatus::Paid, OrderStatus::PendingPayment).apply(event, now)
            }
            _ => order.apply(event, now),
        },
        "a paid order is never expired",
    ),
    (
        "a late payment revives a cancelled order",
        |order, event, now| match event {
            Event::PaymentSettled { .. } => {
                with_wrong_status(order, OrderStatus::Cancelled, OrderStatus::PendingPayment).apply(event, now)
            }
            _ => order.apply(event, now),
        },
        "a paid order keeps its units",
    ),
    (
        "a second capture is not refunded",
        |order, event, now| {
            let mut next = order.apply(event, now)?;
            if order.status == OrderStatus::Paid && next.status == OrderStatus::Paid {
                next.refunds.truncate(order.refunds.len());
            }
            Ok(next)
        },
        "a paid order is paid once",
    ),
    (
        "a capture after a decline is ignored",
        |order, event, now| match &event {
            Event::PaymentSettled { attempt, .. } if order.attempts[*attempt].status == AttemptStatus::Failed => {
                Ok(order.clone())
            }
            _ => order.apply(event, now),
        },
        "every capture can be recorded",
    ),
    (
        "a late success settles the next try of a refund",
        |order, event, now| match event {
            Event::RefundSettled { refund, refund_id, .. } => {
                let retry = order.refunds[refund].retries;
                order.apply(Event::RefundSettled { refund, retry, refund_id }, now)
            }
            event => order.apply(event, now),
        },
        "a refund that counts as paid is paid",
    ),
    (
        "a cancelled order keeps its units",
        |order, event, now| {
            let next = order.apply(event, now)?;
            let cancelled = next.status == OrderStatus::Cancelled;
            Ok(if cancelled { Order { lines: order.lines.clone(), ..next } } else { next })
        },
        "a settled order that ended keeps neither units nor money",
    ),
];

#[test]
fn every_mistake_is_detected() {
    for (mistake, rules, property) in MISTAKES {
        let checker = OrderModel { rules: *rules }.checker().threads(2).spawn_bfs().join();
        let detected: Vec<_> = checker.discoveries().into_keys().collect();
        assert!(detected.contains(property), "{mistake}: detected only {detected:?}");
    }
}
