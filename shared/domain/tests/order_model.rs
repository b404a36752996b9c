//! The order's life under every interleaving, within bounds: three payment attempts, a provider that decides in its own
//! time, crashes between any two steps, and messages that come late, twice and out of order.
//!
//! Every save is conditional on the version that was read, so concurrent steps happen one after another in *some* order;
//! the model explores all of them. What must hold is in `properties`. The last test breaks one rule at a time on purpose
//! and checks that the model notices.

use souk_domain::address::ShippingAddress;
use souk_domain::cart::Quantity;
use souk_domain::message::{Message, OrderQueueMessage, PaymentQueueMessage, RefundQueueMessage, messages_due_after};
use souk_domain::money::Currency;
use souk_domain::order::{
    AttemptStatus, Event, NewOrder, Order, OrderLine, OrderStatus, PaymentMethod, ProviderOutcome, TransitionError,
};
use souk_domain::stock::{Allocation, ShardId};
use souk_domain::time::Timestamp;
use stateright::{Checker, Model, Property};

const PLACED: Timestamp = Timestamp::from_millis(1_795_503_420_000);
const HOLD_SECONDS: i64 = 900;
const UNITS: u32 = 2;
const TOTAL: i64 = 25_190;
const MAX_ATTEMPTS: usize = 3;

/// What the provider knows of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum AtProvider {
    NotAsked,
    ActionRequired,
    /// It takes days.
    Pending,
    Captured,
    /// It says so; it may take the money all the same, later.
    Declined,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Shop {
    order: Order,
    /// Units free to sell.
    stock: u32,
    hold_is_over: bool,
    provider: Vec<AtProvider>,
    /// Refunds that the provider gave, by index: its idempotency key makes each happen once.
    refunded_at_provider: Vec<usize>,
    /// Messages that `dispatch` ever sent. Any of them may be delivered at any time, as often as it likes.
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
    /// The provider acts on an attempt: because it was asked, or because the shopper finished an action.
    ProviderDecides(usize, AtProvider),
    /// What the provider says now reaches the order: inline, by message or by webhook.
    Settle(usize),
    /// An earlier word of the provider arrives late.
    SettleLateAction(usize),
    HoldEnds,
    DeliverExpire,
    Cancel,
    /// The provider gives a refund; the process may die before the order hears of it.
    ProviderRefunds(usize),
    SettleRefund(usize),
}

/// Whether a provider may decide so after it had decided otherwise.
fn may_follow(known: AtProvider, decision: AtProvider) -> bool {
    use AtProvider::{ActionRequired, Captured, Declined, NotAsked, Pending};
    match known {
        NotAsked => decision != NotAsked,
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
        hold_seconds: HOLD_SECONDS,
    };
    Order::place(new, PLACED).expect("an order")
}

impl Shop {
    fn now(&self) -> Timestamp {
        PLACED.plus_seconds(if self.hold_is_over { HOLD_SECONDS } else { 1 })
    }

    fn kept(&self) -> u32 {
        self.order.lines.iter().flat_map(|line| &line.allocation).map(|part| part.quantity).sum()
    }

    fn owed(&self) -> i64 {
        self.order.refunds.iter().map(|refund| refund.amount_minor).sum()
    }

    fn captured_at_provider(&self) -> i64 {
        let captured = self.provider.iter().filter(|state| **state == AtProvider::Captured).count();
        TOTAL * i64::try_from(captured).expect("few")
    }

    fn refunded_at_provider(&self) -> i64 {
        self.refunded_at_provider.iter().map(|index| self.order.refunds[*index].amount_minor).sum()
    }

    /// The order has heard the provider's last word on every attempt, and every refund it owes was given.
    fn is_at_rest(&self) -> bool {
        let heard = |(attempt, known): (AttemptStatus, &AtProvider)| match known {
            AtProvider::Captured => attempt == AttemptStatus::Completed,
            AtProvider::Declined => attempt == AttemptStatus::Failed,
            AtProvider::ActionRequired => attempt == AttemptStatus::RequiresAction,
            AtProvider::Pending | AtProvider::NotAsked => false,
        };
        let attempts = self.order.attempts.iter().map(|attempt| attempt.status);
        attempts.zip(&self.provider).all(heard) && self.order.refunds.len() == self.refunded_at_provider.len()
    }

    /// Saves a step with what the store and the outbox do along with it.
    fn apply(&self, rules: Rules, event: Event) -> Option<Self> {
        let order = rules(&self.order, event, self.now()).ok().filter(|next| *next != self.order)?;
        let mut next = self.clone();
        let moved: i64 = order.stock_moves_since(&self.order).iter().map(|change| change.delta).sum();
        next.stock = u32::try_from(i64::from(next.stock) + moved).expect("never below zero");
        for due in messages_due_after(Some(&self.order), &order, self.now()) {
            next.send(&due.message);
        }
        next.order = order;
        next.order.timeline.truncate(1); // what happened when is no part of where things stand
        next.order.attempts.iter_mut().for_each(|attempt| attempt.checked_at = None);
        next.provider.resize(next.order.attempts.len(), AtProvider::NotAsked);
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
            AtProvider::NotAsked => None,
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
        }
    }

    fn next_state(&self, shop: &Shop, step: Step) -> Option<Shop> {
        match step {
            Step::StartPayment => {
                let method = PaymentMethod::CreditCard;
                shop.apply(self.rules, Event::PaymentStarted { method, token: "t".to_owned(), request: None })
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
                let asked = shop.provider[attempt] != AtProvider::NotAsked;
                asked.then(|| shop.apply(self.rules, Event::PaymentSettled { attempt, outcome })).flatten()
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
                let event = Event::RefundSettled { refund, refund_id: format!("re_{refund}") };
                given.then(|| shop.apply(self.rules, event)).flatten()
            }
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("never more refunded than captured", |_, shop: &Shop| {
                shop.refunded_at_provider() <= shop.captured_at_provider()
            }),
            Property::always("never more kept than the order costs", |_, shop: &Shop| {
                shop.order.captured_minor() - shop.owed() <= TOTAL
            }),
            Property::always("money that the provider took can be heard of", |model: &Self, shop: &Shop| {
                let taken = (0..shop.provider.len()).filter(|attempt| shop.provider[*attempt] == AtProvider::Captured);
                taken.into_iter().all(|attempt| {
                    let outcome = shop.outcome(attempt).expect("it was asked");
                    let heard = (model.rules)(&shop.order, Event::PaymentSettled { attempt, outcome }, shop.now());
                    heard.is_ok_and(|order| order.attempts[attempt].captured_minor == TOTAL)
                })
            }),
            Property::always("stock is conserved", |_, shop: &Shop| shop.stock + shop.kept() == UNITS),
            Property::always("a paid order is never expired", |_, shop: &Shop| {
                shop.order.status != OrderStatus::Expired || shop.order.captured_minor() == shop.owed()
            }),
            Property::always("a paid order is paid once", |_, shop: &Shop| {
                shop.order.status != OrderStatus::Paid || shop.order.captured_minor() - shop.owed() == TOTAL
            }),
            Property::always("a paid order keeps its units", |_, shop: &Shop| {
                shop.order.status != OrderStatus::Paid || shop.kept() == UNITS
            }),
            Property::always("an order that is gone and at rest keeps neither units nor money", |_, shop: &Shop| {
                use OrderStatus::{Cancelled, Expired, Refunded};
                let gone = matches!(shop.order.status, Cancelled | Expired | Refunded) && shop.is_at_rest();
                let settled = shop.order.refunded_minor() == shop.refunded_at_provider();
                !(gone && settled) || (shop.kept() == 0 && shop.captured_at_provider() == shop.refunded_at_provider())
            }),
            Property::always("an open attempt is being watched", |_, shop: &Shop| {
                shop.order.processing_attempt().is_none_or(|(index, _)| shop.sent.contains(&(Kind::Check, index)))
            }),
            Property::sometimes("an order is paid", |_, shop: &Shop| shop.order.status == OrderStatus::Paid),
            Property::sometimes("an order expires", |_, shop: &Shop| shop.order.status == OrderStatus::Expired),
            Property::sometimes("money that comes too late goes back", |_, shop: &Shop| {
                shop.hold_is_over && shop.order.status == OrderStatus::Refunded
            }),
            Property::sometimes("two attempts take money and one gives it back", |_, shop: &Shop| {
                shop.order.status == OrderStatus::Paid && shop.refunded_at_provider() == TOTAL
            }),
        ]
    }
}

#[test]
fn no_interleaving_breaks_the_rules() {
    let checker = OrderModel { rules: real_rules }.checker().threads(2).spawn_bfs().join();
    eprintln!("{} states, {} of them distinct", checker.state_count(), checker.unique_state_count());
    assert!(checker.unique_state_count() > 1_000, "the model must not be trivial");
    checker.assert_properties();
}

/// The rules as if the order stood as `pretended` whenever `event` meets it as `actual`.
fn mistaking(order: &Order, actual: OrderStatus, pretended: OrderStatus) -> Order {
    let status = if order.status == actual { pretended } else { order.status };
    Order { status, ..order.clone() }
}

/// Rules with one mistake each, and the property that must notice it.
const MISTAKES: &[(&str, Rules, &str)] = &[
    (
        "a hold ends under a paid order",
        |order, event, now| match event {
            Event::HoldEnded => mistaking(order, OrderStatus::Paid, OrderStatus::PendingPayment).apply(event, now),
            _ => order.apply(event, now),
        },
        "a paid order is never expired",
    ),
    (
        "a late payment revives a cancelled order",
        |order, event, now| match event {
            Event::PaymentSettled { .. } => {
                mistaking(order, OrderStatus::Cancelled, OrderStatus::PendingPayment).apply(event, now)
            }
            _ => order.apply(event, now),
        },
        "a paid order keeps its units",
    ),
    (
        "the money of a second capture is kept",
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
        "money that comes after a decline is not believed",
        |order, event, now| match &event {
            Event::PaymentSettled { attempt, .. } if order.attempts[*attempt].status == AttemptStatus::Failed => {
                Ok(order.clone())
            }
            _ => order.apply(event, now),
        },
        "money that the provider took can be heard of",
    ),
    (
        "a cancelled order keeps its units",
        |order, event, now| {
            let next = order.apply(event, now)?;
            let cancelled = next.status == OrderStatus::Cancelled;
            Ok(if cancelled { Order { lines: order.lines.clone(), ..next } } else { next })
        },
        "an order that is gone and at rest keeps neither units nor money",
    ),
];

#[test]
fn every_mistake_is_noticed() {
    for (mistake, rules, property) in MISTAKES {
        let checker = OrderModel { rules: *rules }.checker().threads(2).spawn_bfs().join();
        let noticed: Vec<_> = checker.discoveries().into_keys().collect();
        assert!(noticed.contains(property), "{mistake}: noticed only {noticed:?}");
    }
}
