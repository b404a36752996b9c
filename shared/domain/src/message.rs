//! Messages between the steps of an order's life, and the one rule that says when they are due.

use serde::{Deserialize, Serialize};

use crate::ids::{OrderId, UserId};
use crate::order::{AttemptStatus, Order, OrderStatus, RefundStatus};
use crate::time::Timestamp;

/// The longest that SQS can delay a message, in seconds.
pub const MAX_DELAY_SECONDS: i64 = 900;
/// How long an answer of the payment provider may be missing before it is asked again, in seconds.
pub const PAYMENT_CHECK_SECONDS: i64 = 30;

/// Something to do about an order. Both halves of its key travel along, so no consumer needs an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message {
    /// End the hold of an order that is still unpaid.
    ExpireOrder {
        /// Whose.
        user_id: UserId,
        /// Which.
        order_id: OrderId,
    },
    /// Ask the provider how a payment went.
    CheckPayment {
        /// Whose.
        user_id: UserId,
        /// Which.
        order_id: OrderId,
        /// Which attempt of the order.
        attempt: usize,
    },
    /// Give money back.
    RefundOrder {
        /// Whose.
        user_id: UserId,
        /// Which.
        order_id: OrderId,
        /// Which refund of the order.
        refund: usize,
    },
}

impl Message {
    /// Whose order it is about.
    pub const fn user_id(&self) -> &UserId {
        match self {
            Self::ExpireOrder { user_id, .. }
            | Self::CheckPayment { user_id, .. }
            | Self::RefundOrder { user_id, .. } => user_id,
        }
    }

    /// Which order it is about.
    pub const fn order_id(&self) -> &OrderId {
        match self {
            Self::ExpireOrder { order_id, .. }
            | Self::CheckPayment { order_id, .. }
            | Self::RefundOrder { order_id, .. } => order_id,
        }
    }
}

/// A message and when it should arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub message: Message,
    /// In how many seconds: 0 to [`MAX_DELAY_SECONDS`].
    pub delay_seconds: i64,
}

/// What is due after an order changed from `old` to `new`. A pure function of the two: the stream may deliver a change
/// twice, and then says the same thing twice.
pub fn due_after(old: Option<&Order>, new: &Order, now: Timestamp) -> Vec<Due> {
    let mut due = Vec::new();
    let ids = || (new.user_id.clone(), new.order_id.clone());

    // Also after a payment attempt ended: its message may have come and gone while the attempt was open.
    if waits_unattended(new) && !old.is_some_and(waits_unattended) {
        let (user_id, order_id) = ids();
        let delay_seconds = now.seconds_until(new.hold_expires_at).min(MAX_DELAY_SECONDS);
        due.push(Due { message: Message::ExpireOrder { user_id, order_id }, delay_seconds });
    }
    for (attempt, state) in new.attempts.iter().enumerate() {
        let before = old.and_then(|old| old.attempts.get(attempt)).map(|attempt| attempt.status);
        if state.status == AttemptStatus::Processing && before.is_none() {
            let (user_id, order_id) = ids();
            let message = Message::CheckPayment { user_id, order_id, attempt };
            due.push(Due { message, delay_seconds: PAYMENT_CHECK_SECONDS });
        }
    }
    for (refund, state) in new.refunds.iter().enumerate() {
        if state.status == RefundStatus::Pending && old.is_none_or(|old| old.refunds.len() <= refund) {
            let (user_id, order_id) = ids();
            due.push(Due { message: Message::RefundOrder { user_id, order_id, refund }, delay_seconds: 0 });
        }
    }
    due
}

/// Unpaid, and nobody is about to change that.
fn waits_unattended(order: &Order) -> bool {
    order.status == OrderStatus::PendingPayment && order.processing_attempt().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::ShippingAddress;
    use crate::money::Currency;
    use crate::order::{Event, NewOrder, PaymentMethod, ProviderOutcome};

    const NOW: Timestamp = Timestamp::from_millis(1_795_503_420_000);

    fn placed() -> Order {
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let new = NewOrder {
            user_id: id.parse().expect("id"),
            order_id: id.parse().expect("id"),
            payment_method: PaymentMethod::CreditCard,
            currency: Currency::USD,
            lines: vec![],
            shipping_address: ShippingAddress::Text("1 Main St".to_owned()),
            hold_seconds: 600,
        };
        Order::place(new, NOW).expect("an order")
    }

    fn after(order: &Order, event: Event) -> Order {
        order.apply(event, NOW).expect("the event happens")
    }

    fn start() -> Event {
        Event::PaymentStarted { method: PaymentMethod::CreditCard, token: "tok".to_owned(), request: None }
    }

    fn settle(outcome: ProviderOutcome) -> Event {
        Event::PaymentSettled { attempt: 0, outcome }
    }

    fn kinds(due: &[Due]) -> Vec<(&'static str, i64)> {
        due.iter()
            .map(|due| match due.message {
                Message::ExpireOrder { .. } => ("expire", due.delay_seconds),
                Message::CheckPayment { .. } => ("check", due.delay_seconds),
                Message::RefundOrder { .. } => ("refund", due.delay_seconds),
            })
            .collect()
    }

    #[test]
    fn each_step_says_what_is_due() {
        let placed = placed();
        assert_eq!(kinds(&due_after(None, &placed, NOW)), [("expire", 600)]);

        let open = after(&placed, start());
        assert_eq!(kinds(&due_after(Some(&placed), &open, NOW)), [("check", PAYMENT_CHECK_SECONDS)]);

        let declined = after(&open, settle(ProviderOutcome::Declined { code: "no".to_owned() }));
        assert_eq!(kinds(&due_after(Some(&open), &declined, NOW.plus_seconds(700))), [("expire", 0)]);

        let captured = ProviderOutcome::Captured { payment_id: "pay_1".to_owned(), amount_minor: 1 };
        let paid = after(&open, settle(captured));
        assert_eq!(kinds(&due_after(Some(&open), &paid, NOW)), []);

        let cancelled = after(&paid, Event::Cancelled);
        assert_eq!(kinds(&due_after(Some(&paid), &cancelled, NOW)), [("refund", 0)]);

        let refunded = after(&cancelled, Event::RefundSettled { refund: 0, refund_id: "re_1".to_owned() });
        assert_eq!(kinds(&due_after(Some(&cancelled), &refunded, NOW)), []);
    }

    #[test]
    fn messages_have_a_stable_form() {
        let due = due_after(None, &placed(), NOW);
        let json = serde_json::to_string(&due[0].message).expect("json");
        assert_eq!(
            json,
            r#"{"type":"expire_order","user_id":"0190a5a0-0000-7000-8000-000000000001","order_id":"0190a5a0-0000-7000-8000-000000000001"}"#
        );
    }
}
