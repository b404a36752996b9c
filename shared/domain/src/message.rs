//! Queue messages that drive an order from one step to the next, and the one rule that decides when they are due.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ids::{OrderId, UserId};
use crate::order::{AttemptStatus, Order, OrderStatus, PaymentAttempt, RefundStatus};
use crate::time::Timestamp;

/// The longest delay that SQS supports, in seconds.
pub const MAX_DELAY_SECONDS: i64 = 900;
/// Delay of the first check of a payment that the provider has not answered, in seconds.
pub const PAYMENT_CHECK_SECONDS: i64 = 30;
/// Interval between the checks of a payment that takes days, in seconds.
pub const PENDING_CHECK_SECONDS: i64 = MAX_DELAY_SECONDS;

/// A message of one queue.
pub trait QueueMessage: Serialize + DeserializeOwned {
    /// The order that it is about, for the log; none if it is about something else.
    fn order_id(&self) -> Option<&OrderId>;
}

/// Messages of the order queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum OrderQueueMessage {
    /// End the hold of an order that is still unpaid.
    ExpireOrder {
        /// Owner of the order.
        user_id: UserId,
        /// The order.
        order_id: OrderId,
    },
}

/// Messages of the payment queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PaymentQueueMessage {
    /// Ask the provider for the outcome of a payment attempt.
    CheckPayment {
        /// Owner of the order.
        user_id: UserId,
        /// The order.
        order_id: OrderId,
        /// Index of the attempt in the order.
        attempt: usize,
    },
}

/// Messages of the refund queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RefundQueueMessage {
    /// Pay a refund out.
    RefundOrder {
        /// Owner of the order.
        user_id: UserId,
        /// The order.
        order_id: OrderId,
        /// Index of the refund in the order.
        refund: usize,
    },
}

impl QueueMessage for OrderQueueMessage {
    fn order_id(&self) -> Option<&OrderId> {
        let Self::ExpireOrder { order_id, .. } = self;
        Some(order_id)
    }
}

impl QueueMessage for PaymentQueueMessage {
    fn order_id(&self) -> Option<&OrderId> {
        let Self::CheckPayment { order_id, .. } = self;
        Some(order_id)
    }
}

impl QueueMessage for RefundQueueMessage {
    fn order_id(&self) -> Option<&OrderId> {
        let Self::RefundOrder { order_id, .. } = self;
        Some(order_id)
    }
}

/// A message about one order, of any queue. The variant names the queue; what is sent is the message of that queue.
/// Both halves of the order's key travel along, so consumers need no index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Message {
    /// A message of the order queue.
    Order(OrderQueueMessage),
    /// A message of the payment queue.
    Payment(PaymentQueueMessage),
    /// A message of the refund queue.
    Refund(RefundQueueMessage),
}

impl Message {
    /// Owner of the order.
    pub fn user_id(&self) -> &UserId {
        match self {
            Self::Order(OrderQueueMessage::ExpireOrder { user_id, .. })
            | Self::Payment(PaymentQueueMessage::CheckPayment { user_id, .. })
            | Self::Refund(RefundQueueMessage::RefundOrder { user_id, .. }) => user_id,
        }
    }

    /// The order.
    pub fn order_id(&self) -> &OrderId {
        match self {
            Self::Order(OrderQueueMessage::ExpireOrder { order_id, .. })
            | Self::Payment(PaymentQueueMessage::CheckPayment { order_id, .. })
            | Self::Refund(RefundQueueMessage::RefundOrder { order_id, .. }) => order_id,
        }
    }
}

impl From<OrderQueueMessage> for Message {
    fn from(message: OrderQueueMessage) -> Self {
        Self::Order(message)
    }
}

impl From<PaymentQueueMessage> for Message {
    fn from(message: PaymentQueueMessage) -> Self {
        Self::Payment(message)
    }
}

impl From<RefundQueueMessage> for Message {
    fn from(message: RefundQueueMessage) -> Self {
        Self::Refund(message)
    }
}

/// A message to send and its delay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMessage {
    /// The message.
    pub message: Message,
    /// From 0 to [`MAX_DELAY_SECONDS`].
    pub delay_seconds: i64,
}

/// The messages due after an order changed from `old` to `new`. A pure function of the two: if the stream delivers a
/// change twice, the same messages are sent twice.
pub fn messages_due_after(old: Option<&Order>, new: &Order, now: Timestamp) -> Vec<DueMessage> {
    let mut due = Vec::new();
    let ids = || (new.user_id.clone(), new.order_id.clone());

    // Due again after a payment attempt has ended: the first message may have been consumed while the attempt was open.
    if awaits_payment(new) && !old.is_some_and(awaits_payment) {
        let (user_id, order_id) = ids();
        let delay_seconds = now.seconds_until(new.hold_expires_at).min(MAX_DELAY_SECONDS);
        due.push(DueMessage { message: OrderQueueMessage::ExpireOrder { user_id, order_id }.into(), delay_seconds });
    }
    for attempt in 0..new.attempts.len() {
        if let Some(delay_seconds) = check_due(old, new, attempt, now) {
            let (user_id, order_id) = ids();
            let message = PaymentQueueMessage::CheckPayment { user_id, order_id, attempt }.into();
            due.push(DueMessage { message, delay_seconds });
        }
    }
    for (refund, state) in new.refunds.iter().enumerate() {
        let before = old.and_then(|old| old.refunds.get(refund)).map(|refund| refund.status);
        if state.status == RefundStatus::Pending && before != Some(RefundStatus::Pending) {
            let (user_id, order_id) = ids();
            let message = RefundQueueMessage::RefundOrder { user_id, order_id, refund }.into();
            due.push(DueMessage { message, delay_seconds: 0 });
        }
    }
    due
}

/// Delay of the check of an attempt that this change makes due; `None` if it makes none due.
fn check_due(old: Option<&Order>, new: &Order, attempt: usize, now: Timestamp) -> Option<i64> {
    let (state, before) = (new.attempts.get(attempt)?, old.and_then(|old| old.attempts.get(attempt)));
    let is_new = before.is_none_or(|before| before.status != state.status);
    match state.status {
        AttemptStatus::Processing if before.is_none() => Some(PAYMENT_CHECK_SECONDS),
        AttemptStatus::Processing => {
            let since = |before: &PaymentAttempt| (before.status, before.checked_at);
            let asked_again = before.is_some_and(|before| since(before) != since(state));
            asked_again.then_some(PENDING_CHECK_SECONDS)
        }
        // The order no longer waits for this payment: the check cancels it, so that it captures no money later.
        AttemptStatus::RequiresAction if new.status != OrderStatus::PendingPayment => {
            let was_waited_for = old.is_some_and(|old| old.status == OrderStatus::PendingPayment);
            (is_new || was_waited_for).then_some(0)
        }
        // The webhook that reports the end of the action may get lost.
        AttemptStatus::RequiresAction => {
            let end = now.seconds_until(new.hold_expires_at) + PAYMENT_CHECK_SECONDS;
            is_new.then_some(end.clamp(0, MAX_DELAY_SECONDS))
        }
        AttemptStatus::Completed | AttemptStatus::Failed => None,
    }
}

/// Whether the order is unpaid and expires when its hold ends.
fn awaits_payment(order: &Order) -> bool {
    order.status == OrderStatus::PendingPayment && !order.payment_keeps_hold()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::ShippingAddress;
    use crate::contact::Contact;
    use crate::money::Currency;
    use crate::order::{Event, NewOrder, OrderLine, PaymentMethod, ProviderMethod, ProviderOutcome, RefundTarget};
    use crate::quantity::Quantity;

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

    fn placed() -> Order {
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let line = OrderLine {
            product_id: "1399".parse().expect("id"),
            name: "HP 80".to_owned(),
            unit_price_minor: 1,
            quantity: Quantity::new(1).expect("one"),
            allocation: vec![],
        };
        let new = NewOrder {
            user_id: id.parse().expect("id"),
            order_id: id.parse().expect("id"),
            payment_method: PaymentMethod::CreditCard,
            currency: Currency::USD,
            lines: vec![line],
            shipping_address: ShippingAddress::Text("1 Main St".to_owned()),
            contact: Some(Contact {
                email: "ann@example.com".parse().expect("an address"),
                phone: "+1 555".parse().ok(),
            }),
            hold_seconds: 600,
        };
        Order::place(new, NOW).expect("an order")
    }

    fn after(order: &Order, event: Event) -> Order {
        order.apply(event, NOW).expect("the event happens")
    }

    fn start() -> Event {
        Event::PaymentStarted {
            method: ProviderMethod::CreditCard,
            token: "tok".to_owned(),
            request: None,
            general_decline: false,
        }
    }

    fn settle(outcome: ProviderOutcome) -> Event {
        Event::PaymentSettled { attempt: 0, outcome }
    }

    fn kinds(due: &[DueMessage]) -> Vec<(&'static str, i64)> {
        due.iter()
            .map(|due| match due.message {
                Message::Order(OrderQueueMessage::ExpireOrder { .. }) => ("expire", due.delay_seconds),
                Message::Payment(PaymentQueueMessage::CheckPayment { .. }) => ("check", due.delay_seconds),
                Message::Refund(RefundQueueMessage::RefundOrder { .. }) => ("refund", due.delay_seconds),
            })
            .collect()
    }

    #[test]
    fn each_step_has_its_due_messages() {
        let placed = placed();
        assert_eq!(kinds(&messages_due_after(None, &placed, NOW)), [("expire", 600)]);

        let open = after(&placed, start());
        assert_eq!(kinds(&messages_due_after(Some(&placed), &open, NOW)), [("check", PAYMENT_CHECK_SECONDS)]);

        let declined = after(&open, settle(ProviderOutcome::Declined { code: "no".to_owned() }));
        assert_eq!(kinds(&messages_due_after(Some(&open), &declined, NOW.plus_seconds(700))), [("expire", 0)]);

        let captured = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 1 };
        let paid = after(&open, settle(captured));
        assert_eq!(kinds(&messages_due_after(Some(&open), &paid, NOW)), []);

        let cancelled = after(&paid, Event::Cancelled);
        assert_eq!(kinds(&messages_due_after(Some(&paid), &cancelled, NOW)), [("refund", 0)]);

        let refunded = after(&cancelled, Event::RefundSettled { refund: 0, retry: 0, refund_id: "re_1".to_owned() });
        assert_eq!(kinds(&messages_due_after(Some(&cancelled), &refunded, NOW)), []);
    }

    #[test]
    fn messages_have_no_personal_data() {
        let placed = placed();
        let open = after(&placed, start());
        let captured = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 1 };
        let cancelled = after(&after(&open, settle(captured)), Event::Cancelled);
        for order in [placed, open, cancelled] {
            let due = messages_due_after(None, &order, NOW);
            assert_eq!(due.len(), 1);
            let sent = serde_json::to_string(&due[0].message).expect("JSON");
            assert!(!["ann@", "555", "Main"].iter().any(|secret| sent.contains(secret)), "{sent}");
        }
    }

    #[test]
    fn a_payment_that_takes_days_is_checked_repeatedly() {
        let pending = |payment_id: &str| ProviderOutcome::Pending { payment_id: Some(payment_id.to_owned()) };
        let settle_at = |order: &Order, outcome, at| {
            order.apply(Event::PaymentSettled { attempt: 0, outcome }, at).expect("settled")
        };
        let open = after(&placed(), start());
        let waiting = after(&open, settle(pending("pay_1")));
        let hold_seconds = NOW.seconds_until(waiting.hold_expires_at);
        assert_eq!(
            kinds(&messages_due_after(Some(&open), &waiting, NOW)),
            [("expire", hold_seconds), ("check", PENDING_CHECK_SECONDS)],
            "it no longer keeps the order from expiring"
        );

        // A webhook with the same outcome must not start a second chain of checks.
        assert_eq!(settle_at(&waiting, pending("pay_1"), NOW.plus_seconds(599)), waiting);
        let later = NOW.plus_seconds(PENDING_CHECK_SECONDS);
        let still_waiting = settle_at(&waiting, pending("pay_1"), later);
        assert_eq!(
            kinds(&messages_due_after(Some(&waiting), &still_waiting, later)),
            [("check", PENDING_CHECK_SECONDS)]
        );
        assert_eq!(still_waiting.attempts[0].payment_id.as_deref(), Some("pay_1"));
    }

    #[test]
    fn an_action_is_checked_when_the_hold_ends_or_the_order_no_longer_waits() {
        let action = ProviderOutcome::ActionRequired { payment_id: "pay_1".to_owned(), action_url: None };
        let open = after(&placed(), start());
        let waiting = after(&open, settle(action));
        let due = kinds(&messages_due_after(Some(&open), &waiting, NOW.plus_seconds(100)));
        assert_eq!(due, [("expire", 500), ("check", 530)]);

        let cancelled = after(&waiting, Event::Cancelled);
        assert_eq!(kinds(&messages_due_after(Some(&waiting), &cancelled, NOW)), [("check", 0)]);
        assert_eq!(kinds(&messages_due_after(Some(&cancelled), &cancelled, NOW)), []);

        let pending = after(&waiting, settle(ProviderOutcome::Pending { payment_id: None }));
        assert_eq!(pending.attempts[0].payment_id.as_deref(), Some("pay_1"));
        assert_eq!(kinds(&messages_due_after(Some(&waiting), &pending, NOW)), [("check", PENDING_CHECK_SECONDS)]);
    }

    #[test]
    fn a_failed_refund_is_due_again_when_the_staff_retries_it() {
        let captured = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 1 };
        let open = after(&placed(), start());
        let cancelled = after(&after(&open, settle(captured)), Event::Cancelled);
        let failed = after(&cancelled, Event::RefundFailed { refund: 0, retry: 0, refund_id: "re_1".to_owned() });
        assert_eq!(kinds(&messages_due_after(Some(&cancelled), &failed, NOW)), []);
        let again = after(&failed, Event::RefundRetried { refund: 0, target: RefundTarget::Provider, account: None });
        assert_eq!(kinds(&messages_due_after(Some(&failed), &again, NOW)), [("refund", 0)]);
    }

    #[test]
    fn messages_have_a_stable_wire_format() {
        const ID: &str = "0190a5a0-0000-7000-8000-000000000001";
        let ids = || (ID.parse().expect("id"), ID.parse().expect("id"));
        let ((user_id, order_id), (payer, paid), (owner, refunded)) = (ids(), ids(), ids());
        let key = format!(r#""user_id":"{ID}","order_id":"{ID}""#);
        let cases: [(Message, String); 3] = [
            (
                OrderQueueMessage::ExpireOrder { user_id, order_id }.into(),
                format!(r#"{{"type":"expire_order",{key}}}"#),
            ),
            (
                PaymentQueueMessage::CheckPayment { user_id: payer, order_id: paid, attempt: 1 }.into(),
                format!(r#"{{"type":"check_payment",{key},"attempt":1}}"#),
            ),
            (
                RefundQueueMessage::RefundOrder { user_id: owner, order_id: refunded, refund: 2 }.into(),
                format!(r#"{{"type":"refund_order",{key},"refund":2}}"#),
            ),
        ];
        for (message, json) in cases {
            assert_eq!(serde_json::to_string(&message).expect("json"), json);
            assert_eq!(serde_json::from_str::<Message>(&json).expect("a message"), message);
            // A message on another queue is rejected, although that queue may need fewer fields.
            let readable = [
                serde_json::from_str::<OrderQueueMessage>(&json).is_ok(),
                serde_json::from_str::<PaymentQueueMessage>(&json).is_ok(),
                serde_json::from_str::<RefundQueueMessage>(&json).is_ok(),
            ];
            assert_eq!(readable.iter().filter(|readable| **readable).count(), 1, "{json}");
        }
    }
}
